import Rules

/// LoRaWAN network servers: ChirpStack (https://www.chirpstack.io/docs/chirpstack/integrations/events.html) and The Things Stack
/// (https://www.thethingsindustries.com/docs/integrations/data-formats/).
///
/// Traps: fields that are 0 or false are left out; without a codec there are raw bytes only; three times stand in one message.
enum LoRaWANConvention {
    static func isChirpStack(_ levels: [String]) -> Bool {
        levels.count >= 5 && levels[0] == "application" && levels[2] == "device"
    }

    static func readChirpStack(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        draft.message.device = levels[3]
        if levels.contains("command") { return draft.flag("command") }
        let isFour = levels.count >= 6 && levels[4] == "event"
        draft.message.convention = isFour ? "chirpstack_v4" : "chirpstack_v3"
        guard let json = draft.json() else { return }
        let event = isFour ? levels[5] : levels[4]
        if !isFour { draft.flag("old_version") }
        draft.takeTime(json["time"])
        if !isFour, json["time"] == nil { draft.flag("no_timestamp") }
        let stable = json.at("deviceInfo", "devEui")?.text ?? json["devEUI"]?.text ?? levels[3]
        draft.message.device = stable
        switch event {
        case "up", "rx": uplink(json, stable, &draft)
        case "join":
            draft.text("device.id_stable", stable)
            draft.lifecycle("joined")
        case "status":
            draft.text("device.id_stable", stable)
            if let level = json["batteryLevel"] { draft.field("battery", level) }
        case "log":
            draft.flag("fault")
            if let level = json["level"]?.text { draft.text("log.level", level, kind: .health) }
            if let code = json["code"]?.text { draft.text("log.code", code, kind: .health) }
        case "location": location(json["location"], &draft)
        case "integration":
            draft.flag("not_data")
            draft.flag("unknown_value")
            if let name = json["integrationName"]?.text {
                draft.text("integration", name, kind: .health)
            }
        default: draft.flag("not_data")
        }
    }

    private static func location(_ json: JSONValue?, _ draft: inout ConventionDraft) {
        guard let latitude = json?["latitude"]?.number, let longitude = json?["longitude"]?.number
        else { return }
        draft.number("location.lat", latitude)
        draft.number("location.lon", longitude)
    }

    private static func uplink(
        _ json: JSONValue, _ stable: String, _ draft: inout ConventionDraft
    ) {
        draft.text("device.id_stable", stable)
        if let id = json["deduplicationId"]?.text { draft.text("dedupe.id", id, kind: .health) }
        if let port = json["fPort"]?.number { draft.number("f_port", port, kind: .health) }
        if let count = json["fCnt"]?.number { draft.number("f_cnt", count, kind: .health) }
        if let gateway = json["rxInfo"]?.elements.first {
            if let signal = gateway["rssi"]?.number { draft.number("link.rssi", signal) }
            if let noise = (gateway["snr"] ?? gateway["loRaSNR"])?.number {
                draft.number("link.snr", noise)
            }
        }
        if let object = json["object"], object.isObject {
            fields(object, &draft)
        } else if let data = json["data"]?.text {
            draft.text("payload_b64", data, kind: .measurement)
        }
    }

    /// What a codec made of the bytes, by the usual names.
    static func fields(_ object: JSONValue, _ draft: inout ConventionDraft) {
        for member in object.members {
            if draft.field(member.key, member.value) { continue }
            let plain = FieldVocabulary.plain(member.key)
            if plain == "magnetstatus", let word = member.value.text?.lowered {
                // Milesight's word; what a number would mean its codecs do not agree on.
                if let open = ["open": true, "close": false, "closed": false][word] {
                    draft.boolean("contact.open", open)
                } else {
                    draft.flag("unknown_value")
                    draft.add("contact.open", .unknown)
                }
            } else if plain.hasPrefix("temperature") || plain.hasPrefix("temp") {
                draft.field("temperature", member.value)
            } else if plain.hasPrefix("humidity") {
                draft.field("humidity", member.value)
            } else if plain.hasPrefix("luminosity") {
                // In units of the sensor's own.
                if let raw = member.value.number {
                    draft.number("env.illuminance_raw", raw, kind: .measurement)
                }
            } else if member.value.isObject {
                fields(member.value, &draft)
            }
        }
    }

    static func readTTN(_ draft: inout ConventionDraft) {
        draft.message.convention = "ttn_v3"
        let levels = draft.levels
        draft.message.device = levels[3]
        if levels[4] == "down" { return draft.flag("command") }
        guard let json = draft.json() else { return }
        if let stable = json.at("end_device_ids", "dev_eui")?.text { draft.message.device = stable }
        if levels[4] == "join" {
            draft.text("device.id_stable", draft.message.device)
            return draft.lifecycle("joined")
        }
        guard levels[4] == "up", let message = json["uplink_message"] else {
            return draft.flag("not_data")
        }
        // The gateway heard it first, then the network server, then the application's.
        let gateway = message["rx_metadata"]?.elements.first
        draft.takeTime(gateway?["time"] ?? message["received_at"] ?? json["received_at"])
        draft.text("device.id_stable", draft.message.device)
        if let time = message["received_at"]?.text { draft.text("time_ns", time, kind: .health) }
        if let time = json["received_at"]?.text { draft.text("time_as", time, kind: .health) }
        if let count = message["f_cnt"]?.number { draft.number("f_cnt", count, kind: .health) }
        if let signal = gateway?["rssi"]?.number { draft.number("link.rssi", signal) }
        if let noise = gateway?["snr"]?.number { draft.number("link.snr", noise) }
        if let object = message["decoded_payload"], object.isObject {
            fields(object, &draft)
        } else if let raw = message["frm_payload"]?.text {
            draft.text("payload_b64", raw, kind: .measurement)
            if let text = Base64.text(raw) { draft.text("payload_text", text, kind: .measurement) }
        }
    }
}

/// Base 64, RFC 4648, as far as it holds text that can be shown.
enum Base64 {
    static func text(_ encoded: String) -> String? {
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        for byte in encoded.utf8 {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
