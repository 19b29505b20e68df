public import Rules

/// Where people lived when, as far as it is known, to tell when nobody was there whom a device tells of. A bed that is empty for the
/// three weeks of a holiday is not one that is used no more.
public struct Stays: Hashable, Sendable {
    /// A time in which a person lived in one place, or was away; in whole days of the residence.
    public struct Stay: Hashable, Sendable {
        /// The residence; nil: away.
        public var residence: ResidenceID?
        /// Their room; nil: none of their own.
        public var room: RoomID?
        /// From which day.
        public var from: CalendarDate
        /// To which day, not within; nil: it goes on.
        public var to: CalendarDate?

        /// One stay.
        public init(
            residence: ResidenceID?, room: RoomID?, from: CalendarDate, to: CalendarDate?
        ) {
            self.residence = residence
            self.room = room
            self.from = from
            self.to = to
        }

        func holds(on day: Int64) -> Bool {
            from.daysSince1970 <= day && to.map { day < $0.daysSince1970 } != false
        }
    }

    private var known: [PersonID: [Stay]] = [:]

    /// Of nobody: all live where hub.yaml says, and always did.
    public init() {}

    /// The stays of people.
    public init(_ stays: [PersonID: [Stay]]) { known = stays }

    /// The spans of a period in which nobody whom a device tells of lived where it is, ascending and apart, and why.
    ///
    /// - Parameters:
    ///   - subject: whom its readings are about.
    ///   - zone: the residence's, in which days begin.
    func absences(
        _ subject: ConsentSubject, of device: Device, in period: Range<Instant>, zone: ZoneOffsets
    ) -> [Observability.Blind] {
        let people = subject.subject.people
        guard !people.isEmpty, people.contains(where: { known[$0] != nil }) else { return [] }
        // Where nothing says whose it is, it tells of who has the room.
        let room = device.person == nil && people.count == 1 ? subject.subject.room : nil
        let days = Set(known.values.joined().flatMap { [$0.from, $0.to ?? $0.from] })
            .map(\.daysSince1970).sorted()
        let moments = days.map { zone.instant(day: $0, milliseconds: 0, repeated: .first) }
        let edges =
            [period.lowerBound]
            + moments.filter { period.lowerBound < $0 && $0 < period.upperBound }
            + [period.upperBound]
        var result: [Observability.Blind] = []
        for (from, to) in zip(edges, edges.dropFirst()) where from < to {
            let reasons = people.map {
                absence(of: $0, from: subject.residence, room: room, on: zone.day(at: from))
            }
            guard let reason = reasons.contains(.away) ? .away : reasons.first ?? nil,
                !reasons.contains(nil)
            else { continue }
            if let last = result.last, last.to == from, last.reason == reason {
                result[result.count - 1].to = to
            } else {
                result.append(.init(from: from, to: to, reason: reason))
            }
        }
        return result
    }

    /// Why a person was not there on a day; nil where they were, or nothing is known of it.
    private func absence(
        of person: PersonID, from residence: ResidenceID, room: RoomID?, on day: Int64
    ) -> Observability.Reason? {
        guard let own = known[person], let first = own.map(\.from.daysSince1970).min() else {
            return nil
        }
        guard first <= day else {
            // Before somebody was written down they may have lived there for years, unless the room was another's.
            let isAnothers = known.contains { other, stays in
                other != person && stays.contains { $0.room == room && $0.holds(on: day) }
            }
            return room != nil && isAnothers ? .movedOut : nil
        }
        guard let stay = own.last(where: { $0.holds(on: day) }) else { return .movedOut }
        guard let place = stay.residence else { return .away }
        let isThere = place == residence && (room == nil || stay.room == nil || stay.room == room)
        return isThere ? nil : .movedOut
    }
}
