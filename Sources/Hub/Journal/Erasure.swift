import Foundation
import GRDB
public import Rules

/// What a removal from the journal came to.
public struct ErasureCount: Hashable, Sendable, Codable {
    /// Readings.
    public var readings = 0
    /// Episodes of traces.
    public var episodes = 0
    /// Alerts with all their steps.
    public var alerts = 0
    /// Notices and what was tried to carry them.
    public var notices = 0
    /// Words that were said with a command about such an alert or device; the command stays.
    public var notes = 0
    /// Messages in quarantine, and faults of devices with their samples.
    public var messages = 0

    /// Nothing yet.
    public init() {}

    /// Whether there was anything.
    public var isEmpty: Bool { self == ErasureCount() }

    /// Both together.
    public static func += (left: inout ErasureCount, right: ErasureCount) {
        left.readings += right.readings
        left.episodes += right.episodes
        left.alerts += right.alerts
        left.notices += right.notices
        left.notes += right.notes
        left.messages += right.messages
    }
}

/// Which episodes or alerts go.
enum ErasureChoice {
    /// Those about a person, or about devices or rooms and begun within these spans.
    case about(
        PersonID, devices: [DeviceID: [Range<Instant>]], rooms: [RoomID: [Range<Instant>]])
    /// Episodes that ended, or alerts that were resolved, before a moment.
    case before(Instant)

    fileprivate func sql(end: String) -> (condition: String, arguments: StatementArguments) {
        switch self {
        case .about(let person, let devices, let rooms):
            var conditions = ["person = ?"]
            var arguments: StatementArguments = [person.rawValue]
            func add(_ column: String, _ id: String, _ spans: [Range<Instant>]) {
                for span in spans {
                    conditions.append("(\(column) = ? AND began >= ? AND began < ?)")
                    arguments += [
                        id, span.lowerBound.milliseconds, span.upperBound.milliseconds,
                    ]
                }
            }
            for (id, spans) in devices.sorted(by: { $0.key < $1.key }) {
                add("device", id.rawValue, spans)
            }
            for (id, spans) in rooms.sorted(by: { $0.key < $1.key }) {
                add("room", id.rawValue, spans)
            }
            return (conditions.joined(separator: " OR "), arguments)
        case .before(let moment): return ("\(end) < ?", [moment.milliseconds])
        }
    }
}

/// Takes entries out of the journal. Places are never given anew: what is gone leaves holes, whose number is kept, so that
/// `verify` still knows a loss from a removal.
extension JournalWriter {
    /// The counters in which the journal keeps in mind what was removed: how many readings, and up to which place.
    static let erasedEntries = "erased_entries"
    static let erasedThrough = "erased_through"

    /// Removes readings of a device that were received in a span.
    ///
    /// - Parameters:
    ///   - most: at most so many.
    ///   - texts: the numbers of the words that they said, for `forgetTexts`.
    /// - Returns: how many were removed.
    mutating func eraseReadings(
        of device: DeviceID, received span: Range<Instant>, most: Int = .max,
        texts: inout Set<Int64>
    ) throws -> Int {
        let places = try JournalReader.places(database, span)
        var erased = 0
        for index in state.streams.indices
        where state.streams[index].key.device == device && erased < most {
            erased += try erase(index, places, most: most - erased, &texts)
        }
        return erased
    }

