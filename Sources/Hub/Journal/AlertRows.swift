import Foundation
import GRDB
import Rules

/// Alerts as rows.
enum AlertRows {
    static func store(_ alert: Alert, in database: Database) throws {
        let evidence = "[" + alert.evidence.map { String($0.rawValue) }.joined(separator: ",") + "]"
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO alerts (id, rule, residence, room, person, device, priority, condition,
                  response, began, noticed, late, count, evidence, cleared, acknowledged, acknowledged_by,
                  on_site, on_site_by, resolved, resolved_by, outcome, note, display, display_until, display_by,
                  display_reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            alert.id.rawValue, alert.rule.rawValue, alert.subject.residence.rawValue,
            alert.subject.room?.rawValue, alert.subject.person?.rawValue,
            alert.subject.device?.rawValue, alert.priority.rawValue, alert.condition.rawValue,
            alert.response.rawValue, alert.began.milliseconds, alert.noticed.milliseconds,
            alert.late, alert.count, evidence, alert.cleared?.milliseconds,
            alert.acknowledged?.milliseconds, alert.acknowledgedBy, alert.onSite?.milliseconds,
            alert.onSiteBy, alert.resolved?.milliseconds, alert.resolvedBy,
            alert.outcome?.rawValue, alert.note, alert.display.rawValue,
            alert.displayUntil?.milliseconds, alert.displayBy, alert.displayReason,
        ])
    }

    /// The alerts that a condition takes, oldest first.
    static func fetch(
        _ database: Database, where condition: String, arguments: StatementArguments = [],
        limit: Int = 100_000
    ) throws -> [Alert] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM alerts WHERE \(condition) ORDER BY began, id LIMIT \(limit)")
        return try Row.fetchAll(statement, arguments: arguments).compactMap(alert)
    }

    /// The alerts that a filter takes, newest first.
    static func fetch(
        _ database: Database, _ filter: AlertFilter, limit: Int
    ) throws -> [Alert] {
        var conditions = ["1"]
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("priority = ?", filter.priority?.rawValue)
        add("rule = ?", filter.rule?.rawValue)
        add("outcome = ?", filter.outcome?.rawValue)
        add("began >= ?", filter.from?.milliseconds)
        add("began < ?", filter.to?.milliseconds)
        if filter.isOpen { conditions.append("response <> 2") }
        if let residences = filter.residences {
            let names = residences.sorted().map(\.rawValue)
            let marks = names.map { _ in "?" }.joined(separator: ", ")
            conditions.append("residence IN (\(marks))")
            arguments += StatementArguments(names)
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM alerts WHERE \(conditions.joined(separator: " AND "))
                ORDER BY began DESC, id LIMIT \(limit)
                """, arguments: arguments
        ).compactMap(alert)
    }

    private static func alert(_ row: Row) -> Alert? {
        guard let priority = Priority(rawValue: row["priority"]),
            let condition = ConditionState(rawValue: row["condition"]),
            let response = ResponseState(rawValue: row["response"])
        else { return nil }
        func moment(_ column: String) -> Instant? {
            (row[column] as Int64?).map { Instant(milliseconds: $0) }
        }
        let evidence: String = row["evidence"]
        var alert = Alert(
            id: AlertID(rawValue: row["id"]), rule: RuleID(rawValue: row["rule"]),
            subject: Subject(
                residence: ResidenceID(rawValue: row["residence"]),
                room: (row["room"] as String?).map { RoomID(rawValue: $0) },
                person: (row["person"] as String?).map { PersonID(rawValue: $0) },
                device: (row["device"] as String?).map { DeviceID(rawValue: $0) }),
            priority: priority, began: Instant(milliseconds: row["began"]),
            noticed: Instant(milliseconds: row["noticed"]), late: row["late"],
            evidence: evidence.dropFirst().dropLast().split(separator: ",").compactMap {
                Int64($0).map { SequenceNumber(rawValue: $0) }
            })
        alert.condition = condition
        alert.response = response
        alert.count = row["count"]
        alert.cleared = moment("cleared")
        alert.acknowledged = moment("acknowledged")
        alert.acknowledgedBy = row["acknowledged_by"]
        alert.onSite = moment("on_site")
        alert.onSiteBy = row["on_site_by"]
        alert.resolved = moment("resolved")
        alert.resolvedBy = row["resolved_by"]
        alert.outcome = (row["outcome"] as UInt8?).flatMap(Outcome.init(rawValue:))
        alert.display = DisplayState(rawValue: row["display"]) ?? .shown
        alert.displayUntil = moment("display_until")
        alert.displayBy = row["display_by"]
        alert.displayReason = row["display_reason"]
        alert.note = row["note"]
        return alert
    }
}
