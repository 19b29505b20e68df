public import Rules

/// How a residence's alerts were answered over a time: of the whole day, and of each shift that had any. Of shifts, never of
/// people: what is counted of single people is soon held against them.
public struct ResidenceResponse: Sendable {
    /// Of which alerts.
    public struct Line: Hashable, Sendable {
        /// Noticed in this shift; nil: all of them.
        public var shift: String?
        /// How they were answered.
        public var figures: ResponseFigures
    }

    /// Where.
    public var residence: Residence
    /// All first, then by shift in the order of staff.yaml.
    public var lines: [Line]

    /// The most alerts that are looked at.
    public static let most = 200_000

    /// The figures of some residences, in their order.
    ///
    /// - Parameters:
    ///   - period: by when alerts began.
    ///   - now: when it is looked at; an alert that is open is open up to then.
    public static func all(
        of residences: [Residence], in period: Range<Instant>, home: LoadedHome,
        reader: JournalReader, at now: Instant
    ) throws(JournalError) -> [ResidenceResponse] {
        let alerts = try reader.alerts(
            AlertFilter(
                residences: Set(residences.map(\.id)), from: period.lowerBound,
                to: period.upperBound),
            limit: most)
        let roster = home.plan.roster
        let days = Double((period.upperBound - period.lowerBound).milliseconds) / 86_400_000
        return residences.map { residence in
            let own = alerts.filter { $0.subject.residence == residence.id }
            var lines = [
                Line(shift: nil, figures: ResponseFigures(own, hours: 24 * days, at: now))
            ]
            let shifts = Dictionary(grouping: own) {
                roster.onShift(residence.id, at: $0.noticed).shifts.first ?? ""
            }
            for shift in roster.staff.shifts {
                guard let alerts = shifts[shift.name] else { continue }
                let hours = shift.window.hoursAWeek / 7 * days
                lines.append(
                    Line(
                        shift: shift.name,
                        figures: ResponseFigures(alerts, hours: hours, at: now)))
            }
            return ResidenceResponse(residence: residence, lines: lines)
        }
    }
}

extension Window {
    /// How long it is in a week without a change of the clock or a holiday; 0 where the sun decides.
    fileprivate var hoursAWeek: Double {
        guard case .clock(let from) = from, case .clock(let to) = to else { return 0 }
        let minutes = to > from ? to - from : to + 1440 - from
        return Double(minutes * days.nonzeroBitCount) / 60
    }
}
