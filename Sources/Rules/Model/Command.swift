/// Something that people did, or that happened to the hub itself, and that changes an outcome. A command
/// is an entry of the journal like an event, so that it replays.
public enum Command: Hashable, Sendable {
    /// Somebody said "I am going".
    case acknowledge(AlertID, by: String)
    /// Somebody is there.
    case arrive(AlertID, by: String)
    /// Somebody said that it is over, and what it turned out to be.
    case resolve(AlertID, by: String, outcome: Outcome?, note: String?)
    /// Somebody put an alert aside for a time, and why.
    case shelve(AlertID, until: Instant, by: String, reason: String)
    /// Somebody took it out again before the time was over.
    case unshelve(AlertID, by: String)
    /// Something is being mended, so that its alerts mean nothing, or it works again.
    case service(ServiceScope, isOut: Bool, by: String, reason: String)
    /// The person answered a question that an alert asks before it is told to staff: all is well, or help is
    /// wanted.
    case answer(AlertID, isFine: Bool, by: String)
    /// The people of a residence left for some time, or are back.
    case away(ResidenceID, Bool, by: String)
    /// The incoming team has read what is open, and takes over.
    case acceptHandover(HandoverID, by: String)
    /// The chain of a residence is to be tried out, from a test alert to an acknowledgement.
    case drill(ResidenceID, by: String)
    /// Somebody said what may be recorded of a person.
    case consent(ConsentRecord)
    /// A person has a representative, whose yes is needed besides their own, or has none any more.
    case represented(PersonID, Bool, by: String)
    /// A person is not to be recorded for a while; no reason is asked.
    case pause(PersonID, until: Instant, by: String)
    /// A person is to be recorded again.
    case resume(PersonID, by: String)
    /// A person said something themselves.
    case says(Saying)
    /// The hub itself cannot do a part of its work, or can again.
    case fault(HubFault, isPresent: Bool, detail: String)
    /// The hub started with this configuration (hash of rules, devices, home, zones).
    case configured(hash: String)
    /// The hub was down, or not connected to its broker, from the first moment to the second.
    ///
    /// `listens`: until then it takes in what the broker had kept meanwhile, before it tells what fell due in the gap: a
    /// message may say that it ended in time. Nil: what fell due is told at once.
    case gap(from: Instant, to: Instant, listens: Instant? = nil)
}

/// One command with its place in the journal and its time.
public struct CommandEntry: Hashable, Sendable {
    /// Its place in the journal, in one row with events.
    public var sequence: SequenceNumber
    /// When the hub took it in.
    public var received: Instant
    /// What was done.
    public var command: Command

    /// A command with its place in the journal.
    public init(sequence: SequenceNumber, received: Instant, command: Command) {
        self.sequence = sequence
        self.received = received
        self.command = command
    }
}

extension Command {
    /// Somebody said that it is over, without saying what it turned out to be.
    public static func resolve(_ alert: AlertID, by actor: String, note: String?) -> Command {
        .resolve(alert, by: actor, outcome: nil, note: note)
    }

    /// Whether people may give it. The others come from the hub itself.
    public var isOfPeople: Bool {
        switch self {
        case .configured, .gap, .fault: false
        default: true
        }
    }
}

/// What is taken out of service.
public enum ServiceScope: Hashable, Sendable {
    /// A device: every alert that is about it.
    case device(DeviceID)
    /// A rule in a residence.
    case rule(RuleID, ResidenceID)
}

/// What the hub may be unable to do. Each is an alert of its own, in the residence `ResidenceID.hub`, or
/// that of the device.
public enum HubFault: Hashable, Sendable {
    /// The link to the broker is down: no device is heard.
    case brokerLink
    /// A way out to people fails, by the channel's name in the configuration.
    case channel(String)
    /// A device that had announced itself is announced no more: it was taken away, unpaired or renamed.
    case deviceGone(DeviceID)
    /// A bridge says that it is away, by `Bridge.id`.
    case bridgeAway(DeviceID)
}

extension ResidenceID {
    /// Stands for the hub itself where an alert is about it; no residence of hub.yaml may have this name.
    public static let hub: ResidenceID = "hub"
}
