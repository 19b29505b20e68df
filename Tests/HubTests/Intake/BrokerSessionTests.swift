import Foundation
import Testing

@testable import Hub

@Suite("A broker session against a real mosquitto", .enabled(if: TestBroker.isInstalled))
struct BrokerSessionTests {
    private func text(_ messages: [InboundMessage]) -> [String] {
        messages.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    @Test("what was read and not released comes again, with DUP and the same packet id")
    func unreleasedComesAgain() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings())
        #expect(session.state == .connected(sessionPresent: false))
        try session.settle()
        try broker.publish([("door/a", "open"), ("door/b", "closed")])
        let first = try session.collect(2)
        #expect(first.map(\.topic) == ["door/a", "door/b"])
        #expect(text(first) == ["open", "closed"])
        #expect(first.allSatisfy { $0.duplicate == nil && $0.qualityOfService == 1 })
        session.abandon()

        let again = try BrokerSession.connected(broker.settings())
        #expect(again.state == .connected(sessionPresent: true))
        let second = try again.collect(2)
        #expect(second.map(\.packetID) == first.map(\.packetID))
        #expect(text(second) == text(first))
        #expect(second.map(\.duplicate) == [true, true])
        #expect(broker.count("Received PUBACK from hub") == 0)
    }

    @Test("what was released does not come again, and a new message is not marked as a duplicate")
    func releasedStaysAway() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings())
        try session.settle()
        try broker.publish([("a", "1"), ("a", "2")])
        #expect(try session.collect(2).count == 2)
        try session.release()
        #expect(wait { broker.count("Received PUBACK from hub") == 2 })
        session.abandon()

        try broker.publish([("a", "3")])
        let after = try BrokerSession.connected(broker.settings()).collect(1)
        #expect(text(after) == ["3"])
        #expect(after.map(\.duplicate) == [false])
    }

    @Test("retained messages come once with the subscription, not with every connection")
    func retainedOnce() throws {
        let broker = try TestBroker()
        try broker.publish([("state/door", "open")], retain: true)
        let session = try BrokerSession.connected(broker.settings())
        try session.release()
        #expect(try session.collect(1).map(\.retained) == [true])
        session.disconnect()

        let again = try BrokerSession.connected(broker.settings())
        try again.release()
        try broker.publish([("state/door", "closed")], retain: true)
        let after = try again.collect(1)
        #expect(text(after) == ["closed"])
        #expect(after.map(\.retained) == [false])
    }

    @Test("the last will is published when the hub is gone without a word, and only then")
    func lastWill() throws {
        let broker = try TestBroker()
        let observer = try BrokerSession.connected(broker.settings("observer", ["foyer/#"]))
        try observer.settle()
        var settings = broker.settings("hub", [])
        settings.will = .init(topic: "foyer/status", payload: Array("offline".utf8))
        try BrokerSession.connected(settings).disconnect()
        #expect(wait { broker.count("Received DISCONNECT from hub") == 1 })
        try BrokerSession.connected(settings).abandon()
        #expect(text(try observer.collect(1)) == ["offline"])
        #expect(broker.count("Sending PUBLISH to observer") == 1)
    }

    @Test("a backlog of 50,000 is read in order, in batches that stay within their limit")
    func backlog() throws {
        let broker = try TestBroker()
        var settings = broker.settings()
        settings.receiveMaximum = 500
        let first = try BrokerSession.connected(settings)
        try first.settle()
        first.disconnect()
        try broker.publish((0..<50_000).map { ("sensor/\($0 % 50)", "\($0)") })

        let session = try BrokerSession.connected(settings)
        var count = 0
        var largest = 0
        var isInOrder = true
        var batch: [InboundMessage] = []
        try wait(seconds: 60) {
            session.waitReadable(milliseconds: 100)
            batch.removeAll(keepingCapacity: true)
            try session.read(into: &batch, limit: 500)
            largest = max(largest, batch.count)
            for message in batch {
                isInOrder = isInOrder && message.payload == Array("\(count)".utf8)
                count += 1
            }
            try session.release()
            return count >= 50_000
        }
        #expect(count == 50_000 && isInOrder)
        #expect(largest <= 500 && largest > 50)
        session.disconnect()
        // A broker that has not yet read the last acknowledgements would rightly deliver those again.
        #expect(wait { broker.count("Received DISCONNECT from hub") == 2 })
        #expect(try BrokerSession.connected(settings).collect(1, seconds: 0.3).isEmpty)
    }

    @Test("a batch is full when it holds the configured bytes, and nothing is lost by that")
    func batchBytes() throws {
        let broker = try TestBroker()
        var settings = broker.settings()
        settings.maximumBatchBytes = 100_000
        let session = try BrokerSession.connected(settings)
        try session.settle()
        let large = String(repeating: "x", count: 40_000)
        try broker.publish((0..<10).map { ("large/\($0)", large) })
        var sizes: [Int] = []
        try wait {
            var batch: [InboundMessage] = []
            session.waitReadable(milliseconds: 10)
            try session.read(into: &batch, limit: 1000)
            try session.release()
            if !batch.isEmpty { sizes.append(batch.count) }
            return sizes.reduce(0, +) == 10
        }
        #expect(sizes.reduce(0, +) == 10)
        #expect(sizes.allSatisfy { $0 <= 3 })
    }

    @Test("an MQTT 5 broker drops what is larger than we take, and its neighbours pass")
    func oversize() throws {
        let broker = try TestBroker()
        var settings = broker.settings()
        settings.maximumPacketSize = 2048
        let session = try BrokerSession.connected(settings)
        try session.settle()
        let large = String(repeating: "x", count: 4096)
        try broker.publish([("a", "before"), ("a", large), ("a", "after")])
        #expect(text(try session.collect(2)) == ["before", "after"])
    }

    @Test("a session outlives its broker, with its undelivered messages")
    func survivesRestart() throws {
        let broker = try TestBroker()
        let session = try BrokerSession.connected(broker.settings())
        try session.settle()
        session.disconnect()
        try broker.publish([("a", "1")])
        broker.stop()
        try broker.start()
        let again = try BrokerSession.connected(broker.settings())
        #expect(again.state == .connected(sessionPresent: true))
        #expect(text(try again.collect(1)) == ["1"])
    }

    @Test("MQTT 3.1.1 keeps its session as well, and shows duplicates")
    func version4() throws {
        let broker = try TestBroker()
        // One topic only: in MQTT 3.1.1 a client hears itself.
        let settings = broker.settings("hub", ["a"])
        let session = try BrokerSession.connected(settings, protocolVersion: 4)
        try session.settle()
        try broker.publish([("a", "1")])
        #expect(try session.collect(1).count == 1)
        session.abandon()
        let again = try BrokerSession.connected(settings, protocolVersion: 4)
        #expect(again.state == .connected(sessionPresent: true))
        #expect(try again.collect(1).map(\.duplicate) == [true])
    }
}
