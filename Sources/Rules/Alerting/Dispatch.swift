/// Who is told what, and when: chains of escalation, reminders, digests, handovers, drills. Pure: it sees the steps of
/// alerts in order and the hub's clock, and gives notices. The engine keeps it, checkpoints it and replays it.
///
/// It comes after the rules: nothing that it does changes a condition.
struct Dispatch: Sendable, Hashable {
    /// Who works where and when.
    let roster: Roster
    private let chains: [RuleID: String]

    /// By alert, for each that somebody is or was told of and that is open.
    var escalations: [AlertID: Escalation] = [:]
    /// Low priorities that wait to be told together, by residence.
    var digests: [ResidenceID: Digest] = [:]
    /// Handovers that wait to be accepted, oldest first.
    var handovers: [Handover] = []
    /// Up to where changes of the rota and scheduled drills were looked at.
    var clock = Instant.distantPast

    /// What is to be told since it was last taken, in order.
    private(set) var notices: [Notice] = []
    /// Handovers that began or were accepted since they were last taken.
    private(set) var changedHandovers: [Handover] = []
    /// Alerts whose next step changed since that was last taken.
    private(set) var changedEscalations: Set<AlertID> = []

    private(set) var nextDue: Instant?
    private var nextShiftChange: [ResidenceID: Instant] = [:]
    private var nextDrill: [ResidenceID: Instant] = [:]

    /// Low priorities of a residence, and when they are told.
    struct Digest: Hashable, Sendable {
        var due: Instant
        var alerts: [AlertID]
    }

    /// How many alerts a digest names at most; the page shows them all.
    static let longestDigest = 100
    /// A notice of an alert is of no use any more after this.
    static let noticeLife = TimeSpan.hours(1)

    init(
        roster: Roster = Roster(staff: StaffPlan(), localities: [:]), chains: [RuleID: String] = [:]
    ) {
        self.roster = roster
        self.chains = chains
    }

    // MARK: Taking out

    mutating func takeNotices() -> [Notice] {
        defer { notices = [] }
        return notices
    }

    mutating func takeHandovers() -> [Handover] {
        defer { changedHandovers = [] }
        return changedHandovers
    }

    /// The next steps that changed: nil for an alert of which nobody is told any more.
    mutating func takeEscalations() -> [(alert: AlertID, next: Escalation?)] {
        defer { changedEscalations = [] }
        return changedEscalations.sorted().map { ($0, escalations[$0]) }
    }

    // MARK: Time

    /// Time is known: from here on changes of shift are looked for.
    mutating func start(at moment: Instant) {
        clock = moment
        for residence in roster.residences {
            if roster.staff.rota.covers(residence) {
                nextShiftChange[residence] = roster.onShift(residence, at: moment).until
            }
            nextDrill[residence] = drill(after: moment, residence)
        }
        schedule()
    }

    private func drill(after moment: Instant, _ residence: ResidenceID) -> Instant? {
        guard let drills = roster.staff.drills, !roster.staff.members.isEmpty else { return nil }
        let locality = roster.locality(residence)
        let today = locality.zone.day(at: moment)
        let cycle = StaffPlan.Cycle(of: drills.everyWeeks)
        for day in today...(today + 7 * drills.everyWeeks + 7)
        where drills.days & (1 << UInt8(LocalDay.weekday(day))) != 0 && cycle.contains(day) {
            let at = locality.zone.instant(
                day: day, milliseconds: Int64(drills.minutes) * 60_000, repeated: .first)
            if at > moment { return at }
        }
        return nil
    }

    private mutating func schedule() {
        var due = Instant.distantFuture
        for escalation in escalations.values { due = min(due, escalation.due ?? due) }
        for digest in digests.values { due = min(due, digest.due) }
        for moment in nextShiftChange.values { due = min(due, moment) }
        for moment in nextDrill.values { due = min(due, moment) }
        for handover in handovers { due = min(due, escalates(handover) ?? due) }
        nextDue = due == .distantFuture ? nil : due
    }

    /// When a handover that nobody accepts becomes an alert; nil once it is one.
    private func escalates(_ handover: Handover) -> Instant? {
        let moment = handover.at + Handover.patience
        return moment > clock ? moment : nil
    }

