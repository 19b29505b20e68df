public import Rules

/// Something that has no place yet and could have one: it announced itself, or was heard, or both.
public struct DeviceProposal: Sendable {
    /// What it says that it is; of what was only heard, what its messages tell.
    public var device: AnnouncedDevice
    /// Who announces it; nobody where it was only heard.
    public var sources: [String]
    /// From when on nobody announces it any more; nil while somebody does, or nobody ever did.
    public var vanished: Instant?
    /// When it was announced or heard last.
    public var last: Instant
    /// Its latest messages, those of its busiest topics first.
    public var messages: [JournalReader.UnknownTopic]
    /// What of it has a place already: other parts of a device that has several.
    public var placed: [DeviceID]

    /// What `hubctl devices adopt` knows it by: its topic, else its identity.
    public var key: String { device.topics.first ?? messages.first?.topic ?? device.identity }

    /// A profile that fits, and how sure that is.
    public struct Choice: Sendable {
        /// The profile.
        public var profile: DeviceProfile
        /// The address that the device would have in devices.yaml.
        public var topic: String
        /// What it reads in the latest messages, or what it would read of what is announced.
        public var reads: [String]
        /// Whether it reads anything of its latest messages; else it is chosen by what was announced.
        public var isRead: Bool
        /// Whether what the device announces, or more than its battery and link, is why it was chosen.
        public var isTold: Bool
    }

    /// Why a profile is not taken for a device unless somebody says so.
    public enum Doubt: Hashable, Sendable {
        /// Messages were heard, and it reads nothing of them.
        case readsNothing
        /// What was heard tells only how the device is (battery, link, there or not), as of any device of its convention.
        case tellsOnlyItself
    }

    /// What was heard of it that could be read: not what a broker was told to forget, a wish to it, or what is longer than a
    /// sample.
    public var heard: [JournalReader.UnknownTopic] {
        messages.filter { message in
            let heard = MQTTMessage(
                topic: message.topic, payload: message.sample, received: message.last)
            return !message.sample.isEmpty
                && message.sample.count < JournalReader.UnknownTopic.maximumSample
                && !Conventions.read(heard).flags.contains("command")
        }
    }

    /// What speaks against a choice; nil for nothing. A device that was never heard is believed what it announces.
    public func doubt(_ choice: Choice) -> Doubt? {
        if heard.isEmpty { return nil }
        if !choice.isRead { return .readsNothing }
        return choice.isTold ? nil : .tellsOnlyItself
    }

    /// On which topics other gateways hear it, where it is placed by a choice.
    public func also(_ choice: Choice) -> [String] {
        GatewayTopic.others(of: choice.topic, among: device.topics, for: choice.profile)
    }

    /// The most topics of one device that profiles are tried on.
    private static let tried = 8

    /// The profiles that fit: those that name its model and read its latest messages, then others that read them, then those
    /// that know its model or what it announces. Those that read no more than its battery, its link, and whether it is there, are last.
    public func choices(_ profiles: [DeviceProfile]) -> [Choice] {
        var found: [Choice] = []
        var scant: [Choice] = []
        for message in messages.prefix(Self.tried) {
            let heard = MQTTMessage(
                topic: message.topic, payload: message.sample, received: message.last)
            for suggestion in ProfileSuggestion.all(for: heard, among: profiles)
            where !found.contains(where: { $0.profile.id == suggestion.profile.id }) {
                let choice = Choice(
                    profile: suggestion.profile, topic: suggestion.topic,
                    reads: suggestion.readings.map {
                        "\($0.reading.capability) = \($0.reading.value.plainText)"
                    }, isRead: true, isTold: suggestion.isTelling)
                if choice.isTold {
                    found.append(choice)
                } else if !scant.contains(where: { $0.profile.id == choice.profile.id }) {
                    scant.append(choice)
                }
            }
        }
        var announced = announcedChoices(profiles, besides: found.map(\.profile.id))
        for index in announced.indices {
            let id = announced[index].profile.id
            announced[index].isRead = scant.contains { $0.profile.id == id }
        }
        let told = found + announced
        scant.removeAll { choice in told.contains { $0.profile.id == choice.profile.id } }
        // A model that a profile names is surer than what one message happens to hold.
        let isSure = { (choice: Choice) in choice.isRead && knowsModel(choice.profile) }
        return told.filter(isSure) + told.filter { !isSure($0) } + scant
    }

    /// A profile that is meant to go on, where it fits and does not read nothing of what was heard.
    public func choice(_ profile: String, among profiles: [DeviceProfile]) -> Choice? {
        choices(profiles).first { $0.profile.id == profile && doubt($0) != .readsNothing }
    }

    private func knowsModel(_ profile: DeviceProfile) -> Bool {
        !device.model.isEmpty && profile.models.contains(device.model)
    }

