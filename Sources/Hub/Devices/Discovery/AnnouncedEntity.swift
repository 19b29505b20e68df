import Foundation

/// One entity of a device as Home Assistant's discovery announces it: where it speaks, and how what it says is to be read. Kept
/// as a line of text, for it is looked at only when a device is placed.
struct AnnouncedEntity: Hashable, Codable {
    /// Its own name within the device, for a channel where several tell the same.
    var name: String
    /// What it tells.
    var capability: String
    /// Where.
    var topic: String
    /// Where in a JSON payload; nil: the payload is plain text.
    var pointer: String?
    /// What each word means, of what is so or not so, and of buttons; empty for numbers.
    var words: [Word] = []
    /// The unit of a number, as it is announced.
    var unit: String?
    /// How often it is heard at least, in seconds.
    var expected: Int?
    /// Where it says whether it is there; nil where that is not one topic alone.
    var availability: Availability?

    /// A word and its meaning.
    struct Word: Hashable, Codable {
        var says: String
        /// `true`, `false`, or what a button did.
        var means: String
    }

    /// A topic of availability.
    struct Availability: Hashable, Codable {
        var topic: String
        var online: String
        var offline: String
    }

    /// The entity as a line of text; nil where it cannot be told.
    var line: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// An entity of a line.
    init?(line: String) {
        guard let found = try? JSONDecoder().decode(Self.self, from: Data(line.utf8)) else {
            return nil
        }
        self = found
    }

    /// What a configuration says, of an entity whose reading is certain; nil for any other: what cannot be told is not guessed.
    ///
    /// https://www.home-assistant.io/integrations/binary_sensor.mqtt/ and its neighbours.
    init?(component: String, key: String, fields: [String: JSONValue], device: [String: JSONValue])
    {
        let base = (fields["~"] ?? device["~"])?.text
        let place = component == "device_automation" ? fields["topic"] : fields["state_topic"]
        guard let topic = place?.text.map({ HomeAssistantConvention.expanded($0, base) }) else {
            return nil
        }
        self.topic = topic
        name = key.cut(to: 40)
        if let template = fields["value_template"]?.text {
            guard let found = HomeAssistantConvention.pointer(template) else { return nil }
            pointer = found
        }
        capability = HomeAssistantConvention.capability(component, fields)
        func word(_ key: String, _ usual: String) -> String {
            let given = Self.word(fields[key]) ?? usual
            // A template writes Python's True; the payload has JSON's.
            return pointer != nil && ["True", "False"].contains(given) ? given.lowered : given
        }
        switch component {
        case "binary_sensor":
            guard CapabilityVocabulary.entry(capability)?.type == .boolean,
                capability != "device.online"
            else { return nil }
            words = [
                Word(says: word("payload_on", "ON"), means: "true"),
                Word(says: word("payload_off", "OFF"), means: "false"),
            ]
        case "switch", "light":
            guard capability != "light.level" || fields["state_value_template"] == nil else {
                return nil
            }
            capability = "switch.on"
            switch fields["schema"]?.text {
            case "json": pointer = "/state"
            case nil, "basic": break
            default: return nil
            }
            let on = word("payload_on", "ON")
            let off = word("payload_off", "OFF")
            words = [
                Word(says: word("state_on", on), means: "true"),
                Word(says: word("state_off", off), means: "false"),
            ]
        case "lock":
            words = [
                Word(says: word("state_locked", "LOCKED"), means: "true"),
                Word(says: word("state_unlocked", "UNLOCKED"), means: "false"),
            ]
        case "event":
            guard pointer == nil else { return nil }
            pointer = "/event_type"
        case "device_automation":
            guard let says = Self.word(fields["payload"]) else { return nil }
            let type = fields["type"]?.text ?? says
            words = [Word(says: says, means: type.legible(60))]
        case "sensor":
            guard CapabilityVocabulary.entry(capability)?.type == .number else { return nil }
            unit = fields["unit_of_measurement"]?.text
        default: return nil
        }
        if let seconds = fields["expire_after"]?.number, (1...1_000_000).contains(seconds) {
            expected = Int(seconds)
        }
        availability = Self.availability(fields, device, base)
    }

    private static func availability(
        _ fields: [String: JSONValue], _ device: [String: JSONValue], _ base: String?
    ) -> Availability? {
        func found(_ entry: [String: JSONValue], _ topic: JSONValue?) -> Availability? {
            guard let topic = topic?.text, entry["value_template"] == nil,
                entry["availability_template"] == nil
            else { return nil }
            return Availability(
                topic: HomeAssistantConvention.expanded(topic, base),
                online: word(entry["payload_available"]) ?? "online",
                offline: word(entry["payload_not_available"]) ?? "offline")
        }
        if let list = fields["availability"] ?? device["availability"] {
            guard list.elements.count == 1, let only = list.elements.first else { return nil }
            let entry = HomeAssistantConvention.named(only)
            return found(entry, entry["topic"])
        }
        var own = fields["availability_topic"] == nil ? device : fields
        own["value_template"] = nil
        return found(own, own["availability_topic"])
    }

    private static func word(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text.cut(to: 60)
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let number): JSONText.number(number)
        default: nil
        }
    }
}
