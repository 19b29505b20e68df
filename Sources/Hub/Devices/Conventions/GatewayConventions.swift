import Rules

/// ESPHome: https://esphome.io/components/mqtt. It retains everything, presses too, and they come again on subscribing.
enum ESPHomeConvention {
    private static let components: Set<String> = [
        "sensor", "binary_sensor", "switch", "text_sensor", "light", "button", "fan", "cover",
        "lock",
        "number", "select", "event", "climate",
    ]

    static func fits(_ levels: [String]) -> Bool {
        guard levels.count >= 4, let last = levels.last, ["state", "command"].contains(last) else {
            return false
        }
        return components.contains(levels[levels.count - 3])
    }

    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "esphome"
        let levels = draft.levels
        draft.message.device = levels.dropLast(3).joined(separator: "/")
        if levels.last == "command" { return draft.flag("command") }
        let component = levels[levels.count - 3]
        let name = levels[levels.count - 2]
        guard let text = draft.text?.trimmed else {
            return draft.quarantine("the text is not UTF-8", "not_utf8")
        }
        if draft.payload.isEmpty { return draft.lifecycle("retained_cleared") }
        let words = name.lowercased().split(separator: "_").map(String.init)
        switch component {
        case "sensor": sensor(name, words, text, &draft)
        case "binary_sensor": binary(words, text, &draft)
        case "switch", "fan":
            if let on = FieldVocabulary.truth(text) { draft.boolean("switch.on", on) }
        case "light":
            guard let json = draft.json() else { return }
            if let state = json["state"]?.text, let on = FieldVocabulary.truth(state) {
                draft.boolean("switch.on", on)
            }
            if let level = json["brightness"]?.number {
                draft.number("light.level", (level / 255 * 1000).rounded() / 10)
            }
        case "lock":
            draft.boolean("lock.locked", text.uppercased() == "LOCKED")
        case "event", "button":
            draft.text("button.press", text, kind: .pulse)
        case "cover":
            if let open = FieldVocabulary.truth(text) {
                draft.number("cover.position", open ? 100 : 0)
            }
        default:
            if let number = Double(text) {
                draft.number("generic.value", number, kind: .measurement)
            } else {
                draft.text("text", text, kind: .state)
            }
        }
    }

    private static func sensor(
        _ name: String, _ words: [String], _ text: String, _ draft: inout ConventionDraft
    ) {
        // `nan` is what a sensor says that failed.
        let isNone = ["nan", "unknown", "unavailable", "none"].contains(text.lowercased())
        let value: JSONValue = isNone ? .null : Double(text).map(JSONValue.number) ?? .string(text)
        if isNone { draft.flag("unknown_value") }
        // The name's last word says most: `kitchen_temperature`.
        for length in 1...3 where length <= words.count {
            let candidate = words.suffix(length).joined()
            guard let meaning = FieldVocabulary.meanings[candidate] else { continue }
            return draft.read(value, as: meaning)
        }
        if words.contains("signal") { return draft.read(value, as: .number("link.rssi")) }
        if words.contains("uptime") { return draft.read(value, as: .number("device.uptime_s")) }
        if words.contains("temperature") || words.contains("temp") {
            return draft.read(value, as: .number("env.temperature"))
        }
        if words.contains("voltage") {
            return draft.read(value, as: .number("power.voltage"))
        }
        if let number = value.number {
            draft.number("generic.value", number, kind: .measurement)
        } else if isNone {
            draft.add("generic.value", .unknown, kind: .measurement)
        }
    }

    private static func binary(_ words: [String], _ text: String, _ draft: inout ConventionDraft) {
        let value: JSONValue = .string(text)
        for word in words.reversed() {
            switch word {
            case "door", "window", "contact": return draft.read(value, as: .boolean("contact.open"))
            case "button":
                guard FieldVocabulary.truth(text) == true else { return draft.flag("pulse_reset") }
                return draft.text("button.press", "single", kind: .pulse)
            case "bed": return draft.read(value, as: .boolean("bed.occupied"))
            case "status": return draft.read(value, as: .boolean("device.online"))
            case "presence", "occupancy":
                return draft.read(value, as: .boolean("presence.occupied"))
            default:
                if let meaning = FieldVocabulary.meanings[word], case .boolean = meaning {
                    return draft.read(value, as: meaning)
                }
            }
        }
        if let on = FieldVocabulary.truth(text) { draft.boolean("input.on", on) }
    }
}

