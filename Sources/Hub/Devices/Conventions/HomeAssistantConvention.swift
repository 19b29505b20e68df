import Rules

/// Home Assistant's MQTT discovery: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
///
/// What a configuration says is what a device is, never how it is.
enum HomeAssistantConvention {
    static let components: Set<String> = [
        "binary_sensor", "sensor", "event", "device_automation", "switch", "light", "lock", "cover",
        "button", "tag", "device_tracker", "device", "number", "select", "text", "update",
        "climate",
        "fan", "siren", "valve", "vacuum", "camera", "image", "alarm_control_panel", "scene",
        "humidifier",
        "water_heater", "lawn_mower", "notify",
    ]

    private static let abbreviations: [String: String] = [
        "stat_t": "state_topic", "cmd_t": "command_topic", "avty_t": "availability_topic",
        "avty": "availability", "val_tpl": "value_template", "uniq_id": "unique_id",
        "dev": "device",
        "dev_cla": "device_class", "unit_of_meas": "unit_of_measurement", "pl_on": "payload_on",
        "pl_off": "payload_off", "pl_avail": "payload_available", "exp_aft": "expire_after",
        "pl_not_avail": "payload_not_available", "off_dly": "off_delay", "t": "topic",
        "cmps": "components", "p": "platform", "atype": "automation_type", "stype": "subtype",
        "json_attr_t": "json_attributes_topic", "obj_id": "object_id",
        "pl": "payload", "avty_tpl": "availability_template", "stat_on": "state_on",
        "stat_off": "state_off", "stat_locked": "state_locked", "stat_unlocked": "state_unlocked",
        "stat_val_tpl": "state_value_template",
    ]

