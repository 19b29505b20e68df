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
        let number = json["id"]
        let id = number?.text ?? number?.number.map(FieldVocabulary.plainNumber)
        let channel =
            json["channel"]?.number.map(FieldVocabulary.plainNumber) ?? json["channel"]?.text
        let isSecurity = model.has("Security") || model.has("Powercode")
        if let id {
            let name = [isSecurity ? nil : model, id, channel].compactMap { $0 }.joined(
                separator: "/")
            draft.message.device = name
            draft.text("device.id", name, kind: .health)
        }
        if draft.message.convention == "rtl_433" { draft.takeTime(json["time"]) }
        let subtype = json["subtype"]?.text?.lowered
        for member in json.members {
            switch member.key {
            case "temperature_C": draft.field("temperature", member.value)
            case "temperature_F":
                if let warm = member.value.number {
                    draft.field("temperature", .number(FieldVocabulary.celsius(warm)))
                }
            case "humidity", "pressure_hPa", "battery_ok", "light_lux", "co2_ppm":
                draft.field(member.key, member.value)
            case "tamper": draft.field("tamper", member.value)
            case "power_W": draft.field("power", member.value)
            case "energy_kWh": draft.field("energy", member.value)
            case "state" where isSecurity:
                if let open = member.value.text.flatMap({ FieldVocabulary.truth($0) }) {
                    draft.boolean("contact.open", open)
                }
            case "event":
                if let text = member.value.text { event(text, &draft) }
            case "alarm" where model.has("Powercode"):
                draft.read(member.value, as: .boolean("contact.open"))
            case "button", "cmd", "code", "data":
                if member.key == "button" || member.key == "cmd" {
                    let text =
                        member.value.text ?? member.value.number.map(FieldVocabulary.plainNumber)
                    if let text { draft.text("button.press", text, kind: .pulse) }
                }
            default: continue
            }
        }
        switch subtype {
        case "motion": draft.boolean("presence.motion", true, kind: .pulse)
        case .some(let kind) where isSecurity:
            draft.text("device.class", kind, kind: .health)
            // Which of the switches is the alarm's nobody says.
            draft.flag("semantics_unclear")
        default: break
        }
    }

    private static func event(_ text: String, _ draft: inout ConventionDraft) {
        let words = text.uppered
        if words.has("DOOR") || words.has("WINDOW") {
            if words.has("CLOSED") { return draft.boolean("contact.open", false) }
            if words.has("OPEN") { return draft.boolean("contact.open", true) }
        }
        if words.has("PANIC") { return draft.boolean("alarm.sos", true, kind: .pulse) }
        if words.has("MOTION") {
            return draft.boolean(
                "presence.motion", !words.has("NO MOTION") && !words.has("CLEAR"))
        }
    }
}