    private mutating func erase(
        _ index: Int, _ places: Range<Int64>, most: Int, _ texts: inout Set<Int64>
    ) throws -> Int {
        let stream = state.streams[index]
        guard stream.head >= places.lowerBound, !places.isEmpty else { return 0 }
        let select = try database.cachedStatement(
            sql: "SELECT previous, value FROM events WHERE sequence = ?")
        let delete = try database.cachedStatement(sql: "DELETE FROM events WHERE sequence = ?")
        var place =
            try Int64.fetchOne(
                database, sql: JournalReader.anchorSQL,
                arguments: [stream.id.rawValue, places.upperBound]) ?? stream.head
        var above: Int64?
        var erased = 0
        var latest: Int64 = 0
        var earliest: Int64 = 0
        while place >= places.lowerBound, place > 0, erased < most {
            guard let row = try Row.fetchOne(select, arguments: [place]) else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "the chain breaks at entry \(place)")
            }
            let back: Int64 = row[0]
            if place >= places.upperBound {
                above = place
            } else {
                if stream.type == .text, let text = row[1] as Int64? { texts.insert(text) }
                try delete.execute(arguments: [place])
                erased += 1
                latest = max(latest, place)
                earliest = place
            }
            place = back == 0 ? 0 : place - back
        }
        guard erased > 0 else { return 0 }
        let below = max(place, 0)
        if let above {
            try database.execute(
                sql: "UPDATE events SET previous = ? WHERE sequence = ?",
                arguments: [below == 0 ? 0 : above - below, above])
        }
        try database.execute(
            sql: "DELETE FROM anchors WHERE stream = ? AND sequence BETWEEN ? AND ?",
            arguments: [stream.id.rawValue, earliest, latest])
        state.shorten(index, head: above == nil ? below : stream.head, by: erased)
        try count(Self.erasedEntries, erased)
        try noteErased(through: latest)
        return erased
    }

    /// No replay can begin before it.
    private func noteErased(through place: Int64) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO counters (name, value) VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)
                """
        ).execute(arguments: [Self.erasedThrough, place])
    }

    /// Removes words that nobody says any more.
    ///
    /// - Parameter place: nobody says them up to here, as somebody else has found; 0: nothing is known.
    /// - Returns: the words.
    mutating func forgetTexts(
        _ candidates: Set<Int64>, unsaidThrough place: Int64 = 0
    ) throws -> [String] {
        guard !candidates.isEmpty else { return [] }
        var left = candidates
        let said = try Int64.fetchCursor(
            database,
            sql: """
                SELECT value FROM events WHERE sequence > ? AND value IS NOT NULL
                  AND stream IN (SELECT id FROM streams WHERE type = \(ValueType.text.rawValue))
                """, arguments: [place])
        while !left.isEmpty, let text = try said.next() { left.remove(text) }
        var words: [String] = []
        for id in left.sorted() {
            if let word = try String.fetchOne(
                database, sql: "SELECT text FROM texts WHERE id = ?", arguments: [id])
            {
                words.append(word)
            }
            try database.execute(sql: "DELETE FROM texts WHERE id = ?", arguments: [id])
        }
        state.texts = [:]
        return words
    }

    /// A block of events counts from its first event's time: where that one is gone, its time is to go too.
    mutating func rebaseClock() throws {
        let blocks = try Row.fetchAll(
            database,
            sql: """
                SELECT first_sequence AS first FROM clock
                WHERE NOT EXISTS (SELECT 1 FROM events WHERE sequence = first_sequence)
                """)
        for block in blocks {
            let first: Int64 = block["first"]
            let next =
                try Int64.fetchOne(
                    database, sql: "SELECT min(first_sequence) FROM clock WHERE first_sequence > ?",
                    arguments: [first]) ?? Int64.max
            let offset = try Int64.fetchOne(
                database,
                sql:
                    "SELECT received FROM events WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT 1",
                arguments: [first, next])
            guard let offset else {
                try database.execute(
                    sql: "DELETE FROM clock WHERE first_sequence = ?", arguments: [first])
                if first == state.clockFirst { state.clockBase = nil }
                continue
            }
            guard offset > 0 else { continue }
            try database.execute(
                sql: "UPDATE clock SET base = base + ? WHERE first_sequence = ?",
                arguments: [offset, first])
            try database.execute(
                sql:
                    "UPDATE events SET received = received - ? WHERE sequence >= ? AND sequence < ?",
                arguments: [offset, first, next])
            if first == state.clockFirst, let base = state.clockBase {
                state.clockBase = base + offset
            }
        }
    }

    /// Removes episodes.
    mutating func eraseEpisodes(_ choice: ErasureChoice) throws -> Int {
        let (condition, arguments) = choice.sql(
            end: "settled IS NOT NULL AND coalesce(ended, settled)")
        try database.execute(
            sql: "DELETE FROM episodes WHERE \(condition)", arguments: arguments)
        return database.changesCount
    }

    /// Removes alerts, with their steps, the notices of them and what was said with the
    /// commands about them. The commands stay: who did what, when.
    ///
    /// - Parameter words: what was said, for a search.
    mutating func eraseAlerts(
        _ choice: ErasureChoice, words: inout [String]
    ) throws -> ErasureCount {
        let (condition, arguments) = choice.sql(end: "response = 2 AND resolved")
        let chosen = Set(
            try String.fetchAll(
                database, sql: "SELECT id FROM alerts WHERE \(condition)", arguments: arguments))
        var result = ErasureCount()
        guard !chosen.isEmpty else { return result }
        let notices = try Row.fetchAll(database, sql: "SELECT id, alerts FROM notices")
        for notice in notices {
            let named = try JSONDecoder().decode(
                [String].self, from: Data((notice["alerts"] as String).utf8))
            guard !chosen.isDisjoint(with: named) else { continue }
            let id: String = notice["id"]
            try database.execute(
                sql: "DELETE FROM notice_attempts WHERE notice = ?", arguments: [id])
            try database.execute(sql: "DELETE FROM notices WHERE id = ?", arguments: [id])
            result.notices += 1
        }
        for id in chosen.sorted() {
            words += try String.fetchAll(
                database,
                sql: """
                    SELECT note FROM alert_transitions WHERE alert = ?1 AND note IS NOT NULL
                    UNION SELECT note FROM alerts WHERE id = ?1 AND note IS NOT NULL
                    UNION SELECT display_reason FROM alerts WHERE id = ?1 AND display_reason IS NOT NULL
                    """, arguments: [id])
            for table in ["alert_transitions", "next_steps"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE alert = ?", arguments: [id])
            }
            try database.execute(sql: "DELETE FROM alerts WHERE id = ?", arguments: [id])
        }
        result.alerts = chosen.count
        result.notes = try silence { command, _ in
            command["alert"].map(chosen.contains) ?? false
        }
        return result
    }

    /// Takes the words out of commands; those that need some are left with a dash.
    mutating func silence(_ isChosen: ([String: String], Instant) -> Bool) throws -> Int {
        var changed = 0
        let rows = try Row.fetchAll(
            database,
            sql:
                "SELECT sequence, received, body FROM commands WHERE kind IN ('resolve', 'shelve', 'service')"
        )
        for row in rows {
            guard
                var fields = try? JSONDecoder().decode(
                    [String: String].self, from: Data((row["body"] as String).utf8)),
                isChosen(fields, Instant(milliseconds: row["received"])),
                fields["note"] != nil || fields["reason"] != nil
            else { continue }
            fields["note"] = nil
            if fields["reason"] != nil { fields["reason"] = "–" }
            try database.execute(
                sql: "UPDATE commands SET body = ? WHERE sequence = ?",
                arguments: [
                    try StoredCommand.body(fields),
                    row["sequence"] as Int64,
                ])
            changed += 1
        }
        return changed
    }

    /// Removes what lies in quarantine, and faults of devices, since before a moment.
    mutating func eraseMessages(before moment: Instant) throws -> Int {
        var erased = 0
        for sql in [
            "DELETE FROM quarantine WHERE received < ?", "DELETE FROM device_faults WHERE last < ?",
        ] {
            try database.execute(sql: sql, arguments: [moment.milliseconds])
            erased += database.changesCount
        }
        return erased
    }

    /// Removes messages in quarantine by their topic.
    ///
    /// - Parameter samples: the beginnings of what they held, for a search.
    mutating func eraseQuarantine(
        where isChosen: (String, Instant) -> Bool, samples: inout [[UInt8]]
    ) throws -> Int {
        var chosen: [Int64] = []
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, received, topic, substr(payload, 1, 64) AS payload FROM quarantine")
        while let row = try rows.next() {
            let topic = String(decoding: row["topic"] as Data, as: UTF8.self)
            guard isChosen(topic, Instant(milliseconds: row["received"])) else { continue }
            chosen.append(row["id"])
            samples.append([UInt8](row["payload"] as Data))
        }
        for id in chosen {
            try database.execute(sql: "DELETE FROM quarantine WHERE id = ?", arguments: [id])
        }
        return chosen.count
    }

    /// Removes what was odd about a device's messages.
    ///
    /// - Parameter samples: the beginnings of what they held, for a search.
    mutating func eraseFaults(of device: DeviceID, samples: inout [[UInt8]]) throws -> Int {
        samples += try Data.fetchAll(
            database, sql: "SELECT substr(sample, 1, 64) FROM device_faults WHERE device = ?",
            arguments: [device.rawValue]
        ).map { [UInt8]($0) }
        try database.execute(
            sql: "DELETE FROM device_faults WHERE device = ?", arguments: [device.rawValue])
        return database.changesCount
    }

    /// Blanks the messages that were seen when a device was tried out; that it was stays.
    mutating func silenceChanges(of device: DeviceID) throws {
        try database.execute(
            sql: "UPDATE device_changes SET detail = '' WHERE device = ? AND kind = 'tested'",
            arguments: [device.rawValue])
    }

    /// Removes the engine's kept states up to a place: they remember readings that are gone.
    ///
    /// - Parameter through: nil for all of them; the engine is then built again from what is left.
    mutating func eraseCheckpoints(through place: Int64?) throws {
        try database.execute(
            sql: "DELETE FROM checkpoints WHERE sequence <= ?", arguments: [place ?? .max])
    }

    /// Up to which place something was removed; 0 where nothing ever was.
    func lastErased() throws -> Int64 { try Self.counter(Self.erasedThrough, database) }

    /// How far a counter has come.
    static func counter(_ name: String, _ database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database, sql: "SELECT value FROM counters WHERE name = ?", arguments: [name]) ?? 0
    }
}

extension Journal {
    /// From now on what is removed is overwritten in the file with zeros, or no more (`PRAGMA secure_delete`).
    func overwritesErased(_ isOn: Bool) throws(JournalError) {
        do {
            try queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA secure_delete = \(isOn ? "ON" : "OFF")")
            }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    /// Empties the log into the database, so that nothing that was removed is left there.
    ///
    /// - Parameter compacting: also writes the whole file anew: pages that were freed before hold old content. Without, it
    ///   waits for no reader, for alerts would wait too: what is in use stays in the log until it is next emptied.
    func clean(compacting: Bool) throws(JournalError) {
        do {
            try queue.writeWithoutTransaction { database in
                if compacting {
                    try database.execute(sql: "VACUUM")
                } else {
                    try database.execute(sql: "PRAGMA busy_timeout = 0")
                }
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                try database.execute(
                    sql: "PRAGMA busy_timeout = \(Int64(Self.patience * 1000))")
            }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }
}

extension JournalReader {
    /// Words that no reading says, and up to which place that was looked at. Looks through all readings: not for the intake's
    /// thread.
    func unsaidTexts() throws(JournalError) -> Removal.Texts {
        try read { database in
            let said = """
                SELECT value FROM events WHERE value IS NOT NULL
                  AND stream IN (SELECT id FROM streams WHERE type = \(ValueType.text.rawValue))
                """
            return Removal.Texts(
                ids: Set(
                    try Int64.fetchAll(
                        database, sql: "SELECT id FROM texts WHERE id NOT IN (\(said))")),
                through: try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0)
        }
    }

    /// Up to which place entries were removed from the journal; 0 where none ever was.
    public func lastErased() throws(JournalError) -> SequenceNumber {
        try read {
            SequenceNumber(rawValue: try JournalWriter.counter(JournalWriter.erasedThrough, $0))
        }
    }
}
