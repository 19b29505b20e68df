import Rules

/// Shelly, first generation, second and later, and its Bluetooth devices: https://shelly-api-docs.shelly.cloud
///
/// Traps: 999, −99.5 and −1 mean none; `event: ""` resets; energy in watt-minutes, later in watt-hours; a full status is a
/// snapshot, from which nothing has just happened.
enum ShellyConvention {
    // MARK: First generation

    static func readFirst(_ draft: inout ConventionDraft) {
        draft.message.convention = "shelly_gen1"
        let levels = draft.levels
        if levels.count == 2, levels[1] == "announce" { return announce(&draft) }
        guard levels.count >= 3 else { return }
        draft.message.device = levels[1]
        let rest = Array(levels[2...])
        if rest.last == "command" || rest.last == "set" { return draft.flag("command") }
        switch rest[0] {
        case "announce": return announce(&draft)
        case "info": return info(&draft)
        case "online": return online(&draft)
        case "input_event": return inputEvent(rest.count > 1 ? rest[1] : nil, &draft)
        default: break
        }
        guard let text = draft.text?.trimmed else {
            return draft.quarantine("the text is not UTF-8", "not_utf8")
        }
        if text.hasPrefix("{") {
            guard let json = draft.json() else { return }
            return status(json, rest, &draft)
        }
        value(text, rest, &draft)
    }

    private static func announce(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        draft.flag("discovery")
        if let id = json["id"]?.text { draft.message.device = id }
        if let mac = json["mac"]?.text { draft.text("device.id_stable", mac) }
        let model =
            json["model"]?.text ?? json["id"]?.text?.split(separator: "-").first.map(String.init)
        if let model { draft.text("model", model, kind: .health) }
    }

    /// All that the device's own page of its state says, told again and again.
    private static func info(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        if let mac = json["mac"]?.text { draft.text("device.id_stable", mac) }
        for (list, path) in [("relays", "ison"), ("lights", "ison"), ("inputs", "input")] {
            for (index, item) in (json[list]?.elements ?? []).enumerated() {
                guard let on = item[path].flatMap(FieldVocabulary.truth) else { continue }
                if list == "inputs" {
                    draft.boolean("input.\(index)", on, kind: .state)
                } else {
                    draft.boolean("switch.on", on, channel: index == 0 ? nil : "\(index)")
                }
            }
        }
        for (index, light) in (json["lights"]?.elements ?? []).enumerated() {
            guard let level = light["brightness"]?.number else { continue }
            draft.number("light.level", level, channel: index == 0 ? nil : "\(index)")
        }
        for list in ["meters", "emeters"] {
            for (index, meter) in (json[list]?.elements ?? []).enumerated() {
                guard let power = meter["power"]?.number, meter["is_valid"]?.flag != false
                else { continue }
                draft.number("power.active", power, channel: index == 0 ? nil : "\(index)")
            }
        }
        if json["tmp"] != nil, json.at("tmp", "is_valid")?.flag != false {
            let celsius = json.at("tmp", "tC") ?? json.at("tmp", "value")
            // What measures nothing else has it inside.
            let isInside = json["relays"] != nil || json["lights"] != nil
            draft.read(
                celsius ?? .null,
                as: .number(isInside ? "device.temperature" : "env.temperature"))
        }
        if let percent = json.at("hum", "value") { draft.field("humidity", percent) }
        if let lux = json.at("lux", "value") { draft.field("illuminance", lux) }
        if let percent = json.at("bat", "value") { draft.field("battery", percent) }
        switch json.at("sensor", "state")?.text {
        case "open": draft.boolean("contact.open", true)
        case "close", "closed": draft.boolean("contact.open", false)
        default: break
        }
        if let motion = json.at("sensor", "motion")?.flag {
            draft.boolean("presence.motion", motion)
        }
        if let flood = json["flood"] { draft.read(flood, as: .boolean("alarm.water")) }
        if let smoke = json["smoke"] { draft.read(smoke, as: .boolean("alarm.smoke")) }
        if let word = json.at("gas_sensor", "alarm_state")?.text { gas(word, &draft) }
        if let signal = json.at("wifi_sta", "rssi")?.number { draft.number("link.rssi", signal) }
        if let uptime = json["uptime"]?.number {
            draft.number("device.uptime_s", uptime, kind: .health)
        }
    }

