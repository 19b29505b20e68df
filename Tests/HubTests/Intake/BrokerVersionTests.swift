import Foundation
import Logging
import Rules
import Testing

@testable import Hub

@Suite("A broker that is old, silent or none")
struct BrokerVersionTests {
    /// CONNACK of MQTT 3.1.1: accepted, no session.
    private static let accepted: [UInt8] = [0x20, 2, 0, 0]
    /// CONNACK of MQTT 3.1.1: the version is not supported (3.1.1, 3.2.2.3).
    private static let oldRefusal: [UInt8] = [0x20, 2, 0, 1]
    /// CONNACK of MQTT 5 with reason 0x84, no properties.
    private static let newRefusal: [UInt8] = [0x20, 3, 0, 0x84, 0]

    private func connection(_ settings: SessionSettings) -> BrokerConnection {
        BrokerConnection(session: settings, statusTopic: "foyer/hub/status", log: quiet)
    }

    private var quiet: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }

    /// Turns a connection as the loop does, with a clock that runs a second a turn.
    private func turn(_ connection: inout BrokerConnection, until isDone: () -> Bool) -> Bool {
        var now = Instant(milliseconds: 1_700_000_000_000)
        var batch: [InboundMessage] = []
        return wait(seconds: 10) {
            connection.keepAlive(now)
            if let socket = connection.socket {
                var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                poll(&entry, 1, 20)
            }
            connection.read(into: &batch, limit: 10)
            _ = connection.takeAnswer()
            connection.release()
            now = now + .seconds(1)
            return isDone() || connection.isConnected
        }
    }

    @Test("both ways of refusing MQTT 5 lead to 3.1.1", arguments: [oldRefusal, newRefusal])
    func fallsBack(refusal: [UInt8]) throws {
        let broker = try ScriptedBroker { connect in
            ScriptedBroker.version(connect) == 5 ? .bytes(refusal) : .bytes(Self.accepted)
        }
        defer { broker.stop() }
        let session = try BrokerSession(broker.settings())
        #expect(throws: BrokerError.versionRefused(5)) { try session.waitForAnswer() }

        var connection = connection(broker.settings())
        #expect(turn(&connection, until: { false }))
        #expect(broker.connects.last.flatMap(ScriptedBroker.version) == 4)
    }

    @Test("a broker that closes on MQTT 5 without a word is asked for 3.1.1 after some tries")
    func closesSilently() throws {
        let broker = try ScriptedBroker { connect in
            ScriptedBroker.version(connect) == 5 ? .close : .bytes(Self.accepted)
        }
        defer { broker.stop() }
        var connection = connection(broker.settings())
        #expect(turn(&connection, until: { false }))
        #expect(broker.connects.compactMap(ScriptedBroker.version) == [5, 5, 5, 4])
    }

    @Test("a refused password does not lead to 3.1.1")
    func passwordIsNoVersion() throws {
        let broker = try ScriptedBroker { _ in .bytes([0x20, 3, 0, 0x86, 0]) }
        defer { broker.stop() }
        var connection = connection(broker.settings())
        _ = turn(&connection, until: { broker.connects.count >= 6 })
        #expect(broker.connects.count >= 6)
        #expect(broker.connects.allSatisfy { ScriptedBroker.version($0) == 5 })
    }

    @Test("something that accepts the connection and says nothing is given up after the limit")
    func silence() throws {
        let broker = try ScriptedBroker { _ in .silence }
        defer { broker.stop() }
        var settings = broker.settings()
        settings.answerLimit = 200
        let session = try BrokerSession(settings)
        try session.release()
        var failure: BrokerError?
        _ = wait(seconds: 5) {
            do throws(BrokerError) { try session.misc() } catch { failure = error }
            return failure != nil
        }
        #expect(failure == .unanswered(version: 5, reason: "no answer within 200 ms"))
        #expect(failure?.description.contains("is it an MQTT broker") == true)
    }

    @Test(
        "bytes that are no MQTT end the connection, never the hub",
        arguments: [
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            [0x20, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x20, 0x7f, 0, 0],
            [0x30, 5, 0, 3, 0x61, 0, 0x62],
            [UInt8](repeating: 0, count: 300),
            [UInt8](repeating: 0xff, count: 300),
        ] as [[UInt8]])
    func garbage(bytes: [UInt8]) throws {
        let broker = try ScriptedBroker { _ in .bytes(bytes) }
        defer { broker.stop() }
        var settings = broker.settings()
        settings.answerLimit = 200
        let session = try BrokerSession(settings)
        #expect(throws: BrokerError.self) { try session.waitForAnswer(milliseconds: 500) }
        session.abandon()
    }

    @Test(
        "a broker that sends a topic which is not UTF-8 loses the connection",
        arguments: [[0x61, 0xff], [0xc3], [0x61, 0x00]] as [[UInt8]])
    func invalidTopic(topic: [UInt8]) throws {
        let publish =
            [0x32, UInt8(topic.count + 6), 0, UInt8(topic.count)] + topic + [0, 1, 0, 0x78]
        let broker = try ScriptedBroker { _ in .bytes([0x20, 3, 0, 0, 0] + publish) }
        defer { broker.stop() }
        let session = try BrokerSession(broker.settings())
        try session.waitForAnswer()
        var batch: [InboundMessage] = []
        var failure: BrokerError?
        _ = wait(seconds: 5) {
            do throws(BrokerError) {
                session.waitReadable(milliseconds: 10)
                try session.read(into: &batch, limit: 10)
            } catch { failure = error }
            return failure != nil
        }
        #expect(failure != nil)
        #expect(batch.isEmpty)
    }
}
