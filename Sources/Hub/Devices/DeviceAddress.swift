import Rules

/// Whether a topic can be a device's address, which its profile's first topic takes in.
///
/// Where that topic ends with a placeholder for many levels, as Zigbee2MQTT's does (a friendly name may have `/` in it,
/// https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html#zigbee2mqtt-friendly_name), much fits it that is
/// nobody's address: a wish to a device, whether it is there, what the bridge says, another convention's topics.
enum DeviceAddress {
    /// What a topic is instead of an address.
    enum Other: Hashable {
        /// A wish to the device on this topic.
        case wish(to: String)
        /// Another topic of a device of the profile, which has this address where it can be told.
        case part(of: String?)
        /// What a bridge says.
        case bridge
        /// A topic of this convention.
        case convention(String)

        /// What it is, for a message about devices.yaml.
        var text: String {
            switch self {
            case .wish: "it is where the device is told what to do"
            case .part: "it is another topic of such a device"
            case .bridge: "it is the bridge's"
            case .convention(let name): "it is one of \(name)"
            }
        }

        /// The address that was meant, where that can be told.
        var meant: String? {
            switch self {
            case .wish(let topic): topic
            case .part(let topic): topic
            case .bridge, .convention: nil
            }
        }
    }

    /// What a topic fills the profile's placeholders with; nil where it does not fit, or is something else.
    static func bindings(_ topic: String, of profile: DeviceProfile) -> [String: String]? {
        guard let found = profile.messages.first?.topic.match(topic),
            other(topic, than: profile) == nil
        else { return nil }
        return found
    }

    /// What a topic is, where it fits the profile's first topic and is no address; nil where it is one, or does not fit.
    static func other(_ topic: String, than profile: DeviceProfile) -> Other? {
        guard let first = profile.messages.first?.topic, first.endsWithMany,
            first.match(topic) != nil
        else { return nil }
        if let before = beforeWish(topic) { return .wish(to: before) }
        let parts = profile.messages.dropFirst().map(\.topic) + profile.availability.map(\.topic)
        // Of two patterns that fit, the one with more said out says more.
        for part in parts where part.literalCount > first.literalCount {
            guard let bindings = part.match(topic) else { continue }
            return .part(of: first.filled(bindings).topic)
        }
        guard profile.convention == "zigbee2mqtt" else { return nil }
        if Zigbee2MQTTConvention.isBridge(topic.topicLevels) { return .bridge }
        return Conventions.foreign(topic).map { .convention($0) }
    }

    /// The device's topic before `…/set`, `…/get`, and `…/set/ATTRIBUTE`; nil where a topic is no wish.
    static func beforeWish(_ topic: String) -> String? {
        let levels = topic.topicLevels
        for index in [levels.count - 1, levels.count - 2]
        where index >= 2 && ["set", "get"].contains(levels[index]) {
            return topic.topicPart(0..<index)
        }
        return nil
    }
}

extension TopicPattern {
    /// Whether its last level is a placeholder for one level or more.
    var endsWithMany: Bool { if case .many = levels.last { true } else { false } }
}

extension Conventions {
    /// Which convention but Zigbee2MQTT's a topic alone tells; nil where it tells none.
    static func foreign(_ topic: String) -> String? {
        if topic.utf8.starts(with: "zigbee2mqtt/".utf8) { return nil }
        if topic.utf8.starts(with: "shellies/".utf8) { return "Shelly" }
        let empty = MQTTMessage(
            topic: topic, payload: [], received: Instant(milliseconds: 1_800_000_000_000))
        let found = read(empty).convention
        return ["zigbee2mqtt", "json", "text", "raw"].contains(found) ? nil : found
    }
}
