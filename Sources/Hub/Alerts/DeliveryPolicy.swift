import Rules

/// When a delivery is tried again, and when it is given up. Pure.
enum DeliveryPolicy {
    /// What is to be done with one delivery now.
    enum Decision: Hashable, Sendable {
        /// Try it.
        case send
        /// Not before this moment.
        case wait(until: Instant)
        /// It is of no use any more, or was tried often enough.
        case giveUp
    }

    /// The wait after the first failure; each further one doubles it.
    static let firstWait = TimeSpan.seconds(2)
    /// The longest wait between two tries.
    static let longestWait = TimeSpan.minutes(5)

    /// - Parameters:
    ///   - failures: how many tries failed so far.
    ///   - last: when the latest of them was.
    ///   - spread: something of the delivery's own, so that many do not try again at one moment.
    static func decision(
        failures: Int, last: Instant?, expires: Instant, spread: UInt64, at now: Instant
    ) -> Decision {
        guard now < expires else { return .giveUp }
        guard failures > 0, let last else { return .send }
        let doubled = firstWait.milliseconds << Int64(min(failures - 1, 12))
        let wait = min(doubled, longestWait.milliseconds)
        // Up to a fifth more (full jitter would let a first retry come at once).
        let jitter = Int64(spread % 1000) * wait / 5000
        let next = last + TimeSpan(milliseconds: wait + jitter)
        return now >= next ? .send : .wait(until: next)
    }
}
