/// How much an alert matters, weakest first. From `medium` up, somebody must answer.
public enum Priority: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// For the record.
    case info = 0
    /// To be seen some time.
    case low = 1
    /// To be answered.
    case medium = 2
    /// To be answered now.
    case high = 3
    /// Life may depend on it.
    case critical = 4

    /// The word in rule files, on the wire and in the API.
    public var name: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    /// Orders from `info` to `critical`.
    public static func < (left: Priority, right: Priority) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What an instance of a rule is about: the residence, and the room, person or device where the rule
/// is written per room, person or device.
public struct Subject: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where it is.
    public var residence: ResidenceID
    /// In which room.
    public var room: RoomID?
    /// About whom.
    public var person: PersonID?
    /// About which device.
    public var device: DeviceID?

    /// What an instance of a rule is about.
    public init(
        residence: ResidenceID, room: RoomID? = nil, person: PersonID? = nil,
        device: DeviceID? = nil
    ) {
        self.residence = residence
        self.room = room
        self.person = person
        self.device = device
    }

    /// The narrowest part as text: the device, else the room, else `residence/person`, else the
    /// residence. This is the `instance` of transitions and backtests.
    public var description: String {
        if let device { return device.rawValue }
        if let room { return room.rawValue }
        if let person { return "\(residence)/\(person)" }
        return residence.rawValue
    }

    /// Orders by residence, then room, person, device.
    public static func < (left: Subject, right: Subject) -> Bool {
        func key(_ subject: Subject) -> [String] {
            [
                subject.residence.rawValue, subject.room?.rawValue ?? "",
                subject.person?.rawValue ?? "", subject.device?.rawValue ?? "",
            ]
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }
}

/// The condition axis of an alert (ISA-18.2 process condition; IEC 62682, 5.2).
public enum ConditionState: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing to report.
    case normal = 0
    /// A holding time runs.
    case pending = 1
    /// What the rule watches for is so.
    case active = 2
    /// It is no more so, but the rule still waits before it says so.
    case clearing = 3

    /// The word on the wire and in the API.
    public var name: String {
        switch self {
        case .normal: "normal"
        case .pending: "pending"
        case .active: "active"
        case .clearing: "clearing"
        }
    }
}

/// The response axis of an alert: what people did about it.
public enum ResponseState: UInt8, Hashable, Sendable, CaseIterable {
    /// Nobody has answered.
    case unacknowledged = 0
    /// Somebody said "I am going".
    case acknowledged = 1
    /// Over: by itself where the priority allows it, else because somebody said so.
    case resolved = 2
    /// The person is being asked; staff are not told yet.
    case asked = 3
    /// Somebody is there.
    case onSite = 4

    /// The word on the wire and in the API.
    public var name: String {
        switch self {
        case .unacknowledged: "unacknowledged"
        case .acknowledged: "acknowledged"
        case .resolved: "resolved"
        case .asked: "asked"
        case .onSite: "on_site"
        }
    }
}

/// The display axis of an alert: whether it calls for attention (ISA-18.2, 5.4: suppressed by design, shelved, out of
/// service; OPC UA part 9, 5.8.10).
public enum DisplayState: UInt8, Hashable, Sendable, CaseIterable {
    /// It calls for attention.
    case shown = 0
    /// Somebody put it aside for a time.
    case shelved = 1
    /// Another alert says the same with more reason.
    case suppressed = 2
    /// What it is about is being mended.
    case outOfService = 3

    /// The word on the wire and in the API.
    public var name: String {
        switch self {
        case .shown: "shown"
        case .shelved: "shelved"
        case .suppressed: "suppressed"
        case .outOfService: "out_of_service"
        }
    }
}

/// What an alert turned out to be.
public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    /// Somebody needed help, or would have.
    case real = 0
    /// Nothing was the matter.
    case `false` = 1
    /// Somebody tried it out.
    case test = 2
    /// A device or the hub was at fault.
    case technical = 3
    /// None of these; the note says what.
    case other = 4

    /// The word on the wire and in the API.
    public var name: String {
        switch self {
        case .real: "real"
        case .false: "false"
        case .test: "test"
        case .technical: "technical"
        case .other: "other"
        }
    }

    /// An outcome by its word; nil for another word.
    public init?(name: String) {
        guard let outcome = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = outcome
    }
}

