/// One thing that `hubctl doctor` looked at, and how it is.
public struct Finding: Hashable, Sendable, Codable {
    /// How it is.
    public enum Level: String, Hashable, Sendable, Codable {
        /// As it should be.
        case ok
        /// Worth knowing; it cannot be judged from here.
        case note
        /// It works, and is weak.
        case warning
        /// Something will be lost, or does not work.
        case error
    }

    /// How it is.
    public var level: Level
    /// What was looked at, in a word or two.
    public var subject: String
    /// What was found, and what to do.
    public var text: String

    /// A finding.
    public init(_ level: Level, _ subject: String, _ text: String) {
        self.level = level
        self.subject = subject
        self.text = text
    }
}
