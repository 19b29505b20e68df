public import Rules

/// What can be said of the use of one device in a period: docs/measures.md has each formula, its unit and its source. All of
/// it is said of the time in which the device was watched.
public struct UseMeasures: Hashable, Sendable {
    /// A number with the interval that holds it with 95 % confidence.
    public struct Estimate: Hashable, Sendable {
        /// The number.
        public var value: Double
        /// The interval's lower end.
        public var low: Double
        /// The interval's upper end.
        public var high: Double
    }

    /// Which device.
    public var device: DeviceID
    /// The share of the period that was watched, 0 … 1.
    public var coverage: Double
    /// Days of which at least half was watched.
    public var observedDays: Int
    /// Uses in watched time.
    public var uses: Int
    /// Uses a watched day.
    public var usesPerDay: Estimate?
    /// The share of observed days with at least one use, 0 … 1.
    public var daysWithUse: Double?
    /// Median of how long a use lasts, in seconds; nil for what has no length, or where too many ends were not seen.
    public var medianSeconds: Double?
    /// A quarter lasts no longer than this, in seconds.
    public var lowQuartile: Double?
    /// A quarter lasts longer than this, in seconds.
    public var highQuartile: Double?
    /// Uses whose end nobody saw.
    public var censored: Int
    /// Uses that began in each hour of the day, by the residence's clock: 24 numbers.
    public var hours: [Int]
    /// Interdaily stability, 0 … 1.
    public var stability: Double?
    /// Intradaily variability, 0 … 2 and above.
    public var variability: Double?
    /// How many different things were used and how evenly, in bits; nil where the device does one thing.
    public var diversity: Double?
    /// How the number of uses a watched day changes from week to week (Theil–Sen).
    public var weeklyChange: Estimate?
    /// Since when it was not used, although it was watched; nil where that is no longer than `quietDays` watched days.
    public var quietSince: Instant?

    /// What is known of the support that uses had.
    public var support: Support

    /// So many watched days without a use are a discontinuance.
    public static let quietDays = 14

    /// The measures of one device.
    ///
    /// - Parameters:
    ///   - uses: by their beginning.
    ///   - zone: the residence's.
    public init(
        device: DeviceID, uses all: [Use], observed: Observability, zone: ZoneOffsets
    ) {
        self.device = device
        coverage = observed.coverage
        let uses = all.filter { observed.end(ofWatchAt: $0.from) != nil }
        self.uses = uses.count
        censored = uses.count(where: \.isCensored)
        let days = Self.days(observed, zone)
        let seen = days.filter { $0.watched >= 0.5 }
        observedDays = seen.count
        let watchedDays =
            Double(observed.watched(in: observed.period).milliseconds) / 86_400_000
        usesPerDay = watchedDays > 0 ? Self.rate(uses.count, over: watchedDays) : nil
        let used = Set(uses.map { zone.day(at: $0.from) })
        daysWithUse =
            seen.isEmpty
            ? nil : Double(seen.count { used.contains($0.day) }) / Double(seen.count)
        let lengths = uses.filter { $0.to > $0.from || $0.isCensored }
        if !lengths.isEmpty {
            let survival = Survival(
                lengths.map {
                    Survival.Duration(
                        seconds: Double(($0.to - $0.from).milliseconds) / 1000,
                        isCensored: $0.isCensored)
                })
            medianSeconds = survival.quantile(0.5)
            lowQuartile = survival.quantile(0.25)
            highQuartile = survival.quantile(0.75)
        }
        hours = Array(repeating: 0, count: 24)
        for use in uses { hours[Self.hour(use.from, zone)] += 1 }
        let rhythm = DailyRhythm(Self.hourly(uses, observed, days.map(\.day), zone))
        stability = rhythm.interdailyStability
        variability = rhythm.intradailyVariability
        let things = Dictionary(grouping: uses.filter { !$0.what.isEmpty }, by: \.what)
        diversity = things.isEmpty ? nil : Diversity.bits(things.values.map(\.count))
        weeklyChange = Self.trend(uses, days, zone)
        quietSince = Self.quiet(uses, days, observed)
        support = Support(
            uses,
            weeks: Self.weeks(uses, days, zone).map { Support.Week(days: $0.days, uses: $0.uses) })
    }

    /// One day by the residence's clock.
    private struct Day {
        var day: Int64
        var span: Range<Instant>
        /// The share that was watched.
        var watched: Double
    }

