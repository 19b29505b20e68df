/// Traces: from what happened in a step to episodes.
extension Engine {
    /// How long after the latest thing that was told late a device counts as having told all.
    static let settling = TimeSpan.minutes(2)

    /// The episodes that began or became final since they were last taken, in order; one that goes on has no `end`.
    /// Whoever runs the engine takes them after each batch: they are no part of its state, nor of a checkpoint.
    public mutating func takeEpisodes() -> [Episode] {
        defer { episodeSteps = [] }
        return episodeSteps
    }

    /// The episodes that are not final, in the order of instances.
    public var openEpisodes: [Episode] {
        traces.indices.flatMap { number in
            [traces[number].live.draft, traces[number].past?.draft].compactMap { draft in
                draft.map { episode($0, plan.traceInstances[number]) }
            }
        }
    }

    /// What happened in this step to one instance.
    private struct Inputs {
        /// The journal's place of the opening.
        var opening: Int64?
        /// When and by which entry it ends.
        var ending: (time: Int64, place: Int64)?
        /// A restored state says that it had ended.
        var endedUnseen = false
        /// Which ways to end by silence begin anew.
        var signs: [Int] = []
        var signPlace: Int64 = 0

        var isEmpty: Bool { opening == nil && ending == nil && !endedUnseen && signs.isEmpty }
    }

    /// Looks at one instance of a trace, one of whose parts changed.
    mutating func trace(_ number: Int) {
        let instance = plan.traceInstances[number]
        var state = traces[number]
        // The only copy is to be changed.
        traces[number] = TraceState()
        let inputs = self.inputs(instance)
        if isDue(instance.node) {
            emit(state.live.advance(to: step.time, instance.timing), instance)
            if state.settle != NodeState.never, state.settle <= step.time {
                settle(&state, instance)
            }
        }
        if step.late, !(state.live.draft.map { step.time >= $0.start } ?? false) {
            if !inputs.isEmpty { takeLate(inputs, &state, instance) }
        } else {
            if !inputs.isEmpty, !step.late, state.live.isIdle, state.past != nil {
                settle(&state, instance)
            }
            takeLive(inputs, &state, instance)
        }
        schedule(state, instance)
        traces[number] = state
    }

    private func inputs(_ instance: TraceInstance) -> Inputs {
        var inputs = Inputs()
        if stirred(instance.from) { inputs.opening = place(instance.from) }
        for node in instance.ends {
            if plan.operations[Int(node)].isEvent {
                if stirred(node) { inputs.ending = (step.time, place(node)) }
                if learned.contains(node) { inputs.endedUnseen = true }
            } else if stirred(node), value(node) == .yes {
                if step.restored {
                    inputs.endedUnseen = true
                } else {
                    let time = min(states[Int(node)].since, step.time)
                    inputs.ending = (time, step.place.rawValue)
                }
            }
        }
        for (index, node) in instance.signs.enumerated() where stirred(node) {
            inputs.signs.append(index)
            inputs.signPlace = max(inputs.signPlace, place(node))
        }
        return inputs
    }

    // MARK: Now

    private mutating func takeLive(
        _ inputs: Inputs, _ state: inout TraceState, _ instance: TraceInstance
    ) {
        if state.live.isOpen {
            if inputs.endedUnseen {
                emit(state.live.interrupt(.endUnseen, at: observed(instance)), instance)
            } else if let ending = inputs.ending {
                emit(
                    state.live.end(at: ending.time, place: ending.place, instance.timing),
                    instance)
            } else if !inputs.signs.isEmpty {
                state.live.sign(inputs.signs, at: step.time, place: inputs.signPlace)
            }
        }
        if let place = inputs.opening { open(&state.live, place, instance) }
        guard state.live.isOpen else { return }
        if let reason = blindness(instance) {
            emit(state.live.interrupt(reason, at: observed(instance)), instance)
        } else if let whole = instance.whole, stirred(whole), value(whole) == .unknown {
            emit(state.live.interrupt(.stateUnknown, at: observed(instance)), instance)
        }
    }

    private mutating func open(
        _ machine: inout EpisodeMachine, _ place: Int64, _ instance: TraceInstance
    ) {
        guard machine.open(at: step.time, place: place, late: step.late, instance.timing) else {
            return
        }
        machine.note(instance.attributes.map { note($0) })
        if let draft = machine.draft { episodeSteps.append(episode(draft, instance)) }
    }

    /// Why nobody can tell the end any more; nil where somebody can.
    private func blindness(_ instance: TraceInstance) -> Censoring? {
        guard instance.canGoBlind, instance.alive.allSatisfy({ value($0) == .no }) else {
            return nil
        }
        let lost = instance.alive.filter { stirred($0) }
        return lost.isEmpty || lost.contains(where: { isDue($0) }) ? .deviceSilent : .deviceOffline
    }

    /// The latest sign of any device that could have told the end.
    private func observed(_ instance: TraceInstance) -> Int64 {
        let latest = instance.alive.map { states[Int($0)].mark }.max() ?? step.time
        return min(latest, step.time)
    }

    // MARK: Told late

