import Foundation
public import Rules

/// Whether a journal, run again, gives the alerts and the traces that were stored: from its beginning and from every checkpoint that
/// is kept.
///
/// A run goes on as long as the configuration stays the one it began with: a hub that starts with another one carries
/// its conditions over and stores what that led to, which is no function of the entries alone. Each checkpoint behind
/// such a change starts a run of its own.
public struct ReplayVerification: Sendable {
    /// The first place where a replay gives something else than was stored.
    public struct Difference: Hashable, Sendable {
        /// The journal's latest entry when it happened.
        public var after: SequenceNumber
        /// When it happened.
        public var at: Instant
        /// What is stored; nil where nothing is.
        public var stored: String?
        /// What the replay gives; nil where it gives nothing.
        public var replayed: String?
    }

    /// One run.
    public struct Run: Hashable, Sendable {
        /// After which entry it began; 0 for the beginning of the journal.
        public var start: SequenceNumber
        /// Entries that were replayed.
        public var entries = 0
        /// Steps of alerts that agree.
        public var transitions = 0
        /// Finished episodes of traces that agree.
        public var episodes = 0
        /// The first that does not; nil where all do.
        public var difference: Difference?
        /// Why it was not run, or not to the end; nil where it was.
        public var note: String?
    }

    /// The runs, the one from the beginning first.
    public private(set) var runs: [Run] = []

    /// Whether every run agrees with what is stored.
    public var holds: Bool { runs.allSatisfy { $0.difference == nil } }

    private let reader: JournalReader
    private let home: LoadedHome
    private let material: JournalReader.ReplayMaterial
    /// No run from before it can be compared.
    private let erased: SequenceNumber
    private var plans: [String: Plan?]

    /// Replays a journal.
    ///
    /// - Parameters:
    ///   - home: the home as its files say now; older configurations are taken from the journal.
    ///   - progress: called now and then with the share that is done, 0 … 1.
    public init(
        _ reader: JournalReader, home: LoadedHome, progress: (Double) -> Void = { _ in }
    ) throws(JournalError) {
        self.reader = reader
        self.home = home
        material = try reader.replayMaterial()
        erased = try reader.lastErased()
        let last = material.last
        plans = [ConfigurationBody(home).hash: home.plan]
        let checkpoints = material.checkpoints
        var done = 0.0
        let all = Double(
            max(1, checkpoints.reduce(last.rawValue) { $0 + last.rawValue - $1.sequence.rawValue }))
        func share(_ entries: Int) -> Double { (done + Double(entries)) / all }
        runs.append(try run(from: nil) { progress(share($0)) })
        for checkpoint in checkpoints {
            done += Double(runs[runs.count - 1].entries)
            runs.append(try run(from: checkpoint) { progress(share($0)) })
        }
        progress(1)
    }

    // MARK: One run

    private mutating func run(
        from checkpoint: Recovered.Checkpoint?, _ progress: (Int) -> Void
    ) throws(JournalError) -> Run {
        let start = checkpoint?.sequence ?? SequenceNumber(rawValue: 0)
        var run = Run(start: start)
        guard start >= erased else {
            run.note =
                "readings up to entry \(erased.rawValue) were removed on purpose; not compared from before"
            return run
        }
        var configuration = checkpoint?.configuration
        if configuration == nil { configuration = try reader.firstConfiguration() }
        guard let hash = configuration, let plan = try plan(hash) else {
            run.note =
                "its configuration cannot be built again from the journal (other device profiles, "
                + "zone data or version); not compared"
            return run
        }
        var engine = Engine(plan: plan)
        if let checkpoint {
            do {
                let restored = try Engine.restored(from: checkpoint.engine, plan: plan)
                guard restored.isWhole else {
                    run.note = "another version of the engine wrote it; not compared"
                    return run
                }
                engine = restored.engine
            } catch {
                run.note = "\(error)"
                return run
            }
        }
        for stream in material.streams { engine.declare(stream.id, stream.key) }
        var comparison = Comparison(
            material.steps[...].dropFirst(Self.before(checkpoint, material.steps)))
        let isWhole = try replay(&engine, hash, into: &run, &comparison, progress)
        guard run.difference == nil else { return run }
        if isWhole { finish(&engine, &run, &comparison) }
        if isWhole, run.difference == nil {
            let mark = checkpoint?.mark ?? .distantPast
            try compareEpisodes(engine.takeEpisodes(), settledAfter: mark, &run)
        }
        return run
    }

