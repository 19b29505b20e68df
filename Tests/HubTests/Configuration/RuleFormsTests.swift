import Rules
import Testing

@testable import Hub

@Suite("What each form of the rule language means")
struct RuleFormsTests {
    private static let names = """
        windows:
          night: {from: "22:30", to: "06:30"}
          week: {from: "08:00", to: "24:00", days: [mon..fri]}
        events:
          opened: {device: front_door, reading: contact, becomes: open}
          moved: {kind: motion, rooms: all}
        signals:
          open: {device: front_door, reading: contact, is: open}
          stove_on: {device: stove_plug, reading: power, above: 150, clear_below: 40, unknown_after: 10m}
        """

    private static let door = StreamSelector(
        names: ["front_door"], anywhere: true, capability: "contact.open")
    private static let opened = EventExpression.reading(door, .oneOf([.boolean(true)]))
    private static let open = SignalExpression.predicate(
        door, .oneOf([.boolean(true)]), unknownAfter: nil)
    private static let moved = EventExpression.any(
        ["presence.motion", "presence.occupied"].map {
            .reading(
                StreamSelector(kinds: ["motion"], anywhere: true, capability: $0),
                .oneOf([.boolean(true)]))
        })
    private static let night = Window(name: "night", from: 1350, to: 390)

    private func rule(_ keys: String) throws -> Rule {
        let text = "version: 1\n\(Self.names)\nrules:\n  - {id: r, priority: info, \(keys)}\n"
        let (rules, diagnostics) = RuleParser.parse(
            files: [try YAML.parse(text, file: "a.yaml")], home: Home())
        #expect(diagnostics.filter { $0.severity == .error }.map(\.description) == [])
        return try #require(rules.rules.first)
    }

    private func trigger(_ when: String) throws -> Rule.Trigger {
        try rule("when: \(when)").trigger
    }

    @Test(
        "an event",
        arguments: [
            ("opened", opened),
            ("{event: opened}", opened),
            ("{device: front_door, reading: contact, becomes: open}", opened),
            ("{device: front_door, reading: contact.open, becomes: true}", opened),
            ("moved", moved),
            ("{any: [opened, moved]}", .any([opened, moved])),
            ("[opened, moved]", .any([opened, moved])),
            ("{all: [opened, moved], within: 2m}", .allOf([opened, moved], within: .minutes(2))),
            (
                "{seq: [opened, opened], within: 5m, same: device}",
                .sequence([opened, opened], within: .minutes(5), until: nil, same: .device)
            ),
            (
                "{after: opened, no: moved, within: 5m, same: room}",
                .notFollowed(after: opened, no: moved, within: .minutes(5), same: .room)
            ),
            (
                "{seq: [opened, moved], within: 5m}",
                .sequence([opened, moved], within: .minutes(5), until: nil)
            ),
            (
                "{seq: [opened, opened], within: 5m, until: moved}",
                .sequence([opened, opened], within: .minutes(5), until: moved)
            ),
            (
                "{after: opened, no: moved, within: 1h30m}",
                .notFollowed(after: opened, no: moved, within: .minutes(90))
            ),
            ("{begins: open}", .begins(open)),
            ("{ends: open}", .ends(open)),
            ("{event: opened, during: night}", .during(opened, .during(night))),
            ("{event: opened, outside: night}", .during(opened, .not(.during(night)))),
            ("{event: opened, while: open}", .during(opened, open)),
            ("{device: front_door, reading: contact, seen: true}", .seen(door)),
            (
                "{kind: call_button, reading: action, is: [single, hold]}",
                .reading(
                    StreamSelector(kinds: ["call_button"], capability: "button.press"),
                    .oneOf([.text("single"), .text("hold")]))
            ),
            (
                "{kind: call_button}",
                .any([
                    .reading(
                        StreamSelector(kinds: ["call_button"], capability: "alarm.sos"),
                        .oneOf([.boolean(true)])),
                    .reading(
                        StreamSelector(kinds: ["call_button"], capability: "button.press"), .any),
                ])
            ),
            (
                "{kind: call_button, is: hold}",
                .reading(
                    StreamSelector(kinds: ["call_button"], capability: "button.press"),
                    .oneOf([.text("hold")]))
            ),
            (
                "{reading: dose, in: [taken, missed], room: kitchen, labels: [blue]}",
                .reading(
                    StreamSelector(labels: ["blue"], rooms: ["kitchen"], capability: "med.dose"),
                    .oneOf([.text("taken"), .text("missed")]))
            ),
        ] as [(String, EventExpression)])
    func event(_ text: String, _ expected: EventExpression) throws {
        #expect(try trigger(text) == .event(expected))
    }

