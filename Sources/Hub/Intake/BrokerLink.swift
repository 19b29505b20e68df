import Rules

/// What the intake loop asks of its connection to the broker. The product has one, `BrokerConnection`; the simulator
/// has another, which redelivers and breaks as its seed says. The loop is generic over it, so that nothing is
/// dispatched at run time on the hot path.
protocol BrokerLink {
    /// The broker, as host:port.
    var name: String { get }
    /// Whether the broker has answered CONNECT and the session stands.
    var isConnected: Bool { get }

    /// Waits until there is something to do, or for so many ms: the inbox's eventfd becomes readable or, where
    /// `forBroker`, the broker has something for us or takes what waits for it.
    func wait(wake: Int32, forBroker: Bool, milliseconds: Int32)
    /// Connects where there is no session and it is time to; keeps the session alive.
    mutating func keepAlive(_ now: Instant)
    /// Appends what has come, up to `limit` messages in all.
    mutating func read(into batch: inout [InboundMessage], limit: Int)
    /// The broker's answer to CONNECT, once: whether it still had our session; nil where there is nothing new.
    mutating func takeAnswer() -> Bool?
    /// Lets acknowledgements and publications out: only what is committed may have led to them.
    mutating func release()

    /// The packet identifier of a publication that leaves with `release`; nil where it cannot be sent now.
    mutating func publish(_ publication: Recovered.Publication) -> Int32?
    /// The packet identifiers that the broker has acknowledged since the last call.
    mutating func takePublished() -> [Int32]
    /// Says how the hub is, retained.
    mutating func publishStatus(_ state: String, at now: Instant)
    /// Says that the disk is full, without taking anything in.
    mutating func announceStorageFull(at now: Instant)

    /// Closes without acknowledging, and stays away until `reconnect`.
    mutating func abandon(reason: String)
    mutating func reconnect()
    /// Takes leave: the last will is not published.
    mutating func disconnect()
}
