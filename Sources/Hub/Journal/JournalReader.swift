import Foundation
import GRDB
public import Rules

/// Reads a journal: committed data only, on a connection of its own, while a hub may be writing.
///
/// A range of one stream is read along its chain, and a residence's along those of its streams; neither scans the
/// events. All methods throw `JournalError`.
public final class JournalReader: Sendable {
    /// The database's path.
    public let path: String
    private let queue: DatabaseQueue

    /// Opens a journal for reading.
    ///
    /// - Throws: `.missing` where there is none, `.newerSchema` where a newer version wrote it.
    public init(path: String) throws(JournalError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
        self.path = path
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            if try queue.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
                throw JournalError.newerSchema(path: path)
            }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(JournalError) -> Result {
        do {
            return try queue.read(body)
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    // MARK: Events

    /// All streams, by number.
    public func streams() throws(JournalError) -> [StreamRecord] {
        try read { try JournalState.load($0).streams }
    }

    /// The events of some streams in a span of `received` time, oldest first.
    ///
    /// - Parameters:
    ///   - choose: which streams.
    ///   - limit: the most events; the latest of the span are taken.
    public func events(
        in span: Range<Instant>, limit: Int = .max, where choose: (StreamRecord) -> Bool
    ) throws(JournalError) -> [Event] {
        try read { database in
            let streams = try JournalState.load(database).streams
            let chosen = streams.filter(choose)
            let places = try Self.places(database, span)
            let walker = try EventWalker(database, streams: streams)
            var events: [Event] = []
            if chosen.count == streams.count {
                // Everything: the rows themselves are in order, and the latest are at the end.
                let first =
                    limit < places.count ? places.upperBound - Int64(limit) : places.lowerBound
                try walker.each(first..<places.upperBound) { event in
                    events.append(event)
                    return true
                }
                return events
            }
            for stream in chosen where stream.head > 0 {
                var taken = 0
                let start = try Self.anchor(database, stream, atOrAfter: places.upperBound)
                try walker.chain(from: start, in: places) { event in
                    events.append(event)
                    taken += 1
                    return taken < limit
                }
            }
            events.sort { $0.sequence < $1.sequence }
            return events.count > limit ? Array(events.suffix(limit)) : events
        }
    }

    /// The events of some streams in a span of `received` time, oldest first, up to where the journal was when `streams` were
    /// read. For going through many devices one after the other: to find the streams anew takes a look at each event.
    public func events(
        in span: Range<Instant>, of chosen: [StreamRecord], among streams: [StreamRecord]
    ) throws(JournalError) -> [Event] {
        try read { database in
            let places = try Self.places(database, span)
            let walker = try EventWalker(database, streams: streams)
            var events: [Event] = []
            for stream in chosen where stream.head > 0 {
                let start =
                    span.upperBound == .distantFuture
                    ? stream.head
                    : min(
                        stream.head,
                        try Self.anchor(database, stream, atOrAfter: places.upperBound))
                try walker.chain(from: start, in: places) { event in
                    events.append(event)
                    return true
                }
            }
            events.sort { $0.sequence < $1.sequence }
            return events
        }
    }

    /// One entry of the journal.
    public enum Entry: Hashable, Sendable {
        /// A reading.
        case event(Event)
        /// What people did, or what happened to the hub.
        case command(CommandEntry)
    }

    /// Every entry from a place on, in order, until `body` says that it has enough.
    public func replay(
        from first: SequenceNumber = SequenceNumber(rawValue: 1), _ body: (Entry) throws -> Bool
    ) throws(JournalError) {
        try read { database in
            let streams = try JournalState.load(database).streams
            try Self.replay(database, streams: streams, from: first, body)
        }
    }

    static func replay(
        _ database: Database, streams: [StreamRecord], from first: SequenceNumber,
        _ body: (Entry) throws -> Bool
    ) throws {
        let walker = try EventWalker(database, streams: streams)
        var commands = try Self.commands(database, from: first)[...]
        var stopped = false
        func flush(before sequence: SequenceNumber) throws -> Bool {
            while let next = commands.first, next.sequence < sequence {
                commands.removeFirst()
                if try !body(.command(next)) { return false }
            }
            return true
        }
        try walker.each(first.rawValue..<Int64.max) { event in
            guard try flush(before: event.sequence), try body(.event(event)) else {
                stopped = true
                return false
            }
            return true
        }
        if !stopped { _ = try flush(before: SequenceNumber(rawValue: .max)) }
    }

    private static func commands(
        _ database: Database, from first: SequenceNumber
    ) throws -> [CommandEntry] {
        try Row.fetchAll(
            database,
            sql:
                "SELECT sequence, received, kind, body FROM commands WHERE sequence >= ? ORDER BY sequence",
            arguments: [first.rawValue]
        ).compactMap { row in
            StoredCommand.decode(kind: row["kind"], body: row["body"]).map {
                CommandEntry(
                    sequence: SequenceNumber(rawValue: row["sequence"]),
                    received: Instant(milliseconds: row["received"]), command: $0)
            }
        }
    }

    /// All that was said of consent and pauses, in order.
    public func consentEntries() throws(JournalError) -> [CommandEntry] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, received, kind, body FROM commands
                    WHERE kind IN ('consent', 'represented', 'pause', 'resume') ORDER BY sequence
                    """
            ).compactMap { row in
                StoredCommand.decode(kind: row["kind"], body: row["body"]).map {
                    CommandEntry(
                        sequence: SequenceNumber(rawValue: row["sequence"]),
                        received: Instant(milliseconds: row["received"]), command: $0)
                }
            }
        }
    }

    /// The place of the first event received at or after a moment; the next place to be given where there is none.
    public func firstPlace(atOrAfter moment: Instant) throws(JournalError) -> SequenceNumber {
        try read { SequenceNumber(rawValue: try Self.place($0, atOrAfter: moment)) }
    }

    /// When the first reading was received; nil where there is none.
    func firstReceived() throws(JournalError) -> Instant? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT min(base) FROM clock")
                .map { Instant(milliseconds: $0) }
        }
    }

    /// Up to where time was taken; nil for a journal that has not begun.
    public func lastMoment() throws(JournalError) -> Instant? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT mark FROM progress")
                .map { Instant(milliseconds: $0) }
        }
    }

    /// A configuration that came into force.
    struct InForce {
        var received: Instant
        var hash: String
        /// Its texts, as `ConfigurationBody` wrote them.
        var body: String
    }

    /// What was in force, in the order of time.
    func configurations() throws(JournalError) -> [InForce] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT commands.received, configurations.hash, configurations.body FROM commands
                    JOIN configurations ON configurations.hash = json_extract(commands.body, '$.hash')
                    WHERE commands.kind = 'configured' ORDER BY commands.sequence
                    """
            ).map {
                InForce(
                    received: Instant(milliseconds: $0["received"]), hash: $0["hash"],
                    body: $0["body"])
            }
        }
    }

    /// The hash of the configuration that the latest `configured` command names; nil where there is none.
    public func latestConfiguration() throws(JournalError) -> String? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT kind, body FROM commands WHERE kind = 'configured' ORDER BY sequence DESC LIMIT 1
                    """
            ).flatMap { row in
                guard
                    case .configured(let hash) = StoredCommand.decode(
                        kind: row["kind"], body: row["body"])
                else { return nil }
                return hash
            }
        }
    }

    /// The places of the entries received in a span.
    static func places(_ database: Database, _ span: Range<Instant>) throws -> Range<Int64> {
        let start = try place(database, atOrAfter: span.lowerBound)
        let end = try place(database, atOrAfter: span.upperBound)
        return start..<max(start, end)
    }

    static let blockSQL = """
        SELECT first_sequence, base FROM clock WHERE base <= ?1 ORDER BY base DESC, first_sequence DESC LIMIT 1
        """

    /// The place of the first event received at or after a moment: a look into the index of blocks, then a read of
    /// one block of at most 4,096 events.
    private static func place(_ database: Database, atOrAfter moment: Instant) throws -> Int64 {
        guard
            let block = try Row.fetchOne(
                database, sql: blockSQL, arguments: [moment.milliseconds - 1])
        else { return 1 }
        let first: Int64 = block["first_sequence"]
        let next =
            try Int64.fetchOne(
                database, sql: "SELECT min(first_sequence) FROM clock WHERE first_sequence > ?",
                arguments: [first]) ?? Int64.max
        let found = try Int64.fetchOne(
            database,
            sql: """
                SELECT sequence FROM events WHERE sequence >= ? AND sequence < ? AND received >= ?
                ORDER BY sequence LIMIT 1
                """, arguments: [first, next, moment.milliseconds - (block["base"] as Int64)])
        if let found { return found }
        if next != Int64.max { return next }
        return (try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0) + 1
    }

    static let anchorSQL = "SELECT min(sequence) FROM anchors WHERE stream = ?1 AND sequence >= ?2"

    private static func anchor(
        _ database: Database, _ stream: StreamRecord, atOrAfter place: Int64
    ) throws -> Int64 {
        try Int64.fetchOne(database, sql: anchorSQL, arguments: [stream.id.rawValue, place])
            ?? stream.head
    }

    // MARK: Alerts

    /// The alerts that are open, or all, oldest first.
    public func alerts(
        openOnly: Bool, residence: ResidenceID? = nil, since: Instant? = nil, limit: Int = 1000
    ) throws(JournalError) -> [Alert] {
        try read { database in
            var conditions = ["1"]
            var arguments = StatementArguments()
            if openOnly { conditions.append("response <> 2") }
            if let residence {
                conditions.append("residence = ?")
                arguments += [residence.rawValue]
            }
            if let since {
                conditions.append("began >= ?")
                arguments += [since.milliseconds]
            }
            return try AlertRows.fetch(
                database, where: conditions.joined(separator: " AND "), arguments: arguments,
                limit: limit)
        }
    }

    /// One alert by its identifier, or by the beginning of it where that is enough.
    public func alert(_ id: String) throws(JournalError) -> Alert? {
        try read { database in
            let found = try AlertRows.fetch(
                database, where: "id >= ? AND id < ?", arguments: [id, id + "\u{7f}"], limit: 2)
            return found.count == 1 ? found[0] : found.first { $0.id.rawValue == id }
        }
    }

    /// One step of an alert's life as it was stored.
    public struct StoredStep: Hashable, Sendable {
        /// What happened.
        public var step: AlertTransition.Step
        /// When, in effective time.
        public var at: Instant
        /// When the hub noticed.
        public var noticed: Instant
        /// Who did it; nil for the engine.
        public var actor: String?
        /// Why, where somebody said so.
        public var note: String?
        /// Whose life.
        public var alert: AlertID
    }

    /// The steps of one alert's life, or of all alerts, in order.
    public func steps(of alert: AlertID? = nil) throws(JournalError) -> [StoredStep] {
        try read { database in
            let filter = alert == nil ? "" : "WHERE alert = ?"
            return try Row.fetchAll(
                database,
                sql:
                    "SELECT alert, step, at, noticed, actor, note FROM alert_transitions \(filter) ORDER BY id",
                arguments: alert.map { [$0.rawValue] } ?? []
            ).compactMap { row in
                AlertTransition.Step(rawValue: row["step"]).map {
                    StoredStep(
                        step: $0, at: Instant(milliseconds: row["at"]),
                        noticed: Instant(milliseconds: row["noticed"]), actor: row["actor"],
                        note: row["note"], alert: AlertID(rawValue: row["alert"]))
                }
            }
        }
    }

    /// The events at some places, in order; places without an event are left out.
    public func events(at places: [SequenceNumber]) throws(JournalError) -> [Event] {
        try read { database in
            let walker = try EventWalker(
                database, streams: try JournalState.load(database).streams)
            return try places.compactMap { try walker.event($0) }
        }
    }

    // MARK: What could not be used

    /// A message that could not be read.
    public struct Quarantined: Hashable, Sendable {
        /// Its number.
        public var id: Int64
        /// When it came.
        public var received: Instant
        /// Its topic, with what is not UTF-8 replaced.
        public var topic: String
        /// The payload's first 64 KiB.
        public var payload: [UInt8]
        /// Why it could not be read.
        public var reason: String
    }

    /// The latest quarantined messages, latest first.
    public func quarantine(limit: Int = 100) throws(JournalError) -> [Quarantined] {
        try read { database in
            try Row.fetchAll(
                database,
                sql:
                    "SELECT id, received, topic, payload, reason FROM quarantine ORDER BY id DESC LIMIT ?",
                arguments: [limit]
            ).map {
                Quarantined(
                    id: $0["id"], received: Instant(milliseconds: $0["received"]),
                    topic: String(decoding: $0["topic"] as Data, as: UTF8.self),
                    payload: [UInt8]($0["payload"] as Data), reason: $0["reason"])
            }
        }
    }

    /// A topic that belongs to no device.
    public struct UnknownTopic: Hashable, Sendable {
        /// The topic.
        public var topic: String
        /// How many messages came.
        public var count: Int
        /// When the latest came.
        public var last: Instant
        /// The latest payload's first bytes, `maximumSample` at most.
        public var sample: [UInt8]
        /// The most bytes of a sample.
        public static let maximumSample = 1024
    }

    /// The topics that belong to no device, the busiest first.
    public func unknownTopics(limit: Int = 100) throws(JournalError) -> [UnknownTopic] {
        try read { database in
            try Row.fetchAll(
                database,
                sql:
                    "SELECT topic, count, last, sample FROM unknown_topics ORDER BY count DESC, topic LIMIT ?",
                arguments: [limit]
            ).map {
                UnknownTopic(
                    topic: $0["topic"], count: $0["count"],
                    last: Instant(milliseconds: $0["last"]), sample: [UInt8]($0["sample"] as Data))
            }
        }
    }

    /// The counters, by name.
    public func counters() throws(JournalError) -> [String: Int] {
        try read { database in
            var result: [String: Int] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT name, value FROM counters") {
                result[row["name"]] = row["value"]
            }
            return result
        }
    }

    /// A number that changes whenever somebody else commits.
    public func dataVersion() throws(JournalError) -> Int {
        do {
            return try queue.unsafeRead { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }
}
