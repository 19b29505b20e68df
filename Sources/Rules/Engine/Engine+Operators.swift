/// What each operator computes when one of its children changed or its own timer is due.
extension Engine {
    mutating func evaluate(_ node: Int32, into steps: inout Steps) {
        switch plan.operations[Int(node)] {
        case .unknown, .reading, .seen: break
        case .predicate: if isDue(node) { set(node, .unknown) }
        case .alive: if isDue(node) { set(node, .no) }
        case .gate: set(node, gateValue(node))
        case .all: set(node, folded(node, from: .yes, with: &&))
        case .any: set(node, folded(node, from: .no, with: ||))
        case .not: set(node, !value(child(node, 0)))
        case .atLeast(let count): set(node, atLeast(count, node))
        case .released(let after): release(node, after: after)
        case .holding(let span, let tolerate): hold(node, span: span, tolerate: tolerate)
        case .dwell: dwell(node)
        case .absence(let span): absence(node, span: span)
        case .count(let needed, let within): count(node, atLeast: Int(needed), within: within)
        case .window(let window, let zone): turn(node, window, plan.zones[Int(zone)])
        case .begins: edge(node, to: .yes, from: .no)
        case .ends: edge(node, to: .no, from: .yes)
        case .anyEvent: passOn(node)
        case .sequence(let within, let breakable):
            sequence(node, within: within, breakable: breakable)
        case .allOf(let within): allOf(node, within: within)
        case .notFollowed(let within): notFollowed(node, within: within)
        case .eventDuring:
            let event = child(node, 0)
            if stirred(event), value(child(node, 1)) == .yes { happen(node, place: place(event)) }
        case .rule(let instance): judge(Int(instance), into: &steps)
        }
    }

    private func child(_ node: Int32, _ index: Int) -> Int32 {
        plan.children[plan.childRange(node).lowerBound + index]
    }

    // MARK: Combinations

    private func folded(
        _ node: Int32, from start: Truth, with combine: (Truth, Truth) -> Truth
    ) -> Truth {
        var result = start
        for index in plan.childRange(node) { result = combine(result, value(plan.children[index])) }
        return result
    }

    private func gateValue(_ node: Int32) -> Truth {
        let range = plan.childRange(node)
        let allDead = range.dropFirst().allSatisfy { value(plan.children[$0]) == .no }
        return allDead ? .unknown : value(plan.children[range.lowerBound])
    }

    private func atLeast(_ count: Int32, _ node: Int32) -> Truth {
        var yes = 0
        var possible = 0
        for index in plan.childRange(node) {
            let truth = value(plan.children[index])
            if truth == .yes { yes += 1 }
            if truth != .no { possible += 1 }
        }
        if yes >= count { return .yes }
        return possible < count ? .no : .unknown
    }

    // MARK: Signals in time

    private mutating func release(_ node: Int32, after: Int64) {
        let inner = child(node, 0)
        if isDue(node), !stirred(inner) {
            set(node, value(inner))
            return
        }
        switch value(inner) {
        case .yes:
            timers.cancel(node)
            set(node, .yes)
        case .no, .unknown:
            guard value(node) == .yes, after > 0 else {
                set(node, value(inner))
                return
            }
            if timers.due(node) == nil {
                timers.set(node, Instant(milliseconds: states[Int(inner)].since + after))
            }
        }
    }

    /// `for`: true once the child has been true for a span. `mark` is when it began to be true, `last` when a
    /// break began that is still tolerated.
    private mutating func hold(_ node: Int32, span: Int64, tolerate: Int64) {
        let index = Int(node)
        let inner = child(node, 0)
        let truth = value(inner)
        if stirred(inner) {
            if truth == .yes {
                if states[index].last != NodeState.never {
                    // Back within the tolerance: it never stopped.
                    states[index].last = NodeState.never
                } else if states[index].mark == NodeState.never {
                    states[index].mark = states[Int(inner)].since
                }
                timers.cancel(node)
            } else if states[index].mark != NodeState.never, states[index].last == NodeState.never {
                states[index].last = step.time
            }
        }
        guard states[index].mark != NodeState.never else {
            set(node, truth == .yes ? .no : truth)
            return
        }
        if truth == .yes {
            let due = states[index].mark + span
            if value(node) == .yes { return }
            if due <= step.time {
                set(node, .yes, since: due)
            } else {
                timers.set(node, Instant(milliseconds: due))
                set(node, .no)
            }
            return
        }
        let end = states[index].last + tolerate
        if tolerate > 0, step.time < end {
            timers.set(node, Instant(milliseconds: end))
            return
        }
        states[index].mark = NodeState.never
        states[index].last = NodeState.never
        timers.cancel(node)
        set(node, truth)
    }

    private mutating func dwell(_ node: Int32) {
        if stirred(child(node, 1)) {
            set(node, .no)
        } else if stirred(child(node, 0)) {
            states[Int(node)].evidence = place(child(node, 0))
            set(node, .yes)
        }
    }

