/// The words of the rule language for what devices say: short names of readings, words for their values,
/// and what a kind of device means where a rule gives neither.
///
/// A full capability id (`contact.open`) is accepted wherever a short name is; the table only adds.
public enum Vocabulary {
    /// What the values of a capability are.
    enum ValueType: Hashable, Sendable {
        /// Yes or no, with the words for yes and the words for no.
        case boolean(yes: [String], no: [String])
        /// A number in the capability's unit.
        case number
        /// One word; the usual ones, or none where any word may come.
        case text([String])
    }

    /// One capability that the language knows.
    struct Entry: Hashable, Sendable {
        var capability: Capability
        var names: [String]
        var kind: ReadingKind
        var type: ValueType
    }

    /// What a kind of device means where a rule names no reading.
    struct Default: Hashable, Sendable {
        var capability: Capability
        /// Nil: any value.
        var value: Value?
    }

    /// All capabilities, in the order of messages.
    static let entries: [Entry] = states + pulses + measurements + health

    /// Every short name, for suggestions.
    static let names: [String] = entries.flatMap(\.names)

    /// Everything that only a living device says. That it is offline, its bridge or broker says.
    static let signsOfLife: [Capability] = entries.map(\.capability).filter {
        $0 != "device.online" && $0 != "bridge.online"
    }

    private static let byName: [String: Entry] = {
        var table: [String: Entry] = [:]
        for entry in entries {
            table[entry.capability.rawValue] = entry
            for name in entry.names { table[name] = entry }
        }
        return table
    }()

    /// The capability of a short name or a full id; nil where the language has no such word.
    static func entry(_ name: String) -> Entry? { byName[name] }

    /// What a kind of device means without a reading; empty where nothing is agreed.
    static func defaults(ofKind kind: String) -> [Default] { kinds[kind] ?? [] }

    private static func entry(
        _ capability: Capability, _ names: String, _ kind: ReadingKind, _ type: ValueType
    ) -> Entry {
        Entry(
            capability: capability, names: names.split(separator: " ").map(String.init),
            kind: kind, type: type)
    }

    private static func flag(
        _ capability: Capability, _ names: String, yes: String, no: String,
        kind: ReadingKind = .state
    ) -> Entry {
        entry(
            capability, names, kind,
            .boolean(
                yes: yes.split(separator: " ").map(String.init),
                no: no.split(separator: " ").map(String.init)))
    }

    private static let states: [Entry] = [
        flag("contact.open", "contact", yes: "open opened", no: "closed shut"),
        flag("presence.motion", "motion", yes: "detected moving", no: "clear still"),
        flag(
            "presence.occupied", "occupancy presence", yes: "occupied present", no: "empty absent"),
        flag("bed.occupied", "bed", yes: "occupied in", no: "empty out"),
        flag("alarm.smoke", "smoke", yes: "alarm detected", no: "clear"),
        flag("alarm.water", "leak water", yes: "wet leak", no: "dry"),
        flag("alarm.gas", "gas", yes: "alarm detected", no: "clear"),
        flag("alarm.co", "co", yes: "alarm detected", no: "clear"),
        flag("alarm.heat", "heat", yes: "alarm detected", no: "clear"),
        flag("alarm.enuresis", "enuresis", yes: "wet", no: "dry"),
        flag("alarm.tamper", "tamper", yes: "tampered", no: "clear"),
        flag("switch.on", "switch", yes: "on", no: "off"),
        flag("lock.locked", "lock", yes: "locked", no: "unlocked"),
        flag("vibration.active", "vibration", yes: "vibrating moving", no: "still"),
        entry("location.zone", "zone", .state, .text([])),
    ]

    private static let pulses: [Entry] = [
        flag("alarm.sos", "sos", yes: "pressed", no: "released", kind: .pulse),
        flag("alarm.fall", "fall", yes: "fallen", no: "clear", kind: .pulse),
        flag("alarm.seizure", "seizure", yes: "seizure", no: "clear", kind: .pulse),
        entry("button.press", "action button press", .pulse, .text([])),
        entry("button.id", "button_id", .pulse, .text([])),
        entry("access.tag", "tag", .pulse, .text([])),
        entry("remote.code", "code", .pulse, .text([])),
        entry("control.source", "control", .pulse, .text(["person", "automation"])),
        entry("location.transition", "transition", .pulse, .text([])),
        entry("med.dose", "dose medication", .pulse, .text(["dispensed", "taken", "missed"])),
        entry("usage.app_session", "app", .usage, .text([])),
        entry("usage.symbol", "symbol", .usage, .text([])),
        entry("usage.schedule_step", "schedule_step", .usage, .text([])),
        entry("usage.voice", "voice", .usage, .text([])),
        entry("usage.appliance_session", "appliance", .usage, .text([])),
        entry("usage.support", "support", .pulse, .text(["alone", "helped"])),
        entry("usage.prompt", "prompt", .pulse, .text([])),
    ]

