/// What an alert waits for next: the step of its chain, or that somebody who goes is there.
public struct NextStep: Hashable, Sendable {
    /// The alert.
    public var alert: AlertID
    /// When the next step is due; nil where nothing more is told for now.
    public var due: Instant?
    /// Which step of the chain, counted from 0.
    public var step: Int
    /// How many times the chain had begun anew before.
    public var round: Int
    /// Whether somebody goes, and is asked whether they are there.
    public var isGoing: Bool

    init(_ alert: AlertID, _ escalation: Escalation?) {
        self.alert = alert
        due = escalation?.due
        step = escalation?.step ?? 0
        round = escalation?.round ?? 0
        isGoing = escalation?.phase == .going
    }

    /// What an alert waits for next.
    public init(alert: AlertID, due: Instant?, step: Int, round: Int, isGoing: Bool) {
        self.alert = alert
        self.due = due
        self.step = step
        self.round = round
        self.isGoing = isGoing
    }
}