    /// Does what is due at a moment.
    ///
    /// - Parameters:
    ///   - due: the moment, as `nextDue` gave it.
    ///   - noticed: the hub's clock: later than `due` where the hub was down meanwhile. What follows counts from it.
    mutating func fire(
        due: Instant, noticed: Instant, alerts: inout AlertBook, into steps: inout Steps
    ) {
        for residence in nextShiftChange.keys.sorted() where nextShiftChange[residence] == due {
            changeShift(residence, due: due, noticed: noticed, alerts: alerts)
        }
        for handover in handovers where escalates(handover).map({ $0 <= due }) == true {
            raise(
                .handover, id: handover.alert, handover.residence, at: due, noticed: noticed,
                alerts: &alerts, into: &steps)
        }
        clock = max(clock, due)
        for residence in nextDrill.keys.sorted() where nextDrill[residence] == due {
            nextDrill[residence] = drill(after: max(due, noticed), residence)
            beginDrill(residence, due: due, at: noticed, alerts: &alerts, into: &steps)
        }
        for residence in digests.keys.sorted() where digests[residence]?.due == due {
            tellDigest(residence, due: due, noticed: noticed)
        }
        for id in escalations.keys.sorted() where escalations[id]?.due == due {
            escalate(id, due: due, noticed: noticed, alerts: alerts)
        }
        schedule()
    }

    // MARK: Escalation

    private func chain(_ alert: Alert) -> Chain {
        roster.staff.chain(chains[alert.rule])
    }

    private mutating func escalate(
        _ id: AlertID, due: Instant, noticed: Instant, alerts: AlertBook
    ) {
        guard var escalation = escalations[id], let alert = alerts.open[id] else { return }
        changedEscalations.insert(id)
        switch escalation.phase {
        case .quiet: escalation.due = nil
        case .going:
            // Said "I am going", and was not heard of since.
            if let actor = alert.acknowledgedBy,
                roster.staff.member(StaffID(rawValue: actor)) != nil
            {
                escalation.round += 1
                tell(
                    .reminder, .staff(StaffID(rawValue: actor)), alert.subject.residence, [id],
                    step: 0, round: escalation.round, due: due, noticed: noticed)
            }
            escalation.due = noticed + chain(alert).arriveWithin
        case .calling:
            let chain = chain(alert)
            let (step, round, recipients) = escalation.next(
                chain, roster: roster, at: noticed)
            let kind: Notice.Kind =
                alert.rule == BuiltInRule.drill.id
                ? .drill
                : escalation.kind == .alert && round > 0 ? .reminder : escalation.kind
            for recipient in recipients {
                tell(
                    kind, recipient, alert.subject.residence, [id], step: step, round: round,
                    due: due, noticed: noticed)
            }
        }
        escalations[id] = escalation
    }

    private mutating func tell(
        _ kind: Notice.Kind, _ recipient: Notice.Recipient, _ residence: ResidenceID,
        _ alerts: [AlertID], handover: HandoverID? = nil, step: Int, round: Int, due: Instant,
        noticed: Instant
    ) {
        var hash = StableHash()
        hash.mix(kind.name)
        switch recipient {
        case .staff(let id): hash.mix(id.rawValue)
        case .contact(let contact):
            hash.mix(contact.channel)
            hash.mix(contact.address)
        }
        for alert in alerts { hash.mix(alert.rawValue) }
        hash.mix(handover?.rawValue ?? residence.rawValue)
        hash.mix(Int64(step))
        hash.mix(Int64(round))
        hash.mix(due.milliseconds)
        notices.append(
            Notice(
                id: NoticeID(rawValue: hash.text), kind: kind, recipient: recipient,
                residence: residence, alerts: alerts, handover: handover, step: step,
                round: round, due: due, noticed: noticed, expires: noticed + Self.noticeLife))
    }

    /// Sees one step in the life of an alert; steps come in the order in which the hub noticed them.
    mutating func see(_ step: AlertTransition, alerts: AlertBook) {
        let id = step.alert.id
        let now = step.noticed
        guard let alert = alerts.open[id] else {
            if step.step == .resolved { end(step) }
            return schedule()
        }
        defer { schedule() }
        switch step.step {
        case .raised, .unshelved, .unsuppressed, .returnedToService:
            wake(alert, step.step == .raised ? .alert : .unshelved, at: now)
        case .strengthened: strengthen(alert, at: now)
        case .acknowledged:
            answered(step, alert)
        case .onSite, .shelved, .suppressed, .outOfService:
            guard escalations[id] != nil else { return }
            escalations[id]?.rest()
            changedEscalations.insert(id)
        case .asked, .repeated, .cleared, .reactivated, .resolved: break
        }
    }

