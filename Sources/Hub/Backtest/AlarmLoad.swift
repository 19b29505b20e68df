public import Rules

/// How much the alerts of some time ask of staff: how many, about whom, when, and what no staff can handle.
///
/// Floods, chattering and standing alarms are those of IEC 62682 and ISA-18.2, with the limits of this product.
public struct AlarmLoad: Sendable {
    /// So many alerts within `floodSpan` are still none.
    public static let floodLimit = 10
    /// Within which time more than `floodLimit` alerts are a flood.
    public static let floodSpan = TimeSpan.minutes(10)
    /// So many comings of one condition within `chatterSpan` are chattering.
    public static let chatterLimit = 3
    /// Within which time `chatterLimit` comings are chattering.
    public static let chatterSpan = TimeSpan.minutes(1)
    /// What holds longer than this is standing.
    public static let standingSpan = TimeSpan.hours(24)

    /// The shifts of a day, by the local hours at which they begin.
    public enum Shift: String, Hashable, Sendable, CaseIterable {
        /// From 7:00 to 14:00.
        case morning
        /// From 14:00 to 21:00.
        case afternoon
        /// From 21:00 to 7:00.
        case night

        /// The shift of a local hour.
        public init(hour: Int) {
            self =
                (7..<14).contains(hour) ? .morning : (14..<21).contains(hour) ? .afternoon : .night
        }
    }

    /// A time of more alerts than anybody can handle.
    public struct Flood: Hashable, Sendable {
        /// When the first of its alerts was raised.
        public var from: Instant
        /// When the last of them was.
        public var to: Instant
        /// How many.
        public var alerts: Int
    }

    /// What one rule gave.
    public struct OfRule: Hashable, Sendable {
        /// The rule.
        public var rule: RuleID
        /// How many alerts.
        public var alerts = 0
        /// How long the longest held.
        public var longest = TimeSpan.zero
        /// The longest one.
        public var longestAlert: AlertID?
        /// How many times it chattered.
        public var chattering = 0
        /// How many held for more than a day.
        public var standing = 0
    }

    /// By rule, in the order of the rule set; rules without an alert too.
    public private(set) var rules: [OfRule]
    /// By person; what is about a residence or a room counts for everybody who lives there.
    public private(set) var persons: [PersonID: Int] = [:]
    /// By the local hour of being raised, 0 … 23.
    public private(set) var hours = [Int](repeating: 0, count: 24)
    /// By shift.
    public private(set) var shifts: [Shift: Int] = [:]
    /// Floods over the whole site, oldest first.
    public private(set) var floods: [Flood] = []

    /// Counts the alerts of a backtest.
    ///
    /// - Parameters:
    ///   - rules: the rules that were run.
    ///   - zones: the offsets of each residence's zone, by IANA name.
    public init(
        _ backtest: JournalBacktest, rules ruleSet: RuleSet, home: Home,
        zones: [String: ZoneOffsets]
    ) {
        rules = ruleSet.rules.map { OfRule(rule: $0.id) }
        var numbers: [RuleID: Int] = [:]
        for (number, rule) in rules.enumerated() { numbers[rule.rule] = number }
        var residences: [ResidenceID: Residence] = [:]
        for residence in home.residences { residences[residence.id] = residence }
        for found in backtest.alerts {
            guard let number = numbers[found.alert.rule] else { continue }
            count(found, number, until: backtest.end)
            let residence = residences[found.alert.subject.residence]
            for person in Self.persons(found.alert.subject, residence) {
                persons[person, default: 0] += 1
            }
            let zone = residence.flatMap { zones[$0.zone] } ?? .utc
            let local = found.alert.began.milliseconds + zone.offset(at: found.alert.began)
            let hour = Int((local / 3_600_000 % 24 + 24) % 24)
            hours[hour] += 1
            shifts[Shift(hour: hour), default: 0] += 1
        }
        floods = Self.floods(backtest.alerts.map(\.alert.noticed).sorted())
    }

    private mutating func count(_ found: BacktestAlert, _ number: Int, until end: Instant) {
        rules[number].alerts += 1
        let length = (found.ended ?? end) - found.alert.began
        if rules[number].longestAlert == nil || length > rules[number].longest {
            rules[number].longest = length
            rules[number].longestAlert = found.alert.id
        }
        if length > Self.standingSpan { rules[number].standing += 1 }
        rules[number].chattering += Self.chattering(found.came)
    }

    private static func persons(_ subject: Subject, _ residence: Residence?) -> [PersonID] {
        if let person = subject.person { return [person] }
        let room = residence?.rooms.first { $0.id == subject.room }
        if let person = room?.person { return [person] }
        return residence?.people ?? []
    }

    /// How many times one condition came so often; what belongs to one time is not counted again.
    static func chattering(_ came: [Instant]) -> Int {
        var count = 0
        var start = 0
        while start + chatterLimit <= came.count {
            if came[start + chatterLimit - 1] - came[start] < chatterSpan {
                count += 1
                start += chatterLimit
                while start < came.count, came[start] - came[start - 1] < chatterSpan { start += 1 }
            } else {
                start += 1
            }
        }
        return count
    }

    /// The times, each as long as it lasts, in which there are more than the limit within the span.
    static func floods(_ moments: [Instant]) -> [Flood] {
        var floods: [Flood] = []
        var covered = -1
        for end in moments.indices where end >= floodLimit {
            let start = end - floodLimit
            guard moments[end] - moments[start] < floodSpan else { continue }
            if start <= covered, let last = floods.indices.last {
                floods[last].to = moments[end]
                floods[last].alerts += end - covered
            } else {
                floods.append(
                    Flood(from: moments[start], to: moments[end], alerts: floodLimit + 1))
            }
            covered = end
        }
        return floods
    }
}
