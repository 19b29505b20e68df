/// The alerts that are open, and what concerns more than one of them: what is out of service, and which alert stands
/// for which. A value: the engine keeps it, checkpoints it and replays it. The life of a single one is in
/// `AlertLifecycle`.
public struct AlertBook: Sendable, Hashable {
    /// Something that is being mended.
    public struct OutOfService: Hashable, Sendable {
        /// What.
        public var scope: ServiceScope
        /// Since when.
        public var since: Instant
        /// Who said so.
        public var by: String
        /// Why.
        public var reason: String
    }

    /// The open alerts, by identifier.
    public private(set) var open: [AlertID: Alert] = [:]
    /// What is out of service, oldest first.
    public private(set) var outOfService: [OutOfService] = []
    /// When a call for attention comes back; nil where nothing is put aside for a time.
    private(set) var nextDue: Instant?

    private var traits: [RuleID: AlertTraits]
    /// For each instance of a rule that tells of silence, the bridge that all its devices hang on.
    let bridges: [SilenceKey: DeviceID]
    /// Until when devices have to be heard again that were not heard for a reason that is over.
    var hearing: [SilenceCause: Instant] = [:]

    /// The most journal places that an alert keeps as evidence.
    public static let maximumEvidence = 32
    /// How long devices have to be heard again once the link to the broker, or their bridge, is back, before their silence
    /// calls.
    public static let hearingTime = TimeSpan.minutes(10)

    /// A book without alerts.
    public init(traits: [RuleID: AlertTraits] = [:]) { self.init(traits: traits, bridges: [:]) }

    init(traits: [RuleID: AlertTraits], bridges: [SilenceKey: DeviceID]) {
        self.traits = traits
        self.bridges = bridges
    }

    /// The open alerts, sorted by identifier.
    public var sorted: [Alert] { open.values.sorted { $0.id < $1.id } }

    /// What the rule of an alert says of its life.
    public func traits(of alert: Alert) -> AlertTraits {
        traits[alert.rule] ?? AlertTraits(builtIn: alert.rule)
    }

    // MARK: Recovery

    /// Puts in an alert as it was stored.
    mutating func adopt(_ alert: Alert) {
        open[alert.id] = alert
        schedule()
    }

    /// Takes out an alert without a step; for alerts that were never committed.
    mutating func drop(_ id: AlertID) {
        open[id] = nil
        schedule()
    }

    // MARK: One alert

    /// A new alert. Where what it is about is out of service, or another alert stands for it, that is told with it.
    mutating func raise(_ alert: Alert, at: Instant, noticed: Instant, into steps: inout Steps) {
        open[alert.id] = alert
        steps.append(AlertTransition(step: .raised, at: at, noticed: noticed, alert: alert))
        place(alert, at: noticed, into: &steps)
    }

    /// The person is asked before staff are told.
    mutating func ask(_ alert: Alert, at: Instant, noticed: Instant, into steps: inout Steps) {
        var alert = alert
        alert.response = .asked
        open[alert.id] = alert
        steps.append(AlertTransition(step: .asked, at: at, noticed: noticed, alert: alert))
        place(alert, at: noticed, into: &steps)
    }

    /// Something happens to an open alert.
    ///
    /// - Throws: why it cannot; then nothing is changed.
    mutating func apply(
        _ input: AlertLifecycle.Input, to id: AlertID, at: Instant, noticed: Instant,
        into steps: inout Steps
    ) throws(AlertLifecycle.Refusal) {
        guard let alert = open[id] else { throw .isOver }
        var life = AlertLifecycle(
            alert, traits: traits(of: alert), at: at, noticed: noticed)
        try life.take(input)
        open[id] = life.alert.response == .resolved ? nil : life.alert
        steps += life.steps
        if life.alert.display != alert.display || life.alert.displayUntil != alert.displayUntil {
            schedule()
        }
        if let cause = alert.silenceCause,
            life.alert.condition != alert.condition || open[id] == nil
        {
            changed(cause, at: noticed, into: &steps)
        }
    }

    /// The same, where what cannot be is no matter: the condition of a rule ends whatever people did before.
    mutating func note(
        _ input: AlertLifecycle.Input, to id: AlertID, at: Instant, noticed: Instant,
        into steps: inout Steps
    ) {
        do throws(AlertLifecycle.Refusal) {
            try apply(input, to: id, at: at, noticed: noticed, into: &steps)
        } catch {
            // Nothing happened: there is no step to tell.
        }
    }

