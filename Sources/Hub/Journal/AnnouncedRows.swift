import Foundation
import GRDB
public import Rules

/// What announced itself, as rows: written by the intake, bounded, and never dropped without a word.
extension JournalWriter {
    /// The most announced devices that are listed; those that vanished longest ago make room, others are only counted.
    static let maximumAnnounced = 10_000

    /// A device that an announcement touched: where it spoke before and where it does now; empty where it is not there.
    struct TouchedDevice {
        var identity: String
        var before: [String]
        var after: [String]
    }

    private struct AnnouncedRow {
        var device: AnnouncedDevice
        var last: Instant
        var vanished: Instant?
    }

    /// Takes in what a message announces.
    ///
    /// - Parameter listed: how many rows there are; counted where nil, and kept right.
    /// - Returns: what it changed of where devices are.
    mutating func announce(
        _ announcement: Announcement, received: Instant, listed: inout Int?,
        keep most: Int = maximumAnnounced
    ) throws -> [TouchedDevice] {
        let source = announcement.source
        switch announcement.change {
        case .present(let device, let isPart):
            return try store(
                device, isPart: isPart, source, received, listed: &listed, keep: most
            ).map { [$0] } ?? []
        case .all(let devices):
            return try storeAll(devices, source, received, listed: &listed, keep: most)
        case .gone(let identity):
            let all = try identity.map { [$0] } ?? identities(of: source)
            return try all.compactMap { try vanish(source, $0, received) }
        }
    }

    /// Takes in all that a source has. A network has a thousand devices, and tells of all with each that joins: what has not
    /// changed costs no write of its own.
    private mutating func storeAll(
        _ devices: [AnnouncedDevice], _ source: String, _ received: Instant, listed: inout Int?,
        keep most: Int
    ) throws -> [TouchedDevice] {
        let rows = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM announced WHERE source = ?"),
            arguments: [source])
        var known: [String: AnnouncedDevice] = [:]
        for row in rows where (row["vanished"] as Int64?) == nil {
            let device = try AnnouncedRows.device(row)
            known[device.identity] = device
        }
        let present = Set(devices.map(\.identity))
        var touched: [TouchedDevice] = []
        for identity in known.keys.sorted() where !present.contains(identity) {
            if let gone = try vanish(source, identity, received) { touched.append(gone) }
        }
        for device in devices where known[device.identity] != device {
            if let one = try store(
                device, isPart: false, source, received, listed: &listed, keep: most)
            {
                touched.append(one)
            }
        }
        try database.cachedStatement(
            sql: "UPDATE announced SET last = ? WHERE source = ? AND vanished IS NULL AND last < ?"
        ).execute(arguments: [
            received.milliseconds, source, (received - .minutes(1)).milliseconds,
        ])
        return touched
    }

    /// Those of a source that are there.
    private func identities(of source: String) throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(
                sql:
                    "SELECT identity FROM announced WHERE source = ? AND vanished IS NULL ORDER BY identity"
            ), arguments: [source])
    }

    private func row(_ source: String, _ identity: String) throws -> AnnouncedRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM announced WHERE source = ? AND identity = ?")
        return try Row.fetchOne(statement, arguments: [source, identity]).map {
            AnnouncedRow(
                device: try AnnouncedRows.device($0), last: Instant(milliseconds: $0["last"]),
                vanished: ($0["vanished"] as Int64?).map(Instant.init(milliseconds:)))
        }
    }

    func vanish(
        _ source: String, _ identity: String, _ moment: Instant
    ) throws -> TouchedDevice? {
        guard let known = try row(source, identity), known.vanished == nil else { return nil }
        try database.cachedStatement(
            sql: "UPDATE announced SET vanished = ? WHERE source = ? AND identity = ?"
        ).execute(arguments: [moment.milliseconds, source, identity])
        return TouchedDevice(identity: identity, before: known.device.topics, after: [])
    }

    private mutating func store(
        _ given: AnnouncedDevice, isPart: Bool, _ source: String, _ received: Instant,
        listed: inout Int?, keep most: Int
    ) throws -> TouchedDevice? {
        var device = given
        guard let known = try row(source, device.identity) else {
            guard try makeRoom(&listed, keep: most) else {
                try count("announced_not_listed", 1)
                return nil
            }
            try write(device, source, received, isNew: true)
            return TouchedDevice(identity: device.identity, before: [], after: device.topics)
        }
        if isPart {
            var merged = known.device
            merged.merge(device)
            device = merged
        }
        // A device that says so with each of its messages costs no write for each.
        let isQuiet = received - known.last < .minutes(1) && known.vanished == nil
        if isQuiet, device == known.device { return nil }
        try write(device, source, received, isNew: false)
        return TouchedDevice(
            identity: device.identity,
            before: known.vanished == nil ? known.device.topics : [], after: device.topics)
    }

    /// Whether one more can be listed.
    private func makeRoom(_ listed: inout Int?, keep most: Int) throws -> Bool {
        var count = try listed ?? Int.fetchOne(database, sql: "SELECT count(*) FROM announced") ?? 0
        if count >= most {
            try database.execute(
                sql: """
                    DELETE FROM announced WHERE (source, identity) IN
                      (SELECT source, identity FROM announced WHERE vanished IS NOT NULL ORDER BY vanished LIMIT 1)
                    """)
            count -= database.changesCount
        }
        listed = count < most ? count + 1 : count
        return count < most
    }

    private func write(
        _ device: AnnouncedDevice, _ source: String, _ received: Instant, isNew: Bool
    ) throws {
        let sql =
            isNew
            ? """
            INSERT INTO announced (convention, name, maker, model, state, topics, capabilities, first, last, source,
              identity, entities) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11)
            """
            : """
            UPDATE announced SET convention = ?1, name = ?2, maker = ?3, model = ?4, state = ?5, topics = ?6,
              capabilities = ?7, last = ?8, vanished = NULL, entities = ?11 WHERE source = ?9 AND identity = ?10
            """
        try database.cachedStatement(sql: sql).execute(arguments: [
            device.convention, device.name, device.maker, device.model, device.state,
            try AnnouncedRows.text(device.topics), try AnnouncedRows.text(device.capabilities),
            received.milliseconds, source, device.identity, try AnnouncedRows.text(device.entities),
        ])
    }

    /// Whether a device is still announced by anybody, at one of these topics.
    func isAnnounced(_ identity: String, where isItsOwn: ([String]) -> Bool) throws -> Bool {
        try Row.fetchAll(
            database,
            sql: "SELECT topics FROM announced WHERE identity = ? AND vanished IS NULL LIMIT 100",
            arguments: [identity]
        ).contains { isItsOwn(try AnnouncedRows.list($0["topics"])) }
    }
}

