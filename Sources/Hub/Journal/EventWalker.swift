import GRDB
import GRDBSQLite
import Rules

/// Reads events within one access to the database: by place, along a stream's chain, or in a row.
final class EventWalker {
    private let database: Database
    private let streams: [StreamRecord]
    private let bySequence: OpaquePointer
    private let inRow: OpaquePointer?
    private let clock: OpaquePointer
    private var texts: [Int64: String] = [:]
    /// The block of `clock` that was used last.
    private var block: (first: Int64, end: Int64, base: Int64) = (0, 0, 0)

    /// The writer's: only by place, with its own statement, for an alert's events are read within each batch that
    /// raises one.
    init(_ database: Database, streams: [StreamRecord], statements: Statements) {
        self.database = database
        self.streams = streams
        bySequence = statements.selectEvent
        clock = statements.selectClock
        inRow = nil
    }

    init(_ database: Database, streams: [StreamRecord]) throws {
        self.database = database
        self.streams = streams
        func prepare(_ sql: String) throws -> OpaquePointer {
            var statement: OpaquePointer?
            let code = sqlite3_prepare_v2(database.sqliteConnection, sql, -1, &statement, nil)
            guard code == SQLITE_OK, let statement else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage,
                    sql: sql)
            }
            return statement
        }
        bySequence = try prepare(Self.bySequenceSQL)
        clock = try prepare(Self.clockSQL)
        inRow = try prepare(Self.inRowSQL)
    }

    deinit {
        guard let inRow else { return }
        sqlite3_finalize(bySequence)
        sqlite3_finalize(inRow)
        sqlite3_finalize(clock)
    }

    static let columns = "sequence, stream, received, lag, value, flags, previous"
    static let bySequenceSQL = "SELECT \(columns) FROM events WHERE sequence = ?1"
    static let inRowSQL =
        "SELECT \(columns) FROM events WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence"

    static let clockSQL = """
        SELECT first_sequence, base,
          (SELECT min(first_sequence) FROM clock WHERE first_sequence > ?1)
        FROM clock WHERE first_sequence <= ?1 ORDER BY first_sequence DESC LIMIT 1
        """

    /// The event at a place; nil where there is none, or a command.
    func event(_ sequence: SequenceNumber) throws -> Event? {
        sqlite3_bind_int64(bySequence, 1, sequence.rawValue)
        defer { sqlite3_reset(bySequence) }
        guard try step(bySequence) else { return nil }
        return try event(from: bySequence)
    }

    /// The events of a range of places, in order, until `body` says that it has enough.
    func each(_ range: Range<Int64>, _ body: (Event) throws -> Bool) throws {
        guard let inRow else { preconditionFailure("the writer's walker reads by place only") }
        sqlite3_bind_int64(inRow, 1, range.lowerBound)
        sqlite3_bind_int64(inRow, 2, range.upperBound)
        defer { sqlite3_reset(inRow) }
        while try step(inRow) {
            if try !body(try event(from: inRow)) { return }
        }
    }

    /// The events of one stream whose places lie in a range, latest first, from a place on its chain at or behind
    /// the range's end.
    func chain(
        from start: Int64, in range: Range<Int64>, _ body: (Event) throws -> Bool
    ) throws {
        var place = start
        while place >= range.lowerBound, place > 0 {
            sqlite3_bind_int64(bySequence, 1, place)
            guard try step(bySequence) else {
                sqlite3_reset(bySequence)
                return
            }
            let back = sqlite3_column_int64(bySequence, 6)
            let found = place < range.upperBound ? try event(from: bySequence) : nil
            sqlite3_reset(bySequence)
            if let found, try !body(found) { return }
            guard back > 0 else { return }
            place -= back
        }
    }

    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }

    private func event(from statement: OpaquePointer) throws -> Event {
        let sequence = sqlite3_column_int64(statement, 0)
        let number = sqlite3_column_int(statement, 1)
        guard number >= 1, Int(number) <= streams.count else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT,
                message: "event \(sequence) is of stream \(number), which is not known")
        }
        let record = streams[Int(number) - 1]
        let received = try base(of: sequence) + sqlite3_column_int64(statement, 2)
        let lag = sqlite3_column_int64(statement, 3)
        let value = storedValue(statement, column: 4, type: record.type, text: text)
        let freshness = Freshness(rawValue: UInt8(sqlite3_column_int64(statement, 5) & 3)) ?? .live
        return Event(
            sequence: SequenceNumber(rawValue: sequence), stream: record.id, kind: record.kind,
            value: value, received: Instant(milliseconds: received),
            effective: Instant(milliseconds: received - lag), freshness: freshness)
    }

    private func base(of sequence: Int64) throws -> Int64 {
        if sequence >= block.first, sequence < block.end { return block.base }
        sqlite3_bind_int64(clock, 1, sequence)
        defer { sqlite3_reset(clock) }
        guard try step(clock) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "event \(sequence) has no time base")
        }
        let isLast = sqlite3_column_type(clock, 2) == SQLITE_NULL
        block = (
            sqlite3_column_int64(clock, 0), isLast ? .max : sqlite3_column_int64(clock, 2),
            sqlite3_column_int64(clock, 1)
        )
        return block.base
    }

    private func text(_ id: Int64) -> String? {
        if let known = texts[id] { return known }
        let found = try? String.fetchOne(
            database, sql: "SELECT text FROM texts WHERE id = ?", arguments: [id])
        if let found { texts[id] = found }
        return found
    }
}