    /// Why a command about an alert cannot be done; nil where it can.
    public func refusal(of command: Command, at moment: Instant) -> String? {
        guard let (id, input) = Self.input(command) else { return nil }
        var copy = self
        var ignored: Steps = []
        do throws(AlertLifecycle.Refusal) {
            try copy.apply(input, to: id, at: moment, noticed: moment, into: &ignored)
            return nil
        } catch {
            return error == .isOver ? "alert \(id) is not open" : "alert \(id): \(error)"
        }
    }

    /// What a command about one alert is to its life; nil for other commands.
    static func input(_ command: Command) -> (AlertID, AlertLifecycle.Input)? {
        switch command {
        case .acknowledge(let id, let actor): (id, .acknowledge(by: actor))
        case .arrive(let id, let actor): (id, .arrive(by: actor))
        case .resolve(let id, let actor, let outcome, let note):
            (id, .resolve(by: actor, outcome: outcome, note: note))
        case .shelve(let id, let until, let actor, let reason):
            (id, .shelve(until: until, by: actor, reason: reason))
        case .unshelve(let id, let actor): (id, .unshelve(by: actor))
        case .answer(let id, let isFine, let actor): (id, .answer(isFine: isFine, by: actor))
        default: nil
        }
    }

    static func merged(_ old: [SequenceNumber], _ new: [SequenceNumber]) -> [SequenceNumber] {
        let all = Set(old).union(new).sorted()
        return all.count > maximumEvidence ? Array(all.suffix(maximumEvidence)) : all
    }

    // MARK: What is put aside comes back

    mutating func schedule() {
        var due = hearing.values.min()
        for alert in open.values where alert.display == .shelved {
            guard let until = alert.displayUntil else { continue }
            due = due.map { min($0, until) } ?? until
        }
        nextDue = due
    }

    /// Does what is due at a moment: ends shelving, and lets devices call that should have been heard.
    mutating func fire(due: Instant, noticed: Instant, into steps: inout Steps) {
        let over = open.values.filter {
            $0.display == .shelved && $0.displayUntil.map { $0 <= due } == true
        }
        for alert in over.sorted(by: { $0.id < $1.id }) {
            note(.unshelve(by: nil), to: alert.id, at: due, noticed: noticed, into: &steps)
        }
        hearAgain(due: due, noticed: noticed, into: &steps)
        schedule()
    }

    // MARK: Out of service

    /// Something is being mended, or works again. What is so already stays so.
    mutating func setService(
        _ scope: ServiceScope, isOut: Bool, by actor: String, reason: String, at moment: Instant,
        into steps: inout Steps
    ) {
        let isOutAlready = outOfService.contains { $0.scope == scope }
        guard isOut != isOutAlready else { return }
        if isOut {
            outOfService.append(
                OutOfService(scope: scope, since: moment, by: actor, reason: reason))
        } else {
            outOfService.removeAll { $0.scope == scope }
        }
        for alert in sorted {
            let reasons = outOfService.first { $0.scope.covers(alert.subject, rule: alert.rule) }
            switch (reasons, alert.display) {
            case (.some(let out), let display) where display != .outOfService:
                note(
                    .takeOut(by: out.by, reason: out.reason), to: alert.id, at: moment,
                    noticed: moment, into: &steps)
            case (nil, .outOfService):
                note(
                    .putBack(by: actor), to: alert.id, at: moment, noticed: moment,
                    into: &steps)
            default: break
            }
        }
    }

    /// Puts in what was out of service, as it was stored.
    mutating func adopt(outOfService stored: [OutOfService], hearing: [SilenceCause: Instant]) {
        outOfService = stored
        self.hearing = hearing
        schedule()
    }
}

extension ServiceScope {
    /// Whether an alert about a subject, of a rule, is one of what is out of service.
    public func covers(_ subject: Subject, rule: RuleID) -> Bool {
        switch self {
        case .device(let device): subject.device == device
        case .rule(let own, let residence): own == rule && residence == subject.residence
        }
    }
}

/// What an entry of the journal led to, in order.
public typealias Steps = [AlertTransition]