    /// A configuration's members by their long names.
    static func named(_ json: JSONValue) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        for member in json.members {
            fields[abbreviations[member.key] ?? member.key] = member.value
        }
        return fields
    }

    /// Whether a topic is that of a configuration, under any prefix.
    static func fits(_ levels: [String]) -> Bool {
        (4...5).contains(levels.count) && levels.last == "config" && components.contains(levels[1])
    }

    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "ha_discovery"
        let levels = draft.levels
        guard let last = levels.last, last == "config", levels.count >= 4 else {
            // `homeassistant/status` is Home Assistant's own birth and will.
            return draft.flag("not_data")
        }
        let component = levels[levels.count - (levels.count > 4 ? 4 : 3)]
        draft.message.device = levels[levels.count - 2]
        guard components.contains(component) else { return draft.flag("unknown_component") }
        if draft.payload.isEmpty {
            return draft.lifecycle(component == "device" ? "device_removed" : "entity_removed")
        }
        guard let json = draft.json() else { return }
        guard json.isObject else { return draft.quarantine("an object is expected", "wrong_type") }
        draft.flag("discovery")
        let fields = named(json)
        let base = json["~"]?.text
        if let identity = identity(fields["device"]) { draft.message.device = identity }
        if component == "device" {
            parts(fields, &draft)
        } else {
            draft.text("capability", capability(component, fields), kind: .health)
        }
        entity(fields, base, channel: nil, &draft)
    }

    /// The most entities of one device that are told of.
    private static let maximumParts = 64

    /// What a device has: all its capabilities as words, then those of each entity, on a channel of its name.
    private static func parts(_ fields: [String: JSONValue], _ draft: inout ConventionDraft) {
        let base = fields["~"]?.text
        var entities: [(key: String, fields: [String: JSONValue], capability: String)] = []
        for member in (fields["components"]?.members ?? []).prefix(maximumParts) {
            let own = named(member.value)
            guard let platform = (own["platform"] ?? member.value["p"])?.text, own.count > 1 else {
                continue
            }
            entities.append((member.key.cut(to: 64), own, capability(platform, own)))
        }
        var words: [String] = []
        for entity in entities where !words.contains(entity.capability) {
            words.append(entity.capability)
        }
        if words.count > 1 { words.removeAll { $0 == "generic" || $0 == "binary" } }
        draft.text(
            "capability", words.isEmpty ? "generic" : words.joined(separator: " "), kind: .health)
        for part in entities {
            draft.text("capability", part.capability, kind: .health, channel: part.key)
            entity(part.fields, part.fields["~"]?.text ?? base, channel: part.key, &draft)
        }
    }

    /// Where an entity speaks, and how what it says is to be read.
    private static func entity(
        _ fields: [String: JSONValue], _ base: String?, channel: String?,
        _ draft: inout ConventionDraft
    ) {
        for key in ["state_topic", "topic", "availability_topic"] {
            guard let topic = fields[key]?.text else { continue }
            let name = key == "availability_topic" ? "availability" : key
            draft.text(name, expanded(topic, base), kind: .health, channel: channel)
        }
        let places = availability(fields["availability"], base)
        if !places.isEmpty {
            draft.text(
                "availability", places.joined(separator: " "), kind: .health, channel: channel)
        }
        // A trigger is one word on a topic that others share.
        for key in ["payload", "type", "subtype"] where fields["automation_type"] != nil {
            if let text = fields[key]?.text {
                draft.text(key, text, kind: .health, channel: channel)
            }
        }
        if let unit = fields["unit_of_measurement"]?.text {
            draft.text("unit", units[unit] ?? unit, kind: .health, channel: channel)
        }
        if let seconds = fields["expire_after"]?.number {
            draft.number("expected_interval_s", seconds, kind: .health, channel: channel)
        }
        if let template = fields["value_template"]?.text {
            if let pointer = pointer(template) ?? plainly(template).flatMap(pointer) {
                draft.text("extract", pointer, kind: .health, channel: channel)
            } else if let (pointer, word) = equality(template) {
                draft.text("template", "if-equals", kind: .health, channel: channel)
                draft.text("extract", pointer, kind: .health, channel: channel)
                draft.text("equals", word, kind: .health, channel: channel)
            } else {
                draft.text("template", template, kind: .health, channel: channel)
            }
        }
        // What goes off by itself is an event, and no state.
        if fields["off_delay"] != nil {
            draft.boolean("pulse", true, kind: .health, channel: channel)
        }
    }

    /// Where it stands whether the entity is there: one place, or a list of them.
    private static func availability(_ value: JSONValue?, _ base: String?) -> [String] {
        guard let value else { return [] }
        let entries = value.isObject ? [value] : Array(value.elements.prefix(8))
        return entries.compactMap { named($0)["topic"]?.text.map { expanded($0, base) } }
    }

    /// A template without a filter that leaves the value what it is: `{{ value_json.a | float }}`. A profile does not use it, for
    /// what is missing becomes a number by it.
    private static func plainly(_ template: String) -> String? {
        let text = template.trimmed
        guard text.hasPrefix("{{"), text.hasSuffix("}}") else { return nil }
        let parts = text.dropFirst(2).dropLast(2).split(
            separator: "|", omittingEmptySubsequences: false
        ).map { String($0).trimmed }
        let keeps = ["float", "int", "round", "is_defined"]
        guard parts.count > 1,
            parts.dropFirst().allSatisfy({ part in
                keeps.contains(String(part.prefix { $0 != "(" }).trimmed)
                    && (part.firstIndex(of: ")").map { part.index(after: $0) == part.endIndex }
                        ?? !part.contains("("))
            })
        else { return nil }
        return "{{" + parts[0] + "}}"
    }

    /// `{% if value_json.a == 'x' %}ON{% else %}OFF{% endif %}`: where it looks, and for what.
    private static func equality(_ template: String) -> (pointer: String, word: String)? {
        let text = template.trimmed
        guard text.hasPrefix("{%"), text.hasSuffix("%}"), let end = text.firstRange(of: "%}") else {
            return nil
        }
        let condition = text[..<end.lowerBound].dropFirst(2).filter { $0 != "\"" && $0 != "'" }
        let parts = condition.split(separator: "=", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        guard parts.count == 3, parts[1].isEmpty, parts[0].hasPrefix("if "),
            let pointer = pointer("{{\(parts[0].dropFirst(3))}}"), !parts[2].contains(" "),
            text.ranges(of: "{%").count == 3
        else { return nil }
        return (pointer, parts[2])
    }

    private static let units: [String: String] = [
        "°C": "Cel", "°F": "[degF]", "Ω": "Ohm", "ppm": "[ppm]", "µg/m³": "ug/m3",
        "m³": "m3", "ppb": "[ppb]", "°": "deg",
    ]

    /// `{{ value_json.a.b }}`, the most usual template, as a JSON Pointer (RFC 6901); nil for any other.
    static func pointer(_ template: String) -> String? {
        var text = template.trimmed
        guard text.hasPrefix("{{"), text.hasSuffix("}}") else { return nil }
        text = String(text.dropFirst(2).dropLast(2)).trimmed
        guard text.hasPrefix("value_json") else { return nil }
        var pointer = ""
        var rest = text.dropFirst("value_json".count)
        while let first = rest.first {
            if first == "." {
                let key = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                guard !key.isEmpty else { return nil }
                pointer += "/" + key
                rest = rest.dropFirst(1 + key.count)
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                let key = rest[rest.index(after: rest.startIndex)..<end]
                    .filter { $0 != "'" && $0 != "\"" }
                pointer += "/" + key
                rest = rest[rest.index(after: end)...]
            } else {
                return nil
            }
        }
        return pointer.isEmpty ? nil : pointer
    }

    private static let byClass: [String: String] = [
        "door": "contact.open", "window": "contact.open", "opening": "contact.open",
        "garage_door": "contact.open", "motion": "presence.motion",
        "occupancy": "presence.occupied", "presence": "presence.occupied",
        "smoke": "alarm.smoke", "moisture": "alarm.water", "gas": "alarm.gas",
        "carbon_monoxide": "alarm.co", "tamper": "alarm.tamper", "safety": "alarm.active",
        "vibration": "vibration.active", "connectivity": "device.online",
        "problem": "device.trouble",
        "temperature": "env.temperature", "humidity": "env.humidity",
        "illuminance": "env.illuminance", "pressure": "env.pressure",
        "atmospheric_pressure": "env.pressure", "carbon_dioxide": "env.co2",
        "power": "power.active", "voltage": "power.voltage", "current": "power.current",
        "energy": "energy.total", "signal_strength": "link.rssi",
    ]

    /// Units that tell what is measured, where no device class does.
    private static let byUnit: [String: String] = [
        "°C": "env.temperature", "°F": "env.temperature", "lx": "env.illuminance",
        "hPa": "env.pressure", "mbar": "env.pressure", "W": "power.active", "kW": "power.active",
        "V": "power.voltage", "A": "power.current", "Wh": "energy.total", "kWh": "energy.total",
        "dBm": "link.rssi",
    ]

    /// What an entity tells: by its device class; else by the field that its template takes, of several that share a topic,
    /// or by its unit; else by its component alone.
    static func capability(_ component: String, _ fields: [String: JSONValue]) -> String {
        let known = capability(component, fields["device_class"]?.text)
        guard known == "generic" || known == "binary",
            component == "sensor" || component == "binary_sensor"
        else { return known }
        let pointer = fields["value_template"]?.text.flatMap(pointer)
        let field = pointer?.split(separator: "/").last.map(String.init)
        if let field, let meant = FieldVocabulary.capability(field) {
            // A number is measured, and yes or no is not.
            let isYesOrNo = CapabilityVocabulary.entry(meant)?.type == .boolean
            if isYesOrNo == (known == "binary") { return meant }
        }
        if known == "generic", let unit = fields["unit_of_measurement"]?.text {
            return byUnit[unit] ?? known
        }
        return known
    }

    static func capability(_ component: String, _ kind: String?) -> String {
        if let kind, let found = capability(component, ofClass: kind) { return found }
        switch component {
        case "binary_sensor": return "binary"
        case "switch", "siren", "fan": return "switch.on"
        case "light": return "light.level"
        case "lock": return "lock.locked"
        case "cover", "valve": return "cover.position"
        case "event", "device_automation": return "button.press"
        case "tag": return "access.tag"
        case "device_tracker": return "location.zone"
        default: return "generic"
        }
    }

    /// A class says something else of another component: a sensor of the class `gas` is a meter, of a cover `door` is what
    /// moves, and a number of the class `temperature` is a wish.
    private static func capability(_ component: String, ofClass kind: String) -> String? {
        let isBinary = component == "binary_sensor"
        guard isBinary || component == "sensor" || component == "event" else { return nil }
        if kind == "battery" { return isBinary ? "device.battery_low" : "device.battery" }
        guard let found = byClass[kind] else { return nil }
        let isNumber = CapabilityVocabulary.entry(found)?.type == .number
        return isNumber == (component == "sensor") ? found : nil
    }

    static func expanded(_ topic: String, _ base: String?) -> String {
        guard let base else { return topic }
        if topic.hasPrefix("~") { return base + topic.dropFirst() }
        if topic.hasSuffix("~") { return topic.dropLast() + base }
        return topic
    }

    static func identity(_ device: JSONValue?) -> String? {
        guard let device else { return nil }
        let identifiers = device["identifiers"] ?? device["ids"]
        if let one = identifiers?.text ?? identifiers?.elements.first?.text { return one }
        let connections = device["connections"] ?? device["cns"]
        return connections?.elements.first?.elements.last?.text
    }

    /// What an `event` entity says on its state topic.
    static func readEvent(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.message.convention = "ha_discovery"
        guard let type = json["event_type"]?.text, !type.isEmpty else {
            return draft.quarantine("event_type is no text", "wrong_type")
        }
        draft.text("button.press", type, kind: .pulse)
        if let duration = json["duration"]?.text {
            draft.text("button.duration", duration, kind: .pulse)
        }
    }
}
