import Rules

/// What the codecs of LoRaWAN devices make of their bytes, by the names that makers use: Milesight, Dragino, Elsys, Decentlab,
/// and the Cayenne payloads that network servers decode themselves.
enum LoRaWANFields {
    static func read(_ object: JSONValue, _ draft: inout ConventionDraft) {
        radar(object, &draft)
        place(object, &draft)
        for member in object.members {
            field(FieldVocabulary.plain(member.key), member.value, object, &draft)
        }
    }

    private static func field(
        _ name: String, _ value: JSONValue, _ object: JSONValue, _ draft: inout ConventionDraft
    ) {
        if value.isObject { return nested(name, value, &draft) }
        switch name {
        case "magnetstatus", "door", "contact", "window": contact(value, &draft)
        case "state", "socketstatus": state(name, value, object, &draft)
        case "leakagestatus", "leakstatus", "waterleakagestatus", "waterleakstatus":
            word(value, "alarm.water", yes: "leak", &draft)
        case "pir", "pirstatus": word(value, "presence.motion", yes: "trigger", &draft)
        case "occupancy" where value.text != nil, "occupancystatus" where value.text != nil:
            word(value, "presence.occupied", yes: "occupied", &draft)
        // Elsys counts the movements since it last spoke.
        case "motion" where (value.number ?? 0) > 1: draft.boolean("presence.motion", true)
        case "press": press(value, &draft)
        case "tamperstatus": word(value, "alarm.tamper", yes: "uninstalled", &draft)
        case "install":
            if let isMounted = value.text.flatMap({ FieldVocabulary.truth($0) }) {
                draft.boolean("alarm.tamper", !isMounted, kind: .state)
            }
        case "vdd": draft.read(value, as: .number("device.battery_voltage", 0.001))
        case "batv": draft.field("batteryvoltage", value)
        case "battery":
            // A share has no fraction where a cell has its volts.
            if let level = value.number, level != level.rounded(), (1.5...4.5).contains(level) {
                draft.field("batteryvoltage", value)
            } else {
                draft.field(name, value)
            }
        case "illumination": draft.field("illuminance", value)
        case "tem": draft.field("temperature", value)
        case "dooropenstatus": draft.field("dooropen", value)
        // The button of Dragino's trackers; its door contacts tell another alarm as `ALARM`.
        case "alarmstatus" where object["Latitude"] != nil: draft.field("sos", value)
        case "latitude", "longitude", "lat", "lon", "lng": return
        default:
            if !draft.field(name, value) { numbered(name, value, &draft) }
        }
    }

    /// `temperature_1`, `TempC_SHT`, `relative_humidity_2`: the number is the channel's. A word is a limit's, and no value.
    private static func numbered(
        _ name: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        guard value.number != nil || value.text.flatMap({ Double($0.trimmed) }) != nil else {
            return
        }
        if name.hasPrefix("temp") {
            draft.field("temperature", value)
        } else if name.hasPrefix("hum") || name.hasPrefix("relativehumidity") {
            draft.field("humidity", value)
        } else if name.hasPrefix("barom") {
            // Some in hPa, some in Pa; air has never ten times what it has.
            let isPascal = (value.number ?? 0) > 10_000
            draft.read(value, as: .number("env.pressure", isPascal ? 0.01 : 1))
        } else if name.hasPrefix("luminosity") {
            // In units of the sensor's own.
            if let raw = value.number {
                draft.number("env.illuminance_raw", raw, kind: .measurement)
            }
        } else if name.hasPrefix("illuminance") {
            draft.field("illuminance", value)
        } else if name.hasPrefix("presence") {
            draft.field("presence", value)
        }
    }

    /// A value beside its unit, values by channel, or a group.
    private static func nested(
        _ name: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        if let inner = value["value"], !inner.isObject {
            return field(name, inner, value, &draft)
        }
        let channels = value.members
        guard !channels.isEmpty, channels.allSatisfy({ Int($0.key) != nil }) else {
            return read(value, &draft)
        }
        for channel in channels { field(name, channel.value, value, &draft) }
    }

    // MARK: Words

