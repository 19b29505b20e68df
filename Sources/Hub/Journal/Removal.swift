public import Rules

/// What is to go from the journal because its time is over.
public struct Removal: Hashable, Sendable {
    /// Readings of one device.
    public struct Readings: Hashable, Sendable {
        /// Of which device.
        public var device: DeviceID
        /// When they were received.
        public var spans: [Range<Instant>]
    }

    /// Words that no reading says any more.
    public struct Texts: Hashable, Sendable {
        /// Their numbers.
        public var ids: Set<Int64>
        /// Up to which place that was looked at.
        public var through: Int64
    }

    /// Words that were found to be said by nobody.
    public var texts: Texts?
    /// Readings.
    public var readings: [Readings] = []
    /// Episodes that ended before; nil: none.
    public var episodesBefore: Instant?
    /// Alerts that were resolved before, and messages that could not be read; nil: none.
    public var alertsBefore: Instant?

    /// So many readings go in one transaction at most, so that no alert waits for it.
    public static let slice = 20_000

    /// Nothing.
    public init() {}

    /// Whether there is nothing to do.
    public var isEmpty: Bool {
        readings.isEmpty && episodesBefore == nil && alertsBefore == nil && texts == nil
    }
}

extension JournalWriter {
    /// Removes a slice of what is to go.
    ///
    /// - Returns: what went; nothing where all is done.
    mutating func remove(_ removal: Removal) throws -> ErasureCount {
        var count = ErasureCount()
        var texts: Set<Int64> = []
        for readings in removal.readings {
            for span in readings.spans where count.readings < Removal.slice {
                count.readings += try eraseReadings(
                    of: readings.device, received: span, most: Removal.slice - count.readings,
                    texts: &texts)
            }
        }
        // Whether somebody else still says the words of these is looked up when all are gone, by a reader.
        if let unsaid = removal.texts {
            _ = try forgetTexts(unsaid.ids, unsaidThrough: unsaid.through)
        }
        if count.readings > 0 { try rebaseClock() }
        if let moment = removal.episodesBefore {
            count.episodes = try eraseEpisodes(.before(moment))
        }
        if let moment = removal.alertsBefore {
            var words: [String] = []
            count += try eraseAlerts(.before(moment), words: &words)
            count.messages += try eraseMessages(before: moment)
        }
        if count.readings > 0 { try eraseCheckpoints(through: try lastErased()) }
        return count
    }
}
