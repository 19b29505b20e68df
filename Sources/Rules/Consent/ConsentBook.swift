/// What may be recorded of whom, for what, at a moment: a pure function of what was said, in order.
///
/// - Nothing is allowed that nobody agreed to.
/// - The person's latest word decides for the person. Where a representative is named, their yes is needed too: assent
///   and consent are two records.
/// - A no of the person, or a withdrawal, holds until the person says yes, whoever else says yes, before or after (Code
///   de la santé publique, L1122-2).
/// - Nobody says yes in another's place: a yes as the person that somebody else said, and one that the person said as their
///   own representative, count for nothing. A no is obeyed, whoever said it and however.
/// - A yes for some devices, rooms or hours adds to what was said of others. A later word on the same readings takes the
///   place of the earlier one, also when its own time is over.
/// - A yes counts from when it was said, or from when on it is to hold where that is later: what is written down afterwards
///   brings nothing back. A no may reach back: what is told later of that time is not taken in.
/// - A reading that concerns several people (a shared room) is allowed only where each of them allows it.
public struct ConsentBook: Hashable, Sendable {
    /// What a reading is about.
    public struct Subject: Hashable, Sendable {
        /// The device that says it.
        public var device: DeviceID
        /// Where it is.
        public var room: RoomID?
        /// Whom it concerns: whose device or room it is, else all who live there.
        public var people: [PersonID]
        /// Whether the device is there to call for help: that is the person's own word, which no pause of theirs stops.
        public var isCall: Bool

        /// What a reading is about.
        public init(device: DeviceID, room: RoomID?, people: [PersonID], isCall: Bool = false) {
            self.device = device
            self.room = room
            self.people = people
            self.isCall = isCall
        }
    }

    /// Why something is not allowed.
    public enum Refusal: Hashable, Sendable {
        /// The person said no, or withdrew their yes.
        case refused(PersonID)
        /// A representative said no.
        case representativeRefused(PersonID)
        /// The person was not asked, or their yes is over.
        case notAsked(PersonID)
        /// A representative was not asked, or their yes is over.
        case representativeNotAsked(PersonID)
        /// The person pauses.
        case paused(PersonID)
        /// Nobody is concerned who could say yes.
        case nobody
    }

    /// What is allowed, and until when that is sure to stay so unless somebody speaks.
    public struct Judgement: Hashable, Sendable {
        /// Nil where it is allowed.
        public var refusal: Refusal?
        /// Before this moment the answer does not change by time alone.
        public var holdsUntil: Instant
    }

    private struct Voice: Hashable, Sendable {
        var person: PersonID
        var purpose: Purpose
        var isRepresentative: Bool
    }

    private var records: [Voice: [ConsentRecord]] = [:]
    /// All that was said, in order.
    public private(set) var history: [ConsentRecord] = []
    /// Who has a representative.
    public private(set) var represented: Set<PersonID> = []
    /// When people paused, also where that is over: what happened in a pause and is told later was in a pause.
    public private(set) var pauses: [PersonID: [Range<Instant>]] = [:]
    /// The studies that anything was said of, sorted.
    public private(set) var studies: [Purpose] = []

    /// A book in which nobody has said anything: nothing is allowed.
    public init() {}

    /// Adds what somebody said.
    public mutating func add(_ record: ConsentRecord) {
        // What the person says is the person's word, and who says that the person spoke is obeyed where it is a no.
        let voice = Voice(
            person: record.person, purpose: record.purpose,
            isRepresentative: record.capacity.isRepresentative && !record.isByThePerson)
        if record.isCoherent || record.decision.isNo {
            records[voice, default: []].append(record)
        }
        history.append(record)
        if case .study = record.purpose, !studies.contains(record.purpose) {
            studies = (studies + [record.purpose]).sorted()
        }
        // Whoever speaks as a representative is one: their no may not be overheard later.
        if record.capacity.isRepresentative { represented.insert(record.person) }
    }

    /// Notes whether a person has a representative, whose yes is needed besides their own.
    public mutating func setRepresented(_ person: PersonID, _ isRepresented: Bool) {
        if isRepresented { represented.insert(person) } else { represented.remove(person) }
    }

    /// The person pauses from a moment until another; `distantFuture` until they resume. Where a pause is on already the longer
    /// end holds: only `resume` ends one.
    public mutating func pause(_ person: PersonID, from: Instant, until: Instant) {
        guard from < until else { return }
        if let last = pauses[person]?.last, last.contains(from) {
            pauses[person]?.removeLast()
            pauses[person]?.append(last.lowerBound..<max(last.upperBound, until))
        } else {
            pauses[person, default: []].append(from..<until)
        }
    }

