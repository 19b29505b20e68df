/// One stretch of use that a trace rule found: a tablet in use, a door open, a stay in the bathroom.
///
/// Half-open: it holds from `start` up to, and not at, `end`.
public struct Episode: Hashable, Sendable {
    /// Derived from the trace rule, its instance and the opening event, never random.
    public var id: EpisodeID
    /// The rule that found it.
    public var trace: TraceID
    /// Which version of the rule: a hash of what it was compiled from, the same in every residence.
    public var version: String
    /// What it is about.
    public var subject: Subject
    /// When it began, in effective time.
    public var start: Instant
    /// When it ended, or was last observed where it is censored; nil while it goes on.
    public var end: Instant?
    /// When, by the hub's clock, nothing could change it any more; nil while it goes on.
    public var settled: Instant?
    /// Why its true end is not known; nil where it is known, or it goes on.
    public var censored: Censoring?
    /// What was so at its opening, by name.
    public var attributes: [Attribute]
    /// The first entry of the journal that it was made from: the one that opened it.
    public var first: SequenceNumber
    /// The last entry of the journal that it was made from.
    public var last: SequenceNumber
    /// How many entries of the journal it was made from.
    public var events: Int
    /// How many interruptions shorter than `merge_gap` lie in it.
    public var merges: Int
    /// It was opened by events that a device told late.
    public var late: Bool

    /// One fact about an episode.
    public struct Attribute: Hashable, Sendable {
        /// Its name in the rule.
        public var name: String
        /// What it was at the opening.
        public var value: Value

        /// One fact about an episode.
        public init(name: String, value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// An episode with all its facts.
    public init(
        id: EpisodeID, trace: TraceID, version: String, subject: Subject, start: Instant,
        end: Instant?, settled: Instant?, censored: Censoring?, attributes: [Attribute],
        first: SequenceNumber, last: SequenceNumber, events: Int, merges: Int, late: Bool
    ) {
        self.id = id
        self.trace = trace
        self.version = version
        self.subject = subject
        self.start = start
        self.end = end
        self.settled = settled
        self.censored = censored
        self.attributes = attributes
        self.first = first
        self.last = last
        self.events = events
        self.merges = merges
        self.late = late
    }
}

/// Why an episode's true end is not known: it lasted at least until its `end` (right-censored).
public enum Censoring: String, Hashable, Sendable, CaseIterable {
    /// Every device that could have told the end fell silent, beyond its liveness.
    case deviceSilent = "device_silent"
    /// Every device that could have told the end is offline, as its bridge or broker says.
    case deviceOffline = "device_offline"
    /// The hub was down, or cut off from its broker.
    case hubDown = "hub_down"
    /// The person paused recording.
    case paused = "paused"
    /// Nobody agrees any more that it be recorded.
    case noConsent = "no_consent"
    /// What the trace looks at became unknown while its device lived on.
    case stateUnknown = "state_unknown"
    /// A state told again after an interruption says that it had ended; when, nobody saw.
    case endUnseen = "end_unseen"
    /// Told late, without its end, and another episode was running by then.
    case overlapped = "overlapped"
    /// The rule was changed or taken away meanwhile.
    case ruleChanged = "rule_changed"
}
