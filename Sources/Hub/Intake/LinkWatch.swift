import Rules

/// Tells when the link to the broker has been down for so long that somebody must know, and when it is back.
struct LinkWatch {
    /// How long a link may be down before that is an alert: a broker that restarts takes some seconds.
    static let patience = TimeSpan.seconds(30)

    private var downSince: Instant?

    /// What is to be told, as a command; nil where there is nothing new.
    ///
    /// - Parameter isKnown: whether the alerts say already that it is down, also from before a restart.
    mutating func fault(isConnected: Bool, isKnown: Bool, at now: Instant) -> Command? {
        if isConnected {
            downSince = nil
            return isKnown
                ? .fault(.brokerLink, isPresent: false, detail: "the link is back") : nil
        }
        let since = min(downSince ?? now, now)
        downSince = since
        guard !isKnown, now - since >= Self.patience else { return nil }
        return .fault(
            .brokerLink, isPresent: true,
            detail: "no link to the broker since \(Self.patience.text)")
    }
}