    private func calls(_ alert: Alert) -> Bool {
        alert.display == .shown && alert.response == .unacknowledged && alert.priority >= .medium
    }

    private mutating func wake(_ alert: Alert, _ kind: Notice.Kind, at now: Instant) {
        guard alert.display == .shown else { return }
        if alert.priority == .low, kind == .alert {
            collect(alert, at: now)
        }
        guard calls(alert) else { return }
        begin(alert, kind, at: now)
    }

    private mutating func begin(_ alert: Alert, _ kind: Notice.Kind, at now: Instant) {
        var escalation =
            escalations[alert.id]
            ?? Escalation(
                alert: alert.id, residence: alert.subject.residence, chain: chains[alert.rule],
                phase: .quiet, kind: kind)
        escalation.call(kind, at: now)
        escalations[alert.id] = escalation
        changedEscalations.insert(alert.id)
    }

    private mutating func strengthen(_ alert: Alert, at now: Instant) {
        if calls(alert) { return begin(alert, .strengthened, at: now) }
        // Who goes already, and who was told, must know that it is worse than they were told.
        guard let escalation = escalations[alert.id], alert.display == .shown,
            alert.priority >= .medium
        else { return }
        for recipient in escalation.told {
            tell(
                .strengthened, recipient, alert.subject.residence, [alert.id],
                step: escalation.step, round: escalation.round, due: now, noticed: now)
        }
    }

    private mutating func answered(_ step: AlertTransition, _ alert: Alert) {
        guard var escalation = escalations[alert.id] else { return }
        for recipient in escalation.told where !isActor(step, recipient) {
            tell(
                .answered, recipient, alert.subject.residence, [alert.id],
                step: escalation.step, round: escalation.round, due: step.noticed,
                noticed: step.noticed)
        }
        let isUrgent = alert.priority >= .high
        escalation.goes(until: isUrgent ? step.noticed + chain(alert).arriveWithin : nil)
        escalations[alert.id] = escalation
        changedEscalations.insert(alert.id)
    }

    private mutating func end(_ step: AlertTransition) {
        guard let escalation = escalations.removeValue(forKey: step.alert.id) else { return }
        changedEscalations.insert(step.alert.id)
        // Those who were told and have not heard that somebody goes may be on their way.
        guard
            escalation.phase == .calling
                || escalation.phase == .quiet && step.alert.acknowledged == nil
        else { return }
        for recipient in escalation.told
        where !isActor(step, recipient) && !isNamed(step.alert.acknowledgedBy, recipient) {
            tell(
                .resolved, recipient, step.alert.subject.residence, [step.alert.id],
                step: escalation.step, round: escalation.round, due: step.noticed,
                noticed: step.noticed)
        }
    }

    private func isActor(_ step: AlertTransition, _ recipient: Notice.Recipient) -> Bool {
        isNamed(step.actor, recipient)
    }

    private func isNamed(_ name: String?, _ recipient: Notice.Recipient) -> Bool {
        guard case .staff(let id) = recipient else { return false }
        return id.rawValue == name
    }

    // MARK: Digests

    private mutating func collect(_ alert: Alert, at now: Instant) {
        guard let minutes = roster.staff.digest else { return }
        let residence = alert.subject.residence
        let zone = roster.locality(residence).zone
        var digest =
            digests[residence]
            ?? Digest(due: Self.next(minutes, after: now, zone), alerts: [])
        if digest.alerts.count < Self.longestDigest { digest.alerts.append(alert.id) }
        digests[residence] = digest
    }

    private static func next(
        _ minutes: Int, after now: Instant, _ zone: ZoneOffsets
    ) -> Instant {
        let today = zone.day(at: now)
        for day in today...(today + 2) {
            let at = zone.instant(
                day: day, milliseconds: Int64(minutes) * 60_000, repeated: .first)
            if at > now { return at }
        }
        return now + .days(1)
    }

