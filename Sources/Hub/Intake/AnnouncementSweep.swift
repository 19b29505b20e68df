import Logging
import Rules

/// When a new session has had everything that the broker keeps, and what did not come with it may be looked for. With a
/// session that was kept nothing is: the broker tells by itself what changed meanwhile.
struct AnnouncementSweep {
    /// How long what is kept may take to come; and as long as messages come it is waited for.
    static let patience = TimeSpan.minutes(2)

    /// When the session began; nil where there is nothing to look for.
    private(set) var began: Instant?

    init(_ began: Instant? = nil) { self.began = began }

    func isDue(at now: Instant, isConnected: Bool, isQuiet: Bool) -> Bool {
        guard let began, isConnected, isQuiet else { return false }
        return now - began >= Self.patience
    }

    /// Tells once of announcers of which nothing came: a broker that lost what it kept is likelier than that all went.
    mutating func isDone(_ mute: [String], _ log: Logger) {
        began = nil
        guard !mute.isEmpty else { return }
        log.warning(
            "nothing of what announced itself before came again; the broker may have lost what it keeps: restart its bridges",
            metadata: ["announcers": "\(mute.prefix(10).joined(separator: ", "))"])
    }
}
