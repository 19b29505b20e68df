import Rules

/// Homie 4 and 5: https://homieiot.github.io/specification/
///
/// Traps: everything is retained; a payload of zero length removes; one null byte is the empty text; `$target` is a wish.
enum HomieConvention {
    static func read(_ draft: inout ConventionDraft) {
        var levels = draft.levels
        // The specification itself writes some topics with a slash in front.
        if levels.first == "", levels.count > 1 { levels.removeFirst() }
        let isFive = levels.count > 2 && levels[1] == "5"
        draft.message.convention = isFive ? "homie5" : "homie4"
        levels.removeFirst(isFive ? 2 : 1)
        guard let device = levels.first, levels.count > 1 else { return draft.flag("not_data") }
        draft.message.device = device
        if device == "$broadcast" {
            guard let text = draft.text, !text.isEmpty else { return draft.flag("empty") }
            return draft.text("alert.text", text, kind: .pulse)
        }
        guard let last = levels.last else { return }
        if last == "set" { return draft.flag("command") }
        if levels.count == 2, last.hasPrefix("$") { return attribute(last, &draft) }
        if levels[1] == "$log" {
            draft.flag("fault")
            draft.text("log.level", last, kind: .health)
            if let text = draft.text, !text.isEmpty { draft.text("log.text", text, kind: .health) }
            return
        }
        if levels[1] == "$alert" {
            if draft.payload.isEmpty { return draft.lifecycle("alert_cleared") }
            draft.flag("fault")
            draft.text("alert.id", last, kind: .state)
            if let text = draft.text { draft.text("alert.text", text, kind: .state) }
            return
        }
        if last == "$target" { return draft.flag("target") }
        if levels[1] == "$stats", levels.count == 3 { return statistic(last, &draft) }
        if last.hasPrefix("$") || levels[1].hasPrefix("$") {
            draft.flag("discovery")
            if last == "$unit", let text = draft.text {
                draft.text("unit", unit(text), kind: .health)
            }
            return
        }
        guard levels.count == 3 else { return draft.flag("not_data") }
        value(node: levels[1], property: levels[2], &draft)
    }

    private static func unit(_ text: String) -> String {
        [
            "°C": "Cel", "°F": "[degF]", "°": "deg", "ppm": "[ppm]", "psi": "[psi]",
            "gal": "[gal_us]", "ft": "[ft_i]", "m³": "m3", "#": "1",
        ][text] ?? text
    }

    /// Of Homie 2 and 3, and of an extension to 4: how the device itself is.
    private static func statistic(_ name: String, _ draft: inout ConventionDraft) {
        let names = [
            "uptime": "device.uptime_s", "cputemp": "device.temperature",
            "battery": "device.battery",
        ]
        guard let capability = names[name] else { return draft.flag("not_data") }
        guard let number = draft.text.flatMap({ Double($0.trimmed) }), number.isFinite else {
            draft.flag("unknown_value")
            return draft.add(capability, .unknown, kind: .health)
        }
        draft.read(.number(number), as: .number(capability))
    }

    private static func attribute(_ name: String, _ draft: inout ConventionDraft) {
        // Homie 2 has it where later ones have a state.
        if name == "$online", let online = FieldVocabulary.online(draft.text) {
            return draft.boolean("device.online", online)
        }
        guard name == "$state" else {
            draft.flag("discovery")
            if draft.payload.isEmpty { return draft.lifecycle("removed") }
            switch name {
            case "$homie":
                if let text = draft.text { draft.text("homie.version", text, kind: .health) }
            case "$mac":
                if let text = draft.text { draft.text("device.id_stable", text) }
            case "$description":
                if let version = draft.json()?["homie"]?.text {
                    draft.text("homie.version", version, kind: .health)
                }
            default: break
            }
            return
        }
        if draft.payload.isEmpty { return draft.lifecycle("device_removed") }
        switch draft.text {
        case "ready":
            draft.boolean("device.online", true)
            draft.boolean("ready", true, kind: .health)
        case "init":
            draft.boolean("device.online", true)
            draft.boolean("ready", false, kind: .health)
        case "sleeping": draft.boolean("device.online", true)
        case "alert":
            draft.boolean("device.online", true)
            draft.boolean("device.trouble", true)
        case "disconnected", "lost": draft.boolean("device.online", false)
        default:
            draft.flag("unknown_value")
            draft.add("device.online", .unknown)
        }
    }

    private static let openings: Set<String> = ["contact", "door", "window", "opening"]

    /// A property's value. What it means only the device's description says; names that everybody uses are taken.
    private static func value(
        node: String, property: String, _ draft: inout ConventionDraft
    ) {
        if draft.payload.isEmpty { return draft.lifecycle("retained_cleared") }
        // Homie 5, "Property values": a single null byte is the empty string.
        if draft.payload == [0] { return draft.text("text", "", kind: .state) }
        guard let text = draft.text else {
            return draft.quarantine("the text is not UTF-8", "not_utf8")
        }
        let value: JSONValue = Double(text).map(JSONValue.number) ?? .string(text)
        var name = FieldVocabulary.plain(property)
        // `door/state`, `motion/value` and `temperature/degrees` are called by their node.
        if ["state", "value", "status", "degrees"].contains(name) {
            let called = FieldVocabulary.plain(node)
            if openings.contains(called) || FieldVocabulary.meaning(of: called) != nil {
                name = called
            }
        }
        switch name {
        case "state", "power", "on", "switch", "relay":
            if let on = FieldVocabulary.truth(text) { return draft.boolean("switch.on", on) }
        case "brightness", "dim", "intensity":
            if let level = Double(text) {
                return draft.number("light.level", level)
            }
        case "contact" where Double(text) != nil || ["true", "false"].contains(text.lowered):
            // With some it is closed, with others open.
            return draft.flag("semantics_unclear")
        case _ where openings.contains(name):
            if let open = FieldVocabulary.truth(text) { return draft.boolean("contact.open", open) }
        case "action", "event", "button":
            return draft.text("button.press", text, kind: .pulse)
        default: break
        }
        if let meaning = FieldVocabulary.meaning(of: name) { return draft.read(value, as: meaning) }
        if let on = FieldVocabulary.truth(text), Double(text) == nil {
            guard isSwitched(node) || isSwitched(property) else {
                // A lock, an alarm, a valve: what is true of it only its description says.
                return draft.flag("semantics_unclear")
            }
            return draft.boolean("switch.on", on)
        }
        if let number = Double(text) {
            draft.number("generic.value", number, kind: .measurement)
        } else {
            draft.text("text", text, kind: .state)
        }
    }

    /// Whether a node or a property is something that is switched, by the beginning of its name.
    private static func isSwitched(_ name: String) -> Bool {
        ["sw", "relay", "light", "lamp", "plug", "outlet", "socket", "power", "led", "fan"]
            .contains { name.lowered.hasPrefix($0) }
    }
}
