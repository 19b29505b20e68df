import Rules

/// One device as a study sees it: what of it may leave the home, and under which names.
struct SelectedDevice: Sendable {
    var device: Device
    /// Whom its readings are about.
    var people: [PersonID]
    var zone: ZoneOffsets
    /// The study's time by the residence's clock, up to what the journal has.
    var period: Range<Instant>
    /// What is left out of it, and why.
    var closed: [Observability.Blind]
    /// When those whom it is about were away: what it said then stays in, and is no use of theirs.
    var away: [Observability.Blind]
    /// The pseudonym of whom it is about: `P…` for one person, `G…` for several together.
    var person: String
    /// The device's pseudonym.
    var name: String
    /// The residence's pseudonym.
    var residence: String
    /// The room's kind; empty where it is in none.
    var room: String
    /// By how many weeks its dates are moved.
    var weeks: Int

    /// Whether a reading of a moment stays here.
    func leavesOut(_ moment: Instant) -> Bool {
        // The first span that ends behind the moment: spans are ascending and apart.
        var low = 0
        var high = closed.count
        while low < high {
            let middle = (low + high) / 2
            if closed[middle].to <= moment { low = middle + 1 } else { high = middle }
        }
        return low < closed.count && closed[low].from <= moment
    }
}

/// Who and what of a home belongs to a study: asked for by its protocol, and agreed to by everybody concerned.
struct StudySelection: Sendable {
    /// In the order of their pseudonyms: no order of the home is told.
    private(set) var devices: [SelectedDevice] = []
    /// The people of whom there is something, each with the residence.
    private(set) var people: [PersonID: ResidenceID] = [:]

    init(
        _ study: StudyProtocol, home: LoadedHome, stays: Stays, consent: ConsentTimeline,
        until last: Instant, pseudonyms: Pseudonyms
    ) {
        let residences = Dictionary(
            home.home.residences.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let subjects = Dictionary(
            home.home.consentSubjects(zones: home.zones).map { ($0.subject.device, $0) },
            uniquingKeysWith: { first, _ in first })
        for device in home.home.devices {
            guard study.devices?.contains(device.id) != false,
                study.rooms.map({ rooms in device.room.map(rooms.contains) == true }) != false,
                let subject = subjects[device.id], let residence = residences[device.residence]
            else { continue }
            let concerned = subject.subject.people
            // What is about somebody who is no participant is not the others' to give.
            guard !concerned.isEmpty,
                concerned.allSatisfy({ study.participants?.contains($0) != false })
            else { continue }
            let zone = home.zones[residence.zone] ?? .utc
            let from = zone.instant(
                day: study.from.daysSince1970, milliseconds: 0, repeated: .first)
            let to = zone.instant(
                day: study.until.daysSince1970 + 1, milliseconds: 0, repeated: .first)
            let period = from..<max(from, min(to, last + .milliseconds(1)))
            let absent = stays.absences(subject, of: device, in: period, zone: zone)
            // After somebody has left, their room tells of another.
            let closed = Observability.merged(
                consent.closed(for: study.id, subject, in: period, by: last),
                upon: absent.filter { $0.reason == .movedOut })
            let left = closed.reduce(TimeSpan.zero) { $0 + ($1.to - $1.from) }
            guard left < period.upperBound - period.lowerBound else { continue }
            for person in concerned { people[person] = residence.id }
            let group = concerned.map(\.rawValue).sorted().joined(separator: "\0")
            devices.append(
                SelectedDevice(
                    device: device, people: concerned, zone: zone, period: period,
                    closed: closed, away: absent.filter { $0.reason == .away },
                    person: pseudonyms.name(concerned.count == 1 ? "P" : "G", group),
                    name: pseudonyms.name("D", device.id.rawValue),
                    residence: pseudonyms.name("R", residence.id.rawValue),
                    room: residence.rooms.first { $0.id == device.room }?.kind ?? "",
                    weeks: study.shiftsDates ? pseudonyms.weeks(concerned) : 0))
        }
        devices.sort { ($0.person, $0.name) < ($1.person, $1.name) }
    }
}
