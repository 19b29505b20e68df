extension Engine {
    /// The instances of a rule, by their place in `plan.instances`.
    public func instances(of rule: RuleID) -> [Int] {
        plan.instances.indices.filter { plan.rules[plan.instances[$0].rule].id == rule }
    }

    /// The instance that an alert belongs to; nil where the plan has none such.
    public func instance(of alert: Alert) -> Int? {
        plan.instances.indices.first {
            let instance = plan.instances[$0]
            return plan.rules[instance.rule].id == alert.rule && instance.subject == alert.subject
        }
    }

    /// Why an instance of a rule is as it is, at the moment that the engine is at: its trigger first, then the rest in
    /// the order of the rule file.
    public func explain(_ number: Int) -> [Explanation] {
        let instance = plan.instances[number]
        let names = plan.streamsByNode
        var parts: [(Explanation.Role, Int32)] = [(.trigger, instance.trigger)]
        if let node = instance.guardCondition { parts.append((.guardCondition, node)) }
        if let node = instance.unless { parts.append((.unless, node)) }
        if let node = instance.away { parts.append((.away, node)) }
        if let node = instance.clear { parts.append((.clear, node)) }
        parts += instance.raises.map { (.raise($0.priority), $0.node) }
        return parts.map { explain($1, as: $0, names) }
    }

    private func explain(
        _ node: Int32, as role: Explanation.Role, _ names: [Int32: StreamKey]
    ) -> Explanation {
        let index = Int(node)
        let state = states[index]
        let operation = plan.operations[index]
        let since = state.since == NodeState.never ? nil : Instant(milliseconds: state.since)
        // A gate only asks whether anybody watches: what it stands before is the condition.
        if case .gate = operation, let first = plan.childRange(node).first {
            var inner = explain(plan.children[first], as: role, names)
            inner.value = state.value
            return inner
        }
        let children = plan.childRange(node).map { plan.children[$0] }
        let isHappening = operation.isEvent && stirred(node)
        // Its evidence is the stream's latest entry, which may be another than the one that passed.
        var isReading = false
        if case .reading = operation { isReading = true }
        return Explanation(
            role: role, kind: kind(node, names), isEvent: operation.isEvent,
            value: operation.isEvent ? Truth(isHappening) : state.value, since: since,
            event: state.evidence > 0 && operation.namesEvent && (isHappening || !isReading)
                ? SequenceNumber(rawValue: state.evidence) : nil,
            progress: progress(node),
            parts: shown(children, operation).map { explain($0, as: .part, names) },
            node: node)
    }

    /// Without the devices that only tell whether anybody watches.
    private func shown(_ children: [Int32], _ operation: Operation) -> [Int32] {
        switch operation {
        case .missed, .baseline: Array(children.prefix(2))
        default: children
        }
    }

    private func kind(_ node: Int32, _ names: [Int32: StreamKey]) -> Explanation.Kind {
        let index = Int(node)
        let list = plan.listIndex[index] >= 0 ? lists[Int(plan.listIndex[index])] : []
        let name = names[node] ?? StreamKey(device: "", capability: "")
        switch plan.operations[index] {
        case .unknown: return .nothing
        case .predicate(let test, _): return .state(name, test)
        case .reading(let test): return .reading(name, test)
        case .seen: return .seen(name)
        case .alive(let silentAfter, _):
            return .heard(
                name.device, within: silentAfter > 0 ? .milliseconds(silentAfter) : nil)
        case .rate(let limit, let over): return .rate(name, limit, over: .milliseconds(over))
        case .gate, .all, .rule, .trace: return .all
        case .any, .anyEvent: return .any
        case .not: return .not
        case .atLeast(let count): return .atLeast(Int(count))
        case .released(let after): return .released(after: .milliseconds(after))
        case .holding(let span, _): return .holding(for: .milliseconds(span))
        case .dwell: return .dwell
        case .absence(let span): return .absence(for: .milliseconds(span))
        case .count(let count, let within, _):
            let time = now.milliseconds
            return .count(
                Int(count), within: .milliseconds(within),
                now: list.count { $0.time + within > time })
        case .missed: return .missed
        case .spent(let most, _), .spentDuring(let most): return .spent(.milliseconds(most))
        case .baseline: return .baseline(days: list.dropFirst(2).count { $0.place & 1 != 0 })
        case .away: return .isAway
        case .window(let window, _): return .window(window)
        case .begins: return .begins
        case .ends: return .ends
        case .sequence(let within, _, _):
            return .sequence(within: .milliseconds(within), done: list.count)
        case .allOf(let within): return .together(within: .milliseconds(within))
        case .notFollowed(let within, _): return .notFollowed(within: .milliseconds(within))
        case .eventDuring: return .eventDuring
        }
    }

    /// How far a condition that takes time has come; nil where it does not run.
    func progress(_ node: Int32) -> Explanation.Progress? {
        let state = states[Int(node)]
        let wanted: Int64
        switch plan.operations[Int(node)] {
        case .holding(let span, _), .absence(let span): wanted = span
        case .notFollowed(let within, _): wanted = within
        default: return nil
        }
        guard state.mark != NodeState.never, state.value != .yes else { return nil }
        let since = Instant(milliseconds: state.mark)
        return Explanation.Progress(
            since: since, reached: max(.zero, now - since), wanted: .milliseconds(wanted))
    }
}

extension Operation {
    /// Whether `evidence` names the entry that it comes from.
    fileprivate var namesEvent: Bool {
        switch self {
        case .predicate, .reading, .seen, .rate, .dwell, .absence, .missed, .notFollowed, .begins,
            .ends, .anyEvent, .eventDuring, .sequence, .allOf:
            true
        default: false
        }
    }
}

extension Plan {
    /// Which stream a node looks at; of a device that is only listened to, any of its streams.
    fileprivate var streamsByNode: [Int32: StreamKey] {
        var names: [Int32: StreamKey] = [:]
        for key in sources.keys.sorted() {
            for node in sources[key] ?? [] where names[node] == nil { names[node] = key }
        }
        return names
    }
}

extension Engine {
    /// Whether an instance of a rule is firing.
    public func isActive(_ number: Int) -> Bool { value(plan.instances[number].node) == .yes }
}
