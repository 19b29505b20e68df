public import Rules

/// What in a home is about one person alone, and what about others as well.
public struct PersonScope: Sendable {
    /// Whose.
    public var person: PersonID
    /// The devices whose readings concern nobody else: their own, those of their room, and those of a residence where they
    /// live alone; now, or at some time before.
    public var devices: Set<DeviceID> { Set(times.keys) }
    /// The devices whose readings concern others as well.
    public private(set) var shared: Set<DeviceID> = []
    /// Their own rooms, now or before.
    public var rooms: Set<RoomID> { Set(roomTimes.keys) }
    /// Since or until when devices were theirs, where that was not always.
    private var times: [DeviceID: InstantSpans] = [:]
    private var roomTimes: [RoomID: InstantSpans] = [:]

    /// When a device was theirs alone, by when its readings were received; ascending and apart.
    public func spans(of device: DeviceID) -> [Range<Instant>] { times[device]?.spans ?? [] }

    /// When a room was theirs; ascending and apart.
    func spans(of room: RoomID) -> [Range<Instant>] { roomTimes[room]?.spans ?? [] }

    /// Whether a device was theirs for all of the time that it is known.
    public func isAlways(_ device: DeviceID) -> Bool { times[device] == .always }

    /// Whether an episode or alert is about the person.
    ///
    /// - Parameter moment: when it began.
    func covers(_ subject: Subject, at moment: Instant) -> Bool {
        subject.person == person
            || subject.device.flatMap { times[$0] }?.contains(moment) == true
            || subject.room.flatMap { roomTimes[$0] }?.contains(moment) == true
    }

    /// What is about a person: as a home's files say now, and as they said before.
    ///
    /// A device that was somebody else's before, or told of several people, is the person's for the time in which it was theirs
    /// alone; so is one that is not theirs any more.
    ///
    /// - Parameters:
    ///   - reader: of the home's journal, which keeps what the files said; nil where there is none yet.
    ///   - more: devices whose whole history is theirs, whatever was written.
    /// - Throws: `RightsError`, `JournalError`.
    public init(
        _ person: PersonID, in home: LoadedHome, reader: JournalReader?, more: [DeviceID] = []
    ) throws {
        self.person = person
        for device in more where !home.home.devices.contains(where: { $0.id == device }) {
            throw RightsError.unknownDevice(device, known: home.home.devices.map(\.id.rawValue))
        }
        let now = OwnershipHistory(home)
        let history = try reader.map { try OwnershipHistory(home, $0) } ?? now
        let own = now.devices(alone: person)
        for device in own.union(history.devices(alone: person)) {
            times[device] = history.spans(
                of: device, alone: person, isTheirs: own.contains(device))
        }
        for device in more { times[device] = .always }
        // A device of theirs that the journal does not know yet, and one that is theirs from now on, has said nothing.
        times = times.filter { !$0.value.spans.isEmpty }
        let rooms = now.rooms(of: person)
        for room in rooms.union(history.rooms(of: person)) {
            roomTimes[room] = history.spans(of: room, of: person)
        }
        for subject in home.home.consentSubjects(zones: home.zones) {
            let device = subject.subject.device
            if subject.subject.people.contains(person), !own.contains(device),
                times[device] != .always
            {
                shared.insert(device)
            }
        }
    }
}

/// Why a person's data cannot be given or erased.
public enum RightsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing is known of the person: neither in hub.yaml, nor in the vault, nor in the journal.
    case unknownPerson(PersonID, known: [String])
    /// There is no such device.
    case unknownDevice(DeviceID, known: [String])
    /// Alerts about the person are open: somebody may be on the way.
    case openAlerts(PersonID, [AlertID])
    /// A file cannot be written, read or removed.
    case file(String, reason: String)
    /// The folder is there and holds something.
    case folderInUse(String)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .unknownPerson(let person, let known):
            "nothing is known of \"\(person.rawValue.prefix(80))\": not in hub.yaml, the vault or the journal"
                + suggestion(for: person.rawValue, among: known)
        case .unknownDevice(let device, let known):
            "there is no device \"\(device.rawValue.prefix(80))\" in devices.yaml"
                + suggestion(for: device.rawValue, among: known)
        case .openAlerts(let person, let alerts):
            "alerts about \(person) are open (\(alerts.map(\.rawValue).joined(separator: ", "))); resolve them first: "
                + "'hubctl alerts resolve ID'"
        case .file(let path, let reason): "\(path): \(reason)"
        case .folderInUse(let path):
            "\(path) is there and holds something; name a folder that is not there yet"
        }
    }
}
