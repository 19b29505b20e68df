/// What the engine remembers of one node. The fields mean, by operation:
///
/// | operation | value | since | mark | last | evidence |
/// |---|---|---|---|---|---|
/// | predicate | latest reading passes | since when | effective time of the latest reading | – | its place |
/// | alive | heard of | since when | effective time of the latest sign | – | – |
/// | holding | held for long enough | since when | when the child began to be true; `never` if it is not | when it broke; `never` | – |
/// | released, dwell, window, combinations | as named | since when | – | – | – |
/// | absence | nothing for so long | since when | the event's last time, or when the watch began | – | place of the last event |
/// | reading | the value before passed | – | effective time of the latest reading | when it fired | place |
/// | notFollowed | – | – | the first event's time; `never` | the last time of the second | place of the first |
/// | sequence | – | – | how many steps are done | when it fired | place of the latest |
/// | rule | active | since when the episode runs | the episode's token | when it ended | – |
///
/// Events keep in `since` when they last happened.
struct NodeState: Hashable, Sendable {
    static let never = Instant.distantPast.milliseconds

    var value: Truth = .unknown
    var since: Int64 = NodeState.never
    var mark: Int64 = NodeState.never
    var last: Int64 = NodeState.never
    var evidence: Int64 = 0
}

/// One remembered time with the journal's place that it came from.
struct TimedPlace: Hashable, Sendable {
    var time: Int64
    var place: Int64
    /// What `same:` or `distinct:` tells it from others by, or a measured value's bits; 0 for none.
    var key: Int64 = 0
}
