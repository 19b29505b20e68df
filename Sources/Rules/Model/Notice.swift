/// One message to be carried to people. Derived, never random: a replay gives the same identifier, and a receiver can
/// drop a repeat by it (idempotency key).
public struct NoticeID: Identifier {
    /// Twelve characters of Crockford's base 32.
    public let rawValue: String
    /// A notice, by its text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One thing to tell one recipient, as the engine decided it; the outbox carries it out through channels.
public struct Notice: Hashable, Sendable {
    /// What it tells.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// A step of a chain: somebody is to go.
        case alert = 0
        /// Still nobody has answered, or the alert is still open.
        case reminder = 1
        /// Its priority rose.
        case strengthened = 2
        /// It was shelved, the time is over and it is still so.
        case unshelved = 3
        /// Somebody answered: those who were told before need not go.
        case answered = 4
        /// It is over.
        case resolved = 5
        /// A shift begins: what is open waits to be accepted.
        case handover = 6
        /// Alerts of low priority, collected.
        case digest = 7
        /// A test alert that is to be acknowledged.
        case drill = 8

        /// The word on the wire and in the API.
        public var name: String {
            switch self {
            case .alert: "alert"
            case .reminder: "reminder"
            case .strengthened: "strengthened"
            case .unshelved: "unshelved"
            case .answered: "answered"
            case .resolved: "resolved"
            case .handover: "handover"
            case .digest: "digest"
            case .drill: "drill"
            }
        }
    }

    /// Whom it is for.
    public enum Recipient: Hashable, Sendable {
        /// Somebody of staff, by each of their contacts.
        case staff(StaffID)
        /// A number or address that the chain itself names, by a channel.
        case contact(StaffMember.Contact)
    }

    /// Its identifier.
    public var id: NoticeID
    /// What it tells.
    public var kind: Kind
    /// Whom it is for.
    public var recipient: Recipient
    /// Where what it tells of is.
    public var residence: ResidenceID
    /// The alerts that it tells of; several in a digest or a handover.
    public var alerts: [AlertID]
    /// The handover that it tells of.
    public var handover: HandoverID?
    /// Which step of the chain, counted from 0; 0 outside of one.
    public var step: Int
    /// How many times the chain had begun anew before.
    public var round: Int
    /// When it was due, by the hub's clock.
    public var due: Instant
    /// When the hub noticed that; later than `due` after the hub was down.
    public var noticed: Instant
    /// After this it is of no use any more, and no channel tries again.
    public var expires: Instant

    /// One thing to tell one recipient.
    public init(
        id: NoticeID, kind: Kind, recipient: Recipient, residence: ResidenceID,
        alerts: [AlertID] = [], handover: HandoverID? = nil, step: Int = 0, round: Int = 0,
        due: Instant, noticed: Instant, expires: Instant
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.residence = residence
        self.alerts = alerts
        self.handover = handover
        self.step = step
        self.round = round
        self.due = due
        self.noticed = noticed
        self.expires = expires
    }
}
