/// Runs a scenario's journal through the engine.
struct ScenarioRun {
    /// What went wrong with the scenario itself.
    struct Trouble: Hashable, Sendable {
        var message: String
        var location: SourceLocation
    }

    private(set) var steps: Steps = []
    private(set) var troubles: [Trouble] = []
    private let scenario: Scenario
    private let streams: [StreamKey: StreamID]
    private var engine: Engine
    /// The state of a hub that is down, as its checkpoint keeps it.
    private var kept: [UInt8]?

    init(_ scenario: Scenario) {
        self.scenario = scenario
        var streams: [StreamKey: StreamID] = [:]
        for device in scenario.home.devices {
            for capability in device.capabilities {
                let key = StreamKey(
                    device: device.id, capability: capability.capability,
                    channel: capability.channel)
                if streams[key] == nil {
                    streams[key] = StreamID(rawValue: Int32(streams.count + 1))
                }
            }
        }
        self.streams = streams
        engine = Engine(plan: scenario.plan)
        declareStreams()
        engine.advance(to: scenario.start, into: &steps)
    }

    private mutating func declareStreams() {
        for (key, id) in streams.sorted(by: { $0.value < $1.value }) { engine.declare(id, key) }
    }

    /// The engine's state as bytes.
    var checkpoint: [UInt8] { kept ?? engine.checkpoint() }

    /// Throws the engine away and builds it again from a checkpoint.
    mutating func restore(_ bytes: [UInt8]) {
        do {
            let restored = try Engine.restored(from: bytes, plan: scenario.plan)
            engine = restored.engine
            declareStreams()
            if !restored.isWhole {
                fail("the checkpoint does not hold the whole state of the engine")
            }
        } catch {
            fail("the checkpoint cannot be read: \(error)")
        }
    }

    private mutating func fail(_ message: String) {
        troubles.append(Trouble(message: message, location: scenario.location))
    }

    /// What one entry leads to.
    mutating func take(_ entry: ScenarioJournal.Entry, at received: Instant) {
        let next = SequenceNumber(rawValue: engine.sequence.rawValue + 1)
        switch entry {
        case .event(let reading, let effective, let freshness):
            // The reader takes only readings that the home's devices have.
            guard let stream = streams[reading.stream] else { return }
            engine.take(
                Event(
                    sequence: next, stream: stream, kind: reading.kind, value: reading.value,
                    received: received, effective: effective, freshness: freshness),
                into: &steps)
        case .answer(let answer):
            engine.advance(to: received, into: &steps)
            guard let command = command(answer) else { return }
            engine.take(
                CommandEntry(sequence: next, received: received, command: command), into: &steps)
        case .stop:
            engine.advance(to: received, into: &steps)
            kept = engine.checkpoint()
        case .start(let down):
            if let kept { restore(kept) }
            kept = nil
            guard let down else { return }
            let gap = Command.gap(from: down, to: received)
            engine.take(
                CommandEntry(
                    sequence: SequenceNumber(rawValue: engine.sequence.rawValue + 1),
                    received: received, command: gap), into: &steps)
        }
    }

    /// Lets time go on without an entry.
    mutating func wait(until moment: Instant) {
        if kept == nil { engine.advance(to: moment, into: &steps) }
    }

    /// The command that an answer is; nil, with the trouble noted, where there is nothing to answer.
    private mutating func command(_ answer: Scenario.Answer) -> Command? {
        let residence = ResidenceID(rawValue: answer.about)
        switch answer.action {
        case .away: return .away(residence, true, by: answer.by)
        case .back: return .away(residence, false, by: answer.by)
        case .acknowledge, .resolve, .fine, .help: break
        }
        guard let alert = openAlert(answer) else { return nil }
        switch answer.action {
        case .acknowledge: return .acknowledge(alert, by: answer.by)
        case .resolve:
            return .resolve(alert, by: answer.by, outcome: .real, note: answer.note)
        default: return .answer(alert, isFine: answer.action == .fine, by: answer.by)
        }
    }

