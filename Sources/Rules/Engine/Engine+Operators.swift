/// What each operator computes when one of its children changed or its own timer is due.
extension Engine {
    mutating func evaluate(_ node: Int32, into steps: inout Steps) {
        switch plan.operations[Int(node)] {
        case .unknown, .reading, .seen, .away: break
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
        case .count(let needed, let within, let distinct):
            count(node, atLeast: Int(needed), within: within, distinct: distinct)
        case .missed: missed(node)
        case .rate:
            if isDue(node) { forgetRate(node) }
        case .spent(let most, let over): spent(node, most: most, over: over)
        case .spentDuring(let most): spentDuring(node, most: most)
        case .baseline(let measure): baseline(node, measure)
        case .window(let window, let locality):
            turn(node, window, plan.localities[Int(locality)])
        case .begins: edge(node, to: .yes, from: .no)
        case .ends: edge(node, to: .no, from: .yes)
        case .anyEvent: passOn(node)
        case .sequence(let within, let breakable, let same):
            sequence(node, within: within, breakable: breakable, same: same)
        case .allOf(let within): allOf(node, within: within)
        case .notFollowed(let within, let same): notFollowed(node, within: within, same: same)
        case .eventDuring:
            let event = child(node, 0)
            if stirred(event), value(child(node, 1)) == .yes { happen(node, place: place(event)) }
        case .rule(let instance): judge(Int(instance), into: &steps)
        case .trace(let instance): trace(Int(instance))
        }
    }

    func child(_ node: Int32, _ index: Int) -> Int32 {
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
        if isExtended(node) {
            states[index].mark = max(states[index].mark, step.time)
            set(node, .no)
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

    /// Whether what makes a holding time count anew happened.
    private func isExtended(_ node: Int32) -> Bool {
        let range = plan.childRange(node)
        return range.count > 1 && stirred(plan.children[range.lowerBound + 1])
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
        // Who does not see all of it cannot say that nothing happened.
        guard blinded[index] == 0 else { return }
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

    private mutating func count(
        _ node: Int32, atLeast needed: Int, within: Int64, distinct: EventField?
    ) {
        let list = Int(plan.listIndex[Int(node)])
        let inner = child(node, 0)
        if stirred(inner) {
            let key = distinct.map(stepKey) ?? 0
            let entry = TimedPlace(time: step.time, place: place(inner), key: key)
            // Of those that share the field only the latest counts.
            if distinct != nil, let old = lists[list].firstIndex(where: { $0.key == key }) {
                if lists[list][old].time > entry.time { return }
                lists[list].remove(at: old)
            }
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

    private mutating func turn(_ node: Int32, _ window: Window, _ locality: Locality) {
        guard isDue(node) else { return }
        let state = window.state(at: Instant(milliseconds: step.time), in: locality)
        timers.set(node, state.until)
        set(node, Truth(state.inside))
    }

    // MARK: Events

    /// A signal's edge. What is restored is no edge.
    private mutating func edge(_ node: Int32, to: Truth, from: Truth) {
        let inner = child(node, 0)
        let before = states[Int(node)].value
        let now = value(inner)
        if now != .unknown { states[Int(node)].value = now }
        guard now == to, before == from else { return }
        if step.restored { learn(node) } else { happen(node, place: place(inner)) }
    }

    private mutating func passOn(_ node: Int32) {
        for index in plan.childRange(node) where stirred(plan.children[index]) {
            happen(node, place: place(plan.children[index]))
            return
        }
    }
}