    private static func days(_ observed: Observability, _ zone: ZoneOffsets) -> [Day] {
        let first = zone.day(at: observed.period.lowerBound)
        let last = zone.day(at: observed.period.upperBound)
        guard first <= last, last - first < 36_525 else { return [] }
        return (first...last).compactMap { day in
            let from = zone.instant(day: day, milliseconds: 0, repeated: .first)
            let to = zone.instant(day: day + 1, milliseconds: 0, repeated: .first)
            guard from < to, from < observed.period.upperBound else { return nil }
            let watched = observed.watched(in: from..<to)
            return Day(
                day: day, span: from..<to,
                watched: Double(watched.milliseconds) / Double((to - from).milliseconds))
        }
    }

    private static func hour(_ moment: Instant, _ zone: ZoneOffsets) -> Int {
        let midnight = zone.instant(
            day: zone.day(at: moment), milliseconds: 0, repeated: .first)
        // On the days on which the clocks change some hour is counted with its neighbour.
        return min(23, Int((moment - midnight).milliseconds / 3_600_000))
    }

    /// A Poisson rate with the interval of its square root (variance-stabilizing: Brown, Cai, DasGupta 2003).
    static func rate(_ count: Int, over time: Double) -> Estimate {
        let root = Double(count).squareRoot()
        let low = max(0, root - 0.98)
        let high = (Double(count) + 0.375).squareRoot() + 0.98
        return Estimate(
            value: Double(count) / time, low: low * low / time, high: high * high / time)
    }

    /// Uses that began in each hour of each day; nil where less than half of it was watched.
    private static func hourly(
        _ uses: [Use], _ observed: Observability, _ days: [Int64], _ zone: ZoneOffsets
    ) -> [Double?] {
        guard let first = days.first else { return [] }
        var hours: [Double?] = Array(repeating: nil, count: days.count * 24)
        for (index, day) in days.enumerated() {
            for hour in 0..<24 {
                let from = zone.instant(
                    day: day, milliseconds: Int64(hour) * 3_600_000, repeated: .first)
                let span = from..<(from + .hours(1))
                if observed.watched(in: span) >= .minutes(30) { hours[index * 24 + hour] = 0 }
            }
        }
        for use in uses {
            let place = Int(zone.day(at: use.from) - first) * 24 + hour(use.from, zone)
            if hours.indices.contains(place), let count = hours[place] { hours[place] = count + 1 }
        }
        return hours
    }

    private static func trend(_ uses: [Use], _ days: [Day], _ zone: ZoneOffsets) -> Estimate? {
        let points = weeks(uses, days, zone).enumerated().filter {
            $0.element.days >= leastDays
        }.map { (x: Double($0.offset), y: Double($0.element.uses.count) / $0.element.days) }
        return slope(points)
    }

    /// Of a week of which less was watched nothing is said, in days.
    static let leastDays = 3.0

    /// A slope over weeks; nil where there are fewer than four.
    static func slope(_ points: [(x: Double, y: Double)]) -> Estimate? {
        guard points.count >= 4, let trend = Trend(points) else { return nil }
        return Estimate(
            value: trend.slope, low: trend.interval.lowerBound, high: trend.interval.upperBound)
    }

    /// Spans of seven days from the period's first on: how much of each was watched, in days, and its uses.
    private static func weeks(
        _ uses: [Use], _ days: [Day], _ zone: ZoneOffsets
    ) -> [(days: Double, uses: [Use])] {
        guard let first = days.first?.day, let last = days.last?.day else { return [] }
        var weeks: [(days: Double, uses: [Use])] = Array(
            repeating: (0, []), count: Int(last - first) / 7 + 1)
        for day in days { weeks[Int(day.day - first) / 7].days += day.watched }
        for use in uses {
            let week = Int(zone.day(at: use.from) - first) / 7
            if weeks.indices.contains(week) { weeks[week].uses.append(use) }
        }
        return weeks
    }

    private static func quiet(
        _ uses: [Use], _ days: [Day], _ observed: Observability
    ) -> Instant? {
        guard let last = uses.last else { return nil }
        let since = max(last.to, last.from)
        guard since < observed.period.upperBound else { return nil }
        let watched = observed.watched(in: since..<observed.period.upperBound)
        return watched >= .days(Int64(quietDays)) ? since : nil
    }
}
