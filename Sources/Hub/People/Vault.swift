import Crypto
import Foundation
import GRDB
public import Rules

/// Who the people are: names, contacts, birth year, notes. Apart from the journal, which knows opaque identifiers only, in
/// `vault.sqlite`. Each cell is sealed by itself with AES-GCM and bound to its person and column, so that none can be
/// put in another's place (NIST SP 800-38D).
public final class Vault: Sendable {
    /// What is known of a person. Everything but the identifier may be empty.
    public struct Person: Hashable, Sendable, Codable {
        /// The opaque identifier, as in hub.yaml.
        public var id: String
        /// Given name.
        public var given = ""
        /// Family name.
        public var family = ""
        /// Year of birth; nil where it is not known.
        public var born: Int?
        /// Who to reach about the person, a line each.
        public var contacts: [String] = []
        /// Who speaks for the person: name and capacity, a line each.
        public var representatives: [String] = []
        /// Whatever staff need to know.
        public var notes = ""

        /// A person.
        public init(id: String) { self.id = id }
    }

    /// Where a person lived, or that they were away, in the residence's days. Opaque, so not sealed.
    public struct Stay: Hashable, Sendable, Codable {
        /// The residence; nil: away.
        public var residence: String?
        /// The room; nil: none of their own.
        public var room: String?
        /// From which day.
        public var from: String
        /// To which day, not within; nil: it goes on.
        public var to: String?
    }

    /// One look at a person's data.
    public struct Access: Hashable, Sendable {
        /// When.
        public var at: Instant
        /// Who.
        public var by: String
        /// What for: `list`, `show`, `export` …
        public var what: String
    }

    /// The longest text of a field, in bytes.
    public static let longestText = 4000

    private let path: String
    let database: DatabaseQueue
    let key: VaultKey

    /// Opens the vault of a home; makes it, and its key, where there is none.
    ///
    /// - Throws: `VaultError`.
    public convenience init(
        home: String, environment: [String: String]? = nil
    ) throws(VaultError) {
        let path = home + "/vault.sqlite"
        let exists = FileManager.default.fileExists(atPath: path)
        try self.init(
            path: path,
            key: try VaultKey(
                path: VaultKey.path(home: home, environment: environment), makes: !exists))
    }

    /// The vault of a home that has one; it is not made.
    ///
    /// - Throws: `VaultError`.
    public static func existing(home: String) throws(VaultError) -> Vault? {
        FileManager.default.fileExists(atPath: home + "/vault.sqlite")
            ? try Vault(home: home) : nil
    }

