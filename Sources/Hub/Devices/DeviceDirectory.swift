public import Rules

/// Every device of the site with its profile: what devices.yaml places, put together with what the profiles
/// say. Immutable; a change of configuration makes a new one.
public struct DeviceDirectory: Sendable {
    /// The most devices of one site, ten times what the hub is built for.
    public static let maximumDevices = 100_000

    /// The devices, in the order of devices.yaml. Places in here are what `DecodedReading.device` holds.
    public let devices: [Device]
    /// The streams that are known before any message: every capability with a channel that is always the
    /// same, of every device in turn. Places in here are what `DecodedReading.stream` holds.
    public let streams: [StreamKey]
    /// The profiles in use, by identifier.
    public let profiles: [String: DeviceProfile]

    let entries: [Entry]
    let index: TopicIndex

    /// A device as the decoder needs it.
    struct Entry: Sendable {
        /// Its topics in devices.yaml, the first one first.
        var addresses: [String]
        /// What it says, with the topics filled in.
        var messages: [BoundMessage]
        /// Where it, or its bridge, says whether it is there, with the topics filled in.
        var availability: [AvailabilityProfile]
        /// What its battery's figures are worth.
        var battery: DeviceProfile.BatteryProfile?
        /// The place of `device.online` in `streams`.
        var online: Int?
        /// The place of `bridge.online` in `streams`.
        var bridgeOnline: Int?
        /// The place of `device.clock_offset` in `streams`.
        var clockOffset: Int?
        /// For devices that give wall time without an offset.
        var zone: ZoneOffsets
    }

    /// One message of a profile, bound to a device.
    final class BoundMessage: Sendable {
        /// What the profile says; one object for all devices that have it.
        let shared: SharedMessage
        /// The topic as far as the device's address fills it.
        let topic: TopicPattern
        /// For each reading its place in `streams`; nil where the channel varies.
        let streams: [Int?]
        /// Which of the device's addresses it belongs to, from 1 on; 0 where the device has one.
        let address: UInt8

        init(shared: SharedMessage, topic: TopicPattern, streams: [Int?], address: UInt8) {
            self.shared = shared
            self.topic = topic
            self.streams = streams
            self.address = address
        }
    }

    /// What a profile says of one message. An object, so that ten thousand devices share it and the decoder
    /// looks into it without copying.
    final class SharedMessage: Sendable {
        let profile: MessageProfile
        let readings: [SharedReading]
        /// True where the payload is plain text, not JSON.
        let isText: Bool
        /// True where copies of a message must be told from a second one.
        let marksCopies: Bool

        init(_ profile: MessageProfile) {
            self.profile = profile
            readings = profile.readings.map { SharedReading($0, dedupe: profile.dedupe) }
            isText = profile.isText
            marksCopies =
                profile.dedupe != nil || profile.readings.contains { $0.repeats.copyWindow > .zero }
        }
    }

    /// What a profile says of one reading.
    final class SharedReading: Sendable {
        let profile: ReadingProfile
        /// Which repeats are noise; the message's window for copies counts where the reading has none.
        let repeats: RepeatPolicy
        /// True for a press or use: it happens, and is not so.
        let happens: Bool
        /// True where it is one reading whatever else the message has.
        let isOne: Bool

        init(_ profile: ReadingProfile, dedupe: MessageProfile.Dedupe?) {
            self.profile = profile
            happens = profile.kind == .pulse || profile.kind == .usage
            isOne = profile.each == nil && profile.guards.isEmpty
            var repeats = profile.repeats
            if repeats.copyWindow == .zero, let dedupe { repeats.copyWindow = dedupe.window }
            repeats.isCounted = dedupe?.id != nil
            self.repeats = repeats
        }
    }

    /// No device at all.
    public static let empty = DeviceDirectory(
        devices: [], streams: [], profiles: [:], entries: [], index: TopicIndex())

