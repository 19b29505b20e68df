import Rules

/// What the hub found when it started: how long it was away, what the broker had kept for it, what fell due meanwhile.
public struct StartReport: Hashable, Sendable, Codable {
    /// When it started, in ms since 1970.
    public var started: Int64
    /// From when on it was away, in ms since 1970; nil at the first start of a home.
    public var downFrom: Int64?
    /// Messages that the broker had kept; they are taken in before anything new.
    public var recovered = 0
    /// Alerts that fell due while it was away, and were raised late.
    public var raisedLate = 0
    /// Whether what the broker had kept is all taken in.
    public var isComplete = false

    /// So long after the connection a turn without a message means that nothing was kept any more.
    static let quiet = TimeSpan(milliseconds: 500)

    init(started: Instant) { self.started = started.milliseconds }

    /// Takes a turn of the loop into account.
    ///
    /// - Parameters:
    ///   - messages: how many messages it brought.
    ///   - connectedFor: for how long the broker has been there; nil while it is not.
    mutating func count(messages: Int, connectedFor: TimeSpan?) {
        guard !isComplete else { return }
        recovered += messages
        // What it had kept follows its answer at once, but not always in the same read.
        if messages == 0, let connectedFor, connectedFor >= Self.quiet { isComplete = true }
    }
}