    init(path: String, key: VaultKey) throws(VaultError) {
        self.path = path
        self.key = key
        do {
            PrivateFile.make(at: path)
            var configuration = Configuration()
            configuration.prepareDatabase { database in
                // What is erased is overwritten.
                try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL")
            }
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS people (
                          id TEXT PRIMARY KEY            -- opaque
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE IF NOT EXISTS cells (
                          person TEXT NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL, -- sealed
                          PRIMARY KEY (person, field)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE IF NOT EXISTS stays (
                          id INTEGER PRIMARY KEY, person TEXT NOT NULL,
                          residence TEXT, room TEXT, start TEXT NOT NULL, stop TEXT
                        ) STRICT;
                        CREATE TABLE IF NOT EXISTS accesses (
                          id INTEGER PRIMARY KEY, at INTEGER NOT NULL,   -- ms since 1970
                          person TEXT NOT NULL, actor TEXT NOT NULL, what TEXT NOT NULL
                        ) STRICT;
                        CREATE INDEX IF NOT EXISTS accesses_by_person ON accesses (person, at);
                        CREATE TABLE IF NOT EXISTS annotations (
                          id INTEGER PRIMARY KEY, person TEXT NOT NULL,
                          start INTEGER NOT NULL, stop INTEGER NOT NULL,  -- ms since 1970
                          device TEXT, author TEXT NOT NULL, voice TEXT NOT NULL, form TEXT NOT NULL,
                          at INTEGER NOT NULL, content BLOB NOT NULL,     -- sealed
                          leaves INTEGER NOT NULL                         -- the author agrees to its export
                        ) STRICT;
                        CREATE INDEX IF NOT EXISTS annotations_by_person ON annotations (person, start);
                        """)
            }
        } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    // MARK: People

    /// Takes a person in, who lives in a residence from a day on.
    ///
    /// - Throws: `VaultError.exists` where the person is there already; `.field` where a text is not of its form.
    public func add(
        _ person: Person, residence: ResidenceID, room: RoomID?, from day: String
    ) throws(VaultError) {
        try Self.check(person)
        let cells = try cells(of: person)
        try write { database in
            guard
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM people WHERE id = ?",
                    arguments: [person.id]) == 0
            else { throw VaultError.exists(person.id) }
            try database.execute(
                sql: "INSERT INTO people (id) VALUES (?)", arguments: [person.id])
            try Self.put(cells, of: person.id, database)
            try database.execute(
                sql: "INSERT INTO stays (person, residence, room, start) VALUES (?, ?, ?, ?)",
                arguments: [person.id, residence.rawValue, room?.rawValue, day])
        }
    }

    /// Says anew what is known of a person.
    public func update(_ person: Person) throws(VaultError) {
        try Self.check(person)
        let cells = try cells(of: person)
        try write { database in
            try Self.require(person.id, database)
            try database.execute(
                sql: "DELETE FROM cells WHERE person = ?", arguments: [person.id])
            try Self.put(cells, of: person.id, database)
        }
    }

    /// The identifiers of all, sorted.
    public func people() throws(VaultError) -> [PersonID] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT id FROM people ORDER BY id").map {
                PersonID(rawValue: $0)
            }
        }
    }

    /// What is known of a person. Whoever looks is written down in the same transaction.
    public func person(
        _ id: PersonID, by actor: String, what: String, at moment: Instant
    ) throws(VaultError) -> Person {
        try person(id) { database in
            try Self.note(id, by: actor, what: what, at: moment, database)
        }
    }

    /// One person, for whoever has written down already that they look.
    func person(noted id: PersonID) throws(VaultError) -> Person { try person(id) { _ in } }

    private func person(
        _ id: PersonID, _ note: (Database) throws -> Void
    ) throws(VaultError) -> Person {
        let cells: [String: Data] = try write { database in
            try Self.require(id.rawValue, database)
            try note(database)
            var cells: [String: Data] = [:]
            for row in try Row.fetchAll(
                database, sql: "SELECT field, value FROM cells WHERE person = ?",
                arguments: [id.rawValue])
            {
                cells[row["field"]] = row["value"]
            }
            return cells
        }
        var person = Person(id: id.rawValue)
        func text(_ field: String) throws(VaultError) -> String {
            guard let cell = cells[field] else { return "" }
            return try opened(cell, id.rawValue, field)
        }
        func lines(_ field: String) throws(VaultError) -> [String] {
            try text(field).split(separator: "\n").map(String.init)
        }
        person.given = try text("given")
        person.family = try text("family")
        person.born = Int(try text("born"))
        person.contacts = try lines("contacts")
        person.representatives = try lines("representatives")
        person.notes = try text("notes")
        return person
    }

    /// What people are called: given and family name; who has none there is missing. That somebody sees them is written down once a
    /// day for each person.
    public func names(
        of people: [PersonID], by actor: String, at moment: Instant
    ) throws(VaultError) -> [PersonID: String] {
        let rows = try write { database in
            var rows: [(person: String, field: String, value: Data)] = []
            for person in people {
                let own = try Row.fetchAll(
                    database,
                    sql:
                        "SELECT field, value FROM cells WHERE person = ? AND field IN ('given', 'family')",
                    arguments: [person.rawValue])
                guard !own.isEmpty else { continue }
                rows += own.map { (person.rawValue, $0["field"], $0["value"]) }
                let today = moment.milliseconds / 86_400_000 * 86_400_000
                let seen = try Int.fetchOne(
                    database,
                    sql: """
                        SELECT 1 FROM accesses WHERE person = ? AND at >= ? AND actor = ? AND what = 'names' LIMIT 1
                        """, arguments: [person.rawValue, today, actor])
                if seen == nil {
                    try Self.note(person, by: actor, what: "names", at: moment, database)
                }
            }
            return rows
        }
        var parts: [String: [String: String]] = [:]
        for row in rows {
            parts[row.person, default: [:]][row.field] = try opened(
                row.value, row.person, row.field)
        }
        return parts.reduce(into: [:]) { names, entry in
            let name = [entry.value["given"], entry.value["family"]].compactMap { $0 }
                .joined(separator: " ")
            if !name.isEmpty { names[PersonID(rawValue: entry.key)] = name }
        }
    }

    // MARK: Where they live

    /// Where a person lived and lives, in order.
    public func stays(of id: PersonID) throws(VaultError) -> [Stay] {
        try read { database in
            try Self.require(id.rawValue, database)
            return try Row.fetchAll(
                database,
                sql: "SELECT residence, room, start, stop FROM stays WHERE person = ? ORDER BY id",
                arguments: [id.rawValue]
            ).map {
                Stay(
                    residence: $0["residence"], room: $0["room"], from: $0["start"], to: $0["stop"])
            }
        }
    }

    /// Ends where a person is, and begins another stay: in a residence, or away with none; nothing where they leave.
    public func turn(
        _ id: PersonID, to next: (residence: ResidenceID?, room: RoomID?)?, on day: String
    ) throws(VaultError) {
        try write { database in
            try Self.require(id.rawValue, database)
            let begun = try String.fetchOne(
                database,
                sql: "SELECT max(max(start, ifnull(stop, start))) FROM stays WHERE person = ?",
                arguments: [id.rawValue])
            if let begun, day < begun {
                throw VaultError.field(
                    "\(day) lies before \(begun), when what is known of where \"\(id)\" lives began; give a later day"
                )
            }
            try database.execute(
                sql: "UPDATE stays SET stop = ? WHERE person = ? AND stop IS NULL",
                arguments: [day, id.rawValue])
            guard let next else { return }
            try database.execute(
                sql: "INSERT INTO stays (person, residence, room, start) VALUES (?, ?, ?, ?)",
                arguments: [id.rawValue, next.residence?.rawValue, next.room?.rawValue, day])
        }
    }

    // MARK: Who looked

    /// Writes down that somebody looked at a person's data; the log is only added to.
    public func note(
        _ id: PersonID, by actor: String, what: String, at moment: Instant
    ) throws(VaultError) {
        try write { try Self.note(id, by: actor, what: what, at: moment, $0) }
    }

    /// Who looked at a person's data, latest first.
    public func accesses(of id: PersonID) throws(VaultError) -> [Access] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT at, actor, what FROM accesses WHERE person = ? ORDER BY id DESC",
                arguments: [id.rawValue]
            ).map {
                Access(at: Instant(milliseconds: $0["at"]), by: $0["actor"], what: $0["what"])
            }
        }
    }

    static func note(
        _ id: PersonID, by actor: String, what: String, at moment: Instant, _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO accesses (at, person, actor, what) VALUES (?, ?, ?, ?)",
            arguments: [moment.milliseconds, id.rawValue, actor, what])
    }

    // MARK: Cells

    private static func check(_ person: Person) throws(VaultError) {
        let texts =
            [person.given, person.family, person.notes] + person.contacts + person.representatives
        for text in texts {
            guard text.utf8.count <= longestText else {
                throw .field("a text has more than \(longestText) bytes: \"\(text.prefix(40))…\"")
            }
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                throw .field("a text has a control character or more than one line")
            }
        }
        if let born = person.born, !(1900...2100).contains(born) {
            throw .field("the year of birth is \(born); write one such as 1987")
        }
    }

    private func cells(of person: Person) throws(VaultError) -> [(String, Data)] {
        let texts = [
            ("given", person.given), ("family", person.family),
            ("born", person.born.map { String($0) } ?? ""),
            ("contacts", person.contacts.joined(separator: "\n")),
            ("representatives", person.representatives.joined(separator: "\n")),
            ("notes", person.notes),
        ]
        var cells: [(String, Data)] = []
        for (field, text) in texts where !text.isEmpty {
            cells.append((field, try sealed(text, person.id, field)))
        }
        return cells
    }

    private static func put(
        _ cells: [(String, Data)], of person: String, _ database: Database
    ) throws {
        for (field, value) in cells {
            try database.execute(
                sql: "INSERT INTO cells (person, field, value) VALUES (?, ?, ?)",
                arguments: [person, field, value])
        }
    }

    private static func binding(_ person: String, _ field: String) -> Data {
        Data("foyer vault 1\n\(field)\n\(person)".utf8)
    }

    private func sealed(
        _ text: String, _ person: String, _ field: String
    ) throws(VaultError) -> Data {
        guard
            let box = try? AES.GCM.seal(
                Data(text.utf8), using: key.key, authenticating: Self.binding(person, field)),
            let data = box.combined
        else { throw .sealed(person: person, field: field) }
        return data
    }

    private func opened(
        _ data: Data, _ person: String, _ field: String
    ) throws(VaultError) -> String {
        guard let box = try? AES.GCM.SealedBox(combined: data),
            let plain = try? AES.GCM.open(
                box, using: key.key, authenticating: Self.binding(person, field))
        else { throw .sealed(person: person, field: field) }
        return String(decoding: plain, as: UTF8.self)
    }

    // MARK: The file

    private static func require(_ id: String, _ database: Database) throws {
        guard
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM people WHERE id = ?", arguments: [id]) == 1
        else { throw VaultError.unknown(id) }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(VaultError) -> Result {
        do { return try database.read(body) } catch let error as VaultError { throw error } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    /// Writes the file anew, without what was freed before.
    func compact() throws(VaultError) {
        do {
            try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
        } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws(VaultError) -> Result {
        do { return try database.write(body) } catch let error as VaultError {
            throw error
        } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }
}