    /// The person resumes.
    public mutating func resume(_ person: PersonID, at moment: Instant) {
        guard let last = pauses[person]?.last, moment < last.upperBound else { return }
        pauses[person]?.removeLast()
        if last.lowerBound < moment { pauses[person]?.append(last.lowerBound..<moment) }
    }

    /// Takes in a command; those that are about something else do nothing.
    ///
    /// - Parameter moment: when it was given, by the hub's clock.
    public mutating func take(_ command: Command, at moment: Instant) {
        switch command {
        case .consent(var record):
            if !record.decision.isNo { record.from = max(record.from, moment) }
            add(record)
        case .represented(let person, let isRepresented, _): setRepresented(person, isRepresented)
        case .pause(let person, let until, _): pause(person, from: moment, until: until)
        case .resume(let person, _): resume(person, at: moment)
        default: break
        }
    }

    /// Until when a person pauses; nil where they do not.
    public func pausedUntil(_ person: PersonID, at moment: Instant) -> Instant? {
        pauses[person]?.last { $0.contains(moment) }?.upperBound
    }

    /// Whether a reading may be used for a purpose.
    public func judgement(
        _ purpose: Purpose, about subject: Subject, at moment: Instant, in locality: Locality
    ) -> Judgement {
        guard !subject.people.isEmpty else {
            return Judgement(refusal: .nobody, holdsUntil: .distantFuture)
        }
        var holdsUntil = Instant.distantFuture
        var refusal: Refusal?
        for person in subject.people {
            let own = word(
                of: Voice(person: person, purpose: purpose, isRepresentative: false),
                about: subject, at: moment, in: locality)
            holdsUntil = min(holdsUntil, own.holdsUntil)
            var found: Refusal?
            if let record = own.record, record.decision.isNo {
                found = .refused(person)
            } else if let until = pausedUntil(person, at: moment) {
                holdsUntil = min(holdsUntil, until)
                let goesOn =
                    purpose == .safety && (subject.isCall || own.record?.goesOnInPause == true)
                if case .study = purpose, own.record == nil {
                    // Whoever takes no part does not tell a study of their pauses either.
                    found = .notAsked(person)
                } else if !goesOn {
                    found = .paused(person)
                } else if own.record == nil {
                    found = .notAsked(person)
                }
            } else if own.record == nil {
                found = .notAsked(person)
            }
            if found?.isNo != true, represented.contains(person) {
                let other = word(
                    of: Voice(person: person, purpose: purpose, isRepresentative: true),
                    about: subject, at: moment, in: locality)
                holdsUntil = min(holdsUntil, other.holdsUntil)
                if let record = other.record {
                    if record.decision.isNo { found = .representativeRefused(person) }
                } else if found == nil {
                    found = .representativeNotAsked(person)
                }
            }
            // A no is told before what was merely not asked.
            if let found, refusal == nil || (found.isNo && refusal?.isNo == false) {
                refusal = found
            }
        }
        return Judgement(refusal: refusal, holdsUntil: holdsUntil)
    }

    /// The latest thing that a voice said of a reading and that holds at a moment.
    private func word(
        of voice: Voice, about subject: Subject, at moment: Instant, in locality: Locality
    ) -> (record: ConsentRecord?, holdsUntil: Instant) {
        var holdsUntil = Instant.distantFuture
        for record in (records[voice] ?? []).reversed() {
            guard record.scope.devices.isEmpty || record.scope.devices.contains(subject.device),
                record.scope.rooms.isEmpty
                    || subject.room.map(record.scope.rooms.contains) == true
            else { continue }
            if moment < record.from {
                holdsUntil = min(holdsUntil, record.from)
                continue
            }
            if !record.decision.isNo, let until = record.until {
                // It took the place of what was said before, which does not come to life again.
                guard moment < until else { return (nil, holdsUntil) }
                holdsUntil = min(holdsUntil, until)
            }
            if let hours = record.scope.hours {
                let state = hours.state(at: moment, in: locality)
                holdsUntil = min(holdsUntil, state.until)
                guard state.inside else { continue }
            }
            return (record, holdsUntil)
        }
        return (nil, holdsUntil)
    }
}

extension ConsentBook.Refusal {
    /// Its word in the journal's counters and in the API.
    public var name: String {
        switch self {
        case .refused, .representativeRefused: "refused"
        case .notAsked, .representativeNotAsked: "not_asked"
        case .paused: "paused"
        case .nobody: "not_allowed"
        }
    }

    /// Whether somebody said no, rather than nobody having been asked.
    public var isNo: Bool {
        switch self {
        case .refused, .representativeRefused, .paused: true
        case .notAsked, .representativeNotAsked, .nobody: false
        }
    }
}
