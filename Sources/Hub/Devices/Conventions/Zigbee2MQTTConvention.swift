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

    /// Whether a topic is one of the bridge itself, whatever its base is called.
    static func isBridgeOfAnyBase(_ levels: [String]) -> Bool {
        levels.count > 2 && levels[1] == "bridge"
            && ["state", "event", "devices", "groups", "logging", "info", "request", "response"]
                .contains(levels[2])
    }

    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "zigbee2mqtt"
        let levels = draft.levels
        if let bridge = bridge(levels) {
            draft.message.device = "bridge"
            return self.bridge(draft.part((bridge + 1)...), &draft)
        }
        let name = levels.count > 1 ? draft.part(1...) : levels[0]
        draft.message.device = name
        // An attribute on a topic of its own that is null is written as nothing at all, and is not kept.
        if draft.payload.isEmpty, draft.retained || levels.count == 2 {
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
        case "logging": logging(&draft)
        case "log": oldEvent(&draft)
        case "info", "definitions", "groups", "extensions", "health", "config":
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

    /// The bridge's own log. Only what went wrong is told: debugging repeats all messages.
    private static func logging(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        guard let level = json["level"]?.text, ["error", "warning", "warn"].contains(level) else {
            return draft.flag("not_data")
        }
        draft.flag("fault")
        draft.text("log.level", level == "warning" ? "warn" : level, kind: .health)
        if let text = json["message"]?.text { draft.text("log.text", text, kind: .health) }
    }

    /// What `bridge/event` says since 1.17 was said here before, with the device by its name alone.
    private static func oldEvent(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        let message = json["message"]
        let word = message?.text ?? ""
        let name = json.at("meta", "friendly_name")?.text ?? message?["friendly_name"]?.text
        if let name { draft.message.device = name }
        switch json["type"]?.text {
        case "device_connected": draft.lifecycle("joined")
        case "device_announced": draft.lifecycle("announce")
        case "pairing" where word.hasPrefix("interview_"):
            draft.lifecycle(word.cut(to: 40))
            if word == "interview_failed" { draft.flag("fault") }
        case "zigbee_publish_error":
            draft.flag("fault")
            draft.text("log.level", "error", kind: .health)
            draft.text("log.text", word, kind: .health)
        default: draft.flag("not_data")
        }
    }

    private static func devices(_ draft: inout ConventionDraft) {
        guard let json = draft.largeJSON() else { return }
        draft.flag("discovery")
        let devices = json.elements(JSONTokens.root) ?? []
        draft.number("devices", Double(devices.count), kind: .health)
        let batteries = devices.filter {
            json.isText(json.member($0, "power_source"), "Battery")
        }.compactMap { json.text(json.member($0, "friendly_name")) }
        if !batteries.isEmpty {
            draft.text("battery_devices", batteries.joined(separator: " "), kind: .health)
        }
        for device in devices.prefix(maximumExposed) {
            guard let name = json.text(json.member(device, "friendly_name")) else { continue }
            var properties: [String] = []
            for expose in json.elements(json.member(device, "definition", "exposes")) ?? [] {
                collect(expose, json, &properties)
            }
            if !properties.isEmpty {
                draft.text(
                    "\(name.cut(to: 64)).exposes", properties.joined(separator: " "), kind: .health)
            }
        }
    }

    /// The most devices of which it is told what they expose.
    private static let maximumExposed = 64

    /// What a device publishes: by itself, or as a feature of something larger.
    private static func collect(_ expose: Int, _ json: JSONTokens, _ names: inout [String]) {
        if let features = json.elements(json.member(expose, "features")) {
            for feature in features { collect(feature, json, &names) }
        } else if let name = json.text(json.member(expose, "property")), !names.contains(name) {
            names.append(name)
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
                ? .boolean(text == "true")
                : text == "null" || text.isEmpty && name != "action" ? .null : .string(text))
        let before = draft.message.readings.count
        if name == "last_seen" {
            draft.takeTime(value)
            if draft.time != nil { draft.boolean("device.check_in", true) }
        }
        device(.object([JSONValue.Member(key: name, value: value)]), &draft)
        if draft.message.readings.count > before { draft.flag("duplicate_of_json") }
    }

    /// Fields that mean something of their own here.
    private enum Name: String, CaseIterable {
        case contact, voltage, battery, brightness, state, sos, position, illuminance
        case lockState = "lock_state"
        case actionUser = "action_user"
        case doorState = "door_state"
        case fallDownStatus = "fall_down_status"
        case windowOpen = "window_open"
        case batteryDefect = "battery_defect"
        case lastSeen = "last_seen"
        case device, update, action, click, light
        case updateAvailable = "update_available"
        case powerOnBehavior = "power_on_behavior"
    }

    private static let names = WordTable(of: Name.self)

    private static func device(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.takeTime(json["last_seen"])
        if let address = json.at("device", "ieeeAddr")?.text {
            draft.text("device.id_stable", address)
        }
        let isLock = json["lock_state"] != nil
        let isValve =
            json["local_temperature"] != nil || json["occupied_heating_setpoint"] != nil
        action(json, &draft)
        // Mains are never under 20 V, batteries never over; both are called voltage.
        let isBattery = json["battery"] != nil || json["battery_low"] != nil
        for member in json.members {
            switch names[member.key] {
            case .contact:
                if let closed = FieldVocabulary.truth(member.value) {
                    draft.boolean("contact.open", !closed)
                } else {
                    draft.flag("unknown_value")
                    draft.add("contact.open", .unknown)
                }
            case .voltage:
                guard let volts = member.value.number else {
                    if isBattery { draft.add("device.battery_voltage", .unknown) }
                    continue
                }
                if isBattery || volts >= 1000 {
                    draft.number("device.battery_voltage", volts / 1000)
                } else {
                    draft.number("power.voltage", volts)
                }
            case .battery:
                draft.field("battery", member.value)
                // With no battery nothing would be sent at all.
                if member.value.number == 0 { draft.flag("battery_implausible_or_empty") }
            case .brightness: brightness(member.value, channel: nil, &draft)
            case .state:
                state(member.value, channel: nil, isLock: isLock, json, &draft)
            case .lockState:
                lock(member.value.text, &draft)
            case .actionUser:
                // All ones mean that nobody is known.
                if let user = member.value.number, user != 65_535, user != 255 {
                    draft.number("lock.actor", user, kind: .state)
                }
            case .doorState: doorOfLock(member.value.text, &draft)
            case .fallDownStatus: fall(member.value.text, &draft)
            case .sos:
                draft.read(member.value, as: .boolean("alarm.sos"))
                if !member.value.isNull { draft.flag("sos_as_state") }
            // Of a radiator's valve these are how far it is open, and a guess from how fast the room cools down.
            case .position where isValve, .windowOpen where isValve: continue
            // The raw number beside the lux that it makes.
            case .illuminance where json["illuminance_lux"] != nil: continue
            case .batteryDefect:
                if json["trouble"] == nil { draft.field(member.key, member.value) }
            case .lastSeen, .device, .update, .updateAvailable, .powerOnBehavior, .action, .click,
                .light:
                continue
            case nil where member.key.hasPrefix("state_"):
                state(
                    member.value, channel: String(member.key.dropFirst(6)), isLock: false, json,
                    &draft)
            // Most names mean here what they mean everywhere.
            case .position, .windowOpen, .illuminance, nil:
                if !draft.field(member.key, member.value) { endpoint(member, &draft) }
            }
        }
        if draft.retained, !draft.message.readings.isEmpty { draft.flag("replay") }
    }

    private static func brightness(
        _ value: JSONValue, channel: String?, _ draft: inout ConventionDraft
    ) {
        guard let level = value.number else { return }
        draft.number(
            "light.level", (min(level, 254) / 254 * 1000).rounded() / 10, channel: channel)
    }

    /// What stands behind the name of a field that a device with several endpoints has more than once.
    private static let endpoints: Set<String> = [
        "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "left", "right", "center", "top", "bottom",
        "1", "2", "3", "4", "5", "6", "7", "8", "a", "b", "c",
    ]

    /// `power_l2`, `brightness_left`, `current_phase_b`: a field of one endpoint.
    private static func endpoint(_ member: JSONValue.Member, _ draft: inout ConventionDraft) {
        guard let cut = member.key.lastIndex(of: "_") else { return }
        let channel = String(member.key[cut...].dropFirst())
        guard endpoints.contains(channel) else { return }
        var name = String(member.key[..<cut])
        if name.hasSuffix("_phase") { name.removeLast("_phase".utf8.count) }
        switch name {
        case "brightness": brightness(member.value, channel: channel, &draft)
        case "voltage":
            if let volts = member.value.number, volts >= 20, volts < 1000 {
                draft.number("power.voltage", volts, channel: channel)
            }
        // Those are told otherwise than by their plain name.
        case "contact", "battery", "sos", "light": break
        default: draft.field(name, member.value, channel: channel)
        }
    }

    private static func state(
        _ value: JSONValue, channel: String?, isLock: Bool, _ json: JSONValue,
        _ draft: inout ConventionDraft
    ) {
        guard let text = value.text else { return }
        switch text.uppered {
        // A lock that says so says nothing that is known.
        case "ON" where !isLock: draft.boolean("switch.on", true, channel: channel)
        case "OFF" where !isLock: draft.boolean("switch.on", false, channel: channel)
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

    /// The door that a lock sits on. One that is jammed or forced is told by neither word.
    private static func doorOfLock(_ state: String?, _ draft: inout ConventionDraft) {
        switch state {
        case "open": draft.boolean("contact.open", true)
        case "closed": draft.boolean("contact.open", false)
        default:
            draft.flag("unknown_value")
            draft.add("contact.open", .unknown)
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

    /// How a lock was worked where its action says that: https://www.zigbee2mqtt.io/guide/usage/exposes.html#lock.
    private static let methods: Set<String> = [
        "manual", "keypad", "rfid", "rf", "key", "auto", "schedule", "one_touch", "fingerprint",
        "zigbee", "nfc",
    ]

    /// What a device of before 2022 says as `click`, later ones say as `action`.
    private static func action(_ json: JSONValue, _ draft: inout ConventionDraft) {
        guard let action = json["action"] ?? json["click"] else { return }
        guard let word = action.text else {
            if action.isNull { draft.flag("pulse_null") }
            return
        }
        if word.isEmpty { return draft.flag("pulse_reset") }
        if calls.contains(word.lowered) {
            return draft.boolean("alarm.sos", true, kind: .pulse)
        }
        if operation(word, json, &draft) { return }
        if ["vibration", "tilt", "drop", "shake"].contains(word) {
            draft.text("vibration.kind", word, kind: .pulse)
            return
        }
        press(word, &draft)
    }

    /// `keypad_unlock`, or `unlock` beside what it was done with: a lock that was worked. An attempt that failed is none.
    ///
    /// - Returns: whether it is that.
    private static func operation(
        _ word: String, _ json: JSONValue, _ draft: inout ConventionDraft
    ) -> Bool {
        let parts = word.parts(by: UInt8(ascii: "_"))
        guard let operation = parts.last, ["lock", "unlock", "open"].contains(operation) else {
            return false
        }
        var method = parts.dropLast().joined(separator: "_")
        if method.isEmpty {
            // A remote for blinds says `open` too.
            guard
                operation != "open" || json["lock_state"] != nil
                    || json["action_source_name"] != nil
            else { return false }
            method = json["action_source_name"]?.text ?? ""
        } else if !methods.contains(method), json["lock_state"] == nil {
            return false
        }
        draft.text("lock.operation", operation, kind: .pulse)
        if !method.isEmpty { draft.text("lock.method", method, kind: .pulse) }
        // The state lags behind what was just done.
        if let state = json["lock_state"]?.text, (state == "locked") != (operation == "lock") {
            draft.flag("contradiction")
        }
        return true
    }

    /// A press: `1_single`, `button_2_hold` and `single_left` name a button and what was done with it.
    private static func press(_ word: String, _ draft: inout ConventionDraft) {
        let presses = [
            "single", "double", "triple", "quadruple", "hold", "release", "long", "press", "many",
        ]
        let places = ["left", "right", "both", "center", "1", "2", "3", "4", "5", "6", "7", "8"]
        let parts = word.parts(by: UInt8(ascii: "_"))
        if parts.count > 1, let done = parts.last, presses.contains(done) {
            draft.text("button.press", done, kind: .pulse)
            draft.text("button.id", parts.dropLast().joined(separator: "_"), kind: .pulse)
        } else if parts.count == 2, presses.contains(parts[0]), places.contains(parts[1]) {
            draft.text("button.press", parts[0], kind: .pulse)
            draft.text("button.id", parts[1], kind: .pulse)
        } else {
            draft.text("button.press", word, kind: .pulse)
        }
    }
}
