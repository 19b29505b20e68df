import Foundation
import GRDB
public import Rules

/// What the writer keeps in memory about the journal. A value: a batch works on a copy, which takes the original's
/// place when the transaction is committed.
struct JournalState {
    private struct Shape: Hashable {
        var key: StreamKey
        var type: ValueType
    }

    /// By number minus 1.
    private(set) var streams: [StreamRecord] = []
    private var byShape: [Shape: Int] = [:]
    private var latestByKey: [StreamKey: Int] = [:]
    var nextSequence: Int64 = 1
    var lastReceived = Instant.distantPast
    var mark = Instant.distantPast
    var clockFirst: Int64 = 0
    var clockBase: Int64?
    var texts: [String: Int64] = [:]
    /// Committed batches of deliveries: row and how many it holds, oldest first.
    var deliveryRows: [(id: Int64, count: Int)] = []
    var deliveryTotal = 0
    /// How many topics of no device are listed; nil where they were not counted yet.
    var unknownTopics: Int?

    /// The stream of a name for a type of value; for an unknown value the one used last.
    func find(_ key: StreamKey, type: ValueType?) -> Int? {
        guard let type else { return latestByKey[key] }
        return byShape[Shape(key: key, type: type)]
    }

    mutating func add(_ record: StreamRecord) -> Int {
        streams.append(record)
        let index = streams.count - 1
        byShape[Shape(key: record.key, type: record.type)] = index
        latestByKey[record.key] = index
        return index
    }

    /// Some of a stream's events were removed.
    mutating func shorten(_ index: Int, head: Int64, by count: Int) {
        streams[index].head = head
        streams[index].count -= Int64(count)
    }

    mutating func setHead(_ index: Int, _ sequence: Int64) {
        streams[index].head = sequence
        streams[index].count += 1
    }

    static func load(_ database: Database) throws -> JournalState {
        var state = JournalState()
        let rows = try Row.fetchCursor(
            database,
            sql:
                "SELECT id, residence, device, capability, channel, kind, type FROM streams ORDER BY id"
        )
        while let row = try rows.next() {
            guard let kind = ReadingKind(rawValue: row["kind"]),
                let type = ValueType(rawValue: row["type"])
            else { continue }
            _ = state.add(
                StreamRecord(
                    id: StreamID(rawValue: row["id"]),
                    residence: ResidenceID(rawValue: row["residence"]),
                    key: StreamKey(
                        device: DeviceID(rawValue: row["device"]),
                        capability: Capability(rawValue: row["capability"]), channel: row["channel"]
                    ),
                    kind: kind, type: type, head: 0, count: 0))
        }
        try state.loadHeads(database)
        try state.loadClock(database)
        state.mark =
            try Int64.fetchOne(database, sql: "SELECT mark FROM progress")
            .map { Instant(milliseconds: $0) } ?? .distantPast
        let deliveries = try Row.fetchCursor(
            database, sql: "SELECT id, count FROM deliveries ORDER BY id")
        while let row = try deliveries.next() {
            state.deliveryRows.append((row["id"], row["count"]))
            state.deliveryTotal += row["count"]
        }
        return state
    }

    /// The heads as of the latest checkpoint, then those of the events behind it.
    private mutating func loadHeads(_ database: Database) throws {
        let heads = try StreamHeads.load(database)
        for (id, head) in heads.heads where Int(id) >= 1 && Int(id) <= streams.count {
            streams[Int(id) - 1].head = head.sequence
            streams[Int(id) - 1].count = head.count
        }
    }

    private mutating func loadClock(_ database: Database) throws {
        let lastEvent = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
        let lastCommand =
            try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM commands") ?? 0
        // A place that was removed is not given again: somebody may have written it down.
        let erased = try JournalWriter.counter(JournalWriter.erasedThrough, database)
        nextSequence = max(lastEvent, lastCommand, erased) + 1
        let clock = try Row.fetchOne(
            database,
            sql: "SELECT first_sequence, base FROM clock ORDER BY first_sequence DESC LIMIT 1")
        if let clock {
            clockFirst = clock["first_sequence"]
            clockBase = clock["base"]
        }
        if let clockBase,
            let offset = try Int64.fetchOne(
                database, sql: "SELECT received FROM events WHERE sequence = ?",
                arguments: [lastEvent])
        {
            lastReceived = Instant(milliseconds: clockBase + offset)
        }
        if let received = try Int64.fetchOne(
            database, sql: "SELECT received FROM commands WHERE sequence = ?",
            arguments: [lastCommand])
        {
            lastReceived = max(lastReceived, Instant(milliseconds: received))
        }
    }
}

/// The latest event of each stream, with how many it has.
struct StreamHeads {
    struct Head {
        var sequence: Int64
        var count: Int64
    }

    var heads: [Int32: Head] = [:]