/// One alert as it stands: one episode of one instance of one rule.
public struct Alert: Hashable, Sendable {
    /// Derived from rule, instance and episode.
    public var id: AlertID
    /// The rule that raised it.
    public var rule: RuleID
    /// What it is about.
    public var subject: Subject
    /// How much it matters.
    public var priority: Priority
    /// Whether what the rule watches for is still so.
    public var condition: ConditionState
    /// What people did about it.
    public var response: ResponseState
    /// When what it tells of began, in effective time.
    public var began: Instant
    /// When the hub's clock (`received`) noticed it.
    public var noticed: Instant
    /// True where it was noticed later than it fell due: the hub was down, or the device told late.
    public var late: Bool
    /// How many times it came again within the same episode (repeated presses); 1 at first.
    public var count: Int
    /// Journal places of the events that made it, oldest first; the 32 most recent at most.
    public var evidence: [SequenceNumber]
    /// When the condition ended, once it has.
    public var cleared: Instant?
    /// When somebody said "I am going".
    public var acknowledged: Instant?
    /// Who said it.
    public var acknowledgedBy: String?
    /// When somebody was there.
    public var onSite: Instant?
    /// Who was.
    public var onSiteBy: String?
    /// When it was over.
    public var resolved: Instant?
    /// Who said that it was over; nil where it ended by itself.
    public var resolvedBy: String?
    /// What it turned out to be; nil while nobody has said.
    public var outcome: Outcome?
    /// What they wrote.
    public var note: String?
    /// Whether it calls for attention.
    public var display = DisplayState.shown
    /// Until when it is shelved; nil where it is not.
    public var displayUntil: Instant?
    /// Who shelved it or took it out of service; nil where it is shown, or suppressed by another alert.
    public var displayBy: String?
    /// Why: what somebody wrote; the identifier of the alert that suppresses it.
    public var displayReason: String?

    /// An alert just raised.
    public init(
        id: AlertID, rule: RuleID, subject: Subject, priority: Priority, began: Instant,
        noticed: Instant, late: Bool, evidence: [SequenceNumber]
    ) {
        self.id = id
        self.rule = rule
        self.subject = subject
        self.priority = priority
        self.condition = .active
        self.response = .unacknowledged
        self.began = began
        self.noticed = noticed
        self.late = late
        self.count = 1
        self.evidence = evidence
    }
}

/// One step in the life of an alert.
public struct AlertTransition: Hashable, Sendable {
    /// What happened.
    public enum Step: UInt8, Hashable, Sendable, CaseIterable {
        /// It was raised.
        case raised = 0
        /// The same thing again within the episode.
        case repeated = 1
        /// The condition ended.
        case cleared = 2
        /// The condition came again within the episode.
        case reactivated = 3
        /// Somebody said "I am going".
        case acknowledged = 4
        /// It is over.
        case resolved = 5
        /// The person is asked before staff are told.
        case asked = 6
        /// Its priority rose.
        case strengthened = 7
        /// Somebody is there.
        case onSite = 8
        /// Somebody put it aside for a time.
        case shelved = 9
        /// It calls for attention again: the time is over, or somebody said so.
        case unshelved = 10
        /// Another alert says the same with more reason.
        case suppressed = 11
        /// That other alert is over.
        case unsuppressed = 12
        /// What it is about is being mended.
        case outOfService = 13
        /// That works again.
        case returnedToService = 14

        /// The word on the wire and in the API.
        public var name: String {
            switch self {
            case .raised: "raised"
            case .repeated: "repeated"
            case .cleared: "cleared"
            case .reactivated: "reactivated"
            case .acknowledged: "acknowledged"
            case .resolved: "resolved"
            case .asked: "asked"
            case .strengthened: "strengthened"
            case .onSite: "on_site"
            case .shelved: "shelved"
            case .unshelved: "unshelved"
            case .suppressed: "suppressed"
            case .unsuppressed: "unsuppressed"
            case .outOfService: "out_of_service"
            case .returnedToService: "returned_to_service"
            }
        }
    }

    /// What happened.
    public var step: Step
    /// When, in effective time: a timer's own due time, an event's effective time.
    public var at: Instant
    /// The hub's clock when it was noticed.
    public var noticed: Instant
    /// Who did it; nil for the engine.
    public var actor: String?
    /// Why, where somebody said so.
    public var note: String?
    /// The alert after the step.
    public var alert: Alert

    /// A step in the life of an alert.
    public init(
        step: Step, at: Instant, noticed: Instant, actor: String? = nil, note: String? = nil,
        alert: Alert
    ) {
        self.note = note
        self.step = step
        self.at = at
        self.noticed = noticed
        self.actor = actor
        self.alert = alert
    }
}
