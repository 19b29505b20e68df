import Foundation
import GRDB
public import Rules

/// One thing that was checked in a journal.
public struct VerificationResult: Hashable, Sendable {
    /// What was checked.
    public var check: String
    /// Whether it holds.
    public var holds: Bool
    /// Figures, or what is wrong and where.
    public var detail: String
}

extension JournalReader {
    /// Checks a journal: SQLite's own integrity, the sequence without holes, times that never go back, every stream's
    /// chain and anchors, the latest checkpoint, alerts against their steps, episodes.
    ///
    /// - Parameter progress: called now and then with the share that is done, 0 … 1.
    public func verify(
        progress: (Double) -> Void = { _ in }
    ) throws(JournalError) -> [VerificationResult] {
        try read { database in
            var results = [try Self.integrity(database)]
            progress(0.2)
            results += try Self.entries(database) { progress(0.2 + 0.7 * $0) }
            results.append(try Self.foreignKeys(database))
            results.append(try Self.checkpoint(database))
            results.append(try Self.alerts(database))
            results.append(try Self.episodesCheck(database))
            progress(1)
            return results
        }
    }

    private static func integrity(_ database: Database) throws -> VerificationResult {
        let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(10)")
        return VerificationResult(
            check: "integrity", holds: lines == ["ok"], detail: lines.joined(separator: "; "))
    }

    private static func foreignKeys(_ database: Database) throws -> VerificationResult {
        let rows = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
        return VerificationResult(
            check: "references", holds: rows.isEmpty, detail: "\(rows.count) broken references")
    }

    /// What a walk over all entries keeps.
    private struct Walk {
        var count: Int64 = 0
        var expected: Int64?
        var lastReceived = Instant.distantPast
        var heads: [StreamID: (sequence: Int64, count: Int64)] = [:]
        var hole: Int64?
        /// Places that nothing stands at.
        var missing: Int64 = 0
        var backwards: Int64?
        var broken: Int64?
        var anchors: Int64 = 0
    }

    private static func entries(
        _ database: Database, _ progress: (Double) -> Void
    ) throws -> [VerificationResult] {
        let streams = try JournalState.load(database).streams
        let total = max(
            1, try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 1)
        let previous = try database.cachedStatement(
            sql: "SELECT previous FROM events WHERE sequence = ?")
        var walk = Walk()
        try replay(database, streams: streams, from: SequenceNumber(rawValue: 1)) { entry in
            let place = entry.sequence.rawValue
            let expected = walk.expected ?? 1
            if place != expected {
                walk.missing += place - expected
                walk.hole = walk.hole ?? place
            }
            walk.expected = place + 1
            if entry.received < walk.lastReceived, walk.backwards == nil { walk.backwards = place }
            walk.lastReceived = entry.received
            walk.count += 1
            if case .event(let event) = entry {
                let head = walk.heads[event.stream] ?? (0, 0)
                let back = try Int64.fetchOne(previous, arguments: [place]) ?? -1
                if back != (head.sequence == 0 ? 0 : place - head.sequence), walk.broken == nil {
                    walk.broken = place
                }
                walk.heads[event.stream] = (place, head.count + 1)
                if (head.count + 1) % JournalWriter.anchorEvery == 0 { walk.anchors += 1 }
            }
            if walk.count % 65_536 == 0 { progress(Double(place) / Double(total)) }
            return true
        }
        return try results(of: walk, streams, database)
    }

    private static func results(
        of walk: Walk, _ streams: [StreamRecord], _ database: Database
    ) throws -> [VerificationResult] {
        let anchors = try Int64.fetchOne(database, sql: "SELECT count(*) FROM anchors") ?? 0
        let erased = try erased(database, walk.expected ?? 1)
        // Where readings were removed, anchors stand wider apart; each still has to stand at an event of its stream.
        let loose =
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM anchors a WHERE NOT EXISTS
                      (SELECT 1 FROM events e WHERE e.sequence = a.sequence AND e.stream = a.stream)
                    """) ?? 0
        let areAnchorsRight = loose == 0 && (erased.count > 0 || anchors == walk.anchors)
        let missing = walk.missing + erased.behind
        let wrongHead = streams.first { $0.head != walk.heads[$0.id]?.sequence ?? 0 }
        return [
            VerificationResult(
                check: "sequence", holds: missing == erased.count,
                detail: missing == erased.count
                    ? missing == 0
                        ? "\(walk.count) entries without a hole"
                        : "\(walk.count) entries, \(missing) more were removed on purpose"
                    : erased.count == 0
                        ? "a hole before entry \(walk.hole ?? 0)"
                        : "\(missing) places are empty, where \(erased.count) entries were removed on purpose"
            ),
            VerificationResult(
                check: "time", holds: walk.backwards == nil,
                detail: walk.backwards.map { "received goes back at entry \($0)" }
                    ?? "received never goes back"),
            VerificationResult(
                check: "streams",
                holds: walk.broken == nil && wrongHead == nil && areAnchorsRight,
                detail: walk.broken.map { "the chain is broken at entry \($0)" }
                    ?? wrongHead.map { "the latest event of \($0.key) is not where its chain ends" }
                    ?? (areAnchorsRight
                        ? "\(streams.count) streams, \(anchors) anchors"
                        : loose > 0
                            ? "\(loose) anchors stand at no event of their stream"
                            : "\(anchors) anchors where there should be \(walk.anchors)")),
        ]
    }

    /// How many entries were removed on purpose, and how many of them after the last that is there.
    private static func erased(
        _ database: Database, _ next: Int64
    ) throws -> (count: Int64, behind: Int64) {
        (
            try JournalWriter.counter(JournalWriter.erasedEntries, database),
            max(0, try JournalWriter.counter(JournalWriter.erasedThrough, database) + 1 - next)
        )
    }

    private static func checkpoint(_ database: Database) throws -> VerificationResult {
        guard
            let row = try Row.fetchOne(
                database,
                sql:
                    "SELECT sequence, length(engine) AS size FROM checkpoints ORDER BY sequence DESC LIMIT 1"
            )
        else {
            return VerificationResult(check: "checkpoint", holds: true, detail: "none yet")
        }
        let sequence: Int64 = row["sequence"]
        let last = max(
            try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0,
            try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM commands") ?? 0)
        return VerificationResult(
            check: "checkpoint", holds: sequence <= last,
            detail: "after entry \(sequence) of \(last), \(row["size"] as Int64) bytes")
    }

    private static func alerts(_ database: Database) throws -> VerificationResult {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alerts") ?? 0
        let wrong = try String.fetchAll(
            database,
            sql: """
                SELECT id FROM alerts WHERE
                  (SELECT count(*) FROM alert_transitions t WHERE t.alert = alerts.id AND t.step = 0) <> 1
                  OR (response = 2) <> EXISTS
                    (SELECT 1 FROM alert_transitions t WHERE t.alert = alerts.id AND t.step = 5)
                LIMIT 5
                """)
        return VerificationResult(
            check: "alerts", holds: wrong.isEmpty,
            detail: wrong.isEmpty
                ? "\(count) alerts, each raised once"
                : "not raised exactly once, or their end does not agree: \(wrong.joined(separator: ", "))"
        )
    }
}

extension JournalReader.Entry {
    /// When the hub took it in.
    public var received: Instant {
        switch self {
        case .event(let event): event.received
        case .command(let entry): entry.received
        }
    }
}
