import Rules

/// Reads what announces devices, by each convention. Pure, and quick to see that a message announces nothing.
enum Announcements {
    /// The largest announcement that is read, in bytes: Zigbee2MQTT tells all devices of a network in one message.
    static let maximumPayload = 8 << 20

    /// Whether a topic may well announce, looked at before a payload that is larger than others may be.
    static func mayAnnounce(_ topic: String) -> Bool { topic.hasSuffix("/bridge/devices") }

    /// What a message announces; nil where it is none that does.
    static func read(_ message: MQTTMessage) -> Announcement? {
        guard message.payload.count <= maximumPayload, message.topic.utf8.count <= 1024 else {
            return nil
        }
        let levels = message.topic.utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: 32, omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        guard levels.count > 1, levels.count <= 32, let last = levels.last else { return nil }
        guard var found = route(message, levels, last) else { return nil }
        switch found.change {
        case .present(var device, let isPart):
            device.bound()
            found.change = .present(device, isPart: isPart)
            if device.identity.isEmpty { return nil }
        case .all(var devices):
            for index in devices.indices { devices[index].bound() }
            found.change = .all(devices.filter { !$0.identity.isEmpty })
        case .gone: break
        }
        return found
    }

    private static func route(
        _ message: MQTTMessage, _ levels: [String], _ last: String
    ) -> Announcement? {
        switch last {
        case "config" where levels.count >= 4:
            if levels[1] == "discovery" { return TasmotaAnnouncement.read(message, levels) }
            return HomeAssistantAnnouncement.read(message, levels)
        case "sensors" where levels.count == 4 && levels[1] == "discovery":
            return TasmotaAnnouncement.read(message, levels)
        case "devices", "event":
            guard levels[levels.count - 2] == "bridge" else { break }
            return Zigbee2MQTTAnnouncement.read(message, levels)
        case "announce" where levels[0] == "shellies":
            return ShellyAnnouncement.first(message)
        case "online":
            return ShellyAnnouncement.online(message, levels)
        case "status" where levels.count == 2:
            return ESPHomeAnnouncement.status(message, levels)
        case "join", "up", "activations":
            return LoRaWANAnnouncement.read(message, levels)
        default: break
        }
        if levels[0] == "homie" { return HomieAnnouncement.read(message, levels) }
        if levels[0] == "esphome", levels.count == 3, levels[1] == "discover" {
            return ESPHomeAnnouncement.discover(message, levels)
        }
        if levels.count >= 4, levels[2].hasSuffix("toMQTT") {
            return GatewayAnnouncement.read(message, levels)
        }
        if levels[0] == "zwave" || levels[0] == "zwavejs2mqtt" {
            return ZWaveAnnouncement.read(message, levels)
        }
        return nil
    }
}

extension FieldVocabulary {
    /// The capability that a field's name means; nil where it is not known.
    static func capability(_ field: String) -> String? {
        switch meaning(of: field) {
        case .number(let name, _)?, .boolean(let name)?, .inverted(let name)?, .text(let name)?,
            .pulse(let name)?:
            name
        case nil: nil
        }
    }
}

