/// Who and what is where: residences, rooms, people and devices. Rules are written once for a class of
/// things and instantiated over this.
public struct Home: Hashable, Sendable {
    /// The residences, in the order of hub.yaml.
    public var residences: [Residence]
    /// The devices, in the order of devices.yaml.
    public var devices: [Device]
    /// The days that `holidays` means in a window.
    public var holidays: Holidays

    /// A site with its residences and devices.
    public init(
        residences: [Residence] = [], devices: [Device] = [], holidays: Holidays = Holidays()
    ) {
        self.residences = residences
        self.devices = devices
        self.holidays = holidays
    }

    /// What time of day depends on in a residence.
    ///
    /// - Parameter zones: offsets by IANA name; UTC is taken for a zone that is missing.
    public func locality(of residence: Residence, zones: [String: ZoneOffsets]) -> Locality {
        Locality(
            zone: zones[residence.zone] ?? .utc, position: residence.position, holidays: holidays)
    }
}

/// A text in both languages of the product.
public struct LocalizedText: Hashable, Sendable {
    /// In English.
    public var english: String
    /// In French.
    public var french: String

    /// A text in both languages.
    public init(english: String, french: String) {
        self.english = english
        self.french = french
    }
}

/// One home, or one unit of a house.
public struct Residence: Hashable, Sendable {
    /// Its identifier in hub.yaml.
    public var id: ResidenceID
    /// What people call it.
    public var title: LocalizedText
    /// Its IANA time zone, such as `Europe/Paris`.
    public var zone: String
    /// Where it is, for sunrise and sunset; nil where that is not known.
    public var position: GeographicPosition?
    /// Its rooms.
    public var rooms: [Room]
    /// Who lives there, by opaque identifier.
    public var people: [PersonID]

    /// A residence.
    public init(
        id: ResidenceID, title: LocalizedText, zone: String, position: GeographicPosition? = nil,
        rooms: [Room], people: [PersonID]
    ) {
        self.id = id
        self.title = title
        self.zone = zone
        self.position = position
        self.rooms = rooms
        self.people = people
    }
}

/// One room of a residence.
public struct Room: Hashable, Sendable {
    /// `residence/room`.
    public var id: RoomID
    /// What people call it.
    public var title: LocalizedText
    /// What kind of room it is: `kitchen`, `bedroom`, `bathroom`, `hall`, `living_room`, `outside` …
    public var kind: String
    /// Whose room it is, where it is a private one.
    public var person: PersonID?

    /// A room.
    public init(id: RoomID, title: LocalizedText, kind: String, person: PersonID? = nil) {
        self.id = id
        self.title = title
        self.kind = kind
        self.person = person
    }
}

/// One device in its place.
public struct Device: Hashable, Sendable {
    /// `residence/device`.
    public var id: DeviceID
    /// Its name within the residence; rules refer to it, in every residence that has one.
    public var name: String
    /// What people call it.
    public var title: LocalizedText
    /// Where it is.
    public var residence: ResidenceID
    /// In which room, where it is in one.
    public var room: RoomID?
    /// Whose it is, where it is personal.
    public var person: PersonID?
    /// What kind of thing it is to a rule: `door`, `motion`, `call_button`, `stove` …
    public var kind: String
    /// Free labels that rules may select by, such as `outside`.
    public var labels: [String]
    /// The identifier of its profile.
    public var profile: String
    /// What it can say, as its profile declares, in the profile's order.
    public var capabilities: [DeviceCapability]
    /// How long it may be silent at most before it counts as silent; nil where the profile expects
    /// nothing.
    public var silentAfter: TimeSpan?
    /// How often it reports at least; nil where the profile expects nothing.
    public var interval: TimeSpan?
    /// Whether it sleeps between its reports: that it cannot be reached then means nothing.
    public var sleeps = false
    /// The topic on which the bridge that it hangs on says whether it is there; devices that share it share the bridge.
    public var bridge: String?
    /// What of its power counts as one use; nil: as `UseEpisodes` has it.
    public var powerUse: PowerUse?
    /// What it presumes of its user, in words; nil where nobody wrote it down.
    public var presumes: LocalizedText?
    /// What it presumes of its uses, as far as it can be held beside them.
    public var script = UseScript()
    /// Whose use it prompts for, besides its own: a talking clock that reminds of the kettle.
    public var promptsFor: [DeviceID] = []
    /// Which of several alike it has, where only its messages tell them; none where devices.yaml does not say.
    public var channels: [String] = []
    /// Until when a dated, reasoned exception lets a camera or microphone be in a private room; nil: it is none.
    public var exceptionEnds: Instant?

    /// A device in its place.
    public init(
        id: DeviceID, name: String, title: LocalizedText, residence: ResidenceID, room: RoomID?,
        person: PersonID?, kind: String, labels: [String], profile: String,
        capabilities: [DeviceCapability], silentAfter: TimeSpan?
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.residence = residence
        self.room = room
        self.person = person
        self.kind = kind
        self.labels = labels
        self.profile = profile
        self.capabilities = capabilities
        self.silentAfter = silentAfter
    }
}

/// When an appliance is in use, by the power that it draws.
public struct PowerUse: Hashable, Sendable {
    /// Uses that lie closer together than this are one, where nothing else is said.
    public static let usualMerge = TimeSpan.minutes(2)

    /// From this power on it is in use, in watts.
    public var above: Double
    /// A shorter use is none.
    public var atLeast: TimeSpan
    /// Uses that lie closer together are one.
    public var merge: TimeSpan

    /// When an appliance is in use.
    public init(above: Double, atLeast: TimeSpan, merge: TimeSpan) {
        self.above = above
        self.atLeast = atLeast
        self.merge = merge
    }
}

/// One thing that a device can say.
public struct DeviceCapability: Hashable, Sendable {
    /// What it is of.
    public var capability: Capability
    /// Which of several alike; empty for the only one.
    public var channel: String
    /// How it is to be understood in time.
    public var kind: ReadingKind
    /// Whether only its messages tell which of several alike they are of; `channel` is empty then, and stands for any.
    public var isOfAnyChannel: Bool
    /// Whether it says something of the device where it comes and goes often.
    public var watchesFlapping: Bool

    /// States that people change as often as they like: movement, presence, lamps.
    private static let busy = ["presence.", "vibration.", "switch.", "input."]

    /// Whether a state that comes and goes often tells of its device, where no profile says.
    public static func usuallyWatchesFlapping(_ capability: Capability, _ kind: ReadingKind) -> Bool
    {
        capability == "device.online"
            || kind == .state && !busy.contains { capability.rawValue.hasPrefix($0) }
    }

    /// A thing that a device can say.
    public init(
        capability: Capability, channel: String = "", kind: ReadingKind,
        isOfAnyChannel: Bool = false, watchesFlapping: Bool? = nil
    ) {
        self.capability = capability
        self.channel = channel
        self.kind = kind
        self.isOfAnyChannel = isOfAnyChannel
        self.watchesFlapping =
            watchesFlapping ?? Self.usuallyWatchesFlapping(capability, kind)
    }
}
