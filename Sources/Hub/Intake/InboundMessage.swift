/// One message as the broker delivered it.
struct InboundMessage: Hashable, Sendable {
    /// Where it was published.
    var topic: String
    /// What was published.
    var payload: [UInt8]
    /// 0, 1 or 2.
    var qualityOfService: UInt8
    /// Kept by the broker from before we subscribed.
    var retained: Bool
    /// 0 with QoS 0.
    var packetID: UInt16
    /// Whether the broker marks it as delivered before; nil where that was not looked at.
    var duplicate: Bool?

    /// About how many bytes it took on the wire; never more than it really took.
    var wireSize: Int {
        topic.utf8.count + payload.count + (qualityOfService > 0 ? 6 : 4)
    }
}
