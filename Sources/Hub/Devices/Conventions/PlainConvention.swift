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
        let last = draft.levels.last ?? ""
        if last == "set" || last == "command" || last == "cmd" { return draft.flag("command") }
        draft.message.device = draft.levels.dropLast().joined(separator: "/")
        switch last.lowercased() {
        case "availability", "status", "lwt", "online", "connected",
            "state"
        where FieldVocabulary.online(text) != nil
            && text.lowercased().hasSuffix("line"):
            if let online = FieldVocabulary.online(text) {
                return draft.boolean("device.online", online)
            }
        default: break
        }
        let value: JSONValue = Double(text).map(JSONValue.number) ?? .string(text)
        switch FieldVocabulary.plain(last) {
        case "contact", "door", "window":
            // `true` may mean closed here, and `open` never does.
            guard Double(text) == nil, FieldVocabulary.truth(text) != nil,
                !["true", "false", "on", "off"].contains(text.lowercased())
            else { return draft.flag("semantics_unclear") }
            return draft.read(value, as: .boolean("contact.open"))
        case "button", "action", "click", "press":
            return text.isEmpty
                ? draft.flag("pulse_reset") : draft.text("button.press", text, kind: .pulse)
        default:
            if !draft.field(last, value) { draft.flag("not_data") }
        }
    }

    private static func json(_ json: JSONValue, _ draft: inout ConventionDraft) {
        if SenMLConvention.fits(json) { return SenMLConvention.read(json, &draft) }
        if json["event_type"] != nil { return HomeAssistantConvention.readEvent(json, &draft) }
        if json["BTHome_version"] != nil { return ShellyConvention.readBluetooth(json, &draft) }
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
        for member in json.members {
            switch FieldVocabulary.plain(member.key) {
            case "time", "timestamp", "ts", "lastseen", "datetime", "id", "name": continue
            case "state", "status":
                guard let text = member.value.text else { continue }
                switch text.lowercased() {
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
                } else if Zigbee2MQTTConvention.calls.contains(word.lowercased()) {
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
            case "voltage": draft.read(member.value, as: .number("power.voltage"))
            default: draft.field(member.key, member.value)
            }
        }
        if draft.message.readings.count == before, draft.message.flags.isEmpty {
            draft.flag("not_data")
        }
    }
}

/// Reports in their makers' own forms.
enum MakersReports {
    /// - Returns: whether it is one that is known.
    static func read(_ json: JSONValue, _ draft: inout ConventionDraft) -> Bool {
        if let event = json["event"]?.text, json["deviceId"] != nil, let data = json["data"] {
            yolink(event, data, json, &draft)
            return true
        }
        if trigger(json) != nil {
            milesight(json, &draft)
            return true
        }
        if let doors = json["doorWindow"]?.elements, !doors.isEmpty {
            meross(doors, &draft)
            return true
        }
        if json["params"] != nil, let device = json["did"]?.text {
            draft.message.convention = "xiaomi_gw3"
            draft.message.device = device
            draft.takeTime(json["time"])
            draft.text("device.id_stable", device)
            if let signal = json["rssi"]?.number { draft.number("link.rssi", signal) }
            for item in json["params"]?.elements ?? [] {
                guard let name = item["res_name"]?.text, let value = item["value"]?.number else {
                    continue
                }
                // What a resource means the device's model says.
                draft.number("resource", value, kind: .state, channel: name)
            }
            return true
        }
        return false
    }

