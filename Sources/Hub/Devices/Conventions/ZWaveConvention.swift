import Rules

/// Z-Wave JS UI: https://zwave-js.github.io/zwave-js-ui/#/guide/mqtt. Three forms of payload: a value, `{time, value}`, or a
/// whole value with its states; commands are seen on `/set` topics.
enum ZWaveConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "zwave_js_ui"
        let levels = draft.levels
        if levels.last == "set" { return draft.flag("command") }
        let isGateway = levels.count > 1 && levels[1].hasPrefix("_")
        if isGateway || levels.count == 3 && levels[1] == "driver" {
            draft.message.device = "zwave"
            // It says of itself whether it is there; all else below is calls, events and their answers.
            guard levels.count < 5, levels.last == "status" else { return draft.flag("not_data") }
            return status("bridge.online", &draft)
        }
        guard let place = place(levels) else { return state(&draft) }
        draft.message.device = draft.part(1..<place.start)
        let property = draft.part(place.property...)
        let endpoint = place.endpoint
        let commandClass = place.commandClass
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

    /// Where a topic names the command class, and what stands behind it.
    private struct Place {
        var start: Int
        var commandClass: Int
        var endpoint: String
        var property: Int
    }

    /// The names of the command classes in "Named topics".
    private static let classes: [String: Int] = [
        "switch_binary": 37, "switch_multilevel": 38, "sensor_binary": 48,
        "sensor_multilevel": 49, "meter": 50, "central_scene": 91, "door_lock": 98,
        "barrier_operator": 102, "notification": 113, "battery": 128,
    ]

    /// `…/113/0/Access_Control/Door_state`, or `…/notification/endpoint_0/Access_Control/Door_state`; the endpoint may be
    /// left out there.
    private static func place(_ levels: [String]) -> Place? {
        for index in levels.indices where index > 1 && index + 1 < levels.count {
            let next = levels[index + 1]
            if let number = Int(levels[index]), Int(next) != nil, index + 2 < levels.count {
                return Place(
                    start: index, commandClass: number, endpoint: next, property: index + 2)
            }
            guard let number = classes[levels[index]] else { continue }
            let named = "endpoint_"
            guard next.hasPrefix(named), index + 2 < levels.count else {
                return Place(
                    start: index, commandClass: number, endpoint: "0", property: index + 1)
            }
            return Place(
                start: index, commandClass: number,
                endpoint: String(next.dropFirst(named.count)), property: index + 2)
        }
        return nil
    }

    private static func state(_ draft: inout ConventionDraft) {
        draft.message.device =
            draft.levels.count > 2 ? draft.part(1..<(draft.levels.count - 1)) : ""
        if draft.levels.last == "status" {
            status("device.online", &draft)
        } else {
            draft.flag("not_data")
        }
    }

    private static func status(_ capability: String, _ draft: inout ConventionDraft) {
        let text = draft.text?.trimmed ?? ""
        let json = text.hasPrefix("{") ? draft.json() : nil
        draft.takeTime(json?["time"])
        let words = [
            "true": true, "Alive": true, "Awake": true, "Asleep": true, "false": false,
            "Dead": false,
        ]
        let word = json?["status"]?.text ?? json?["value"]?.text ?? text
        // Who sleeps is there, though its value may be false.
        if let online = words[word] ?? json?["value"]?.flag {
            draft.boolean(capability, online)
        } else if draft.message.quarantined == nil {
            draft.flag("unknown_value")
            draft.add(capability, .unknown)
        }
    }

    private static func read(
        _ commandClass: Int, _ property: String, _ value: JSONValue, _ json: JSONValue,
        _ channel: String?, _ draft: inout ConventionDraft
    ) {
        let name = property.lowered.spaced
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
        case 37 where name.has("currentvalue"): boolean("switch.on", value.flag)
        case 38 where name.has("currentvalue"):
            // Levels go from 0 to 99.
            if let number {
                draft.number(
                    "light.level", (min(number, 99) / 99 * 1000).rounded() / 10, channel: channel)
            }
        case 48:
            let truth = value.flag
            if name.has("door") || name.has("window") {
                boolean("contact.open", truth)
            } else if name.has("motion") {
                boolean("presence.motion", truth)
            } else if name.has("water") {
                boolean("alarm.water", truth)
            } else if name.has("smoke") {
                boolean("alarm.smoke", truth)
            } else if name.has("tamper") {
                boolean("alarm.tamper", truth)
            } else if name == "co" {
                boolean("alarm.co", truth)
            } else if name == "heat" {
                boolean("alarm.heat", truth)
            } else {
                boolean("input.on", truth)
            }
        case 49: sensor(name, value, json["unit"]?.text, channel, &draft)
        case 50:
            if name.has("65537") || name.has("kwh") {
                draft.read(value, as: .number("energy.total"), channel: channel)
            } else if name.has("66049") || name.has(" w") {
                draft.read(value, as: .number("power.active"), channel: channel)
            } else if name.has("66561") {
                draft.read(value, as: .number("power.voltage"), channel: channel)
            } else if name.has("66817") {
                draft.read(value, as: .number("power.current"), channel: channel)
            } else {
                draft.flag("not_data")
            }
        case 91:
            guard name.hasPrefix("scene") else { return draft.flag("not_data") }
            guard let number else { return draft.flag("pulse_null") }
            let words = [
                0: "single", 1: "release", 2: "hold", 3: "double", 4: "triple", 5: "quadruple",
            ]
            let code = FieldVocabulary.whole(number) ?? -1
            draft.text("button.press", words[code] ?? "\(code)", kind: .pulse)
            if let scene = name.split(separator: "/").last {
                draft.text("button.id", String(scene), kind: .pulse)
            }
        case 98:
            guard let (capability, truth) = lock(name, value) else {
                return draft.flag("not_data")
            }
            boolean(capability, truth)
        case 102 where name.has("currentstate"):
            // Between its ends a gate is neither.
            let ends = number.flatMap(FieldVocabulary.whole).flatMap { [255: 100.0, 0: 0.0][$0] }
            if let ends {
                draft.number("cover.position", ends, channel: channel)
            } else {
                draft.flag("unknown_value")
                draft.add("cover.position", .unknown, channel: channel)
            }
        case 113:
            if let (capability, truth) = notification(name, number) {
                boolean(capability, truth)
            } else {
                operation(name, &draft)
            }
        case 128:
            if name.has("islow") {
                boolean("device.battery_low", value.flag)
            } else if name.has("level") {
                draft.read(value, as: .number("device.battery"))
            }
        default: draft.flag("not_data")
        }
    }

    /// Of a lock only these say how it is: its other numbers are settings.
    private static func lock(_ name: String, _ value: JSONValue) -> (String, Bool?)? {
        switch name {
        case "currentmode":
            // 254 is "unknown", and what lies below is unlocked in one way or another.
            ("lock.locked", value.number.flatMap { $0 == 254 ? nil : $0 == 255 })
        case "boltstatus":
            ("lock.locked", value.text.flatMap { ["locked": true, "unlocked": false][$0] })
        case "doorstatus":
            ("contact.open", value.text.flatMap { ["open": true, "closed": false][$0] })
        default: nil
        }
    }

    private static func sensor(
        _ name: String, _ value: JSONValue, _ unit: String?, _ channel: String?,
        _ draft: inout ConventionDraft
    ) {
        guard let field = sensorName(name) else { return draft.flag("not_data") }
        var value = value
        if let number = value.number {
            switch (field, unit) {
            case ("temperature", "°F"): value = .number(FieldVocabulary.celsius(number))
            // Kilopascal is the first of its scales; nowhere is the air as thin as a tenth.
            case ("pressure", _) where unit == "kPa" || unit == nil && (80...110).contains(number):
                value = .number(number * 10)
            case ("pressure", "inHg"): value = .number((number * 338.639).rounded() / 10)
            case ("illuminance", "%"): return draft.flag("not_data")
            case ("pressure", .some), ("pressure", nil): return draft.flag("semantics_unclear")
            default: break
            }
        }
        if field == "voltage" {
            draft.read(value, as: .number("power.voltage"), channel: channel)
        } else {
            draft.field(field, value, channel: channel)
        }
    }

    /// What a sensor's name means; nil where it is not of the room.
    private static func sensorName(_ name: String) -> String? {
        if name.has("water") || name.has("soil") || name.has("dew point") { return nil }
        if name.has("temperature") { return "temperature" }
        if name.has("humidity") { return "humidity" }
        if name.has("illuminance") || name.has("luminance") { return "illuminance" }
        if name.has("carbon dioxide") { return "co2" }
        if name.has("pressure") { return "pressure" }
        return ["power", "voltage", "current"].contains(name) ? name : nil
    }

    /// Z-Wave's notification events, by their numbers (Silicon Labs, "Z-Wave Notification Command Class"). An alarm that was
    /// silenced, and what a sensor says of its own upkeep, are no all-clear: only its sensor status is.
    private static func notification(_ name: String, _ number: Double?) -> (String, Bool?)? {
        let event = number.flatMap(FieldVocabulary.whole)
        func either(_ yes: Set<Int>, _ no: Set<Int>) -> Bool? {
            event.flatMap { yes.contains($0) ? true : no.contains($0) ? false : nil }
        }
        if name.has("door state") {
            // The large ones say how far it is open.
            return ("contact.open", either([22, 5632, 5633], [23]))
        }
        if name.has("motion sensor") {
            return ("presence.motion", event.map { $0 == 7 || $0 == 8 })
        }
        if name.has("sensor status"), let alarm = alarms.first(where: { name.hasPrefix($0.key) }) {
            return (alarm.value, event.map { $0 == 1 || $0 == 2 })
        }
        if name.has("combustible gas status") {
            return ("alarm.gas", event.map { $0 == 1 || $0 == 2 })
        }
        if name.has("cover status") || name.has("tamper") {
            return ("alarm.tamper", event.map { $0 == 3 })
        }
        if name.has("lock state") {
            // Neither idle nor jammed tells.
            return ("lock.locked", either([1, 3, 5, 9], [2, 4, 6, 7, 8, 10]))
        }
        return nil
    }

    /// `Keypad unlock operation`, which is told once and has no value.
    private static func operation(_ name: String, _ draft: inout ConventionDraft) {
        let words = (name.split(separator: "/").last ?? "").split(separator: " ").map(String.init)
        guard words.count == 3, words[2] == "operation", ["lock", "unlock"].contains(words[1])
        else { return draft.flag("not_data") }
        draft.text("lock.operation", words[1], kind: .pulse)
        draft.text("lock.method", words[0], kind: .pulse)
    }

    private static let alarms: [String: String] = [
        "smoke alarm": "alarm.smoke", "co alarm": "alarm.co", "carbon monoxide": "alarm.co",
        "water alarm": "alarm.water", "heat alarm": "alarm.heat",
    ]
}
