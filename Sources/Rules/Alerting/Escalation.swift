/// Who is told of one alert, step by step, until somebody answers. Pure: a chain, the hub's clock, and what people did.
///
/// It stops at once when somebody answers, is quiet while the alert is put aside, and never ends by itself: after its
/// last step a chain begins anew. Somebody who goes is asked after a while whether they are there, as often as it takes.
struct Escalation: Hashable, Sendable {
    /// What it waits for.
    enum Phase: UInt8, Hashable, Sendable {
        /// Somebody is to answer.
        case calling = 0
        /// Somebody goes, and is to say that they are there.
        case going = 1
        /// Nothing: the alert is put aside, somebody is there, or nobody need be told.
        case quiet = 2
    }

    /// The alert.
    let alert: AlertID
    /// Where it is.
    let residence: ResidenceID
    /// Which chain is gone through.
    var chain: String?
    /// What it waits for.
    var phase: Phase
    /// What the next notices are called.
    var kind: Notice.Kind
    /// The next step of the chain.
    var step = 0
    /// How many times the chain began anew.
    var round = 0
    /// When the next step is due; nil while it is quiet.
    var due: Instant?
    /// Who was told so far, in order.
    var told: [Notice.Recipient] = []

    /// Starts the chain at a moment: its first step is due then.
    mutating func call(_ kind: Notice.Kind, at moment: Instant) {
        // The same step of an earlier call must not look like this one.
        if phase != .quiet || !told.isEmpty { round += 1 }
        self.kind = kind
        phase = .calling
        step = 0
        due = moment
    }

    /// Nothing more is told for now.
    mutating func rest() {
        phase = .quiet
        due = nil
    }

    /// Somebody goes: they have so long to be there.
    mutating func goes(until moment: Instant?) {
        phase = .going
        due = moment
    }

    /// One step of a chain: who is told now. Steps that reach nobody are passed over at once; where a whole round does,
    /// the chain tries again after a while.
    mutating func next(
        _ chain: Chain, roster: Roster, at moment: Instant
    ) -> (step: Int, round: Int, recipients: [Notice.Recipient]) {
        let steps = chain.steps
        if step >= steps.count { step = 0 }
        for _ in steps.indices {
            let index = step
            let current = steps[index]
            let inRound = round
            advance(steps.count)
            var recipients: [Notice.Recipient] = []
            for target in current.notify {
                for recipient in roster.recipients(target, in: residence, at: moment)
                where !recipients.contains(recipient) {
                    recipients.append(recipient)
                }
            }
            guard !recipients.isEmpty else { continue }
            due = moment + max(current.wait, Self.shortestWait)
            for recipient in recipients where !told.contains(recipient) { told.append(recipient) }
            return (index, inRound, recipients)
        }
        due = moment + Self.emptyRoundWait
        return (0, round, [])
    }

    private mutating func advance(_ count: Int) {
        step += 1
        if step >= count {
            step = 0
            round += 1
        }
    }

    /// No step comes sooner after another, whatever a chain says.
    static let shortestWait = TimeSpan.seconds(10)
    /// After a round that reached nobody the rota is looked at again so often.
    static let emptyRoundWait = TimeSpan.minutes(1)
}
