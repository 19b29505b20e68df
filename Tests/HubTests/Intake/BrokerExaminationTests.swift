import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Doctor", .serialized, .enabled(if: TestBroker.isInstalled))
struct BrokerExaminationTests {
    private func examine(_ broker: TestBroker) -> [String: Finding] {
        var settings = broker.settings()
        settings.receiveMaximum = 1000
        let findings = BrokerExamination(settings: settings, mark: "test").run()
        return Dictionary(
            findings.map { ($0.subject, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("a broker with room for the hub's messages has no faults")
    func strong() throws {
        let broker = try TestBroker()
        let found = examine(broker)
        for subject in ["protocol", "session", "queue", "in flight", "retained"] {
            #expect(found[subject]?.level == .ok, "\(found[subject] as Any)")
        }
        #expect(found["accounts"]?.level == .warning)
        #expect(found["broker"]?.text.contains("mosquitto") == true)
        #expect(found["persistence"]?.level == .note)
    }

    @Test(
        "a broker that keeps 1,000 messages, as mosquitto does by default, loses some: that is found"
    )
    func weak() throws {
        let broker = try TestBroker(["max_queued_messages 1000"])
        let found = examine(broker)
        #expect(found["queue"]?.level == .error)
        #expect(found["queue"]?.text.contains("max_queued_messages") == true)
    }

    @Test("a broker that sends few messages together is weak, but loses nothing")
    func inFlight() throws {
        let settings = SessionSettings(host: "x", port: 1, clientID: "x", subscriptions: [])
        let findings = BrokerExamination(settings: settings, mark: "test")
            .judge(left: 1500, together: 20, refused: 0)
        let found = try #require(findings.first { $0.subject == "in flight" })
        #expect(found.level == .warning)
        #expect(found.text.contains("max_inflight_messages"))
    }

    @Test("a broker without retained messages, or that refuses us, is found out")
    func refusing() throws {
        let silent = try TestBroker(["retain_available false"])
        #expect(examine(silent).values.contains { $0.level == .error })
        let closed = try TestBroker(anonymous: false)
        let found = examine(closed)
        #expect(found["broker"]?.level == .error)
        #expect(found["broker"]?.text.contains("refuses a client without a user") == true)
    }

    @Test("it leaves nothing behind at the broker")
    func clean() throws {
        let broker = try TestBroker()
        _ = examine(broker)
        let session = try BrokerSession.connected(broker.settings("looker", ["foyer/doctor/#"]))
        try session.settle()
        session.disconnect()
        #expect(!broker.log.contains("Client foyer-doctor-test-keeper has expired"))
    }
}

@Suite("Doctor, at home")
struct HomeExaminationTests {
    private let now = ProfileRig.noon

    @Test("a clock behind the journal, or of another age, is an error")
    func clock() throws {
        let folder = try TemporaryFolder()
        let home = HomeExamination(folder: folder.path, now: now)
        #expect(home.clock(now + .seconds(1)).level == .error)
        #expect(home.clock(now).level != .error)
        let old = HomeExamination(folder: folder.path, now: Instant(milliseconds: 86_400_000))
        #expect(old.clock(nil).level == .error)
    }

    @Test("a password that others may read is told, with what to do")
    func modes() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("broker.password")
        try "secret".write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o644)
        let home = HomeExamination(folder: folder.path, now: now)
        #expect(home.modes().map(\.level) == [.warning])
        #expect(home.modes()[0].text.contains("chmod 600 \(path)"))
        chmod(path, 0o600)
        #expect(home.modes().map(\.level) == [.ok])
    }

    @Test("the disk's room is told; a folder that is not there is an error")
    func room() {
        #expect(HomeExamination(folder: "/", now: now).room().text.contains("MiB free"))
        #expect(HomeExamination(folder: "/nowhere", now: now).room().level == .error)
    }
}
