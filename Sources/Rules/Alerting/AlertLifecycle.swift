/// The life of one alert, as a machine: what happened or was done, and what becomes of the alert. Pure: no clock, no
/// other alerts, no storage.
///
/// Three axes that do not depend on one another, as alarm management has them (ISA-18.2, 5.4; IEC 62682, 5.2; OPC UA
/// part 9, 5.8): the *condition* (is what the rule watches for still so), the *response* (what people did about it) and
/// the *display* (whether it calls for attention). An alert is open until its response is `resolved`:
///
/// - Below medium it resolves by itself when its condition ends; from medium up only after somebody answered; a latched
///   one only when somebody says what it was.
/// - One that another alert stands for (suppressed) resolves by itself when its condition ends: it is the other one that
///   wants an answer.
/// - Whatever is put aside comes back: shelving ends by itself, and ends at once when the priority rises.
struct AlertLifecycle: Sendable, Hashable {
    /// What happens to an alert.
    enum Input: Sendable, Hashable {
        /// It came again within the episode.
        case again(evidence: [SequenceNumber])
        /// Its condition ended. `endsQuestion`: whether that answers what the person is being asked.
        case clear(endsQuestion: Bool)
        /// Its priority rises.
        case strengthen(Priority)
        /// The person did not answer in time, or wants help: staff are told.
        case tell(late: Bool, by: String?)
        /// The person answered.
        case answer(isFine: Bool, by: String)
        /// Somebody goes.
        case acknowledge(by: String)
        /// Somebody is there.
        case arrive(by: String)
        /// Somebody says that it is over, and what it was.
        case resolve(by: String, outcome: Outcome?, note: String?)
        /// Somebody puts it aside.
        case shelve(until: Instant, by: String, reason: String)
        /// Somebody takes it out again, or the time is over.
        case unshelve(by: String?)
        /// Another alert stands for it.
        case suppress(by: AlertID)
        /// That one does so no more.
        case unsuppress
        /// What it is about is being mended.
        case takeOut(by: String, reason: String)
        /// That works again.
        case putBack(by: String)
    }

    /// Why something cannot be done with an alert. Nothing is changed then.
    enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// It is over.
        case isOver
        /// The person is not being asked.
        case isNotAsked
        /// Somebody goes already.
        case isAnswered(by: String)
        /// Somebody is there already.
        case isOnSite(by: String)
        /// It is latched: somebody must say what it was.
        case wantsOutcome
        /// It may be put aside for so long at most.
        case tooLong(most: TimeSpan)
        /// The end of the shelving is over already.
        case isPast
        /// It is not put aside.
        case isNotShelved
        /// What it is about is out of service; there is nothing to put aside.
        case isOutOfService
        /// No other alert may stand for it, or none does.
        case isNotSuppressible
        /// It is in service.
        case isInService
        /// It is as strong already.
        case isAsStrong
        /// Its condition has ended already.
        case isClear

