/// What a device, or the bridge that it hangs on, says that it is: who made it, what it can do and where it speaks. Never how it is.
public struct AnnouncedDevice: Hashable, Sendable {
    /// The most topics and the most capabilities that are kept of one device.
    static let maximumParts = 48
    /// The most bytes of all its topics, and of all its capabilities.
    static let maximumBytes = 4096
    /// The longest name, maker, model or capability, in bytes.
    static let maximumName = 120
    /// The longest topic, in bytes; one that is longer cannot be an address in devices.yaml.
    static let maximumTopic = 512

    /// What is the same whoever announces it: an IEEE address, a MAC, or the name that the convention gives it.
    public var identity: String
    /// By which convention it speaks, such as `zigbee2mqtt`.
    public var convention: String
    /// What it calls itself; empty where it does not say.
    public var name = ""
    /// Who made it; empty where it does not say.
    public var maker = ""
    /// Its model; empty where it does not say.
    public var model = ""
    /// Where it speaks; the first is the one that it would be placed by. Empty where it does not say.
    public var topics: [String] = []
    /// What it can tell, as dotted capabilities.
    public var capabilities: [String] = []
    /// Its entities with how each is read, as `AnnouncedEntity` writes them; empty where only Home Assistant could say.
    public var entities: [String] = []
    /// Why it cannot be used yet, such as `interviewing`; empty where it can.
    public var state = ""

    /// A device of which only the name is known.
    init(_ identity: String, convention: String) {
        self.identity = DeviceIdentity.plain(identity)
        self.convention = convention
    }

    /// Cuts every text and list to its limit: what announces may be anything.
    mutating func bound() {
        identity = identity.legible(Self.maximumName)
        name = name.legible(Self.maximumName)
        maker = maker.legible(Self.maximumName)
        model = model.legible(Self.maximumName)
        state = state.legible(Self.maximumName)
        topics = Self.distinct(topics.filter(Self.isAddress))
        capabilities = Self.distinct(capabilities.map { $0.legible(Self.maximumName) })
        entities = Self.distinct(entities)
    }

    /// Whether it has a name that somebody gave it, rather than its address for one.
    private var isNamed: Bool {
        !name.isEmpty && DeviceIdentity.plain(name) != DeviceIdentity.plain(identity)
    }

    /// What another message says of it besides: what that one leaves out stays.
    mutating func merge(_ part: AnnouncedDevice) {
        convention = part.convention
        if !part.name.isEmpty, part.isNamed || !isNamed { name = part.name }
        if !part.maker.isEmpty { maker = part.maker }
        if !part.model.isEmpty { model = part.model }
        state = part.state
        // Who only says that it is there says so of the place that it was known by.
        if convention == "zigbee2mqtt", !part.topics.isEmpty {
            topics = part.topics
        } else {
            topics = Self.distinct(topics + part.topics)
        }
        capabilities = Self.distinct(capabilities + part.capabilities)
        entities = Self.distinct(entities + part.entities)
    }

    /// Whether a text can be the topic of a device: no wildcard, no NUL, not too long (MQTT 5, 4.7.3).
    private static func isAddress(_ topic: String) -> Bool {
        !topic.isEmpty && topic.utf8.count <= maximumTopic
            && topic.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != 0x23 && $0 != 0x2B }
    }

    /// Fills in what is not said from what another announcement of it says.
    mutating func complete(with other: AnnouncedDevice) {
        if !isNamed, !other.name.isEmpty { name = other.name }
        if maker.isEmpty { maker = other.maker }
        if model.isEmpty { model = other.model }
        if state.isEmpty { state = other.state }
        topics = Self.distinct(topics + other.topics)
        capabilities = Self.distinct(capabilities + other.capabilities)
        entities = Self.distinct(entities + other.entities)
    }

    static func distinct(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        var bytes = 0
        var kept: [String] = []
        for text in texts where !text.isEmpty && seen.insert(text).inserted {
            bytes += text.utf8.count
            guard kept.count < maximumParts, bytes <= maximumBytes else { break }
            kept.append(text)
        }
        return kept
    }
}

/// What one message says of which devices there are.
struct Announcement: Hashable, Sendable {
    /// What became of them.
    enum Change: Hashable, Sendable {
        /// One device is there. A part says something of it beside what it said before.
        case present(AnnouncedDevice, isPart: Bool)
        /// These are all that the source has; others that it had are gone.
        case all([AnnouncedDevice])
        /// One device of the source is gone, or all that it announced.
        case gone(identity: String?)
    }

    /// Who announces: the topic, or what stands for several topics of one device.
    var source: String
    var change: Change
}

/// Names of devices, so that two that announce one device are known to mean the same.
enum DeviceIdentity {
    /// Zigbee2MQTT's own prefix is left out; a MAC is twelve small hexadecimal digits, whichever way it is written, alone or
    /// behind the last dash.
    static func plain(_ identity: String) -> String {
        let prefixes = ["zigbee2mqtt_", "zigbee2mqtt_bridge_"]
        var text = Substring(identity)
        if let prefix = prefixes.first(where: { identity.hasPrefix($0) }) {
            text = text.dropFirst(prefix.count)
        }
        let bare = text.filter { $0 != ":" && $0 != "-" && $0 != "." }
        if isMAC(bare) { return bare.lowercased() }
        if let end = text.split(separator: "-").last, end.count < text.count, isMAC(String(end)) {
            return end.lowercased()
        }
        return String(text)
    }

    private static func isMAC(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }
}

extension String {
    /// The first so many bytes as whole characters of Unicode, with control characters replaced.
    func legible(_ most: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var bytes = 0
        for scalar in unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= most else { break }
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            scalars.append(isControl ? "\u{fffd}" : scalar)
        }
        return String(scalars)
    }
}