    /// How much gas there is, in words; `test` is the device's own.
    private static func gas(_ word: String, _ draft: inout ConventionDraft) {
        switch word {
        case "mild", "heavy": draft.boolean("alarm.gas", true, kind: .state)
        case "none": draft.boolean("alarm.gas", false, kind: .state)
        case "test": draft.boolean("device.test_mode", true)
        default:
            draft.flag("unknown_value")
            draft.add("alarm.gas", .unknown, kind: .state)
        }
    }

    static func online(_ draft: inout ConventionDraft) {
        switch draft.text?.trimmed {
        case "true": draft.boolean("device.online", true)
        case "false": draft.boolean("device.online", false)
        default:
            draft.flag("unknown_value")
            draft.add("device.online", .unknown)
        }
    }

    private static let presses: [String: String] = [
        "S": "single", "SS": "double", "SSS": "triple", "L": "hold", "LS": "long_short",
        "SL": "short_long",
    ]

    private static func inputEvent(_ input: String?, _ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        if let count = json["event_cnt"]?.number { draft.number("counter", count, kind: .health) }
        guard let event = json["event"]?.text else { return draft.flag("pulse_null") }
        if event.isEmpty { return draft.flag("pulse_reset") }
        draft.text("button.press", presses[event] ?? event.lowered, kind: .pulse)
        if let input { draft.text("button.id", input, kind: .pulse) }
    }

    private static func status(
        _ json: JSONValue, _ rest: [String], _ draft: inout ConventionDraft
    ) {
        let channel = rest.count > 1 && rest[1] != "0" ? rest[1] : nil
        if let on = json["ison"]?.flag { draft.boolean("switch.on", on, channel: channel) }
        if let level = json["brightness"]?.number {
            draft.number("light.level", level, channel: channel)
        }
        if let source = json["source"]?.text { draft.text("cause", source, kind: .state) }
        if let power = json["power"]?.number {
            draft.number("power.active", power, channel: channel)
        }
        if rest[0] == "ext_temperatures" {
            for probe in json.members {
                guard let celsius = probe.value["tC"] else { continue }
                draft.field(
                    "temperature", celsius, channel: probe.key == "0" ? nil : probe.key)
            }
        }
        // Shelly Motion tells all in one; its time is that of the last movement.
        guard let motion = json["motion"]?.flag else { return }
        draft.boolean("presence.motion", motion)
        if let vibration = json["vibration"]?.flag {
            draft.boolean("vibration.active", vibration, kind: .state)
        }
        if let lux = json["lux"] { draft.field("illuminance", lux) }
        if let percent = json["bat"] { draft.field("battery", percent) }
        if let celsius = json["tmp"], celsius.number != nil {
            draft.field("temperature", celsius)
        }
    }

