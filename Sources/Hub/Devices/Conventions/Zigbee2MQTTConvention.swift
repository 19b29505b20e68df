import Rules

/// Zigbee2MQTT: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
///
/// Traps: each message is a merged, cached state; at start all cached states are published again; `contact: true` means
/// closed; `voltage` is mV of a battery and V of the mains; `action` empty or null is no press.
enum Zigbee2MQTTConvention {
    /// Where the level `bridge` is that what the bridge says stands below; nil where it is none, or a device of that name.
    private static func bridge(_ levels: [String]) -> Int? {
        guard let bridge = levels.firstIndex(of: "bridge"), bridge >= 1,
            bridge == 1 || bridge + 1 < levels.count
        else { return nil }
        let below = bridge + 1 < levels.count ? levels[bridge + 1] : ""
        return bridge > 1 && ["availability", "set", "get"].contains(below) ? nil : bridge
    }

    /// Whether a topic is one of the bridge itself, and no device's.
    static func isBridge(_ levels: [String]) -> Bool { bridge(levels) != nil }

    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "zigbee2mqtt"
        let levels = draft.levels
        if let bridge = bridge(levels) {
            draft.message.device = "bridge"
            return self.bridge(draft.part((bridge + 1)...), &draft)
        }
        let name = levels.count > 1 ? draft.part(1...) : levels[0]
        draft.message.device = name
        if draft.payload.isEmpty {
            return draft.lifecycle("retained_cleared")
        }
        if let last = levels.last, levels.count > 2 {
            if let before = DeviceAddress.beforeWish(draft.topic) {
                draft.message.device = draft.part(1..<before.topicLevels.count)
                return draft.flag("command")
            }
            let device = draft.part(1..<(levels.count - 1))
            if last == "availability" {
                draft.message.device = device
                return availability("device.online", &draft)
            }
            if !draft.payload.contains(UInt8(ascii: "{")) {
                draft.message.device = device
                return attribute(last, &draft)
            }
        }
        guard let json = draft.json() else { return }
        guard json.isObject else {
            return draft.quarantine("a device's message is an object", "wrong_type")
        }
        device(json, &draft)
    }

    // MARK: The bridge

    private static func availability(_ capability: String, _ draft: inout ConventionDraft) {
        let text = draft.text?.trimmed ?? ""
        let state = text.hasPrefix("{") ? draft.json()?["state"]?.text : text
        switch state {
        case "online": draft.boolean(capability, true)
        case "offline": draft.boolean(capability, false)
        default:
            if draft.message.quarantined == nil {
                draft.flag("unknown_value")
                draft.add(capability, .unknown)
            }
        }
    }

    private static func bridge(_ what: String, _ draft: inout ConventionDraft) {
        switch what {
        case "state": availability("bridge.online", &draft)
        case "event": event(&draft)
        case "devices": devices(&draft)
        case "logging", "log", "info", "definitions", "groups", "extensions", "health", "config":
            draft.flag("not_data")
        default:
            draft.flag(
                what.hasPrefix("request") || what.hasPrefix("config") ? "command" : "not_data")
        }
    }

    private static func event(_ draft: inout ConventionDraft) {
        guard let json = draft.json(), let type = json["type"]?.text else { return }
        if let address = json.at("data", "ieee_address")?.text {
            draft.message.device = address
            draft.text("device.id_stable", address)
        }
        switch type {
        case "device_joined": draft.lifecycle("joined")
        case "device_leave": draft.lifecycle("left")
        case "device_announce": draft.lifecycle("announce")
        case "device_interview":
            let status = json.at("data", "status")?.text ?? "unknown"
            draft.lifecycle("interview_\(status)")
            if status == "failed" { draft.flag("fault") }
        default: draft.lifecycle(String(type.prefix(40)))
        }
    }

    private static func devices(_ draft: inout ConventionDraft) {
        guard let json = draft.largeJSON() else { return }
        draft.flag("discovery")
        let devices = (json.elements(JSONTokens.root) ?? []).filter {
            !json.isText(json.member($0, "type"), "Coordinator")
        }
        draft.number("devices", Double(devices.count), kind: .health)
        let batteries = devices.filter {
            json.isText(json.member($0, "power_source"), "Battery")
        }.compactMap { json.text(json.member($0, "friendly_name")) }
        if !batteries.isEmpty {
            draft.text("battery_devices", batteries.joined(separator: " "), kind: .health)
        }
    }

    // MARK: Devices

    /// One attribute on a topic of its own: a copy of what the JSON says, with `output: attribute_and_json`.
    private static func attribute(_ name: String, _ draft: inout ConventionDraft) {
        guard let text = draft.text?.trimmed else {
            return draft.quarantine("the text is not UTF-8", "not_utf8", "binary")
        }
        let value: JSONValue =
            Double(text).map(JSONValue.number)
            ?? (text == "true" || text == "false"
                ? .boolean(text == "true") : text == "null" || text.isEmpty ? .null : .string(text))
        let before = draft.message.readings.count
        device(.object([JSONValue.Member(key: name, value: value)]), &draft)
        if draft.message.readings.count > before { draft.flag("duplicate_of_json") }
    }

    private static func device(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.takeTime(json["last_seen"])
        if let address = json.at("device", "ieeeAddr")?.text {
            draft.text("device.id_stable", address)
        }
        let isLock = json["lock_state"] != nil
        action(json, isLock: isLock, &draft)
        // Mains are never under 20 V, batteries never over; both are called voltage.
        let isBattery = json["battery"] != nil || json["battery_low"] != nil
        for member in json.members {
            switch member.key {
            case "contact":
                if let closed = FieldVocabulary.truth(member.value) {
                    draft.boolean("contact.open", !closed)
                } else {
                    draft.flag("unknown_value")
                    draft.add("contact.open", .unknown)
                }
            case "voltage":
                guard let volts = member.value.number else { continue }
                if isBattery || volts >= 1000 {
                    draft.number("device.battery_voltage", volts / 1000)
                } else {
                    draft.number("power.voltage", volts)
                }
            case "battery":
                draft.field("battery", member.value)
                // With no battery nothing would be sent at all.
                if member.value.number == 0 { draft.flag("battery_implausible_or_empty") }
            case "brightness":
                guard let level = member.value.number else { continue }
                draft.number("light.level", (min(level, 254) / 254 * 1000).rounded() / 10)
            case "state":
                state(member.value, channel: nil, isLock: isLock, json, &draft)
            case "lock_state":
                lock(member.value.text, &draft)
            case "action_user" where isLock:
                // All ones mean that nobody is known.
                if let user = member.value.number, user != 65_535, user != 255 {
                    draft.number("lock.actor", user, kind: .state)
                }
            case "fall_down_status": fall(member.value.text, &draft)
            case "sos":
                draft.read(member.value, as: .boolean("alarm.sos"))
                if !member.value.isNull { draft.flag("sos_as_state") }
            case let key where key.hasPrefix("state_"):
                state(
                    member.value, channel: String(key.dropFirst(6)), isLock: false, json, &draft)
            // The raw number beside the lux that it makes.
            case "illuminance" where json["illuminance_lux"] != nil: continue
            case "last_seen", "device", "update", "update_available", "power_on_behavior", "action",
                "battery_defect", "light":
                if member.key == "battery_defect", json["trouble"] == nil {
                    draft.field(member.key, member.value)
                }
            default:
                draft.field(member.key, member.value)
            }
        }
        if draft.retained, !draft.message.readings.isEmpty { draft.flag("replay") }
    }

    private static func state(
        _ value: JSONValue, channel: String?, isLock: Bool, _ json: JSONValue,
        _ draft: inout ConventionDraft
    ) {
        guard let text = value.text else { return }
        switch text.uppered {
        case "ON": draft.boolean("switch.on", true, channel: channel)
        case "OFF": draft.boolean("switch.on", false, channel: channel)
        case "LOCK" where !isLock: draft.boolean("lock.locked", true)
        case "UNLOCK" where !isLock: draft.boolean("lock.locked", false)
        case "OPEN" where json["position"] == nil: draft.number("cover.position", 100)
        case "CLOSE" where json["position"] == nil: draft.number("cover.position", 0)
        default: break
        }
    }

    private static func lock(_ state: String?, _ draft: inout ConventionDraft) {
        switch state {
        case "locked": draft.boolean("lock.locked", true)
        case "unlocked": draft.boolean("lock.locked", false)
        default:
            draft.flag("unknown_value")
            draft.add("lock.locked", .unknown)
        }
    }

    /// A radar's word. A perhaps is none: it is followed by fall or by none.
    private static func fall(_ word: String?, _ draft: inout ConventionDraft) {
        switch word {
        case "fall": draft.boolean("alarm.fall", true, kind: .state)
        case "none", "maybe_fall": draft.boolean("alarm.fall", false, kind: .state)
        default:
            draft.flag("unknown_value")
            draft.add("alarm.fall", .unknown, kind: .state)
        }
    }

    /// Words of buttons that call for help.
    static let calls: Set<String> = [
        "emergency", "panic", "sos", "alarm", "help", "emergency_press", "sos_press",
    ]

    private static func action(
        _ json: JSONValue, isLock: Bool, _ draft: inout ConventionDraft
    ) {
        guard let action = json["action"] else { return }
        guard let word = action.text else {
            if action.isNull { draft.flag("pulse_null") }
            return
        }
        if word.isEmpty { return draft.flag("pulse_reset") }
        if calls.contains(word.lowered) {
            return draft.boolean("alarm.sos", true, kind: .pulse)
        }
        if isLock {
            let parts = word.split(separator: "_", maxSplits: 1).map(String.init)
            if let operation = parts.last, parts.count == 2,
                ["lock", "unlock", "open"].contains(operation)
            {
                draft.text("lock.operation", operation, kind: .pulse)
                draft.text("lock.method", parts[0], kind: .pulse)
                let isLocked = json["lock_state"]?.text == "locked"
                if isLocked != (operation == "lock") { draft.flag("contradiction") }
                return
            }
        }
        if ["vibration", "tilt", "drop", "shake"].contains(word) {
            draft.text("vibration.kind", word, kind: .pulse)
            return
        }
        // `1_single`, `button_2_hold`, `left_double`: a button and what was done with it.
        let presses = [
            "single", "double", "triple", "quadruple", "hold", "release", "long", "press", "many",
        ]
        let parts = word.split(separator: "_").map(String.init)
        if parts.count > 1, let done = parts.last, presses.contains(done) {
            draft.text("button.press", done, kind: .pulse)
            draft.text("button.id", parts.dropLast().joined(separator: "_"), kind: .pulse)
        } else {
            draft.text("button.press", word, kind: .pulse)
        }
    }
}
