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
        let body = json["header"] == nil ? json : json["payload"] ?? json
        if merossHub(body, &draft) { return true }
        if json["cmd"] != nil, json["params"] != nil || json["results"] != nil {
            return xiaomi(json, &draft)
        }
        if json["params"] != nil, json["did"]?.text != nil { return xiaomi(json, &draft) }
        return false
    }

    /// A gateway of Xiaomi's, as AlexxIT/XiaomiGateway3 makes it speak: what most resources mean the device's model says.
    private static func xiaomi(_ json: JSONValue, _ draft: inout ConventionDraft) -> Bool {
        let items = (json["params"] ?? json["results"])?.elements ?? []
        // A heartbeat tells of several devices, each with a list of its own.
        let devices = items.filter { $0["did"] != nil && $0["res_list"] != nil }
        guard json["did"]?.text != nil || !devices.isEmpty else { return false }
        draft.message.convention = "xiaomi_gw3"
        if let device = json["did"]?.text ?? devices.first?["did"]?.text {
            draft.message.device = device
        }
        let command = json["cmd"]?.text
        if command == "read" || command == "write" {
            draft.flag("command")
            return true
        }
        draft.takeTime(json["time"])
        if devices.isEmpty { draft.text("device.id_stable", draft.message.device) }
        if devices.count > 1 { draft.flag("several_devices") }
        if let signal = json["rssi"]?.number { draft.number("link.rssi", signal) }
        for item in items { resource(item, nil, &draft) }
        for device in devices {
            let name = devices.count > 1 ? device["did"]?.text : nil
            for item in device["res_list"]?.elements ?? [] { resource(item, name, &draft) }
        }
        return true
    }

    private static func resource(
        _ item: JSONValue, _ device: String?, _ draft: inout ConventionDraft
    ) {
        guard let name = item["res_name"]?.text, let value = item["value"] else { return }
        if let number = value.number {
            let channel = [device, name].compactMap { $0 }.joined(separator: "/")
            draft.number("resource", number, kind: .state, channel: channel)
        }
        switch name {
        case "8.0.2007": draft.read(value, as: .number("link.lqi"), channel: device)
        case "8.0.2008":
            draft.read(value, as: .number("device.battery_voltage", 0.001), channel: device)
        case "8.0.9001": draft.read(value, as: .boolean("device.battery_low"), channel: device)
        case "8.0.2102":
            if let online = FieldVocabulary.online(value["status"]?.text) {
                draft.boolean("device.online", online, channel: device)
            }
        default: return
        }
    }

    private static func yolink(
        _ event: String, _ data: JSONValue, _ json: JSONValue, _ draft: inout ConventionDraft
    ) {
        draft.message.convention = "yolink"
        if let device = json["deviceId"]?.text { draft.message.device = device }
        draft.takeTime(json["time"])
        if let id = json["msgid"]?.text { draft.text("dedupe.id", id, kind: .health) }
        let kind = event.split(separator: ".").first.map(String.init) ?? ""
        let inner = data["state"]?.isObject == true ? data["state"] : nil
        let state = data["state"]?.text ?? inner?["state"]?.text
        // A sensor that does not say how it is is not at rest.
        func alert(_ capability: String) {
            switch state {
            case "alert": draft.boolean(capability, true, kind: .state)
            case "normal": draft.boolean(capability, false, kind: .state)
            default:
                draft.flag("unknown_value")
                draft.add(capability, .unknown, kind: .state)
            }
        }
        switch kind {
        case "DoorSensor":
            if let open = state.flatMap({ FieldVocabulary.truth($0) }) {
                draft.boolean("contact.open", open)
            } else {
                draft.flag("unknown_value")
                draft.add("contact.open", .unknown)
            }
        case "MotionSensor": alert("presence.motion")
        case "LeakSensor": alert("alarm.water")
        case "VibrationSensor": alert("vibration.active")
        case "SmokeAlarm" where inner == nil: alert("alarm.smoke")
        case "SmokeAlarm", "COSmokeSensor":
            let told = inner?["state"]?.isObject == true ? inner?["state"] : inner
            draft.read(told?["smokeAlarm"] ?? .null, as: .boolean("alarm.smoke"))
            if let gas = told?["gasAlarm"] { draft.read(gas, as: .boolean("alarm.co")) }
            if let heat = told?["highTempAlarm"] { draft.read(heat, as: .boolean("alarm.heat")) }
            if let low = told?["sLowBattery"] { draft.field("batterylow", low) }
        case "SmartFob", "SmartRemoter": key(data["event"] ?? data.at("state", "event"), &draft)
        case "Lock", "LockV2":
            switch state {
            case "locked": draft.boolean("lock.locked", true)
            case "unlocked": draft.boolean("lock.locked", false)
            default: break
            }
            if data["alertType"]?.text == "bell" {
                draft.text("button.press", "single", kind: .pulse)
            }
        case "Switch", "Outlet":
            // Of its circuit `open` is on.
            switch state {
            case "open": draft.boolean("switch.on", true)
            case "close", "closed": draft.boolean("switch.on", false)
            default: break
            }
            if let power = data["power"] { draft.field("power", power) }
        case "THSensor":
            if let value = data["temperature"] ?? inner?["temperature"] {
                draft.field("temperature", value)
            }
            if let value = data["humidity"] ?? inner?["humidity"] {
                draft.field("humidity", value)
            }
            if let low = data.at("alarm", "lowBattery") { draft.field("batterylow", low) }
        default: draft.flag("not_data")
        }
        if let warm = data["devTemperature"] ?? inner?["devTemperature"] {
            draft.field("devicetemperature", warm)
        }
        // A level of 0 to 4, and no share.
        if let level = (data["battery"] ?? inner?["battery"])?.number {
            draft.number("device.battery_level_4", level, kind: .health)
        }
        if let signal = data.at("loraInfo", "signal")?.number { draft.number("link.rssi", signal) }
    }

    /// A key fob's keys are a mask; without one in it, it tells of its battery and nobody pressed.
    private static func key(_ event: JSONValue?, _ draft: inout ConventionDraft) {
        guard let press = event?["type"]?.text?.lowered, event?["keyMask"]?.number != 0 else {
            return draft.flag("pulse_reset")
        }
        let words = ["press": "single", "longpress": "hold"]
        draft.text("button.press", words[press] ?? press, kind: .pulse)
        guard let mask = event?["keyMask"]?.number.flatMap(FieldVocabulary.whole) else { return }
        let keys = (0..<16).filter { mask & 1 << $0 != 0 }.map { "\($0 + 1)" }
        draft.text("button.id", keys.joined(separator: "+"), kind: .pulse)
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
        if let number = named("trigger_id", in: data)?.number {
            draft.number("episode.id", number, kind: .health)
        }
        if let part = named("sub_no", in: data)?.number {
            draft.text("zone", FieldVocabulary.plainNumber(part), kind: .state)
        }
        let status = data["status"]?.number.flatMap(FieldVocabulary.whole)
        radar(
            event: data["event"]?.number.flatMap(FieldVocabulary.whole), status: status ?? 1, &draft
        )
        if let place = data["location"]?.text {
            draft.text("location.xyz_raw", place.trimmed, kind: .measurement)
        }
    }

    /// What the radar saw: https://www.milesight.com/docs/en/vs373/topic/trigger-report.html. A status of 1 is the alarm, 2 its
    /// end, 3 that somebody put it aside, 4 a report of how it is; whether the person is back in bed neither 2 nor 3 says.
    static func radar(event: Int?, status: Int, _ draft: inout ConventionDraft) {
        let isSo = status == 1 || status == 4
        func alarm() {
            if status != 4 { draft.boolean("alarm.active", isSo, kind: .state) }
        }
        switch event {
        case 0:
            draft.boolean("alarm.fall", isSo, kind: status == 1 ? .pulse : .state)
        // Lies still, stays too long, breathes or beats unlike a healthy person, lies on the floor.
        case 1, 2, 6, 7, 8:
            if status == 4 { draft.flag("semantics_unclear") }
            alarm()
        case 3:
            if isSo { draft.boolean("bed.occupied", false) }
            alarm()
        case 4: if isSo { draft.boolean("presence.occupied", true) }
        case 5: if isSo { draft.boolean("presence.occupied", false) }
        default: draft.flag("semantics_unclear")
        }
    }

    private static func merossHub(_ body: JSONValue, _ draft: inout ConventionDraft) -> Bool {
        if let doors = body["doorWindow"]?.elements, !doors.isEmpty {
            meross(doors, as: "contact.open", &draft)
        } else if let leaks = body["waterLeak"]?.elements, !leaks.isEmpty {
            meross(leaks, as: "alarm.water", &draft)
        } else if let detectors = body["smokeAlarm"]?.elements, !detectors.isEmpty {
            draft.message.convention = "meross"
            for detector in detectors { smoke(detector, &draft) }
        } else {
            return false
        }
        return true
    }

    private static func smoke(_ detector: JSONValue, _ draft: inout ConventionDraft) {
        guard let status = detector["status"]?.number.flatMap(FieldVocabulary.whole) else { return }
        if let device = detector["id"]?.text { draft.message.device = device }
        draft.takeTime(detector["lmTime"] ?? detector["lmtime"])
        switch status {
        case 25, 27: draft.boolean("alarm.smoke", true, kind: .state)
        case 24, 26: draft.boolean("alarm.heat", true, kind: .state)
        case 23: draft.boolean("device.test_mode", true)
        case 170: draft.boolean("alarm.smoke", false, kind: .state)
        case 19, 22: draft.boolean("device.battery_low", true)
        case 17, 18, 20, 21: draft.boolean("device.trouble", true)
        default: draft.flag("semantics_unclear")
        }
    }

    /// Openings, or leaks, of an hour and a half at once: all but the newest are late.
    private static func meross(
        _ sensors: [JSONValue], as capability: String, _ draft: inout ConventionDraft
    ) {
        draft.message.convention = "meross"
        if sensors.count(where: { $0["sample"]?.elements.isEmpty == false }) > 1 {
            draft.flag("several_devices")
        }
        for sensor in sensors {
            let samples = sensor["sample"]?.elements ?? []
            if let device = sensor["id"]?.text, sensors.count == 1 || !samples.isEmpty {
                draft.message.device = device
            }
            if samples.count > 1 { draft.flag("batch") }
            let newest = samples.compactMap { $0.elements.last?.number }.max() ?? 0
            for sample in samples {
                guard let said = sample.elements.first?.number,
                    let at = sample.elements.last?.number
                else { continue }
                draft.takeTime(.number(at))
                draft.boolean(capability, said == 1, kind: .state)
                if newest - at > 120 {
                    draft.message.readings[draft.message.readings.count - 1].freshness = .late
                }
            }
        }
    }
}