    private static func value(
        _ text: String, _ rest: [String], _ draft: inout ConventionDraft
    ) {
        let what = rest[rest.count - 1]
        let isFirst = rest.count < 2 || rest[1] == "0" || Int(rest[1]) == nil
        let channel = isFirst ? nil : rest[1]
        func number(_ capability: String, _ factor: Double = 1) {
            if let number = Double(text) {
                if number == 999 || number == -99.5
                    || number == -1 && !capability.hasPrefix("env.temperature")
                    || FieldVocabulary.isSentinel(capability, number)
                {
                    draft.flag("sentinel")
                    draft.add(capability, .unknown, channel: channel)
                } else {
                    draft.number(capability, number * factor, channel: channel)
                }
            } else {
                draft.flag("unknown_value")
                draft.add(capability, .unknown, channel: channel)
            }
        }
        func boolean(_ capability: String, _ kind: ReadingKind? = nil) {
            if let truth = FieldVocabulary.truth(text) {
                draft.boolean(capability, truth, kind: kind, channel: channel)
            } else {
                draft.flag("unknown_value")
                draft.add(capability, .unknown, kind: kind, channel: channel)
            }
        }
        switch (rest[0], what) {
        case (_, "power"): number("power.active")
        // A meter's total is in watt-hours; `energy` beside it is that of the last minute.
        case ("emeter", "total"): number("energy.total", 1 / 1000)
        case ("emeter", "energy"): draft.flag("not_data")
        // Sixty watt-minutes are a watt-hour.
        case (_, "energy"),
            (_, "returned_energy") where what == "energy":
            number("energy.total", 1 / 60_000)
        case (_, "voltage"): number("power.voltage")
        case (_, "current"): number("power.current")
        case (_, "temperature") where rest[0] == "sensor" || rest[0] == "ext_temperature":
            number("env.temperature")
        case ("ext_temperature", _): number("env.temperature")
        case (_, "temperature"): number("device.temperature")
        case ("temperature", _), ("temperature_f", _):
            if rest[0] == "temperature" { number("device.temperature") }
        case (_, "humidity"), ("ext_humidity", _): number("env.humidity")
        case (_, "battery"): number("device.battery")
        case (_, "lux"): number("env.illuminance")
        case ("relay", _) where rest.count == 2: boolean("switch.on")
        case ("light", _) where rest.count == 2: boolean("switch.on")
        case ("input", let input):
            draft.message.readings.isEmpty ? inputState(input, text, &draft) : ()
        case ("roller", "pos"): number("cover.position")
        case ("sensor", "state"): boolean("contact.open")
        case ("sensor", "motion"): boolean("presence.motion")
        case ("sensor", "vibration"): boolean("vibration.active", .state)
        case ("sensor", "flood"): boolean("alarm.water", .state)
        case ("sensor", "smoke"): boolean("alarm.smoke", .state)
        case ("sensor", "gas"):
            FieldVocabulary.truth(text) == nil ? gas(text, &draft) : boolean("alarm.gas", .state)
        case ("sensor", "illumination"):
            draft.text("env.illuminance_class", text, kind: .state)
        // 0 is a short press, or that there was none yet.
        case ("longpush", let input) where text == "1":
            draft.text("button.press", "hold", kind: .pulse)
            if rest.count > 1 { draft.text("button.id", input, kind: .pulse) }
        case ("sensor", "tilt"): number("contact.rotation")
        default: draft.flag("not_data")
        }
    }

    private static func inputState(
        _ input: String, _ text: String, _ draft: inout ConventionDraft
    ) {
        guard let on = FieldVocabulary.truth(text) else { return draft.flag("unknown_value") }
        draft.boolean("input.\(input)", on, kind: .state)
    }

    // MARK: Second generation and later

    /// Whether a topic's end is one of its own.
    static func isSecond(_ levels: [String]) -> Bool {
        guard levels.count >= 3 else { return false }
        if tellsEvents(levels) { return true }
        let component = levels[levels.count - 1]
        return levels[levels.count - 2] == "status"
            && (component.has(":") || components.contains(component))
    }

    private static func tellsEvents(_ levels: [String]) -> Bool {
        levels[levels.count - 1] == "rpc" && levels[levels.count - 2] == "events"
    }

    private static let components: Set<String> = [
        "mqtt", "sys", "wifi", "cloud", "ble", "ws", "eth", "ui", "script", "plugs_ui",
    ]

    static func readSecond(_ draft: inout ConventionDraft) {
        draft.message.convention = "shelly_gen2"
        let levels = draft.levels
        draft.message.device = draft.part(..<(levels.count - 2))
        guard let json = draft.json() else { return }
        guard tellsEvents(levels) else {
            return component(levels[levels.count - 1], json, many: false, &draft)
        }
        if let source = json["src"]?.text { draft.message.device = source }
        draft.takeTime(json.at("params", "ts"))
        let parameters = json["params"] ?? .null
        switch json["method"]?.text {
        case "NotifyEvent":
            for event in parameters["events"]?.elements ?? [] { self.event(event, &draft) }
        case "NotifyStatus": status(parameters, &draft)
        case "NotifyFullStatus":
            draft.isRestored = true
            draft.flag("snapshot_after_boot")
            status(parameters, &draft)
        default: draft.flag("not_data")
        }
    }

    private static func event(_ event: JSONValue, _ draft: inout ConventionDraft) {
        draft.takeTime(event["ts"])
        let component = event["component"]?.text ?? ""
        guard let word = event["event"]?.text, !word.isEmpty else {
            return draft.flag("pulse_null")
        }
        // A script that hears Bluetooth devices passes on what they say.
        if let data = event["data"], lowered(data)["bthome_version"] != nil {
            return bluetooth(data, &draft)
        }
        let names = [
            "single_push": "single", "double_push": "double", "triple_push": "triple",
            "long_push": "hold", "hold_press": "hold", "btn_down": "down", "btn_up": "release",
        ]
        // `config_changed` and `device_discovered` are events, too, and no presses.
        guard ["input", "bthome", "button"].contains(where: component.hasPrefix),
            names[word] != nil || word.hasSuffix("_push")
        else { return draft.flag("not_data") }
        draft.text("button.press", names[word] ?? word, kind: .pulse)
        draft.text("button.id", component, kind: .pulse)
    }