    @Test("the keys that say how carefully a rule is to be taken")
    func care() throws {
        let rule = try rule(
            """
            when: open, raise: [{to: critical, when: stove_on}, {to: low, when: open}], \
            ask_first: {wait: 2m, question: {en: All well?, fr: Ça va ?}}, on_unknown: alert, \
            on_gap: restart, while_away: pause, owner: Zoé, code: N1, review_by: 2027-02-28
            """)
        #expect(rule.raises.map(\.priority) == [.low, .critical])
        #expect(rule.raises.first?.condition == Self.open)
        #expect(rule.askFirst?.wait == .minutes(2))
        #expect(rule.askFirst?.question?.french == "Ça va ?")
        #expect(rule.onUnknown == .alert && rule.onGap == .restart && rule.whileAway == .pause)
        #expect(rule.owner == "Zoé" && rule.code == "N1" && rule.reviewBy == "2027-02-28")
    }

    @Test("whom a file's rules belong to is said once, at its top")
    func fileOwner() throws {
        let text = """
            version: 1
            owner: night team
            rules:
              - {id: r, priority: info, when: {kind: door}}
              - {id: s, priority: info, when: {kind: motion}, owner: day team}
            """
        let (rules, diagnostics) = RuleParser.parse(
            files: [try YAML.parse(text, file: "a.yaml")], home: Home())
        #expect(diagnostics == [])
        #expect(rules.rules.map(\.owner) == ["night team", "day team"])
    }

    @Test(
        "a signal",
        arguments: [
            ("open", open),
            ("{signal: open}", open),
            ("{device: front_door, reading: contact, is: open}", open),
            (
                "{no: moved, during: week}",
                .missed(
                    moved, during: Window(name: "week", from: 480, to: 1440, days: 0b001_1111))
            ),
            (
                "{count: moved, at_least: 3, within: 10m, distinct: room}",
                .count(moved, atLeast: 3, within: .minutes(10), distinct: .room)
            ),
            (
                "{all: [open], for: 5m, extend_on: moved}",
                .holding(.all([open]), for: .minutes(5), tolerate: .zero, extendOn: moved)
            ),
            (
                "{rate: temperature, kind: fridge, above: 3 per 1h, over: 30m}",
                .rate(
                    StreamSelector(kinds: ["fridge"], capability: "env.temperature"),
                    RateLimit(isAbove: true, amount: 3, per: .hours(1)), over: .minutes(30))
            ),
            (
                "{rate: {device: stove_plug, reading: power}, below: -2.5 per 1m, over: 10m}",
                .rate(
                    StreamSelector(
                        names: ["stove_plug"], anywhere: true, capability: "power.active"),
                    RateLimit(isAbove: false, amount: -2.5, per: .minutes(1)), over: .minutes(10))
            ),
            (
                "{spent: open, more_than: 2h, over: 24h}",
                .spent(open, moreThan: .hours(2), .over(.hours(24)))
            ),
            (
                "{spent: open, more_than: 2h, during: night}",
                .spent(open, moreThan: .hours(2), .during(night))
            ),
            (
                "{baseline: {count: moved}, over: 28d, min_days: 14, below: {mad: 3}, days_in_row: 2}",
                .baseline(
                    Baseline(
                        metric: .count(moved), days: 28, minimumDays: 14, isAbove: false,
                        deviations: 3000, daysInRow: 2))
            ),
            (
                "{baseline: {first: moved}, over: 10d, above: {mad: 2.5}}",
                .baseline(
                    Baseline(
                        metric: .first(moved), days: 10, minimumDays: 5, isAbove: true,
                        deviations: 2500, daysInRow: 1))
            ),
            (
                "{kind: motion, device: {silent_for: 4h, battery_below: 15}}",
                .any([
                    .silent(StreamSelector(kinds: ["motion"], capability: ""), for: .hours(4)),
                    .predicate(
                        StreamSelector(kinds: ["motion"], capability: "device.battery"),
                        .below(15, clearAbove: 20), unknownAfter: nil),
                    .predicate(
                        StreamSelector(kinds: ["motion"], capability: "device.battery_low"),
                        .oneOf([.boolean(true)]), unknownAfter: nil),
                ])
            ),
            ("{away: true}", .away),
            (
                "{device: stove_plug, reading: power, at_least: 20}",
                .predicate(
                    StreamSelector(
                        names: ["stove_plug"], anywhere: true, capability: "power.active"),
                    .atLeast(20, clearBelow: 20), unknownAfter: nil)
            ),
            (
                "stove_on",
                .predicate(
                    StreamSelector(
                        names: ["stove_plug"], anywhere: true, capability: "power.active"),
                    .above(150, clearBelow: 40), unknownAfter: .minutes(10))
            ),
            (
                "{kind: fridge_sensor, reading: temperature, below: 2.5}",
                .predicate(
                    StreamSelector(kinds: ["fridge_sensor"], capability: "env.temperature"),
                    .below(2.5, clearAbove: 2.5), unknownAfter: nil)
            ),
            (
                "{reading: \"switch[2]\", is: on, anywhere: true}",
                .predicate(
                    StreamSelector(anywhere: true, capability: "switch.on", channel: "2"),
                    .oneOf([.boolean(true)]), unknownAfter: nil)
            ),
            ("{all: [open, {not: open}]}", .all([open, .not(open)])),
            ("{any: [open]}", .any([open])),
            ("{any: [open], release: 3m}", .released(.any([open]), after: .minutes(3))),
            ("{at_least: {n: 2, of: [open, open, open]}}", .atLeast(2, [open, open, open])),
            ("{signal: open, for: 5m}", .holding(open, for: .minutes(5), tolerate: .zero)),
            (
                "{signal: open, for: 5m, tolerate: 20s}",
                .holding(open, for: .minutes(5), tolerate: .seconds(20))
            ),
            (
                "{signal: open, release: 1m, for: 5m}",
                .holding(.released(open, after: .minutes(1)), for: .minutes(5), tolerate: .zero)
            ),
            (
                "{signal: open, for: {week: 10m, night: 3m}}",
                .any([
                    .all([
                        .during(Window(name: "week", from: 480, to: 1440, days: 0b1_1111)),
                        .holding(open, for: .minutes(10), tolerate: .zero),
                    ]),
                    .all([.during(night), .holding(open, for: .minutes(3), tolerate: .zero)]),
                ])
            ),
            ("{dwell: {enter: moved, leave: [opened]}}", .dwell(enter: moved, leave: opened)),
            ("{no: moved, for: 9h}", .absence(of: moved, for: .hours(9))),
            (
                "{count: moved, at_least: 3, within: 10m}",
                .count(moved, atLeast: 3, within: .minutes(10))
            ),
            ("{during: night}", .during(night)),
            ("{outside: night}", .not(.during(night))),
            (
                "{during: {from: 7:05, to: 8:00, days: [fri..mon]}}",
                .during(Window(from: 425, to: 480, days: 0b111_0001))
            ),
        ] as [(String, SignalExpression)])
    func signal(_ text: String, _ expected: SignalExpression) throws {
        #expect(try trigger(text) == .signal(expected))
    }