    /// How many stored steps a checkpoint already holds: those stored up to its entry and noticed up to its mark. What a
    /// tick led to afterwards, without a new entry, was noticed later.
    private static func before(
        _ checkpoint: Recovered.Checkpoint?, _ stored: [JournalReader.PlacedStep]
    ) -> Int {
        guard let checkpoint else { return 0 }
        let next = stored.firstIndex {
            $0.sequence > checkpoint.sequence
                || ($0.sequence == checkpoint.sequence && $0.step.noticed > checkpoint.mark)
        }
        return next ?? stored.count
    }

    /// Replays up to the journal's end or a change of the configuration.
    ///
    /// - Returns: true where the end was reached.
    private func replay(
        _ engine: inout Engine, _ hash: String, into run: inout Run,
        _ comparison: inout Comparison, _ progress: (Int) -> Void
    ) throws(JournalError) -> Bool {
        var steps: Steps = []
        var isWhole = true
        let first = SequenceNumber(rawValue: run.start.rawValue + 1)
        var result = run
        let last = material.last
        try reader.replay(from: first) { entry in
            guard entry.sequence <= last else { return false }
            if case .command(let command) = entry, case .configured(let other) = command.command,
                other != hash
            {
                result.note =
                    "compared up to entry \(entry.sequence.rawValue), where the configuration changes"
                isWhole = false
                return false
            }
            engine.take(entry, into: &steps)
            result.entries += 1
            if result.entries % 65_536 == 0 { progress(result.entries) }
            guard !steps.isEmpty else { return true }
            defer { steps.removeAll(keepingCapacity: true) }
            return comparison.compare(steps, after: entry.sequence, &result)
        }
        run = result
        return isWhole
    }

    /// Takes time up to the hub's own mark, and compares the alerts that are open then.
    private func finish(
        _ engine: inout Engine, _ run: inout Run, _ comparison: inout Comparison
    ) {
        var steps: Steps = []
        if let mark = material.mark { engine.advance(to: mark, into: &steps) }
        guard comparison.compare(steps, after: material.last, &run) else { return }
        if let missing = comparison.rest.first {
            run.difference = Difference(
                after: missing.sequence, at: missing.step.at,
                stored: Comparison.text(missing.step), replayed: nil)
            return
        }
        let open = material.open
        let replayed = engine.alerts.sorted
        guard open != replayed else { return }
        let pair = zip(open.map(Optional.some) + [nil], replayed.map(Optional.some) + [nil])
            .first { $0 != $1 }
        let place = pair?.0 ?? pair?.1
        run.difference = Difference(
            after: material.last, at: place?.began ?? engine.now,
            stored: pair?.0.map { "open alert \($0)" }, replayed: pair?.1.map { "open alert \($0)" }
        )
    }

    /// Compares the episodes that became final in a run with those that are stored, in the order in which they did.
    private func compareEpisodes(
        _ replayed: [Episode], settledAfter mark: Instant, _ run: inout Run
    ) throws(JournalError) {
        let stored = try reader.episodes(EpisodeFilter(settledAfter: mark, finalOnly: true))
        func ordered(_ episodes: [Episode]) -> [Episode] {
            episodes.filter { $0.settled != nil }.sorted {
                ($0.settled ?? .distantFuture, $0.id.rawValue)
                    < ($1.settled ?? .distantFuture, $1.id.rawValue)
            }
        }
        let left = ordered(stored)
        let right = ordered(replayed)
        for index in 0..<max(left.count, right.count) {
            let one = index < left.count ? left[index] : nil
            let other = index < right.count ? right[index] : nil
            if one == other {
                run.episodes += 1
                continue
            }
            run.difference = Difference(
                after: (one ?? other)?.last ?? material.last,
                at: (one ?? other)?.settled ?? .distantPast, stored: one.map(Self.text),
                replayed: other.map(Self.text))
            return
        }
    }

