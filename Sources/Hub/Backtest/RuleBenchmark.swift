import Dispatch
import Foundation
import Rules

/// How fast rules are on this machine, on one core. The homes are made up: twenty devices each, an event a second.
public struct RuleBenchmark {
    /// One figure, and what it is to reach.
    public struct Figure: Hashable, Sendable {
        /// What was measured.
        public var name: String
        /// How much.
        public var value: Double
        /// In what.
        public var unit: String
        /// What it is to reach, in words.
        public var goal: String
    }

    /// A benchmark.
    public init() {}

    /// Events a second from a journal in a temporary folder through an engine with 50 rules a home.
    public func replay(events count: Int, homes: Int, folder: String) throws -> Figure {
        let site = Self.site(homes: homes)
        let plan = Planner.plan(Self.rules(50), home: site, zones: [:])
        let path = "\(folder)/foyer-rules-bench-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        try Self.write(count, site, to: path)
        let reader = try JournalReader(path: path)
        var engine = Engine(plan: plan)
        for stream in try reader.streams() { engine.declare(stream.id, stream.key) }
        var steps: Steps = []
        let seconds = try Self.seconds {
            try reader.replay { entry in
                engine.take(entry, into: &steps)
                steps.removeAll(keepingCapacity: true)
                return true
            }
        }
        return Figure(
            name: "replay from the journal, 50 rules a home, \(homes) homes, one core",
            value: Double(count) / seconds, unit: "events/s", goal: "1,000,000 or more")
    }

    /// What an event costs with so many rules that do not look at it, against ten of them.
    public func unrelated(events count: Int, rules: Int) -> Figure {
        let few = costs(events: count, rules: 10)
        let many = costs(events: count, rules: rules)
        return Figure(
            name:
                "cost of an event with \(rules) unrelated rules (\(Int(many)) ns) against 10 (\(Int(few)) ns)",
            value: many / few, unit: "times", goal: "1.2 or less")
    }

    /// Nanoseconds an event costs, the best of five runs.
    private func costs(events count: Int, rules number: Int) -> Double {
        var site = Self.site(homes: 1)
        for index in 0..<number {
            var device = site.devices[0]
            device.name = "other\(index)"
            device.id = DeviceID(rawValue: "h0/other\(index)")
            site.devices.append(device)
        }
        let unrelated = (0..<number).map { index in
            Self.rule(
                "other-\(index)",
                .holding(Self.open("other\(index)"), for: .minutes(5), tolerate: .zero))
        }
        let watched = Self.rule(
            "watched", .holding(Self.open("d0"), for: .minutes(5), tolerate: .zero))
        let plan = Planner.plan(RuleSet(rules: [watched] + unrelated), home: site, zones: [:])
        let events = Self.events(count, streams: 1)
        let runs = (0..<5).map { _ -> Double in
            var engine = Engine(plan: plan)
            engine.declare(
                StreamID(rawValue: 1), StreamKey(device: "h0/d0", capability: "contact.open"))
            var steps: Steps = []
            return Self.seconds {
                for event in events {
                    engine.take(event, into: &steps)
                    steps.removeAll(keepingCapacity: true)
                }
            }
        }
        return (runs.min() ?? 0) * 1e9 / Double(max(1, count))
    }

    /// Bytes that a rule's instance costs in a checkpoint, its share of the conditions included, once it has run for long.
    public func state(events count: Int, homes: Int) -> Figure {
        let site = Self.site(homes: homes)
        let plan = Planner.plan(Self.rules(50), home: site, zones: [:])
        var engine = Engine(plan: plan)
        for (number, device) in site.devices.enumerated() {
            engine.declare(
                StreamID(rawValue: Int32(number + 1)),
                StreamKey(device: device.id, capability: "contact.open"))
        }
        var steps: Steps = []
        for event in Self.events(count, streams: site.devices.count) {
            engine.take(event, into: &steps)
            steps.removeAll(keepingCapacity: true)
        }
        return Figure(
            name:
                "state of a rule instance in a checkpoint, open alerts included (\(plan.instances.count) instances)",
            value: Double(engine.checkpoint().count) / Double(max(1, plan.instances.count)),
            unit: "bytes", goal: "2,048 or less")
    }

    // MARK: Homes, rules and events

    private static func site(homes: Int) -> Home {
        let title = LocalizedText(english: "h", french: "h")
        let residences = (0..<homes).map {
            Residence(
                id: ResidenceID(rawValue: "h\($0)"), title: title, zone: "UTC", rooms: [],
                people: [])
        }
        let devices = residences.flatMap { residence in
            (0..<20).map { number in
                Device(
                    id: DeviceID(rawValue: "\(residence.id)/d\(number)"), name: "d\(number)",
                    title: title, residence: residence.id, room: nil, person: nil, kind: "door",
                    labels: [], profile: "bench",
                    capabilities: [DeviceCapability(capability: "contact.open", kind: .state)],
                    silentAfter: nil)
            }
        }
        return Home(residences: residences, devices: devices)
    }

    /// Rules of the usual forms, each about one or two of the twenty devices.
    private static func rules(_ count: Int) -> RuleSet {
        RuleSet(
            rules: (0..<count).map { number in
                let first = open("d\(number % 20)")
                let second = open("d\((number * 7 + 3) % 20)")
                let minutes = TimeSpan.minutes(Int64(number / 20 * 5 + 5))
                switch number % 5 {
                case 0: return rule("r\(number)", .holding(first, for: minutes, tolerate: .zero))
                case 1: return rule("r\(number)", .all([first, .not(second)]))
                case 2:
                    return rule(
                        "r\(number)", .count(.begins(first), atLeast: 20, within: minutes))
                case 3:
                    return rule(
                        "r\(number)",
                        .holding(.all([first, .not(second)]), for: minutes, tolerate: .zero))
                default: return rule("r\(number)", .absence(of: .begins(first), for: .hours(1)))
                }
            })
    }

    private static func open(_ name: String) -> SignalExpression {
        .predicate(
            StreamSelector(names: [name], anywhere: true, capability: "contact.open"),
            .oneOf([.boolean(true)]), unknownAfter: nil)
    }

    private static func rule(_ id: String, _ signal: SignalExpression) -> Rule {
        Rule(id: RuleID(rawValue: id), priority: .low, trigger: .signal(signal))
    }

    private static func events(_ count: Int, streams: Int) -> [Event] {
        var random = SeededRandom(seed: 1, name: "rules bench")
        return (0..<count).map { number in
            let time = Instant(milliseconds: 1_764_000_000_000 + Int64(number) * 1000)
            return Event(
                sequence: SequenceNumber(rawValue: Int64(number + 1)),
                stream: StreamID(rawValue: Int32(random.between(1, Int64(streams)))),
                kind: .state, value: .boolean(random.between(0, 1) == 1), received: time,
                effective: time, freshness: .live)
        }
    }

    private static func write(_ count: Int, _ site: Home, to path: String) throws {
        let journal = try Journal.open(path: path)
        let events = events(count, streams: site.devices.count)
        for start in stride(from: 0, to: count, by: 10_000) {
            try journal.commit { writer in
                for event in events[start..<min(count, start + 10_000)] {
                    let device = site.devices[Int(event.stream.rawValue) - 1]
                    let stream = try writer.stream(
                        for: StreamKey(device: device.id, capability: "contact.open"),
                        residence: device.residence, kind: .state, value: event.value)
                    _ = try writer.append(
                        stream: stream, value: event.value, received: event.received,
                        effective: event.effective, freshness: .live)
                }
            }
        }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }
}
