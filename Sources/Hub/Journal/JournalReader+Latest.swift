import GRDB
public import Rules

extension JournalReader {
    /// The latest event of each stream, with its name.
    ///
    /// - Parameter residence: of one residence only.
    public func latestEvents(
        residence: ResidenceID? = nil
    ) throws(JournalError) -> [(key: StreamKey, event: Event)] {
        try read { database in
            let streams = try JournalState.load(database).streams
            let walker = try EventWalker(database, streams: streams)
            return try streams.compactMap { stream in
                guard stream.head > 0, residence == nil || stream.residence == residence else {
                    return nil
                }
                return try walker.event(SequenceNumber(rawValue: stream.head)).map {
                    (stream.key, $0)
                }
            }
        }
    }

    /// Alerts that a filter takes, newest first.
    public func alerts(_ filter: AlertFilter, limit: Int = 200) throws(JournalError) -> [Alert] {
        try read { try AlertRows.fetch($0, filter, limit: limit) }
    }
}

/// Which alerts; all where nothing is set.
public struct AlertFilter: Hashable, Sendable {
    /// Of these residences.
    public var residences: Set<ResidenceID>?
    /// Of this priority.
    public var priority: Priority?
    /// Of this rule.
    public var rule: RuleID?
    /// With this outcome.
    public var outcome: Outcome?
    /// Begun at or after this moment.
    public var from: Instant?
    /// Begun before this moment.
    public var to: Instant?
    /// Only open ones.
    public var isOpen = false

    /// Which alerts.
    public init(residences: Set<ResidenceID>? = nil, from: Instant? = nil, to: Instant? = nil) {
        self.residences = residences
        self.from = from
        self.to = to
    }
}

extension JournalReader {
    /// The spans of at least a minute in which the hub was down, as far as they touch a span.
    public func gaps(
        from: Instant, to: Instant
    ) throws(JournalError) -> [(from: Instant, to: Instant)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, body FROM commands WHERE kind = 'gap' AND received >= ? ORDER BY sequence
                    """, arguments: [from.milliseconds]
            ).compactMap { row in
                guard
                    case .gap(let start, let end, _) = StoredCommand.decode(
                        kind: row["kind"], body: row["body"]),
                    start < to, end > from, end - start >= .minutes(1)
                else { return nil }
                return (start, end)
            }
        }
    }
}

extension JournalReader {
    /// What people said themselves on their own pages, from a moment on, in order.
    public func sayings(since moment: Instant = .distantPast) throws(JournalError) -> [CommandEntry]
    {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, received, kind, body FROM commands
                    WHERE kind = 'says' AND received >= ? ORDER BY sequence
                    """, arguments: [moment.milliseconds]
            ).compactMap { row in
                StoredCommand.decode(kind: row["kind"], body: row["body"]).map {
                    CommandEntry(
                        sequence: SequenceNumber(rawValue: row["sequence"]),
                        received: Instant(milliseconds: row["received"]), command: $0)
                }
            }
        }
    }
}