/// https://tasmota.github.io/docs/MQTT/ and its discovery messages: `tasmota/discovery/MAC/config` and `…/sensors`.
enum TasmotaAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        let identity = levels[levels.count - 2]
        let source = levels.dropLast().joined(separator: "/")
        if message.payload.isEmpty {
            return Announcement(source: source, change: .gone(identity: nil))
        }
        guard let json = try? JSONValue(message.payload), json.isObject else { return nil }
        var device = AnnouncedDevice(json["mac"]?.text ?? identity, convention: "tasmota")
        if levels.last == "sensors" {
            guard let sensors = json["sn"] else { return nil }
            device.capabilities = capabilities(sensors, message)
            return Announcement(source: source, change: .present(device, isPart: true))
        }
        guard let topic = json["t"]?.text, let full = json["ft"]?.text else { return nil }
        device.name = json["dn"]?.text ?? topic
        device.maker = "Tasmota"
        device.model = json["md"]?.text ?? ""
        let prefixes = (json["tp"]?.elements ?? []).compactMap(\.text)
        func address(_ prefix: String, _ end: String) -> String {
            full.replacing("%topic%", with: topic).replacing("%prefix%", with: prefix) + end
        }
        let relays = (json["rl"]?.elements ?? []).count { ($0.number ?? 0) > 0 }
        let state = prefixes.count > 1 ? prefixes[1] : "stat"
        let telemetry = prefixes.count > 2 ? prefixes[2] : "tele"
        if relays > 0 { device.topics.append(address(state, relays > 1 ? "POWER1" : "POWER")) }
        device.topics += [
            address(telemetry, "SENSOR"), address(telemetry, "STATE"), address(state, "RESULT"),
        ]
        if relays > 0 { device.capabilities.append("switch.on") }
        let buttons = (json["btn"]?.elements ?? []).contains { ($0.number ?? 0) > 0 }
        if buttons { device.capabilities.append("button.press") }
        return Announcement(source: source, change: .present(device, isPart: true))
    }

    private static func capabilities(_ sensors: JSONValue, _ message: MQTTMessage) -> [String] {
        var draft = ConventionDraft(message)
        TasmotaConvention.sensors(sensors, &draft)
        return draft.message.readings.map { String($0.capability.prefix { $0 != "[" }) }
            .filter { CapabilityVocabulary.entry($0) != nil }
    }
}

/// https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support and https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt
enum ShellyAnnouncement {
    static func first(_ message: MQTTMessage) -> Announcement? {
        guard let json = try? JSONValue(message.payload), let id = json["id"]?.text else {
            return nil
        }
        var device = AnnouncedDevice(json["mac"]?.text ?? id, convention: "shelly_gen1")
        describe(&device, id)
        if let model = json["model"]?.text { device.model = model }
        device.topics = ["shellies/\(id)/online"]
        return Announcement(source: "shellies/\(id)", change: .present(device, isPart: true))
    }

    static func online(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        let id = levels[levels.count - 2]
        let source = levels.dropLast().joined(separator: "/")
        let isFirst = levels[0] == "shellies" && levels.count == 3
        guard isFirst || id.lowercased().hasPrefix("shelly") else { return nil }
        // Only its own words: whatever else says "online" elsewhere is none of Shelly's.
        let words = [Array("true".utf8), Array("false".utf8)]
        if message.payload.isEmpty {
            return Announcement(source: source, change: .gone(identity: nil))
        }
        guard words.contains(message.payload) else { return nil }
        var device = AnnouncedDevice(id, convention: isFirst ? "shelly_gen1" : "shelly_gen2")
        describe(&device, id)
        device.topics = ["\(source)/online"]
        return Announcement(source: source, change: .present(device, isPart: true))
    }

    /// The identifier begins with what it is: `shellyplus1pm-a8032abe54dc`.
    private static func describe(_ device: inout AnnouncedDevice, _ id: String) {
        device.name = id
        device.maker = "Shelly"
        let kind = id.lowercased().split(separator: "-").first.map(String.init) ?? ""
        device.model = kind
        for (word, capabilities) in kinds where kind.contains(word) {
            device.capabilities = capabilities
            return
        }
    }

    /// The first that fits says what such a device tells.
    private static let kinds: [(String, [String])] = [
        ("flood", ["alarm.water", "device.battery"]), ("smoke", ["alarm.smoke", "device.battery"]),
        ("gas", ["alarm.gas"]), ("dw", ["contact.open", "device.battery"]),
        ("motion", ["presence.motion", "device.battery"]),
        ("button", ["button.press", "device.battery"]), ("i3", ["button.press"]),
        ("i4", ["button.press"]), ("ht", ["env.temperature", "env.humidity", "device.battery"]),
        ("plug", ["switch.on", "power.active", "energy.total"]),
        ("pm", ["switch.on", "power.active", "energy.total"]),
        ("em", ["power.active", "energy.total"]), ("dimmer", ["light.level"]),
        ("rgbw", ["light.level"]), ("bulb", ["light.level"]), ("2.5", ["switch.on"]),
        ("1", ["switch.on"]), ("2", ["switch.on"]), ("4", ["switch.on"]),
    ]
}