    /// Puts placements and profiles together.
    ///
    /// - Parameters:
    ///   - profiles: each with an identifier of its own.
    ///   - placements: the devices, in the order of devices.yaml.
    ///   - zones: each residence's time zone, for devices that tell wall time; UTC where it is left out.
    /// - Returns: the directory of the placements that are sound, and everything that is wrong with the others,
    ///   at their places in devices.yaml.
    public static func build(
        profiles: [DeviceProfile], placements: [DevicePlacement],
        zones: [ResidenceID: ZoneOffsets] = [:]
    ) -> (directory: DeviceDirectory, diagnostics: [Diagnostic]) {
        var builder = DirectoryBuilder(profiles: profiles, zones: zones)
        for placement in placements { builder.add(placement) }
        return (builder.directory(), builder.diagnostics)
    }

    /// The topic that a device has in devices.yaml; of several the first.
    public func address(of device: Int) -> String { entries[device].addresses.first ?? "" }

    /// All topics that a device has in devices.yaml, `topic` first, then those of `also`.
    public func addresses(of device: Int) -> [String] { entries[device].addresses }

    /// Whose topics these are: places in `devices`, each once, in their order.
    func owners(of topics: [String]) -> [Int] {
        Set(topics.flatMap { index.targets($0).map(\.device) }).sorted()
    }

    /// The profile of a device.
    public func profile(of device: Int) -> DeviceProfile? { profiles[devices[device].profile] }

    /// The topic filters that cover every device, without repetition, in alphabetical order: what to
    /// subscribe to.
    public var topicFilters: [String] {
        var filters: Set<String> = []
        for entry in entries {
            for message in entry.messages where message.shared.profile.role.tells {
                filters.insert(message.topic.filter)
            }
            for availability in entry.availability { filters.insert(availability.topic.filter) }
        }
        return filters.sorted()
    }
}

extension TopicPattern {
    /// The MQTT topic filter that takes in every topic of the pattern, and possibly some more: `#` stands at
    /// the end only (MQTT 5, 4.7.1.2), and a part of a level cannot be left open.
    public var filter: String {
        var parts: [String] = []
        for level in levels {
            switch level {
            case .literal(let text): parts.append(text)
            case .one: parts.append("+")
            case .many:
                parts.append("#")
                return parts.joined(separator: "/")
            }
        }
        return parts.joined(separator: "/")
    }
}

/// Collects devices one by one.
private struct DirectoryBuilder {
    let profiles: [String: DeviceProfile]
    let zones: [ResidenceID: ZoneOffsets]
    var diagnostics: [Diagnostic] = []
    private var devices: [Device] = []
    private var streams: [StreamKey] = []
    private var entries: [DeviceDirectory.Entry] = []
    private var index = TopicIndex()
    private var seen: Set<DeviceID> = []
    private var addresses: [TopicKey: String] = [:]
    private var shared: [String: [DeviceDirectory.SharedMessage]] = [:]

    init(profiles: [DeviceProfile], zones: [ResidenceID: ZoneOffsets]) {
        self.profiles = Dictionary(profiles.map { ($0.id, $0) }) { first, _ in first }
        self.zones = zones
    }

    func directory() -> DeviceDirectory {
        let used = Set(devices.map(\.profile))
        return DeviceDirectory(
            devices: devices, streams: streams,
            profiles: profiles.filter { used.contains($0.key) }, entries: entries, index: index)
    }

    mutating func add(_ placement: DevicePlacement) {
        guard devices.count < DeviceDirectory.maximumDevices else {
            if devices.count == DeviceDirectory.maximumDevices, !diagnostics.contains(where: full) {
                error(
                    "too-many-devices",
                    "a site has \(DeviceDirectory.maximumDevices) devices at most", placement)
            }
            return
        }
        guard let (profile, bindings) = resolve(placement) else { return }
        var all = [bindings]
        for further in placement.also {
            guard
                let more = self.bindings(further.topic, at: further.location, profile, placement)
            else { return }
            all.append(more)
        }
        guard seen.insert(placement.id).inserted else {
            error("duplicate-device", "there are two devices \"\(placement.id)\"", placement)
            return
        }
        let topics = [placement.topic] + placement.also.map(\.topic)
        for topic in topics {
            let address = TopicKey(profile.id + "\n" + topic)
            if let other = addresses[address] {
                error(
                    "duplicate-topic",
                    "device \"\(placement.name)\" has the same topic and profile as \"\(other)\"; remove one, or give one its own profile",
                    placement)
                return
            }
            addresses[address] = placement.name
        }
        append(placement, profile, all)
    }

