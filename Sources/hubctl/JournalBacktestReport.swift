import Foundation
import Hub
import Rules

/// What `hubctl rules backtest` says of rules over a journal, for people and as JSON.
struct JournalBacktestReport {
    let backtest: JournalBacktest
    let load: AlarmLoad
    let comparison: BacktestComparison?
    let reader: JournalReader
    let zone: ZoneOffsets
    /// The alerts that the hub raised, for what staff said of them.
    let stored: StoredAlerts

    // MARK: For people

    func lines() throws -> [String] {
        var lines = [
            "\(LoadedHome.count(backtest.alerts.count, "alert")) over \(backtest.entries) entries up to "
                + Timestamp.short(backtest.end, in: zone)
        ]
        lines += load.rules.map(line)
        if !load.persons.isEmpty {
            let persons = load.persons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            lines.append(
                "by person: " + persons.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        let hours = load.hours.enumerated().filter { $0.element > 0 }
        lines.append(
            "by hour: " + hours.map { "\($0.offset) h \($0.element)" }.joined(separator: ", "))
        lines.append(
            "by shift: "
                + AlarmLoad.Shift.allCases.map { "\($0.rawValue) \(load.shifts[$0] ?? 0)" }
                .joined(separator: ", "))
        for flood in load.floods {
            lines.append(
                "flood: \(flood.alerts) alerts from \(Timestamp.short(flood.from, in: zone)) to "
                    + Timestamp.short(flood.to, in: zone))
        }
        if let comparison { lines += try compared(comparison) }
        return lines
    }

    private func line(_ rule: AlarmLoad.OfRule) -> String {
        var line = "  \(rule.rule): \(LoadedHome.count(rule.alerts, "alert"))"
        if let longest = rule.longestAlert {
            line += ", longest \(rule.longest.text) (\(longest))"
        }
        if rule.chattering > 0 { line += ", chattering \(rule.chattering) times" }
        if rule.standing > 0 { line += ", \(rule.standing) standing for more than a day" }
        return line
    }

    private func compared(_ comparison: BacktestComparison) throws -> [String] {
        var lines = ["added: \(LoadedHome.count(comparison.added.count, "alert"))"]
        lines += try comparison.added.map { "  + \(try describe($0))" }
        lines.append("lost: \(LoadedHome.count(comparison.lost.count, "alert"))")
        var outcomes: [RecordedOutcome: Int] = [:]
        for found in comparison.lost {
            let alert = stored.alert(of: found)
            let outcome = RecordedOutcome(alert)
            outcomes[outcome, default: 0] += 1
            var line = "  - \(try describe(found))"
            if outcome != .unknown, let note = alert?.note {
                line += "; \(outcome.rawValue): \(printable(note))"
            }
            lines.append(line)
        }
        if !comparison.lost.isEmpty {
            lines.append(
                "of the lost, by the notes of staff: \(outcomes[.real] ?? 0) real, "
                    + "\(outcomes[.false] ?? 0) false, \(outcomes[.unknown] ?? 0) without a note")
        }
        return lines
    }

    private func describe(_ found: BacktestAlert) throws -> String {
        let evidence = try reader.events(at: found.alert.evidence).map {
            "\($0.sequence.rawValue) at \(Timestamp.short($0.effective, in: zone))"
        }
        return "\(found.alert.id) \(found.alert.rule) \(found.alert.subject) "
            + Timestamp.short(found.alert.began, in: zone)
            + (evidence.isEmpty ? "" : "; events " + evidence.joined(separator: ", "))
    }

    // MARK: As JSON

    func json() throws -> String {
        var hours: [String: Int] = [:]
        for (hour, count) in load.hours.enumerated() { hours["\(hour)"] = count }
        return try jsonText(
            Row(
                alerts: backtest.alerts.count, entries: backtest.entries,
                end: Timestamp.local(backtest.end, in: zone),
                rules: load.rules.map {
                    Row.OfRule(
                        rule: $0.rule.rawValue, alerts: $0.alerts,
                        longest_s: Double($0.longest.milliseconds) / 1000,
                        longest: $0.longestAlert?.rawValue, chattering: $0.chattering,
                        standing: $0.standing)
                },
                persons: Dictionary(
                    uniqueKeysWithValues: load.persons.map { ($0.key.rawValue, $0.value) }),
                hours: hours,
                shifts: Dictionary(
                    uniqueKeysWithValues: AlarmLoad.Shift.allCases.map {
                        ($0.rawValue, load.shifts[$0] ?? 0)
                    }),
                floods: load.floods.map {
                    Row.Flood(
                        from: Timestamp.local($0.from, in: zone),
                        to: Timestamp.local($0.to, in: zone), alerts: $0.alerts)
                },
                added: try comparison?.added.map { try difference($0, outcome: nil) },
                lost: try comparison?.lost.map {
                    try difference($0, outcome: RecordedOutcome(stored.alert(of: $0)))
                }))
    }

    private func difference(
        _ found: BacktestAlert, outcome: RecordedOutcome?
    ) throws -> Row.Difference {
        Row.Difference(
            alert: found.alert.id.rawValue, rule: found.alert.rule.rawValue,
            instance: found.alert.subject.description,
            began: Timestamp.local(found.alert.began, in: zone),
            ended: found.ended.map { Timestamp.local($0, in: zone) },
            evidence: try reader.events(at: found.alert.evidence).map {
                Row.Evidence(
                    event: $0.sequence.rawValue, at: Timestamp.local($0.effective, in: zone))
            },
            outcome: outcome?.rawValue)
    }

    /// The JSON object; its keys are sorted on output.
    private struct Row: Encodable {
        struct OfRule: Encodable {
            var rule: String
            var alerts: Int
            var longest_s: Double
            var longest: String?
            var chattering: Int
            var standing: Int
        }
        struct Flood: Encodable {
            var from: String
            var to: String
            var alerts: Int
        }
        struct Evidence: Encodable {
            var event: Int64
            var at: String
        }
        struct Difference: Encodable {
            var alert: String
            var rule: String
            var instance: String
            var began: String
            var ended: String?
            var evidence: [Evidence]
            var outcome: String?
        }

        var alerts: Int
        var entries: Int
        var end: String
        var rules: [OfRule]
        var persons: [String: Int]
        var hours: [String: Int]
        var shifts: [String: Int]
        var floods: [Flood]
        var added: [Difference]?
        var lost: [Difference]?
    }
}
