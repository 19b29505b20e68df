import Rules

/// SenML: RFC 8428. Names, times and units have a base; times below 2^28 are relative to now; one pack may be of several
/// devices.
enum SenMLConvention {
    static func fits(_ json: JSONValue) -> Bool {
        let records = json.elements
        guard !records.isEmpty, records.count <= 4096 else { return false }
        var hasValue = false
        for record in records {
            var isRecord = false
            for member in record.members {
                guard member.key.utf8.count <= 4 else { return false }
                guard let isValue = labels[member.key] else { continue }
                if isValue { hasValue = true }
                isRecord = isRecord || member.key != "bv"
            }
            guard isRecord else { return false }
        }
        return hasValue
    }

    /// Labels that make an object a record (RFC 8428, 4.3), and whether there is a value with them.
    private static let labels = WordTable([
        ("n", false), ("bn", false), ("v", true), ("vs", true), ("vb", true), ("vd", true),
        ("bt", false), ("bu", false), ("s", false), ("bv", true),
    ])

    /// What a unit measures: RFC 8428, 12.1, and the secondary units of RFC 8798.
    struct Unit: Sendable {
        var capability: String
        /// The number is multiplied, then shifted, into the capability's unit.
        var scale = 1.0
        var offset = 0.0
    }

    static let byUnit: [String: Unit] = [
        "Cel": Unit(capability: "env.temperature"),
        "K": Unit(capability: "env.temperature", offset: -273.15),
        "%RH": Unit(capability: "env.humidity"), "lx": Unit(capability: "env.illuminance"),
        "Pa": Unit(capability: "env.pressure", scale: 0.01),
        "hPa": Unit(capability: "env.pressure"),
        "V": Unit(capability: "power.voltage"), "A": Unit(capability: "power.current"),
        "W": Unit(capability: "power.active"),
        "kW": Unit(capability: "power.active", scale: 1000),
        "J": Unit(capability: "energy.total", scale: 1 / 3_600_000),
        "Wh": Unit(capability: "energy.total", scale: 0.001),
        "kWh": Unit(capability: "energy.total"), "lat": Unit(capability: "location.lat"),
        "lon": Unit(capability: "location.lon"), "%EL": Unit(capability: "device.battery"),
        "dBm": Unit(capability: "link.rssi"), "dBW": Unit(capability: "link.rssi", offset: 30),
        "m": Unit(capability: "presence.distance"), "ppm": Unit(capability: "env.co2"),
    ]

    static func read(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.message.convention = "senml"
        var name = ""
        var time = 0.0
        var unit = ""
        var base = 0.0
        let devices = devices(json)
        let newest = newest(json)
        let records = json.elements
        if records.count > 1 { draft.flag("batch") }
        for record in records {
            if let text = record["bn"]?.text { name = text }
            if let number = record["bt"]?.number { time = number }
            if let text = record["bu"]?.text { unit = text }
            if let number = record["bv"]?.number { base = number }
            let own = name + (record["n"]?.text ?? "")
            let moment = moment(time + (record["t"]?.number ?? 0), draft.received)
            draft.time = moment
            let found = record["u"]?.text ?? unit
            let meaning = byUnit[found]
            let capability = meaning?.capability ?? "generic.value"
            // Of several devices each reading has its whole name.
            let channel = devices.count > 1 ? own : meaning == nil ? record["n"]?.text : nil
            // Of a batch all but the newest are told late.
            var isLate = false
            if let moment, let newest { isLate = newest - moment > .minutes(2) }
            let before = draft.message.readings.count
            if let number = record["v"]?.number {
                let value = (base + number) * (meaning?.scale ?? 1) + (meaning?.offset ?? 0)
                draft.number(capability, value, kind: .measurement, channel: channel)
            } else if let truth = record["vb"]?.flag {
                truthValue(truth, own, channel, several: devices.count > 1, &draft)
            } else if let bytes = record["vd"]?.text {
                draft.text("data", bytes, kind: .state, channel: channel)
            } else if let text = record["vs"]?.text {
                draft.text("text", text, kind: .state, channel: channel)
            }
            for index in before..<draft.message.readings.count where isLate {
                draft.message.readings[index].freshness = .late
            }
        }
        if devices.count == 1 { draft.message.device = devices[0] }
        if devices.count > 1 { draft.flag("several_devices") }
    }

    /// Whose records they are: the base names, and the names of records without one.
    private static func devices(_ json: JSONValue) -> [String] {
        var name = ""
        var devices: [String] = []
        for record in json.elements {
            if let text = record["bn"]?.text { name = text }
            let device = name.isEmpty ? record["n"]?.text ?? "" : name
            if !device.isEmpty, !devices.contains(device) { devices.append(device) }
        }
        return devices
    }

    /// A truth has no unit: its name says what it is, where it is one that everybody uses.
    private static func truthValue(
        _ truth: Bool, _ name: String, _ channel: String?, several: Bool,
        _ draft: inout ConventionDraft
    ) {
        let last = name.split { "/:".contains($0) }.last.map(String.init) ?? ""
        switch FieldVocabulary.meaning(of: last) {
        case .boolean, .inverted:
            draft.field(last, .boolean(truth), channel: several ? channel : nil)
        default: draft.boolean("input.on", truth, channel: channel)
        }
    }

    private static func newest(_ json: JSONValue) -> Instant? {
        var time = 0.0
        var newest: Instant?
        for record in json.elements {
            if let number = record["bt"]?.number { time = number }
            let all = time + (record["t"]?.number ?? 0)
            guard all >= 268_435_456 else { continue }
            let moment = Instant(milliseconds: Int64(min(all, 1e11) * 1000))
            newest = newest.map { max($0, moment) } ?? moment
        }
        return newest
    }

    /// RFC 8428, 4.5.3: what is below 2^28 counts from now.
    private static func moment(_ seconds: Double, _ received: Instant) -> Instant? {
        guard seconds.isFinite, abs(seconds) < 1e11 else { return nil }
        if seconds >= 268_435_456 { return Instant(milliseconds: Int64(seconds * 1000)) }
        return seconds == 0 ? nil : received + TimeSpan(milliseconds: Int64(seconds * 1000))
    }
}
