public import Rules

/// How long what was recorded is kept for each purpose, as hub.yaml says; nil: until somebody erases it.
public struct RetentionSettings: Hashable, Sendable {
    /// Alerts, notices, and readings that were taken in for safety.
    public var safety: TimeSpan?
    /// Episodes of traces, and readings that were taken in for care.
    public var care: TimeSpan?

    /// What is kept until somebody erases it.
    public init(safety: TimeSpan? = nil, care: TimeSpan? = nil) {
        self.safety = safety
        self.care = care
    }

    /// Shorter spans would take away what rules and shifts still look at.
    public static let shortest = TimeSpan.days(31)
}

extension HubReader {
    /// `retention: {safety: 365d, care: 730d}`.
    mutating func retention(_ node: Node) -> RetentionSettings {
        guard
            let fields = Fields(
                node, subject: "retention", known: ["safety", "care"], diagnostics: &diagnostics)
        else { return RetentionSettings() }
        return RetentionSettings(
            safety: retained(fields, "safety"), care: retained(fields, "care"))
    }

    private mutating func retained(_ fields: Fields, _ key: String) -> TimeSpan? {
        guard let node = fields[key],
            let text = node.text("retention, \(key)", diagnostics: &diagnostics)
        else { return nil }
        guard let span = TimeSpan(text: text), span >= RetentionSettings.shortest else {
            error(
                "bad-retention",
                "retention, \(key) is \"\(text.prefix(40))\"; write a span of 31 days or more, such as 365d",
                at: node, length: min(text.count, 40))
            return nil
        }
        return span
    }
}