/// Z-Wave JS UI: https://zwave-js.github.io/zwave-js-ui/#/guide/mqtt. Three forms of payload: a value, `{time, value}`, or a
/// whole value with its states; commands are seen on `/set` topics.
enum ZWaveConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "zwave_js_ui"
        let levels = draft.levels
        if levels.count > 1, levels[1] == "_CLIENTS" {
            return draft.flag(levels.last == "set" ? "command" : "not_data")
        }
        if levels.last == "set" { return draft.flag("command") }
        guard
            let place = levels.indices.first(where: { index in
                index > 1 && index + 2 < levels.count && Int(levels[index]) != nil
                    && Int(levels[index + 1]) != nil
            })
        else { return state(&draft) }
        draft.message.device = levels[1..<place].joined(separator: "/")
        let commandClass = Int(levels[place]) ?? 0
        let endpoint = levels[place + 1]
        let property = levels[(place + 2)...].joined(separator: "/")
        guard let json = draft.json() else { return }
        var value = json
        if json.isObject {
            draft.takeTime(json["time"] ?? json["lastUpdate"])
            if let found = json["value"] {
                value = found
            } else {
                draft.flag("missing_field")
                value = .null
            }
        }
        let channel = endpoint == "0" ? nil : endpoint
        read(commandClass, property, value, json, channel, &draft)
    }

    private static func state(_ draft: inout ConventionDraft) {
        draft.message.device = draft.levels.dropFirst().dropLast().joined(separator: "/")
        switch draft.levels.last {
        case "status":
            let text = draft.text?.trimmed ?? ""
            let json = text.hasPrefix("{") ? draft.json() : nil
            let word = json?["status"]?.text ?? text
            if let status = json?["value"]?.flag {
                draft.boolean("device.online", status)
            } else if let online = [
                "true": true, "Alive": true, "Awake": true, "Asleep": true,
                "false": false, "Dead": false,
            ][word] {
                draft.boolean("device.online", online)
            }
        default: draft.flag("not_data")
        }
    }

    private static func read(
        _ commandClass: Int, _ property: String, _ value: JSONValue, _ json: JSONValue,
        _ channel: String?, _ draft: inout ConventionDraft
    ) {
        let name = property.lowercased().replacing("_", with: " ")
        func boolean(_ capability: String, _ truth: Bool?) {
            if let truth {
                draft.boolean(capability, truth, kind: .state, channel: channel)
            } else {
                draft.flag("unknown_value")
                draft.add(capability, .unknown, kind: .state, channel: channel)
            }
        }
        let number = value.number
        switch commandClass {
        case 37 where name.contains("currentvalue"): boolean("switch.on", value.flag)
        case 38 where name.contains("currentvalue"):
            // Levels go from 0 to 99.
            if let number {
                draft.number(
                    "light.level", (min(number, 99) / 99 * 1000).rounded() / 10, channel: channel)
            }
        case 48:
            let truth = value.flag
            if name.contains("door") || name.contains("window") {
                boolean("contact.open", truth)
            } else if name.contains("motion") {
                boolean("presence.motion", truth)
            } else if name.contains("water") {
                boolean("alarm.water", truth)
            } else if name.contains("smoke") {
                boolean("alarm.smoke", truth)
            } else if name.contains("tamper") {
                boolean("alarm.tamper", truth)
            } else {
                boolean("input.on", truth)
            }
        case 49: draft.field(sensorName(name), value, channel: channel)
        case 50:
            if name.contains("65537") || name.contains("kwh") {
                draft.read(value, as: .number("energy.total"), channel: channel)
            } else if name.contains("66049") || name.contains(" w") {
                draft.read(value, as: .number("power.active"), channel: channel)
            } else if name.contains("66561") {
                draft.read(value, as: .number("power.voltage"), channel: channel)
            } else {
                draft.flag("not_data")
            }
        case 91:
            guard let number else { return draft.flag("pulse_null") }
            let words = [0: "single", 1: "release", 2: "hold", 3: "double", 4: "triple"]
            let code = FieldVocabulary.whole(number) ?? -1
            draft.text("button.press", words[code] ?? "\(code)", kind: .pulse)
            if let scene = name.split(separator: "/").last {
                draft.text("button.id", String(scene), kind: .pulse)
            }
        case 98: boolean("lock.locked", number.map { $0 == 255 })
        case 113: notification(name, number, value, boolean)
        case 128:
            if name.contains("islow") {
                boolean("device.battery_low", value.flag)
            } else if name.contains("level") {
                draft.read(value, as: .number("device.battery"))
            }
        default: draft.flag("not_data")
        }
    }

    private static func sensorName(_ name: String) -> String {
        if name.contains("temperature") { return "temperature" }
        if name.contains("humidity") { return "humidity" }
        if name.contains("illuminance") || name.contains("luminance") { return "illuminance" }
        if name.contains("carbon dioxide") { return "co2" }
        if name.contains("pressure") { return "pressure" }
        return name
    }

    /// Z-Wave's notification events, by their numbers (Silicon Labs, "Z-Wave Notification Command Class").
    private static func notification(
        _ name: String, _ number: Double?, _ value: JSONValue, _ boolean: (String, Bool?) -> Void
    ) {
        let event = number.flatMap(FieldVocabulary.whole)
        if name.contains("door state") {
            boolean("contact.open", event == 22 ? true : event == 23 ? false : nil)
        } else if name.contains("motion sensor") {
            boolean("presence.motion", event.map { $0 == 7 || $0 == 8 })
        } else if name.contains("smoke") {
            boolean("alarm.smoke", event.map { $0 == 1 || $0 == 2 })
        } else if name.contains("co alarm") || name.contains("carbon monoxide") {
            boolean("alarm.co", event.map { $0 == 1 || $0 == 2 })
        } else if name.contains("water") {
            boolean("alarm.water", event.map { $0 == 1 || $0 == 2 })
        } else if name.contains("cover status") || name.contains("tamper") {
            boolean("alarm.tamper", event.map { $0 == 3 })
        } else if name.contains("lock state") {
            boolean("lock.locked", event.map { [1, 3, 5, 9].contains($0) })
        }
    }
}