    private func announcedChoices(_ profiles: [DeviceProfile], besides known: [String]) -> [Choice]
    {
        let own = device.capabilities.filter { !$0.hasPrefix("device.") && !$0.hasPrefix("link.") }
        var found: [(score: Int, choice: Choice)] = []
        for profile in profiles where speaks(profile) && !known.contains(profile.id) {
            let says = Set(profile.capabilities.map(\.capability.rawValue))
            let shared = own.filter { says.contains($0) }
            guard knowsModel(profile) || !shared.isEmpty,
                let address = device.topics.prefix(Self.tried).lazy.compactMap({
                    ProfileSamples.candidate(for: profile, topic: $0)?.address
                }).first
            else { continue }
            let score = (knowsModel(profile) ? 1000 : 0) + 10 * shared.count - says.count
            found.append(
                (
                    score,
                    Choice(
                        profile: profile, topic: address, reads: shared, isRead: false, isTold: true
                    )
                ))
        }
        return found.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }.map(\.element.choice)
    }

    /// Whether a profile is of the convention that the device speaks.
    private func speaks(_ profile: DeviceProfile) -> Bool {
        if device.convention == "ha_discovery" {
            // A pattern without a word of its own fits every topic: it tells nothing of the convention behind.
            guard profile.messages.first.map({ $0.topic.literalCount > 0 }) == true else {
                return false
            }
            return ["esphome", "tasmota", "shelly", "ha_discovery"].contains(profile.convention)
        }
        return device.convention.hasPrefix(profile.convention)
    }
}

extension DeviceProposal {
    /// The profile that it announces of itself, with its latest messages for samples; nil where it announces none that can be
    /// read for certain.
    public var announcedProfile: String? {
        DiscoveredProfile(device).map { skeleton(announced: $0.text) }
    }

    /// A profile to begin with: the one that it announces, or one of its latest messages.
    public var skeleton: String { announcedProfile ?? skeleton(announced: nil) }

    /// The device placed by the profile that it announces, once that is kept.
    public func announcedChoice(_ profile: DeviceProfile) -> Choice? {
        profile.messages.first.map {
            Choice(
                profile: profile, topic: $0.topic.description, reads: [], isRead: false,
                isTold: true)
        }
    }

    private func skeleton(announced: String?) -> String {
        let name = [device.model, device.name, "device"].first { !$0.isEmpty } ?? ""
        return ProfileSkeleton(
            name: name, convention: device.convention,
            heard: messages.map {
                ProfileSkeleton.Heard(topic: $0.topic, payload: $0.sample)
            }, announced: announced
        ).text()
    }
}

/// All that could have a place, put together from what announced itself and what was heard.
public struct DeviceProposals: Sendable {
    /// What has no place, announced first, then the busiest.
    public var open: [DeviceProposal] = []
    /// Topics on which another gateway hears a device that has its place: of no device yet.
    public var besides: [DeviceID: [String]] = [:]
    /// Announcements beyond what is listed, and messages on topics beyond.
    public var notListed: Int

    /// Reads the journal of a home.
    ///
    /// - Parameter home: its devices have their places already.
    public init(_ reader: JournalReader, home: LoadedHome) throws(JournalError) {
        let counters = try reader.counters()
        notListed =
            (counters["announced_not_listed"] ?? 0) + (counters["unknown_topics_not_listed"] ?? 0)
        var devices = Self.folded(try reader.announced())
        var byTopic: [String: Int] = [:]
        for (index, announced) in devices.enumerated() {
            for topic in announced.device.topics { byTopic[topic] = byTopic[topic] ?? index }
            for base in Self.bases(announced.device) { byTopic[base] = byTopic[base] ?? index }
        }
        let gateways = Self.gateways(devices.map(\.device), home)
        var messages: [Int: [JournalReader.UnknownTopic]] = [:]
        var heard: [JournalReader.UnknownTopic] = []
        for topic in try reader.unknownTopics(limit: 10_000) where !home.knows(topic: topic.topic) {
            let passedOn = GatewayTopic.device(topic.topic)
            if let index = Self.owner(of: topic.topic, byTopic) {
                messages[index, default: []].append(topic)
            } else if let index = passedOn.flatMap({ gateways.announced[$0] }) {
                devices[index].device.topics.append(topic.topic)
                messages[index, default: []].append(topic)
            } else if let places = passedOn.flatMap({ gateways.placed[$0] }) {
                note([topic.topic], of: places, home)
            } else {
                heard.append(topic)
            }
        }
        for index in devices.indices {
            let announced = devices[index]
            let placed = home.directory.owners(of: announced.device.topics)
            let left = announced.device.topics.filter { !home.knows(topic: $0) }
            let known = left.compactMap(GatewayTopic.device).lazy
                .compactMap { gateways.placed[$0] }.first
            if let known {
                note(left, of: known, home)
                continue
            }
            if !placed.isEmpty {
                // One thing with one place is done; what has several entities may have more to place.
                guard Self.hasParts(announced.device.convention), !left.isEmpty else { continue }
                devices[index].device.topics = left
            }
            let own = messages[index] ?? []
            open.append(
                DeviceProposal(
                    device: devices[index].device, sources: announced.sources,
                    vanished: announced.vanished,
                    last: max(announced.last, own.map(\.last).max() ?? announced.last),
                    messages: own, placed: placed.map { home.directory.devices[$0].id }))
        }
        var places: [String: Int] = [:]
        for topic in heard {
            let passedOn = GatewayTopic.device(topic.topic)
            if let place = passedOn.flatMap({ places[$0] }) {
                open[place].messages.append(topic)
                open[place].device.topics.append(topic.topic)
                open[place].last = max(open[place].last, topic.last)
            } else if let proposal = Self.heard(topic) {
                if let passedOn { places[passedOn] = open.count }
                open.append(proposal)
            }
        }
    }

