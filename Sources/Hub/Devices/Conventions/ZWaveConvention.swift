import Rules

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
        draft.message.device = draft.part(1..<place)
        let commandClass = Int(levels[place]) ?? 0
        let endpoint = levels[place + 1]
        let property = draft.part((place + 2)...)
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
        draft.message.device =
            draft.levels.count > 2 ? draft.part(1..<(draft.levels.count - 1)) : ""
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
            } else {
                boolean("input.on", truth)
            }
        case 49: draft.field(sensorName(name), value, channel: channel)
        case 50:
            if name.has("65537") || name.has("kwh") {
                draft.read(value, as: .number("energy.total"), channel: channel)
            } else if name.has("66049") || name.has(" w") {
                draft.read(value, as: .number("power.active"), channel: channel)
            } else if name.has("66561") {
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
            if name.has("islow") {
                boolean("device.battery_low", value.flag)
            } else if name.has("level") {
                draft.read(value, as: .number("device.battery"))
            }
        default: draft.flag("not_data")
        }
    }

    private static func sensorName(_ name: String) -> String {
        if name.has("temperature") { return "temperature" }
        if name.has("humidity") { return "humidity" }
        if name.has("illuminance") || name.has("luminance") { return "illuminance" }
        if name.has("carbon dioxide") { return "co2" }
        if name.has("pressure") { return "pressure" }
        return name
    }

    /// Z-Wave's notification events, by their numbers (Silicon Labs, "Z-Wave Notification Command Class").
    private static func notification(
        _ name: String, _ number: Double?, _ value: JSONValue, _ boolean: (String, Bool?) -> Void
    ) {
        let event = number.flatMap(FieldVocabulary.whole)
        if name.has("door state") {
            boolean("contact.open", event == 22 ? true : event == 23 ? false : nil)
        } else if name.has("motion sensor") {
            boolean("presence.motion", event.map { $0 == 7 || $0 == 8 })
        } else if name.has("smoke") {
            boolean("alarm.smoke", event.map { $0 == 1 || $0 == 2 })
        } else if name.has("co alarm") || name.has("carbon monoxide") {
            boolean("alarm.co", event.map { $0 == 1 || $0 == 2 })
        } else if name.has("water") {
            boolean("alarm.water", event.map { $0 == 1 || $0 == 2 })
        } else if name.has("cover status") || name.has("tamper") {
            boolean("alarm.tamper", event.map { $0 == 3 })
        } else if name.has("lock state") {
            boolean("lock.locked", event.map { [1, 3, 5, 9].contains($0) })
        }
    }
}
