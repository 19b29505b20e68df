import Foundation
import Logging
import Rules
import Synchronization
import Testing

@testable import Hub

/// The real intake loop of a home, on a broker and a clock that the test drives by hand: no port, no waiting.
final class SteppedHub {
    final class Time: Sendable {
        let now = Mutex(Instant(milliseconds: 1_800_000_000_000))
    }

    /// What the broker does, and the time.
    final class Outside {
        let time = Time()
        var now: Instant {
            get { time.now.withLock { $0 } }
            set { time.now.withLock { $0 = newValue } }
        }
        var messages: [InboundMessage] = []
        /// Whether the link to it is there.
        var isConnected = true
        /// Whether the broker still knows the session.
        var hasSession = false
        fileprivate var answer: Bool?
        fileprivate var packet: UInt16 = 0
    }

    struct Link: BrokerLink {
        let outside: Outside
        let name = "by hand"
        private var published: [Int32] = []
        private var last: Int32 = 0
        var isConnected: Bool { outside.isConnected }

        init(_ outside: Outside) { self.outside = outside }

        func wait(wake: Int32, forBroker: Bool, milliseconds: Int32) {}
        func keepAlive(_ now: Instant) {}
        func read(into batch: inout [InboundMessage], limit: Int) {
            batch += outside.messages
            outside.messages = []
        }
        func takeAnswer() -> Bool? {
            defer { outside.answer = nil }
            return outside.answer
        }
        func release() {}
        mutating func publish(_ publication: Recovered.Publication) -> Int32? {
            last += 1
            published.append(last)
            return last
        }
        mutating func takePublished() -> [Int32] {
            defer { published = [] }
            return published
        }
        func publishStatus(_ state: String, at now: Instant) {}
        func announceStorageFull(at now: Instant) {}
        func abandon(reason: String) {}
        func reconnect() {}
        func disconnect() {}
    }

    let folder: TemporaryFolder
    let outside = Outside()
    private var loop: IntakeLoop<Link>?
    private var journal: Journal?
    private let inbox: CommandInbox

    /// Writes the home, with one residence `home`, its hall and these people, and starts.
    init(files: [String: String], people: String = "", starting: Bool = true) throws {
        folder = try TemporaryFolder()
        inbox = CommandInbox(capacity: 64)
        let hub = """
            version: 1
            site: {id: test}
            zone: Europe/Paris
            residences:
              - {id: home, people: [\(people)], rooms: [{id: hall, kind: hall}]}

            """
        for (name, text) in files.merging(
            ["hub.yaml": hub], uniquingKeysWith: { given, _ in given })
        {
            try write(name, text)
        }
        if starting { try start() }
    }

    /// Writes a file of the home, for the next start.
    func write(_ name: String, _ text: String) throws {
        try folder.write(name, text)
    }

    var home: LoadedHome {
        get throws { try HomeFolder.load(folder.path, shippedProfiles: Repository.profiles) }
    }

    var reader: JournalReader {
        get throws { try JournalReader(path: folder.file("foyer.sqlite")) }
    }

    /// Starts on what is committed.
    func start() throws {
        let home = try home
        let report = home.hasErrors ? home.report : ""
        try #require(report.isEmpty)
        let body = ConfigurationBody(home)
        var settings = IntakeLoopSettings(
            session: SessionSettings(
                host: "hand", port: 1, clientID: "test", subscriptions: ["#"]),
            plan: home.plan, home: home.home, directory: home.directory,
            configuration: body.hash, configurationBody: body.text)
        settings.placements = PlacementNote.all(in: folder.path)
        let journal = try Journal.open(path: folder.file("foyer.sqlite"))
        self.journal = journal
        outside.answer = outside.hasSession
        outside.hasSession = true
        loop = try IntakeLoop(
            settings: settings, journal: journal, connection: Link(outside), inbox: inbox,
            clock: Clock { [time = outside.time] in time.now.withLock { $0 } },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try turn()
    }

    /// The process is killed: nothing is said, nothing written any more.
    func kill() throws {
        loop = nil
        try journal?.close()
        journal = nil
    }

    /// Comes back at once, or after some time.
    func restart(after span: TimeSpan = .seconds(1)) throws {
        try kill()
        outside.now = outside.now + span
        try start()
    }

    func turn() throws { try loop?.turn() }

    /// Messages come, together.
    func say(_ messages: (topic: String, payload: String)..., retained: Bool = false) throws {
        for (topic, payload) in messages {
            outside.packet += 1
            outside.messages.append(
                InboundMessage(
                    topic: topic, payload: Array(payload.utf8), qualityOfService: 1,
                    retained: retained, packetID: outside.packet))
        }
        try turn()
    }

    /// Time passes, in steps that a hub takes.
    func wait(_ span: TimeSpan, step: TimeSpan = .seconds(10)) throws {
        let end = outside.now + span
        while outside.now < end {
            outside.now = min(end, outside.now + step)
            try turn()
        }
    }

    /// Asks the hub; the answer.
    @discardableResult
    func ask(_ request: HubRequest) throws -> HubReply? {
        let reply = Box()
        inbox.submit(request) { answer in reply.value.withLock { $0 = answer } }
        try turn()
        return reply.value.withLock { $0 }
    }

    private final class Box: Sendable { let value = Mutex<HubReply?>(nil) }

    /// Every alert so far, as `rule subject condition response display`, oldest first.
    func alerts() throws -> [String] {
        try reader.alerts(openOnly: false).sorted { ($0.began, $0.id) < ($1.began, $1.id) }.map {
            "\($0.rule) \($0.subject.device?.rawValue ?? "-") \($0.condition.name) \($0.display.name)"
        }
    }
}
