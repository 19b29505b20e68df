/// What a rule's condition goes through: pending while a holding time runs, active, clearing while a break is
/// tolerated, normal.
extension Engine {
    /// Notes what the conditions of rules go through, from now on, in `conditions`. For backtests; costs memory
    /// until `takeConditions` empties it.
    public mutating func recordConditions() { recordsConditions = true }

    /// Whether anything was noted since the last time.
    public var hasConditions: Bool { !conditions.isEmpty }

    /// What was noted since the last time.
    public mutating func takeConditions() -> [ConditionTransition] {
        defer { conditions = [] }
        return conditions
    }

    /// Notes an instance's condition where it changed. The latest one is kept in the rule node's `evidence`.
    mutating func note(_ number: Int, _ state: ConditionState, at: Int64) {
        let node = Int(plan.judgements[number].node)
        guard states[node].evidence != Int64(state.rawValue) else { return }
        states[node].evidence = Int64(state.rawValue)
        guard recordsConditions else { return }
        let instance = plan.instances[number]
        conditions.append(
            ConditionTransition(
                rule: plan.rules[instance.rule].id, subject: instance.subject, to: state,
                at: Instant(milliseconds: at), noticed: step.noticed, alert: currentAlert[number]))
    }

    /// Notes what an instance is in once it was judged.
    mutating func noteCondition(_ number: Int, _ parts: Judgement) {
        let node = Int(parts.node)
        if states[node].value == .yes {
            if isBreaking(parts.trigger, parts.course) {
                note(number, .clearing, at: step.time)
            } else if states[node].evidence == Int64(ConditionState.clearing.rawValue) {
                note(number, .active, at: step.time)
            }
        } else if isPending(parts.trigger, parts.course), isAllowed(parts) {
            note(number, .pending, at: step.time)
        } else {
            note(number, .normal, at: step.time)
        }
    }

    private func isAllowed(_ parts: Judgement) -> Bool {
        (parts.guardCondition == Judgement.absent || value(parts.guardCondition) != .no)
            && (parts.unless == Judgement.absent || value(parts.unless) != .yes)
    }

    /// Whether only a holding time is wanting.
    private func isPending(_ node: Int32, _ course: Judgement.Course) -> Bool {
        let state = states[Int(node)]
        switch course {
        case .holding:
            return state.value != .yes && state.mark != NodeState.never
                && state.last == NodeState.never
        case .waiting:
            return state.mark != NodeState.never
        case .combined:
            var isWanting = false
            for index in plan.childRange(node) {
                let child = plan.children[index]
                if value(child) == .yes { continue }
                guard isPending(child, plan.course(child)) else { return false }
                isWanting = true
            }
            return isWanting
        case .released, .none:
            return false
        }
    }

    /// Whether a break of the condition is tolerated, or waited out, right now.
    private func isBreaking(_ node: Int32, _ course: Judgement.Course) -> Bool {
        switch course {
        case .holding:
            return states[Int(node)].last != NodeState.never
        case .released:
            return value(node) == .yes && value(child(node, 0)) != .yes
        case .combined:
            // Behind a gate the break is told by what lies before it.
            guard case .all = plan.operations[Int(node)] else { return false }
            return plan.childRange(node).contains {
                isBreaking(plan.children[$0], plan.course(plan.children[$0]))
            }
        case .waiting, .none:
            return false
        }
    }
}
