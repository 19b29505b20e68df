public import Rules

/// One message as the broker delivered it.
public struct MQTTMessage: Hashable, Sendable {
    /// The topic, valid UTF-8: MQTT 5, 1.5.4 makes anything else a protocol error.
    public var topic: String
    /// The payload, any bytes at all.
    public var payload: [UInt8]
    /// True where the broker kept it from earlier and sent it because the hub subscribed.
    public var retained: Bool
    /// The delivery's quality of service, 0, 1 or 2.
    public var qualityOfService: UInt8
    /// When the hub took it in.
    public var received: Instant

    /// A message as the broker delivered it.
    public init(
        topic: String, payload: [UInt8], retained: Bool = false, qualityOfService: UInt8 = 1,
        received: Instant
    ) {
        self.topic = topic
        self.payload = payload
        self.retained = retained
        self.qualityOfService = qualityOfService
        self.received = received
    }
}
