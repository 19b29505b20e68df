/// From openings, signs of use and endings to episodes: one instance of a trace. Pure; its clock is what it is told.
///
/// An episode is *open* from its opening to its end, then *ended* until the merge gap has passed without another
/// opening, and only then final. At one instant time goes first (`advance`), then what ends, then what opens.
struct EpisodeMachine: Hashable, Sendable {
    /// The lengths that a rule gives.
    struct Timing: Hashable, Sendable {
        /// For each way to end by silence, how long it takes, in ms.
        var quiet: [Int64] = []
        /// An opening less than this after the end continues the episode, in ms.
        var mergeGap: Int64 = 0
    }

    /// An episode on its way.
    struct Draft: Hashable, Sendable {
        var start: Int64
        /// When it ended; `never` while it is open.
        var end = NodeState.never
        /// For each way to end by silence, when the latest sign was.
        var signs: [Int64]
        var first: Int64
        var last: Int64
        var events: Int64 = 1
        var merges: Int64 = 0
        var late = false
        var attributes: [Value] = []

        var isOpen: Bool { end == NodeState.never }

        /// Notes an entry of the journal as part of the episode.
        mutating func count(_ place: Int64) {
            // One entry may open, and end, through several conditions.
            guard place > last else { return }
            events += 1
            last = place
        }
    }

    /// A final episode.
    struct Final: Hashable, Sendable {
        var draft: Draft
        var censored: Censoring?
    }

    private(set) var draft: Draft?
    /// The latest final episode; what falls into it, or before its end, opens nothing.
    private(set) var lastStart = NodeState.never
    private(set) var lastEnd = NodeState.never

    init() {}

    init(draft: Draft?, lastStart: Int64, lastEnd: Int64) {
        self.draft = draft
        self.lastStart = lastStart
        self.lastEnd = lastEnd
    }

    var isIdle: Bool { draft == nil }
    var isOpen: Bool { draft?.isOpen ?? false }

    /// When time alone changes it next, in ms; nil where it never does.
    func due(_ timing: Timing) -> Int64? {
        guard let draft else { return nil }
        guard draft.isOpen else { return draft.end + timing.mergeGap }
        return silence(draft, timing)?.due
    }

    /// The way to end by silence that comes first.
    private func silence(_ draft: Draft, _ timing: Timing) -> (due: Int64, end: Int64)? {
        zip(draft.signs, timing.quiet).map { (due: $0 + $1, end: $0) }
            .min { ($0.due, $0.end) < ($1.due, $1.end) }
    }

    /// Takes time up to a moment.
    mutating func advance(to time: Int64, _ timing: Timing) -> Final? {
        if let open = draft, open.isOpen, let silence = silence(open, timing), silence.due <= time {
            draft?.end = silence.end
        }
        guard let ended = draft, !ended.isOpen, ended.end + timing.mergeGap <= time else {
            return nil
        }
        return finish()
    }

    /// A sign of use, for the ways to end by silence that it counts for.
    mutating func sign(_ indices: [Int], at time: Int64, place: Int64) {
        guard var open = release() else { return }
        if open.isOpen, time >= open.start {
            for index in indices { open.signs[index] = max(open.signs[index], time) }
            open.count(place)
        }
        draft = open
    }

    /// What ends an episode happened. An end from before the opening is none of this episode's.
    mutating func end(at time: Int64, place: Int64, _ timing: Timing) -> Final? {
        guard isOpen, let start = draft?.start, time >= start else { return nil }
        draft?.end = time
        draft?.count(place)
        return timing.mergeGap == 0 ? finish() : nil
    }

    /// What opens an episode happened. While one is open it is a sign of use and no more; less than the merge gap
    /// after its end it continues the episode.
    ///
    /// - Returns: true where a new episode was opened; then give it its `attributes`.
    mutating func open(at time: Int64, place: Int64, late: Bool, _ timing: Timing) -> Bool {
        if let current = draft {
            if current.isOpen {
                sign(Array(timing.quiet.indices), at: time, place: place)
            } else if time >= current.end {
                draft?.end = NodeState.never
                draft?.merges += 1
                draft?.signs = current.signs.map { max($0, time) }
                draft?.count(place)
            }
            return false
        }
        guard time >= lastEnd || (late && time < lastStart) else { return false }
        draft = Draft(
            start: time, signs: timing.quiet.map { _ in time }, first: place, last: place,
            late: late)
        return true
    }

    mutating func note(_ attributes: [Value]) { draft?.attributes = attributes }

    /// Nobody watches any more: an open episode is censored at the last instant observed; one that had ended is
    /// final as it is.
    mutating func interrupt(_ reason: Censoring, at observed: Int64) -> Final? {
        guard let current = draft else { return nil }
        guard current.isOpen else { return finish() }
        draft?.end = max(current.start, observed)
        return finish(reason)
    }

    /// Takes over an episode on its way from another machine. Only where it is idle.
    mutating func adopt(_ other: Draft) { if isIdle { draft = other } }

    /// Gives up the episode on its way.
    mutating func release() -> Draft? {
        defer { draft = nil }
        return draft
    }

    private mutating func finish(_ reason: Censoring? = nil) -> Final? {
        guard let ended = draft else { return nil }
        draft = nil
        // What was told late does not hide what came after it.
        if ended.end >= lastEnd {
            lastStart = ended.start
            lastEnd = ended.end
        }
        return Final(draft: ended, censored: reason)
    }
}