    /// As of the latest checkpoint, carried on over the events behind it: a read of the tail, not of the table.
    static func load(_ database: Database) throws -> StreamHeads {
        var result = StreamHeads()
        var start: Int64 = 0
        if let row = try Row.fetchOne(
            database, sql: "SELECT sequence, heads FROM checkpoints ORDER BY sequence DESC LIMIT 1")
        {
            start = row["sequence"]
            result.decode([UInt8](row["heads"] as Data))
        }
        let tail = try Row.fetchCursor(
            database,
            sql: """
                SELECT stream, max(sequence) AS head, count(*) AS count
                FROM events WHERE sequence > ? GROUP BY stream
                """, arguments: [start])
        while let row = try tail.next() {
            let stream: Int32 = row["stream"]
            let count: Int64 = row["count"]
            result.heads[stream] = Head(
                sequence: row["head"], count: (result.heads[stream]?.count ?? 0) + count)
        }
        return result
    }

    private mutating func decode(_ bytes: [UInt8]) {
        func number(_ start: Int, _ length: Int) -> Int64 {
            (0..<length).reversed().reduce(0) { $0 << 8 | Int64(bytes[start + $1]) }
        }
        for start in stride(from: 0, through: bytes.count - 20, by: 20) {
            heads[Int32(truncatingIfNeeded: number(start, 4))] = Head(
                sequence: number(start + 4, 8), count: number(start + 12, 8))
        }
    }

    /// Twenty bytes a stream: number, latest event, count; little-endian.
    static func encode(_ streams: [StreamRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(streams.count * 20)
        func append(_ number: Int64, _ length: Int64) {
            for shift in 0..<length {
                bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift)))
            }
        }
        for stream in streams where stream.head > 0 {
            append(Int64(stream.id.rawValue), 4)
            append(stream.head, 8)
            append(stream.count, 8)
        }
        return bytes
    }
}

/// What a start finds in the journal.
public struct Recovered: Sendable {
    /// The engine's state after a sequence.
    public struct Checkpoint: Sendable {
        /// After which entry.
        public var sequence: SequenceNumber
        /// Up to where time was taken.
        public var mark: Instant
        /// The hash of the configuration then in force.
        public var configuration: String
        /// The engine's bytes.
        public var engine: [UInt8]

        /// The checkpoints that are kept, oldest first, or the latest alone.
        static func fetch(_ database: Database, latestOnly: Bool) throws -> [Checkpoint] {
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, mark, configuration, engine FROM checkpoints
                    ORDER BY sequence \(latestOnly ? "DESC LIMIT 1" : "")
                    """
            ).map {
                Checkpoint(
                    sequence: SequenceNumber(rawValue: $0["sequence"]),
                    mark: Instant(milliseconds: $0["mark"]), configuration: $0["configuration"],
                    engine: [UInt8]($0["engine"] as Data))
            }
        }
    }

    /// A publication that is to go out.
    public struct Publication: Hashable, Sendable {
        /// Its place in the outbox.
        public var id: Int64
        /// Where to.
        public var topic: String
        /// What.
        public var payload: [UInt8]
        /// Whether the broker keeps it.
        public var retain: Bool
    }

    /// The latest entry; 0 for an empty journal.
    public var lastSequence: SequenceNumber
    /// When it was received; `.distantPast` for an empty journal.
    public var lastReceived: Instant
    /// Up to where time was taken; `.distantPast` where it never was.
    public var mark: Instant
    /// The latest checkpoint; nil where there is none.
    public var checkpoint: Checkpoint?
    /// The latest committed deliveries, oldest first.
    public var deliveries: [Delivery]
    /// The alerts that are open.
    public var openAlerts: [Alert]
    /// What is to go out, oldest first.
    public var outbox: [Publication]
    /// Each stream's latest event.
    public var latest: [StreamID: Event]

    static func load(_ database: Database, state: JournalState) throws -> Recovered {
        let checkpoint = try Checkpoint.fetch(database, latestOnly: true).first
        var latest: [StreamID: Event] = [:]
        let walker = try EventWalker(database, streams: state.streams)
        for stream in state.streams where stream.head > 0 {
            latest[stream.id] = try walker.event(SequenceNumber(rawValue: stream.head))
        }
        return Recovered(
            lastSequence: SequenceNumber(rawValue: state.nextSequence - 1),
            lastReceived: state.lastReceived, mark: state.mark, checkpoint: checkpoint,
            deliveries: try deliveries(database),
            openAlerts: try AlertRows.fetch(database, where: "response <> 2"),
            outbox: try outbox(database, after: 0, limit: maximumOutbox),
            latest: latest)
    }

    static func deliveries(_ database: Database) throws -> [Delivery] {
        try Data.fetchAll(database, sql: "SELECT packets FROM deliveries ORDER BY id")
            .flatMap { Delivery.decode([UInt8]($0)) }
    }

    /// The most publications that are held in memory; more wait in the table.
    static let maximumOutbox = 10_000

    static func outbox(
        _ database: Database, after id: Int64, limit: Int
    ) throws -> [Publication] {
        try Row.fetchAll(
            database,
            sql: "SELECT id, topic, payload, retain FROM outbox WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [id, limit]
        ).map {
            Publication(
                id: $0["id"], topic: $0["topic"], payload: [UInt8]($0["payload"] as Data),
                retain: $0["retain"])
        }
    }
}
