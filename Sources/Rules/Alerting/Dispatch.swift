/// Who is told what, and when: chains of escalation, reminders, handovers, drills. Pure: it sees the steps of alerts in
/// order and the hub's clock, and gives notices. The engine keeps it, checkpoints it and replays it.
///
/// It comes after the rules: nothing that it does changes a condition.
struct Dispatch: Sendable, Hashable {
    /// What is to be told since it was last taken, in order.
    private(set) var notices: [Notice] = []

    init() {}

    /// When something of it is due next; nil where nothing is.
    var nextDue: Instant? { nil }

    /// Takes what is to be told.
    mutating func takeNotices() -> [Notice] {
        defer { notices = [] }
        return notices
    }

    /// Does what is due at a moment.
    ///
    /// - Parameters:
    ///   - due: the moment, as `nextDue` gave it.
    ///   - noticed: the hub's clock: later than `due` where the hub was down meanwhile. What follows counts from it.
    mutating func fire(
        due: Instant, noticed: Instant, alerts: inout AlertBook, into steps: inout Steps
    ) {}

    /// Sees one step in the life of an alert; steps come in the order in which the hub noticed them.
    mutating func see(_ step: AlertTransition, alerts: AlertBook) {}

    /// Takes in what people did that is no matter of one alert.
    mutating func take(_ entry: CommandEntry, alerts: inout AlertBook, into steps: inout Steps) {}
}
