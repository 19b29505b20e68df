public import Rules

/// A device's uses a watched day, week by week: the points of its curve. A week that was hardly watched is a gap in it, never a
/// zero.
public struct WeeklyUse: Hashable, Sendable {
    /// One week, from Monday to Sunday.
    public struct Week: Hashable, Sendable {
        /// Its Monday.
        public var monday: CalendarDate
        /// Share of it that was watched, 0 … 1.
        public var watched: Double
        /// Uses a watched day; nil where less than three days of it were watched.
        public var usesPerDay: Double?
        /// Uses on one's own a watched day; nil too where it is not known of at least four of five uses.
        public var alonePerDay: Double?
    }

    /// The weeks of the period, in order.
    public let weeks: [Week]

    /// The weeks of a period, by the residence's clock.
    public init(uses: [Use], observed: Observability, zone: ZoneOffsets) {
        let first = zone.day(at: observed.period.lowerBound)
        let last = zone.day(at: observed.period.upperBound - .milliseconds(1))
        // 1970-01-01 was a Thursday.
        var monday = first - ((first + 3) % 7 + 7) % 7
        var weeks: [Week] = []
        while monday <= last {
            let from = zone.instant(day: monday, milliseconds: 0, repeated: .first)
            let to = zone.instant(day: monday + 7, milliseconds: 0, repeated: .first)
            let watched = observed.watched(in: from..<to)
            let days = Double(watched.milliseconds) / 86_400_000
            let own = uses.filter { from <= $0.from && $0.from < to }
            let week = UseMeasures.Support.Week(days: days, uses: own)
            weeks.append(
                Week(
                    monday: CalendarDate(daysSince1970: monday), watched: days / 7,
                    usesPerDay: days >= UseMeasures.leastDays ? Double(own.count) / days : nil,
                    alonePerDay: week.alonePerDay))
            monday += 7
        }
        self.weeks = weeks
    }
}
