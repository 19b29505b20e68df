/// The rule machine: from a trigger, a guard and a clearing condition to episodes, and from episodes to alerts.
extension Engine {
    /// Looks at one instance of a rule, one of whose parts changed.
    mutating func judge(_ number: Int, into steps: inout Steps) {
        let parts = plan.judgements[number]
        if isDue(parts.node) { endAsking(number, into: &steps) }
        if parts.isSignal {
            judgeSignal(number, parts, into: &steps)
        } else {
            judgeEvent(number, parts, into: &steps)
        }
        if parts.hasRaises { raise(number, into: &steps) }
        noteCondition(number, parts)
    }

    private mutating func raise(_ number: Int, into steps: inout Steps) {
        for raise in plan.instances[number].raises where value(raise.node) == .yes {
            guard let current = currentAlert[number] else { break }
            alerts.note(
                .strengthen(raise.priority), to: current, at: Instant(milliseconds: step.time),
                noticed: step.noticed, into: &steps)
        }
    }

    private mutating func judgeSignal(
        _ number: Int, _ parts: Judgement, into steps: inout Steps
    ) {
        let node = Int(parts.node)
        let condition = condition(parts)
        let isActive = states[node].value == .yes
        if !isActive, condition == .yes {
            states[node].value = .yes
            open(number, began: beginning(parts), into: &steps)
        } else if isActive {
            let ended = parts.clear == Judgement.absent ? condition == .no : isCleared(parts)
            if ended { close(number, into: &steps) }
        } else if condition == .no {
            states[node].value = .no
        }
    }

    /// What an instance's parts come to.
    private func condition(_ parts: Judgement) -> Truth {
        var condition = value(parts.trigger)
        if parts.guardCondition != Judgement.absent {
            condition = condition && value(parts.guardCondition)
        }
        if condition == .unknown {
            switch parts.onUnknown {
            case .hold: break
            case .ignore: condition = .no
            case .alert:
                // Before the first reading nothing was known yet, and nothing was lost.
                if wasKnown(parts.trigger) { condition = .yes }
            }
        }
        // What is not known to excuse does not excuse.
        if parts.unless != Judgement.absent, value(parts.unless) == .yes { condition = .no }
        return isWanted(parts) ? condition : .no
    }

    private func wasKnown(_ node: Int32) -> Bool { states[Int(node)].since != NodeState.never }

    /// Whether the rule is on while the residence is as it is, at home or away.
    private func isWanted(_ parts: Judgement) -> Bool {
        guard parts.away != Judgement.absent else { return true }
        return (value(parts.away) == .yes) == (parts.whileAway == .only)
    }

    private mutating func judgeEvent(
        _ number: Int, _ parts: Judgement, into steps: inout Steps
    ) {
        let node = Int(parts.node)
        let hasClear = parts.clear != Judgement.absent
        if hasClear, states[node].value == .yes, isCleared(parts) {
            close(number, into: &steps)
        }
        guard stirred(parts.trigger) else { return }
        if parts.unless != Judgement.absent, value(parts.unless) == .yes { return }
        guard isWanted(parts) else { return }
        states[node].value = .yes
        open(number, began: step.time, into: &steps)
        if !hasClear { close(number, into: &steps) }
    }

    /// `on_gap: alert`: the hub was down, and what the rule watches for may have been missed.
    mutating func tell(ofGapFrom from: Instant, _ number: Int, into steps: inout Steps) {
        let parts = plan.judgements[number]
        if parts.guardCondition != Judgement.absent, value(parts.guardCondition) == .no { return }
        // An alert that is open already asks somebody to look.
        if let current = currentAlert[number], alerts.open[current] != nil { return }
        guard isWanted(parts) else { return }
        open(number, began: from.milliseconds, into: &steps)
        close(number, into: &steps)
    }

    /// The person had so long to answer, and did not say that all is well: staff are told.
    private mutating func endAsking(_ number: Int, into steps: inout Steps) {
        guard let current = currentAlert[number] else { return }
        alerts.note(
            .tell(late: step.late, by: nil), to: current, at: Instant(milliseconds: step.time),
            noticed: step.noticed, into: &steps)
    }

    private func isCleared(_ parts: Judgement) -> Bool {
        parts.isClearedByEvent ? stirred(parts.clear) : value(parts.clear) == .yes
    }

    /// When what the alert tells of began: the latest of what had to come together.
    private func beginning(_ parts: Judgement) -> Int64 {
        var began = NodeState.never
        for node in [parts.trigger, parts.guardCondition, parts.unless, parts.away]
        where node != Judgement.absent {
            began = max(began, states[Int(node)].since)
        }
        return began
    }

