import Rules

/// How simulated devices speak: the topics and payloads of one convention.
public enum Convention: String, Hashable, Sendable, CaseIterable {
    /// A Zigbee bridge that publishes each device's whole cached state as JSON.
    case zigbee2mqtt
    /// Wi-Fi devices that publish telemetry with their local time.
    case tasmota
}

/// One simulated device: what it last knew of itself, and how it says so.
struct DeviceVoice {
    let convention: Convention
    let base: String
    let name: String
    let sort: RecordedSort
    /// In the order of their names, as Zigbee2MQTT's objects are easiest to read.
    private var known: [RecordedField: FieldValue] = [:]
    private var random: SeededRandom
    private var linkQuality: Int64

    init(convention: Convention, base: String, name: String, sort: RecordedSort) {
        self.convention = convention
        self.base = base
        self.name = name
        self.sort = sort
        random = SeededRandom(seed: 1, name: name)
        linkQuality = random.between(70, 190)
    }

    /// What the device publishes when it has something to say; nil where devices of the convention cannot
    /// say it.
    ///
    /// - Parameters:
    ///   - at: the device's own time, for the payload.
    ///   - zone: the zone of its local times.
    mutating func say(
        _ field: RecordedField, _ value: FieldValue, at: Instant, zone: ZoneOffsets
    ) -> Publication? {
        switch convention {
        case .zigbee2mqtt: zigbee(field, value, at: at)
        case .tasmota: tasmota(field, value, at: at, zone: zone)
        }
    }

    private mutating func zigbee(
        _ field: RecordedField, _ value: FieldValue, at: Instant
    ) -> Publication? {
        let topic = "\(base)/\(name)"
        if field == .online {
            let word = value == .flag(true) ? "online" : "offline"
            return Publication(
                topic: "\(topic)/availability", payload: "{\"state\":\"\(word)\"}", retained: true)
        }
        known[field] = value
        linkQuality = min(255, max(20, linkQuality + random.between(-3, 3)))
        var members: [String] = []
        func add(_ field: RecordedField, _ key: String, _ text: (FieldValue) -> String) {
            if let value = known[field] { members.append("\"\(key)\":\(text(value))") }
        }
        add(.battery, "battery", \.json)
        // `contact: true` means that magnet and sensor touch: closed.
        add(.contact, "contact") { $0 == .flag(true) ? "false" : "true" }
        add(.humidity, "humidity", \.json)
        members.append("\"last_seen\":\"\(at.utcText)\"")
        members.append("\"linkquality\":\(linkQuality)")
        add(.motion, "occupancy", \.json)
        add(.power, "power", \.json)
        add(.state, "state") { $0 == .flag(true) ? "\"ON\"" : "\"OFF\"" }
        add(.temperature, "temperature", \.json)
        return Publication(topic: topic, payload: "{" + members.joined(separator: ",") + "}")
    }

    private mutating func tasmota(
        _ field: RecordedField, _ value: FieldValue, at: Instant, zone: ZoneOffsets
    ) -> Publication? {
        known[field] = value
        let time = "\"Time\":\"\(at.localText(in: zone))\""
        let sensor = "tele/\(name)/SENSOR"
        switch field {
        case .battery:
            // Tasmota runs on mains-powered chips and has no field for it.
            return nil
        case .online:
            return Publication(
                topic: "tele/\(name)/LWT", payload: value == .flag(true) ? "Online" : "Offline",
                retained: true)
        case .contact, .motion:
            return Publication(
                topic: sensor,
                payload: "{\(time),\"Switch1\":\"\(value == .flag(true) ? "ON" : "OFF")\"}")
        case .power:
            return Publication(
                topic: sensor, payload: "{\(time),\"ENERGY\":{\"Power\":\(value.json)}}")
        case .state:
            return Publication(
                topic: "tele/\(name)/STATE",
                payload: "{\(time),\"POWER\":\"\(value == .flag(true) ? "ON" : "OFF")\"}")
        case .temperature, .humidity:
            var members: [String] = []
            if let value = known[.temperature] { members.append("\"Temperature\":\(value.json)") }
            if let value = known[.humidity] { members.append("\"Humidity\":\(value.json)") }
            return Publication(
                topic: sensor,
                payload:
                    "{\(time),\"SHT3X\":{\(members.joined(separator: ","))},\"TempUnit\":\"C\"}")
        }
    }
}

extension FieldValue {
    /// The value as JSON: `true`, `21.5`, `84`.
    var json: String {
        switch self {
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): JSONText.number(number)
        }
    }
}
