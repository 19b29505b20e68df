import Rules

/// What fields of flat JSON objects mean by their names, as the makers of devices and gateways write them. Used where a
/// convention leaves the names to its devices: Zigbee2MQTT, Theengs, rtl_433, LoRaWAN decoders, plain JSON.
enum FieldVocabulary {
    /// How a field's value is read.
    enum Meaning: Sendable {
        /// A number, times a factor.
        case number(String, Double = 1)
        /// True or false, `ON` or `OFF`, 1 or 0.
        case boolean(String)
        /// The other way round.
        case inverted(String)
        /// A word.
        case text(String)
        /// A pulse where it is not empty.
        case pulse(String)
    }

    /// By name, in lower case without underscores and blanks.
    private static let meanings: KeyValuePairs<String, Meaning> = [
        "temperature": .number("env.temperature"), "temp": .number("env.temperature"),
        "tempc": .number("env.temperature"), "temperaturec": .number("env.temperature"),
        "airtemperature": .number("env.temperature"),
        "localtemperature": .number("env.temperature"),
        "humidity": .number("env.humidity"), "hum": .number("env.humidity"),
        "relativehumidity": .number("env.humidity"), "airhumidity": .number("env.humidity"),
        "pressure": .number("env.pressure"), "pres": .number("env.pressure"),
        "pressurehpa": .number("env.pressure"),
        "illuminance": .number("env.illuminance"), "illuminancelux": .number("env.illuminance"),
        "lux": .number("env.illuminance"), "lightlux": .number("env.illuminance"),
        "light": .number("env.illuminance"),
        "co2": .number("env.co2"), "co2ppm": .number("env.co2"),
        "devicetemperature": .number("device.temperature"),
        "batt": .number("device.battery"), "battery": .number("device.battery"),
        "batterylevel": .number("device.battery"), "batterypercent": .number("device.battery"),
        "batterypct": .number("device.battery"), "batterypercentage": .number("device.battery"),
        "batterylow": .boolean("device.battery_low"), "lowbatt": .boolean("device.battery_low"),
        "lowbattery": .boolean("device.battery_low"),
        "batteryok": .inverted("device.battery_low"),
        "batteryvoltage": .number("device.battery_voltage"),
        "batteryv": .number("device.battery_voltage"),
        "linkquality": .number("link.lqi"), "lqi": .number("link.lqi"),
        "rssi": .number("link.rssi"), "snr": .number("link.snr"),
        "power": .number("power.active"), "activepower": .number("power.active"),
        "apower": .number("power.active"), "powerw": .number("power.active"),
        "current": .number("power.current"), "energy": .number("energy.total"),
        "energykwh": .number("energy.total"),
        "occupancy": .boolean("presence.motion"), "motion": .boolean("presence.motion"),
        "pir": .boolean("presence.motion"),
        "presence": .boolean("presence.occupied"), "occupied": .boolean("presence.occupied"),
        "targetdistance": .number("presence.distance"),
        "targetcount": .number("presence.count"), "peoplecount": .number("presence.count"),
        "numobjects": .number("presence.count"),
        "smoke": .boolean("alarm.smoke"), "smokealarm": .boolean("alarm.smoke"),
        "smokedetected": .boolean("alarm.smoke"),
        "waterleak": .boolean("alarm.water"), "leak": .boolean("alarm.water"),
        "flood": .boolean("alarm.water"), "waterdetected": .boolean("alarm.water"),
        "gas": .boolean("alarm.gas"), "carbonmonoxide": .boolean("alarm.co"),
        "tamper": .boolean("alarm.tamper"), "sos": .boolean("alarm.sos"),
        "panic": .boolean("alarm.sos"), "fall": .boolean("alarm.fall"),
        "falldetected": .boolean("alarm.fall"),
        "vibration": .boolean("vibration.active"),
        "trouble": .boolean("device.trouble"), "batterydefect": .boolean("device.trouble"),
        "test": .boolean("device.test_mode"),
        "bedoccupied": .boolean("bed.occupied"), "inbed": .boolean("bed.occupied"),
        "position": .number("cover.position"),
        "dooropen": .boolean("contact.open"), "windowopen": .boolean("contact.open"),
        "open": .boolean("contact.open"), "reedopen": .boolean("contact.open"),
        "doorstatus": .boolean("contact.open"),
        "uid": .pulse("access.tag"),
    ]

    private static let byName = WordTable(meanings.map { ($0, $1) }, spelling: .plain)

    /// What a field's name means, however it is written; nil where nobody can know.
    static func meaning(of name: String) -> Meaning? { byName[name] }

