@testable public import Rules

/// A small home under test: devices by name, readings at seconds after the start, and what the engine said.
struct Rig {
    static let start = Instant(milliseconds: 1_700_000_000_000)

    let home: Home
    var engine: Engine
    var steps: Steps = []
    private var streams: [StreamKey: StreamID] = [:]
    private var sequence: Int64 = 0

    /// Devices: name, kind, what it says, and after how long it counts as silent.
    struct Thing {
        var name: String
        var kind: String
        var capability: Capability
        var reading: ReadingKind
        var silentAfter: TimeSpan?
        var room = "hall"
        var residence = "r"
    }

    static let things: [Thing] = [
        Thing(name: "door", kind: "door", capability: "contact.open", reading: .state),
        Thing(name: "window", kind: "window", capability: "contact.open", reading: .state),
        Thing(name: "motion", kind: "motion", capability: "presence.motion", reading: .state),
        Thing(
            name: "motion2", kind: "motion", capability: "presence.motion", reading: .state,
            room: "kitchen"),
        Thing(name: "button", kind: "call_button", capability: "button.press", reading: .pulse),
        Thing(name: "plug", kind: "stove", capability: "power.active", reading: .measurement),
        Thing(
            name: "frail", kind: "frail", capability: "contact.open", reading: .state,
            silentAfter: .minutes(10)),
    ]

    static func home(
        _ things: [Thing] = Rig.things, people: [PersonID] = [],
        bridge: (topic: String, names: [String])? = nil
    ) -> Home {
        let residences = Set(things.map(\.residence)).sorted().map { name in
            Residence(
                id: ResidenceID(rawValue: name), title: LocalizedText(english: name, french: name),
                zone: "UTC",
                rooms: ["hall", "kitchen"].map {
                    Room(
                        id: RoomID(rawValue: "\(name)/\($0)"),
                        title: LocalizedText(english: $0, french: $0), kind: $0,
                        // The first lives in the hall too; the kitchen is the last one's.
                        person: $0 == "kitchen" ? people.last : nil)
                }, people: people)
        }
        let devices = things.map { thing in
            var device = Device(
                id: DeviceID(rawValue: "\(thing.residence)/\(thing.name)"), name: thing.name,
                title: LocalizedText(english: thing.name, french: thing.name),
                residence: ResidenceID(rawValue: thing.residence),
                room: RoomID(rawValue: "\(thing.residence)/\(thing.room)"), person: nil,
                kind: thing.kind, labels: [], profile: "test",
                capabilities: [
                    DeviceCapability(capability: thing.capability, kind: thing.reading)
                ], silentAfter: thing.silentAfter)
            if let bridge, bridge.names.contains(thing.name) { device.bridge = bridge.topic }
            return device
        }
        return Home(residences: residences, devices: devices)
    }

    init(
        _ rules: [Rule], traces: [TraceRule] = [], things: [Thing] = Rig.things,
        staff: StaffPlan = StaffPlan(), started: Bool = true, people: [PersonID] = [],
        consent: ConsentPolicy = .optOut, bridge: (topic: String, names: [String])? = nil
    ) {
        home = Rig.home(things, people: people, bridge: bridge)
        engine = Engine(
            plan: Planner.plan(
                RuleSet(rules: rules, traces: traces), home: home, zones: [:], staff: staff,
                consent: consent))
        declareAll()
        if started { engine.advance(to: Rig.start, into: &steps) }
    }

    mutating func declareAll() {
        for device in home.devices {
            for capability in device.capabilities {
                let key = StreamKey(device: device.id, capability: capability.capability)
                let id = streams[key] ?? StreamID(rawValue: Int32(streams.count + 1))
                streams[key] = id
                engine.declare(id, key)
            }
        }
    }

    func event(
        _ name: String, _ value: Value, at seconds: Double, effective: Double? = nil,
        freshness: Freshness = .live, sequence: Int64
    ) -> Event {
        let device = home.devices.first {
            $0.id.rawValue.hasSuffix("/" + name) || $0.id.rawValue == name
        }!
        let capability = device.capabilities[0]
        let key = StreamKey(device: device.id, capability: capability.capability)
        return Event(
            sequence: SequenceNumber(rawValue: sequence), stream: streams[key]!,
            kind: capability.kind, value: value, received: Rig.at(seconds),
            effective: Rig.at(effective ?? seconds), freshness: freshness)
    }

    @discardableResult
    mutating func say(
        _ name: String, _ value: Value, at seconds: Double, effective: Double? = nil,
        freshness: Freshness = .live
    ) -> Steps {
        sequence += 1
        let before = steps.count
        engine.take(
            event(
                name, value, at: seconds, effective: effective, freshness: freshness,
                sequence: sequence), into: &steps)
        return Array(steps[before...])
    }

    @discardableResult
    mutating func command(_ command: Command, at seconds: Double) -> Steps {
        sequence += 1
        let before = steps.count
        engine.take(
            CommandEntry(
                sequence: SequenceNumber(rawValue: sequence), received: Rig.at(seconds),
                command: command), into: &steps)
        return Array(steps[before...])
    }

    @discardableResult
    mutating func wait(until seconds: Double) -> Steps {
        let before = steps.count
        engine.advance(to: Rig.at(seconds), into: &steps)
        return Array(steps[before...])
    }

    static func at(_ seconds: Double) -> Instant {
        start + TimeSpan(milliseconds: Int64((seconds * 1000).rounded()))
    }

    /// What was said so far, as `+300 raised night-exit`, in order.
    var story: [String] { steps.map { Rig.line($0) } }

    static func line(_ step: AlertTransition) -> String {
        let milliseconds = (step.at - start).milliseconds
        let seconds =
            milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
        return "+\(seconds) \(step.step.name) \(step.alert.rule)"
    }
}

/// Readings in tests are written as literals.
extension Value: ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    /// A reading, as a literal.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A reading, as a literal.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A reading, as a literal.
    public init(stringLiteral value: String) { self = .text(value) }
}

func rule(
    _ id: RuleID = "rule", _ priority: Priority = .low, when trigger: Rule.Trigger,
    guard guardCondition: SignalExpression? = nil, unless: SignalExpression? = nil,
    clear: Rule.Trigger? = nil, episode: Rule.Episode = .risingEdge, latch: Bool = false,
    per scope: Rule.Scope = .residence
) -> Rule {
    Rule(
        id: id, scope: scope, priority: priority, trigger: trigger, guardCondition: guardCondition,
        unless: unless, clear: clear, episode: episode, latch: latch)
}

func named(_ name: String, _ capability: Capability) -> StreamSelector {
    StreamSelector(names: [name], anywhere: true, capability: capability)
}

let doorIsOpen = SignalExpression.predicate(
    named("door", "contact.open"), .oneOf([true]), unknownAfter: nil)
let doorOpens = EventExpression.reading(named("door", "contact.open"), .oneOf([true]))
let doorCloses = EventExpression.reading(named("door", "contact.open"), .oneOf([false]))
let windowOpens = EventExpression.reading(named("window", "contact.open"), .oneOf([true]))
let windowIsOpen = SignalExpression.predicate(
    named("window", "contact.open"), .oneOf([true]), unknownAfter: nil)
let someoneMoves = EventExpression.reading(
    StreamSelector(kinds: ["motion"], capability: "presence.motion"), .oneOf([true]))
let pressed = EventExpression.reading(named("button", "button.press"), .any)
let stoveIsOn = SignalExpression.predicate(
    named("plug", "power.active"), .above(150, clearBelow: 40), unknownAfter: nil)
