/// An instance of a rule as it is judged each time one of its parts changes: plain numbers, without the texts of the
/// rule and of what it is about, so that nothing is counted or copied for it.
struct Judgement: Sendable {
    /// How a condition under the trigger shows that it is on its way.
    enum Course: UInt8, Sendable {
        /// It does not.
        case none
        /// A holding time runs.
        case holding
        /// It waits for what must not follow.
        case waiting
        /// It stays so for a while after it ended.
        case released
        /// One of its parts does; see `Plan.operations`.
        case combined
    }

    /// For a part that the rule has not.
    static let absent: Int32 = -1

    var node: Int32
    var trigger: Int32
    var guardCondition: Int32
    var unless: Int32
    var clear: Int32
    var away: Int32
    var course: Course
    var isSignal: Bool
    var isClearedByEvent: Bool
    var hasRaises: Bool
    var onUnknown: Rule.UnknownPolicy
    var whileAway: Rule.AwayPolicy

    init(_ instance: RuleInstance, _ rule: Rule, _ operations: [Operation]) {
        node = instance.node
        trigger = instance.trigger
        guardCondition = instance.guardCondition ?? Self.absent
        unless = instance.unless ?? Self.absent
        clear = instance.clear ?? Self.absent
        away = instance.away ?? Self.absent
        course = operations[Int(trigger)].course
        isSignal = rule.isSignal
        isClearedByEvent = instance.clear.map { operations[Int($0)].isEvent } ?? false
        hasRaises = !instance.raises.isEmpty
        onUnknown = rule.onUnknown
        whileAway = rule.whileAway
    }
}

extension Operation {
    fileprivate var course: Judgement.Course {
        switch self {
        case .holding: .holding
        case .notFollowed: .waiting
        case .released: .released
        case .all, .gate: .combined
        default: .none
        }
    }
}

extension Plan {
    /// How a condition shows that it is on its way.
    func course(_ node: Int32) -> Judgement.Course { operations[Int(node)].course }
}