    private mutating func open(_ number: Int, began: Int64, into steps: inout Steps) {
        let instance = plan.instances[number]
        let rule = plan.rules[instance.rule]
        let node = Int(instance.node)
        let at = Instant(milliseconds: began)
        let token = episodeToken(instance, rule, began: began)
        let isMore =
            token == states[node].mark && token != NodeState.never && rule.episode != .risingEdge
        let evidence = self.evidence(instance)
        if let current = currentAlert[number], let alert = alerts.open[current],
            isMore || alert.response == .unacknowledged || alert.response == .asked
        {
            states[node].mark = token
            note(number, .active, at: began)
            alerts.note(
                .again(evidence: evidence), to: current, at: at, noticed: step.noticed,
                into: &steps)
            return
        }
        states[node].mark = token
        note(number, .active, at: began)
        // The same episode, answered and over: not a new alert.
        if isMore { return }
        states[node].since = began
        let id = alertID(rule, instance, began: began, evidence: evidence)
        currentAlert[number] = id
        let alert = Alert(
            id: id, rule: rule.id, subject: instance.subject, priority: rule.priority,
            began: at, noticed: step.noticed, late: step.late, evidence: evidence)
        note(number, .active, at: began)
        // What is noticed late has waited long enough.
        if let ask = rule.askFirst, !step.late {
            alerts.ask(alert, at: at, noticed: step.noticed, into: &steps)
            timers.set(instance.node, Instant(milliseconds: step.time) + ask.wait)
        } else {
            alerts.raise(alert, at: at, noticed: step.noticed, into: &steps)
        }
    }

    private mutating func close(_ number: Int, into steps: inout Steps) {
        let parts = plan.judgements[number]
        let node = Int(parts.node)
        states[node].value = .no
        states[node].last = max(states[node].last, step.time)
        note(number, .normal, at: step.time)
        guard let current = currentAlert[number] else { return }
        // An event is over at once; that is no reason not to ask.
        let endsQuestion = parts.clear != Judgement.absent || parts.isSignal
        if endsQuestion, alerts.open[current]?.response == .asked { timers.cancel(parts.node) }
        alerts.note(
            .clear(endsQuestion: endsQuestion), to: current,
            at: Instant(milliseconds: step.time), noticed: step.noticed, into: &steps)
    }

    /// What tells one episode from the next.
    private func episodeToken(_ instance: RuleInstance, _ rule: Rule, began: Int64) -> Int64 {
        let state = states[Int(instance.node)]
        switch rule.episode {
        case .risingEdge:
            return began
        case .signal:
            guard let signal = instance.episodeSignal else { return began }
            return states[Int(signal)].since
        case .quiet(let span):
            guard state.last != NodeState.never, began < state.last + span.milliseconds else {
                return began
            }
            return state.mark
        }
    }

    private func alertID(
        _ rule: Rule, _ instance: RuleInstance, began: Int64, evidence: [SequenceNumber]
    ) -> AlertID {
        var hash = StableHash()
        hash.mix(rule.id.rawValue)
        hash.mix(instance.subject.description)
        hash.mix(began)
        hash.mix(evidence.last?.rawValue ?? 0)
        return AlertID(rawValue: hash.text)
    }

    // MARK: Evidence

    /// The journal's places that made an instance fire, oldest first.
    private func evidence(_ instance: RuleInstance) -> [SequenceNumber] {
        var places: Set<Int64> = []
        collect(instance.trigger, wanted: .yes, into: &places)
        if let guardCondition = instance.guardCondition {
            collect(guardCondition, wanted: .yes, into: &places)
        }
        let sorted = places.filter { $0 > 0 }.sorted()
        return sorted.suffix(AlertBook.maximumEvidence).map { SequenceNumber(rawValue: $0) }
    }

    private func collect(_ node: Int32, wanted: Truth, into places: inout Set<Int64>) {
        guard places.count < 4 * AlertBook.maximumEvidence else { return }
        let children = plan.childRange(node).map { plan.children[$0] }
        switch plan.operations[Int(node)] {
        case .predicate, .reading, .seen, .rate:
            places.insert(states[Int(node)].evidence)
        case .gate, .holding, .released, .begins, .spent, .spentDuring:
            children.first.map { collect($0, wanted: wanted, into: &places) }
        case .ends:
            children.first.map { collect($0, wanted: !wanted, into: &places) }
        case .not:
            children.first.map { collect($0, wanted: !wanted, into: &places) }
        case .all, .any, .atLeast:
            for child in children where value(child) == wanted {
                collect(child, wanted: wanted, into: &places)
            }
        case .anyEvent:
            for child in children where stirred(child) {
                collect(child, wanted: wanted, into: &places)
            }
        case .eventDuring:
            for child in children { collect(child, wanted: .yes, into: &places) }
        case .count:
            places.formUnion(lists[Int(plan.listIndex[Int(node)])].map(\.place))
        case .sequence, .allOf:
            places.formUnion(completedParts[node] ?? [])
        case .notFollowed:
            places.formUnion(completedParts[node] ?? [states[Int(node)].evidence])
        case .dwell, .absence, .missed:
            places.insert(states[Int(node)].evidence)
        case .unknown, .alive, .window, .away, .baseline, .rule, .trace:
            break
        }
    }
}
