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
            if plain.hasPrefix("temperature") || plain.hasPrefix("temp") {
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

/// SenML: RFC 8428. Names, times and units have a base; times below 2^28 are relative to now; one pack may be of several
/// devices.
enum SenMLConvention {
    static func fits(_ json: JSONValue) -> Bool {
        let records = json.elements
        guard !records.isEmpty, records.count <= 4096 else { return false }
        return records.allSatisfy { record in
            record.isObject
                && record.members.allSatisfy { $0.key.count <= 4 }
                && ["n", "bn", "v", "vs", "vb", "vd", "bt", "bu", "s"].contains {
                    record[$0] != nil
                }
        } && records.contains { record in ["v", "vs", "vb", "bv"].contains { record[$0] != nil } }
    }

    private static let byUnit: [String: String] = [
        "Cel": "env.temperature", "%RH": "env.humidity", "lx": "env.illuminance",
        "V": "power.voltage",
        "A": "power.current", "W": "power.active", "kWh": "energy.total", "lat": "location.lat",
        "lon": "location.lon", "%EL": "device.battery", "dBm": "link.rssi",
        "m": "presence.distance",
        "ppm": "env.co2",
    ]

    static func read(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.message.convention = "senml"
        var name = ""
        var time = 0.0
        var unit = ""
        var base = 0.0
        var devices: [String] = []
        let newest = newest(json)
        let records = json.elements
        if records.count > 1 { draft.flag("batch") }
        for record in records {
            if let text = record["bn"]?.text { name = text }
            if let number = record["bt"]?.number { time = number }
            if let text = record["bu"]?.text { unit = text }
            if let number = record["bv"]?.number { base = number }
            let own = name + (record["n"]?.text ?? "")
            let device = name.isEmpty ? own : name
            if !device.isEmpty, !devices.contains(device) { devices.append(device) }
            let moment = moment(time + (record["t"]?.number ?? 0), draft.received)
            draft.time = moment
            let found = record["u"]?.text ?? unit
            let capability = byUnit[found] ?? "generic.value"
            let channel = record["n"]?.text.flatMap {
                byUnit[found] == nil || devices.count > 1 ? $0 : nil
            }
            // Of a batch all but the newest are told late.
            var isLate = false
            if let moment, let newest { isLate = newest - moment > .minutes(2) }
            let before = draft.message.readings.count
            if let number = record["v"]?.number {
                draft.number(capability, base + number, kind: .measurement, channel: channel)
            } else if let truth = record["vb"]?.flag {
                draft.boolean("input.on", truth, channel: channel)
            } else if let text = record["vs"]?.text {
                draft.text("text", text, kind: .state, channel: channel)
            }
            for index in before..<draft.message.readings.count where isLate {
                draft.message.readings[index].freshness = .late
            }
        }
        if devices.count == 1 { draft.message.device = devices[0] }
        if devices.count > 1 { draft.flag("several_devices") }
    }

    private static func newest(_ json: JSONValue) -> Instant? {
        var time = 0.0
        var newest: Instant?
        for record in json.elements {
            if let number = record["bt"]?.number { time = number }
            let all = time + (record["t"]?.number ?? 0)
            guard all >= 268_435_456 else { continue }
            let moment = Instant(milliseconds: Int64(min(all, 1e11) * 1000))
            newest = newest.map { max($0, moment) } ?? moment
        }
        return newest
    }

    /// RFC 8428, 4.5.3: what is below 2^28 counts from now.
    private static func moment(_ seconds: Double, _ received: Instant) -> Instant? {
        guard seconds.isFinite, abs(seconds) < 1e11 else { return nil }
        if seconds >= 268_435_456 { return Instant(milliseconds: Int64(seconds * 1000)) }
        return seconds == 0 ? nil : received + TimeSpan(milliseconds: Int64(seconds * 1000))
    }
}

/// OwnTracks: https://owntracks.org/booklet/tech/json/. `tst` is when the place was found; what a phone says while it is
/// offline comes later.
enum OwnTracksConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "owntracks"
        draft.message.device = draft.levels.prefix(3).joined(separator: "/")
        if draft.payload.isEmpty { return draft.lifecycle("retained_cleared") }
        guard let json = draft.json() else { return }
        switch json["_type"]?.text {
        case "location": location(json, &draft)
        case "transition":
            draft.takeTime(json["tst"])
            if let event = json["event"]?.text {
                draft.text("location.transition", event, kind: .pulse)
            }
            if let zone = json["desc"]?.text { draft.text("location.zone", zone) }
            place(json, &draft)
        case "lwt": draft.boolean("device.online", false)
        case "cmd": draft.flag("command")
        case "steps":
            draft.takeTime(json["tst"])
            if let steps = json["steps"]?.number {
                draft.number("activity.steps", steps, kind: .usage)
            }
            for key in ["from", "to"] {
                if let moment = json[key]?.number {
                    draft.number("interval.\(key)", moment, kind: .usage)
                }
            }
        case "encrypted": draft.quarantine("the message is encrypted", "encrypted")
        default: draft.flag("not_data")
        }
    }

    private static func place(_ json: JSONValue, _ draft: inout ConventionDraft) {
        for (key, capability) in [
            ("lat", "location.lat"), ("lon", "location.lon"), ("acc", "location.accuracy"),
        ] {
            if let number = json[key]?.number { draft.number(capability, number) }
        }
    }

    private static func location(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.takeTime(json["tst"])
        place(json, &draft)
        if let zone = json["inregions"]?.elements.first?.text { draft.text("location.zone", zone) }
        if let level = json["batt"] { draft.field("battery", level) }
        // In kilopascal.
        if let pressure = json["p"]?.number { draft.number("env.pressure", pressure * 10) }
        if let sent = json["created_at"]?.number {
            draft.text(
                "time_sent", Instant(milliseconds: Int64(min(abs(sent), 1e11) * 1000)).iso,
                kind: .health)
        }
        if json["t"]?.text == "b" { draft.flag("beacon") }
    }
}