    /// A word that means yes, one of those that mean no, or what everybody says for both.
    private static func word(
        _ value: JSONValue, _ capability: String, yes: String, _ draft: inout ConventionDraft
    ) {
        let kind: ReadingKind? = capability.hasPrefix("alarm.") ? .state : nil
        guard let text = value.text?.lowered else {
            return draft.read(value, as: .boolean(capability))
        }
        switch text {
        case yes: draft.boolean(capability, true, kind: kind)
        case "idle", "vacant", "installed", "no leak":
            draft.boolean(capability, false, kind: kind)
        default: draft.read(value, as: .boolean(capability))
        }
    }

    /// What a number would mean the codecs do not agree on.
    private static func contact(_ value: JSONValue, _ draft: inout ConventionDraft) {
        guard let word = value.text?.lowered else { return draft.flag("semantics_unclear") }
        if let open = ["open": true, "opened": true, "close": false, "closed": false][word] {
            draft.boolean("contact.open", open)
        } else {
            draft.flag("unknown_value")
            draft.add("contact.open", .unknown)
        }
    }

    /// Of a contact, or of a socket: both say `open` and `close`.
    private static func state(
        _ name: String, _ value: JSONValue, _ object: JSONValue, _ draft: inout ConventionDraft
    ) {
        guard let word = value.text?.lowered else { return }
        let isSocket =
            name == "socketstatus" || object["power"] != nil || object["voltage"] != nil
        switch word {
        case "on": draft.boolean("switch.on", true)
        case "off": draft.boolean("switch.on", false)
        case "open", "close", "closed":
            if isSocket {
                draft.boolean("switch.on", word == "open")
            } else if object["install"] != nil {
                contact(value, &draft)
            } else {
                draft.flag("semantics_unclear")
            }
        default: return
        }
    }

    private static func press(_ value: JSONValue, _ draft: inout ConventionDraft) {
        guard let word = value.text?.lowered, !word.isEmpty else {
            return draft.flag("pulse_reset")
        }
        let words = ["short": "single", "long": "hold"]
        draft.text("button.press", words[word] ?? word, kind: .pulse)
    }

    private static func place(_ object: JSONValue, _ draft: inout ConventionDraft) {
        func coordinate(_ names: String...) -> Double? {
            for member in object.members where names.contains(member.key.lowered) {
                return member.value.number
            }
            return nil
        }
        guard let latitude = coordinate("latitude", "lat"),
            let longitude = coordinate("longitude", "lon", "lng"),
            // A tracker without a fix is in the Gulf of Guinea.
            latitude != 0 || longitude != 0
        else { return }
        draft.number("location.lat", latitude)
        draft.number("location.lon", longitude)
    }

    // MARK: The radar VS373

    /// Milesight's radar tells what it sees, and what happened, in words or in their numbers.
    private static func radar(_ object: JSONValue, _ draft: inout ConventionDraft) {
        guard let seen = object["detection_status"] else {
            return events(object, &draft)
        }
        let words = ["normal", "vacant", "in bed", "out of bed", "fall"]
        let index =
            seen.text.flatMap { words.firstIndex(of: $0.lowered) }
            ?? seen.number.flatMap(FieldVocabulary.whole)
        switch index {
        case 1: draft.boolean("presence.occupied", false)
        case 2: draft.boolean("bed.occupied", true)
        case 3: draft.boolean("bed.occupied", false)
        case 0, 4: break
        default: return draft.flag("semantics_unclear")
        }
        draft.boolean("alarm.fall", index == 4, kind: .state)
        events(object, &draft)
    }

    private static func events(_ object: JSONValue, _ draft: inout ConventionDraft) {
        let types = ["fall", "motionless", "dwell", "out of bed", "occupied", "vacant"]
        let states = ["", "alarm triggered", "alarm deactivated", "alarm ignored"]
        func code(_ value: JSONValue?, in words: [String]) -> Int? {
            value?.text.flatMap { words.firstIndex(of: $0.lowered) }
                ?? value?.number.flatMap(FieldVocabulary.whole)
        }
        for event in object["events"]?.elements ?? [] {
            guard let type = code(event["alarm_type"], in: types),
                let state = code(event["alarm_status"], in: states)
            else { continue }
            if let id = event["alarm_id"]?.number {
                draft.number("episode.id", id, kind: .health)
            }
            MakersReports.radar(event: type, status: state, &draft)
        }
    }
}
