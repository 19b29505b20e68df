/// What events of a sequence must share (`same:`), or are told apart by (`distinct:`).
public enum EventField: String, Hashable, Sendable, CaseIterable {
    /// The device that it comes from.
    case device
    /// The room of that device.
    case room
    /// The person whose device, or whose room, it is.
    case person
    /// What the reading says, such as a tag's number.
    case value
}

/// How fast a measurement may change: so much in so long.
public struct RateLimit: Hashable, Sendable {
    /// True for a rise above the amount, false for a change below it.
    public var isAbove: Bool
    /// In the capability's unit; negative where it falls.
    public var amount: Double
    /// The time that the amount is for.
    public var per: TimeSpan

    /// A limit on how fast a measurement changes.
    public init(isAbove: Bool, amount: Double, per: TimeSpan) {
        self.isAbove = isAbove
        self.amount = amount
        self.per = per
    }
}

/// Over which time something adds up.
public enum Accumulation: Hashable, Sendable {
    /// The last so long, sliding.
    case over(TimeSpan)
    /// Each time the window comes, from nothing.
    case during(Window)
}

/// A day compared with the days before, by median and median absolute deviation (MAD), which one odd day
/// does not move (Leys et al. 2013, doi:10.1016/j.jesp.2013.03.013).
public struct Baseline: Hashable, Sendable {
    /// What is taken of each day, from local midnight to local midnight.
    public enum Metric: Hashable, Sendable {
        /// How often it happened.
        case count(EventExpression)
        /// How long it was true.
        case spent(SignalExpression)
        /// When it happened first. A day without it has no value.
        case first(EventExpression)
        /// When it happened last. A day without it has no value.
        case last(EventExpression)
    }

    /// The most days that may be looked back on.
    public static let maximumDays = 90

    /// What is taken of each day.
    public var metric: Metric
    /// How many days before are looked at.
    public var days: Int
    /// With fewer observed days than this among them nothing is known.
    public var minimumDays: Int
    /// True where more than usual counts, false where less does.
    public var isAbove: Bool
    /// How far from the median, in thousandths of 1.4826 × MAD, which is a standard deviation where days are
    /// spread normally.
    public var deviations: Int64
    /// How many observed days one after the other must differ.
    public var daysInRow: Int

    /// A comparison with the days before.
    public init(
        metric: Metric, days: Int, minimumDays: Int, isAbove: Bool, deviations: Int64,
        daysInRow: Int
    ) {
        self.metric = metric
        self.days = days
        self.minimumDays = minimumDays
        self.isAbove = isAbove
        self.deviations = deviations
        self.daysInRow = daysInRow
    }
}
