import Foundation
import Testing

@testable import Hub

/// A real mosquitto on a free loopback port, with files of its own, for one test.
final class TestBroker {
    let folder: TemporaryFolder
    let port: UInt16
    private var child: ChildProcess?

    /// Whether mosquitto is installed; without it these tests are skipped.
    static let isInstalled = ManagedBroker.find("mosquitto") != nil

    /// Starts a broker that tells all its doings; `lines` are added to its configuration.
    init(anonymous: Bool = true, _ lines: [String] = []) throws {
        folder = try TemporaryFolder()
        port = try Loopback.freePort()
        let configuration =
            [
                "listener \(port) 127.0.0.1", "allow_anonymous \(anonymous)", "persistence true",
                "persistence_location \(folder.path)/", "autosave_interval 3600",
                "max_inflight_messages 2000", "max_queued_messages 1000000",
                "set_tcp_nodelay true", "user \(NSUserName())",
                "log_dest file \(folder.path)/broker.log", "log_type all",
            ] + lines
        try configuration.joined(separator: "\n").write(
            toFile: folder.file("test.conf"), atomically: true, encoding: .utf8)
        try start()
    }

    func start() throws {
        let program = try #require(ManagedBroker.find("mosquitto"))
        child = try ChildProcess(program, ["-c", folder.file("test.conf")])
        try #require(
            wait {
                (try? Reachability.require(host: "127.0.0.1", port: port, milliseconds: 200)) != nil
            }, "mosquitto did not start: \(log)")
    }

    /// What it wrote about its doings.
    var log: String {
        (try? String(contentsOfFile: folder.file("broker.log"), encoding: .utf8)) ?? ""
    }

    /// How often it noted something.
    func count(_ text: String) -> Int { log.components(separatedBy: text).count - 1 }

    /// Ends it in good order: it writes its state down.
    func stop() { child?.end(SIGTERM) }
    /// Ends it at once.
    func crash() { child?.end(SIGKILL) }
    /// Sends it a signal: SIGSTOP and SIGCONT, as a broker that hangs.
    func signal(_ number: Int32) { if let child { kill(child.process, number) } }

    /// How the hub would connect.
    func settings(_ clientID: String = "hub", _ filters: [String] = ["#"]) -> SessionSettings {
        SessionSettings(host: "127.0.0.1", port: port, clientID: clientID, subscriptions: filters)
    }

    /// Publishes with quality of service 1 and waits until the broker has taken all.
    func publish(_ messages: [(topic: String, payload: String)], retain: Bool = false) throws {
        var settings = settings("publisher", [])
        settings.sessionExpiry = 0
        let session = try BrokerSession(settings)
        try session.waitForAnswer()
        var next = 0
        var answered = 0
        var batch: [InboundMessage] = []
        let isDone = try wait(seconds: 60) {
            while next < messages.count, next - answered < 500 {
                _ = try session.publish(
                    topic: messages[next].topic, payload: Array(messages[next].payload.utf8),
                    retain: retain)
                next += 1
            }
            try session.release()
            session.waitReadable(milliseconds: 10)
            try session.read(into: &batch, limit: 1000)
            answered += session.published.count
            session.published = []
            return answered == messages.count
        }
        try #require(isDone, "the broker took \(answered) of \(messages.count)")
        session.disconnect()
    }
}

extension BrokerSession {
    /// A session that is connected.
    static func connected(
        _ settings: SessionSettings, protocolVersion: Int32 = 5
    ) throws -> BrokerSession {
        let session = try BrokerSession(settings, protocolVersion: protocolVersion)
        try session.waitForAnswer()
        return session
    }

    /// Sends the subscriptions and waits until the broker has granted them: what is published after that is for this
    /// session. The broker answers in order, so the answer to a publication comes after those to subscriptions.
    func settle() throws {
        var batch: [InboundMessage] = []
        _ = try publish(topic: "settle", payload: [], retain: false)
        let isDone = try wait {
            try release()
            waitReadable(milliseconds: 10)
            try read(into: &batch, limit: 10_000)
            return !published.isEmpty
        }
        try #require(isDone)
        published = []
        #expect(batch.isEmpty)
    }

    /// Reads until so many messages are there, or the limit is over. Releases nothing.
    func collect(_ count: Int, seconds: Double = 10) throws -> [InboundMessage] {
        var batch: [InboundMessage] = []
        try wait(seconds: seconds) {
            waitReadable(milliseconds: 10)
            try read(into: &batch, limit: 100_000)
            return batch.count >= count
        }
        return batch
    }
}