    private mutating func absence(_ node: Int32, span: Int64) {
        let index = Int(node)
        let inner = child(node, 0)
        if stirred(inner) {
            states[index].mark = max(states[index].mark, step.time)
            states[index].evidence = place(inner)
            let due = states[index].mark + span
            timers.set(node, Instant(milliseconds: due))
            if due > step.time { set(node, .no) }
        } else if isDue(node) {
            set(node, .yes)
        }
    }

    private mutating func count(_ node: Int32, atLeast needed: Int, within: Int64) {
        let list = Int(plan.listIndex[Int(node)])
        let inner = child(node, 0)
        if stirred(inner) {
            let entry = TimedPlace(time: step.time, place: place(inner))
            // Nearly always the latest; a late one is put where it belongs.
            var position = lists[list].count
            while position > 0, lists[list][position - 1].time > entry.time { position -= 1 }
            lists[list].insert(entry, at: position)
            if lists[list].count > needed { lists[list].removeFirst() }
        }
        guard lists[list].count >= needed else {
            set(node, .no)
            return
        }
        // True while the oldest of the last `needed` lies within the span, half-open.
        let end = lists[list][0].time + within
        let reached = lists[list][needed - 1].time < end && step.time < end
        if reached {
            timers.set(node, Instant(milliseconds: end))
        } else {
            timers.cancel(node)
        }
        set(node, Truth(reached))
    }

    private mutating func turn(_ node: Int32, _ window: Window, _ zone: ZoneOffsets) {
        guard isDue(node) else { return }
        let state = window.state(at: Instant(milliseconds: step.time), in: zone)
        if state.until != .distantFuture { timers.set(node, state.until) }
        set(node, Truth(state.inside))
    }

    // MARK: Events

    /// A signal's edge. What is restored is no edge.
    private mutating func edge(_ node: Int32, to: Truth, from: Truth) {
        let inner = child(node, 0)
        let before = states[Int(node)].value
        let now = value(inner)
        if now != .unknown { states[Int(node)].value = now }
        if now == to, before == from, !step.restored { happen(node, place: place(inner)) }
    }

    private mutating func passOn(_ node: Int32) {
        for index in plan.childRange(node) where stirred(plan.children[index]) {
            happen(node, place: place(plan.children[index]))
            return
        }
    }

    private mutating func sequence(_ node: Int32, within: Int64, breakable: Bool) {
        let list = Int(plan.listIndex[Int(node)])
        let range = plan.childRange(node)
        let count = range.count - (breakable ? 1 : 0)
        if breakable, stirred(plan.children[range.upperBound - 1]) { lists[list] = [] }
        if let first = lists[list].first, step.time >= first.time + within { lists[list] = [] }
        let done = lists[list].count
        if done > 0, stirred(plan.children[range.lowerBound + done]),
            step.time >= lists[list][done - 1].time
        {
            let next = plan.children[range.lowerBound + done]
            lists[list].append(TimedPlace(time: step.time, place: place(next)))
        } else if done <= 1, stirred(plan.children[range.lowerBound]) {
            let first = plan.children[range.lowerBound]
            lists[list] = [TimedPlace(time: step.time, place: place(first))]
        }
        if lists[list].count == count {
            states[Int(node)].last = step.time
            completed(node, lists[list])
            lists[list] = []
        }
    }

    private mutating func allOf(_ node: Int32, within: Int64) {
        let list = Int(plan.listIndex[Int(node)])
        let range = plan.childRange(node)
        if lists[list].isEmpty {
            lists[list] = [TimedPlace](
                repeating: TimedPlace(time: NodeState.never, place: 0), count: range.count)
        }
        for (position, index) in range.enumerated() where stirred(plan.children[index]) {
            lists[list][position] = TimedPlace(
                time: max(lists[list][position].time, step.time), place: place(plan.children[index])
            )
        }
        let earliest = lists[list].map(\.time).min() ?? NodeState.never
        let latest = lists[list].map(\.time).max() ?? NodeState.never
        if earliest != NodeState.never, latest - earliest < within {
            completed(node, lists[list])
            lists[list] = []
        }
    }

    /// A composed event happens; what made it is kept until the next time, for the alert's evidence.
    private mutating func completed(_ node: Int32, _ parts: [TimedPlace]) {
        completedParts[node] = parts.map(\.place)
        happen(node, place: parts.map(\.place).max() ?? 0)
    }

    private mutating func notFollowed(_ node: Int32, within: Int64) {
        let index = Int(node)
        let first = child(node, 0)
        let second = child(node, 1)
        if isDue(node), states[index].mark != NodeState.never {
            states[index].mark = NodeState.never
            happen(node, place: states[index].evidence)
        }
        if stirred(second) {
            states[index].last = max(states[index].last, step.time)
            if states[index].mark != NodeState.never, step.time >= states[index].mark {
                states[index].mark = NodeState.never
                timers.cancel(node)
            }
        }
        if stirred(first), states[index].mark == NodeState.never {
            // Told late, it may have been followed already.
            let last = states[index].last
            if last > step.time, last < step.time + within { return }
            states[index].mark = step.time
            states[index].evidence = place(first)
            timers.set(node, Instant(milliseconds: step.time + within))
        }
    }
}
