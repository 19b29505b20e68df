import Foundation
public import Rules

/// How alerts were answered in a residence, over a time: of the team as a whole, never of single people. After the
/// performance figures of IEC 62682, 16 and EEMUA 191.
public struct ResponseFigures: Hashable, Sendable {
    /// How many alerts from medium up there were.
    public var count = 0
    /// How many an hour, over the whole time.
    public var anHour: Double?
    /// From the notice until somebody said "I am going", in seconds; of those that were answered.
    public var medianToAcknowledge: Double?
    /// Within this nine of ten were answered, in seconds; those that nobody answered count as longest.
    public var ninetiethToAcknowledge: Double?
    /// The share answered within 60 s, of all.
    public var within60: Double?
    /// The share answered within 180 s, of all.
    public var within180: Double?
    /// From the notice until somebody was there, in seconds; those where nobody said so count as longer than any.
    public var medianToBeThere: Double?
    /// The share called false by those who went, of those that somebody closed with an outcome.
    public var falseShare: Double?
    /// The share of alerts of one rule and subject that came three times or more within ten minutes (chattering).
    public var chattering: Double?
    /// How many were open for over a day (standing).
    public var standing = 0

    /// The figures of some alerts.
    ///
    /// - Parameters:
    ///   - alerts: all of a residence (and shift) in the time; those below medium are left out, and the hub's own
    ///     faults, handovers and drills.
    ///   - hours: how long the time is.
    ///   - now: when it is looked at; an alert that is open is open up to then.
    public init(_ alerts: [Alert], hours: Double, at now: Instant) {
        // A person who calls from their own page waits as one who presses a button; the hub's own faults call nobody to anybody.
        let alerts = alerts.filter {
            $0.priority >= .medium
                && [nil, .ownCall].contains(BuiltInRule(id: $0.rule))
        }
        count = alerts.count
        guard count > 0 else { return }
        if hours > 0 { anHour = Double(count) / hours }
        func seconds(_ end: Instant?, _ alert: Alert) -> Double? {
            end.map { max(0, Double(($0 - alert.noticed).milliseconds) / 1000) }
        }
        // Who answers only by saying that it is over answered, too.
        let answers = alerts.map { alert in
            seconds(alert.acknowledged ?? (alert.resolvedBy == nil ? nil : alert.resolved), alert)
        }
        medianToAcknowledge = Survival(durations(answers, alerts, now)).quantile(0.5)
        ninetiethToAcknowledge = Survival(durations(answers, alerts, now)).quantile(0.9)
        within60 = Double(answers.count { ($0 ?? .infinity) <= 60 }) / Double(count)
        within180 = Double(answers.count { ($0 ?? .infinity) <= 180 }) / Double(count)
        let arrivals = alerts.map { seconds($0.onSite, $0) }
        medianToBeThere = Survival(durations(arrivals, alerts, now)).quantile(0.5)
        let closed = alerts.filter { $0.outcome != nil }
        if !closed.isEmpty {
            falseShare = Double(closed.count { $0.outcome == .false }) / Double(closed.count)
        }
        chattering = Double(Self.chattering(alerts)) / Double(count)
        standing = alerts.count { ($0.resolved ?? now) - $0.began > .days(1) }
    }

    /// What did not happen yet, or never, lasted at least up to its end.
    private func durations(
        _ seconds: [Double?], _ alerts: [Alert], _ now: Instant
    ) -> [Survival.Duration] {
        zip(seconds, alerts).map { seconds, alert in
            if let seconds { return Survival.Duration(seconds: seconds, isCensored: false) }
            let seen = Double(((alert.resolved ?? now) - alert.noticed).milliseconds) / 1000
            return Survival.Duration(seconds: max(0, seen), isCensored: true)
        }
    }

    private static func chattering(_ alerts: [Alert]) -> Int {
        var count = 0
        let groups = Dictionary(grouping: alerts) { "\($0.rule) \($0.subject)" }
        for group in groups.values {
            let times = group.map(\.noticed).sorted()
            for time in times {
                let near = times.count { $0 > time - .minutes(10) && $0 < time + .minutes(10) }
                if near >= 3 { count += 1 }
            }
        }
        return count
    }
}
