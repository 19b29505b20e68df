import Crypto
import Foundation
import GRDB
public import Rules

/// Who may sign in to a home's pages, who is signed in, and who looked at whose data. Lies in `people.sqlite` beside the
/// journal, of mode 0600; the journal itself holds none of it.
public final class Accounts: Sendable {
    /// One account.
    public struct Account: Hashable, Sendable {
        /// The name to sign in with; a member of staff has the same identifier in staff.yaml.
        public var id: StaffID
        /// Whether it manages the site although staff.yaml may not name it.
        public var isAdministrator: Bool
        /// Whether it may not sign in for now.
        public var isDisabled: Bool
        /// When it was made.
        public var created: Instant
        /// Whose page it opens, where it is a resident's own; nil for staff.
        public var person: PersonID?
    }

    /// Somebody who is signed in.
    public struct Session: Hashable, Sendable {
        /// Who.
        public var id: StaffID
        /// Whether their account is an administrator's.
        public var isAdministrator: Bool
        /// Goes with each form that changes something, so that no other site can send one (OWASP, synchronizer token).
        public var formToken: String
        /// Who it is, where a resident is signed in: their own page and nothing else is theirs. Nil for staff.
        public var person: PersonID?
    }

    /// What an attempt to sign in came to.
    public enum SignIn: Hashable, Sendable {
        /// The token of the new session.
        case signedIn(String)
        /// Name and password do not fit.
        case refused
        /// Too many attempts: none is looked at until then.
        case locked(until: Instant)
    }

    /// One look at somebody's data.
    public struct Access: Hashable, Sendable {
        /// When.
        public var at: Instant
        /// Who.
        public var by: StaffID
        /// Of which residence.
        public var residence: ResidenceID?
        /// What: the page's path.
        public var what: String
    }

    /// The shortest and the longest password, in bytes (NIST SP 800-63B, 5.1.1.2).
    public static let passwordBytes = 8...1024
    /// So many wrong passwords in a row lock an account.
    static let attempts = 5
    /// The first lock; each further wrong password doubles it.
    static let firstLock = TimeSpan.seconds(30)
    /// The longest lock: nobody can lock somebody out for a day.
    static let longestLock = TimeSpan.minutes(15)

    private let path: String
    private let database: DatabaseQueue
    private let cost: PasswordHash.Cost
    /// Equal work for names that there are not.
    private let nobody: PasswordHash

    /// Opens the accounts of a home; makes the file where there is none.
    public convenience init(path: String) throws(PeopleError) {
        try self.init(path: path, cost: .standard)
    }

    init(path: String, cost: PasswordHash.Cost) throws(PeopleError) {
        self.path = path
        self.cost = cost
        do {
            PrivateFile.make(at: path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            database = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(database)
            nobody = try PasswordHash("", cost: cost)
        } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: accounts, sessions, access") { database in
            try database.execute(
                sql: """
                    CREATE TABLE accounts (
                      id TEXT PRIMARY KEY,
                      salt BLOB NOT NULL, hash BLOB NOT NULL,            -- scrypt
                      rounds INTEGER NOT NULL, block_size INTEGER NOT NULL, parallelism INTEGER NOT NULL,
                      administrator INTEGER NOT NULL, disabled INTEGER NOT NULL,
                      created INTEGER NOT NULL,                          -- ms since 1970
                      failures INTEGER NOT NULL DEFAULT 0,               -- wrong passwords in a row
                      locked INTEGER                                     -- ms since 1970: until then
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE sessions (
                      token BLOB PRIMARY KEY,                            -- SHA-256 of the cookie's token
                      account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                      form_token TEXT NOT NULL,
                      expires INTEGER NOT NULL                           -- ms since 1970
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE access (
                      id INTEGER PRIMARY KEY,
                      at INTEGER NOT NULL,                               -- ms since 1970
                      by TEXT NOT NULL, residence TEXT, what TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX access_by_time ON access (at);
                    """)
        }
        migrator.registerMigration("2: residents") { database in
            // Of a resident's account: who they are, by the opaque identifier of hub.yaml. NULL for staff.
            try database.execute(sql: "ALTER TABLE accounts ADD COLUMN person TEXT")
        }
        return migrator
    }

