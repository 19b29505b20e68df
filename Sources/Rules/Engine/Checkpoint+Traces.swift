/// The episodes on their way as bytes.
extension Engine {
    func writeTraces(to writer: inout ByteWriter) {
        let numbers = traces.indices.filter { traces[$0] != TraceState() }
        writer.write(unsigned: UInt64(numbers.count))
        for number in numbers {
            let state = traces[number]
            writer.write(fixed: plan.keys[Int(plan.traceInstances[number].node)])
            write(state.live, to: &writer)
            writer.write(UInt8(state.past == nil ? 0 : 1))
            if let past = state.past { write(past, to: &writer) }
            write(time: state.settle, to: &writer)
        }
    }

    /// - Parameter nodes: the plan's nodes by key. What belongs to none of them is read and dropped.
    mutating func readTraces(
        _ nodes: [UInt64: Int32], from reader: inout ByteReader
    ) throws(CheckpointError) {
        for _ in 0..<(try reader.count()) {
            let node = nodes[try reader.fixed()]
            var state = TraceState()
            state.live = try machine(from: &reader)
            if try reader.byte() != 0 { state.past = try machine(from: &reader) }
            state.settle = try time(from: &reader)
            guard let node, case .trace(let number) = plan.operations[Int(node)] else { continue }
            let instance = plan.traceInstances[Int(number)]
            for draft in [state.live.draft, state.past?.draft].compactMap(\.self) {
                guard draft.signs.count == instance.timing.quiet.count,
                    draft.attributes.count == instance.attributes.count
                else { throw .damaged(offset: 0) }
            }
            traces[Int(number)] = state
        }
    }

    /// Makes the episodes on their way agree with those that were committed, after a restart and for a changed rule
    /// set. What follows is among the next `takeEpisodes`: an episode whose rule is gone, or finds it no more, is
    /// censored; one that a new rule found in the past and that goes on is told.
    ///
    /// - Parameters:
    ///   - stored: the committed episodes that go on.
    ///   - final: of this engine's, those that were committed as final: they stay so.
    public mutating func adopt(open stored: [Episode], final: Set<EpisodeID>) {
        for number in traces.indices {
            let instance = plan.traceInstances[number]
            if let draft = traces[number].live.draft,
                final.contains(episode(draft, instance).id)
            {
                _ = traces[number].live.release()
                schedule(traces[number], instance)
            }
        }
        let mine = openEpisodes
        let kept = Set(mine.map(\.id))
        for episode in stored where !kept.contains(episode.id) {
            var episode = episode
            episode.end = max(now, episode.start)
            episode.settled = now
            episode.censored = .ruleChanged
            episodeSteps.append(episode)
        }
        let versions = Dictionary(stored.map { ($0.id, $0.version) }) { first, _ in first }
        episodeSteps += mine.filter { versions[$0.id] != $0.version }
    }

    // Times are written as differences to now, which are short.
    private func write(time: Int64, to writer: inout ByteWriter) {
        writer.write(UInt8(time == NodeState.never ? 0 : 1))
        if time != NodeState.never { writer.write(signed: time - now.milliseconds) }
    }

    private func time(from reader: inout ByteReader) throws(CheckpointError) -> Int64 {
        try reader.byte() == 0 ? NodeState.never : now.milliseconds &+ (try reader.signed())
    }

    private func write(_ machine: EpisodeMachine, to writer: inout ByteWriter) {
        write(time: machine.lastStart, to: &writer)
        write(time: machine.lastEnd, to: &writer)
        writer.write(UInt8(machine.draft == nil ? 0 : 1))
        guard let draft = machine.draft else { return }
        write(time: draft.start, to: &writer)
        write(time: draft.end, to: &writer)
        writer.write(unsigned: UInt64(draft.signs.count))
        for sign in draft.signs { write(time: sign, to: &writer) }
        for number in [draft.first, draft.last, draft.events, draft.merges] {
            writer.write(signed: number)
        }
        writer.write(UInt8(draft.late ? 1 : 0))
        writer.write(unsigned: UInt64(draft.attributes.count))
        for value in draft.attributes { value.write(to: &writer) }
    }

    private func machine(from reader: inout ByteReader) throws(CheckpointError) -> EpisodeMachine {
        let lastStart = try time(from: &reader)
        let lastEnd = try time(from: &reader)
        guard try reader.byte() != 0 else {
            return EpisodeMachine(draft: nil, lastStart: lastStart, lastEnd: lastEnd)
        }
        let start = try time(from: &reader)
        let end = try time(from: &reader)
        var signs: [Int64] = []
        for _ in 0..<(try reader.count()) { signs.append(try time(from: &reader)) }
        var draft = EpisodeMachine.Draft(
            start: start, end: end, signs: signs, first: try reader.signed(),
            last: try reader.signed(), events: try reader.signed(), merges: try reader.signed(),
            late: try reader.byte() != 0)
        for _ in 0..<(try reader.count()) { draft.attributes.append(try Value(from: &reader)) }
        return EpisodeMachine(draft: draft, lastStart: lastStart, lastEnd: lastEnd)
    }
}

extension Value {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .unknown: writer.write(0)
        case .boolean(let flag): writer.write(UInt8(flag ? 2 : 1))
        case .number(let number):
            writer.write(3)
            writer.write(fixed: number.bitPattern)
        case .text(let text):
            writer.write(4)
            writer.write(text)
        }
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        switch try reader.byte() {
        case 0: self = .unknown
        case 1: self = .boolean(false)
        case 2: self = .boolean(true)
        case 3: self = .number(Double(bitPattern: try reader.fixed()))
        case 4: self = .text(try reader.text())
        default: throw .damaged(offset: 0)
        }
    }
}