    private static func yolink(
        _ event: String, _ data: JSONValue, _ json: JSONValue, _ draft: inout ConventionDraft
    ) {
        draft.message.convention = "yolink"
        if let device = json["deviceId"]?.text { draft.message.device = device }
        draft.takeTime(json["time"])
        if let id = json["msgid"]?.text { draft.text("dedupe.id", id, kind: .health) }
        let kind = event.split(separator: ".").first.map(String.init) ?? ""
        let state = data["state"]?.text ?? data.at("state", "state")?.text
        switch kind {
        case "DoorSensor":
            if let open = state.flatMap({ FieldVocabulary.truth($0) }) {
                draft.boolean("contact.open", open)
            } else {
                draft.flag("unknown_value")
                draft.add("contact.open", .unknown)
            }
        case "MotionSensor":
            draft.boolean("presence.motion", state == "alert", kind: .state)
        case "LeakSensor": draft.boolean("alarm.water", state == "alert", kind: .state)
        case "SmokeAlarm", "COSmokeSensor":
            draft.boolean("alarm.smoke", state == "alert", kind: .state)
        case "VibrationSensor": draft.boolean("vibration.active", state == "alert", kind: .state)
        case "SmartFob":
            if let press = data.at("event", "type")?.text {
                draft.text("button.press", press.lowercased(), kind: .pulse)
            }
        case "THSensor":
            if let value = data["temperature"] { draft.field("temperature", value) }
            if let value = data["humidity"] { draft.field("humidity", value) }
        default: draft.flag("not_data")
        }
        // A level of 0 to 4, and no share.
        if let level = data["battery"]?.number {
            draft.number("device.battery_level_4", level, kind: .health)
        }
        if let signal = data.at("loraInfo", "signal")?.number { draft.number("link.rssi", signal) }
    }

    /// The report of a radar, in either spelling: keys with underscores, or with blanks and one level deeper.
    private static func trigger(_ json: JSONValue) -> (info: JSONValue, data: JSONValue)? {
        for (device, data) in [("device_info", "trigger_data"), ("device info", "trigger data")] {
            guard let info = json[device] else { continue }
            if let found = json[data] ?? info[data] { return (info, found) }
        }
        return nil
    }

    private static func milesight(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.message.convention = "milesight"
        guard let (info, data) = trigger(json) else { return }
        if json["device_info"] == nil { draft.flag("variant_keys") }
        func named(_ name: String, in value: JSONValue) -> JSONValue? {
            value[name] ?? value[name.replacing("_", with: " ")]
        }
        if let address = named("device_mac", in: info)?.text {
            draft.message.device = address
            if json["device_info"] != nil { draft.text("device.id_stable", address) }
        }
        draft.takeTime(info["time"])
        let isActive = data["status"]?.number.map { $0 == 1 } ?? true
        if let number = named("trigger_id", in: data)?.number {
            draft.number("episode.id", number, kind: .health)
        }
        if let part = named("sub_no", in: data)?.number {
            draft.text("zone", FieldVocabulary.plainNumber(part), kind: .state)
        }
        switch data["event"]?.number.flatMap(FieldVocabulary.whole) {
        case 0:
            if isActive {
                draft.boolean("alarm.fall", true, kind: .pulse)
            } else {
                draft.boolean("alarm.fall", false, kind: .state)
            }
        case 3:
            draft.boolean("bed.occupied", !isActive)
            draft.boolean("alarm.active", isActive, kind: .state)
        case 4: draft.boolean("presence.occupied", isActive)
        default: draft.flag("semantics_unclear")
        }
        if let place = data["location"]?.text {
            draft.text("location.xyz_raw", place.trimmed, kind: .measurement)
        }
    }

    /// Openings of an hour and a half at once: all but the newest are late.
    private static func meross(_ doors: [JSONValue], _ draft: inout ConventionDraft) {
        draft.message.convention = "meross"
        for door in doors {
            if let device = door["id"]?.text { draft.message.device = device }
            let samples = door["sample"]?.elements ?? []
            if samples.count > 1 { draft.flag("batch") }
            let newest = samples.compactMap { $0.elements.last?.number }.max() ?? 0
            for sample in samples {
                guard let open = sample.elements.first?.number,
                    let at = sample.elements.last?.number
                else { continue }
                draft.takeTime(.number(at))
                draft.boolean("contact.open", open == 1)
                if newest - at > 120 {
                    draft.message.readings[draft.message.readings.count - 1].freshness = .late
                }
            }
        }
    }
}
