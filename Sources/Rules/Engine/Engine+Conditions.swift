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
        let instance = plan.instances[number]
        let node = Int(instance.node)
        guard states[node].evidence != Int64(state.rawValue) else { return }
        states[node].evidence = Int64(state.rawValue)
        guard recordsConditions else { return }
        conditions.append(
            ConditionTransition(
                rule: plan.rules[instance.rule].id, subject: instance.subject, to: state,
                at: Instant(milliseconds: at), noticed: step.noticed, alert: currentAlert[number]))
    }

    /// Notes what an instance is in once it was judged.
    mutating func noteCondition(_ number: Int) {
        let instance = plan.instances[number]
        let node = Int(instance.node)
        if states[node].value == .yes {
            if isBreaking(instance.trigger) {
                note(number, .clearing, at: step.time)
            } else if states[node].evidence == Int64(ConditionState.clearing.rawValue) {
                note(number, .active, at: step.time)
            }
        } else if isPending(instance.trigger), isAllowed(instance) {
            note(number, .pending, at: step.time)
        } else {
            note(number, .normal, at: step.time)
        }
    }

    private func isAllowed(_ instance: RuleInstance) -> Bool {
        instance.guardCondition.map { value($0) != .no } ?? true
            && instance.unless.map { value($0) != .yes } ?? true
    }

    /// Whether only a holding time is wanting.
    private func isPending(_ node: Int32) -> Bool {
        let state = states[Int(node)]
        switch plan.operations[Int(node)] {
        case .holding:
            return state.value != .yes && state.mark != NodeState.never
                && state.last == NodeState.never
        case .notFollowed:
            return state.mark != NodeState.never
        case .all, .gate:
            let children = plan.childRange(node).map { plan.children[$0] }
            let wanting = children.filter { value($0) != .yes }
            return !wanting.isEmpty && wanting.allSatisfy(isPending)
        default:
            return false
        }
    }

    /// Whether a break of the condition is tolerated, or waited out, right now.
    private func isBreaking(_ node: Int32) -> Bool {
        switch plan.operations[Int(node)] {
        case .holding: states[Int(node)].last != NodeState.never
        case .released: value(node) == .yes && value(child(node, 0)) != .yes
        case .all: plan.childRange(node).contains { isBreaking(plan.children[$0]) }
        default: false
        }
    }
}