    private func full(_ diagnostic: Diagnostic) -> Bool { diagnostic.code == "too-many-devices" }

    private mutating func error(
        _ code: String, _ message: String, _ placement: DevicePlacement,
        at location: SourceLocation? = nil
    ) {
        diagnostics.append(Diagnostic(code: code, message, at: location ?? placement.location))
    }

    private mutating func resolve(
        _ placement: DevicePlacement
    ) -> (profile: DeviceProfile, bindings: [String: String])? {
        guard let profile = profiles[placement.profile] else {
            error(
                "unknown-profile",
                "device \"\(placement.name)\": there is no profile \"\(placement.profile)\""
                    + suggestion(for: placement.profile, among: profiles.keys.sorted()), placement)
            return nil
        }
        return bindings(placement.topic, at: placement.location, profile, placement)
            .map { (profile, $0) }
    }

    /// What a topic of a device fills the profile's placeholders with; nil, with an error, where it cannot be its address.
    private mutating func bindings(
        _ topic: String, at location: SourceLocation, _ profile: DeviceProfile,
        _ placement: DevicePlacement
    ) -> [String: String]? {
        guard let first = profile.messages.first else { return nil }
        if topic.utf8.contains(where: { $0 == 0x2B || $0 == 0x23 || $0 == 0 }) {
            error(
                "bad-topic",
                "device \"\(placement.name)\": \"\(printable(topic))\" has +, # or NUL; write the topic that the device publishes on",
                placement, at: location)
            return nil
        }
        if let bindings = DeviceAddress.bindings(topic, of: profile) { return bindings }
        if let other = DeviceAddress.other(topic, than: profile) {
            error(
                "topic-does-not-fit",
                "device \"\(placement.name)\": topic \"\(printable(topic))\" is no address of profile \"\(profile.id)\": \(other.text)"
                    + (other.meant.map { "; did you mean \"\(printable($0))\"?" } ?? ""), placement,
                at: location)
            return nil
        }
        // Somebody wrote another of the device's topics: say which one is its address.
        let others = profile.messages.map(\.topic) + profile.availability.map(\.topic)
        let meant = others.lazy.compactMap { $0.match(topic) }
            .compactMap { first.topic.filled($0).topic }.first
        error(
            "topic-does-not-fit",
            "device \"\(placement.name)\": topic \"\(printable(topic))\" does not fit \"\(first.topic)\" of profile \"\(profile.id)\""
                + (meant.map { "; did you mean \"\(printable($0))\"?" } ?? ""), placement,
            at: location)
        return nil
    }

