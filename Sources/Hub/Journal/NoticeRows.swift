import Foundation
import GRDB
import Rules

/// Notices as rows.
enum NoticeRows {
    /// Stores a notice; one that is there already stays as it is, so that a replay tells nobody twice.
    static func store(_ notice: Notice, in database: Database) throws {
        var staff: String?
        var contact: StaffMember.Contact?
        switch notice.recipient {
        case .staff(let id): staff = id.rawValue
        case .contact(let given): contact = given
        }
        let alerts = try JSONEncoder().encode(notice.alerts.map(\.rawValue))
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO notices (id, kind, staff, channel, address, residence, alerts, handover, step,
                  round, due, noticed, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            notice.id.rawValue, notice.kind.rawValue, staff, contact?.channel, contact?.address,
            notice.residence.rawValue, String(decoding: alerts, as: UTF8.self),
            notice.handover?.rawValue, notice.step, notice.round, notice.due.milliseconds,
            notice.noticed.milliseconds, notice.expires.milliseconds,
        ])
    }

    /// The notices that a condition takes, oldest first.
    static func fetch(
        _ database: Database, where condition: String, arguments: StatementArguments = [],
        limit: Int = 100_000
    ) throws -> [Notice] {
        try Row.fetchAll(
            database,
            sql:
                "SELECT * FROM notices WHERE \(condition) ORDER BY noticed, due, id LIMIT \(limit)",
            arguments: arguments
        ).compactMap(notice)
    }

    private static func notice(_ row: Row) throws -> Notice? {
        guard let kind = Notice.Kind(rawValue: row["kind"]) else { return nil }
        let recipient: Notice.Recipient
        if let staff = row["staff"] as String? {
            recipient = .staff(StaffID(rawValue: staff))
        } else if let channel = row["channel"] as String? {
            recipient = .contact(
                StaffMember.Contact(channel: channel, address: row["address"] ?? ""))
        } else {
            return nil
        }
        let alerts = try JSONDecoder().decode(
            [String].self, from: Data((row["alerts"] as String).utf8))
        return Notice(
            id: NoticeID(rawValue: row["id"]), kind: kind, recipient: recipient,
            residence: ResidenceID(rawValue: row["residence"]),
            alerts: alerts.map { AlertID(rawValue: $0) },
            handover: (row["handover"] as String?).map { HandoverID(rawValue: $0) },
            step: row["step"], round: row["round"], due: Instant(milliseconds: row["due"]),
            noticed: Instant(milliseconds: row["noticed"]),
            expires: Instant(milliseconds: row["expires"]))
    }
}