    private static func status(_ parameters: JSONValue, _ draft: inout ConventionDraft) {
        var counts: [Substring: Int] = [:]
        for member in parameters.members {
            counts[member.key.prefix { $0 != ":" }, default: 0] += 1
        }
        for member in parameters.members where member.value.isObject {
            let isMany = counts[member.key.prefix { $0 != ":" }] ?? 0 > 1
            component(member.key, member.value, many: isMany, &draft)
        }
    }

    private static func component(
        _ name: String, _ json: JSONValue, many: Bool, _ draft: inout ConventionDraft
    ) {
        let parts = name.parts(by: UInt8(ascii: ":"))
        let number = parts.count > 1 ? parts[1] : nil
        let channel = number.flatMap { many || $0 != "0" ? $0 : nil }
        for key in ["last_update_ts", "last_updated_ts"] where json[key] != nil {
            draft.takeTime(json[key])
        }
        switch parts.first {
        case "switch", "light", "cover", "pm1", "em1", "rgb", "rgbw":
            electric(json, channel, &draft)
        case "input":
            if let on = json["state"]?.flag {
                draft.boolean("input.\(number ?? "0")", on, kind: .state)
            }
            if let percent = json["percent"]?.number {
                draft.number("input.percent", percent, kind: .measurement, channel: number)
            }
        case "temperature": draft.field("temperature", json["tC"] ?? .null, channel: channel)
        case "humidity": draft.field("humidity", json["rh"] ?? .null, channel: channel)
        case "illuminance":
            if let lux = json["lux"] { draft.field("illuminance", lux, channel: channel) }
            if let word = json["illumination"]?.text {
                draft.text("env.illuminance_class", word, kind: .state, channel: channel)
            }
        case "presencezone", "presence":
            if let value = json["value"]?.flag { draft.boolean("presence.occupied", value) }
            if let count = json["num_objects"]?.number { draft.number("presence.count", count) }
            if let number { draft.text("zone", number, kind: .state) }
        case "smoke": draft.read(json["alarm"] ?? .null, as: .boolean("alarm.smoke"))
        case "flood": draft.read(json["alarm"] ?? .null, as: .boolean("alarm.water"))
        case "devicepower":
            if let percent = json.at("battery", "percent") { draft.field("battery", percent) }
            if let volts = json.at("battery", "V") { draft.field("battery_voltage", volts) }
        case "em":
            for phase in ["a", "b", "c"] {
                for (key, capability) in [
                    ("act_power", "power.active"), ("voltage", "power.voltage"),
                    ("current", "power.current"),
                ] {
                    if let value = json["\(phase)_\(key)"]?.number {
                        draft.number(capability, value, channel: phase)
                    }
                }
            }
            if let power = json["total_act_power"]?.number { draft.number("power.active", power) }
        case "emdata", "em1data":
            if let total = (json["total_act"] ?? json["total_act_energy"])?.number {
                draft.number("energy.total", total / 1000, channel: channel)
            }
        case "voltmeter":
            if let volts = json["voltage"]?.number {
                draft.number("power.voltage", volts, channel: channel)
            }
        case "thermostat", "blutrv":
            if let celsius = json["current_C"] {
                draft.field("temperature", celsius, channel: channel)
            }
            if let percent = json["battery"] { draft.field("battery", percent, channel: channel) }
            if let signal = json["rssi"] { draft.field("rssi", signal, channel: channel) }
            if let on = json["output"]?.flag { draft.boolean("switch.on", on, channel: channel) }
        case "bthomedevice":
            if let percent = json["battery"] { draft.field("battery", percent, channel: channel) }
            if let signal = json["rssi"] { draft.field("rssi", signal, channel: channel) }
            if let packet = json["packet_id"]?.number {
                draft.number("dedupe.id", packet, kind: .health)
            }
        case "boolean":
            if let value = json["value"]?.flag {
                draft.boolean("boolean", value, kind: .state, channel: number)
            }
        case "number", "enum", "text":
            let name = parts[0]
            if let value = json["value"]?.number {
                draft.number(name, value, kind: .measurement, channel: number)
            } else if let value = json["value"]?.text {
                draft.text(name, value, kind: .state, channel: number)
            }
        case "bthomesensor":
            // What it measures only its configuration says.
            if let value = json["value"]?.number {
                draft.number("bthome", value, kind: .measurement, channel: number)
            } else if let value = json["value"]?.flag {
                draft.boolean("bthome", value, kind: .state, channel: number)
            }
        case "wifi":
            if let signal = json["rssi"]?.number { draft.number("link.rssi", signal) }
        case "sys":
            if let mac = json["mac"]?.text { draft.text("device.id_stable", mac) }
            // A notification has a finer time of its own.
            if draft.time == nil { draft.takeTime(json["unixtime"]) }
            if let uptime = json["uptime"]?.number {
                draft.number("device.uptime_s", uptime, kind: .health)
            }
        default: draft.flag("not_data")
        }
    }

