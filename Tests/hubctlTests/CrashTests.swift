import Foundation
import Rules
import Testing

@testable import Hub

extension RealHub {
    @Suite("Acknowledged means stored", .serialized)
    struct CrashTests {
        /// 100 or more by hand: FOYER_CRASHES=100 ./test --filter CrashTests.
        static let crashes = environment("FOYER_CRASHES", 25)

        @Test(
            "the hub killed at random instructions under load: no event missing, none twice, and so its alerts"
        )
        func hubKilled() throws {
            let hub = try HubProcess()
            defer { hub.end() }
            try hub.startAndSettle()
            let load = Load(try hub.account("devices"), pause: 100)
            for _ in 0..<Self.crashes {
                usleep(UInt32.random(in: 20_000...450_000))
                hub.kill()
                try hub.start()
            }
            let total = try load.stop()
            try wait(600, "the last of \(total) messages; \(hub.condition)") {
                try hub.count() >= total
            }
            try hub.checkWhole(total)
            try hub.checkAlerts(total)
            #expect(
                load.repeated.isEmpty, "the broker was not killed, and no publication is repeated")
            print("\(Self.crashes) kills of the hub over \(total) messages: all stored once")
        }

        @Test(
            "a start is reported: from when the hub was away, and what the broker had kept for it")
        func startReport() throws {
            let hub = try HubProcess()
            defer { hub.end() }
            try hub.startAndSettle()
            try wait(20, hub.condition) { hub.status?.start.isComplete == true }
            #expect(hub.status?.start.downFrom == nil)
            hub.kill()
            let killed = Clock.system.now()
            let total = try Load(try hub.account("devices"), count: 250).finish()
            try hub.start()
            try wait(30, hub.condition) { hub.status?.start.isComplete == true }
            let report = try #require(hub.status?.start)
            #expect(report.recovered == total)
            let from = try #require(report.downFrom)
            #expect(abs(from - killed.milliseconds) < 15_000)
            #expect(report.started >= killed.milliseconds)
        }

        /// What is promised here: a message that the publisher has PUBACK for is stored, once. Where the broker died
        /// before its PUBACK arrived the publisher has to publish again, as MQTT says, and then both may count.
        @Test(
            "the broker killed under load: nothing that it had acknowledged is missing, nothing twice"
        )
        func brokerKilled() throws {
            let hub = try HubProcess()
            defer { hub.end() }
            try hub.startAndSettle()
            // Before its first snapshot the broker would forget even that there is a hub.
            let snapshot = hub.folder + "/broker/broker.db"
            try wait(20, "the broker's snapshot") {
                FileManager.default.fileExists(atPath: snapshot)
            }
            let load = Load(try hub.account("devices"), pause: 100)
            let deaths = max(5, Self.crashes / 8)
            for _ in 0..<deaths {
                usleep(UInt32.random(in: 200_000...1_500_000))
                try wait(120, "the hub's connection; \(hub.condition)") {
                    hub.status?.state == "online"
                }
                hub.killBroker()
                try wait(120, "another broker; \(hub.condition)") { hub.broker != nil }
            }
            let total = try load.stop()
            let repeated = load.repeated
            var counts: [String: Int] = [:]
            try wait(600, "the last of \(total) messages; \(hub.condition)") {
                guard try hub.count() >= total else { return false }
                counts = try hub.valueCounts()
                return counts["s\(total - 1)"] != nil
            }
            let missing = (0..<total).filter { counts["s\($0)"] == nil }
            #expect(missing.isEmpty, "\(missing.count) of \(total) missing")
            let doubled = (0..<total).filter {
                counts["s\($0)"] ?? 0 > 1 + (repeated["s\($0)"] ?? 0)
            }
            #expect(doubled.isEmpty, "\(doubled.count) stored more often than published")
            try hub.checkAlerts(counts.values.reduce(0, +))
            print(
                "\(deaths) kills of the broker over \(total) messages, \(repeated.count) published again: none missing"
            )
        }
    }
}

extension HubProcess {
    /// How often each value is stored.
    func valueCounts() throws -> [String: Int] {
        guard let reader else { return [:] }
        let events = try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
        return Dictionary(events.map { ($0.value.plainText, 1) }, uniquingKeysWith: +)
    }
}
