import Foundation
import GRDB
import Rules
import Testing

@testable import Hub

@Suite("The vault")
struct VaultTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    private static func zoe() -> Vault.Person {
        var person = Vault.Person(id: "p1")
        person.given = "Canary-Zoé"
        person.family = "Canary-Martin"
        person.born = 1987
        person.contacts = ["sister Canary-Anne, 06 00", "school"]
        person.representatives = ["tutor: M. Canary-Petit"]
        person.notes = "likes Canary-trains"
        return person
    }

    private static func bytes(_ folder: TemporaryFolder) throws -> String {
        var bytes = Data()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            bytes += FileManager.default.contents(atPath: folder.file(name)) ?? Data()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("what goes in comes out, after a new start too, and lies nowhere in the file as it is")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        try Vault(home: folder.path, environment: [:]).add(
            Self.zoe(), residence: "home", room: "home/bedroom", from: "2026-01-02")
        let again = try Vault(home: folder.path, environment: [:])
        #expect(try again.person("p1", by: "marie", what: "show", at: Self.now) == Self.zoe())
        #expect(try again.people() == ["p1"])
        let raw = try Self.bytes(folder)
        #expect(raw.contains("p1"))
        #expect(!raw.contains("Canary") && !raw.contains("1987"))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("vault.sqlite"))
        #expect(mode[.posixPermissions] as? Int == 0o600)
        let key = try FileManager.default.attributesOfItem(atPath: folder.file("vault.key"))
        #expect(key[.posixPermissions] as? Int == 0o600)
    }

    @Test("without its key, with another key, and with a key that others may read, nothing is told")
    func keys() throws {
        let folder = try TemporaryFolder()
        try Vault(home: folder.path, environment: [:]).add(
            Self.zoe(), residence: "home", room: nil, from: "2026-01-02")
        let path = folder.file("vault.key")
        let whole = try #require(FileManager.default.contents(atPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: VaultError.keyReadable(path, mode: 0o640)) {
            _ = try Vault(home: folder.path, environment: [:])
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: VaultError.keyMissing(path)) {
            _ = try Vault(home: folder.path, environment: [:])
        }
        func put(_ data: Data, _ path: String) {
            _ = FileManager.default.createFile(
                atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        }
        put(Data(String(repeating: "ab", count: 32).utf8), path)
        #expect(throws: VaultError.self) {
            try Vault(home: folder.path, environment: [:])
                .person("p1", by: "x", what: "show", at: Self.now)
        }
        put(Data("abc".utf8), path)
        #expect(throws: VaultError.keyMalformed(path)) {
            _ = try Vault(home: folder.path, environment: [:])
        }
        // Kept elsewhere, it is found there.
        let elsewhere = try TemporaryFolder()
        put(whole, elsewhere.file("vault.key"))
        for environment in [
            ["FOYER_VAULT_KEY_FILE": elsewhere.file("vault.key")],
            ["CREDENTIALS_DIRECTORY": elsewhere.path],
        ] {
            let vault = try Vault(home: folder.path, environment: environment)
            #expect(try vault.person("p1", by: "x", what: "show", at: Self.now) == Self.zoe())
        }
    }

    @Test(
        "a cell that was changed, or put in another's place, is not opened",
        arguments: [
            "UPDATE cells SET value = (SELECT value FROM cells WHERE field = 'family') WHERE field = 'given'",
            "UPDATE cells SET value = (SELECT value FROM cells WHERE person = 'p2' AND field = 'given') WHERE person = 'p1' AND field = 'given'",
            "UPDATE cells SET value = zeroblob(60) WHERE person = 'p1' AND field = 'given'",
            "UPDATE cells SET value = x'00' WHERE person = 'p1' AND field = 'given'",
        ])
    func tampering(change: String) throws {
        let folder = try TemporaryFolder()
        let vault = try Vault(home: folder.path, environment: [:])
        try vault.add(Self.zoe(), residence: "home", room: nil, from: "2026-01-02")
        var other = Self.zoe()
        other.id = "p2"
        try vault.add(other, residence: "home", room: nil, from: "2026-01-02")
        try DatabaseQueue(path: folder.file("vault.sqlite")).write { try $0.execute(sql: change) }
        #expect(throws: VaultError.sealed(person: "p1", field: "given")) {
            try vault.person("p1", by: "x", what: "show", at: Self.now)
        }
    }

    @Test("stays follow one another; who looked is on record, also where opening failed")
    func staysAndAccesses() throws {
        let folder = try TemporaryFolder()
        let vault = try Vault(home: folder.path, environment: [:])
        try vault.add(Self.zoe(), residence: "home", room: nil, from: "2026-01-02")
        #expect(throws: VaultError.exists("p1")) {
            try vault.add(Self.zoe(), residence: "home", room: nil, from: "2026-01-02")
        }
        #expect(throws: VaultError.self) { try vault.turn("p1", to: nil, on: "2026-01-01") }
        try vault.turn("p1", to: (nil, nil), on: "2026-03-01")
        #expect(throws: VaultError.self) {
            try vault.turn("p1", to: ("lilas", nil), on: "2026-02-28")
        }
        try vault.turn("p1", to: ("lilas", "lilas/a"), on: "2026-03-08")
        try vault.turn("p1", to: nil, on: "2026-09-01")
        let stays = try vault.stays(of: "p1")
        #expect(stays.map(\.residence) == ["home", nil, "lilas"])
        #expect(stays.map(\.to) == ["2026-03-01", "2026-03-08", "2026-09-01"])
        #expect(throws: VaultError.unknown("p9")) { try vault.stays(of: "p9") }
        _ = try vault.person("p1", by: "marie", what: "show", at: Self.now)
        try vault.note("p1", by: "noor", what: "export", at: Self.now + .hours(1))
        let accesses = try vault.accesses(of: "p1")
        #expect(accesses.map(\.by) == ["noor", "marie"])
        #expect(accesses.map(\.what) == ["export", "show"])
    }

    @Test("a text that is not of its form is refused")
    func forms() throws {
        let folder = try TemporaryFolder()
        let vault = try Vault(home: folder.path, environment: [:])
        var wrong: [Vault.Person] = []
        var person = Vault.Person(id: "p1")
        person.notes = String(repeating: "x", count: Vault.longestText + 1)
        wrong.append(person)
        person.notes = "a\nb"
        wrong.append(person)
        person.notes = ""
        person.born = 87
        wrong.append(person)
        for person in wrong {
            #expect(throws: VaultError.self) {
                try vault.add(person, residence: "home", room: nil, from: "2026-01-02")
            }
        }
        #expect(try vault.people().isEmpty)
    }
}