    private static func electric(
        _ json: JSONValue, _ channel: String?, _ draft: inout ConventionDraft
    ) {
        if let on = json["output"]?.flag { draft.boolean("switch.on", on, channel: channel) }
        if let level = json["brightness"]?.number {
            draft.number("light.level", level, channel: channel)
        }
        if let position = json["current_pos"] {
            draft.field("position", position, channel: channel)
        }
        for (key, capability) in [
            ("apower", "power.active"), ("act_power", "power.active"),
            ("voltage", "power.voltage"), ("current", "power.current"),
        ] {
            if let value = json[key]?.number { draft.number(capability, value, channel: channel) }
        }
        if let total = json.at("aenergy", "total")?.number {
            draft.number("energy.total", total / 1000, channel: channel)
        }
        if let celsius = json.at("temperature", "tC") {
            draft.read(celsius, as: .number("device.temperature"), channel: channel)
        }
    }

    // MARK: Bluetooth

    static func readBluetooth(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.message.convention = "shelly_blu"
        bluetooth(json, &draft)
    }

    /// Scripts write the names with capitals or without.
    private static func lowered(_ json: JSONValue) -> JSONValue {
        .object(json.members.map { JSONValue.Member(key: $0.key.lowered, value: $0.value) })
    }

    private static func bluetooth(_ whole: JSONValue, _ draft: inout ConventionDraft) {
        let outer = lowered(whole)
        let json = outer["service_data"].map(lowered) ?? outer
        for name in ["address", "addr", "mac"] {
            guard let address = (outer[name] ?? json[name])?.text else { continue }
            draft.message.device = address
            break
        }
        if json["encryption"]?.flag == true {
            return draft.quarantine("the message is encrypted", "encrypted")
        }
        // The packet's number tells copies of one message from a second one.
        if let packet = json["pid"]?.number { draft.number("dedupe.id", packet, kind: .health) }
        if outer["service_data"] != nil, let signal = outer["rssi"] { draft.field("rssi", signal) }
        for member in json.members {
            switch member.key {
            case "window", "door", "opening": draft.read(member.value, as: .boolean("contact.open"))
            case "rotation":
                if let angle = member.value.number {
                    draft.number("contact.rotation", angle, kind: .measurement)
                }
            case "button":
                button(member.value, &draft)
            case "address", "addr", "pid": continue
            default: draft.field(member.key, member.value)
            }
        }
    }

    private static func button(_ value: JSONValue, _ draft: inout ConventionDraft) {
        // BTHome: 0 none, 1 press, 2 double, 3 triple, 4 long, 254 held.
        let words = [1: "single", 2: "double", 3: "triple", 4: "hold", 254: "hold"]
        let values = value.elements.isEmpty ? [value] : value.elements
        for (index, value) in values.enumerated() {
            guard let code = value.number, let word = words[FieldVocabulary.whole(code) ?? -1]
            else { continue }
            draft.text("button.press", word, kind: .pulse)
            if values.count > 1 { draft.text("button.id", "\(index + 1)", kind: .pulse) }
        }
        if draft.message.readings.allSatisfy({ $0.kind != .pulse }) { draft.flag("pulse_reset") }
    }
}
