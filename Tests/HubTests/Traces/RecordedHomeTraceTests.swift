import Foundation
import Rules
import Testing

@testable import Hub

/// The door of a recorded home, where closings were lost because the contact had died. The recording is no part of
/// this repository; it may lie beside it.
@Suite("Traces over a recorded home")
struct RecordedHomeTraceTests {
    private static let recording: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appendingPathComponent("shared/data/homeassist/dataset.csv").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// Channels of the recording: device, capability, and the value of a line.
    private static let channels: [String: (StreamKey, @Sendable (Double) -> Value)] = [
        "ContactS_E": (
            StreamKey(device: "r/front_door", capability: "contact.open"), { .boolean($0 == 1) }
        ),
        "ContactS_E.BatteryLevel": (
            StreamKey(device: "r/front_door", capability: "device.battery"), { .number($0) }
        ),
        "ContactS_E.CommFailure": (
            StreamKey(device: "r/front_door", capability: "device.online"), { .boolean($0 == 0) }
        ),
    ]

    private static let home = Home(
        residences: [
            Residence(
                id: "r", title: LocalizedText(english: "R", french: "R"), zone: "UTC", rooms: [],
                people: [])
        ],
        devices: [
            Device(
                id: "r/front_door", name: "front_door",
                title: LocalizedText(english: "d", french: "d"), residence: "r", room: nil,
                person: nil, kind: "door", labels: [], profile: "p",
                capabilities: [
                    DeviceCapability(capability: "contact.open", kind: .state),
                    DeviceCapability(capability: "device.battery", kind: .health),
                    DeviceCapability(capability: "device.online", kind: .health),
                ], silentAfter: .hours(24))
        ])

    private static func moment(_ text: Substring) throws -> Instant {
        let date = try Date(
            String(text.prefix(19)) + "Z", strategy: .iso8601)
        return Instant(
            milliseconds: Int64(date.timeIntervalSince1970) * 1000
                + (Int64(text.suffix(3)) ?? 0))
    }

    private static func episodes(
        silentAfter: TimeSpan?, _ path: String
    ) throws -> [Episode] {
        var home = Self.home
        home.devices[0].silentAfter = silentAfter
        if silentAfter == nil { home.devices[0].capabilities.removeLast() }
        let door = StreamSelector(kinds: ["door"], capability: "contact.open")
        let trace = TraceRule(
            id: "door-open", from: .reading(door, .oneOf([.boolean(true)])),
            until: [.event(.reading(door, .oneOf([.boolean(false)])))])
        var engine = Engine(
            plan: Planner.plan(RuleSet(traces: [trace]), home: home, zones: [:]))
        var streams: [StreamKey: StreamID] = [:]
        var steps: Steps = []
        var sequence: Int64 = 0
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: ";")
            guard let (key, value) = channels[String(fields[1])], let number = Double(fields[2])
            else { continue }
            let stream = streams[key] ?? StreamID(rawValue: Int32(streams.count + 1))
            if streams.updateValue(stream, forKey: key) == nil { engine.declare(stream, key) }
            sequence += 1
            let time = try moment(fields[0])
            engine.take(
                Event(
                    sequence: SequenceNumber(rawValue: sequence), stream: stream,
                    kind: key.capability == "contact.open" ? .state : .health,
                    value: value(number), received: time, effective: time, freshness: .live),
                into: &steps)
        }
        engine.advance(to: engine.now + .days(30), into: &steps)
        return engine.takeEpisodes().filter { $0.settled != nil }
    }

    @Test(
        "door-open episodes whose closing was lost are censored when the contact died",
        .enabled(if: recording != nil, "the recording lies beside a checkout, in shared/data"))
    func censored() throws {
        let path = try #require(Self.recording)
        let watched = try Self.episodes(silentAfter: .hours(24), path)
        let blind = try Self.episodes(silentAfter: nil, path)
        func longest(_ episodes: [Episode]) -> TimeSpan {
            episodes.compactMap { episode in episode.end.map { $0 - episode.start } }.max() ?? .zero
        }
        let whole = watched.filter { $0.censored == nil }
        let counts = Dictionary(grouping: watched.compactMap(\.censored)) { $0 }
            .mapValues(\.count)
        print(
            "recorded door: \(watched.count) episodes, censored \(counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }); longest "
                + "\(longest(watched).text), whole \(longest(whole).text); without liveness \(longest(blind).text)"
        )
        // Without a word about the device's life the door stood open for 191 hours.
        #expect(longest(blind) > .hours(190))
        #expect(longest(whole) < .hours(5))
        #expect(counts[.deviceOffline, default: 0] >= 1)
        #expect(counts[.deviceSilent, default: 0] >= 1)
        #expect(longest(watched) < .hours(24))
    }
}
