import Foundation
import GRDB
public import Rules

/// Handovers and next steps of chains as rows.
enum DispatchRows {
    static func store(_ handover: Handover, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO handovers (id, residence, at, outgoing, incoming, alerts, accepted, accepted_by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                handover.id.rawValue, handover.residence.rawValue, handover.at.milliseconds,
                try list(handover.outgoing), try list(handover.incoming),
                try list(handover.alerts), handover.accepted?.milliseconds, handover.acceptedBy,
            ])
    }

    static func store(_ step: NextStep, in database: Database) throws {
        guard step.due != nil else {
            return try database.cachedStatement(sql: "DELETE FROM next_steps WHERE alert = ?")
                .execute(arguments: [step.alert.rawValue])
        }
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO next_steps (alert, due, step, round, going) VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            step.alert.rawValue, step.due?.milliseconds, step.step, step.round, step.isGoing,
        ])
    }

    static func handover(_ row: Row) throws -> Handover {
        var handover = Handover(
            residence: ResidenceID(rawValue: row["residence"]),
            at: Instant(milliseconds: row["at"]),
            outgoing: try texts(row["outgoing"]).map { StaffID(rawValue: $0) },
            incoming: try texts(row["incoming"]).map { StaffID(rawValue: $0) },
            alerts: try texts(row["alerts"]).map { AlertID(rawValue: $0) })
        handover.accepted = (row["accepted"] as Int64?).map { Instant(milliseconds: $0) }
        handover.acceptedBy = row["accepted_by"]
        return handover
    }

    private static func list(_ items: [some Identifier]) throws -> String {
        String(decoding: try JSONEncoder().encode(items.map(\.rawValue)), as: UTF8.self)
    }

    private static func texts(_ json: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(json.utf8))
    }
}

extension JournalReader {
    /// The latest handovers, newest first.
    ///
    /// - Parameter waitingOnly: only those that nobody has accepted and that no later one took the place of.
    public func handovers(
        residence: ResidenceID? = nil, waitingOnly: Bool = false, limit: Int = 50
    ) throws(JournalError) -> [Handover] {
        try read { database in
            var conditions = ["1"]
            var arguments: StatementArguments = []
            if let residence {
                conditions.append("residence = ?")
                arguments += [residence.rawValue]
            }
            if waitingOnly {
                conditions.append(
                    """
                    accepted IS NULL AND at = (SELECT max(h.at) FROM handovers h
                      WHERE h.residence = handovers.residence)
                    """)
            }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM handovers WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY at DESC, id LIMIT \(limit)
                    """, arguments: arguments
            ).map(DispatchRows.handover)
        }
    }

    /// What the open alerts wait for next, soonest first.
    public func nextSteps() throws(JournalError) -> [NextStep] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM next_steps ORDER BY due, alert").map {
                NextStep(
                    alert: AlertID(rawValue: $0["alert"]),
                    due: ($0["due"] as Int64?).map { Instant(milliseconds: $0) },
                    step: $0["step"], round: $0["round"], isGoing: $0["going"])
            }
        }
    }

    /// Who was told of an alert, oldest first; of all alerts where none is given, the latest.
    public func notices(
        of alert: AlertID? = nil, limit: Int = 1000
    ) throws(JournalError) -> [Notice] {
        try read { database in
            guard let alert else {
                return try NoticeRows.fetch(
                    database,
                    where: """
                        noticed >= ifnull((SELECT noticed FROM notices ORDER BY noticed DESC LIMIT 1 OFFSET \(limit - 1)), 0)
                        """, limit: limit)
            }
            return try NoticeRows.fetch(
                database,
                where: "EXISTS (SELECT 1 FROM json_each(notices.alerts) WHERE value = ?)",
                arguments: [alert.rawValue], limit: limit)
        }
    }
}