/// https://esphome.io/components/mqtt.html: `esphome/discover/NODE`, and `NODE/status`, its birth and will.
enum ESPHomeAnnouncement {
    static func discover(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        if message.payload.isEmpty {
            return Announcement(source: message.topic, change: .gone(identity: nil))
        }
        guard let json = try? JSONValue(message.payload), json.isObject,
            let name = json["name"]?.text
        else { return nil }
        var device = AnnouncedDevice(json["mac"]?.text ?? name, convention: "esphome")
        device.name = json["friendly_name"]?.text ?? name
        device.maker = "ESPHome"
        device.model = json["board"]?.text ?? json["platform"]?.text ?? ""
        device.topics = ["\(name)/status"]
        return Announcement(source: message.topic, change: .present(device, isPart: false))
    }

    static func status(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        // Home Assistant's own birth and the hub's own word have the same form.
        guard levels[0] != "homeassistant", levels[0] != "foyer" else { return nil }
        if message.payload.isEmpty {
            return Announcement(source: message.topic, change: .gone(identity: nil))
        }
        let words = [Array("online".utf8), Array("offline".utf8)]
        guard words.contains(message.payload) else { return nil }
        var device = AnnouncedDevice(levels[0], convention: "esphome")
        device.name = levels[0]
        device.topics = [message.topic]
        return Announcement(source: message.topic, change: .present(device, isPart: true))
    }
}

/// https://homieiot.github.io/specification/: version 4 tells itself in attributes, version 5 in one `$description`.
enum HomieAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        let isFifth = levels.count > 2 && levels[1] == "5"
        let from = isFifth ? 2 : 1
        guard levels.count > from + 1, !levels[from].hasPrefix("$") else { return nil }
        let id = levels[from]
        let source = levels[0...from].joined(separator: "/")
        let attribute = Array(levels[(from + 1)...])
        var device = AnnouncedDevice(id, convention: isFifth ? "homie5" : "homie4")
        guard let name = attribute.last, name.hasPrefix("$") else { return nil }
        if attribute.count == 1, ["$state", "$homie", "$description"].contains(name),
            message.payload.isEmpty
        {
            return Announcement(source: source, change: .gone(identity: nil))
        }
        guard let text = String(validating: message.payload, as: UTF8.self) else { return nil }
        switch (attribute.count, name) {
        case (1, "$description"):
            guard let json = try? JSONValue(message.payload), json.isObject else { return nil }
            describe(&device, json, source)
            return Announcement(source: source, change: .present(device, isPart: false))
        case (1, "$name"): device.name = text
        case (1, "$implementation"): device.model = text
        case (1, "$state"), (1, "$homie"): device.name = ""
        case (3, "$datatype"), (3, "$name"):
            device.topics = ["\(source)/\(attribute[0])/\(attribute[1])"]
            if let known = FieldVocabulary.capability(attribute[1]) {
                device.capabilities = [known]
            }
        default: return nil
        }
        return Announcement(source: source, change: .present(device, isPart: true))
    }

    private static func describe(
        _ device: inout AnnouncedDevice, _ json: JSONValue, _ source: String
    ) {
        device.name = json["name"]?.text ?? ""
        device.model = json["type"]?.text ?? ""
        for node in (json["nodes"]?.members ?? []).prefix(AnnouncedDevice.maximumParts) {
            for property in (node.value["properties"]?.members ?? []).prefix(
                AnnouncedDevice.maximumParts)
            {
                device.topics.append("\(source)/\(node.key)/\(property.key)")
                if let known = FieldVocabulary.capability(property.key) {
                    device.capabilities.append(known)
                }
            }
        }
    }
}
