import GRDB
public import Rules

/// Which checkpoints are kept: the newest for a quick start, and ever fewer the older they are, so that a replay can be
/// compared from many places in a journal's life without the journal growing by them.
public enum CheckpointLadder {
    /// So many of the newest are all kept.
    public static let newest = 8

    /// Which of some checkpoints are kept: the newest, and of the others the oldest of each age, where ages double (by
    /// entries): at most 8 + 63, some 30 in a billion entries. The oldest moves on to the next age as the journal grows, so
    /// that none of them stays empty.
    static func kept(_ sequences: [Int64]) -> Set<Int64> {
        let sorted = sequences.sorted(by: >)
        guard let latest = sorted.first else { return [] }
        var oldest: [Int: Int64] = [:]
        for sequence in sorted.dropFirst(newest) {
            oldest[(latest - sequence).leadingZeroBitCount] = sequence
        }
        return Set(sorted.prefix(newest)).union(oldest.values)
    }

    static func thin(_ database: Database) throws {
        let all = try Int64.fetchAll(database, sql: "SELECT sequence FROM checkpoints")
        let kept = kept(all)
        for sequence in all where !kept.contains(sequence) {
            try database.execute(
                sql: "DELETE FROM checkpoints WHERE sequence = ?", arguments: [sequence])
        }
    }
}

extension JournalReader {
    /// A stored step, with the journal's latest entry when it was stored.
    struct PlacedStep {
        var step: StoredStep
        var sequence: SequenceNumber
    }

    /// What a replay is compared with, all of one moment, while a hub may be writing.
    struct ReplayMaterial {
        var streams: [StreamRecord]
        /// The latest entry.
        var last: SequenceNumber
        /// Up to where time was taken; nil for a journal that has not begun.
        var mark: Instant?
        /// Every step of every alert, in order.
        var steps: [PlacedStep]
        /// The alerts that are open, by identifier.
        var open: [Alert]
        /// The checkpoints that are kept, oldest first.
        var checkpoints: [Recovered.Checkpoint]
    }

    func replayMaterial() throws(JournalError) -> ReplayMaterial {
        try read { database in
            ReplayMaterial(
                streams: try JournalState.load(database).streams,
                last: try Self.lastPlace(database),
                mark: try Int64.fetchOne(database, sql: "SELECT mark FROM progress")
                    .map { Instant(milliseconds: $0) },
                steps: try Self.placedSteps(database),
                open: try AlertRows.fetch(database, where: "response < 2", limit: .max)
                    .sorted { $0.id < $1.id },
                checkpoints: try Recovered.Checkpoint.fetch(database, latestOnly: false))
        }
    }

    private static func placedSteps(_ database: Database) throws -> [PlacedStep] {
        try Row.fetchAll(
            database,
            sql:
                "SELECT alert, step, at, noticed, actor, sequence FROM alert_transitions ORDER BY id"
        ).compactMap { row in
            AlertTransition.Step(rawValue: row["step"]).map {
                PlacedStep(
                    step: StoredStep(
                        step: $0, at: Instant(milliseconds: row["at"]),
                        noticed: Instant(milliseconds: row["noticed"]), actor: row["actor"],
                        alert: AlertID(rawValue: row["alert"])),
                    sequence: SequenceNumber(rawValue: row["sequence"]))
            }
        }
    }

    /// The place of the latest entry; 0 for an empty journal.
    public func lastPlace() throws(JournalError) -> SequenceNumber {
        try read { try Self.lastPlace($0) }
    }

    private static func lastPlace(_ database: Database) throws -> SequenceNumber {
        let event = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
        let command = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM commands") ?? 0
        return SequenceNumber(rawValue: max(event, command))
    }

    /// The texts of a configuration that was in force, as `ConfigurationBody` wrote them; nil where they are not kept.
    func configurationBody(_ hash: String) throws(JournalError) -> String? {
        try read { database in
            try String.fetchOne(
                database, sql: "SELECT body FROM configurations WHERE hash = ?", arguments: [hash])
        }
    }
}
