public import Rules

/// What every capability means: how it is to be understood in time, in which unit it is given, and what its
/// values are. One table; a profile cannot say otherwise.
public struct CapabilityVocabulary: Sendable {
    /// What a capability's values are.
    public enum ValueType: String, Hashable, Sendable {
        /// True or false.
        case boolean
        /// A finite number in the capability's unit.
        case number
        /// One word of a set, or a name.
        case text
    }

    /// One capability.
    public struct Entry: Hashable, Sendable {
        /// Its dotted name.
        public var id: Capability
        /// The kinds that a profile may give it; the first one where it gives none.
        public var kinds: [ReadingKind]
        /// Its UCUM unit; empty for none.
        public var unit: String
        /// What its values are.
        public var type: ValueType
    }

    /// Every capability, in the order of the table.
    public static let entries: [Entry] = table.map { row in
        Entry(id: Capability(rawValue: row.0), kinds: row.1, unit: row.2, type: row.3)
    }

    private static let byName = WordTable(entries.map { ($0.id.rawValue, $0) })

    /// A capability by its dotted name; nil where there is none.
    public static func entry(_ name: String) -> Entry? { byName[name] }

    private typealias Row = (String, [ReadingKind], String, ValueType)

    private static let table: [Row] =
        residenceRows + personRows + powerRows + environmentRows + healthRows

    private static let residenceRows: [Row] = [
        ("contact.open", [.state], "", .boolean),
        ("presence.motion", [.state, .pulse], "", .boolean),
        ("presence.occupied", [.state], "", .boolean),
        ("presence.count", [.measurement, .state], "", .number),
        ("presence.distance", [.measurement], "m", .number),
        ("bed.occupied", [.state], "", .boolean),
        ("alarm.sos", [.pulse, .state], "", .boolean),
        ("alarm.smoke", [.state, .pulse], "", .boolean),
        ("alarm.water", [.state, .pulse], "", .boolean),
        ("alarm.gas", [.state, .pulse], "", .boolean),
        ("alarm.co", [.state, .pulse], "", .boolean),
        ("alarm.fall", [.pulse, .state], "", .boolean),
        ("alarm.seizure", [.pulse, .state], "", .boolean),
        ("alarm.enuresis", [.pulse, .state], "", .boolean),
        ("alarm.heat", [.state, .pulse], "", .boolean),
        ("alarm.tamper", [.state, .pulse], "", .boolean),
        ("vibration.active", [.state, .pulse], "", .boolean),
        ("vibration.kind", [.pulse], "", .text),
        ("lock.locked", [.state], "", .boolean),
        ("cover.position", [.measurement, .state], "%", .number),
        ("light.level", [.measurement, .state], "%", .number),
        ("switch.on", [.state], "", .boolean),
        ("input.on", [.state], "", .boolean),
    ]

    private static let personRows: [Row] = [
        ("button.press", [.pulse], "", .text),
        ("button.id", [.pulse], "", .text),
        ("control.source", [.pulse], "", .text),
        ("med.dose", [.pulse, .usage], "", .text),
        ("access.tag", [.pulse], "", .text),
        ("remote.code", [.pulse, .usage], "", .text),
        ("location.lat", [.measurement], "deg", .number),
        ("location.lon", [.measurement], "deg", .number),
        ("location.accuracy", [.measurement], "m", .number),
        ("location.zone", [.state], "", .text),
        ("location.transition", [.pulse], "", .text),
        ("usage.app_session", [.usage, .state], "", .text),
        ("usage.symbol", [.usage], "", .text),
        ("usage.schedule_step", [.usage], "", .text),
        ("usage.voice", [.usage], "", .text),
        ("usage.appliance_session", [.usage], "", .text),
        ("usage.support", [.pulse], "", .text),
        ("usage.prompt", [.pulse], "", .text),
    ]

    private static let powerRows: [Row] = [
        ("power.active", [.measurement], "W", .number),
        ("power.voltage", [.measurement], "V", .number),
        ("power.current", [.measurement], "A", .number),
        ("energy.total", [.measurement], "kWh", .number),
    ]

    private static let environmentRows: [Row] = [
        ("env.temperature", [.measurement], "Cel", .number),
        ("env.humidity", [.measurement], "%", .number),
        ("env.illuminance", [.measurement], "lx", .number),
        ("env.pressure", [.measurement], "hPa", .number),
        ("env.co2", [.measurement], "[ppm]", .number),
    ]

    private static let healthRows: [Row] = [
        ("device.online", [.health], "", .boolean),
        ("device.battery", [.measurement, .health], "%", .number),
        ("device.battery_low", [.health, .state], "", .boolean),
        ("device.battery_voltage", [.measurement, .health], "V", .number),
        ("device.temperature", [.measurement, .health], "Cel", .number),
        ("device.id_stable", [.health], "", .text),
        ("device.trouble", [.health, .state], "", .boolean),
        ("device.test_mode", [.health, .state], "", .boolean),
        ("device.clock_offset", [.health], "s", .number),
        ("device.uptime", [.health, .measurement], "s", .number),
        ("device.check_in", [.health], "", .boolean),
        ("bridge.online", [.health], "", .boolean),
        ("link.lqi", [.health, .measurement], "", .number),
        ("link.rssi", [.health, .measurement], "dBm", .number),
        ("link.snr", [.health, .measurement], "dB", .number),
    ]
}
