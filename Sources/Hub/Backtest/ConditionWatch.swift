public import Rules

/// One change of what a rule's instance is in, with the episode that it belongs to.
public struct BacktestTransition: Hashable, Sendable {
    /// When, in effective time: an event's own time, or the instant at which a timer was due.
    public var at: Instant
    /// The rule.
    public var rule: RuleID
    /// What the instance is about.
    public var instance: Subject
    /// When the episode began: with `pending` where the rule waits for a `for`, else with `active`. Tells one episode
    /// of an instance from every other.
    public var episode: Instant
    /// What it is in from now on.
    public var to: ConditionState
}

/// An engine with an eye on the conditions of its rules, whatever becomes of their alerts.
public struct ConditionWatch {
    /// The engine.
    public private(set) var engine: Engine

    private struct Key: Hashable {
        var rule: RuleID
        var instance: Subject
    }

    private var steps: Steps = []
    private var episodes: [Key: Instant] = [:]

    /// Watches an engine at the beginning of a journal.
    ///
    /// - Parameter streams: every stream that events will come from.
    public init(plan: Plan, streams: [(id: StreamID, key: StreamKey)]) {
        engine = Engine(plan: plan)
        for stream in streams { engine.declare(stream.id, stream.key) }
        engine.recordConditions()
    }

    /// Takes in one event, and before it what fell due.
    ///
    /// - Parameter each: called with every transition that it led to, in order.
    public mutating func take(
        _ event: Event, _ each: (BacktestTransition) throws -> Void
    ) rethrows {
        engine.take(event, into: &steps)
        steps.removeAll(keepingCapacity: true)
        guard engine.hasConditions else { return }
        for condition in engine.takeConditions() {
            let key = Key(rule: condition.rule, instance: condition.subject)
            let episode = episodes[key] ?? condition.at
            episodes[key] = condition.to == .normal ? nil : episode
            try each(
                BacktestTransition(
                    at: condition.at, rule: condition.rule, instance: condition.subject,
                    episode: episode, to: condition.to))
        }
    }
}
