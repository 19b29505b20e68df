import Foundation
import Rules

/// Whose the devices and rooms of a home were, when: as the configurations say that the journal has kept.
struct OwnershipHistory {
    /// What a configuration says, while it was in force.
    struct Period {
        var span: Range<Instant>
        /// Of each device, whom it tells of; empty for the building alone.
        var people: [DeviceID: Set<PersonID>]
        /// Of each room that is somebody's, whose.
        var rooms: [RoomID: PersonID]
    }

    /// In the order of time, without gaps, from the beginning of time to its end.
    private(set) var periods: [Period] = []

    /// Reads what was in force.
    ///
    /// - Parameters:
    ///   - home: how it is now.
    ///   - reader: of the home's journal.
    /// - Throws: `JournalError`; `RightsError.file` where a configuration cannot be laid out to be read.
    init(_ home: LoadedHome, _ reader: JournalReader) throws {
        var known: [String: LoadedHome] = [:]
        for entry in try reader.configurations() {
            let then = try known[entry.hash] ?? Self.home(of: entry.body)
            known[entry.hash] = then
            add(then, from: entry.received)
        }
        // What the files say now is in force from the next start on: until then as the latest configuration.
        if periods.isEmpty { add(home, from: .distantPast) }
    }

    /// How it is now, and always was.
    init(_ home: LoadedHome) { add(home, from: .distantPast) }

    private mutating func add(_ home: LoadedHome, from start: Instant) {
        var people: [DeviceID: Set<PersonID>] = [:]
        for subject in home.home.consentSubjects(zones: home.zones) {
            people[subject.subject.device] = Set(subject.subject.people)
        }
        var rooms: [RoomID: PersonID] = [:]
        for room in home.home.residences.flatMap(\.rooms) { rooms[room.id] = room.person }
        let last = periods.count - 1
        if last >= 0 {
            periods[last].span =
                periods[last].span
                .lowerBound..<max(
                    start, periods[last].span.lowerBound)
        }
        let first = periods.isEmpty ? Instant.distantPast : start
        periods.append(Period(span: first..<(.distantFuture), people: people, rooms: rooms))
    }

    /// A configuration as it was: its texts, laid out as a home's folder for a moment.
    private static func home(of body: String) throws -> LoadedHome {
        struct Body: Decodable {
            var files: [String: String]
        }
        let folder = NSTemporaryDirectory() + "foyer-past-" + UUID().uuidString
        let manager = FileManager.default
        defer { try? manager.removeItem(atPath: folder) }
        do {
            let files = try JSONDecoder().decode(Body.self, from: Data(body.utf8)).files
            try manager.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            for (name, text) in files where isPlain(name) {
                let path = folder + "/" + name
                try manager.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent,
                    withIntermediateDirectories: true)
                try text.write(toFile: path, atomically: false, encoding: .utf8)
            }
            return try HomeFolder.load(folder)
        } catch {
            throw RightsError.file(folder, reason: "an earlier configuration: \(error)")
        }
    }

    /// Whether a file's name stays within the folder.
    private static func isPlain(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
    }

    // MARK: Whose

    /// When a device told of the person alone; while it was not there, it counts as it does otherwise.
    ///
    /// - Parameter isTheirs: whether it is theirs now.
    func spans(of device: DeviceID, alone person: PersonID, isTheirs: Bool) -> InstantSpans {
        InstantSpans(
            periods.filter { period in
                guard let people = period.people[device] else { return isTheirs }
                return people == [person] || people.isEmpty && isTheirs
            }.map(\.span))
    }

    /// When a room was the person's.
    func spans(of room: RoomID, of person: PersonID) -> InstantSpans {
        InstantSpans(periods.filter { $0.rooms[room] == person }.map(\.span))
    }

    /// All devices that told of the person alone at some time.
    func devices(alone person: PersonID) -> Set<DeviceID> {
        Set(periods.flatMap { $0.people.filter { $0.value == [person] }.keys })
    }

    /// All rooms that were the person's at some time.
    func rooms(of person: PersonID) -> Set<RoomID> {
        Set(periods.flatMap { $0.rooms.filter { $0.value == person }.keys })
    }
}
