import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Accounts")
struct AccountsTests {
    private let folder: TemporaryFolder
    private let accounts: Accounts
    private let now = Instant(milliseconds: 1_790_000_000_000)

    init() throws {
        folder = try TemporaryFolder()
        accounts = try Accounts(path: folder.file("people.sqlite"), cost: .least)
        try accounts.add("marie", password: "correct horse", at: now)
    }

    private func signIn(_ password: String, at moment: Instant) throws -> Accounts.SignIn {
        try accounts.signIn("marie", password: password, lasting: .hours(1), at: moment)
    }

    @Test("a session is there until its time is over, or somebody signs out")
    func sessions() throws {
        guard case .signedIn(let token) = try signIn("correct horse", at: now) else {
            Issue.record("not signed in")
            return
        }
        #expect(try accounts.session(token, at: now + .minutes(59))?.id == "marie")
        #expect(try accounts.session(token, at: now + .minutes(60)) == nil)
        #expect(try accounts.session(token + "0", at: now) == nil)
        try accounts.signOut(token)
        #expect(try accounts.session(token, at: now) == nil)
    }

    @Test(
        "five wrong passwords lock the account, longer each time; the right one does not help meanwhile"
    )
    func lock() throws {
        for _ in 0..<4 { #expect(try signIn("wrong", at: now) == .refused) }
        #expect(try signIn("wrong", at: now) == .locked(until: now + .seconds(30)))
        #expect(
            try signIn("correct horse", at: now + .seconds(29))
                == .locked(until: now + .seconds(30)))
        let later = now + .seconds(31)
        #expect(try signIn("wrong", at: later) == .locked(until: later + .seconds(60)))
        guard case .signedIn = try signIn("correct horse", at: later + .seconds(61)) else {
            Issue.record("locked for ever")
            return
        }
        #expect(try signIn("wrong", at: later + .seconds(62)) == .refused, "it counts anew")
    }

    @Test("a name that there is not is refused like a wrong password, and never locked")
    func unknown() throws {
        for _ in 0..<8 {
            #expect(
                try accounts.signIn("nobody", password: "x", lasting: .hours(1), at: now)
                    == .refused)
        }
    }

    @Test("a new password and a disabled account end every session")
    func revocation() throws {
        guard case .signedIn(let token) = try signIn("correct horse", at: now) else { return }
        try accounts.setPassword("marie", "battery staple")
        #expect(try accounts.session(token, at: now) == nil)
        #expect(try signIn("correct horse", at: now) == .refused)
        guard case .signedIn(let second) = try signIn("battery staple", at: now) else { return }
        try accounts.setDisabled("marie", true)
        #expect(try accounts.session(second, at: now) == nil)
        #expect(try signIn("battery staple", at: now) == .refused)
    }

    @Test("neither password nor token lies in the file, which is its owner's only")
    func secrets() throws {
        guard case .signedIn(let token) = try signIn("correct horse", at: now) else { return }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("people.sqlite")))
        #expect(bytes.range(of: Data("correct horse".utf8)) == nil)
        #expect(bytes.range(of: Data(token.utf8)) == nil)
        let mode =
            try FileManager.default.attributesOfItem(
                atPath: folder.file("people.sqlite"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("passwords are short or long within limits, and names are names")
    func limits() {
        #expect(throws: PeopleError.password(least: 8, most: 1024)) {
            try accounts.add("paul", password: "short", at: now)
        }
        #expect(throws: PeopleError.exists("marie")) {
            try accounts.add("marie", password: "long enough", at: now)
        }
        #expect(throws: PeopleError.self) {
            try accounts.add("a b/../c", password: "long enough", at: now)
        }
        #expect(throws: PeopleError.unknown("paul")) { try accounts.remove("paul") }
    }

    @Test("a look is noted once a minute, with who, what and where")
    func looks() throws {
        for second in [0, 30, 61] as [Int64] {
            try accounts.record(
                Accounts.Access(
                    at: now + .seconds(second), by: "marie", residence: "home", what: "/"))
        }
        #expect(try accounts.accessLog().map(\.at) == [now + .seconds(61), now])
        #expect(try accounts.accessLog(residence: "other").isEmpty)
    }
}
