import Rules

/// Tasmota: https://tasmota.github.io/docs/MQTT/
///
/// Traps: local time without a zone, 1970 until the clock is set; payloads cut off, or two in one; the order of prefix and
/// topic is the user's.
enum TasmotaConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "tasmota"
        let levels = draft.levels
        if levels.count >= 4, levels[0] == "tasmota", levels[1] == "discovery" {
            return discovery(&draft)
        }
        let prefixes = ["tele", "stat", "cmnd"]
        guard let prefix = levels.lastIndex(where: { prefixes.contains($0) }),
            let last = levels.last
        else { return }
        let end = levels.count - 1
        draft.message.device =
            prefix == 0
            ? draft.part(min(1, end)..<end)
            : levels.indices.filter { $0 != prefix && $0 != end }.map { levels[$0] }
                .joined(separator: "/")
        if levels[prefix] == "cmnd" { return draft.flag("command") }
        switch last {
        case "LWT": will(&draft)
        case "INFO1", "INFO2", "INFO3": info(&draft)
        case "STATUS", "LOGGING", "MARGINS", "UPGRADE", "OTA": draft.flag("not_data")
        default:
            let text = draft.text?.trimmed
            if let text, !text.hasPrefix("{"), !text.has("{") {
                plain(last, text, &draft)
            } else {
                message(&draft)
            }
        }
    }

    private static func will(_ draft: inout ConventionDraft) {
        switch draft.text?.trimmed {
        case "Online": draft.boolean("device.online", true)
        case "Offline": draft.boolean("device.online", false)
        default:
            draft.flag("unknown_value")
            draft.add("device.online", .unknown)
        }
        // A name of six hexadecimal digits is the factory's: a device that was not told its topic yet.
        if draft.message.device.hasPrefix("tasmota_FFFFFF") || draft.message.device.isEmpty {
            draft.flag("unknown_device")
        }
    }

    private static func info(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        draft.lifecycle("boot")
        let reason = json["RestartReason"] ?? json.at("Info3", "RestartReason")
        if let text = reason?.text { draft.text("reason", text, kind: .health) }
    }

    private static func discovery(_ draft: inout ConventionDraft) {
        draft.message.device = draft.levels[2]
        if draft.payload.isEmpty { return draft.lifecycle("device_removed") }
        guard let json = draft.json() else { return }
        // Retained, and as old as the device's last start: what it is, not how it is.
        draft.flag("discovery")
        guard let sensors = json["sn"] else { return }
        var inner = draft
        inner.message.readings = []
        Self.sensors(sensors, &inner)
        let names = inner.message.readings.map(\.capability)
        if !names.isEmpty {
            draft.text("capabilities", names.joined(separator: " "), kind: .health)
        }
    }

    /// `stat/<device>/POWER1`, `stat/<device>/PIR1`: a word alone.
    private static func plain(_ name: String, _ text: String, _ draft: inout ConventionDraft) {
        let base = name.uppered.prefix { !$0.isNumber }
        let number = name.drop { !$0.isNumber }
        let channel = number.isEmpty ? nil : String(number)
        switch (base, FieldVocabulary.truth(text)) {
        case ("POWER", let on?): draft.boolean("switch.on", on, channel: channel)
        case ("PIR", let on?), ("MOTION", let on?): draft.boolean("presence.motion", on)
        case ("SWITCH", let on?): draft.boolean("input.\(channel ?? "1")", on, kind: .state)
        case ("DOOR", let on?), ("CONTACT", let on?): draft.boolean("contact.open", on)
        default:
            if draft.payload.isEmpty { return draft.flag("empty") }
            if text == "{" || text.isEmpty { return }
            // A JSON text whose beginning is lost has quotes and colons.
            if text.has("\":") {
                return draft.quarantine("the text begins in the middle", "corrupt")
            }
            draft.flag("not_data")
        }
    }

    private static func message(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        guard json.isObject else { return draft.quarantine("an object is expected", "wrong_type") }
        time(json, &draft)
        if draft.message.flags.contains("not_utf8") {
            // Its numbers may be as wrong as its words.
            if let quality = find("LinkQuality", in: json)?.number {
                draft.number("link.lqi", quality)
            }
            return
        }
        sensors(json, &draft)
        if let seconds = json["UptimeSec"]?.number {
            draft.number("device.uptime_s", seconds, kind: .health)
            if seconds < 120 { draft.flag("after_boot") }
        }
        if let signal = json.at("Wifi", "Signal")?.number { draft.number("link.rssi", signal) }
        if draft.message.readings.isEmpty, draft.message.flags.isEmpty { draft.flag("not_data") }
    }

    /// `Epoch` is a moment; `Time` alone is wall time.
    private static func time(_ json: JSONValue, _ draft: inout ConventionDraft) {
        if let epoch = json["Epoch"], epoch.number != nil { return draft.takeTime(epoch) }
        draft.takeTime(json["Time"])
    }

    private static func find(_ key: String, in json: JSONValue) -> JSONValue? {
        for member in json.members {
            if member.key == key { return member.value }
            if let found = find(key, in: member.value) { return found }
        }
        return nil
    }

    static func sensors(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let named = json.members.filter { $0.value.isObject && !containers.contains($0.key) }
        // Several things of a kind are told apart by their names.
        let thermometers =
            named.count { $0.value["Temperature"] != nil }
            + (json.at("ANALOG", "Temperature") == nil ? 0 : 1)
        for member in json.members {
            let key = member.key
            let base = key.prefix { !$0.isNumber }
            let channel = key.dropFirst(base.count)
            switch base {
            case "POWER":
                if let on = FieldVocabulary.truth(member.value) {
                    draft.boolean("switch.on", on, channel: channel.isEmpty ? nil : String(channel))
                }
            case "Switch":
                // Named by its number, as on the device's cover.
                if let on = FieldVocabulary.truth(member.value) {
                    draft.boolean("input.\(channel)", on, kind: .state)
                } else if let action = member.value["Action"]?.text,
                    let on = FieldVocabulary.truth(action)
                {
                    draft.boolean("input.\(channel)", on, kind: .state)
                }
            case "Button":
                button(member.value, String(channel), &draft)
            case "Dimmer":
                if let level = member.value.number { draft.number("light.level", level) }
            case "Shutter":
                if let position = member.value["Position"]?.number {
                    draft.number("cover.position", position, channel: String(channel))
                }
            default:
                if containers.contains(key) {
                    container(key, member.value, &draft)
                } else if member.value.isObject {
                    sensor(
                        key, member.value, many: thermometers > 1,
                        isFahrenheit: json["TempUnit"]?.text == "F", &draft)
                }
            }
        }
    }

    private static let containers: Set<String> = [
        "ENERGY", "Wifi", "ZbReceived", "IrReceived", "RfReceived", "LwReceived", "SSerialReceived",
        "Info1", "Info2", "Info3", "ANALOG", "TIC", "PN532", "RDM6300", "RC522", "ESP32",
        "SerialReceived",
    ]

    private static func button(
        _ value: JSONValue, _ number: String, _ draft: inout ConventionDraft
    ) {
        guard let action = value["Action"] else { return }
        guard let word = action.text, !word.isEmpty else { return draft.flag("pulse_null") }
        if word == "CLEAR" { return draft.flag("pulse_reset") }
        draft.text("button.press", word.lowered, kind: .pulse)
        if !number.isEmpty { draft.text("button.id", number, kind: .pulse) }
    }

    private static func sensor(
        _ name: String, _ value: JSONValue, many: Bool, isFahrenheit: Bool,
        _ draft: inout ConventionDraft
    ) {
        let channel = many ? name : nil
        for member in value.members {
            switch member.key {
            case "Temperature" where isFahrenheit && member.value.number != nil:
                let warm = FieldVocabulary.celsius(member.value.number ?? 0)
                draft.field("temperature", .number(warm), channel: channel)
            case "Temperature", "Humidity", "Pressure", "Illuminance", "CarbonDioxide", "Battery",
                "eCO2":
                let key =
                    member.key == "CarbonDioxide" || member.key == "eCO2" ? "co2" : member.key
                draft.field(key, member.value, channel: channel)
            case "Occupancy", "Motion":
                draft.field("occupancy", member.value, channel: channel)
            default: continue
            }
        }
    }

    private static func container(
        _ name: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        switch name {
        case "ENERGY":
            for (key, capability) in [
                ("Power", "power.active"), ("Voltage", "power.voltage"),
                ("Current", "power.current"), ("Total", "energy.total"),
            ] {
                guard let found = value[key] else { continue }
                if let number = FieldVocabulary.number(found, &draft) {
                    draft.number(capability, number)
                } else {
                    // One of several phases each.
                    for (index, phase) in found.elements.enumerated() {
                        if let number = phase.number {
                            draft.number(capability, number, channel: "\(index + 1)")
                        }
                    }
                }
            }
        case "ANALOG":
            if let temperature = value["Temperature"] {
                draft.read(temperature, as: .number("device.temperature"))
            }
            if let raw = value["A0"]?.number {
                draft.number("generic.analog", raw, kind: .measurement)
            }
        case "ZbReceived": zigbee(value, &draft)
        case "LwReceived": lora(value, &draft)
        case "IrReceived":
            if let protocolName = value["Protocol"]?.text, let data = value["Data"]?.text {
                draft.text("remote.code", "\(protocolName):\(data)", kind: .usage)
                if let again = value["Repeat"]?.number {
                    draft.number("remote.repeat", again, kind: .usage)
                }
            }
        case "RfReceived":
            if let data = value["Data"]?.text { draft.text("remote.code", data, kind: .usage) }
        case "PN532", "RDM6300", "RC522":
            if let tag = value["UID"]?.text, !tag.isEmpty {
                draft.text("access.tag", tag, kind: .pulse)
                if let auth = value["Auth"]?.text {
                    draft.text("access.auth", auth == "Ok" ? "passed" : "failed", kind: .pulse)
                }
            }
        case "SSerialReceived", "SerialReceived":
            for member in value.members { draft.field(member.key, member.value) }
        default: break
        }
    }

    /// Devices behind Zigbee2Tasmota.
    private static func zigbee(_ value: JSONValue, _ draft: inout ConventionDraft) {
        for device in value.members {
            draft.message.device = device.value["Name"]?.text ?? device.key
            for member in device.value.members {
                switch member.key {
                case "Power":
                    if let on = FieldVocabulary.truth(member.value) {
                        draft.boolean("switch.on", on)
                    }
                case "EnergyTotal": draft.read(member.value, as: .number("energy.total"))
                case "Voltage": draft.read(member.value, as: .number("device.battery_voltage"))
                case "Contact":
                    if let open = FieldVocabulary.truth(member.value) {
                        draft.boolean("contact.open", open)
                    }
                case "AqaraVibrationMode":
                    if let mode = member.value.text {
                        draft.text("vibration.kind", mode, kind: .pulse)
                    }
                case "Click", "action":
                    if let word = member.value.text, !word.isEmpty {
                        draft.text("button.press", word, kind: .pulse)
                    }
                default: draft.field(member.key, member.value)
                }
            }
        }
    }

    /// Devices behind Tasmota's LoRaWAN bridge.
    private static func lora(_ value: JSONValue, _ draft: inout ConventionDraft) {
        for device in value.members {
            draft.message.device = device.key
            for member in device.value.members {
                switch member.key {
                case "DoorOpen": draft.read(member.value, as: .boolean("contact.open"))
                // Volts of a cell here, and no share.
                case "Battery" where (member.value.number ?? 100) < 5:
                    draft.read(member.value, as: .number("device.battery_voltage"))
                case "LeakDetected", "WaterLeak":
                    draft.read(member.value, as: .boolean("alarm.water"))
                default: draft.field(member.key, member.value)
                }
            }
        }
    }
}