    private static func text(_ episode: Episode) -> String {
        let end = episode.end.map(Timestamp.utc) ?? "no end"
        let censored = episode.censored.map { ", censored: \($0.rawValue)" } ?? ""
        return "episode \(episode.id) of trace \(episode.trace) (\(episode.subject)) from "
            + "\(Timestamp.utc(episode.start)) to \(end)\(censored), \(episode.events) events"
    }

    // MARK: Configurations

    /// The rules of a configuration that was in force; nil where the journal's texts no longer give the same.
    private mutating func plan(_ hash: String) throws(JournalError) -> Plan? {
        if let known = plans[hash] { return known }
        var plan: Plan?
        if let body = try reader.configurationBody(hash) {
            plan = Self.rebuilt(body, hash: hash)
        }
        plans[hash] = .some(plan)
        return plan
    }

    /// Loads the texts of a configuration from a folder of their own, and takes the result only where it is the same
    /// to the byte.
    private static func rebuilt(_ body: String, hash: String) -> Plan? {
        struct Body: Decodable { var files: [String: String] }
        guard let files = try? JSONDecoder().decode(Body.self, from: Data(body.utf8)).files,
            files.keys.allSatisfy({ !$0.hasPrefix("/") && !$0.contains("..") })
        else { return nil }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("foyer-replay-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            for (name, text) in files {
                let file = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            let home = try HomeFolder.load(folder.path)
            return ConfigurationBody(home).hash == hash ? home.plan : nil
        } catch {
            return nil
        }
    }
}

/// Stored steps that wait to be given again.
private struct Comparison {
    var rest: ArraySlice<JournalReader.PlacedStep>

    init(_ rest: ArraySlice<JournalReader.PlacedStep>) { self.rest = rest }

    /// Compares what a replay gives with what was stored next.
    ///
    /// - Returns: false, with the difference in the run, where they differ.
    mutating func compare(
        _ steps: Steps, after place: SequenceNumber, _ run: inout ReplayVerification.Run
    ) -> Bool {
        for step in steps {
            let next = rest.popFirst()?.step
            if let next, next.step == step.step, next.at == step.at, next.noticed == step.noticed,
                next.actor == step.actor, next.alert == step.alert.id
            {
                run.transitions += 1
                continue
            }
            run.difference = ReplayVerification.Difference(
                after: place, at: step.at, stored: next.map(Self.text), replayed: Self.text(step))
            return false
        }
        return true
    }

    static func text(_ step: JournalReader.StoredStep) -> String {
        text(step.step, step.alert, at: step.at, noticed: step.noticed, step.actor)
    }

    static func text(_ step: AlertTransition) -> String {
        text(step.step, step.alert.id, at: step.at, noticed: step.noticed, step.actor)
            + " (rule \(step.alert.rule), \(step.alert.subject))"
    }

    private static func text(
        _ step: AlertTransition.Step, _ alert: AlertID, at: Instant, noticed: Instant,
        _ actor: String?
    ) -> String {
        "\(step.name) \(alert) at \(Timestamp.utc(at)), noticed \(Timestamp.utc(noticed))"
            + (actor.map { " by \($0)" } ?? "")
    }
}

extension JournalReader {
    /// The hash of the configuration that the journal began with; nil where there is none.
    func firstConfiguration() throws(JournalError) -> String? {
        var found: String?
        try replay { entry in
            if case .command(let command) = entry, case .configured(let hash) = command.command {
                found = hash
            }
            return found == nil
        }
        return found
    }
}
