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
        draft.message.device = draft.part(..<(levels.count - 3))
        if levels.last == "command" { return draft.flag("command") }
        let component = levels[levels.count - 3]
        let name = levels[levels.count - 2]
        guard let text = draft.text?.trimmed else {
            return draft.quarantine("the text is not UTF-8", "not_utf8")
        }
        if draft.payload.isEmpty { return draft.lifecycle("retained_cleared") }
        let words = name.lowered.parts(by: UInt8(ascii: "_"))
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
            switch text.uppered {
            case "LOCKED": draft.boolean("lock.locked", true)
            case "UNLOCKED": draft.boolean("lock.locked", false)
            default:
                // On its way, or jammed.
                draft.flag("unknown_value")
                draft.add("lock.locked", .unknown)
            }
        case "event" where text.hasPrefix("{"):
            guard let json = draft.json() else { return }
            guard let type = json["event_type"]?.text, !type.isEmpty else {
                return draft.quarantine("event_type is no text", "wrong_type")
            }
            draft.text("button.press", type, kind: .pulse)
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
        let isNone = ["nan", "unknown", "unavailable", "none"].contains(text.lowered)
        let value: JSONValue = isNone ? .null : Double(text).map(JSONValue.number) ?? .string(text)
        if isNone { draft.flag("unknown_value") }
        // The name's last words say most, the more the better: `kitchen_device_temperature`. A sensor measures: one that is
        // called gas tells a resistance, and no alarm.
        for length in [3, 2, 1] where length <= words.count {
            let candidate = words.suffix(length).joined()
            guard let meaning = FieldVocabulary.meaning(of: candidate), case .number = meaning
            else {
                continue
            }
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
                if let meaning = FieldVocabulary.meaning(of: word), case .boolean = meaning {
                    return draft.read(value, as: meaning)
                }
            }
        }
        if let on = FieldVocabulary.truth(text) { draft.boolean("input.on", on) }
    }
}