    private mutating func openAlert(_ answer: Scenario.Answer) -> AlertID? {
        let open = engine.alerts.sorted.filter { alert in
            alert.rule.rawValue == answer.about
                && (answer.instance.map { Scenario.Expectation.names($0, alert.subject) } ?? true)
        }
        let latest = open.max { ($0.began, $0.id) < ($1.began, $1.id) }
        if latest == nil {
            troubles.append(
                Trouble(
                    message:
                        "nobody can \(answer.action.rawValue) \"\(answer.about)\" then: it has no open alert",
                    location: answer.location))
        }
        return latest?.id
    }
}

extension Scenario {
    /// Runs it and compares.
    public func run() -> ScenarioOutcome {
        let journal = ScenarioJournal(self)
        var run = ScenarioRun(self)
        var checkpoints: [(bytes: [UInt8], steps: Int)] = []
        for (received, entry) in journal.entries {
            run.take(entry, at: received)
            if restartsEverywhere { checkpoints.append((run.checkpoint, run.steps.count)) }
        }
        run.wait(until: end)
        var outcome = ScenarioOutcome(self, steps: run.steps, troubles: run.troubles)
        guard restartsEverywhere else { return outcome }
        let last = run.checkpoint
        // One run that is restarted behind every entry, and then one for each place alone.
        outcome.restart = restarted(
            journal, at: Set(journal.entries.indices), from: 0, steps: run.steps, last: last)
        for place in Self.places(journal.entries.count) where outcome.restart == nil {
            outcome.restart = restarted(
                journal, from: place, with: checkpoints[place], steps: run.steps, last: last)
        }
        return outcome
    }

    /// So many places alone are tried at most; a longer journal is tried at so many places spread over it.
    static let placesAtMost = 200

    private static func places(_ count: Int) -> [Int] {
        guard count > placesAtMost else { return Array(0..<count) }
        return (0..<placesAtMost).map { $0 * count / placesAtMost }
    }

    /// Runs with restarts behind the entries at some places; what differs from the steps that came without, or nil.
    private func restarted(
        _ journal: ScenarioJournal, at places: Set<Int>, from first: Int, steps: Steps,
        last: [UInt8]
    ) -> ScenarioOutcome.RestartDifference? {
        var run = ScenarioRun(self)
        for (place, row) in journal.entries.enumerated() {
            run.take(row.entry, at: row.received)
            if places.contains(place), !isDown(journal, at: place) { run.restore(run.checkpoint) }
        }
        run.wait(until: end)
        return difference(run, after: 0, steps: steps, last: last, at: nil)
    }

    private func restarted(
        _ journal: ScenarioJournal, from place: Int, with kept: (bytes: [UInt8], steps: Int),
        steps: Steps, last: [UInt8]
    ) -> ScenarioOutcome.RestartDifference? {
        guard !isDown(journal, at: place) else { return nil }
        var run = ScenarioRun(self)
        let before = run.steps.count
        run.restore(kept.bytes)
        for row in journal.entries[(place + 1)...] { run.take(row.entry, at: row.received) }
        run.wait(until: end)
        return difference(
            run, after: kept.steps, skipping: before, steps: steps, last: last,
            at: journal.entries[place].received)
    }

    /// While the hub is down there is nothing to restart.
    private func isDown(_ journal: ScenarioJournal, at place: Int) -> Bool {
        if case .stop = journal.entries[place].entry { return true }
        return false
    }

    private func difference(
        _ run: ScenarioRun, after done: Int, skipping: Int = 0, steps: Steps, last: [UInt8],
        at place: Instant?
    ) -> ScenarioOutcome.RestartDifference? {
        let got = run.steps.dropFirst(skipping)
        let wanted = steps.dropFirst(done)
        if let trouble = run.troubles.first {
            return .init(restart: place, without: nil, with: nil, note: trouble.message)
        }
        for (left, right) in zip(wanted, got) where left != right {
            return .init(restart: place, without: left, with: right, note: nil)
        }
        if wanted.count != got.count {
            let common = min(wanted.count, got.count)
            return .init(
                restart: place, without: wanted.dropFirst(common).first,
                with: got.dropFirst(common).first, note: nil)
        }
        guard run.checkpoint != last else { return nil }
        return .init(
            restart: place, without: nil, with: nil,
            note: "the steps are the same, but the engine's state at the end is another")
    }
}
