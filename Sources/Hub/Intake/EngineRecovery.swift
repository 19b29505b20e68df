import Logging
public import Rules

/// Builds the engine as it was when the latest batch was committed: from the latest checkpoint and the entries behind
/// it, or from the whole journal.
struct EngineRecovery {
    let journal: Journal
    let plan: Plan
    let configuration: String
    let log: Logger

    /// How far back a new or changed rule is warmed, so that its holding times count from when they truly began.
    static let warmUp = TimeSpan.days(7)

    /// The engine, and the steps that a changed configuration itself led to (alerts whose rule is gone).
    func build() throws(JournalError) -> (engine: Engine, steps: Steps) {
        let recovered = journal.recovered
        let reader = try JournalReader(path: journal.path)
        let sameConfiguration = try reader.latestConfiguration().map { $0 == configuration } ?? true
        var engine = Engine(plan: plan)
        var next = SequenceNumber(rawValue: 1)
        if let checkpoint = recovered.checkpoint {
            do {
                let restored = try Engine.restored(from: checkpoint.engine, plan: plan)
                engine = restored.engine
                next = SequenceNumber(rawValue: checkpoint.sequence.rawValue + 1)
                if !restored.isWhole {
                    engine.graft(from: try warm(reader, until: checkpoint.sequence))
                }
            } catch let error as CheckpointError {
                log.warning("\(error)")
            } catch let error as JournalError {
                throw error
            } catch {
                preconditionFailure("no other error is thrown above")
            }
        }
        declareStreams(&engine)
        var replayed: Steps = []
        try reader.replay(from: next) { entry in
            engine.take(entry, into: &replayed)
            // All that it gives is stored already.
            engine.discardOutput()
            return true
        }
        if recovered.mark != .distantPast { engine.advance(to: recovered.mark, into: &replayed) }
        engine.discardOutput()
        var steps: Steps = []
        let stored = recovered.openAlerts.sorted { $0.id < $1.id }
        if !sameConfiguration || engine.alerts.sorted != stored {
            // Without what was removed, the past does not lead to the same alerts any more.
            if sameConfiguration, try reader.lastErased().rawValue < next.rawValue {
                log.error(
                    "the replayed journal gives \(engine.alerts.sorted.count) open alerts, \(stored.count) are stored; the stored ones are kept"
                )
            }
            engine.adopt(open: stored, into: &steps)
        }
        try adoptEpisodes(reader, into: &engine)
        return (engine, steps)
    }

    /// The stored episodes are the truth. What a changed rule makes of them is stored with the next batch.
    private func adoptEpisodes(
        _ reader: JournalReader, into engine: inout Engine
    ) throws(JournalError) {
        _ = engine.takeEpisodes()
        var final: Set<EpisodeID> = []
        for episode in engine.openEpisodes {
            if try reader.episode(episode.id.rawValue)?.settled != nil { final.insert(episode.id) }
        }
        let open = try reader.openEpisodes()
        engine.adopt(open: open, final: final)
    }

    private func declareStreams(_ engine: inout Engine) {
        for stream in journal.streams { engine.declare(stream.id, stream.key) }
    }

    /// An engine that has seen the last days, for the conditions that are new.
    private func warm(
        _ reader: JournalReader, until last: SequenceNumber
    ) throws(JournalError) -> Engine {
        var engine = Engine(plan: plan)
        declareStreams(&engine)
        var ignored: Steps = []
        let from = try reader.firstPlace(atOrAfter: journal.recovered.mark - Self.warmUp)
        try reader.replay(from: from) { entry in
            guard entry.sequence <= last else { return false }
            engine.take(entry, into: &ignored)
            engine.discardOutput()
            return true
        }
        return engine
    }
}

extension JournalReader.Entry {
    /// Its place in the journal.
    var sequence: SequenceNumber {
        switch self {
        case .event(let event): event.sequence
        case .command(let entry): entry.sequence
        }
    }
}

extension Engine {
    /// Forgets what is to be told and what episodes came to.
    mutating func discardOutput() {
        _ = takeEpisodes()
        _ = takeNotices()
        _ = takeHandovers()
        _ = takeNextSteps()
    }

    /// Takes in one entry of the journal.
    public mutating func take(_ entry: JournalReader.Entry, into steps: inout Steps) {
        switch entry {
        case .event(let event): take(event, into: &steps)
        case .command(let entry): take(entry, into: &steps)
        }
    }
}
