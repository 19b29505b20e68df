import GRDB
public import Rules

/// Which episodes.
public struct EpisodeFilter: Hashable, Sendable {
    /// Of one residence.
    public var residence: ResidenceID?
    /// Of one trace rule.
    public var trace: TraceID?
    /// About one person.
    public var person: PersonID?
    /// About one device.
    public var device: DeviceID?
    /// Those that hold at some moment of this span; one that goes on holds up to now.
    public var span: Range<Instant>?
    /// Those that became final after this moment of the hub's clock: what a replay from a checkpoint must give again.
    public var settledAfter: Instant?
    /// Without those that go on.
    public var finalOnly = false

    /// Which episodes; all where nothing is set.
    public init(
        residence: ResidenceID? = nil, trace: TraceID? = nil, person: PersonID? = nil,
        device: DeviceID? = nil, span: Range<Instant>? = nil, settledAfter: Instant? = nil,
        finalOnly: Bool = false
    ) {
        self.residence = residence
        self.trace = trace
        self.person = person
        self.device = device
        self.span = span
        self.settledAfter = settledAfter
        self.finalOnly = finalOnly
    }

    var condition: (sql: String, arguments: StatementArguments) {
        var conditions = ["1"]
        var arguments = StatementArguments()
        for (column, wanted) in [
            ("residence", residence?.rawValue), ("trace", trace?.rawValue),
            ("person", person?.rawValue), ("device", device?.rawValue),
        ] {
            guard let wanted else { continue }
            conditions.append("\(column) = ?")
            arguments += [wanted]
        }
        if let span {
            // An episode without length holds at its start.
            conditions.append("began < ? AND (ended IS NULL OR ended > ? OR began >= ?)")
            arguments += [
                span.upperBound.milliseconds, span.lowerBound.milliseconds,
                span.lowerBound.milliseconds,
            ]
        }
        if let settledAfter {
            conditions.append("settled > ?")
            arguments += [settledAfter.milliseconds]
        }
        if finalOnly { conditions.append("settled IS NOT NULL") }
        return (conditions.joined(separator: " AND "), arguments)
    }
}

extension JournalReader {
    /// Episodes, oldest first.
    public func episodes(
        _ filter: EpisodeFilter = EpisodeFilter(), limit: Int = .max
    ) throws(JournalError) -> [Episode] {
        try read { database in
            let (condition, arguments) = filter.condition
            return try EpisodeRows.fetch(
                database, where: condition, arguments: arguments, limit: limit)
        }
    }

    /// The episodes that are not final, oldest first.
    public func openEpisodes() throws(JournalError) -> [Episode] {
        try read { try EpisodeRows.fetch($0, where: "settled IS NULL") }
    }

    /// One episode by its identifier, or by the beginning of it where that is enough.
    public func episode(_ id: String) throws(JournalError) -> Episode? {
        try read { database in
            let found = try EpisodeRows.fetch(
                database, where: "id >= ? AND id < ?", arguments: [id, id + "\u{7f}"], limit: 2)
            return found.count == 1 ? found[0] : found.first { $0.id.rawValue == id }
        }
    }
}

extension JournalWriter {
    /// Stores an episode as it is now, in place of what was stored of it before.
    public mutating func record(_ episode: Episode) throws {
        try EpisodeRows.store(episode, in: database)
    }
}

extension JournalReader {
    /// Episodes against the journal that they were made from.
    static func episodesCheck(_ database: Database) throws -> VerificationResult {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM episodes") ?? 0
        let open =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM episodes WHERE settled IS NULL")
            ?? 0
        let last = max(
            try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0,
            try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM commands") ?? 0)
        let wrong = try String.fetchAll(
            database,
            sql: """
                SELECT id FROM episodes WHERE
                  (ended IS NULL) <> (settled IS NULL)
                  OR ended < began
                  OR (ended IS NULL AND censored IS NOT NULL)
                  OR first_sequence > last_sequence
                  OR events > last_sequence - first_sequence + 1
                  OR first_sequence < 0 OR last_sequence > ?
                LIMIT 5
                """, arguments: [last])
        let twice = try String.fetchAll(
            database,
            sql: """
                SELECT trace || ' of ' || coalesce(device, room, person, residence) FROM episodes
                WHERE settled IS NULL AND late = 0
                GROUP BY trace, residence, room, person, device HAVING count(*) > 1 LIMIT 5
                """)
        let problems =
            wrong.map { "episode \($0) does not agree with itself or the journal" }
            + twice.map { "two episodes go on at once: \($0)" }
        return VerificationResult(
            check: "episodes", holds: problems.isEmpty,
            detail: problems.isEmpty
                ? "\(count) episodes, \(open) of them go on" : problems.joined(separator: "; "))
    }
}