    /// What lies within is a figure; what does not stands for "no value".
    private static let figures = WordTable<ClosedRange<Double>>([
        ("env.temperature", (-99.0).nextUp...(850.0).nextDown),
        ("device.temperature", (-99.0).nextUp...(850.0).nextDown),
        ("env.humidity", 0...100.5), ("env.pressure", 0...(.infinity)),
        ("env.illuminance", 0...(.infinity)), ("env.co2", 0...(.infinity)),
        ("device.battery", 0...200),
    ])

    /// What stands for "no value": sensors' end stops, and numbers that drivers give for a failed reading.
    static func isSentinel(_ capability: String, _ value: Double) -> Bool {
        guard let figures = figures[capability] else { return false }
        // All ones of sixteen bits in hundredths.
        return !figures.contains(value) || value == 327.67 && capability.has("temperature")
    }

    /// A name as the table has it.
    static func plain(_ name: String) -> String {
        // Most names are plain as they are.
        let isPlain = name.utf8.allSatisfy {
            $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-")
                && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        }
        if isPlain { return name }
        var plain = ""
        for scalar in name.unicodeScalars where scalar != "_" && scalar != " " && scalar != "-" {
            plain.unicodeScalars.append(
                ("A"..."Z").contains(scalar)
                    ? (Unicode.Scalar(scalar.value + 32) ?? scalar) : scalar)
        }
        return plain
    }

    /// What switches and sensors say for yes and no.
    static func truth(_ value: JSONValue) -> Bool? {
        switch value {
        case .boolean(let flag): flag
        case .number(let number): number == 1 ? true : number == 0 ? false : nil
        case .string(let text): truth(text)
        default: nil
        }
    }

    static func truth(_ text: String) -> Bool? { truths[text] }

    private static let truths = WordTable(
        [
            "on", "true", "1", "yes", "open", "opened", "detected", "alarm", "active", "wet",
            "occupied", "motion",
        ].map { ($0, true) }
            + [
                "off", "false", "0", "no", "close", "closed", "clear", "normal", "ok", "inactive",
                "dry", "unoccupied", "no motion", "no_motion",
            ].map { ($0, false) }, spelling: .anyCase)

    /// A number, also where it is written as a string, with a flag then.
    static func number(_ value: JSONValue, _ draft: inout ConventionDraft) -> Double? {
        switch value {
        case .number(let number): return number
        case .string(let text):
            let clean = text.trimmed
            var number = Double(clean)
            if number == nil, clean.hasPrefix("0x"),
                let whole = UInt64(clean.dropFirst(2), radix: 16)
            {
                number = Double(whole)
            }
            guard let number, number.isFinite else { return nil }
            draft.flag("number_as_string")
            return number
        default: return nil
        }
    }
}

extension String {
    /// The first characters of a long text.
    func cut(to most: Int) -> String { utf8.count <= most ? self : String(prefix(most)) }
}

extension ConventionDraft {
    /// Reads a field by its name, where the vocabulary has it.
    ///
    /// - Returns: whether it does.
    @discardableResult
    mutating func field(_ name: String, _ value: JSONValue, channel: String? = nil) -> Bool {
        guard let meaning = FieldVocabulary.meaning(of: name) else {
            return false
        }
        read(value, as: meaning, channel: channel)
        return true
    }

    /// Tells a temperature that was given in degrees Fahrenheit; nothing where it is no number.
    mutating func temperature(fahrenheit: Double?) {
        if let fahrenheit {
            field("temperature", .number(FieldVocabulary.celsius(fahrenheit)))
        }
    }

    mutating func read(
        _ value: JSONValue, as meaning: FieldVocabulary.Meaning, channel: String? = nil
    ) {
        switch meaning {
        case .number(let capability, let factor):
            if value.isNull {
                add(capability, .unknown, channel: channel)
            } else if let number = FieldVocabulary.number(value, &self) {
                if FieldVocabulary.isSentinel(capability, number) {
                    flag("sentinel")
                    add(capability, .unknown, channel: channel)
                } else {
                    self.number(capability, number * factor, channel: channel)
                }
            } else if case .string = value {
                flag("unknown_value")
                add(capability, .unknown, channel: channel)
            }
        case .boolean(let capability), .inverted(let capability):
            var isInverted = false
            if case .inverted = meaning { isInverted = true }
            let kind: Rules.ReadingKind? = capability.hasPrefix("alarm.") ? .state : nil
            if value.isNull {
                flag("unknown_value")
                add(capability, .unknown, kind: kind, channel: channel)
            } else if let truth = FieldVocabulary.truth(value) {
                boolean(capability, truth != isInverted, kind: kind, channel: channel)
            } else {
                flag("unknown_value")
                add(capability, .unknown, kind: kind, channel: channel)
            }
        case .text(let capability):
            if let text = value.text { self.text(capability, text, channel: channel) }
        case .pulse(let capability):
            if let text = value.text, !text.isEmpty {
                self.text(capability, text, kind: .pulse, channel: channel)
            }
        }
    }
}
