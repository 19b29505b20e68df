import Rules

/// rtl_433: https://github.com/merbanan/rtl_433/blob/master/docs/OPERATION.md. One press is up to eight copies that differ in
/// their time alone; what a switch's OPEN means the device's maker decides.
enum RTL433Convention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "rtl_433"
        draft.message.device = draft.levels.count > 1 ? draft.levels[1] : draft.topic
        if draft.levels.last == "availability" {
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            }
            return
        }
        if draft.levels.count >= 5, draft.levels[2] == "devices" { return field(&draft) }
        guard draft.payload.contains(UInt8(ascii: "{")) else { return draft.flag("not_data") }
        guard let json = draft.json() else { return }
        device(json, &draft)
    }

    /// One field on a topic of its own: `rtl_433/HOST/devices/MODEL/…/ID/FIELD`.
    private static func field(_ draft: inout ConventionDraft) {
        let name = draft.levels[draft.levels.count - 1]
        let address = draft.levels[3..<(draft.levels.count - 1)]
        guard let text = draft.text?.trimmed else {
            return draft.quarantine("the text is not UTF-8", "not_utf8")
        }
        // What says who it is and when it was is told in each of its fields again.
        guard !["time", "model", "id", "mic", "subtype", "channel"].contains(name) else {
            return draft.flag("not_data")
        }
        let value: JSONValue = Double(text).map(JSONValue.number) ?? .string(text)
        device(
            .object([
                JSONValue.Member(key: "model", value: .string(draft.levels[3])),
                JSONValue.Member(key: name, value: value),
            ]), &draft)
        draft.message.device = address.joined(separator: "/")
    }

    static func device(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let model = json["model"]?.text ?? ""
        // Before 2019 some decoders called the identity `device`.
        let number = json["id"] ?? json["device"]
        let id = number?.text ?? number?.number.map(FieldVocabulary.plainNumber)
        let channel =
            json["channel"]?.number.map(FieldVocabulary.plainNumber) ?? json["channel"]?.text
        let isSecurity =
            model.has("Security") || model.has("Powercode") || model.hasPrefix("Interlogix")
        if let id {
            let name = [isSecurity ? nil : model, id, channel].compactMap { $0 }.joined(
                separator: "/")
            draft.message.device = name
            draft.text("device.id", name, kind: .health)
        }
        if draft.message.convention == "rtl_433" { draft.takeTime(json["time"]) }
        let isRemote =
            model.has("Remote") || json["type"]?.text?.lowered.hasPrefix("remote control") == true
        for member in json.members {
            field(member.key, member.value, model, isSecurity, isRemote, &draft)
        }
        if model == "Generic-Motion" {
            draft.boolean("presence.motion", true, kind: .pulse)
        } else if model.hasPrefix("Smoke") {
            // It speaks in an alarm, in a test, and wherever a remote control of the same chip is taken for it.
            draft.text("device.class", "smoke", kind: .health)
            draft.flag("semantics_unclear")
        }
        switch (json["subtype"] ?? json["device_type"] ?? json["class"])?.text?.lowered {
        case "motion", "pir-motion": draft.boolean("presence.motion", true, kind: .pulse)
        case "doorbell": draft.text("button.press", "single", kind: .pulse)
        case .some(let kind) where isSecurity:
            draft.text("device.class", kind, kind: .health)
            // Which of the switches is the alarm's nobody says.
            draft.flag("semantics_unclear")
        default: break
        }
    }

    /// Fields that are read.
    private enum Name: String, CaseIterable {
        case humidity, rssi, snr, tamper, tampered, battery, state, opened, open, closed, alarm,
            water, motion, event, remarks, extradata, text, cmd, button, code
        case temperatureC = "temperature_C"
        case temperatureF = "temperature_F"
        case pressureHPa = "pressure_hPa"
        case lightLux = "light_lux"
        case co2Ppm = "co2_ppm"
        case powerW = "power_W"
        case currentA = "current_A"
        case voltageV = "voltage_V"
        case energyKWh = "energy_kWh"
        case batteryOk = "battery_ok"
        case batteryV = "battery_V"
        case batteryMV = "battery_mV"
        case contactOpen = "contact_open"
        case detectWet = "detect_wet"
    }

    private static let names = WordTable(of: Name.self)

    private static func field(
        _ name: String, _ value: JSONValue, _ model: String, _ isSecurity: Bool, _ isRemote: Bool,
        _ draft: inout ConventionDraft
    ) {
        switch names[name] {
        case .temperatureC: draft.field("temperature", value)
        case .temperatureF:
            draft.temperature(fahrenheit: value.number)
        case .humidity, .pressureHPa, .lightLux, .co2Ppm, .rssi, .snr, .tamper:
            draft.field(name, value)
        case .tampered: draft.field("tamper", value)
        case .powerW: draft.field("power", value)
        case .currentA: draft.field("current", value)
        case .voltageV: draft.read(value, as: .number("power.voltage"))
        case .energyKWh: draft.field("energy", value)
        case .batteryOk:
            // Mostly 1 or 0; a level between them is a share.
            if let level = value.number, level > 0, level < 1 {
                draft.number("device.battery", (level * 100).rounded())
            } else {
                draft.field(name, value)
            }
        case .batteryV: draft.field("batteryvoltage", value)
        case .batteryMV: draft.read(value, as: .number("device.battery_voltage", 0.001))
        case .battery:
            // As older decoders wrote it.
            switch value.text?.lowered {
            case "ok": draft.boolean("device.battery_low", false)
            case "low": draft.boolean("device.battery_low", true)
            default: break
            }
        case .state: if let text = value.text { state(text, &draft) }
        case .contactOpen, .opened, .open: contact(value, &draft)
        case .closed where isSecurity: contact(value, isClosed: true, &draft)
        case .alarm where model.has("Powercode"): contact(value, &draft)
        case .alarm where model.has("Leak"), .detectWet:
            draft.field("waterleak", value)
        // A probe's, too; whoever counts water goes on beyond 1.
        case .water where value.number.map { $0 == 0 || $0 == 1 } ?? true:
            draft.field("waterleak", value)
        case .motion: motion(value, isPulse: isSecurity, &draft)
        case .event, .remarks, .extradata: if let text = value.text { event(text, &draft) }
        case .text where model.hasPrefix("Cavius"):
            if let text = value.text { cavius(text, &draft) }
        case .cmd where isSecurity: if let text = value.text { command(text, &draft) }
        case .button, .cmd:
            let text = value.text ?? value.number.map(FieldVocabulary.plainNumber)
            if let text { draft.text("button.press", text, kind: .pulse) }
        case .code where isRemote:
            let text = value.text ?? value.number.map(FieldVocabulary.plainNumber)
            if let text { draft.text("remote.code", text, kind: .pulse) }
        case nil where name.hasPrefix("temperature_") && name.hasSuffix("_C"):
            let probe = String(name.dropFirst(12).dropLast(2))
            guard Int(probe) != nil else { return }
            draft.read(value, as: .number("env.temperature"), channel: probe)
        default: return
        }
    }

    /// Decoders tell one opening in several fields.
    private static func contact(
        _ value: JSONValue, isClosed: Bool = false, _ draft: inout ConventionDraft
    ) {
        guard draft.message.value("contact.open") == nil, let truth = FieldVocabulary.truth(value)
        else { return }
        draft.boolean("contact.open", truth != isClosed)
    }

    /// A sensor of an alarm never says that nobody moves any more.
    private static func motion(
        _ value: JSONValue, isPulse: Bool, _ draft: inout ConventionDraft
    ) {
        guard draft.message.value("presence.motion") == nil,
            let truth = FieldVocabulary.truth(value)
        else { return }
        if truth, isPulse {
            draft.boolean("presence.motion", true, kind: .pulse)
        } else {
            draft.boolean("presence.motion", truth, kind: .state)
        }
    }

    /// What happened, in one word: not each state is a door's.
    private static func state(_ text: String, _ draft: inout ConventionDraft) {
        switch text.lowered {
        case "open", "opened": contact(.boolean(true), &draft)
        case "close", "closed": contact(.boolean(false), &draft)
        case "on": draft.boolean("switch.on", true)
        case "off": draft.boolean("switch.on", false)
        case "motion": motion(.boolean(true), isPulse: true, &draft)
        case "water":
            if draft.message.value("alarm.water") == nil {
                draft.boolean("alarm.water", true, kind: .state)
            }
        case "tamper":
            if draft.message.value("alarm.tamper") == nil {
                draft.boolean("alarm.tamper", true, kind: .state)
            }
        case "battery":
            if draft.message.value("device.battery_low") == nil {
                draft.boolean("device.battery_low", true)
            }
        default: return
        }
    }

    private static func event(_ text: String, _ draft: inout ConventionDraft) {
        let words = text.uppered
        if words.has("PANIC") { return draft.boolean("alarm.sos", true, kind: .pulse) }
        if words.has("DOOR") || words.has("WINDOW") || words.has("CONTACT") {
            if words.has("CLOSED") { return contact(.boolean(false), &draft) }
            if words.has("OPEN") { return contact(.boolean(true), &draft) }
        }
        if words.has("MOTION") {
            // `MOTION READY` is how a sensor says that it sees nobody any more.
            let isNone = words.has("NO MOTION") || words.has("CLEAR") || words.has("READY")
            return draft.boolean("presence.motion", !isNone)
        }
        switch words {
        case "OPEN": contact(.boolean(true), &draft)
        case "CLOSED": contact(.boolean(false), &draft)
        case "WATER LEAK":
            if draft.message.value("alarm.water") == nil {
                draft.boolean("alarm.water", true, kind: .state)
            }
        case "BUTTON PRESS": draft.text("button.press", "single", kind: .pulse)
        default:
            // `KR10A KEY-FOB ARM`: the key's name stands last.
            if words.has("KEY-FOB") || words.has("SEC-REMOTE"),
                let key = words.split(separator: " ").last
            {
                draft.text("button.press", String(key).lowered, kind: .pulse)
            }
        }
    }

    /// Smoke, heat and water detectors in one net: one that only warns does not say of what.
    private static func cavius(_ text: String, _ draft: inout ConventionDraft) {
        switch text {
        case "Fire alarm": draft.boolean("alarm.smoke", true, kind: .state)
        case "Test alarm": draft.boolean("device.test_mode", true)
        case "Warning/Water detected": draft.flag("semantics_unclear")
        default: return
        }
    }

    /// The words of an alarm system's keys and sensors; which zone is what only its owner knows.
    private static func command(_ text: String, _ draft: inout ConventionDraft) {
        switch text.lowered {
        case "low battery": draft.boolean("device.battery_low", true)
        case "tamper": draft.boolean("alarm.tamper", true, kind: .state)
        case "test": draft.boolean("device.test_mode", true)
        case "alarm", "arm", "disarm", "home mode", "on":
            draft.text("button.press", text.lowered, kind: .pulse)
        default: draft.flag("semantics_unclear")
        }
    }
}
