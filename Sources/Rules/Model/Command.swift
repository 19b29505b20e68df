/// Something that people did, or that happened to the hub itself, and that changes an outcome. A command
/// is an entry of the journal like an event, so that it replays.
public enum Command: Hashable, Sendable {
    /// Somebody said "I am going".
    case acknowledge(AlertID, by: String)
    /// Somebody said that it is over.
    case resolve(AlertID, by: String, note: String?)
    /// The person answered a question that an alert asks before it is told to staff: all is well, or help is
    /// wanted.
    case answer(AlertID, isFine: Bool, by: String)
    /// The people of a residence left for some time, or are back.
    case away(ResidenceID, Bool, by: String)
    /// The hub started with this configuration (hash of rules, devices, home, zones).
    case configured(hash: String)
    /// The hub was down, or not connected to its broker, from the first moment to the second.
    case gap(from: Instant, to: Instant)
}

/// One command with its place in the journal and its time.
public struct CommandEntry: Hashable, Sendable {
    /// Its place in the journal, in one row with events.
    public var sequence: SequenceNumber
    /// When the hub took it in.
    public var received: Instant
    /// What was done.
    public var command: Command

    /// A command with its place in the journal.
    public init(sequence: SequenceNumber, received: Instant, command: Command) {
        self.sequence = sequence
        self.received = received
        self.command = command
    }
}
