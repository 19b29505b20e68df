import Rules

/// Tasmota: https://tasmota.github.io/docs/MQTT/
///
/// Traps: local time without a zone, 1970 until the clock is set; payloads cut off, or two in one; the order of prefix and
/// topic is the user's.
enum TasmotaConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "tasmota"
        let levels = draft.levels
        if levels.count >= 4, levels[0] == "tasmota", levels[1] == "discovery" {
            return discovery(&draft)
        }
        let prefixes = ["tele", "stat", "cmnd"]
        guard let prefix = levels.lastIndex(where: { prefixes.contains($0) }),
            let last = levels.last
        else { return }
        let end = levels.count - 1
        draft.message.device =
            prefix == 0
            ? draft.part(min(1, end)..<end)
            : levels.indices.filter { $0 != prefix && $0 != end }.map { levels[$0] }
                .joined(separator: "/")
        if levels[prefix] == "cmnd" { return draft.flag("command") }
        switch last {
        case "LWT": will(&draft)
        case "INFO1", "INFO2", "INFO3": info(&draft)
        case "STATUS", "LOGGING", "MARGINS", "UPGRADE", "OTA": draft.flag("not_data")
        default:
            let text = draft.text?.trimmed
            if let text, !text.hasPrefix("{"), !text.has("{") {
                plain(last, text, &draft)
            } else {
                message(&draft)
            }
        }
    }

    private static func will(_ draft: inout ConventionDraft) {
        switch draft.text?.trimmed {
        case "Online": draft.boolean("device.online", true)
        case "Offline": draft.boolean("device.online", false)
        default:
            draft.flag("unknown_value")
            draft.add("device.online", .unknown)
        }
        // A name of six hexadecimal digits is the factory's: a device that was not told its topic yet.
        if draft.message.device.hasPrefix("tasmota_FFFFFF") || draft.message.device.isEmpty {
            draft.flag("unknown_device")
        }
    }

    private static func info(_ draft: inout ConventionDraft) {
        guard let json = draft.json() else { return }
        draft.lifecycle("boot")
        let reason = json["RestartReason"] ?? json.at("Info3", "RestartReason")
        if let text = reason?.text { draft.text("reason", text, kind: .health) }
    }

    private static func discovery(_ draft: inout ConventionDraft) {
        draft.message.device = draft.levels[2]
        if draft.payload.isEmpty { return draft.lifecycle("device_removed") }
        guard let json = draft.json() else { return }
        // Retained, and as old as the device's last start: what it is, not how it is.
        draft.flag("discovery")
        if let address = json["mac"]?.text { draft.text("device.id_stable", address) }
        if let model = json["md"]?.text { draft.text("model", model, kind: .health) }
        if let topic = json["t"]?.text { draft.text("topic", topic, kind: .health) }
        /// Which of a list are there: a switch that is not has the mode −1, what else is not has 0.
        func there(_ list: String, above least: Double) -> [Int] {
            (json[list]?.elements ?? []).enumerated().compactMap { index, part in
                part.number.map { $0 > least } == true ? index + 1 : nil
            }
        }
        let relays = there("rl", above: 0)
        var parts = relays.count == 1 ? ["switch.on"] : relays.map { "switch.on[\($0)]" }
        parts += there("swc", above: -1).map { "input.\($0)" }
        if !there("btn", above: 0).isEmpty { parts.append("button.press") }
        if !parts.isEmpty {
            draft.text("capabilities", parts.joined(separator: " "), kind: .health)
        }
        guard let sensors = json["sn"] else { return }
        var inner = draft
        inner.message.readings = []
        Self.sensors(sensors, &inner)
        let names = inner.message.readings.map(\.capability)
        if !names.isEmpty {
            draft.text("capabilities", names.joined(separator: " "), kind: .health)
        }
    }

    /// `stat/<device>/POWER1`, `stat/<device>/PIR1`: a word alone.
    private static func plain(_ name: String, _ text: String, _ draft: inout ConventionDraft) {
        let (base, number) = name.uppered.numbered
        let channel = number.isEmpty ? nil : number
        switch (base, FieldVocabulary.truth(text)) {
        case ("POWER", let on?): draft.boolean("switch.on", on, channel: channel)
        case ("PIR", let on?), ("MOTION", let on?): draft.boolean("presence.motion", on)
        case ("SWITCH", let on?): draft.boolean("input.\(channel ?? "1")", on, kind: .state)
        case ("DOOR", let on?), ("CONTACT", let on?): draft.boolean("contact.open", on)
        case ("SHUTTER", _):
            guard let position = Double(text) else { return draft.flag("not_data") }
            draft.number("cover.position", position, channel: channel)
        case ("BUTTON", _) where presses[text] != nil:
            draft.text("button.press", presses[text] ?? text, kind: .pulse)
            if let channel { draft.text("button.id", channel, kind: .pulse) }
        // A rule publishes under a name of its own.
        case ("LEAK", let on?), ("WATER", let on?), ("FLOOD", let on?):
            draft.boolean("alarm.water", on, kind: .state)
        case ("SMOKE", let on?): draft.boolean("alarm.smoke", on, kind: .state)
        case ("SOS", let on?), ("PANIC", let on?): draft.boolean("alarm.sos", on, kind: .state)
        default:
            if draft.payload.isEmpty { return draft.flag("empty") }
            if text == "{" || text.isEmpty { return }
            // A JSON text whose beginning is lost has quotes and colons.
            if text.has("\":") {
                return draft.quarantine("the text begins in the middle", "corrupt")
            }
            draft.flag("not_data")
        }
    }

    /// What rules call a button's state: https://tasmota.github.io/docs/Buttons-and-Switches/
    private static let presses: [String: String] = [
        "2": "single", "3": "hold", "10": "single", "11": "double", "12": "triple", "13": "quad",
        "14": "penta", "SINGLE": "single", "DOUBLE": "double", "TRIPLE": "triple", "QUAD": "quad",
        "PENTA": "penta", "HOLD": "hold",
    ]

    private static func message(_ draft: inout ConventionDraft) {
        guard let whole = draft.json() else { return twoInOne(&draft) }
        // The answer to `Status 8`, `10` or `11` is what telemetry says, one level deeper.
        let json = whole["StatusSNS"] ?? whole["StatusSTS"] ?? whole
        guard json.isObject else { return draft.quarantine("an object is expected", "wrong_type") }
        time(json, &draft)
        if draft.message.flags.contains("not_utf8") {
            // Its numbers may be as wrong as its words.
            if let quality = find("LinkQuality", in: json)?.number {
                draft.number("link.lqi", quality)
            }
            return
        }
        // `SetOption119` leaves a device's address out, which is in the topic then.
        if !bridged(json["Device"]?.text ?? "", json, &draft) { sensors(json, &draft) }
        named(draft.levels.last ?? "", json, &draft)
        if let address = json.at("StatusNET", "Mac")?.text {
            draft.text("device.id_stable", address)
        }
        if let seconds = json["UptimeSec"]?.number {
            draft.number("device.uptime_s", seconds, kind: .health)
            if seconds < 120 { draft.flag("after_boot") }
        }
        if let signal = json.at("Wifi", "Signal")?.number { draft.number("link.rssi", signal) }
        if draft.message.readings.isEmpty, draft.message.flags.isEmpty { draft.flag("not_data") }
    }

    /// A second packet that was written into the first has a length, which no text has.
    private static func twoInOne(_ draft: inout ConventionDraft) {
        guard draft.message.flags == ["not_json"] else { return }
        if draft.text == nil {
            draft.message.flags = ["not_utf8", "corrupt"]
        } else if draft.payload.contains(0) {
            draft.message.flags = ["corrupt"]
        }
    }

    /// `stat/<device>/BUTTON1` with `{"ACTION":"SINGLE"}`, `…/SWITCH1` with `{"STATE":"ON"}`: older versions name the input in
    /// the topic.
    private static func named(_ last: String, _ json: JSONValue, _ draft: inout ConventionDraft) {
        let (name, number) = last.numbered
        if name.hasPrefix("BUTTON"), let action = json["ACTION"] {
            button(action, number, &draft)
        } else if name.hasPrefix("SWITCH"), let on = json["STATE"].flatMap(FieldVocabulary.truth) {
            draft.boolean("input.\(number)", on, kind: .state)
        }
    }

    /// `Epoch` is a moment; `Time` alone is wall time.
    private static func time(_ json: JSONValue, _ draft: inout ConventionDraft) {
        if let epoch = json["Epoch"], epoch.number != nil { return draft.takeTime(epoch) }
        draft.takeTime(json["Time"])
    }

    private static func find(_ key: String, in json: JSONValue) -> JSONValue? {
        for member in json.members {
            if member.key == key { return member.value }
            if let found = find(key, in: member.value) { return found }
        }
        return nil
    }

    static func sensors(_ json: JSONValue, _ draft: inout ConventionDraft) {
        // Several things of a kind are told apart by their names.
        let thermometers = json.members.count {
            $0.value["Temperature"] != nil
                && (!containers.contains($0.key) || $0.key == "ANALOG")
        }
        for member in json.members {
            let key = member.key
            let (base, channel) = key.numbered
            switch base {
            case "POWER":
                if let on = FieldVocabulary.truth(member.value) {
                    draft.boolean("switch.on", on, channel: channel.isEmpty ? nil : channel)
                }
            case "Switch":
                // Named by its number, as on the device's cover.
                if let on = FieldVocabulary.truth(member.value) {
                    draft.boolean("input.\(channel)", on, kind: .state)
                } else if let action = member.value["Action"]?.text,
                    let on = FieldVocabulary.truth(action)
                {
                    draft.boolean("input.\(channel)", on, kind: .state)
                } else {
                    // A push button that is attached as a switch.
                    button(member.value["Action"], channel, &draft)
                }
            case "Button":
                button(member.value["Action"], channel, &draft)
            case "Dimmer":
                if let level = member.value.number { draft.number("light.level", level) }
            // A Sonoff SC has no sensor of a name.
            case "Temperature" where json["TempUnit"]?.text == "F":
                if let warm = member.value.number {
                    draft.number("env.temperature", FieldVocabulary.celsius(warm))
                }
            case "Temperature", "Humidity": draft.field(key, member.value)
            case "Shutter":
                if let position = member.value["Position"]?.number {
                    draft.number("cover.position", position, channel: channel)
                }
            default:
                if containers.contains(key) {
                    container(key, member.value, &draft)
                } else if key == "IBEACON" || key.hasPrefix("IBEACON_") {
                    beacon(key, member.value, &draft)
                } else if bridged(key, member.value, &draft) {
                    continue
                } else if member.value.isObject {
                    sensor(
                        key, member.value, many: thermometers > 1,
                        isFahrenheit: json["TempUnit"]?.text == "F", &draft)
                }
            }
        }
    }

    private static let containers = WordTable(
        [
            "ENERGY", "Wifi", "ZbReceived", "IrReceived", "RfReceived", "LwReceived", "LwDecoded",
            "SSerialReceived",
            "Info1", "Info2", "Info3", "ANALOG", "TIC", "PN532", "RDM6300", "RC522", "ESP32",
            "SerialReceived", "ZbState", "ZigbeeReceived", "ZbInfo", "DeepSleep",
        ])

    /// A tag that was heard, or that was not heard for its time: its strength is 0 then.
    private static func beacon(
        _ key: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        guard let strength = value["RSSI"]?.number else { return }
        let name = value["MAC"]?.text ?? String(key.dropFirst("IBEACON_".count))
        if !name.isEmpty { draft.message.device = name }
        let isThere = value["STATE"].flatMap(FieldVocabulary.truth) ?? (strength != 0)
        draft.boolean("presence.beacon", isThere, kind: .state)
        // What is gone is told with the strength that it had last.
        if isThere, strength != 0 { draft.number("link.rssi", strength) }
    }

    private static func button(
        _ action: JSONValue?, _ number: String, _ draft: inout ConventionDraft
    ) {
        guard let action else { return }
        guard let word = action.text, !word.isEmpty else { return draft.flag("pulse_null") }
        if word == "CLEAR" { return draft.flag("pulse_reset") }
        draft.text("button.press", word.lowered, kind: .pulse)
        if !number.isEmpty { draft.text("button.id", number, kind: .pulse) }
    }

    private static func sensor(
        _ name: String, _ value: JSONValue, many: Bool, isFahrenheit: Bool,
        _ draft: inout ConventionDraft
    ) {
        let channel = many ? name : nil
        for member in value.members {
            switch member.key {
            case "Temperature" where isFahrenheit && member.value.number != nil:
                let warm = FieldVocabulary.celsius(member.value.number ?? 0)
                draft.field("temperature", .number(warm), channel: channel)
            case "Temperature", "Humidity", "Pressure", "Illuminance", "CarbonDioxide", "Battery",
                "eCO2":
                let key =
                    member.key == "CarbonDioxide" || member.key == "eCO2" ? "co2" : member.key
                draft.field(key, member.value, channel: channel)
            case "Occupancy", "Motion", "PIR":
                draft.field("occupancy", member.value, channel: channel)
            case "Leak": draft.field("leak", member.value, channel: channel)
            // 0 and 1 are nobody, 2 and 3 somebody; a distance in centimetres.
            case "People" where name.hasPrefix("LD2410S"):
                if let state = member.value.number {
                    draft.boolean("presence.occupied", state >= 2, channel: channel)
                }
            case "Distance" where name.hasPrefix("LD2410S"):
                draft.read(
                    member.value, as: .number("presence.distance", 0.01), channel: channel)
            default: continue
            }
        }
    }

    private static func container(
        _ name: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        switch name {
        case "ENERGY":
            for (key, capability) in [
                ("Power", "power.active"), ("Voltage", "power.voltage"),
                ("Current", "power.current"), ("Total", "energy.total"),
            ] {
                guard let found = value[key] else { continue }
                if let number = FieldVocabulary.number(found, &draft) {
                    draft.number(capability, number)
                } else {
                    // One of several phases each.
                    for (index, phase) in found.elements.enumerated() {
                        if let number = phase.number {
                            draft.number(capability, number, channel: "\(index + 1)")
                        }
                    }
                }
            }
        case "ANALOG":
            if let temperature = value["Temperature"] {
                draft.read(temperature, as: .number("device.temperature"))
            }
            if let raw = value["A0"]?.number {
                draft.number("generic.analog", raw, kind: .measurement)
            }
        case "TIC":
            // A French meter's apparent power, which is no active one.
            if let power = value["PAPP"]?.number {
                draft.number("power.apparent", power, kind: .measurement)
            }
        case "ZbReceived", "ZigbeeReceived":
            for device in value.members { zigbee(device.key, device.value, &draft) }
        case "ZbInfo":
            // What the bridge knows of its devices, which it does not ask for it.
            draft.isRestored = true
            for device in value.members {
                zigbee(device.key, device.value, &draft)
                if let address = device.value["IEEEAddr"]?.text {
                    draft.text("device.id_stable", address)
                }
            }
        case "ZbState":
            // A device connects, or connects again.
            if value["Status"]?.number == 30, let address = value["IEEEAddr"]?.text {
                draft.message.device = address
                draft.lifecycle("joined")
                draft.text("device.id_stable", address)
            }
        case "DeepSleep": draft.lifecycle("sleep")
        case "LwReceived", "LwDecoded":
            for device in value.members { lora(device.key, device.value, &draft) }
        case "IrReceived":
            if let protocolName = value["Protocol"]?.text, let data = value["Data"]?.text {
                draft.text("remote.code", "\(protocolName):\(data)", kind: .usage)
                if let again = value["Repeat"]?.number {
                    draft.number("remote.repeat", again, kind: .usage)
                }
            }
        case "RfReceived":
            if let data = value["Data"]?.text { draft.text("remote.code", data, kind: .usage) }
        case "PN532", "RDM6300", "RC522":
            if let tag = value["UID"]?.text, !tag.isEmpty {
                draft.text("access.tag", tag, kind: .pulse)
                if let auth = value["Auth"]?.text {
                    draft.text("access.auth", auth == "Ok" ? "passed" : "failed", kind: .pulse)
                }
            }
        case "SSerialReceived", "SerialReceived":
            for member in value.members { draft.field(member.key, member.value) }
        default: break
        }
    }

    /// What a bridge tells of a device without saying that it received it (`SetOption100`, `118`).
    private static func bridged(
        _ key: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) -> Bool {
        guard value["Device"]?.text?.hasPrefix("0x") == true else { return false }
        if value["LinkQuality"] != nil {
            zigbee(key, value, &draft)
        } else if value["Node"] != nil {
            lora(key, value, &draft)
        } else {
            return false
        }
        return true
    }

    /// A device behind Zigbee2Tasmota: attributes by their names, commands as `cluster!command` as well.
    private static func zigbee(
        _ key: String, _ device: JSONValue, _ draft: inout ConventionDraft
    ) {
        draft.message.device = device["Name"]?.text ?? key
        // What a remote commands is no state of its own.
        let commands = device.members.filter { isCommand($0.key) }
        for command in commands { self.command(command, device, &draft) }
        let isRemote = commands.contains { remoteClusters.contains($0.key.prefix(5)) }
        for member in device.members where !isCommand(member.key) {
            if isRemote, commanded.contains(member.key) { continue }
            attribute(member.key, member.value, &draft)
        }
    }

    /// `0006!02` goes to the bridge, `0500<00` comes back from a device that serves.
    private static func isCommand(_ key: String) -> Bool {
        let bytes = key.utf8
        guard bytes.count == 7 else { return false }
        let sign = bytes[bytes.index(bytes.startIndex, offsetBy: 4)]
        return sign == UInt8(ascii: "!") || sign == UInt8(ascii: "<")
    }

    private static let remoteClusters: Set<Substring> = [
        "0005!", "0006!", "0008!", "0102!", "0300!",
    ]

    /// What the commands of those clusters are called.
    private static let commanded: Set<String> = [
        "Power", "Dimmer", "DimmerUp", "DimmerDown", "DimmerStep", "DimmerStepUp",
        "DimmerStepDown", "DimmerMove", "DimmerStop", "ArrowClick", "ArrowHold", "ArrowRelease",
        "Shutter", "ShutterOpen", "ShutterClose", "ShutterStop",
    ]

    /// Commands of the Zigbee Cluster Library.
    private static let commandNames: [String: String] = [
        "0006!00": "off", "0006!01": "on", "0006!02": "toggle", "0005!09": "arrow_release",
        "0008!03": "dimmer_stop", "0008!07": "dimmer_stop", "0102!00": "open",
        "0102!01": "close", "0102!02": "stop",
    ]

    private static func command(
        _ command: JSONValue.Member, _ device: JSONValue, _ draft: inout ConventionDraft
    ) {
        func side(_ zero: String, _ one: String) -> String? {
            switch command.value.text?.prefix(2) {
            case "00": zero
            case "01": one
            default: nil
            }
        }
        let word: String? =
            switch command.key {
            // Emergency and panic of cluster IAS ACE: how SOS buttons call.
            case "0501!02", "0501!04": nil
            case "0006!FD":
                switch command.value.text?.prefix(2) {
                case "00": "single"
                case "01": "double"
                case "02": "hold"
                default: nil
                }
            case "0005!07": side("arrow_right", "arrow_left")
            case "0005!08": side("arrow_right_hold", "arrow_left_hold")
            case "0008!02", "0008!06": side("dimmer_up", "dimmer_down")
            case "0008!01", "0008!05": side("dimmer_up_hold", "dimmer_down_hold")
            default: commandNames[command.key]
            }
        if command.key == "0501!02" || command.key == "0501!04" {
            draft.boolean("alarm.sos", true, kind: .pulse)
        } else if let word {
            draft.text("button.press", word, kind: .pulse)
            if let endpoint = device["Endpoint"]?.number {
                draft.text("button.id", FieldVocabulary.plainNumber(endpoint), kind: .pulse)
            }
        } else if ["0500!00", "0500<00"].contains(command.key),
            zones.allSatisfy({ device[$0] == nil })
        {
            // The zone's type, which says what its alarm is, is not known to the bridge.
            draft.flag("semantics_unclear")
        }
    }

    /// Alarms by the type of their zone (IAS Zone, Zigbee Cluster Library 8.2).
    private static let zones = [
        "Contact", "Fire", "Water", "CO", "PersonalAlarm", "Movement", "Panic", "Occupancy",
    ]

    private static func attribute(
        _ key: String, _ value: JSONValue, _ draft: inout ConventionDraft
    ) {
        switch key {
        case "Power":
            if let on = FieldVocabulary.truth(value) { draft.boolean("switch.on", on) }
        case "Dimmer":
            if let level = value.number {
                draft.number("light.level", (level / 254 * 1000).rounded() / 10)
            }
        // A counter as it is, in steps that are each device's own: only nothing is the same in all.
        case "EnergyTotal" where value.text?.hasPrefix("0x") == true:
            if FieldVocabulary.number(value, &draft) == 0 {
                draft.number("energy.total", 0)
            } else {
                draft.flag("semantics_unclear")
            }
        case "EnergyTotal": draft.read(value, as: .number("energy.total"))
        case "Voltage": draft.read(value, as: .number("device.battery_voltage"))
        case "RMSVoltage": draft.read(value, as: .number("power.voltage"))
        case "BatteryPercentage": draft.read(value, as: .number("device.battery"))
        case "Contact": draft.read(value, as: .boolean("contact.open"))
        case "Fire": draft.read(value, as: .boolean("alarm.smoke"))
        case "Water": draft.read(value, as: .boolean("alarm.water"))
        case "CO": draft.read(value, as: .boolean("alarm.co"))
        case "PersonalAlarm", "Panic": draft.read(value, as: .boolean("alarm.sos"))
        case "Movement": draft.read(value, as: .boolean("vibration.active"))
        case "Failure": draft.read(value, as: .boolean("device.trouble"))
        case "Reachable": draft.read(value, as: .boolean("device.online"))
        // 0 is a bolt that is on its way, or stuck (Zigbee Cluster Library 7.3).
        case "LockState":
            switch value.number {
            case 1: draft.boolean("lock.locked", true)
            case 2: draft.boolean("lock.locked", false)
            default: draft.add("lock.locked", .unknown)
            }
        case "AqaraVibrationMode":
            if let mode = value.text { draft.text("vibration.kind", mode, kind: .pulse) }
        // Xiaomi's count of clicks, as a word or as it is.
        case "Click", "click", "Action", "action", "0006/8000":
            let counts = [1: "single", 2: "double", 3: "triple", 4: "quadruple"]
            let count = value.number.flatMap(FieldVocabulary.whole).flatMap { counts[$0] }
            if let word = value.text ?? count, !word.isEmpty {
                draft.text("button.press", word, kind: .pulse)
            }
        default: draft.field(key, value)
        }
    }

    /// A device behind Tasmota's LoRaWAN bridge.
    private static func lora(
        _ key: String, _ device: JSONValue, _ draft: inout ConventionDraft
    ) {
        draft.message.device = device["Name"]?.text ?? key
        if let high = device["DevEUIh"]?.text, let low = device["DevEUIl"]?.text {
            draft.text("device.id_stable", high + low)
        }
        for member in device.members {
            switch member.key {
            case "TempC_Internal": draft.field("temperature", member.value)
            case "Hum_Internal": draft.field("humidity", member.value)
            case "DoorOpen": draft.read(member.value, as: .boolean("contact.open"))
            // Volts of a cell here, and no share.
            case "Battery" where (member.value.number ?? 100) < 5:
                draft.read(member.value, as: .number("device.battery_voltage"))
            case "LeakDetected", "WaterLeak":
                draft.read(member.value, as: .boolean("alarm.water"))
            default: draft.field(member.key, member.value)
            }
        }
    }
}
