public import Rules

/// One device as devices.yaml places it: its name, where it is, whose it is, and where it speaks. With its
/// profile it becomes a `Rules.Device`.
public struct DevicePlacement: Hashable, Sendable {
    /// Its name within the residence, such as `front_door`.
    public var name: String
    /// Where it is.
    public var residence: ResidenceID
    /// In which room, where it is in one.
    public var room: RoomID?
    /// Whose it is, where it is personal.
    public var person: PersonID?
    /// What kind of thing it is to a rule, such as `door`; nil: what its profile says.
    public var kind: String?
    /// Free labels that rules may select by, such as `outside`.
    public var labels: [String]
    /// The identifier of its profile, such as `zigbee2mqtt-contact`.
    public var profile: String
    /// The device's address: a concrete topic that matches the profile's first topic pattern, such as
    /// `zigbee2mqtt/front_door`. What its placeholders stand for then fills the profile's other patterns.
    public var topic: String
    /// Where it is heard besides, as by a second gateway; each matches the same pattern. Empty: nowhere.
    public var also: [FurtherTopic] = []
    /// What people call it; nil: what its profile says.
    public var title: LocalizedText?
    /// Which of several alike it has, such as `input:0`, where only its messages tell them; empty: not said.
    public var channels: [String] = []
    /// Until when a camera or microphone may be in a private room, by an exception on record; nil: there is none.
    public var exceptionEnds: Instant?
    /// Of which devices of the same residence it reminds, besides itself.
    public var promptsFor: [DeviceID] = []
    /// What this home says that it presumes of its user, in words; nil: what its profile says.
    public var presumes: LocalizedText?
    /// What this home says of its uses, instead of what its profile presumes of them.
    public var script = UseScript()
    /// Where devices.yaml says all this.
    public var location: SourceLocation

    /// A topic on which a device is heard besides its first one.
    public struct FurtherTopic: Hashable, Sendable {
        /// The topic.
        public var topic: String
        /// Where devices.yaml says so.
        public var location: SourceLocation

        /// A topic with its place in devices.yaml.
        public init(_ topic: String, at location: SourceLocation) {
            self.topic = topic
            self.location = location
        }
    }

    /// The most topics on which one device is heard besides its first one.
    public static let mostFurther = 8

    /// `residence/name`, unique within the whole site.
    public var id: DeviceID { DeviceID(rawValue: "\(residence)/\(name)") }

    /// A device in its place.
    public init(
        name: String, residence: ResidenceID, room: RoomID? = nil, person: PersonID? = nil,
        kind: String? = nil, labels: [String] = [], profile: String, topic: String,
        title: LocalizedText? = nil,
        location: SourceLocation = SourceLocation(file: "devices.yaml", line: 1, column: 1)
    ) {
        self.name = name
        self.residence = residence
        self.room = room
        self.person = person
        self.kind = kind
        self.labels = labels
        self.profile = profile
        self.topic = topic
        self.title = title
        self.location = location
    }
}
