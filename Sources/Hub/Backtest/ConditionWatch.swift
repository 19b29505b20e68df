public import Rules

/// One change of what a rule's instance is in: `normal`, `pending` (its `for` runs) or `active` (it holds).
public struct ConditionTransition: Hashable, Sendable {
    /// When, in effective time: an event's own time, or the instant at which a timer was due.
    public var at: Instant
    /// The rule.
    public var rule: RuleID
    /// What the instance is about.
    public var instance: Subject
    /// When the episode that it belongs to began: with `pending` where the rule waits for a `for`, else with
    /// `active`. Tells one episode of an instance from every other.
    public var episode: Instant
    /// What it is in from now on.
    public var to: ConditionState
}

/// An engine with an eye on the conditions of its rules, whatever becomes of alerts: where the condition of an alert
/// that is open already comes again, that is a transition too.
///
/// Time is taken instant by instant, so that each transition carries its own.
public struct ConditionWatch {
    /// The engine.
    public private(set) var engine: Engine
    /// What was seen since it was last taken away, in order.
    public var transitions: [ConditionTransition] = []

    private var steps: Steps = []
    private var pending: [Instant?]
    private var episodes: [Instant?]
    private let holding: [Int]
    private let numbers: [String: Int]

    /// Watches an engine at the beginning of a journal.
    ///
    /// - Parameter streams: every stream that events will come from.
    public init(plan: Plan, streams: [(id: StreamID, key: StreamKey)]) {
        engine = Engine(plan: plan)
        for stream in streams { engine.declare(stream.id, stream.key) }
        holding = plan.holdingInstances
        pending = [Instant?](repeating: nil, count: plan.instances.count)
        episodes = pending
        var numbers: [String: Int] = [:]
        for (number, instance) in plan.instances.enumerated() {
            numbers[Self.name(plan.rules[instance.rule].id, instance.subject)] = number
        }
        self.numbers = numbers
    }

    /// Takes in one event, and before it what fell due.
    public mutating func take(_ event: Event) {
        advance(to: event.received)
        engine.take(event, into: &steps)
        look(at: event.effective)
    }

    /// Takes time up to a moment.
    public mutating func advance(to moment: Instant) {
        while let due = engine.nextDue(), due <= moment {
            engine.advance(to: due, into: &steps)
            look(at: due)
        }
        engine.advance(to: moment, into: &steps)
        look(at: moment)
    }

    private mutating func look(at moment: Instant) {
        if !steps.isEmpty {
            for step in steps { note(step) }
            steps.removeAll(keepingCapacity: true)
        }
        for number in holding {
            let now = engine.pendingSince(number)
            guard now != pending[number] else { continue }
            if let began = pending[number] { add(number, moment, episode: began, .normal) }
            if let now { add(number, now, episode: now, .pending) }
            pending[number] = now
        }
    }

    private mutating func note(_ step: AlertTransition) {
        guard let number = numbers[Self.name(step.alert.rule, step.alert.subject)] else { return }
        switch step.step {
        case .raised, .reactivated:
            let episode = pending[number] ?? step.at
            pending[number] = nil
            episodes[number] = episode
            add(number, step.at, episode: episode, .active)
        case .cleared:
            add(number, step.at, episode: episodes[number] ?? step.at, .normal)
        case .repeated, .acknowledged, .resolved:
            break
        }
    }

    private mutating func add(
        _ number: Int, _ at: Instant, episode: Instant, _ state: ConditionState
    ) {
        let instance = engine.plan.instances[number]
        transitions.append(
            ConditionTransition(
                at: at, rule: engine.plan.rules[instance.rule].id, instance: instance.subject,
                episode: episode, to: state))
    }

    private static func name(_ rule: RuleID, _ subject: Subject) -> String { "\(rule) \(subject)" }
}
