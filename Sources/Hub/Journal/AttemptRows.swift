import GRDB
public import Rules

/// One try to carry a notice to somebody by one channel.
public struct NoticeAttempt: Hashable, Sendable {
    /// What became of it.
    public enum Outcome: UInt8, Hashable, Sendable {
        /// The channel took it.
        case delivered = 0
        /// It did not get through.
        case failed = 1
        /// Nothing is tried any more: its time is over.
        case expired = 2
        /// Somebody answered before.
        case cancelled = 3
    }

    /// Which notice.
    public var notice: NoticeID
    /// By which channel; empty where there is none to try.
    public var channel: String
    /// When.
    public var at: Instant
    /// What became of it.
    public var outcome: Outcome
    /// In words, without secrets.
    public var detail: String
    /// Whether nothing of the notice is left to try.
    public var settles: Bool

    /// One try.
    public init(
        notice: NoticeID, channel: String, at: Instant, outcome: Outcome, detail: String,
        settles: Bool
    ) {
        self.notice = notice
        self.channel = channel
        self.at = at
        self.outcome = outcome
        self.detail = detail
        self.settles = settles
    }
}

extension JournalWriter {
    /// Stores a try.
    public mutating func record(_ attempt: NoticeAttempt) throws {
        if !attempt.channel.isEmpty {
            try database.cachedStatement(
                sql: """
                    INSERT INTO notice_attempts (notice, channel, at, outcome, detail) VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                attempt.notice.rawValue, attempt.channel, attempt.at.milliseconds,
                attempt.outcome.rawValue, String(attempt.detail.prefix(500)),
            ])
        }
        guard attempt.settles else { return }
        try database.cachedStatement(sql: "UPDATE notices SET settled = ? WHERE id = ?")
            .execute(arguments: [attempt.at.milliseconds, attempt.notice.rawValue])
    }
}

extension JournalReader {
    /// What waits to be carried out, with what was tried, oldest first.
    public func unsettledNotices(
        limit: Int = 200
    ) throws(JournalError) -> [(notice: Notice, attempts: [NoticeAttempt], alerts: [Alert])] {
        try read { database in
            let notices = try NoticeRows.fetch(
                database, where: "settled IS NULL", limit: limit)
            return try notices.map { notice in
                let alerts = try notice.alerts.prefix(20).flatMap {
                    try AlertRows.fetch(database, where: "id = ?", arguments: [$0.rawValue])
                }
                return (notice, try Self.attempts(database, notice.id), alerts)
            }
        }
    }

    /// What was tried to carry a notice.
    public func attempts(of notice: NoticeID) throws(JournalError) -> [NoticeAttempt] {
        try read { try Self.attempts($0, notice) }
    }

    private static func attempts(
        _ database: Database, _ notice: NoticeID
    ) throws -> [NoticeAttempt] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM notice_attempts WHERE notice = ? ORDER BY id")
        return try Row.fetchAll(statement, arguments: [notice.rawValue]).compactMap { row in
            NoticeAttempt.Outcome(rawValue: row["outcome"]).map {
                NoticeAttempt(
                    notice: notice, channel: row["channel"], at: Instant(milliseconds: row["at"]),
                    outcome: $0, detail: row["detail"], settles: false)
            }
        }
    }
}
