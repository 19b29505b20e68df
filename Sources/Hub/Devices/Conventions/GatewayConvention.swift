import Rules

/// OpenMQTTGateway and Theengs: https://docs.openmqttgateway.com. Several gateways hear one device; numbers may be strings;
/// addresses may be random.
enum GatewayConvention {
    static func read(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        let gateway = levels[1]
        draft.message.convention =
            gateway.lowered.has("theengs") ? "theengs" : "openmqttgateway"
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
