public import Rules

/// What in a home is about one person alone, and what about others as well.
public struct PersonScope: Hashable, Sendable {
    /// Whose.
    public var person: PersonID
    /// The devices whose readings concern nobody else: their own, those of their room, and those of a residence where they
    /// live alone.
    public var devices: Set<DeviceID>
    /// The devices whose readings concern others as well.
    public var shared: Set<DeviceID>
    /// Their own rooms.
    public var rooms: Set<RoomID>

    /// Whether an episode or alert is about the person.
    func covers(_ subject: Subject) -> Bool {
        subject.person == person || subject.device.map(devices.contains) == true
            || subject.room.map(rooms.contains) == true
    }

    /// What is about a person, as a home's files say now.
    ///
    /// - Parameter more: devices that were theirs, and are somebody else's or nobody's now.
    /// - Throws: `RightsError.unknownDevice`.
    public init(
        _ person: PersonID, in home: LoadedHome, more: [DeviceID] = []
    ) throws(RightsError) {
        self.person = person
        devices = Set(more)
        shared = []
        for device in more where !home.home.devices.contains(where: { $0.id == device }) {
            throw .unknownDevice(device, known: home.home.devices.map(\.id.rawValue))
        }
        for subject in home.home.consentSubjects(zones: home.zones) {
            let people = subject.subject.people
            if people == [person] {
                devices.insert(subject.subject.device)
            } else if people.contains(person), !devices.contains(subject.subject.device) {
                shared.insert(subject.subject.device)
            }
        }
        rooms = Set(
            home.home.residences.flatMap(\.rooms).filter { $0.person == person }.map(\.id))
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