/// OpenMQTTGateway and Theengs: https://docs.openmqttgateway.com. Several gateways hear one device; numbers may be strings;
/// addresses may be random.
enum GatewayConvention {
    static func read(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        let gateway = levels[1]
        draft.message.convention =
            gateway.lowercased().contains("theengs") ? "theengs" : "openmqttgateway"
        draft.message.device = levels.count > 3 ? levels[3] : gateway
        switch levels[2] {
        case "LWT":
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            }
            return
        case "SYStoMQTT", "RLStoMQTT", "version": return draft.flag("not_data")
        default: break
        }
        if levels[2].hasPrefix("MQTTto") || levels.contains("commands") {
            return draft.flag("command")
        }
        guard let json = draft.json() else { return }
        if let id = json["id"]?.text { draft.message.device = id }
        switch levels[2] {
        case "433toMQTT", "RFtoMQTT", "SRFBtoMQTT":
            if let code = json["value"]?.number {
                draft.text("remote.code", FieldVocabulary.plainNumber(code), kind: .pulse)
            } else if let code = json["value"]?.text, !code.isEmpty {
                draft.text("remote.code", code, kind: .pulse)
            }
        case "IRtoMQTT":
            if let code = json["hex"]?.text
                ?? json["value"]?.number.map(FieldVocabulary.plainNumber)
            {
                let name = json["protocol_name"]?.text
                draft.text("remote.code", name.map { "\($0):\(code)" } ?? code, kind: .usage)
            }
        case "RTL_433toMQTT": RTL433Convention.device(json, &draft)
        case "BTtoMQTT": bluetooth(json, &draft)
        default:
            let before = draft.message.readings.count
            for member in json.members { draft.field(member.key, member.value) }
            if draft.message.readings.count == before { draft.flag("not_data") }
        }
    }

    private static func bluetooth(_ json: JSONValue, _ draft: inout ConventionDraft) {
        // A type of "TRACK" is a tag that somebody carries.
        if json["type"]?.text == "TRACK" { draft.boolean("presence.beacon", true, kind: .state) }
        // The least that the format can say, in each field at once, is a sensor without a value.
        let isLeast = json["tempc"]?.number.map { $0 <= -127 } == true
        let session = json["session"]?.number != nil && json["litres"] != nil
        for member in json.members {
            switch member.key {
            case "tempf", "distance", "model", "model_id", "brand", "type", "name", "id", "mac",
                "servicedata", "servicedatauuid", "manufacturerdata", "track", "cidc", "acts",
                "cont",
                "device", "mac_type", "accx", "accy", "accz":
                continue
            case "volt":
                if !isLeast, let volts = member.value.number, volts > 0 {
                    draft.number("device.battery_voltage", volts)
                }
            case "hum", "pres":
                if !isLeast { draft.field(member.key, member.value) }
            case "tempc":
                draft.field(session ? "watertemperature" : "tempc", member.value)
                if session, let warm = member.value.number {
                    draft.number("env.water_temperature", warm, kind: .measurement)
                }
            case "litres":
                if let litres = member.value.number {
                    draft.number("water.session_l", litres, kind: .usage)
                }
            case "seconds":
                if session, let seconds = member.value.number {
                    draft.number("water.session_s", seconds, kind: .usage)
                }
            case "energy":
                if session, let energy = member.value.number {
                    draft.number("energy.session", energy, kind: .usage)
                } else {
                    draft.field(member.key, member.value)
                }
            case "sum":
                if json["sumu"]?.text == "m³", let volume = member.value.number {
                    draft.number("flow.volume_total", volume, kind: .measurement)
                } else if let total = member.value.number {
                    draft.number("energy.total", total)
                }
            case "button":
                if let text = member.value.text, !text.isEmpty {
                    draft.text("button.press", text, kind: .pulse)
                }
            case "pir", "motion": draft.field("motion", member.value)
            case "rssi": draft.field("rssi", member.value)
            default: draft.field(member.key, member.value)
            }
        }
        let meanings = draft.message.readings.filter { $0.capability != "link.rssi" }
        if meanings.isEmpty { draft.flag("not_data") }
    }
}

