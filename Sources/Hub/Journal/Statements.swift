import GRDB
import GRDBSQLite

/// The statements of the hot path, prepared once and bound without GRDB's conversions: an event costs some two
/// microseconds here instead of ten.
struct Statements {
    let insertEvent: OpaquePointer
    let insertClock: OpaquePointer
    let insertAnchor: OpaquePointer
    let insertDeliveries: OpaquePointer
    let setMark: OpaquePointer
    let selectEvent: OpaquePointer
    let selectClock: OpaquePointer

    init(_ database: Database) throws {
        func prepare(_ sql: String) throws -> OpaquePointer {
            var statement: OpaquePointer?
            let code = sqlite3_prepare_v3(
                database.sqliteConnection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement,
                nil)
            guard code == SQLITE_OK, let statement else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage,
                    sql: sql)
            }
            return statement
        }
        insertEvent = try prepare(
            """
            INSERT INTO events (sequence, stream, received, lag, value, flags, previous)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        insertClock = try prepare("INSERT INTO clock (first_sequence, base) VALUES (?1, ?2)")
        insertAnchor = try prepare("INSERT INTO anchors (stream, sequence) VALUES (?1, ?2)")
        insertDeliveries = try prepare(
            "INSERT INTO deliveries (id, count, packets) VALUES (?1, ?2, ?3)")
        setMark = try prepare("INSERT OR REPLACE INTO progress (id, mark) VALUES (1, ?1)")
        selectEvent = try prepare(EventWalker.bySequenceSQL)
        selectClock = try prepare(EventWalker.clockSQL)
    }

    func finish() {
        let all = [
            insertEvent, insertClock, insertAnchor, insertDeliveries, setMark, selectEvent,
            selectClock,
        ]
        for statement in all { sqlite3_finalize(statement) }
    }

    /// Runs a statement that is bound, and makes it ready for the next time.
    static func run(_ statement: OpaquePointer, _ database: Database) throws {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(
                    rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
                message: database.lastErrorMessage)
        }
    }
}

extension Database {
    /// What SQLite says of the latest failure.
    var lastErrorMessage: String {
        sqlite3_errmsg(sqliteConnection).map { String(cString: $0) } ?? "no message"
    }
}
