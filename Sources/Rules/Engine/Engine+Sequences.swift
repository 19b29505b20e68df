/// Operators that wait for several events.
extension Engine {
    /// The most places that the runs of one sequence with `same` keep together, and the most first events that
    /// wait under one `after … no … same`: the oldest run gives way.
    static let maximumWaiting = 64

    /// What `same:` or `distinct:` sees of the event of this step; 0 where there is none.
    func stepKey(_ field: EventField) -> Int64 {
        guard step.stream >= 0 else { return 0 }
        let fields = streamFields[step.stream]
        switch field {
        case .device: return fields.device
        case .room: return fields.room
        case .person: return fields.person
        case .value: return step.valueKey
        }
    }

    mutating func sequence(_ node: Int32, within: Int64, breakable: Bool, same: EventField?) {
        let list = Int(plan.listIndex[Int(node)])
        let key = same.map(stepKey) ?? 0
        // Other runs go on; those that are over are forgotten.
        var others: [TimedPlace] = []
        var run: [TimedPlace] = []
        if same == nil {
            run = lists[list]
        } else {
            run = lists[list].filter { $0.key == key }
            others = unexpired(lists[list].filter { $0.key != key }, within: within)
            if breakable, step.stream < 0, stirred(stopper(node)) { others = [] }
        }
        if let done = advance(&run, node, within: within, breakable: breakable, key: key) {
            states[Int(node)].last = step.time
            completed(node, done)
        }
        while others.count + run.count > Self.maximumWaiting, let first = others.first {
            others.removeAll { $0.key == first.key }
        }
        lists[list] = others + run
    }

    private func stopper(_ node: Int32) -> Int32 {
        plan.children[plan.childRange(node).upperBound - 1]
    }

    /// The runs whose first event still lies within the span.
    private func unexpired(_ places: [TimedPlace], within: Int64) -> [TimedPlace] {
        var kept: [TimedPlace] = []
        var first: TimedPlace?
        for place in places {
            if first?.key != place.key { first = place }
            if let first, step.time < first.time + within { kept.append(place) }
        }
        return kept
    }

    /// One step of one run.
    ///
    /// - Returns: the places of a run that is complete; the run is empty then.
    private func advance(
        _ run: inout [TimedPlace], _ node: Int32, within: Int64, breakable: Bool, key: Int64
    ) -> [TimedPlace]? {
        let range = plan.childRange(node)
        let count = range.count - (breakable ? 1 : 0)
        if breakable, stirred(stopper(node)) { run = [] }
        if let first = run.first, step.time >= first.time + within { run = [] }
        let done = run.count
        if done > 0, stirred(plan.children[range.lowerBound + done]),
            step.time >= run[done - 1].time
        {
            let next = plan.children[range.lowerBound + done]
            run.append(TimedPlace(time: step.time, place: place(next), key: key))
        } else if done <= 1, stirred(plan.children[range.lowerBound]) {
            let first = plan.children[range.lowerBound]
            run = [TimedPlace(time: step.time, place: place(first), key: key)]
        }
        guard run.count == count else { return nil }
        defer { run = [] }
        return run
    }

    mutating func allOf(_ node: Int32, within: Int64) {
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

    mutating func notFollowed(_ node: Int32, within: Int64, same: EventField?) {
        // What could follow may not be seen.
        guard blinded[Int(node)] == 0 else { return }
        if let same { return notFollowed(node, within: within, by: same) }
        let index = Int(node)
        let range = plan.childRange(node)
        let first = plan.children[range.lowerBound]
        let second = plan.children[range.lowerBound + 1]
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

    /// With `same`: one first event waits for each value of the field. `mark` is the earliest one's time, as
    /// without.
    private mutating func notFollowed(_ node: Int32, within: Int64, by field: EventField) {
        let index = Int(node)
        let list = Int(plan.listIndex[index])
        let range = plan.childRange(node)
        let first = plan.children[range.lowerBound]
        if isDue(node) {
            let due = lists[list].filter { $0.time + within <= step.time }
            lists[list].removeAll { $0.time + within <= step.time }
            if let earliest = due.first {
                completedParts[node] = due.map(\.place)
                happen(node, place: earliest.place)
            }
        }
        let key = stepKey(field)
        if stirred(plan.children[range.lowerBound + 1]) {
            let time = step.time
            lists[list].removeAll { $0.key == key && $0.time <= time }
        }
        if stirred(first), !lists[list].contains(where: { $0.key == key }) {
            lists[list].append(TimedPlace(time: step.time, place: place(first), key: key))
            lists[list].sort { ($0.time, $0.place) < ($1.time, $1.place) }
            if lists[list].count > Self.maximumWaiting { lists[list].removeFirst() }
        }
        guard let earliest = lists[list].first else {
            states[index].mark = NodeState.never
            return timers.cancel(node)
        }
        states[index].mark = earliest.time
        timers.set(node, Instant(milliseconds: earliest.time + within))
    }
}
