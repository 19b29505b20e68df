import Foundation
import Rules
import Testing

@testable import Hub

/// The examples of docs/rules/traces.md: rules, what devices say, and the episodes that come of it.
@Suite("The examples of the page on traces")
struct TraceDocumentTests {
    struct Example: Sendable, CustomStringConvertible {
        var number: Int
        var rules: String
        var feed: [String]
        var episodes: [String]
        var description: String { "example \(number)" }
    }

    static func examples() throws -> [Example] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/rules/traces.md")
        let blocks = try String(contentsOf: page, encoding: .utf8).components(
            separatedBy: "```yaml\n")
        return try blocks.dropFirst().enumerated().map { index, block in
            func part(_ name: String) throws -> String {
                let tail = block.components(separatedBy: "```\(name)\n")
                try #require(tail.count == 2, "example \(index + 1) has one block \"\(name)\"")
                return tail[1].components(separatedBy: "```")[0]
            }
            func lines(_ text: String) -> [String] {
                text.split(separator: "\n").map(String.init)
            }
            return Example(
                number: index + 1, rules: block.components(separatedBy: "```")[0],
                feed: lines(try part("feed")), episodes: lines(try part("episodes")))
        }
    }

    static let start = Instant(milliseconds: 1_764_000_000_000)

    static let home: Home = {
        func device(
            _ name: String, _ kind: String, _ room: String, _ capability: Capability,
            _ reading: ReadingKind, person: PersonID? = nil, silentAfter: TimeSpan? = nil
        ) -> Device {
            Device(
                id: DeviceID(rawValue: "r/\(name)"), name: name,
                title: LocalizedText(english: name, french: name), residence: "r",
                room: RoomID(rawValue: "r/\(room)"), person: person, kind: kind, labels: [],
                profile: "p",
                capabilities: [DeviceCapability(capability: capability, kind: reading)],
                silentAfter: silentAfter)
        }
        let rooms = ["hall", "kitchen", "living_room"].map {
            Room(
                id: RoomID(rawValue: "r/\($0)"), title: LocalizedText(english: $0, french: $0),
                kind: $0)
        }
        return Home(
            residences: [
                Residence(
                    id: "r", title: LocalizedText(english: "R", french: "R"), zone: "UTC",
                    rooms: rooms, people: ["p1"])
            ],
            devices: [
                device(
                    "front_door", "door", "hall", "contact.open", .state, silentAfter: .hours(30)),
                device("kitchen_motion", "motion", "kitchen", "presence.motion", .state),
                device("stove_plug", "stove", "kitchen", "power.active", .measurement),
                device(
                    "tablet", "tablet", "living_room", "usage.app_session", .usage, person: "p1"),
            ])
    }()

    @Test("each example gives the episodes that it shows", arguments: try examples())
    func example(_ example: Example) throws {
        let (rules, diagnostics) = RuleParser.parse(
            files: [try YAML.parse(example.rules, file: "example.yaml")], home: Self.home)
        try #require(diagnostics.filter { $0.severity == .error }.map(\.description) == [])
        var engine = Engine(plan: Planner.plan(rules, home: Self.home, zones: [:]))
        for (index, device) in Self.home.devices.enumerated() {
            engine.declare(
                StreamID(rawValue: Int32(index + 1)),
                StreamKey(device: device.id, capability: device.capabilities[0].capability))
        }
        var steps: Steps = []
        engine.advance(to: Self.start, into: &steps)
        for (index, line) in example.feed.enumerated() {
            try Self.say(line, sequence: Int64(index + 1), to: &engine, &steps)
        }
        engine.advance(to: engine.now + .hours(24), into: &steps)
        let episodes = engine.takeEpisodes().filter { $0.settled != nil }
            .sorted { ($0.start, $0.settled!) < ($1.start, $1.settled!) }
        #expect(episodes.map(Self.line) == example.episodes)
    }

    private static func moment(_ text: Substring) throws -> Instant {
        start + (try #require(TimeSpan(text: text.dropFirst()), "\(text)"))
    }

    private static func say(
        _ line: String, sequence: Int64, to engine: inout Engine, _ steps: inout Steps
    ) throws {
        let words = line.split(separator: " ")
        let received = try moment(words[0])
        let place = SequenceNumber(rawValue: sequence)
        if words[1] == "gap" {
            let gap = Command.gap(from: try moment(words[3]), to: received)
            engine.take(
                CommandEntry(sequence: place, received: received, command: gap), into: &steps)
            return
        }
        let index = try #require(home.devices.firstIndex { $0.name == words[1] })
        let value: Value =
            switch words[2] {
            case "open", "detected": .boolean(true)
            case "closed" where home.devices[index].kind == "door", "clear": .boolean(false)
            default: Double(words[2]).map { .number($0) } ?? .text(String(words[2]))
            }
        let isLate = words.count > 4 && words[3] == "late"
        engine.take(
            Event(
                sequence: place, stream: StreamID(rawValue: Int32(index + 1)),
                kind: home.devices[index].capabilities[0].kind, value: value, received: received,
                effective: isLate ? try moment(words[4]) : received,
                freshness: isLate ? .late : words.last == "restored" ? .restored : .live),
            into: &steps)
    }

    private static func line(_ episode: Episode) -> String {
        func span(_ moment: Instant) -> String { "+" + (moment - start).text }
        var parts = [
            episode.trace.rawValue, span(episode.start), episode.end.map(span) ?? "goes on",
        ]
        if let censored = episode.censored { parts.append(censored.rawValue) }
        if episode.late { parts.append("late") }
        if !episode.attributes.isEmpty {
            parts.append(
                episode.attributes.map { "\($0.name)=\($0.value.plainText)" }
                    .joined(separator: " "))
        }
        return parts.joined(separator: "  ")
    }
}
