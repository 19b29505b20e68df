import Rules

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
                draft.text("button.press", press.lowered, kind: .pulse)
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
