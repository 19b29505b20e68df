import Foundation
import Testing

@testable import Hub

@Suite("A broker session in trouble", .enabled(if: TestBroker.isInstalled))
struct BrokerFaultTests {
    /// Turns a session until it fails, without ever waiting for long.
    private func failure(
        of session: BrokerSession, into batch: inout [InboundMessage], releasing: Bool = true
    ) -> BrokerError? {
        var failure: BrokerError?
        _ = wait(seconds: 5) {
            do throws(BrokerError) {
                session.waitReadable(milliseconds: 10)
                try session.read(into: &batch, limit: batch.count + 100)
                if releasing { try session.release() }
                try session.misc()
                return false
            } catch {
                failure = error
                return true
            }
        }
        return failure
    }

    @Test("a broker that is killed is noticed at once")
    func killedIsNoticed() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings())
        try session.settle()
        broker.crash()
        var batch: [InboundMessage] = []
        let error = failure(of: session, into: &batch)
        guard case .lost = error else {
            Issue.record("the session says \(String(describing: error))")
            return
        }
    }

    @Test("what a killed broker had sent is read, though acknowledgements can no longer leave")
    func lastWords() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings())
        try session.settle()
        try broker.publish((0..<1000).map { ("a", "\($0)") })
        // Some are read, so that acknowledgements wait; the rest is in the socket when the broker dies.
        var batch: [InboundMessage] = []
        session.waitReadable(milliseconds: 1000)
        try session.read(into: &batch, limit: 10)
        #expect(batch.count == 10)
        broker.crash()
        try session.release()
        #expect(failure(of: session, into: &batch) != nil)
        // How much of the thousand the kernel had carried over when the broker died is TCP's affair.
        #expect(batch.count > 10)
        #expect(
            batch.map { String(decoding: $0.payload, as: UTF8.self) }
                == (0..<batch.count).map { "\($0)" })
    }

    @Test("a wrong password is told as that, and not taken for an old protocol")
    func wrongPassword() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file("accounts")))
        let broker = try TestBroker(
            anonymous: false, ["password_file \(folder.file("accounts"))"])
        var settings = broker.settings()
        settings.username = "hub"
        settings.password = "wrong"
        for version in [Int32(5), 4] {
            let session = try BrokerSession(settings, protocolVersion: version)
            let error = #expect(throws: BrokerError.self) { try session.waitForAnswer() }
            guard case .denied("hub", _) = error else {
                Issue.record("MQTT \(version): \(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("check user and password") == true)
        }
    }

    @Test("a subscription that the broker's access list denies is told")
    func deniedSubscription() throws {
        let folder = try TemporaryFolder()
        try "topic read allowed/#\n".write(
            toFile: folder.file("rights"), atomically: true, encoding: .utf8)
        let broker = try TestBroker(["acl_file \(folder.file("rights"))"])
        let session = try BrokerSession.connected(
            broker.settings("hub", ["$share/x/#", "bad/#/x"]))
        try session.release()
        var batch: [InboundMessage] = []
        try wait(seconds: 5) {
            session.waitReadable(milliseconds: 10)
            try session.read(into: &batch, limit: 10)
            return !session.refusedSubscriptions.isEmpty
        }
        #expect(session.refusedSubscriptions.contains { $0.contains("bad/#/x") })
    }

    @Test("a publication that the broker refuses is told with its packet id")
    func deniedPublication() throws {
        let folder = try TemporaryFolder()
        try "topic read #\n".write(
            toFile: folder.file("rights"), atomically: true, encoding: .utf8)
        let broker = try TestBroker(["acl_file \(folder.file("rights"))"])
        let session = try BrokerSession.connected(broker.settings("hub", []))
        let packet = try session.publish(topic: "a", payload: [1], retain: false)
        try session.release()
        var batch: [InboundMessage] = []
        try wait(seconds: 5) {
            session.waitReadable(milliseconds: 10)
            try session.read(into: &batch, limit: 10)
            return !session.published.isEmpty
        }
        #expect(session.published == [packet])
        #expect(session.refused.map(\.packet) == [packet])
    }

    @Test("a closed port, and a name that is none, are told with their address")
    func unreachable() throws {
        let port = try Loopback.freePort()
        var settings = SessionSettings(
            host: "127.0.0.1", port: port, clientID: "hub", subscriptions: [])
        let refused = #expect(throws: BrokerError.self) { try BrokerSession(settings) }
        #expect(refused?.description.contains("127.0.0.1:\(port)") == true)
        #expect(refused?.description.contains("Connection refused") == true)
        settings.host = "no-such-host.invalid"
        let unknown = #expect(throws: BrokerError.self) { try BrokerSession(settings) }
        #expect(unknown?.description.contains("no-such-host.invalid:\(port)") == true)
    }

    @Test("a topic that cannot be is refused before it is sent")
    func badTopic() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings("hub", []))
        for topic in ["", "a/+/b", "a/#", String(repeating: "x", count: 70_000)] {
            #expect(throws: BrokerError.self) {
                _ = try session.publish(topic: topic, payload: [1], retain: false)
            }
        }
        #expect(!session.wantsWrite)
    }
}
