import Rules

/// OpenMQTTGateway and Theengs: https://docs.openmqttgateway.com. Several gateways hear one device; numbers may be strings;
/// addresses may be random.
enum GatewayConvention {
    /// `home/GATEWAY/BTtoMQTT/…`; the base may have more levels, and before 2019 there was no gateway in it.
    static func fits(_ levels: [String]) -> Bool {
        guard levels.count >= 3 else { return levels.count == 2 && isModule(levels[1]) }
        if isModule(levels[2]) { return true }
        switch levels[2] {
        case "commands": return levels.count > 3 && isModule(levels[3])
        case "LWT": return levels[1].has("Gateway") || levels[1].hasPrefix("OMG")
        default: return isModule(levels[1]) || levels.count > 3 && isModule(levels[3])
        }
    }

    private static func isModule(_ level: String) -> Bool {
        level.has("toMQTT") || level.hasPrefix("MQTTto")
    }

    static func read(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        let at = levels.dropFirst().firstIndex(where: isModule) ?? 2
        let gateway = levels[at - 1]
        draft.message.convention =
            gateway.lowered.has("theengs") ? "theengs" : "openmqttgateway"
        draft.message.device = levels.count > at + 1 ? levels[at + 1] : gateway
        switch levels[at] {
        case "LWT":
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            }
            return
        case "SYStoMQTT":
            if let json = draft.json() { system(json, &draft) }
            return
        case "RLStoMQTT", "version": return draft.flag("not_data")
        default: break
        }
        if levels[at].hasPrefix("MQTTto") || levels.contains("commands") {
            return draft.flag("command")
        }
        if !draft.payload.contains(UInt8(ascii: "{")), let text = draft.text?.trimmed,
            !text.isEmpty
        {
            return bare(text, levels[at], Array(levels[(at + 1)...]), &draft)
        }
        guard let json = draft.json() else { return }
        if let id = json["id"]?.text { draft.message.device = id }
        switch levels[at] {
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
        case "RTL_433toMQTT":
            // The receiver's own state is no device's.
            if json["model"]?.text == "status" { return draft.flag("not_data") }
            RTL433Convention.device(json, &draft)
        case "BTtoMQTT": bluetooth(json, &draft)
        case "PilighttoMQTT": pilight(json["message"], &draft)
        default: sensor(json, &draft)
        }
    }

    /// Before there was JSON each value had a topic: a code, a beacon's signal, and below them the rest.
    private static func bare(
        _ text: String, _ module: String, _ below: [String], _ draft: inout ConventionDraft
    ) {
        switch (module, below.count) {
        case ("433toMQTT", 0), ("SRFBtoMQTT", 0):
            // A bridge that did not understand what it heard says 0.
            if text == "0" { return draft.flag("not_data") }
            draft.text("remote.code", text, kind: .pulse)
        case ("BTtoMQTT", 1) where Double(text) != nil: plain("rssi", text, &draft)
        case ("BTtoMQTT", 2): plain(below[1], text, &draft)
        case (_, 1) where !module.has("433") && !module.has("SRFB"): plain(below[0], text, &draft)
        default: draft.flag("not_data")
        }
    }

    private static func plain(_ name: String, _ text: String, _ draft: inout ConventionDraft) {
        let value: JSONValue = Double(text).map(JSONValue.number) ?? .string(text)
        let isRead = draft.field(name == "tem" ? "temperature" : name, value)
        if !isRead { draft.flag("not_data") }
    }

    /// What Pilight decoded: https://manual.pilight.org/protocols/433.92/index.html.
    private static func pilight(_ message: JSONValue?, _ draft: inout ConventionDraft) {
        let before = draft.message.readings.count
        for member in message?.members ?? [] {
            switch (member.key, member.value.text) {
            case ("state", "opened"): draft.boolean("contact.open", true)
            case ("state", "closed"): draft.boolean("contact.open", false)
            case ("state", "on"): draft.boolean("switch.on", true)
            case ("state", "off"): draft.boolean("switch.on", false)
            case ("temperature", _), ("humidity", _): draft.field(member.key, member.value)
            default: continue
            }
        }
        if draft.message.readings.count == before { draft.flag("not_data") }
    }

    /// What the gateway says of itself.
    private static func system(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.flag("not_data")
        if let seconds = json["uptime"]?.number {
            draft.number("device.uptime_s", seconds, kind: .health)
        }
        if let signal = json["rssi"]?.number { draft.number("link.rssi", signal) }
    }

    /// A sensor that is wired to the gateway.
    private static func sensor(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let before = draft.message.readings.count
        for member in json.members {
            switch member.key {
            case "temp" where json["unit"]?.text == "F":
                draft.temperature(fahrenheit: member.value.number)
            case "hcsr501": draft.field("motion", member.value)
            default: draft.field(member.key, member.value)
            }
        }
        if draft.message.readings.count == before { draft.flag("not_data") }
    }

    /// What says who a device is or how it was heard, and what is told in another unit as well.
    private static let untold = WordTable(
        [
            "distance", "model", "model_id", "brand", "type", "name", "id", "mac",
            "servicedata", "servicedatauuid", "manufacturerdata", "track", "cidc", "acts", "cont",
            "device", "mac_type", "accx", "accy", "accz",
        ])

    private static func bluetooth(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let type = json["type"]?.text ?? ""
        // A type of "TRACK" is a tag that somebody carries.
        if type == "TRACK" { draft.boolean("presence.beacon", true, kind: .state) }
        if json["cipher"] != nil { draft.flag("encrypted") }
        // The least and the most that the format can say, in each field at once, is a sensor without a value.
        let isLeast = json["tempc"]?.number.map { $0 <= -127 } == true
        let isMost = json["tempc"]?.number.map { $0 >= 127.99 } == true && json["accx"] != nil
        let session = json["session"]?.number != nil && json["litres"] != nil
        for member in json.members {
            if untold.contains(member.key) { continue }
            switch member.key {
            case "tempf" where json["tempc"] == nil && json["tempc1"] == nil:
                draft.temperature(fahrenheit: FieldVocabulary.number(member.value, &draft))
            case "tempf": continue
            case "volt":
                if !isLeast, !isMost, let volts = member.value.number, volts > 0 {
                    draft.number("device.battery_voltage", volts)
                }
            case "pres" where type == "TIRE", "pressure" where type == "BODY":
                // A tyre's is in bar, a toothbrush's is its bristles'.
                continue
            case "hum", "pres":
                if !isLeast, !isMost { draft.field(member.key, member.value) }
            case "tempc" where isMost: draft.field("tempc", .number(-127))
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
            case "avg":
                if let power = member.value.number {
                    switch json["avgu"]?.text {
                    case "kW": draft.number("power.active", power * 1000)
                    case "W": draft.number("power.active", power)
                    default: continue
                    }
                }
            case "steps":
                if let steps = member.value.number {
                    draft.number("activity.steps", steps, kind: .measurement)
                }
            case "packet":
                if let packet = member.value.number {
                    draft.number("dedupe.id", packet, kind: .health)
                }
            case "button", "button1", "button2", "button3", "button4":
                press(member, &draft)
            case "contact": contact(member.value, &draft)
            case "state" where type == "ACTR":
                if let isOn = FieldVocabulary.truth(member.value) {
                    draft.boolean("switch.on", isOn)
                }
            // Of a cover it is how far it is open, and whether it moves.
            case "open" where type == "WCVR": draft.field("position", member.value)
            case "motion" where type == "WCVR": continue
            // Yes or no of a trigger beside the thermometer, and no watts.
            case "power" where type == "THB": continue
            case "pir", "motion": draft.field("motion", member.value)
            case "batt_low": draft.field("lowbatt", member.value)
            case "rssi": draft.field("rssi", member.value)
            default:
                if member.key.hasPrefix("tempc"), let probe = Int(member.key.dropFirst(5)) {
                    draft.read(
                        member.value, as: .number("env.temperature"), channel: "\(probe)")
                } else {
                    draft.field(member.key, member.value)
                }
            }
        }
        if draft.message.readings.allSatisfy({ $0.capability == "link.rssi" }) {
            draft.flag("not_data")
        }
    }

    /// Theengs: a number for how it was pressed; 0 is another button's turn, or a beacon.
    private static func press(_ button: JSONValue.Member, _ draft: inout ConventionDraft) {
        let words = [
            1: "single", 2: "double", 3: "triple", 4: "quadruple", 5: "quintuple", 9: "hold",
            10: "release", 11: "hold",
        ]
        let word: String?
        switch button.value {
        case .string(let text): word = text.isEmpty ? nil : text
        case .number(let number): word = FieldVocabulary.whole(number).flatMap { words[$0] }
        default: word = nil
        }
        guard let word else { return draft.flag("pulse_reset") }
        draft.text("button.press", word, kind: .pulse)
        let id = button.key.dropFirst(6)
        if !id.isEmpty { draft.text("button.id", String(id), kind: .pulse) }
    }

    /// A contact's word; one that was left open says so with another.
    private static func contact(_ value: JSONValue, _ draft: inout ConventionDraft) {
        guard let word = value.text?.lowered else { return draft.flag("semantics_unclear") }
        switch word {
        case "open", "timeout not closed": draft.boolean("contact.open", true)
        case "closed", "close": draft.boolean("contact.open", false)
        default:
            draft.flag("unknown_value")
            draft.add("contact.open", .unknown)
        }
    }
}