        /// What happened, and what to do.
        var description: String {
            switch self {
            case .isOver: "it is over"
            case .isNotAsked: "it asks nothing, or staff were told already"
            case .isAnswered(let actor): "\(actor) goes already"
            case .isOnSite(let actor): "\(actor) is there already"
            case .wantsOutcome:
                "it is latched: say what it was (real, false, test, technical or other)"
            case .tooLong(let most): "it may be put aside for \(most.text) at most"
            case .isPast: "the time up to which it is to be put aside is over"
            case .isNotShelved: "it is not put aside"
            case .isOutOfService: "what it is about is out of service"
            case .isNotSuppressible: "no other alert may stand for it, or none does"
            case .isInService: "what it is about is in service"
            case .isAsStrong: "its priority is as high already"
            case .isClear: "its condition has ended already"
            }
        }
    }

    /// The longest that a vital alert may be put aside.
    static let longestVitalShelving = TimeSpan.hours(1)
    /// The longest that any other may: a day and a night.
    static let longestShelving = TimeSpan.hours(24)

    /// The alert as it is.
    private(set) var alert: Alert
    /// What its rule says of it.
    let traits: AlertTraits
    /// When, by the world's clock, what happens now happens.
    let at: Instant
    /// When the hub noticed it.
    let noticed: Instant
    /// What happened, in order.
    private(set) var steps: Steps = []

    init(_ alert: Alert, traits: AlertTraits, at: Instant, noticed: Instant) {
        self.alert = alert
        self.traits = traits
        self.at = at
        self.noticed = noticed
    }

    /// Takes in one thing that happened.
    mutating func take(_ input: Input) throws(Refusal) {
        guard alert.response != .resolved else { throw .isOver }
        switch input {
        case .again(let evidence): again(evidence)
        case .clear(let endsQuestion): try clear(endsQuestion: endsQuestion)
        case .strengthen(let priority): try strengthen(to: priority)
        case .tell(let late, let actor): try tell(late: late, by: actor)
        case .answer(let isFine, let actor): try answer(isFine: isFine, by: actor)
        case .acknowledge(let actor): try acknowledge(by: actor)
        case .arrive(let actor): try arrive(by: actor)
        case .resolve(let actor, let outcome, let note):
            if traits.isLatched, outcome == nil { throw .wantsOutcome }
            alert.outcome = outcome
            alert.note = note ?? alert.note
            end(by: actor)
        case .shelve, .unshelve: try shelving(input)
        case .suppress, .unsuppress: try suppression(input)
        case .takeOut, .putBack: try service(input)
        }
    }

    private mutating func step(
        _ step: AlertTransition.Step, by actor: String? = nil, note: String? = nil
    ) {
        steps.append(
            AlertTransition(
                step: step, at: at, noticed: noticed, actor: actor, note: note, alert: alert))
    }

    // MARK: Condition

    private mutating func again(_ evidence: [SequenceNumber]) {
        let wasActive = alert.condition == .active
        alert.condition = .active
        alert.cleared = nil
        alert.count += 1
        alert.evidence = AlertBook.merged(alert.evidence, evidence)
        step(wasActive ? .repeated : .reactivated)
    }

    private mutating func clear(endsQuestion: Bool) throws(Refusal) {
        guard alert.condition != .normal else { throw .isClear }
        alert.condition = .normal
        alert.cleared = at
        step(.cleared)
        if alert.response == .asked {
            if endsQuestion { end(by: nil) }
            return
        }
        settle()
    }

    private mutating func strengthen(to priority: Priority) throws(Refusal) {
        guard alert.priority < priority else { throw .isAsStrong }
        alert.priority = priority
        // Somebody put aside a lesser thing than it is now.
        if alert.display == .shelved { show(.unshelved) }
        step(.strengthened)
    }

    // MARK: Response

    private mutating func tell(late: Bool, by actor: String?) throws(Refusal) {
        guard alert.response == .asked else { throw .isNotAsked }
        alert.response = .unacknowledged
        alert.late = alert.late || late
        step(.raised, by: actor)
    }

    private mutating func answer(isFine: Bool, by actor: String) throws(Refusal) {
        guard alert.response == .asked else { throw .isNotAsked }
        if isFine { end(by: actor) } else { try tell(late: false, by: actor) }
    }

    private mutating func acknowledge(by actor: String) throws(Refusal) {
        switch alert.response {
        case .acknowledged, .onSite:
            throw .isAnswered(by: alert.acknowledgedBy ?? alert.onSiteBy ?? "")
        default: break
        }
        alert.response = .acknowledged
        alert.acknowledged = at
        alert.acknowledgedBy = actor
        step(.acknowledged, by: actor)
        settle()
    }

    private mutating func arrive(by actor: String) throws(Refusal) {
        if alert.response == .onSite { throw .isOnSite(by: alert.onSiteBy ?? "") }
        if alert.response != .acknowledged {
            alert.response = .acknowledged
            alert.acknowledged = at
            alert.acknowledgedBy = actor
            step(.acknowledged, by: actor)
        }
        alert.response = .onSite
        alert.onSite = at
        alert.onSiteBy = actor
        step(.onSite, by: actor)
        settle()
    }

    // MARK: Display

    private mutating func shelving(_ input: Input) throws(Refusal) {
        switch input {
        case .shelve(let until, let actor, let reason):
            if alert.display == .outOfService { throw .isOutOfService }
            guard until > at else { throw .isPast }
            let most = traits.isVital ? Self.longestVitalShelving : Self.longestShelving
            guard until - at <= most else { throw .tooLong(most: most) }
            alert.display = .shelved
            alert.displayUntil = until
            alert.displayBy = actor
            alert.displayReason = reason
            step(.shelved, by: actor, note: reason)
        case .unshelve(let actor):
            guard alert.display == .shelved else { throw .isNotShelved }
            show(.unshelved, by: actor)
        default: break
        }
    }

    private mutating func suppression(_ input: Input) throws(Refusal) {
        switch input {
        case .suppress(let other):
            // One reason may take the place of another that is over.
            let isAnother =
                alert.display == .suppressed && alert.displayReason != other.rawValue
            guard alert.display == .shown || isAnother, !traits.isVital, other != alert.id else {
                throw .isNotSuppressible
            }
            alert.display = .suppressed
            alert.displayReason = other.rawValue
            step(.suppressed, note: other.rawValue)
        default:
            guard alert.display == .suppressed else { throw .isNotSuppressible }
            show(.unsuppressed)
        }
    }

    private mutating func service(_ input: Input) throws(Refusal) {
        switch input {
        case .takeOut(let actor, let reason):
            if alert.display == .outOfService { throw .isOutOfService }
            alert.display = .outOfService
            alert.displayUntil = nil
            alert.displayBy = actor
            alert.displayReason = reason
            step(.outOfService, by: actor, note: reason)
        case .putBack(let actor):
            guard alert.display == .outOfService else { throw .isInService }
            show(.returnedToService, by: actor)
        default: break
        }
    }

    private mutating func show(_ step: AlertTransition.Step, by actor: String? = nil) {
        alert.display = .shown
        alert.displayUntil = nil
        alert.displayBy = nil
        alert.displayReason = nil
        self.step(step, by: actor)
        settle()
    }

    // MARK: The end

    /// Ends what needs nobody any more.
    private mutating func settle() {
        guard alert.response != .resolved, alert.response != .asked, alert.condition == .normal,
            !traits.isLatched
        else { return }
        let isAnswered = alert.response == .acknowledged || alert.response == .onSite
        guard alert.priority < .medium || isAnswered || alert.display == .suppressed else {
            return
        }
        end(by: nil)
    }

    /// Over; by itself where nobody said so.
    private mutating func end(by actor: String?) {
        alert.response = .resolved
        alert.resolved = at
        alert.resolvedBy = actor
        // What is over is not put aside; the steps tell that it was.
        alert.display = .shown
        alert.displayUntil = nil
        alert.displayBy = nil
        alert.displayReason = nil
        step(.resolved, by: actor, note: alert.note)
    }
}
