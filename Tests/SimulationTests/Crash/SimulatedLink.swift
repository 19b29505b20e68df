import GRDB
import Rules

@testable import Hub

/// The hub's end of a connection to the simulated broker.
struct SimulatedLink: BrokerLink {
    let world: World
    let name = "simulated:1883"

    private var isAnswered = false
    private var isOpen = false
    private var isHeld = false
    private var sessionPresent = false
    private var acknowledgements: [UInt16] = []
    private var publications: [(packet: Int32, publication: Recovered.Publication)] = []
    private var published: [Int32] = []
    private var lastPacket: Int32 = 0

    init(_ world: World) { self.world = world }

    var isConnected: Bool { isOpen && isAnswered }

    func wait(wake: Int32, forBroker: Bool, milliseconds: Int32) {
        world.elapse(atMost: Int64(milliseconds))
    }

    mutating func keepAlive(_ now: Instant) {
        guard world.isPowered, !isHeld else { return }
        if isOpen, !world.broker.isConnected { close() }
        if !isOpen {
            sessionPresent = world.broker.connect()
            isOpen = true
        }
    }

    private mutating func close() {
        isOpen = false
        isAnswered = false
        acknowledgements = []
        publications = []
        published = []
    }

    mutating func read(into batch: inout [InboundMessage], limit: Int) {
        guard world.isPowered, isOpen else { return }
        let most = Int.random(in: 0...max(0, limit - batch.count), using: &world.random)
        let messages = world.broker.send(most)
        batch += messages
        for message in messages {
            if world.acknowledgesEarly {
                world.broker.acknowledged(message.packetID)
            } else {
                acknowledgements.append(message.packetID)
            }
        }
        if !messages.isEmpty { world.reach(.received) }
    }

    mutating func takeAnswer() -> Bool? {
        guard isOpen, !isAnswered else { return nil }
        isAnswered = true
        return sessionPresent
    }

    mutating func release() {
        guard world.isPowered, isOpen, world.broker.isConnected else { return }
        let reached = acknowledgements.count + publications.count
        guard reached > 0 else { return }
        // The power can fail with some of it on its way.
        let cut = Int.random(in: 0...reached, using: &world.random)
        for index in 0..<reached {
            if index == cut { world.reach(.released) }
            guard world.isPowered else { return }
            if index < acknowledgements.count {
                world.broker.acknowledged(acknowledgements[index])
            } else {
                let (packet, publication) = publications[index - acknowledgements.count]
                world.broker.published(publication)
                published.append(packet)
            }
        }
        acknowledgements = []
        publications = []
        world.reach(.released)
    }

    mutating func publish(_ publication: Recovered.Publication) -> Int32? {
        guard world.isPowered, isConnected else { return nil }
        lastPacket += 1
        publications.append((lastPacket, publication))
        return lastPacket
    }

    mutating func takePublished() -> [Int32] {
        defer { published = [] }
        return published
    }

    mutating func publishStatus(_ state: String, at now: Instant) {}
    mutating func announceStorageFull(at now: Instant) {}

    mutating func abandon(reason: String) {
        if world.isPowered { world.broker.disconnected() }
        close()
        isHeld = true
    }

    mutating func reconnect() { isHeld = false }

    mutating func disconnect() { abandon(reason: "") }
}

/// Sees each transaction of a journal just before and just after its commit.
final class CommitWatch: TransactionObserver {
    private let world: World

    init(_ world: World) { self.world = world }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidRollback(_ database: Database) {}

    func databaseWillCommit() throws {
        if world.isDiskFull { throw DatabaseError(resultCode: .SQLITE_FULL) }
        world.reach(.evaluated)
    }

    func databaseDidCommit(_ database: Database) { world.reach(.committed) }
}
