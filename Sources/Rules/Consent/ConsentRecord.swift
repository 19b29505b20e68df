/// In what capacity somebody speaks about a person's data. Measures of protection under the French Code civil, 425 and
/// following, and its mandate for future protection, 477.
public enum ConsentCapacity: String, Hashable, Sendable, CaseIterable {
    /// The person.
    case person
    /// Assists the person (curatelle).
    case curator
    /// Represents the person (tutelle).
    case tutor
    /// Whom the person named beforehand (mandat de protection future).
    case mandatedPerson = "mandated_person"

    /// Whether somebody else speaks than the person.
    public var isRepresentative: Bool { self != .person }
}

/// Which readings a yes or a no is about. What is empty or nil is no limit; all given parts must fit.
public struct ConsentScope: Hashable, Sendable {
    /// Readings of these devices.
    public var devices: Set<DeviceID>
    /// Readings of devices in these rooms.
    public var rooms: Set<RoomID>
    /// Readings at these times of day.
    public var hours: Window?

    /// Which readings; all of them by default.
    public init(devices: Set<DeviceID> = [], rooms: Set<RoomID> = [], hours: Window? = nil) {
        self.devices = devices
        self.rooms = rooms
        self.hours = hours
    }
}

/// One thing that somebody said about what may be recorded of a person. Records are only ever added.
public struct ConsentRecord: Hashable, Sendable {
    /// What was said.
    public enum Decision: String, Hashable, Sendable, CaseIterable {
        /// Yes.
        case agrees
        /// No.
        case refuses
        /// No, after a yes.
        case withdraws

        /// Whether it is a no.
        public var isNo: Bool { self != .agrees }
    }

    /// What the person was shown before they spoke.
    public struct Information: Hashable, Sendable {
        /// The version of the text.
        public var version: String
        /// SHA-256 of the text, hexadecimal.
        public var hash: String
        /// Its form: `easy_read`, `audio`, `pictograms`, `plain`.
        public var form: String

        /// What the person was shown.
        public init(version: String, hash: String, form: String) {
            self.version = version
            self.hash = hash
            self.form = form
        }
    }

    /// Whose data it is about.
    public var person: PersonID
    /// For what.
    public var purpose: Purpose
    /// Yes or no.
    public var decision: Decision
    /// To which readings.
    public var scope: ConsentScope
    /// Who said it, by an opaque identifier.
    public var speaker: String
    /// In what capacity.
    public var capacity: ConsentCapacity
    /// What was shown before.
    public var information: Information
    /// How understanding was checked, in words; empty for a no, which needs none.
    public var understanding: String
    /// Who checked it, by an opaque identifier; empty for a no.
    public var checkedBy: String
    /// From when it holds. A yes is written down with what was given, and works from when it was said at the earliest.
    public var from: Instant
    /// Until when a yes holds, not within; nil for as long as nothing else is said. A no holds until the same side, the
    /// person or who represents them, says yes.
    public var until: Instant?
    /// A yes for safety: whether alerts go on while the person pauses.
    public var goesOnInPause: Bool

    /// Whether who speaks and in what capacity fit together: as the person speaks only the person, and in any other capacity
    /// only somebody else.
    public var isCoherent: Bool { isByThePerson == !capacity.isRepresentative }

    /// Whether the person is the speaker.
    var isByThePerson: Bool { speaker == person.rawValue }

    /// One thing that somebody said.
    public init(
        person: PersonID, purpose: Purpose, decision: Decision,
        scope: ConsentScope = ConsentScope(), speaker: String, capacity: ConsentCapacity,
        information: Information, understanding: String = "", checkedBy: String = "",
        from: Instant, until: Instant? = nil, goesOnInPause: Bool = false
    ) {
        self.person = person
        self.purpose = purpose
        self.decision = decision
        self.scope = scope
        self.speaker = speaker
        self.capacity = capacity
        self.information = information
        self.understanding = understanding
        self.checkedBy = checkedBy
        self.from = from
        self.until = until
        self.goesOnInPause = goesOnInPause
    }
}