    private mutating func tellDigest(_ residence: ResidenceID, due: Instant, noticed: Instant) {
        guard let digest = digests.removeValue(forKey: residence) else { return }
        var recipients: [Notice.Recipient] = []
        for target in [Chain.Target.onShift, .role(.teamLeader)] {
            for recipient in roster.recipients(target, in: residence, at: noticed)
            where !recipients.contains(recipient) {
                recipients.append(recipient)
            }
        }
        for recipient in recipients {
            tell(
                .digest, recipient, residence, digest.alerts, step: 0, round: 0, due: due,
                noticed: noticed)
        }
    }

    // MARK: Handover

    private mutating func changeShift(
        _ residence: ResidenceID, due: Instant, noticed: Instant, alerts: AlertBook
    ) {
        let before = roster.onShift(residence, at: due - TimeSpan(milliseconds: 1)).staff
        let now = roster.onShift(residence, at: due)
        nextShiftChange[residence] = now.until
        let comes = now.staff.filter { !before.contains($0) }
        guard !comes.isEmpty else { return }
        let open = alerts.sorted.filter { $0.subject.residence == residence }.map(\.id)
        let handover = Handover(
            residence: residence, at: due, outgoing: before, incoming: now.staff, alerts: open)
        // The latest takes the place of one that nobody accepted: it holds all that is open.
        handovers.removeAll { $0.residence == residence }
        handovers.append(handover)
        changedHandovers.append(handover)
        for member in comes {
            tell(
                .handover, .staff(member), residence, open, handover: handover.id, step: 0,
                round: 0, due: due, noticed: noticed)
        }
    }

    /// Takes in what people did that is no matter of one alert.
    mutating func take(
        _ entry: CommandEntry, alerts: inout AlertBook, into steps: inout Steps
    ) {
        switch entry.command {
        case .acceptHandover(let id, let actor):
            guard let index = handovers.firstIndex(where: { $0.id == id }) else { return }
            var handover = handovers.remove(at: index)
            handover.accepted = entry.received
            handover.acceptedBy = actor
            changedHandovers.append(handover)
            alerts.note(
                .resolve(by: actor, outcome: .real, note: nil), to: handover.alert,
                at: entry.received, noticed: entry.received, into: &steps)
        case .drill(let residence, _):
            beginDrill(
                residence, due: entry.received, at: entry.received, alerts: &alerts, into: &steps)
        default: return
        }
        schedule()
    }

    private mutating func raise(
        _ rule: BuiltInRule, id: AlertID, _ residence: ResidenceID, at: Instant,
        noticed: Instant, alerts: inout AlertBook, into steps: inout Steps
    ) {
        guard alerts.open[id] == nil else { return }
        alerts.raise(
            Alert(
                id: id, rule: rule.id, subject: Subject(residence: residence),
                priority: rule.priority, began: at, noticed: noticed,
                late: noticed - at >= Engine.lateness, evidence: []),
            at: at, noticed: noticed, into: &steps)
    }

    // MARK: Drills

    /// A test alert through the whole chain. It is over as soon as somebody answers.
    private mutating func beginDrill(
        _ residence: ResidenceID, due: Instant, at moment: Instant, alerts: inout AlertBook,
        into steps: inout Steps
    ) {
        let isRunning = alerts.open.values.contains {
            $0.rule == BuiltInRule.drill.id && $0.subject.residence == residence
        }
        guard !isRunning else { return }
        var hash = StableHash()
        hash.mix(BuiltInRule.drill.rawValue)
        hash.mix(residence.rawValue)
        hash.mix(due.milliseconds)
        let id = AlertID(rawValue: hash.text)
        raise(
            .drill, id: id, residence, at: moment, noticed: moment, alerts: &alerts, into: &steps)
        alerts.note(
            .clear(endsQuestion: true), to: id, at: moment, noticed: moment, into: &steps)
    }

    // MARK: Recovery

    /// The open alerts were replaced by those that are stored: what is told of others ends, and those that call and of
    /// which nobody is told begin.
    mutating func reconcile(_ alerts: AlertBook, at moment: Instant) {
        for id in escalations.keys.sorted() where alerts.open[id] == nil {
            escalations[id] = nil
            changedEscalations.insert(id)
        }
        for alert in alerts.sorted where calls(alert) && escalations[alert.id]?.due == nil {
            begin(alert, .alert, at: moment)
        }
        schedule()
    }

    /// What waits was read from a checkpoint.
    mutating func restored(at moment: Instant) { start(at: moment) }
}