    private static let measurements: [Entry] = [
        entry("presence.count", "people_count", .measurement, .number),
        entry("presence.distance", "distance", .measurement, .number),
        entry("light.level", "light", .measurement, .number),
        entry("cover.position", "cover", .measurement, .number),
        entry("power.active", "power", .measurement, .number),
        entry("power.voltage", "voltage", .measurement, .number),
        entry("power.current", "current", .measurement, .number),
        entry("energy.total", "energy", .measurement, .number),
        entry("env.temperature", "temperature", .measurement, .number),
        entry("env.humidity", "humidity", .measurement, .number),
        entry("env.illuminance", "illuminance", .measurement, .number),
        entry("env.pressure", "pressure", .measurement, .number),
        entry("env.co2", "co2", .measurement, .number),
        entry("location.lat", "latitude", .measurement, .number),
        entry("location.lon", "longitude", .measurement, .number),
        entry("location.accuracy", "accuracy", .measurement, .number),
    ]

    private static let health: [Entry] = [
        flag("device.online", "online", yes: "online", no: "offline", kind: .health),
        flag("device.battery_low", "battery_low", yes: "low", no: "normal", kind: .health),
        flag("bridge.online", "bridge", yes: "online", no: "offline", kind: .health),
        entry("device.battery", "battery", .health, .number),
        entry("device.battery_voltage", "battery_voltage", .health, .number),
        entry("device.temperature", "device_temperature", .health, .number),
        entry("device.clock_offset", "clock_offset", .health, .number),
        entry("link.lqi", "link", .health, .number),
        entry("link.rssi", "rssi", .health, .number),
        entry("link.snr", "snr", .health, .number),
    ]

    private static let motion = [
        Default(capability: "presence.motion", value: .boolean(true)),
        Default(capability: "presence.occupied", value: .boolean(true)),
    ]
    private static let opening = [Default(capability: "contact.open", value: .boolean(true))]
    private static let call = [
        Default(capability: "alarm.sos", value: .boolean(true)),
        Default(capability: "button.press", value: nil),
    ]

    /// A button may be a plain one or an SOS button, a presence sensor a PIR or a radar: such kinds stand
    /// for either reading, whichever the device has.
    private static let kinds: [String: [Default]] = [
        "motion": motion,
        "presence": motion,
        "door": opening,
        "front_door": opening,
        "window": opening,
        "fridge": opening,
        "cupboard": opening,
        "call_button": call,
        "sos": call,
        "button": call,
        "pull_cord": call,
        "bed": [Default(capability: "bed.occupied", value: .boolean(true))],
        "smoke": [Default(capability: "alarm.smoke", value: .boolean(true))],
        "leak": [Default(capability: "alarm.water", value: .boolean(true))],
        "gas": [Default(capability: "alarm.gas", value: .boolean(true))],
        "co": [Default(capability: "alarm.co", value: .boolean(true))],
        "fall": [Default(capability: "alarm.fall", value: .boolean(true))],
        "switch": [Default(capability: "switch.on", value: .boolean(true))],
        "light": [Default(capability: "switch.on", value: .boolean(true))],
        "plug": [Default(capability: "switch.on", value: .boolean(true))],
        "vibration": [Default(capability: "vibration.active", value: .boolean(true))],
        "lock": [Default(capability: "lock.locked", value: .boolean(true))],
        "tag_reader": [Default(capability: "access.tag", value: nil)],
    ]
}

extension Vocabulary.Entry {
    /// The words that a value may have, for messages.
    var words: [String] {
        switch type {
        case .boolean(let yes, let no): yes.prefix(1) + no.prefix(1) + ["true", "false"]
        case .number: []
        case .text(let words): words
        }
    }

    /// A word as a value of this capability; nil where it is none.
    func value(_ word: String) -> Value? {
        switch type {
        case .boolean(let yes, let no):
            if yes.contains(word) || word == "true" || word == "yes" { return .boolean(true) }
            if no.contains(word) || word == "false" || word == "no" { return .boolean(false) }
            return nil
        case .number:
            guard let number = Double(word), number.isFinite else { return nil }
            return .number(number)
        case .text:
            return word.isEmpty || word.utf8.count > 256 ? nil : .text(word)
        }
    }
}
