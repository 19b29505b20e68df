/// One member of staff, by an identifier of the configuration.
public struct StaffID: Identifier {
    /// The text as in staff.yaml.
    public let rawValue: String
    /// A member of staff, by the text in staff.yaml.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One handing over of a residence from one shift to the next. Derived from residence and time.
public struct HandoverID: Identifier {
    /// `residence/2026-11-26T13:30:00.000Z`.
    public let rawValue: String
    /// A handover, by its text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What somebody may see and do. Roles add up.
public enum StaffRole: String, Hashable, Sendable, CaseIterable {
    /// Answers alerts, hands over.
    case carer
    /// Answers alerts, sees figures and rules, shelves for longer.
    case teamLeader = "team_leader"
    /// Places devices, sees their health.
    case installer
    /// Sees studies and their exports; no alerts, no names.
    case researcher
    /// Manages accounts; by itself sees nobody's data.
    case administrator
}

/// One member of staff.
public struct StaffMember: Hashable, Sendable {
    /// Where to reach somebody by one channel.
    public struct Contact: Hashable, Sendable {
        /// The channel's name in the configuration.
        public var channel: String
        /// What the channel needs to know of the person, such as a telephone number; empty where it needs nothing.
        public var address: String

        /// Where to reach somebody by one channel.
        public init(channel: String, address: String) {
            self.channel = channel
            self.address = address
        }
    }

    /// An identifier; also the name to sign in with.
    public var id: StaffID
    /// What people call them.
    public var name: String
    /// What they may see and do.
    public var roles: Set<StaffRole>
    /// Where; empty for every residence of the site.
    public var residences: [ResidenceID]
    /// Where to reach them besides the page, in order.
    public var contacts: [Contact]

    /// One member of staff.
    public init(
        id: StaffID, name: String, roles: Set<StaffRole>, residences: [ResidenceID] = [],
        contacts: [Contact] = []
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.residences = residences
        self.contacts = contacts
    }

    /// Whether they work in a residence.
    public func works(in residence: ResidenceID) -> Bool {
        residences.isEmpty || residences.contains(residence) || residence == .hub
    }
}
