/// A message that was committed, to be known again should the broker deliver it once more.
public struct Delivery: Hashable, Sendable {
    /// The MQTT packet identifier; never 0.
    public var packetID: UInt16
    /// A hash of topic and payload.
    public var hash: UInt64

    /// A committed message.
    public init(packetID: UInt16, hash: UInt64) {
        self.packetID = packetID
        self.hash = hash
    }

    /// Several as bytes: ten each.
    static func encode(_ deliveries: [Delivery]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(deliveries.count * 10)
        for delivery in deliveries {
            for shift in stride(from: UInt16(0), to: 16, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: delivery.packetID >> shift))
            }
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: delivery.hash >> shift))
            }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [Delivery] {
        stride(from: 0, through: bytes.count - 10, by: 10).map { start in
            var hash: UInt64 = 0
            for index in (0..<8).reversed() { hash = hash << 8 | UInt64(bytes[start + 2 + index]) }
            return Delivery(
                packetID: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8, hash: hash)
        }
    }
}
