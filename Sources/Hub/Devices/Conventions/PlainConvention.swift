import Rules

/// What no convention covers: JSON with the usual names, makers' own reports, a word or a number alone, bytes.
enum PlainConvention {
    static func read(_ draft: inout ConventionDraft) {
        if draft.payload.isEmpty {
            draft.message.convention = "text"
            return draft.flag("empty")
        }
        if draft.text == nil, !draft.payload.contains(UInt8(ascii: "{")) {
            draft.message.convention = "raw"
            return draft.flag("binary")
        }
        let first = draft.payload.first { $0 > 0x20 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            draft.message.convention = "json"
            guard let json = draft.json() else { return }
            return self.json(json, &draft)
        }
        draft.message.convention = "text"
        text(draft.text?.trimmed ?? "", &draft)
    }

    /// A word or a number alone, whose meaning the topic's last level says.
    private static func text(_ text: String, _ draft: inout ConventionDraft) {
        var last = draft.levels.last ?? ""
        if last == "set" || last == "command" || last == "cmd" { return draft.flag("command") }
        draft.message.device = draft.part(..<(draft.levels.count - 1))
        switch last.lowered {
        case "availability", "status", "lwt", "online", "connected",
            "state"
        where FieldVocabulary.online(text) != nil
            && text.lowered.hasSuffix("line"):
            if let online = FieldVocabulary.online(text) {
                return draft.boolean("device.online", online)
            }
        default: break
        }
        let isState = ["state", "value", "status"].contains(last.lowered)
        if isState, draft.levels.count > 2 {
            // `hall/door/state`: the level before it says of what.
            last = draft.levels[draft.levels.count - 2]
            draft.message.device = draft.part(..<(draft.levels.count - 2))
        }
        let value = measured(text, last)
        switch FieldVocabulary.plain(last) {
        case "switch", "relay", "light", "lamp", "plug", "socket":
            // Without a level that says so it may as well be a wish.
            guard isState, Double(text) == nil, let isOn = FieldVocabulary.truth(text) else {
                return draft.flag("not_data")
            }
            return draft.boolean("switch.on", isOn)
        case "contact", "door", "window":
            // `true` may mean closed here, and `open` never does.
            guard Double(text) == nil, FieldVocabulary.truth(text) != nil,
                !["true", "false", "on", "off"].contains(text.lowered)
            else { return draft.flag("semantics_unclear") }
            return draft.read(value, as: .boolean("contact.open"))
        case "button", "action", "click", "press":
            return press(text, &draft)
        case let name where name.hasPrefix("button") && Int(name.dropFirst(6)) != nil:
            press(text, &draft)
            if !draft.message.flags.contains("pulse_reset") {
                draft.text("button.id", String(name.dropFirst(6)), kind: .pulse)
            }
        case "tagscanned" where !text.isEmpty:
            return draft.text("access.tag", text, kind: .pulse)
        default:
            if !draft.field(last, value) { draft.flag("not_data") }
        }
    }

    private static func press(_ text: String, _ draft: inout ConventionDraft) {
        // A button that is let go is none that was pressed.
        if text.isEmpty || FieldVocabulary.truth(text) == false { return draft.flag("pulse_reset") }
        draft.text("button.press", text, kind: .pulse)
    }

    /// A number, with its unit behind it or without; in Celsius where that is a temperature.
    private static func measured(_ text: String, _ name: String) -> JSONValue {
        if let number = Double(text), number.isFinite { return .number(number) }
        let unit = text.drop { "+-.0123456789".contains($0) }
        let digits = text[..<unit.startIndex]
        guard !unit.isEmpty, let number = Double(digits) else { return .string(text) }
        switch String(unit).trimmed {
        case "°C", "C", "%", "hPa", "lx", "lux", "ppm", "W", "kWh", "dBm": return .number(number)
        case "°F" where name.lowered.hasPrefix("temp"), "F" where name.lowered.hasPrefix("temp"):
            return .number(FieldVocabulary.celsius(number))
        default: return .string(text)
        }
    }

    private static func json(_ json: JSONValue, _ draft: inout ConventionDraft) {
        if SenMLConvention.fits(json) { return SenMLConvention.read(json, &draft) }
        if json["event_type"] != nil { return HomeAssistantConvention.readEvent(json, &draft) }
        if json["BTHome_version"] != nil || json.at("service_data", "BTHome_version") != nil {
            return ShellyConvention.readBluetooth(json, &draft)
        }
        if draft.levels.last == "availability",
            let online = FieldVocabulary.online(json["state"]?.text)
        {
            draft.message.device = draft.part(..<(draft.levels.count - 1))
            return draft.boolean("device.online", online)
        }
        if json["linkquality"] != nil { return Zigbee2MQTTConvention.read(&draft) }
        if MakersReports.read(json, &draft) { return }
        fields(json, &draft)
    }

