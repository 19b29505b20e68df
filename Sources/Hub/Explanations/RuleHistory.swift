public import Rules

/// The rules of a home as they were at a moment of its journal: the entries before it, run again over the rules as they
/// stand now.
public struct RuleHistory {
    private let plan: Plan
    private let reader: JournalReader

    /// The rules of a home over its journal.
    public init(home: LoadedHome, reader: JournalReader) {
        plan = home.plan
        self.reader = reader
    }

    /// An alert's reasons at the moment when it was raised.
    public struct Reasons: Sendable {
        /// Its conditions.
        public var conditions: [Explanation]
        /// The hub's clock.
        public var at: Instant
    }

    /// Why an alert was raised; nil where its rule, or what it is about, is no more in the home, or the rules are not
    /// those that raised it.
    public func reasons(of alert: Alert) throws(JournalError) -> Reasons? {
        var engine = try start(before: alert.noticed)
        guard let instance = engine.instance(of: alert) else { return nil }
        var steps: Steps = []
        var found: Reasons?
        func look(_ engine: Engine) -> Bool {
            defer { steps.removeAll(keepingCapacity: true) }
            let isRaised = steps.contains {
                $0.alert.id == alert.id && ($0.step == .raised || $0.step == .asked)
            }
            if isRaised { found = Reasons(conditions: engine.explain(instance), at: engine.now) }
            return isRaised
        }
        let first = SequenceNumber(rawValue: engine.sequence.rawValue + 1)
        try reader.replay(from: first) { entry in
            // What a timer raised is looked at right then, not after the entry that came next.
            if entry.received > alert.noticed {
                engine.advance(to: alert.noticed, into: &steps)
                _ = look(engine)
                return false
            }
            engine.take(entry, into: &steps)
            return !look(engine)
        }
        if found == nil {
            engine.advance(to: alert.noticed, into: &steps)
            _ = look(engine)
        }
        return found
    }

    /// One instance of a rule at a moment.
    public struct Situation: Sendable {
        /// What it is about.
        public var subject: Subject
        /// Whether the rule was firing then.
        public var isActive: Bool
        /// Its conditions.
        public var conditions: [Explanation]
        /// What had been broken before its time.
        public var broken: BrokenRuns
    }

    /// How each instance of a rule stood at a moment; empty where the rule fits nothing in the home.
    public func situations(
        of rule: RuleID, at moment: Instant
    ) throws(JournalError) -> [Situation] {
        var engine = try start(before: moment)
        let instances = engine.instances(of: rule)
        var broken = instances.map { BrokenRuns(of: engine.explain($0)) }
        var steps: Steps = []
        let first = SequenceNumber(rawValue: engine.sequence.rawValue + 1)
        try reader.replay(from: first) { entry in
            guard entry.received <= moment else { return false }
            engine.take(entry, into: &steps)
            steps.removeAll(keepingCapacity: true)
            for index in broken.indices { broken[index].look(at: engine) }
            return true
        }
        engine.advance(to: moment, into: &steps)
        return zip(instances, broken).map { instance, broken in
            Situation(
                subject: plan.instances[instance].subject, isActive: engine.isActive(instance),
                conditions: engine.explain(instance), broken: broken)
        }
    }

    /// An engine at the latest checkpoint before a moment that knows all of the rules, else at the journal's beginning.
    private func start(before moment: Instant) throws(JournalError) -> Engine {
        var engine = Engine(plan: plan)
        let stored = try reader.checkpoint(before: moment)
        if let stored, let restored = try? Engine.restored(from: stored.engine, plan: plan),
            restored.isWhole
        {
            engine = restored.engine
        }
        for stream in try reader.streams() { engine.declare(stream.id, stream.key) }
        return engine
    }
}
