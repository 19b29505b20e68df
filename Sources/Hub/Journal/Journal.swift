import Foundation
import GRDB
public import Rules

/// The only writer of the database: events, commands, the engine's checkpoints, alerts and what is to go out, all of
/// one batch in one transaction.
///
/// ## Overview
///
/// The intake thread owns the one `Journal` of a home. `commit` runs a batch in `BEGIN IMMEDIATE … COMMIT`; when it
/// returns, the batch is on the disk (`journal_mode=WAL`, `synchronous=FULL`: the log is flushed on each commit,
/// which costs about a millisecond, and is why batches are grouped). When it throws, nothing of the batch is stored
/// and the journal is as it was before.
///
/// Others read through `JournalReader`, on connections of their own, and see committed data only.
public final class Journal {
    /// How long a writer waits for others, in seconds.
    static let patience = 10.0

    /// The database's path.
    public let path: String
    /// What was found at opening, or after a failed commit.
    public private(set) var recovered: Recovered

    let queue: DatabaseQueue
    var state: JournalState
    private var statements: Statements

    /// Opens a home's journal, or creates it.
    ///
    /// - Throws: `JournalError`, with the path and what to do.
    public static func open(path: String) throws(JournalError) -> Journal {
        do {
            return try Journal(path: path)
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    private init(path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.label = "journal"
        PrivateFile.make(at: path)
        // One of before that others could read.
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            // 64 MiB of log at most stays behind after a checkpoint.
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        if try queue.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
            throw JournalError.newerSchema(path: path)
        }
        try Schema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try Self.require(database, "synchronous", is: "2", path: path)
            try Self.require(database, "journal_mode", is: "wal", path: path)
        }
        state = try queue.read { try JournalState.load($0) }
        recovered = try queue.read { [state] in try Recovered.load($0, state: state) }
        statements = try queue.unsafeRead { try Statements($0) }
    }

    private static func require(
        _ database: Database, _ setting: String, is wanted: String, path: String
    ) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA \(setting)") ?? "not set"
        guard found == wanted else {
            throw JournalError.unsafeSetting(path: path, setting: setting, found: found)
        }
    }

    /// Runs a batch in one transaction. What it returns holds only once this returns.
    ///
    /// - Throws: `JournalError`; then nothing of the batch is stored, `recovered` is read anew, and the caller must
    ///   build its own state again from there.
    public func commit<Result>(
        _ body: (inout JournalWriter) throws -> Result
    ) throws(JournalError) -> Result {
        do {
            return try queue.writeWithoutTransaction { database in
                var result: Result?
                try database.inTransaction(.immediate) {
                    var writer = JournalWriter(
                        database: database, statements: statements, state: state)
                    // The writer is to own the only copy, or its first change would copy every stream. Where the body
                    // throws, the state is read again.
                    state = JournalState()
                    result = try body(&writer)
                    state = writer.state
                    return .commit
                }
                guard let result else { preconditionFailure("the body ran, or it threw") }
                return result
            }
        } catch {
            let failure = JournalError.from(error, path: path)
            try reload()
            throw failure
        }
    }

    private func reload() throws(JournalError) {
        do {
            try queue.read { database in
                state = try JournalState.load(database)
                recovered = try Recovered.load(database, state: state)
            }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    /// The latest committed deliveries, oldest first.
    func latestDeliveries() throws(JournalError) -> [Delivery] {
        do {
            return try queue.read { try Recovered.deliveries($0) }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    /// Publications that wait in the outbox behind a place in it, oldest first.
    func outbox(after id: Int64, limit: Int) throws(JournalError) -> [Recovered.Publication] {
        do {
            return try queue.read { try Recovered.outbox($0, after: id, limit: limit) }
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    /// Whether there is room again: really writes some 64 KiB, and really commits.
    public func probe() -> Bool {
        do {
            try queue.write { database in
                try database.execute(
                    sql: "INSERT OR REPLACE INTO scratch (id, filler) VALUES (1, randomblob(65536))"
                )
            }
            try queue.write { database in
                try database.execute(sql: "DELETE FROM scratch")
            }
            return true
        } catch {
            return false
        }
    }

    /// Moves the log into the database and closes.
    public func close() throws(JournalError) {
        do {
            statements.finish()
            // A reader that holds an old page lets only a part be moved; the next start moves the rest.
            try queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try queue.close()
        } catch {
            throw JournalError.from(error, path: path)
        }
    }

    /// The streams that are known, by number.
    public var streams: [StreamRecord] { state.streams }
}

/// One series of readings, as the journal knows it.
public struct StreamRecord: Hashable, Sendable {
    /// Its number.
    public var id: StreamID
    /// Where its device is.
    public var residence: ResidenceID
    /// Its name.
    public var key: StreamKey
    /// How its readings are to be understood in time.
    public var kind: ReadingKind
    /// What type its values are of.
    var type: ValueType
    /// Its latest event; 0 for none.
    var head: Int64
    /// How many events it has.
    var count: Int64
}
