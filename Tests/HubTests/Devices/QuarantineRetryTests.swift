import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The quarantine, read again", .serialized, .enabled(if: TestBroker.isInstalled))
struct QuarantineRetryTests {
    private static func profile(_ map: String) -> String {
        """
        profile: 1
        id: bell
        title: {en: Bell, fr: Sonnette}
        messages:
          - topic: "home/{name}"
            readings:
              - {capability: contact.open, from: "", map: {\(map)}}
        """
    }

    private static let devices = """
        version: 1
        devices:
          - {name: bell, residence: home, room: hall, profile: bell, topic: home/bell}
          - {name: button, residence: home, room: hall, profile: json-button, topic: home/button}
        """

    private static func voice(at pointer: String) -> String {
        profile("").replacingOccurrences(
            of: "capability: contact.open, from: \"\", map: {}",
            with: "capability: usage.voice, from: \(pointer)")
    }

    @Test(
        "what means nothing once the profile is mended leaves the quarantine, and what still cannot be read stays"
    )
    func mended() async throws {
        let broker = try TestBroker()
        let hub = try RunningHub(
            broker: ["url: mqtt://127.0.0.1:\(broker.port)"],
            files: [
                "devices.yaml": Self.devices, "profiles/bell.yaml": Self.voice(at: "/log"),
            ])
        try hub.start(on: broker)
        let long = "{\"log\":\"" + String(repeating: "x", count: 300) + "\"}"
        try broker.publish([
            ("home/button", "{\"press\":"), ("home/bell", long), ("home/bell", long),
        ])
        #expect(wait { hub.status?.quarantined == 3 })
        try await hub.stop()
        let before = try hub.reader.quarantine()
        #expect(before.map(\.topic) == ["home/bell", "home/bell", "home/button"])
        let faults = try hub.reader.deviceFaults()
        #expect(
            faults.map { "\($0.device) \($0.code) \($0.count)" }.sorted() == [
                "home/bell text-too-long 2", "home/button not-json 1",
            ])

        try hub.write("profiles/bell.yaml", Self.voice(at: "/said"))
        try await retry(hub, broker, expect: (looked: 3, released: 2, readings: 0))
        #expect(try hub.reader.quarantine().map(\.topic) == ["home/button"])
        #expect(try hub.events().isEmpty)
    }

    @Test(
        "once the profile is mended its readings are stored as late, at the time when they came, and leave the quarantine"
    )
    func late() async throws {
        let broker = try TestBroker()
        let hub = try RunningHub(
            broker: ["url: mqtt://127.0.0.1:\(broker.port)"],
            files: [
                "devices.yaml": Self.devices,
                // A press without words for it: every word is unknown, and so nothing can be read.
                "profiles/bell.yaml": Self.profile("closed: false").replacingOccurrences(
                    of: "capability: contact.open, from: \"\", map: {closed: false}",
                    with: "capability: button.press, from: \"\", map: {ring: single}"),
            ])
        try hub.start(on: broker)
        try broker.publish([("home/bell", "ding"), ("home/bell", "dong"), ("home/bell", "ring")])
        #expect(wait { hub.status?.messages == 3 })
        try await hub.stop()
        let kept = try hub.reader.quarantine().reversed().map(\.received)
        #expect(kept.count == 2)
        #expect(try hub.events().map(\.text) == ["home/bell button.press=single"])

        try hub.write(
            "profiles/bell.yaml",
            Self.profile("closed: false").replacingOccurrences(
                of: "capability: contact.open, from: \"\", map: {closed: false}",
                with: "capability: button.press, from: \"\", map: {ring: single, ding: double}"))
        try await retry(hub, broker, expect: (looked: 2, released: 1, readings: 1))
        let events = try hub.events()
        #expect(
            events.map(\.text) == [
                "home/bell button.press=single", "home/bell button.press=double(late)",
            ])
        #expect(events.last?.event.effective == kept.first)
        #expect(try hub.reader.quarantine().map(\.payload) == [Array("dong".utf8)])
        #expect(try hub.reader.counters()["quarantine_released"] == 1)
        for result in try hub.reader.verify() { #expect(result.holds, "\(result)") }
    }

    /// Starts the hub, asks it to read all again, and stops it.
    private func retry(
        _ hub: RunningHub, _ broker: TestBroker,
        expect: (looked: Int, released: Int, readings: Int)
    ) async throws {
        try hub.start(on: broker)
        guard case .retried(let result) = try hub.control.send(.retryQuarantine(after: 0)) else {
            throw CancellationError()
        }
        #expect(result.looked == expect.looked)
        #expect(result.released == expect.released)
        #expect(result.readings == expect.readings)
        #expect(!result.more)
        try await hub.stop()
    }

    @Test("a round has a limit, and the next goes on where it ended")
    func rounds() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("j.sqlite"))
        let directory = try ProfileRig.readings("{capability: contact.open, from: /open}").decoder
            .directory
        let most = IntakeBatch.maximumRetried.messages
        func round(after: Int64) throws -> QuarantineRetry {
            try journal.commit { writer in
                var batch = IntakeBatch(
                    engine: Engine(plan: Plan()), repeats: RepeatFilter(directory),
                    redelivery: RedeliveryFilter(), decoder: DeviceDecoder(directory),
                    settings: IntakeLoopSettings(
                        session: SessionSettings(
                            host: "", port: 1, clientID: "x", subscriptions: []), plan: Plan(),
                        home: Home(), directory: directory, configuration: "",
                        configurationBody: ""), now: ProfileRig.noon)
                return try batch.retryQuarantine(after: after, &writer)
            }
        }
        try journal.commit { writer in
            for number in 0..<(most + 10) {
                let payload = number % 2 == 0 ? "{\"open\":true}" : "{\"open\":"
                try writer.quarantine(
                    topic: Array("home/door".utf8), payload: Array(payload.utf8), retained: false,
                    reason: "test", received: ProfileRig.noon - .hours(1))
            }
            try writer.quarantine(
                topic: Array("home/door".utf8),
                payload: [UInt8](repeating: 0x20, count: JournalWriter.maximumQuarantined + 1),
                retained: false, reason: "too large", received: ProfileRig.noon - .hours(1))
        }
        let first = try round(after: 0)
        #expect(first.looked == most)
        #expect(first.more)
        let second = try round(after: first.last)
        #expect(second.looked == 11)
        #expect(!second.more)
        #expect(first.released + second.released == (most + 10) / 2)
        try journal.close()
    }
}