    /// Writes the file anew, without what was freed before.
    func compact() throws(PeopleError) {
        do {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        } catch { throw .storage(path: path, reason: "\(error)") }
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws(PeopleError) -> Result {
        do { return try database.write(body) } catch let error as PeopleError { throw error } catch
        {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    // MARK: Accounts

    /// Makes an account.
    ///
    /// - Parameter person: whose own page it opens, for a resident; nil for staff.
    public func add(
        _ id: StaffID, password: String, isAdministrator: Bool = false, person: PersonID? = nil,
        at now: Instant
    ) throws(PeopleError) {
        if let problem = Names.problem(id.rawValue) { throw .name(problem) }
        let hash = try hashed(password)
        try write { database in
            guard try !Self.exists(id, database) else { throw PeopleError.exists(id.rawValue) }
            try database.execute(
                sql: """
                    INSERT INTO accounts (id, salt, hash, rounds, block_size, parallelism, administrator, disabled,
                      created, person)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
                    """,
                arguments: [
                    id.rawValue, hash.salt, hash.hash, hash.cost.rounds, hash.cost.blockSize,
                    hash.cost.parallelism, isAdministrator, now.milliseconds,
                    person?.rawValue,
                ])
        }
    }

    private func hashed(_ password: String) throws(PeopleError) -> PasswordHash {
        guard Self.passwordBytes.contains(password.utf8.count) else {
            throw .password(
                least: Self.passwordBytes.lowerBound, most: Self.passwordBytes.upperBound)
        }
        do { return try PasswordHash(password, cost: cost) } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    private static func exists(_ id: StaffID, _ database: Database) throws -> Bool {
        try Int.fetchOne(
            database, sql: "SELECT 1 FROM accounts WHERE id = ?", arguments: [id.rawValue]) != nil
    }

    /// Gives an account another password; who is signed in with it is signed out, and a lock ends.
    public func setPassword(_ id: StaffID, _ password: String) throws(PeopleError) {
        let hash = try hashed(password)
        try write { database in
            guard try Self.exists(id, database) else { throw PeopleError.unknown(id.rawValue) }
            try database.execute(
                sql: """
                    UPDATE accounts SET salt = ?, hash = ?, rounds = ?, block_size = ?, parallelism = ?, failures = 0,
                      locked = NULL WHERE id = ?
                    """,
                arguments: [
                    hash.salt, hash.hash, hash.cost.rounds, hash.cost.blockSize,
                    hash.cost.parallelism, id.rawValue,
                ])
            try database.execute(
                sql: "DELETE FROM sessions WHERE account = ?", arguments: [id.rawValue])
        }
    }

    /// Lets an account sign in no more, at once, or again.
    public func setDisabled(_ id: StaffID, _ isDisabled: Bool) throws(PeopleError) {
        try write { database in
            guard try Self.exists(id, database) else { throw PeopleError.unknown(id.rawValue) }
            try database.execute(
                sql: "UPDATE accounts SET disabled = ?, failures = 0, locked = NULL WHERE id = ?",
                arguments: [isDisabled, id.rawValue])
            if isDisabled {
                try database.execute(
                    sql: "DELETE FROM sessions WHERE account = ?", arguments: [id.rawValue])
            }
        }
    }

    /// Takes an account away. The access log keeps its name.
    public func remove(_ id: StaffID) throws(PeopleError) {
        try write { database in
            guard try Self.exists(id, database) else { throw PeopleError.unknown(id.rawValue) }
            try database.execute(
                sql: "DELETE FROM accounts WHERE id = ?", arguments: [id.rawValue])
        }
    }

    /// All accounts, by name.
    public func accounts() throws(PeopleError) -> [Account] {
        try write { database in
            try Row.fetchAll(database, sql: "SELECT * FROM accounts ORDER BY id").map {
                Account(
                    id: StaffID(rawValue: $0["id"]), isAdministrator: $0["administrator"],
                    isDisabled: $0["disabled"], created: Instant(milliseconds: $0["created"]),
                    person: ($0["person"] as String?).map { PersonID(rawValue: $0) })
            }
        }
    }

    // MARK: Signing in

    /// Tries to sign in. Costs the same work whether there is such an account or not.
    public func signIn(
        _ id: StaffID, password: String, lasting: TimeSpan, at now: Instant
    ) throws(PeopleError) -> SignIn {
        let row = try write { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM accounts WHERE id = ?", arguments: [id.rawValue])
        }
        if let locked = row.flatMap({ $0["locked"] as Int64? }), locked > now.milliseconds {
            return .locked(until: Instant(milliseconds: locked))
        }
        let hash =
            row.map {
                PasswordHash(
                    salt: $0["salt"], hash: $0["hash"],
                    cost: PasswordHash.Cost(
                        rounds: $0["rounds"], blockSize: $0["block_size"],
                        parallelism: $0["parallelism"]))
            } ?? nobody
        let fits: Bool
        do { fits = try hash.matches(String(password.prefix(2048))) } catch {
            throw .storage(path: path, reason: "\(error)")
        }
        guard let row, fits, !(row["disabled"] as Bool) else {
            return try fail(id, isKnown: row != nil, at: now)
        }
        let token = Self.random()
        let form = Self.random()
        try write { database in
            try database.execute(
                sql: "UPDATE accounts SET failures = 0, locked = NULL WHERE id = ?",
                arguments: [id.rawValue])
            try database.execute(
                sql: "DELETE FROM sessions WHERE expires <= ?", arguments: [now.milliseconds])
            try database.execute(
                sql:
                    "INSERT INTO sessions (token, account, form_token, expires) VALUES (?, ?, ?, ?)",
                arguments: [
                    Self.digest(token), id.rawValue, form, (now + lasting).milliseconds,
                ])
        }
        return .signedIn(token)
    }

    private func fail(
        _ id: StaffID, isKnown: Bool, at now: Instant
    ) throws(PeopleError) -> SignIn {
        guard isKnown else { return .refused }
        return try write { database in
            let failures =
                1
                + (try Int.fetchOne(
                    database, sql: "SELECT failures FROM accounts WHERE id = ?",
                    arguments: [id.rawValue]) ?? 0)
            var locked: Int64?
            if failures >= Self.attempts {
                let doublings = min(failures - Self.attempts, 10)
                let span = min(
                    Self.firstLock.milliseconds << Int64(doublings),
                    Self.longestLock.milliseconds)
                locked = now.milliseconds + span
            }
            try database.execute(
                sql: "UPDATE accounts SET failures = ?, locked = ? WHERE id = ?",
                arguments: [failures, locked, id.rawValue])
            return locked.map { .locked(until: Instant(milliseconds: $0)) } ?? .refused
        }
    }

    /// Who a session's token belongs to; nil where it is over or never was.
    public func session(_ token: String, at now: Instant) throws(PeopleError) -> Session? {
        try write { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT s.account, s.form_token, a.administrator, a.person FROM sessions s JOIN accounts a ON a.id = s.account
                    WHERE s.token = ? AND s.expires > ? AND a.disabled = 0
                    """,
                arguments: [Self.digest(token), now.milliseconds]
            ).map {
                Session(
                    id: StaffID(rawValue: $0["account"]), isAdministrator: $0["administrator"],
                    formToken: $0["form_token"],
                    person: ($0["person"] as String?).map { PersonID(rawValue: $0) })
            }
        }
    }

    /// Lets a session that is not over last for so long from now on: a tablet on a wall is not signed in to every day. Written
    /// down once a day.
    public func prolong(
        _ token: String, lasting: TimeSpan, at now: Instant
    ) throws(PeopleError) {
        try write { database in
            try database.execute(
                sql:
                    "UPDATE sessions SET expires = ? WHERE token = ? AND expires > ? AND expires < ?",
                arguments: [
                    (now + lasting).milliseconds, Self.digest(token), now.milliseconds,
                    (now + lasting - .days(1)).milliseconds,
                ])
        }
    }

    /// Ends a session.
    public func signOut(_ token: String) throws(PeopleError) {
        try write { database in
            try database.execute(
                sql: "DELETE FROM sessions WHERE token = ?", arguments: [Self.digest(token)])
        }
    }

    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func digest(_ token: String) -> Data {
        Data(SHA256.hash(data: Data(token.utf8)))
    }

    // MARK: Who looked

    /// Notes that somebody looked at data. The same look within a minute is one.
    public func record(_ access: Access) throws(PeopleError) {
        try write { database in
            let seen = try Int.fetchOne(
                database,
                sql: """
                    SELECT 1 FROM access WHERE at > ? AND by = ? AND what = ? AND residence IS ? LIMIT 1
                    """,
                arguments: [
                    access.at.milliseconds - 60_000, access.by.rawValue, access.what,
                    access.residence?.rawValue,
                ])
            guard seen == nil else { return }
            try database.execute(
                sql: "INSERT INTO access (at, by, residence, what) VALUES (?, ?, ?, ?)",
                arguments: [
                    access.at.milliseconds, access.by.rawValue, access.residence?.rawValue,
                    String(access.what.prefix(200)),
                ])
        }
    }

    /// Every look since a moment at a residence, or at a page of several, newest first.
    public func looks(
        at residence: ResidenceID, since: Instant
    ) throws(PeopleError) -> [Access] {
        try write { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM access WHERE at >= ? AND (residence IS NULL OR residence = ?) ORDER BY at DESC, id DESC
                    """, arguments: [since.milliseconds, residence.rawValue]
            ).map { Self.access($0) }
        }
    }

    private static func access(_ row: Row) -> Access {
        Access(
            at: Instant(milliseconds: row["at"]), by: StaffID(rawValue: row["by"]),
            residence: (row["residence"] as String?).map { ResidenceID(rawValue: $0) },
            what: row["what"])
    }

    /// The latest looks, newest first.
    public func accessLog(
        residence: ResidenceID? = nil, limit: Int = 200
    ) throws(PeopleError) -> [Access] {
        try write { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM access WHERE ?1 IS NULL OR residence = ?1 ORDER BY id DESC LIMIT ?2
                    """, arguments: [residence?.rawValue, limit]
            ).map { Self.access($0) }
        }
    }
}
