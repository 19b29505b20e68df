import HeapModule

/// One step of the engine: an event, or the timers of one instant, spread through the graph. Children have smaller
/// numbers than their parents, so each node is looked at once, after all that it depends on.
extension Engine {
    mutating func begin(
        at time: Instant, noticed: Instant, late: Bool, restored: Bool, place: SequenceNumber
    ) {
        step = StepContext(
            time: time.milliseconds, noticed: noticed, late: late, restored: restored, place: place)
        stamp &+= 1
        if !completedParts.isEmpty { completedParts = [:] }
        if !learned.isEmpty { learned.removeAll(keepingCapacity: true) }
        if stamp == 0 {
            // After 2^32 steps the stamps begin anew: none of the old ones may look like one of this step.
            for index in stamps.indices {
                stamps[index] = 0
                queuedStamps[index] = 0
                timerStamps[index] = 0
            }
            stamp = 1
        }
    }

    mutating func enqueue(_ node: Int32, timer: Bool = false) {
        if timer { timerStamps[Int(node)] = stamp }
        guard queuedStamps[Int(node)] != stamp else { return }
        queuedStamps[Int(node)] = stamp
        queue.insert(node)
    }

    mutating func propagate(into steps: inout Steps) {
        while let node = queue.popMin() { evaluate(node, into: &steps) }
    }

    /// Whether a node changed, or happened, in this step.
    func stirred(_ node: Int32) -> Bool { stamps[Int(node)] == stamp }

    func isDue(_ node: Int32) -> Bool { timerStamps[Int(node)] == stamp }

    func value(_ node: Int32) -> Truth { states[Int(node)].value }

    /// Sets a signal; tells its parents where it changed.
    mutating func set(_ node: Int32, _ value: Truth, since: Int64? = nil) {
        let index = Int(node)
        guard states[index].value != value else { return }
        states[index].value = value
        states[index].since = since ?? step.time
        stir(node)
    }

    /// An event happens now, caused by the journal's place of this step or an earlier one.
    mutating func happen(_ node: Int32, place: Int64) {
        let index = Int(node)
        states[index].since = step.time
        states[index].evidence = place
        stir(node)
    }

    /// A restored state says that an event happened while nobody saw it: no event, but the end of what a trace
    /// thought to go on.
    mutating func learn(_ node: Int32) {
        for index in plan.parentRange(node) {
            let parent = plan.parents[index]
            guard case .trace = plan.operations[Int(parent)] else { continue }
            learned.append(node)
            enqueue(parent)
        }
    }

    private mutating func stir(_ node: Int32) {
        stamps[Int(node)] = stamp
        for index in plan.parentRange(node) { enqueue(plan.parents[index]) }
    }

    /// The journal's place of the latest cause under a node.
    func place(_ node: Int32) -> Int64 {
        states[Int(node)].evidence == 0 ? step.place.rawValue : states[Int(node)].evidence
    }
}

/// What feeds the graph: the nodes that a stream is bound to.
extension Engine {
    mutating func feed(_ node: Int32, _ event: Event, isOnline: Bool) {
        switch plan.operations[Int(node)] {
        case .predicate(let test, let unknownAfter):
            guard accept(node, event) else { return }
            let truth = test.truth(of: event.value, before: value(node))
            if truth == .unknown, unknownAfter == Operation.never { return }
            if unknownAfter > 0, truth != .unknown {
                timers.set(node, event.effective + .milliseconds(unknownAfter))
            }
            set(node, truth)
        case .reading(let test):
            guard accept(node, event) else { return }
            let before = value(node)
            let truth = test.truth(of: event.value, before: before)
            states[Int(node)].value = truth
            let repeats = event.kind == .pulse || event.kind == .usage
            // The first value, and what is restored, is a state already known and no transition.
            if truth == .yes, !step.restored, repeats || before == .no {
                states[Int(node)].last = step.time
                happen(node, place: event.sequence.rawValue)
            } else if truth == .yes, step.restored, before == .no {
                learn(node)
            }
        case .seen:
            if !step.restored { happen(node, place: event.sequence.rawValue) }
        case .alive(let silentAfter, let hearsOffline):
            hear(
                node, event, isOnline: isOnline, silentAfter: silentAfter,
                hearsOffline: hearsOffline)
        case .rate(let limit, let over):
            guard accept(node, event) else { return }
            measureRate(node, event, limit, over: over)
        default:
            break
        }
    }

    /// Whether an event is the latest of its stream in effective time. What comes late never rewinds, but a
    /// pulse is told all the same.
    private mutating func accept(_ node: Int32, _ event: Event) -> Bool {
        let index = Int(node)
        let time = event.effective.milliseconds
        if time < states[index].mark { return event.kind == .pulse || event.kind == .usage }
        states[index].mark = time
        states[index].evidence = event.sequence.rawValue
        return true
    }

    private mutating func hear(
        _ node: Int32, _ event: Event, isOnline: Bool, silentAfter: Int64, hearsOffline: Bool
    ) {
        if isOnline {
            if hearsOffline, case .boolean(let online) = event.value { set(node, Truth(online)) }
            guard event.value == .boolean(true) else { return }
        } else if step.restored {
            // A retained value says nothing about whether its device still lives.
            return
        }
        let time = event.effective.milliseconds
        guard time >= states[Int(node)].mark else { return }
        states[Int(node)].mark = time
        if silentAfter > 0 { timers.set(node, Instant(milliseconds: time + silentAfter)) }
        set(node, .yes)
    }
}