    private mutating func append(
        _ placement: DevicePlacement, _ profile: DeviceProfile, _ all: [[String: String]]
    ) {
        let bindings = all.first ?? [:]
        let number = devices.count
        var places: [String: Int] = [:]
        func place(_ capability: Capability, _ channel: String) -> Int {
            let name = "\(capability)\n\(channel)"
            if let known = places[name] { return known }
            places[name] = streams.count
            streams.append(
                StreamKey(device: placement.id, capability: capability, channel: channel))
            return streams.count - 1
        }
        let parts = shared[profile.id] ?? profile.messages.map { DeviceDirectory.SharedMessage($0) }
        shared[profile.id] = parts
        // What it is called goes by its first address: the same readings, whoever heard them.
        let known = parts.map { part in
            part.profile.readings.map { reading in
                reading.channel.known(bindings).map { place(reading.capability, $0) }
            }
        }
        let messages = Self.bound(parts, known, all)
        let availability = Self.common(profile.availability, all)
        let capabilities = profile.capabilities(bindings, availability: availability)
        let online = capabilities.contains { $0.capability == .online }
        let bridge = capabilities.contains { $0.capability == .bridgeOnline }
        let clock = capabilities.contains { $0.capability == .clockOffset }
        entries.append(
            DeviceDirectory.Entry(
                addresses: [placement.topic] + placement.also.map(\.topic), messages: messages,
                availability: availability, battery: profile.battery,
                online: online ? place(.online, "") : nil,
                bridgeOnline: bridge ? place(.bridgeOnline, "") : nil,
                clockOffset: clock ? place(.clockOffset, "") : nil,
                zone: zones[placement.residence] ?? .utc))
        for (part, message) in entries[number].messages.enumerated() {
            index.insert(message.topic, TopicIndex.Target(device: number, part: .message(part)))
        }
        for (part, availability) in entries[number].availability.enumerated() {
            index.insert(
                availability.topic, TopicIndex.Target(device: number, part: .availability(part)))
        }
        var device =
            Device(
                id: placement.id, name: placement.name, title: placement.title ?? profile.title,
                residence: placement.residence, room: placement.room, person: placement.person,
                kind: placement.kind ?? profile.kind, labels: placement.labels,
                profile: profile.id, capabilities: capabilities,
                silentAfter: profile.liveness?.silentAfter)
        device.exceptionEnds = placement.exceptionEnds
        device.promptsFor = placement.promptsFor
        device.channels = placement.channels
        device.interval = profile.liveness?.expect
        device.sleeps = profile.liveness?.expectation == .sleeping
        device.powerUse = profile.powerUse
        device.presumes = placement.presumes ?? profile.script
        device.script = profile.useScript.changed(by: placement.script)
        device.bridge = availability.first { $0.scope == .bridge }.flatMap(\.topic.topic)
        devices.append(device)
    }

    /// The messages of every address of a device; a topic that does not depend on the address is heard once.
    private static func bound(
        _ parts: [DeviceDirectory.SharedMessage], _ streams: [[Int?]], _ all: [[String: String]]
    ) -> [DeviceDirectory.BoundMessage] {
        var messages: [DeviceDirectory.BoundMessage] = []
        for (number, bindings) in all.enumerated() {
            for (part, streams) in zip(parts, streams) {
                let topic = part.profile.topic.filled(bindings)
                if number > 0, messages.contains(where: { $0.shared === part && $0.topic == topic })
                {
                    continue
                }
                messages.append(
                    DeviceDirectory.BoundMessage(
                        shared: part, topic: topic, streams: streams,
                        address: all.count == 1 ? 0 : UInt8(clamping: number + 1)))
            }
        }
        return messages
    }

    /// Where all that a device hangs on says whether it is there. What one of several gateways says of itself, or of what it
    /// hears, is no word on the device: another one may hear it.
    private static func common(
        _ availability: [AvailabilityProfile], _ all: [[String: String]]
    ) -> [AvailabilityProfile] {
        availability.compactMap { entry in
            let topics = all.map { entry.topic.filled($0) }
            guard let first = topics.first, topics.allSatisfy({ $0 == first }) else { return nil }
            var entry = entry
            entry.topic = first
            return entry
        }
    }
}

extension Capability {
    /// Whether a device is there.
    static let online: Capability = "device.online"
    /// Whether the bridge that a device hangs on is there.
    static let bridgeOnline: Capability = "bridge.online"
    /// By how many seconds a device's clock is ahead of the hub's; negative where it is behind. Said only where
    /// its time cannot be so.
    static let clockOffset: Capability = "device.clock_offset"
    /// A battery's charge in percent.
    static let battery: Capability = "device.battery"
    /// Whether a battery should be changed.
    static let batteryLow: Capability = "device.battery_low"
}