    /// What gateways hear, by what their topics say of it: places among what is announced, and in the directory.
    private static func gateways(
        _ devices: [AnnouncedDevice], _ home: LoadedHome
    ) -> (announced: [String: Int], placed: [String: [Int]]) {
        var announced: [String: Int] = [:]
        for (index, device) in devices.enumerated() where device.convention == "openmqttgateway" {
            for name in device.topics.compactMap(GatewayTopic.device) {
                announced[name] = announced[name] ?? index
            }
        }
        var placed: [String: [Int]] = [:]
        for place in home.directory.devices.indices {
            let names = home.directory.addresses(of: place).compactMap(GatewayTopic.device)
            for name in Set(names) { placed[name, default: []].append(place) }
        }
        return (announced, placed)
    }

    /// Notes where devices are heard besides, as far as their profiles read it there.
    private mutating func note(_ topics: [String], of places: [Int], _ home: LoadedHome) {
        for place in places {
            let device = home.directory.devices[place]
            guard let profile = home.directory.profiles[device.profile] else { continue }
            let found = GatewayTopic.others(
                of: home.directory.address(of: place), among: topics, for: profile)
            for topic in found where besides[device.id]?.contains(topic) != true {
                besides[device.id, default: []].append(topic)
            }
        }
    }

    /// What people mean by a topic, an identity or a name.
    public func find(_ key: String) -> DeviceProposal? {
        open.first { $0.key == key || $0.device.topics.contains(key) }
            ?? open.first { proposal in proposal.messages.contains { $0.topic == key } }
            ?? open.first { $0.device.identity == key }
            ?? open.first { $0.device.name == key && !key.isEmpty }
    }

    /// Something that was only heard; nil for a wish to something, which is nothing that speaks.
    private static func heard(_ topic: JournalReader.UnknownTopic) -> DeviceProposal? {
        let read = Conventions.read(
            MQTTMessage(topic: topic.topic, payload: topic.sample, received: topic.last))
        if read.flags.contains("command") { return nil }
        var device = AnnouncedDevice("", convention: read.convention)
        device.name = topic.topic.split(separator: "/").last.map(String.init) ?? ""
        device.identity = read.device
        device.topics = [topic.topic]
        device.capabilities = read.readings.map { String($0.capability.prefix { $0 != "[" }) }
        device.bound()
        return DeviceProposal(
            device: device, sources: [], vanished: nil, last: topic.last, messages: [topic],
            placed: [])
    }

    /// Conventions by which one device has entities on topics of their own.
    private static func hasParts(_ convention: String) -> Bool {
        ["ha_discovery", "esphome", "homie4", "homie5", "zwave_js_ui"].contains(convention)
    }

    /// What the topics of a device begin with, each with a `/` at its end, which no topic of a device has.
    private static func bases(_ device: AnnouncedDevice) -> [String] {
        switch device.convention {
        case "zigbee2mqtt": device.topics.map { $0 + "/" }
        case "esphome", "shelly_gen1", "shelly_gen2", "tasmota", "zwave_js_ui", "homie4", "homie5":
            device.topics.map { topic in
                topic.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                    .joined(separator: "/") + "/"
            }
        default: []
        }
    }

    private static func owner(of topic: String, _ byTopic: [String: Int]) -> Int? {
        if let index = byTopic[topic] { return index }
        var rest = Substring(topic)
        while let slash = rest.lastIndex(of: "/") {
            if let index = byTopic[String(rest[...slash])] { return index }
            rest = rest[..<slash]
        }
        return nil
    }

    /// An ESPHome node that only said that it is there is the device that was announced with its topics.
    private static func folded(_ all: [JournalReader.Announced]) -> [JournalReader.Announced] {
        var nodes: [String: Int] = [:]
        for (index, announced) in all.enumerated()
        where announced.device.convention == "ha_discovery" {
            for topic in announced.device.topics {
                let node = topic.prefix { $0 != "/" }
                nodes[String(node)] = nodes[String(node)] ?? index
            }
        }
        return all.filter { announced in
            guard announced.device.convention == "esphome",
                let node = announced.device.topics.first?.split(separator: "/").first
            else { return true }
            return nodes[String(node)] == nil
        }
    }
}
