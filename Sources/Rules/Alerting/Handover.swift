/// The passing of a residence from one team to the next: what is open waits to be accepted.
public struct Handover: Hashable, Sendable {
    /// Derived from residence and moment.
    public var id: HandoverID
    /// Where.
    public var residence: ResidenceID
    /// When the team changed.
    public var at: Instant
    /// Who leaves, sorted.
    public var outgoing: [StaffID]
    /// Who comes, sorted.
    public var incoming: [StaffID]
    /// The alerts that were open then, put aside ones too, sorted.
    public var alerts: [AlertID]
    /// When somebody accepted it; nil while it waits.
    public var accepted: Instant?
    /// Who did.
    public var acceptedBy: String?

    /// How long the incoming team has before their waiting becomes an alert.
    public static let patience = TimeSpan.minutes(10)

    /// A handover that waits to be accepted.
    public init(
        residence: ResidenceID, at moment: Instant, outgoing: [StaffID], incoming: [StaffID],
        alerts: [AlertID]
    ) {
        id = HandoverID(rawValue: "\(residence)/\(moment.milliseconds)")
        self.residence = residence
        at = moment
        self.outgoing = outgoing
        self.incoming = incoming
        self.alerts = alerts
    }

    /// The alert that tells that nobody accepted it.
    var alert: AlertID {
        var hash = StableHash()
        hash.mix(BuiltInRule.handover.rawValue)
        hash.mix(id.rawValue)
        return AlertID(rawValue: hash.text)
    }
}
