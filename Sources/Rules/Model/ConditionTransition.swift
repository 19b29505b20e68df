/// One step of a rule's condition, apart from what becomes of its alert: a condition may come and go many times
/// within one alert.
public struct ConditionTransition: Hashable, Sendable {
    /// The rule.
    public var rule: RuleID
    /// What the instance is about.
    public var subject: Subject
    /// What it is from now on.
    public var to: ConditionState
    /// From when, in effective time.
    public var at: Instant
    /// The hub's clock when it was noticed.
    public var noticed: Instant
    /// The alert of the episode that it belongs to; nil where there is none yet.
    public var alert: AlertID?

    /// One step of a rule's condition.
    public init(
        rule: RuleID, subject: Subject, to: ConditionState, at: Instant, noticed: Instant,
        alert: AlertID? = nil
    ) {
        self.rule = rule
        self.subject = subject
        self.to = to
        self.at = at
        self.noticed = noticed
        self.alert = alert
    }
}