    private static func fields(_ json: JSONValue, _ draft: inout ConventionDraft) {
        guard json.isObject else { return draft.flag("not_data") }
        for key in ["time", "timestamp", "ts", "last_seen", "datetime"] where json[key] != nil {
            draft.takeTime(json[key])
            break
        }
        let before = draft.message.readings.count
        members(json, &draft)
        if draft.message.readings.count == before, draft.message.flags.isEmpty {
            draft.flag("not_data")
        }
    }

    /// A value beside its unit, or several values under one name.
    private static func group(
        _ name: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        guard let inner = value["value"] else {
            if ["data", "values", "readings", "measurements", "reported"].contains(name) {
                members(value, &draft)
            }
            return
        }
        var told = [JSONValue.Member(key: name, value: inner)]
        if let unit = value["unit"] {
            let units = [
                "c", "°c", "f", "°f", "celsius", "fahrenheit", "%", "hpa", "lx", "lux", "ppm", "w",
                "kwh", "dbm",
            ]
            guard let text = unit.text?.lowered, units.contains(text) else { return }
            told.append(JSONValue.Member(key: "unit", value: unit))
        }
        members(.object(told), &draft)
    }

    private static func members(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let unit = (json["unit"] ?? json["temp_unit"] ?? json["temperature_unit"])?.text?.lowered
        let isFahrenheit = unit == "f" || unit == "°f" || unit == "fahrenheit"
        for member in json.members {
            switch FieldVocabulary.plain(member.key) {
            case "temperature" where isFahrenheit, "temp" where isFahrenheit,
                "tempf" where json["tempc"] == nil && json["tempC"] == nil,
                "temperaturef" where json["temperature_c"] == nil && json["temperatureC"] == nil:
                draft.temperature(fahrenheit: FieldVocabulary.number(member.value, &draft))
            case "press" where member.value.number.map { $0 > 300 } == true:
                draft.field("pressure", member.value)
            case "time", "timestamp", "ts", "lastseen", "datetime", "id", "name": continue
            case "state", "status":
                guard let text = member.value.text else { continue }
                switch text.lowered {
                case "on": draft.boolean("switch.on", true)
                case "off": draft.boolean("switch.on", false)
                case "open", "opened": draft.boolean("contact.open", true)
                case "closed": draft.boolean("contact.open", false)
                default: continue
                }
            case "contact", "door", "window":
                // `true` may mean closed; a word says what it is.
                guard let text = member.value.text, let open = FieldVocabulary.truth(text) else {
                    draft.flag("semantics_unclear")
                    continue
                }
                draft.boolean("contact.open", open)
            case "action", "click", "button", "press":
                guard let word = member.value.text else {
                    draft.flag("pulse_null")
                    continue
                }
                if word.isEmpty {
                    draft.flag("pulse_reset")
                } else if Zigbee2MQTTConvention.calls.contains(word.lowered) {
                    draft.boolean("alarm.sos", true, kind: .pulse)
                } else {
                    draft.text("button.press", word, kind: .pulse)
                }
            case "app":
                if let app = member.value.text, !app.isEmpty {
                    draft.text("usage.app_session", app, kind: .usage)
                }
            case "symbol", "step", "said":
                let names = [
                    "symbol": "usage.symbol", "step": "usage.schedule_step", "said": "usage.voice",
                ]
                if let name = names[member.key], let text = member.value.text, !text.isEmpty {
                    draft.text(name, text, kind: .usage)
                }
            case "helped":
                if case .boolean(let helped) = member.value {
                    draft.text("usage.support", helped ? "helped" : "alone", kind: .pulse)
                }
            case "prompt":
                if let text = member.value.text, !text.isEmpty {
                    draft.text("usage.prompt", text, kind: .pulse)
                }
            case "voltage": draft.read(member.value, as: .number("power.voltage"))
            default:
                if member.value.isObject, member.value["UID"] == nil {
                    group(member.key, member.value, &draft)
                } else if !draft.field(member.key, member.value), let tag = member.value["UID"] {
                    // A reader of tags, under its own name.
                    draft.field("uid", tag)
                }
            }
        }
    }
}
