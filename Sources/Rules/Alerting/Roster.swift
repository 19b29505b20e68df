/// Who is there at a moment, by the rota: pure, in each residence's wall time, right across daylight saving.
public struct Roster: Hashable, Sendable {
    /// Who works where and when.
    public let staff: StaffPlan
    private let localities: [ResidenceID: Locality]

    /// A roster over the clocks of residences.
    public init(staff: StaffPlan, localities: [ResidenceID: Locality]) {
        self.staff = staff
        self.localities = localities
    }

    /// The clock of a residence; UTC where it is not known.
    func locality(_ residence: ResidenceID) -> Locality {
        localities[residence] ?? Locality(zone: .utc)
    }

    /// The clock by which a residence is told times.
    public func zone(of residence: ResidenceID) -> ZoneOffsets { locality(residence).zone }

    /// The residences, sorted.
    public var residences: [ResidenceID] { localities.keys.sorted() }

    /// Who is there, and until when that is sure to stay so.
    public struct Presence: Hashable, Sendable {
        /// Sorted, without doubles.
        public var staff: [StaffID]
        /// The shifts that they have, in the order of staff.yaml.
        public var shifts: [String]
        /// The next moment at which a shift begins or ends; eight days ahead where none does before.
        public var until: Instant
    }

    /// Who has the shift in a residence.
    public func onShift(_ residence: ResidenceID, at moment: Instant) -> Presence {
        presence(staff.rota, residence, at: moment)
    }

    /// Who is on call for a residence.
    public func onCall(_ residence: ResidenceID, at moment: Instant) -> Presence {
        presence(staff.onCall, residence, at: moment)
    }

    private func presence(
        _ rota: StaffPlan.Rota, _ residence: ResidenceID, at moment: Instant
    ) -> Presence {
        let locality = locality(residence)
        let today = locality.zone.day(at: moment)
        var present: Set<StaffID> = []
        var shifts: [String] = []
        var until = moment + .days(8)
        guard rota.covers(residence) || !rota.exceptions.isEmpty else {
            return Presence(staff: [], shifts: [], until: until)
        }
        for shift in staff.shifts {
            // A shift may begin on the date before, and the next one to begin may be a week away.
            for day in (today - 2)...(today + 8) {
                guard let span = shift.window.occurrence(startingOn: day, in: locality) else {
                    continue
                }
                if span.start > until { break }
                let who = Self.who(rota, shift.name, residence, on: day, locality)
                guard !who.isEmpty else { continue }
                if span.start > moment { until = min(until, span.start) }
                if span.end > moment { until = min(until, span.end) }
                guard span.start <= moment, moment < span.end else { continue }
                present.formUnion(who)
                if !shifts.contains(shift.name) { shifts.append(shift.name) }
            }
        }
        return Presence(staff: present.sorted(), shifts: shifts, until: until)
    }

    /// Who has a shift that starts on a date.
    private static func who(
        _ rota: StaffPlan.Rota, _ shift: String, _ residence: ResidenceID, on day: Int64,
        _ locality: Locality
    ) -> [StaffID] {
        func isHere(_ residences: [ResidenceID]) -> Bool {
            residences.isEmpty || residences.contains(residence)
        }
        if let exception = rota.exceptions.last(where: {
            $0.shift == shift && ($0.first...$0.last).contains(day) && isHere($0.residences)
        }) {
            return exception.staff
        }
        return rota.lines.filter { line in
            line.shift == shift && isHere(line.residences)
                && line.days & (1 << UInt8(LocalDay.weekday(day))) != 0
                && line.cycle.contains(day)
                && (line.holidays == .ignored
                    || (line.holidays == .only) == locality.holidays.contains(day))
        }.flatMap(\.staff)
    }

    /// Whom a target of a chain is, at a moment: staff who may answer, and numbers.
    public func recipients(
        _ target: Chain.Target, in residence: ResidenceID, at moment: Instant
    ) -> [Notice.Recipient] {
        switch target {
        case .contact(let contact): return [.contact(contact)]
        case .staff(let id): return staff.member(id) == nil ? [] : [.staff(id)]
        case .role(let role):
            return staff.members.filter { $0.roles.contains(role) && $0.works(in: residence) }
                .map { .staff($0.id) }
        case .onShift, .onCall:
            // What is about the hub itself is everybody's who is there.
            let places = residence == .hub ? residences : [residence]
            let ids = places.flatMap {
                target == .onShift
                    ? onShift($0, at: moment).staff : onCall($0, at: moment).staff
            }
            return Set(ids).sorted().map { .staff($0) }
        }
    }

    /// Until when what a target comes to is sure to stay so.
    func holds(
        _ target: Chain.Target, in residence: ResidenceID, at moment: Instant
    ) -> Instant {
        switch target {
        case .contact, .staff, .role: return .distantFuture
        case .onShift:
            let places = residence == .hub ? residences : [residence]
            return places.map { onShift($0, at: moment).until }.min() ?? .distantFuture
        case .onCall:
            let places = residence == .hub ? residences : [residence]
            return places.map { onCall($0, at: moment).until }.min() ?? .distantFuture
        }
    }
}

/// A span in which a chain reaches nobody.
public struct CoverageHole: Hashable, Sendable {
    /// Where.
    public var residence: ResidenceID
    /// Which chain.
    public var chain: String
    /// From when.
    public var from: Instant
    /// To when, not within.
    public var to: Instant
}

extension Roster {
    /// The spans in which no step of a chain reaches anybody, from a moment to another. Goes from one change of the rota
    /// to the next, so that no minute is left out.
    ///
    /// - Parameter most: after so many spans it stops.
    public func holes(
        _ chain: Chain, in residence: ResidenceID, from: Instant, to end: Instant, most: Int = 20
    ) -> [CoverageHole] {
        var holes: [CoverageHole] = []
        var moment = from
        let targets = Set(chain.steps.flatMap(\.notify))
        while moment < end, holes.count < most {
            var next = end
            var isReached = false
            for target in targets {
                next = min(next, holds(target, in: residence, at: moment))
                if !recipients(target, in: residence, at: moment).isEmpty { isReached = true }
            }
            if !isReached {
                if let last = holes.last, last.to == moment {
                    holes[holes.count - 1].to = next
                } else {
                    holes.append(
                        CoverageHole(
                            residence: residence, chain: chain.name, from: moment, to: next))
                }
            }
            moment = max(next, moment + TimeSpan(milliseconds: 1))
        }
        return holes
    }
}