    @Test("a rule with all its keys")
    func wholeRule() throws {
        let rule = try rule(
            """
            per: room, title: {en: Exit, fr: Sortie}, when: opened,
            guard: {during: night}, unless: stove_on, clear: {event: moved},
            episode: {quiet: 10m}, latch: true, do: Go., chain: night_team
            """)
        #expect(rule.id == "r")
        #expect(rule.scope == .room)
        #expect(rule.title == LocalizedText(english: "Exit", french: "Sortie"))
        #expect(rule.instruction == LocalizedText(english: "Go.", french: "Go."))
        #expect(rule.trigger == .event(Self.opened))
        #expect(rule.guardCondition == .during(Self.night))
        #expect(rule.clear == .event(Self.moved))
        #expect(rule.episode == .quiet(.minutes(10)))
        #expect(rule.latch)
        #expect(rule.chain == "night_team")
    }

    @Test("what makes a new alert is a rising edge, a signal or a quiet time")
    func episodes() throws {
        #expect(try rule("when: opened").episode == .risingEdge)
        #expect(try rule("when: opened, episode: rising_edge").episode == .risingEdge)
        #expect(try rule("when: opened, episode: open").episode == .signal(Self.open))
    }

    @Test("names are shared by all files of a home, in any order")
    func files() throws {
        let first = "version: 1\nowner: me\nrules: [{id: r, priority: info, when: b}]\n"
        let second = "version: 1\nevents:\n  b: [a]\n  a: {kind: door, becomes: open}\n"
        let files = [try YAML.parse(first, file: "1"), try YAML.parse(second, file: "2")]
        let (rules, diagnostics) = RuleParser.parse(files: files, home: Home())
        #expect(diagnostics == [])
        #expect(rules.rules.count == 1)
        #expect(RuleParser.parse(files: files.reversed(), home: Home()).0 == rules)
    }

    @Test("any sign of life is every reading but that the device is offline")
    func signsOfLife() throws {
        guard case .event(.any(let seen)) = try trigger("{kind: motion, seen: true}") else {
            Issue.record("not a list of readings")
            return
        }
        let capabilities = seen.compactMap { event -> Capability? in
            if case .seen(let selector) = event { return selector.capability }
            return nil
        }
        #expect(capabilities.count == seen.count)
        #expect(capabilities.contains("device.battery"))
        #expect(!capabilities.contains("device.online"))
    }
}