/// Announced devices as rows.
enum AnnouncedRows {
    static func text(_ list: [String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(list), as: UTF8.self)
    }

    /// Thousands of rows are read for one announcement: by tokens, which a decoder of Foundation's is ten times slower than.
    static func list(_ text: String) throws -> [String] {
        let json = try JSONTokens(Array(text.utf8))
        return (json.elements(JSONTokens.root) ?? []).compactMap(json.text)
    }

    static func device(_ row: Row) throws -> AnnouncedDevice {
        var device = AnnouncedDevice("", convention: row["convention"])
        device.identity = row["identity"]
        device.name = row["name"]
        device.maker = row["maker"]
        device.model = row["model"]
        device.state = row["state"]
        device.topics = try list(row["topics"])
        device.capabilities = try list(row["capabilities"])
        device.entities = try list(row["entities"])
        return device
    }
}

extension JournalReader {
    /// A device that announced itself, put together from all who announce it.
    public struct Announced: Hashable, Sendable {
        /// What is said of it.
        public var device: AnnouncedDevice
        /// Who announces it: topics.
        public var sources: [String]
        /// When it was announced first.
        public var first: Instant
        /// When it was announced last.
        public var last: Instant
        /// From when on nobody announces it any more; nil while somebody does.
        public var vanished: Instant?
    }

    /// All that announced itself, what is there first, then by name.
    public func announced() throws(JournalError) -> [Announced] {
        let rows = try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM announced ORDER BY identity, source").map
            {
                (row: Row) in
                Announced(
                    device: try AnnouncedRows.device(row), sources: [row["source"]],
                    first: Instant(milliseconds: row["first"]),
                    last: Instant(milliseconds: row["last"]),
                    vanished: (row["vanished"] as Int64?).map(Instant.init(milliseconds:)))
            }
        }
        var found: [Announced] = []
        for row in rows {
            guard let last = found.last, last.device.identity == row.device.identity else {
                found.append(row)
                continue
            }
            found[found.count - 1] = Self.together(last, row)
        }
        return found.sorted {
            ($0.vanished == nil ? 0 : 1, $0.device.name, $0.device.identity)
                < ($1.vanished == nil ? 0 : 1, $1.device.name, $1.device.identity)
        }
    }

    /// Two announcements of one device. Its own convention says more of it than what is told for Home Assistant.
    private static func together(_ one: Announced, _ other: Announced) -> Announced {
        // Of what is no more, nothing counts while something is.
        if (one.vanished == nil) != (other.vanished == nil) {
            var there = one.vanished == nil ? one : other
            there.sources = one.sources + other.sources
            there.first = min(one.first, other.first)
            return there
        }
        let isOwn =
            one.device.convention == "ha_discovery" || other.device.convention != "ha_discovery"
        // A second one of the same convention is another part of it: its topics come behind.
        var device = isOwn ? other.device : one.device
        device.complete(with: isOwn ? one.device : other.device)
        return Announced(
            device: device, sources: one.sources + other.sources,
            first: min(one.first, other.first),
            last: max(one.last, other.last),
            vanished: one.vanished.flatMap { a in other.vanished.map { max(a, $0) } })
    }
}
