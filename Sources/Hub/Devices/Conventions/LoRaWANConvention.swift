import Rules

/// LoRaWAN network servers: ChirpStack (https://www.chirpstack.io/docs/chirpstack/integrations/events.html) and The Things Stack
/// (https://www.thethingsindustries.com/docs/integrations/data-formats/).
///
/// Traps: fields that are 0 or false are left out; without a codec there are raw bytes only; three times stand in one message.
enum LoRaWANConvention {
    static func isChirpStack(_ levels: [String]) -> Bool {
        levels.count >= 5 && levels[0] == "application"
            && (levels[2] == "device" || levels[2] == "node")
    }

    static func readChirpStack(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        draft.message.device = levels[3]
        if levels.contains("command") { return draft.flag("command") }
        let hasEvent = levels.count >= 6 && levels[4] == "event"
        draft.message.convention = hasEvent ? "chirpstack_v4" : "chirpstack_v3"
        guard let json = draft.json() else { return }
        // The last of version 3 have the topics of version 4; what they say of the device differs.
        let isFour = hasEvent && json["devEUI"] == nil
        if !isFour {
            draft.message.convention = "chirpstack_v3"
            draft.flag("old_version")
        }
        let time = json["time"] ?? json["rxInfo"]?.elements.first?["time"] ?? json["publishedAt"]
        draft.takeTime(time)
        if !isFour, time == nil { draft.flag("no_timestamp") }
        let stable =
            json.at("deviceInfo", "devEui")?.text ?? json["devEUI"]?.text.map(identity) ?? levels[3]
        draft.message.device = stable
        draft.text("device.id_stable", stable)
        switch hasEvent ? levels[5] : levels[4] {
        case "up", "rx": uplink(json, &draft)
        case "join": draft.lifecycle("joined")
        case "status": status(json, &draft)
        case "log", "error":
            draft.flag("fault")
            let level = json["level"]?.text ?? (json["error"] == nil ? nil : "ERROR")
            if let level { draft.text("log.level", level, kind: .health) }
            if let code = (json["code"] ?? json["type"])?.text {
                draft.text("log.code", code, kind: .health)
            }
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

    /// Version 3 may write the eight bytes in base 64.
    private static func identity(_ text: String) -> String {
        guard text.utf8.count == 12, text.hasSuffix("="), let bytes = Base64.bytes(text),
            bytes.count == 8
        else { return text }
        return bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// On mains the battery has no level, and what cannot be measured is not empty.
    private static func status(_ json: JSONValue, _ draft: inout ConventionDraft) {
        if json["batteryLevelUnavailable"]?.flag == true {
            draft.flag("unknown_value")
            draft.add("device.battery", .unknown)
        } else if json["externalPowerSource"]?.flag != true, let level = json["batteryLevel"] {
            draft.field("battery", level)
        }
        if let margin = json["margin"]?.number {
            draft.number("link.margin", margin, kind: .health)
        }
    }

    private static func location(_ json: JSONValue?, _ draft: inout ConventionDraft) {
        guard let latitude = json?["latitude"]?.number, let longitude = json?["longitude"]?.number
        else { return }
        draft.number("location.lat", latitude)
        draft.number("location.lon", longitude)
        if let accuracy = json?["accuracy"]?.number, accuracy > 0 {
            draft.number("location.accuracy", accuracy)
        }
    }

    private static func uplink(_ json: JSONValue, _ draft: inout ConventionDraft) {
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
            LoRaWANFields.read(object, &draft)
        } else if let text = json["objectJSON"]?.text,
            let object = try? JSONValue(Array(text.utf8)), object.isObject
        {
            LoRaWANFields.read(object, &draft)
        } else if let data = json["data"]?.text {
            draft.text("payload_b64", data, kind: .measurement)
        }
    }

    static func readTTN(_ draft: inout ConventionDraft) {
        draft.message.convention = "ttn_v3"
        let levels = draft.levels
        draft.message.device = levels[3]
        if levels[4] == "down" {
            // What became of a wish is told on topics beside it.
            let isWish = levels.last == "push" || levels.last == "replace"
            return draft.flag(isWish || levels.count == 5 ? "command" : "not_data")
        }
        guard let json = draft.json() else { return }
        if let stable = json.at("end_device_ids", "dev_eui")?.text { draft.message.device = stable }
        if levels[4] == "join" {
            draft.takeTime(json.at("join_accept", "received_at") ?? json["received_at"])
            draft.text("device.id_stable", draft.message.device)
            return draft.lifecycle("joined")
        }
        if levels[4] == "location" {
            draft.takeTime(json["received_at"])
            draft.text("device.id_stable", draft.message.device)
            return location(json.at("location_solved", "location"), &draft)
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
        if let port = message["f_port"]?.number { draft.number("f_port", port, kind: .health) }
        if let count = message["f_cnt"]?.number { draft.number("f_cnt", count, kind: .health) }
        if let signal = gateway?["rssi"]?.number { draft.number("link.rssi", signal) }
        if let noise = gateway?["snr"]?.number { draft.number("link.snr", noise) }
        if let object = message["decoded_payload"], object.isObject {
            LoRaWANFields.read(object, &draft)
        } else if let raw = message["frm_payload"]?.text {
            draft.text("payload_b64", raw, kind: .measurement)
            if let text = Base64.text(raw) { draft.text("payload_text", text, kind: .measurement) }
        }
        if draft.message.value("device.battery") == nil,
            let level = message.at("last_battery_percentage", "value")
        {
            draft.field("battery", level)
        }
    }
}

/// Base 64, RFC 4648, as far as it holds text that can be shown.
enum Base64 {
    static func text(_ encoded: String) -> String? {
        guard let bytes = bytes(encoded), !bytes.isEmpty,
            bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func bytes(_ encoded: String) -> [UInt8]? {
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
        return bytes
    }
}
