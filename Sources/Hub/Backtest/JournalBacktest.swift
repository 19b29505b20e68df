public import Rules

/// One alert that rules would have raised over a journal.
public struct BacktestAlert: Hashable, Sendable {
    /// The alert when it was raised. Its identifier is that of the alert that the hub raised, where the same rule did.
    public var alert: Alert
    /// Each time its condition came: when it was raised, and again within the same alert.
    public var came: [Instant]
    /// When the condition ended for the last time; nil where it still holds at the end.
    public var ended: Instant?
}

/// The alerts of a set of rules over a journal as it was: every entry from the first on, people's answers included.
public struct JournalBacktest: Sendable {
    /// What rules would have raised, in the order of being raised.
    public private(set) var alerts: [BacktestAlert] = []
    /// Up to where time was taken: the hub's own mark.
    public private(set) var end = Instant.distantPast
    /// Entries that were replayed.
    public private(set) var entries = 0

    /// Runs rules over a journal.
    ///
    /// - Parameters:
    ///   - plan: the rules, compiled over the home.
    ///   - progress: called now and then with the share that is done, 0 … 1.
    public init(
        _ reader: JournalReader, plan: Plan, progress: (Double) -> Void = { _ in }
    ) throws(JournalError) {
        var engine = Engine(plan: plan)
        for stream in try reader.streams() { engine.declare(stream.id, stream.key) }
        let last = Double(max(1, try reader.lastPlace().rawValue))
        var steps: Steps = []
        var count = 0
        var seen = Self.Seen()
        try reader.replay { entry in
            engine.take(entry, into: &steps)
            count += 1
            if !steps.isEmpty {
                seen.add(steps)
                steps.removeAll(keepingCapacity: true)
            }
            if count % 65_536 == 0 { progress(Double(entry.sequence.rawValue) / last) }
            return true
        }
        if let mark = try reader.lastMoment() { engine.advance(to: mark, into: &steps) }
        seen.add(steps)
        alerts = seen.alerts
        end = engine.now
        entries = count
    }

    /// Alerts as their steps come in.
    struct Seen {
        var alerts: [BacktestAlert] = []
        private var places: [AlertID: Int] = [:]

        mutating func add(_ steps: Steps) {
            for step in steps {
                switch step.step {
                case .raised:
                    places[step.alert.id] = alerts.count
                    alerts.append(BacktestAlert(alert: step.alert, came: [step.at], ended: nil))
                case .reactivated:
                    guard let place = places[step.alert.id] else { continue }
                    alerts[place].came.append(step.at)
                    alerts[place].ended = nil
                case .cleared:
                    guard let place = places[step.alert.id] else { continue }
                    alerts[place].ended = step.at
                default:
                    continue
                }
            }
        }
    }

    /// Keeps only some of the alerts.
    mutating func keep(where isWanted: (BacktestAlert) -> Bool) {
        alerts.removeAll { !isWanted($0) }
    }

    /// Keeps only the alerts that began in a span, and those of one residence.
    public mutating func keep(
        from first: Instant?, to last: Instant?, residence: ResidenceID?
    ) {
        alerts.removeAll { found in
            let alert = found.alert
            return (first.map { alert.began < $0 } ?? false)
                || (last.map { alert.began >= $0 } ?? false)
                || (residence.map { alert.subject.residence != $0 } ?? false)
        }
    }
}

/// What two sets of rules give that the other does not.
public struct BacktestComparison: Sendable {
    /// Raised by the new rules, and at no time by the old.
    public var added: [BacktestAlert]
    /// Raised by the old rules, and at no time by the new.
    public var lost: [BacktestAlert]

    /// Compares the alerts of two sets of rules. Two alerts are the same thing where rule and subject are the same and
    /// their times overlap, whatever the instant at which each noticed.
    public init(new: JournalBacktest, old: JournalBacktest) {
        added = Self.alerts(of: new, missingIn: old)
        lost = Self.alerts(of: old, missingIn: new)
    }

    private static func alerts(
        of backtest: JournalBacktest, missingIn other: JournalBacktest
    ) -> [BacktestAlert] {
        let index = AlertIndex(other.alerts)
        return backtest.alerts.filter { index.overlapping($0) == nil }
    }
}

/// Alerts by rule and subject, to find the one that an alert of another run is.
struct AlertIndex: Sendable {
    private struct Key: Hashable, Sendable {
        var rule: RuleID
        var subject: Subject
    }

    private var alerts: [Key: [BacktestAlert]]

    init(_ alerts: [BacktestAlert]) {
        self.alerts = Dictionary(
            grouping: alerts, by: { Key(rule: $0.alert.rule, subject: $0.alert.subject) })
    }

    /// The first alert of the same rule and subject whose time overlaps.
    func overlapping(_ wanted: BacktestAlert) -> BacktestAlert? {
        let key = Key(rule: wanted.alert.rule, subject: wanted.alert.subject)
        return alerts[key]?.first { other in
            other.alert.id == wanted.alert.id
                || (other.alert.began <= wanted.ended ?? .distantFuture
                    && wanted.alert.began <= other.ended ?? .distantFuture)
        }
    }
}

/// The alerts that a hub raised, to find what staff said of one that a backtest gives.
public struct StoredAlerts: Sendable {
    private let byID: [AlertID: Alert]
    private let index: AlertIndex

    /// All alerts of a journal.
    public init(_ reader: JournalReader) throws(JournalError) {
        let alerts = try reader.alerts(openOnly: false, limit: .max)
        byID = Dictionary(alerts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        index = AlertIndex(
            alerts.map { BacktestAlert(alert: $0, came: [$0.began], ended: $0.cleared) })
    }

    /// The stored alert that one of a backtest is: the same, or one of the same rule and subject at the same time.
    public func alert(of found: BacktestAlert) -> Alert? {
        byID[found.alert.id] ?? index.overlapping(found)?.alert
    }
}

/// What staff said of an alert that the hub raised.
public enum RecordedOutcome: String, Hashable, Sendable, CaseIterable {
    /// Somebody closed it with a note, and the note does not call it false.
    case real
    /// The note calls it false, a mistake or a test.
    case `false`
    /// Nobody closed it by hand, or without a note.
    case unknown

    /// What the stored alert tells: the outcome that somebody gave, else the words of the note.
    public init(_ alert: Alert?) {
        switch alert?.outcome {
        case .real:
            self = .real
            return
        case .false, .test, .technical:
            self = .false
            return
        case .other, nil: break
        }
        guard let alert, alert.resolvedBy != nil, let note = alert.note, !note.isEmpty else {
            self = .unknown
            return
        }
        let words = note.lowercased().split { !$0.isLetter }
        let denials: Set<Substring> = [
            "false", "mistake", "test", "nothing", "faux", "fausse", "erreur", "essai", "rien",
        ]
        self = words.contains(where: denials.contains) ? .false : .real
    }
}
