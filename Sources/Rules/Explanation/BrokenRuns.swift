/// What a holding time, or an absence, had reached when it was broken, and by which entry of the journal. Followed
/// from outside, entry by entry: the engine itself does not keep it.
public struct BrokenRuns: Sendable {
    /// The latest run of one condition that was broken before its time.
    public struct Run: Hashable, Sendable {
        /// When it began.
        public var since: Instant
        /// How long it had held.
        public var reached: TimeSpan
        /// How long it should have.
        public var wanted: TimeSpan
        /// When it was broken.
        public var at: Instant
        /// The entry that broke it.
        public var by: SequenceNumber
    }

    private var nodes: [Int32]
    private var running: [Int32: Explanation.Progress] = [:]
    private var broken: [Int32: Run] = [:]

    /// Follows all conditions that take time under some explanations.
    public init(of explanations: [Explanation]) {
        var nodes: Set<Int32> = []
        var waiting = explanations
        while let next = waiting.popLast() {
            switch next.kind {
            case .holding, .absence, .notFollowed: nodes.insert(next.node)
            default: break
            }
            waiting += next.parts
        }
        self.nodes = nodes.sorted()
    }

    /// Looks at the engine after each entry.
    public mutating func look(at engine: Engine) {
        for node in nodes {
            let before = running[node]
            let now = engine.progress(node)
            running[node] = now
            guard let before, now?.since != before.since, engine.value(node) != .yes else {
                continue
            }
            let at = min(engine.now, Instant(milliseconds: engine.step.time))
            let reached = max(.zero, at - before.since)
            guard reached < before.wanted else { continue }
            broken[node] = Run(
                since: before.since, reached: reached, wanted: before.wanted, at: at,
                by: engine.sequence)
        }
    }

    /// The latest broken run of a condition.
    public func run(of explanation: Explanation) -> Run? { broken[explanation.node] }
}