    private mutating func takeLate(
        _ inputs: Inputs, _ state: inout TraceState, _ instance: TraceInstance
    ) {
        var past = state.past ?? EpisodeMachine()
        emit(past.advance(to: step.time, instance.timing), instance)
        if let ending = inputs.ending {
            emit(past.end(at: ending.time, place: ending.place, instance.timing), instance)
        } else if !inputs.signs.isEmpty {
            past.sign(inputs.signs, at: step.time, place: inputs.signPlace)
        }
        let isWithinKnown =
            state.live.lastStart <= step.time && step.time < state.live.lastEnd
        if let place = inputs.opening, !isWithinKnown { open(&past, place, instance) }
        state.past = past
        state.settle = (step.noticed + Self.settling).milliseconds
    }

    /// All was told, or something happens now: an episode without an end goes on, where nothing else did since.
    private mutating func settle(_ state: inout TraceState, _ instance: TraceInstance) {
        guard var past = state.past else { return }
        state.past = nil
        state.settle = NodeState.never
        emit(past.advance(to: step.time, instance.timing), instance)
        guard let draft = past.draft else { return }
        if state.live.isIdle, draft.start >= state.live.lastEnd {
            state.live.adopt(draft)
        } else {
            emit(
                past.interrupt(.overlapped, at: draft.signs.max() ?? draft.start), instance)
        }
    }

    // MARK: Interruptions

    /// Nobody watched from one moment to another: what was open is censored at the first. An interruption shorter
    /// than a trace's merge gap is no interruption of its episodes.
    ///
    /// - Parameter isConcerned: whose episodes; those of a person who pauses, say.
    mutating func interruptTraces(
        _ reason: Censoring, from: Instant, to: Instant, at entry: CommandEntry,
        where isConcerned: (TraceInstance) -> Bool = { _ in true }
    ) {
        let from = min(from, entry.received)
        begin(at: from, noticed: entry.received, late: false, restored: true, place: entry.sequence)
        for (number, instance) in plan.traceInstances.enumerated() where isConcerned(instance) {
            guard !traces[number].live.isIdle,
                (to - from).milliseconds >= instance.timing.mergeGap
            else { continue }
            emit(traces[number].live.interrupt(reason, at: from.milliseconds), instance)
            schedule(traces[number], instance)
        }
    }

    /// The same for some instances, at once.
    mutating func interruptTraces(_ reason: Censoring, at moment: Instant, _ numbers: [Int32]) {
        begin(at: moment, noticed: moment, late: false, restored: true, place: sequence)
        for number in numbers.map(Int.init) where !traces[number].live.isIdle {
            let instance = plan.traceInstances[number]
            emit(traces[number].live.interrupt(reason, at: moment.milliseconds), instance)
            schedule(traces[number], instance)
        }
    }

    // MARK: Results

    mutating func schedule(_ state: TraceState, _ instance: TraceInstance) {
        var due = state.live.due(instance.timing)
        if state.settle != NodeState.never { due = min(due ?? state.settle, state.settle) }
        if let due {
            timers.set(instance.node, Instant(milliseconds: due))
        } else {
            timers.cancel(instance.node)
        }
    }

    private mutating func emit(_ final: EpisodeMachine.Final?, _ instance: TraceInstance) {
        guard let final else { return }
        var episode = episode(final.draft, instance)
        episode.end = Instant(milliseconds: final.draft.end)
        episode.settled = step.noticed
        episode.censored = final.censored
        episodeSteps.append(episode)
    }

    /// An episode on its way, without an end.
    func episode(_ draft: EpisodeMachine.Draft, _ instance: TraceInstance) -> Episode {
        let trace = plan.traces[instance.trace]
        var hash = StableHash()
        hash.mix(trace.id.rawValue)
        hash.mix(instance.subject.description)
        hash.mix(draft.start)
        hash.mix(draft.first)
        return Episode(
            id: EpisodeID(rawValue: hash.text), trace: trace.id, version: instance.version,
            subject: instance.subject, start: Instant(milliseconds: draft.start), end: nil,
            settled: nil, censored: nil,
            attributes: zip(trace.attributes, draft.attributes).map {
                Episode.Attribute(name: $0.name, value: $1)
            },
            first: SequenceNumber(rawValue: draft.first),
            last: SequenceNumber(rawValue: draft.last), events: Int(draft.events),
            merges: Int(draft.merges), late: draft.late)
    }

    private func note(_ attribute: NotedAttribute) -> Value {
        switch attribute {
        case .missing: return .unknown
        case .value: return step.value.cut(to: TraceRule.maximumText)
        case .text(let text): return .text(text)
        case .signal(let node):
            let truth = value(node)
            return truth == .unknown ? .unknown : .boolean(truth == .yes)
        case .lastRoom(let signs):
            // The latest up to the opening; of two at one instant, the one the journal has last.
            var latest: (time: Int64, place: Int64) = (NodeState.never, 0)
            var room = Value.unknown
            for sign in signs {
                let state = states[Int(sign.node)]
                guard state.last <= step.time, state.last != NodeState.never,
                    (state.last, state.evidence) > latest
                else { continue }
                latest = (state.last, state.evidence)
                room = .text(sign.room.rawValue)
            }
            return room
        }
    }
}

extension Value {
    /// A text no longer than so many bytes of UTF-8, cut between characters; anything else as it is.
    func cut(to bytes: Int) -> Value {
        guard case .text(let text) = self, text.utf8.count > bytes else { return self }
        var result = ""
        for character in text {
            guard result.utf8.count + character.utf8.count <= bytes else { break }
            result.append(character)
        }
        return .text(result)
    }
}
