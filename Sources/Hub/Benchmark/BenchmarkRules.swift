/// The rules to measure with: twenty for each residence, of every form that a care team writes. None of them raises
/// alerts in a row on the benchmark's traffic, which is some years of a home's in some seconds.
enum BenchmarkRules {
    /// Each gives one instance a residence.
    static let shared: [(id: String, when: String)] = [
        ("night-exit", "{after: front_door_opened, no: hall_movement, within: 5m}"),
        ("front-door-open", "{all: [front_door_open], for: 5m}"),
        ("long-bathroom-stay", "{all: [in_bathroom], for: 40m}"),
        ("fridge-open", "{all: [fridge_open], for: 10m}"),
        ("window-open-and-cold", "{all: [window_open, bedroom_cold], for: 15m}"),
        ("stove-left-on", "{all: [stove_on, {not: kitchen_occupied}], for: 10m}"),
        ("television-at-night", "{all: [television_on, {during: night}], for: 30m}"),
        ("smoke", "smoke"),
        ("leak", "leak"),
        ("call", "call_pressed"),
        ("not-up-yet", "{all: [{no: movement, for: 9h}, {during: late_morning}]}"),
        ("eating-all-day", "{count: fridge_opened, at_least: 500, within: 1h}"),
        ("wandering", "{count: hall_movement, at_least: 500, within: 30m}"),
        ("bedroom-cold", "{all: [bedroom_cold], for: 30m}"),
        ("living-room-hot", "{all: [living_hot], for: 30m}"),
        ("bathroom-damp", "{all: [bathroom_damp], for: 2h}"),
        ("smoke-then-out", "{seq: [smoke_seen, front_door_opened], within: 5m}"),
        ("bedroom-empty-at-night", "{all: [{not: bedroom_occupied}, {during: night}], for: 1h}"),
        ("bathroom-door-shut", "{all: [bathroom_door_shut, bathroom_occupied], for: 1h}"),
        ("nobody-at-home", "{no: movement, for: 24h}"),
    ]

    private static let names = """
        version: 1
        windows:
          night: {from: "22:30", to: "06:30"}
          late_morning: {from: "10:00", to: "12:00"}
        events:
          front_door_opened: {kind: front_door, label: watched, reading: contact, becomes: open}
          bathroom_door_opened: {room: bathroom, kind: door, label: watched, reading: contact, becomes: open}
          fridge_opened: {kind: fridge, label: watched, reading: contact, becomes: open}
          hall_movement: {kind: motion, room: hall, label: watched}
          bathroom_movement: {kind: motion, room: bathroom, label: watched}
          movement: {kind: motion, label: watched}
          smoke_seen: {kind: smoke, label: watched, reading: smoke, becomes: true}
          call_pressed: {kind: call_button, label: watched, reading: sos}
        signals:
          front_door_open: {kind: front_door, label: watched, reading: contact, is: open}
          fridge_open: {kind: fridge, label: watched, reading: contact, is: open}
          window_open: {kind: window, label: watched, reading: contact, is: open}
          bathroom_door_shut: {kind: door, room: bathroom, label: watched, reading: contact, is: closed}
          in_bathroom: {dwell: {enter: bathroom_movement, leave: bathroom_door_opened}}
          stove_on: {kind: stove, label: watched, reading: power, above: 150, clear_below: 40}
          television_on: {kind: television, label: watched, reading: power, above: 60, clear_below: 20}
          kitchen_occupied: {kind: motion, room: kitchen, label: watched, release: 3m}
          bathroom_occupied: {kind: motion, room: bathroom, label: watched, release: 3m}
          bedroom_occupied: {kind: motion, room: bedroom, label: watched, release: 3m}
          smoke: {kind: smoke, label: watched, reading: smoke, is: true}
          leak: {kind: leak, label: watched, reading: leak, is: true}
          bedroom_cold: {kind: climate, room: bedroom, label: watched, reading: temperature, below: 16, clear_above: 17}
          living_hot: {kind: climate, room: living, label: watched, reading: temperature, above: 28, clear_below: 27}
          bathroom_damp: {kind: climate, room: bathroom, label: watched, reading: humidity, above: 80, clear_below: 70}

        """

    /// The first rules, as many as give so many instances in the residences that are watched.
    static func text(count: Int) -> String {
        if count == 0 { return "version: 1\nrules: []\n" }
        var text = names + "rules:\n"
        for rule in shared.prefix(count) { text += self.rule(rule.id, "residence", rule.when) }
        return text
    }

    /// So many rules, each with names of its own, for one device or two of one residence.
    static func written(_ count: Int, residences: Int) -> String {
        var events = ""
        var signals = ""
        var rules = ""
        for number in 0..<count {
            let home = number % residences
            let name = "n\(number)"
            func device(_ device: String) -> String { "device: r\(home)_\(device)" }
            switch number / residences % 4 {
            case 0:
                events +=
                    "  \(name): {\(device("front_door")), reading: contact, becomes: open}\n"
                    + "  m\(number): {\(device("hall_motion")), reading: motion, becomes: detected}\n"
                rules += rule(name, "residence", "{after: \(name), no: m\(number), within: 5m}")
            case 1:
                signals +=
                    "  \(name): {\(device("stove")), reading: power, above: 150, clear_below: 40}\n"
                rules += rule(name, "residence", "{all: [\(name)], for: 10m}")
            case 2:
                events += "  \(name): {\(device("bed_call")), reading: sos}\n"
                rules += rule(name, "residence", name)
            default:
                signals +=
                    "  \(name): {\(device("bedroom_climate")), reading: temperature, below: 16, clear_above: 17}\n"
                rules += rule(name, "residence", "{all: [\(name)], for: 30m}")
            }
        }
        return "version: 1\nevents:\n\(events)signals:\n\(signals)rules:\n\(rules)"
    }

    private static func rule(_ id: String, _ per: String, _ when: String) -> String {
        "  - {id: \(id), priority: high, per: \(per), when: \(when), "
            + "do: {en: Go and look., fr: Aller voir.}}\n"
    }
}
