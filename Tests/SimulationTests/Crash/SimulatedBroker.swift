@testable import Hub

/// A broker that keeps one session, the hub's, as MQTT says: what is not acknowledged is delivered again, in order and
/// with the same packet identifiers, when the hub is back.
struct SimulatedBroker {
    struct Message: Hashable {
        var topic: String
        var payload: String
    }

    fileprivate struct Delivered {
        var packet: UInt16
        var message: Message
    }

    /// What is queued or under way: all that a stored snapshot of a broker holds.
    struct Session {
        fileprivate var queue: [Message] = []
        fileprivate var underWay: [Delivered] = []
        fileprivate var lastPacket: UInt16
        fileprivate var isKept = false
    }

    private(set) var session: Session
    private var wire: [InboundMessage] = []
    private(set) var isConnected = false
    private let receiveMaximum: Int

    /// Retained messages, by topic.
    private(set) var retained: [String: [UInt8]] = [:]
    /// How often the hub has published on a topic.
    private(set) var publications = 0
    /// How often the hub was given a message again.
    private(set) var redeliveries = 0

    init(receiveMaximum: Int, lastPacket: UInt16) {
        self.receiveMaximum = receiveMaximum
        session = Session(lastPacket: lastPacket)
    }

    /// Nothing is left to be delivered or acknowledged.
    var isDrained: Bool { session.queue.isEmpty && session.underWay.isEmpty }

    /// Whether the hub ever was here.
    var hasSession: Bool { session.isKept }

    /// A device published; the broker has answered it, and from here on nothing may be lost.
    mutating func take(_ message: Message) {
        session.queue.append(message)
        deliver()
    }

    /// CONNECT and the subscription.
    ///
    /// - Returns: whether the session was there already.
    mutating func connect() -> Bool {
        let present = session.isKept
        session.isKept = true
        isConnected = true
        wire = session.underWay.map { Self.inbound($0, duplicate: true) }
        redeliveries += wire.count
        deliver()
        return present
    }

    private static func inbound(_ delivered: Delivered, duplicate: Bool) -> InboundMessage {
        InboundMessage(
            topic: delivered.message.topic, payload: [UInt8](delivered.message.payload.utf8),
            qualityOfService: 1, retained: false, packetID: delivered.packet, duplicate: duplicate)
    }

    private mutating func deliver() {
        while isConnected, session.underWay.count < receiveMaximum, !session.queue.isEmpty {
            // As mosquitto does: the next number, 1 behind 65,535.
            session.lastPacket = session.lastPacket == .max ? 1 : session.lastPacket + 1
            let delivered = Delivered(
                packet: session.lastPacket, message: session.queue.removeFirst())
            session.underWay.append(delivered)
            wire.append(Self.inbound(delivered, duplicate: false))
        }
    }

    /// What the hub's socket gives.
    mutating func send(_ most: Int) -> [InboundMessage] {
        let messages = Array(wire.prefix(most))
        wire.removeFirst(messages.count)
        return messages
    }

    /// A PUBACK of the hub.
    mutating func acknowledged(_ packet: UInt16) {
        session.underWay.removeAll { $0.packet == packet }
        deliver()
    }

    /// A publication of the hub.
    mutating func published(_ publication: Recovered.Publication) {
        publications += 1
        guard publication.retain else { return }
        retained[publication.topic] = publication.payload.isEmpty ? nil : publication.payload
    }

    /// The connection broke. What was sent and not read is gone.
    mutating func disconnected() {
        isConnected = false
        wire = []
    }

    /// The broker was killed, and has come back with what it had stored last.
    mutating func restart(from stored: Session) {
        disconnected()
        session = stored
    }

    /// What would be lost if the broker went back to a snapshot: what it holds now and had not then.
    func isAllOnDisk(_ stored: Session) -> Bool {
        session.queue.allSatisfy { stored.queue.contains($0) }
            && session.underWay.allSatisfy { mine in
                stored.queue.contains(mine.message)
                    || stored.underWay.contains { $0.message == mine.message }
            }
    }
}
