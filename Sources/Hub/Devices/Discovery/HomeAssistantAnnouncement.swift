/// Home Assistant's MQTT discovery, of one entity and of a whole device:
/// https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
enum HomeAssistantAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        let component = levels[levels.count - (levels.count > 4 ? 4 : 3)]
        guard HomeAssistantConvention.components.contains(component) else { return nil }
        let source = message.topic
        if message.payload.isEmpty {
            return Announcement(source: source, change: .gone(identity: nil))
        }
        guard let json = try? JSONValue(message.payload), json.isObject else { return nil }
        let fields = HomeAssistantConvention.named(json)
        // What the hub itself tells Home Assistant is no device of a home.
        if field(fields["origin"] ?? fields["o"], "name", "name") == "Foyer" { return nil }
        // On its way from the one form to the other: nothing of the device has changed.
        if fields["migrate_discovery"]?.flag == true { return nil }
        let about = fields["device"]
        let identity =
            about.flatMap(HomeAssistantConvention.identity) ?? fields["unique_id"]?.text
            ?? levels[levels.count - 2]
        var device = AnnouncedDevice(identity, convention: "ha_discovery")
        if identity.hasPrefix("zigbee2mqtt_") { device.convention = "zigbee2mqtt" }
        device.name = field(about, "name", "name") ?? fields["name"]?.text ?? ""
        device.maker = field(about, "manufacturer", "mf") ?? ""
        device.model = field(about, "model_id", "mdl_id") ?? field(about, "model", "mdl") ?? ""
        if component == "device" {
            for member in (fields["components"]?.members ?? []).prefix(
                4 * AnnouncedDevice.maximumParts)
            {
                let entity = HomeAssistantConvention.named(member.value)
                guard let platform = (entity["platform"] ?? member.value["p"])?.text,
                    entity.count > 1
                else { continue }
                add(
                    entity.merging(inherited(fields)) { own, _ in own }, platform, member.key,
                    of: fields, &device)
            }
        } else {
            add(fields, component, levels[levels.count - 2], of: fields, &device)
        }
        return Announcement(source: source, change: .present(device, isPart: false))
    }

    /// What an entity takes from its device where it says nothing itself.
    private static func inherited(_ fields: [String: JSONValue]) -> [String: JSONValue] {
        fields.filter { $0.key == "state_topic" || $0.key == "~" }
    }

    private static func add(
        _ entity: [String: JSONValue], _ component: String, _ key: String,
        of about: [String: JSONValue], _ device: inout AnnouncedDevice
    ) {
        let base = entity["~"]?.text
        for key in ["state_topic", "topic"] {
            guard let topic = entity[key]?.text else { continue }
            device.topics.append(HomeAssistantConvention.expanded(topic, base))
        }
        // What can only be told to do something tells nothing.
        guard component != "button" else { return }
        let name = HomeAssistantConvention.capability(component, entity)
        if CapabilityVocabulary.entry(name) != nil { device.capabilities.append(name) }
        let found = AnnouncedEntity(
            component: component, key: key, fields: entity, device: about)
        if let line = found?.line { device.entities.append(line) }
    }

    private static func field(_ json: JSONValue?, _ long: String, _ short: String) -> String? {
        json?[long]?.text ?? json?[short]?.text
    }
}

/// OpenMQTTGateway and Theengs: what a gateway decodes names its device, https://decoder.theengs.io/devices/devices.html
enum GatewayAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        guard let json = try? JSONValue(message.payload), json.isObject,
            let model = json["model_id"]?.text ?? json["model"]?.text, !model.isEmpty,
            // A phone or a watch that passes by is none, and its address is another in a quarter of an hour.
            json["type"]?.text.map({ !["RMAC", "PHONE", "TRACK"].contains($0) }) ?? true
        else { return nil }
        let identity = json["id"]?.text ?? levels[levels.count - 1]
        var device = AnnouncedDevice(identity, convention: "openmqttgateway")
        device.name = json["name"]?.text ?? identity
        device.maker = json["brand"]?.text ?? ""
        device.model = json["model"]?.text ?? model
        device.topics = [message.topic]
        device.capabilities = json.members.compactMap { FieldVocabulary.capability($0.key) }
        return Announcement(source: message.topic, change: .present(device, isPart: true))
    }
}

/// LoRaWAN network servers name a device in each of its messages, and when it joins.
enum LoRaWANAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        let isTTN = levels[0] == "v3" && levels.count >= 5 && levels[2] == "devices"
        guard isTTN || LoRaWANConvention.isChirpStack(levels),
            let json = try? JSONValue(message.payload)
        else { return nil }
        let source = levels.dropLast().joined(separator: "/")
        var device: AnnouncedDevice
        if isTTN {
            guard let ids = json["end_device_ids"], let id = ids["device_id"]?.text else {
                return nil
            }
            device = AnnouncedDevice(ids["dev_eui"]?.text ?? id, convention: "ttn_v3")
            device.name = id
            let version = json.at("uplink_message", "version_ids")
            device.maker = version?["brand_id"]?.text ?? ""
            device.model = version?["model_id"]?.text ?? ""
            device.capabilities = names(json.at("uplink_message", "decoded_payload"))
        } else {
            let about = json["deviceInfo"] ?? json
            guard let id = about["devEui"]?.text ?? about["devEUI"]?.text else { return nil }
            device = AnnouncedDevice(
                id, convention: json["deviceInfo"] == nil ? "chirpstack_v3" : "chirpstack_v4")
            device.name = about["deviceName"]?.text ?? id
            device.model = about["deviceProfileName"]?.text ?? ""
            device.capabilities = names(json["object"])
        }
        device.topics = ["\(source)/up"]
        return Announcement(source: source, change: .present(device, isPart: true))
    }

    private static func names(_ json: JSONValue?) -> [String] {
        (json?.members ?? []).compactMap { FieldVocabulary.capability($0.key) }
    }
}

/// Z-Wave JS UI: `…/nodeinfo` tells all of a node, `_EVENTS_` that one is gone,
/// https://zwave-js.github.io/zwave-js-ui/#/guide/mqtt
enum ZWaveAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        if levels[1] == "_EVENTS" {
            guard levels.last == "node_removed", let json = try? JSONValue(message.payload),
                let node = json["data"]?.elements.first?["id"]?.number.flatMap(
                    Int.init(exactly:))
            else { return nil }
            return Announcement(
                source: "\(levels[0])/nodes", change: .gone(identity: "\(levels[0]) node \(node)"))
        }
        guard levels.last == "nodeinfo", let json = try? JSONValue(message.payload),
            let node = json["id"]?.number.flatMap(Int.init(exactly:))
        else { return nil }
        var device = AnnouncedDevice("\(levels[0]) node \(node)", convention: "zwave_js_ui")
        device.name = json["name"]?.text ?? ""
        if device.name.isEmpty { device.name = json["productLabel"]?.text ?? device.identity }
        device.maker = json["manufacturer"]?.text ?? ""
        device.model = json["productLabel"]?.text ?? ""
        device.topics = [levels.dropLast().joined(separator: "/") + "/status"]
        return Announcement(source: "\(levels[0])/nodes", change: .present(device, isPart: true))
    }
}
