/// What holds where nobody was asked.
public enum ConsentPolicy: String, Hashable, Sendable, CaseIterable {
    /// Readings serve alerts and care until somebody says no. For homes in which the answer lies in the contract of
    /// support; a study always needs a yes of its own.
    case optOut = "opt_out"
    /// Nothing is taken in of whom nobody asked.
    case required
}

extension ConsentBook {
    /// Why a reading may not be used for a purpose under a policy, and until when that is sure to hold; nil where it may.
    /// What concerns nobody is nobody's to allow.
    public func refusal(
        _ purpose: Purpose, about subject: Subject, at moment: Instant, in locality: Locality,
        under policy: ConsentPolicy
    ) -> Judgement {
        var judgement = judgement(purpose, about: subject, at: moment, in: locality)
        if judgement.refusal == .nobody {
            judgement.refusal = nil
        } else if policy == .optOut, judgement.refusal?.isNo == false {
            if case .study = purpose { return judgement }
            judgement.refusal = nil
        }
        return judgement
    }
}

/// A device, and what its readings are about.
public struct ConsentSubject: Hashable, Sendable {
    /// The device, its room, and whom it concerns.
    public var subject: ConsentBook.Subject
    /// Where it is.
    public var residence: ResidenceID
    /// What time of day depends on there.
    public var locality: Locality
    /// From when on nothing of it may be taken in, whoever agrees: an exception for a camera that is over.
    public var endsAt: Instant?

    /// A device, or any other source, and what its readings are about.
    public init(
        subject: ConsentBook.Subject, residence: ResidenceID, locality: Locality,
        endsAt: Instant? = nil
    ) {
        self.subject = subject
        self.residence = residence
        self.locality = locality
        self.endsAt = endsAt
    }
}

extension Home {
    /// What readings of each device are about, by device.
    public func consentSubjects(zones: [String: ZoneOffsets]) -> [ConsentSubject] {
        var result: [ConsentSubject] = []
        for residence in residences {
            let locality = locality(of: residence, zones: zones)
            for device in devices where device.residence == residence.id {
                let owner = device.person ?? residence.rooms.first { $0.id == device.room }?.person
                result.append(
                    ConsentSubject(
                        subject: ConsentBook.Subject(
                            device: device.id, room: device.room,
                            people: device.tellsOfTheBuilding
                                ? [] : owner.map { [$0] } ?? residence.people,
                            isCall: device.isCall),
                        residence: residence.id, locality: locality,
                        endsAt: device.exceptionEnds))
            }
        }
        return result.sorted { $0.subject.device < $1.subject.device }
    }
}

extension Device {
    /// Whether it tells of smoke, gas or water and of nothing else: that concerns the building, and nobody's life in it.
    var tellsOfTheBuilding: Bool {
        let hazards: Set<Capability> = [
            "alarm.smoke", "alarm.gas", "alarm.co", "alarm.heat", "alarm.water",
        ]
        return capabilities.contains { hazards.contains($0.capability) }
            && capabilities.allSatisfy { hazards.contains($0.capability) || $0.kind == .health }
    }

    /// Whether it is there for somebody to call for help.
    var isCall: Bool {
        ["call_button", "sos", "pull_cord"].contains(kind)
            || capabilities.contains { $0.capability == "alarm.sos" }
    }
}
