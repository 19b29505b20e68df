public import Rules

// Simulation: what devices would say, made from a recording or a script, and published over MQTT. It uses
// Configuration (YAML, Clock) and Intake's broker session, and nothing further down the way of an event:
// a simulated message reaches the hub as a real one does, through the broker.

/// One MQTT message that a simulated device publishes.
public struct Publication: Hashable, Sendable {
    /// The topic.
    public var topic: String
    /// The payload, text in every convention that is simulated.
    public var payload: String
    /// True where the broker is to keep it for whoever subscribes later.
    public var retained: Bool

    /// A message that a simulated device publishes.
    public init(topic: String, payload: String, retained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.retained = retained
    }
}

/// A series of things that simulated devices say, in the order of time. Read one step at a time, so that
/// a recording of any length takes no more memory than a short one.
public protocol PublicationSource {
    /// Goes to the next step.
    ///
    /// - Returns: its time in the series; nil at the end.
    mutating func advance() throws(SimulationError) -> Instant?

    /// What is published at the step.
    ///
    /// - Parameter now: the time of publishing, for payloads that carry it instead of the series' own.
    mutating func publications(now: Instant) -> [Publication]
}

/// Where publications go.
public protocol Publisher {
    /// Hands one message over. Waits while as many as allowed are not acknowledged yet.
    mutating func publish(_ publication: Publication) throws(SimulationError)

    /// Does the connection's work (acknowledgements, pings) until so much time is over, or a little less.
    mutating func serve(for span: TimeSpan) throws(SimulationError)

    /// Waits until all is acknowledged, and disconnects.
    mutating func finish() throws(SimulationError)
}

/// What can go wrong when devices are simulated.
public enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file could not be read or written: its path, and the system's reason.
    case file(path: String, reason: String)
    /// A mapping or script file has these errors.
    case configuration([Diagnostic])
    /// The broker could not be reached, refused us, or was lost and did not come back.
    case broker(String)
    /// Nothing came back from the broker for this long.
    case unacknowledged(count: Int, after: TimeSpan)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .configuration(let diagnostics):
            diagnostics.map(\.description).joined(separator: "\n")
        case .broker(let reason): reason
        case .unacknowledged(let count, let span):
            "the broker has not acknowledged \(count) messages for \(span.text);"
                + " see its log, and whether this user may publish there"
        }
    }
}