extension FieldVocabulary {
    /// `online` and `offline`, as wills have them.
    static func online(_ text: String?) -> Bool? {
        switch text?.trimmed.lowercased() {
        case "online", "true", "1", "connected", "up": true
        case "offline", "false", "0", "disconnected", "down", "stopped": false
        default: nil
        }
    }

    /// Of degrees Fahrenheit, to a hundredth.
    static func celsius(_ fahrenheit: Double) -> Double {
        ((fahrenheit - 32) / 1.8 * 100).rounded() / 100
    }

    /// A code that is a whole number; nil for any other.
    static func whole(_ number: Double) -> Int? { Int(exactly: number) }

    /// A number without a fraction that it has not.
    static func plainNumber(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }
}

/// rtl_433: https://github.com/merbanan/rtl_433/blob/master/docs/OPERATION.md. One press is up to eight copies that differ in
/// their time alone; what a switch's OPEN means the device's maker decides.
enum RTL433Convention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "rtl_433"
        draft.message.device = draft.levels.count > 1 ? draft.levels[1] : draft.topic
        if draft.levels.last == "availability" {
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            }
            return
        }
        guard draft.payload.contains(UInt8(ascii: "{")) else { return draft.flag("not_data") }
        guard let json = draft.json() else { return }
        device(json, &draft)
    }

    static func device(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let model = json["model"]?.text ?? ""
        let number = json["id"]
        let id = number?.text ?? number?.number.map(FieldVocabulary.plainNumber)
        let channel =
            json["channel"]?.number.map(FieldVocabulary.plainNumber) ?? json["channel"]?.text
        let isSecurity = model.contains("Security") || model.contains("Powercode")
        if let id {
            let name = [isSecurity ? nil : model, id, channel].compactMap { $0 }.joined(
                separator: "/")
            draft.message.device = name
            draft.text("device.id", name, kind: .health)
        }
        if draft.message.convention == "rtl_433" { draft.takeTime(json["time"]) }
        let subtype = json["subtype"]?.text?.lowercased()
        for member in json.members {
            switch member.key {
            case "temperature_C": draft.field("temperature", member.value)
            case "temperature_F":
                if let warm = member.value.number {
                    draft.field("temperature", .number(FieldVocabulary.celsius(warm)))
                }
            case "humidity", "pressure_hPa", "battery_ok", "light_lux", "co2_ppm":
                draft.field(member.key, member.value)
            case "tamper": draft.field("tamper", member.value)
            case "power_W": draft.field("power", member.value)
            case "energy_kWh": draft.field("energy", member.value)
            case "state" where isSecurity:
                if let open = member.value.text.flatMap({ FieldVocabulary.truth($0) }) {
                    draft.boolean("contact.open", open)
                }
            case "event":
                if let text = member.value.text { event(text, &draft) }
            case "alarm" where model.contains("Powercode"):
                draft.read(member.value, as: .boolean("contact.open"))
            case "button", "cmd", "code", "data":
                if member.key == "button" || member.key == "cmd" {
                    let text =
                        member.value.text ?? member.value.number.map(FieldVocabulary.plainNumber)
                    if let text { draft.text("button.press", text, kind: .pulse) }
                }
            default: continue
            }
        }
        switch subtype {
        case "motion": draft.boolean("presence.motion", true, kind: .pulse)
        case .some(let kind) where isSecurity:
            draft.text("device.class", kind, kind: .health)
            // Which of the switches is the alarm's nobody says.
            draft.flag("semantics_unclear")
        default: break
        }
    }

    private static func event(_ text: String, _ draft: inout ConventionDraft) {
        let words = text.uppercased()
        if words.contains("DOOR") || words.contains("WINDOW") {
            if words.contains("CLOSED") { return draft.boolean("contact.open", false) }
            if words.contains("OPEN") { return draft.boolean("contact.open", true) }
        }
        if words.contains("PANIC") { return draft.boolean("alarm.sos", true, kind: .pulse) }
        if words.contains("MOTION") {
            return draft.boolean(
                "presence.motion", !words.contains("NO MOTION") && !words.contains("CLEAR"))
        }
    }
}

/// Frigate: https://docs.frigate.video/integrations/mqtt. Counts and presence only: it names people and sends images, and
/// nothing of that is taken.
enum FrigateConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "frigate"
        let levels = draft.levels
        guard levels.count > 1 else { return }
        draft.message.device = levels[1]
        if levels[1] == "available" {
            draft.message.device = "frigate"
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            } else {
                draft.flag("unknown_value")
            }
            return
        }
        if levels.last == "set" { return draft.flag("command") }
        if levels.count == 3, let count = draft.text.flatMap({ Double($0.trimmed) }),
            levels[2] == "person" || levels[2] == "all"
        {
            draft.number("presence.count", count)
            return
        }
        if levels.count == 3, levels[2] == "motion",
            let on = draft.text.flatMap({ FieldVocabulary.truth($0.trimmed) })
        {
            draft.boolean("presence.motion", on)
            return
        }
        draft.flag("private")
    }
}
