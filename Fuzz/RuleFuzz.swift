import Foundation
import Rules

@testable import Hub

// What is fuzzed: the text of a rule file. One that is accepted is compiled over a home with a device of each shipped
// profile and run over some events: any rule that gets so far must survive a checkpoint and replay to the same steps.

/// The home, and its streams.
private struct Bench {
    var home: Home
    var streams: [(key: StreamKey, kind: ReadingKind)] = []

    init() {
        let folder = ProcessInfo.processInfo.environment["FOYER_DEVICES"] ?? "devices"
        let library = ProfileLibrary(folders: [folder])
        precondition(!library.profiles.isEmpty, "no profiles; set FOYER_DEVICES")
        let rooms = ["hall", "kitchen", "bathroom", "bedroom", "living_room"]
        var placements: [DevicePlacement] = []
        for (number, profile) in library.profiles.enumerated() {
            guard let first = profile.messages.first else { continue }
            let bindings = Dictionary(
                first.topic.placeholders.map { ($0, profile.id) },
                uniquingKeysWith: { first, _ in first })
            guard let topic = first.topic.filled(bindings).topic else { continue }
            placements.append(
                DevicePlacement(
                    name: "d\(number)", residence: "home",
                    room: RoomID(rawValue: "home/\(rooms[number % rooms.count])"),
                    person: number % 3 == 0 ? "p1" : nil,
                    labels: number % 2 == 0 ? ["outside"] : [],
                    profile: profile.id, topic: topic))
        }
        let built = DeviceDirectory.build(profiles: library.profiles, placements: placements)
        let residence = Residence(
            id: "home", title: LocalizedText(english: "Home", french: "Maison"), zone: "UTC",
            rooms: rooms.map {
                Room(
                    id: RoomID(rawValue: "home/\($0)"),
                    title: LocalizedText(english: $0, french: $0), kind: $0)
            }, people: ["p1"])
        home = Home(residences: [residence], devices: built.directory.devices)
        for device in home.devices {
            for item in device.capabilities {
                let key = StreamKey(
                    device: device.id, capability: item.capability, channel: item.channel)
                streams.append((key, item.kind))
            }
        }
    }

    func engine(_ plan: Plan) -> Engine {
        var engine = Engine(plan: plan)
        declare(&engine)
        return engine
    }

    func declare(_ engine: inout Engine) {
        for (number, stream) in streams.enumerated() {
            engine.declare(StreamID(rawValue: Int32(number + 1)), stream.key)
        }
    }
}

private let bench = Bench()

/// One try.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRules(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: count)
    let text = String(decoding: bytes, as: UTF8.self)
    guard let node = try? YAML.parse(text, file: "rules/fuzz.yaml") else { return 0 }
    let (rules, diagnostics) = RuleParser.parse(files: [node], home: bench.home)
    for diagnostic in diagnostics {
        precondition(!diagnostic.message.isEmpty && diagnostic.location.line > 0)
    }
    guard diagnostics.allSatisfy({ $0.severity != .error }) else { return 0 }
    let plan = Planner.plan(rules, home: bench.home, zones: ["UTC": .utc])
    guard plan.instances.count <= 200 else { return 0 }
    let seed = bytes.reduce(UInt64(1469)) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
    run(plan, journal(seed: seed))
    return 0
}

/// Forty events that look random and are the same for the same text.
private func journal(seed: UInt64) -> [Event] {
    var state = seed | 1
    func next(_ count: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(count))
    }
    var time = Instant(milliseconds: 1_767_268_800_000)
    return (1...40).map { number in
        time = time + .seconds(Int64(next(1800)))
        let stream = next(bench.streams.count)
        let values: [Value] = [
            .boolean(true), .boolean(false), .number(Double(next(3000))), .unknown, .text("single"),
            .text("open"),
        ]
        return Event(
            sequence: SequenceNumber(rawValue: Int64(number)),
            stream: StreamID(rawValue: Int32(stream + 1)), kind: bench.streams[stream].kind,
            value: values[next(values.count)], received: time,
            effective: time - .seconds(Int64(next(3) * next(120))),
            freshness: Freshness.allCases[next(8) < 6 ? 0 : next(3)])
    }
}

private func run(_ plan: Plan, _ events: [Event]) {
    var whole = bench.engine(plan)
    var wholeSteps: Steps = []
    var parts = bench.engine(plan)
    var partSteps: Steps = []
    for (number, event) in events.enumerated() {
        whole.take(event, into: &wholeSteps)
        parts.take(event, into: &partSteps)
        guard number % 13 == 5 else { continue }
        do {
            parts = try Engine.restored(from: parts.checkpoint(), plan: plan).engine
        } catch {
            preconditionFailure("its own checkpoint is refused: \(error)")
        }
        bench.declare(&parts)
    }
    let end = whole.now + .hours(30)
    whole.advance(to: end, into: &wholeSteps)
    parts.advance(to: end, into: &partSteps)
    precondition(wholeSteps == partSteps, "a restart changes the outcome")
}
