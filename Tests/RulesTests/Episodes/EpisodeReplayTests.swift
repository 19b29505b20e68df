import Testing

@testable import Rules

extension RandomRules {
    /// Random traces over the rig's devices.
    mutating func traces(_ count: Int) -> [TraceRule] {
        (0..<count).map { index in
            let id = TraceID(rawValue: "trace-\(index)")
            let gap = Bool.random(using: &generator) ? span() : .zero
            let attributes: [TraceRule.NamedAttribute] = [
                .init(name: "room", source: .lastRoom), .init(name: "value", source: .value),
                .init(name: "signal", source: .signal(signal(1))),
            ]
            if Int.random(in: 0..<4, using: &generator) == 0 {
                return TraceRule(
                    id: id, while: signal(2), mergeGap: gap, attributes: attributes)
            }
            let ends: [TraceRule.End] = (0...Int.random(in: 0...2, using: &generator)).map { _ in
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: .event(event(1))
                case 1: .signal(signal(1))
                default: .quiet(event(1), for: span())
                }
            }
            return TraceRule(
                id: id, from: event(1), until: ends, mergeGap: gap, attributes: attributes)
        }
    }
}

@Suite("Live equals replay, for traces")
struct EpisodeReplayTests {
    @Test("ticks between, and a restart from a checkpoint at any place, change no episode")
    func restartAnywhere() throws {
        var finals = 0
        var censored: Set<Censoring> = []
        var late = 0
        for seed in 1...UInt64(150) {
            var random = RandomRules(generator: SeededGenerator(seed: seed &* 31))
            let rig = Rig([], traces: random.traces(6))
            let entries = ReplayPropertyTests.journal(rig, count: 120, &random.generator)
            var ignored: Steps = []
            var engine = rig.engine
            for entry in entries { engine.take(entry, into: &ignored) }
            let end = engine.now + .hours(3)
            engine.advance(to: end, into: &ignored)
            let whole = engine.takeEpisodes()
            finals += whole.filter { $0.settled != nil }.count
            censored.formUnion(whole.compactMap(\.censored))
            late += whole.filter(\.late).count

            var again: [Episode] = []
            var other = rig.engine
            for entry in entries {
                while Int.random(in: 0..<3, using: &random.generator) == 0 {
                    // A tick anywhere before the next entry; none while the hub is down.
                    var last = entry.received
                    if case .command(let command) = entry,
                        case .gap(let from, _, _) = command.command
                    {
                        last = from
                    }
                    let room = max(0, (last - other.now).milliseconds)
                    other.advance(
                        to: other.now
                            + .milliseconds(Int64.random(in: 0...room, using: &random.generator)),
                        into: &ignored)
                }
                if Int.random(in: 0..<8, using: &random.generator) == 0 {
                    again += other.takeEpisodes()
                    other = try restarted(other, like: rig, seed: seed)
                }
                other.take(entry, into: &ignored)
            }
            other.advance(to: end, into: &ignored)
            again += other.takeEpisodes()
            try #require(again == whole, "seed \(seed)")
            try #require(other.checkpoint() == engine.checkpoint(), "seed \(seed)")
            try check(whole, seed: seed)
        }
        #expect(finals > 2000, "the random traces hardly find anything: \(finals)")
        #expect(late > 100, "hardly anything is told late: \(late)")
        #expect(
            censored.isSuperset(of: [.deviceSilent, .hubDown, .stateUnknown, .endUnseen]),
            "not every way to censor was met: \(censored)")
    }

    private func restarted(_ engine: Engine, like rig: Rig, seed: UInt64) throws -> Engine {
        let bytes = engine.checkpoint()
        let restored = try Engine.restored(from: bytes, plan: engine.plan)
        try #require(restored.isWhole)
        try #require(restored.engine.checkpoint() == bytes, "seed \(seed)")
        var fresh = rig
        fresh.engine = restored.engine
        fresh.declareAll()
        return fresh.engine
    }

    /// What must hold of any episodes: each begins and becomes final once, its times agree, and those of one
    /// instance that were seen live do not overlap.
    private func check(_ steps: [Episode], seed: UInt64) throws {
        var begun: Set<EpisodeID> = []
        var ended: Set<EpisodeID> = []
        var latest: [TraceID: Instant] = [:]
        for step in steps {
            guard let end = step.end else {
                try #require(begun.insert(step.id).inserted, "seed \(seed): \(step)")
                continue
            }
            try #require(begun.contains(step.id), "seed \(seed): \(step)")
            try #require(ended.insert(step.id).inserted, "seed \(seed): \(step)")
            try #require(step.start <= end, "seed \(seed): \(step)")
            try #require(step.first <= step.last, "seed \(seed): \(step)")
            guard !step.late else { continue }
            try #require(
                latest[step.trace].map { $0 <= step.start } ?? true, "seed \(seed): \(step)")
            latest[step.trace] = end
        }
    }

    @Test("after a restart at every prefix the rest gives the same episodes")
    func everyPrefix() throws {
        for seed in 1...UInt64(6) {
            var random = RandomRules(generator: SeededGenerator(seed: seed &* 1009))
            let rig = Rig([], traces: random.traces(5))
            let entries = ReplayPropertyTests.journal(rig, count: 80, &random.generator)
            var ignored: Steps = []
            var engine = rig.engine
            for entry in entries { engine.take(entry, into: &ignored) }
            let whole = engine.takeEpisodes()
            var prefix = rig.engine
            var before: [Episode] = []
            for place in entries.indices {
                prefix.take(entries[place], into: &ignored)
                before += prefix.takeEpisodes()
                var rest = try restarted(prefix, like: rig, seed: seed)
                for entry in entries[(place + 1)...] { rest.take(entry, into: &ignored) }
                try #require(before + rest.takeEpisodes() == whole, "seed \(seed), at \(place)")
            }
        }
    }

    @Test("a repeated reading of a state changes no episode but what it was made from")
    func repeats() throws {
        let rules = [
            TraceRule(id: "a", from: doorOpens, until: [.event(doorCloses)]),
            TraceRule(
                id: "b", from: windowOpens, until: [.quiet(someoneMoves, for: .seconds(50))],
                mergeGap: .seconds(90)),
            TraceRule(id: "c", while: .all([doorIsOpen, .not(stoveIsOn)])),
        ]
        for seed in 1...UInt64(60) {
            var generator = SeededGenerator(seed: seed)
            let rig = Rig([], traces: rules)
            let entries = ReplayPropertyTests.journal(rig, count: 80, &generator)
            var ignored: Steps = []
            var first = rig.engine
            var second = rig.engine
            for entry in entries {
                first.take(entry, into: &ignored)
                second.take(entry, into: &ignored)
                if case .event(let event) = entry, event.kind == .state {
                    second.take(entry, into: &ignored)
                }
            }
            try #require(first.takeEpisodes() == second.takeEpisodes(), "seed \(seed)")
        }
    }

    @Test("a rule set with one more trace keeps what the checkpoint knows, and finds what goes on")
    func graft() throws {
        let door = TraceRule(id: "door", from: doorOpens, until: [.event(doorCloses)])
        let window = TraceRule(id: "window", while: windowIsOpen)
        var old = Rig([], traces: [door])
        for rig in [1] {
            _ = rig
            old.say("door", false, at: 1)
            old.say("window", false, at: 2)
            old.say("door", true, at: 10)
            old.say("window", true, at: 20)
        }
        let stored = old.engine.openEpisodes
        var warm = Rig([], traces: [door, window])
        warm.say("door", false, at: 1)
        warm.say("window", false, at: 2)
        warm.say("door", true, at: 10)
        warm.say("window", true, at: 20)
        let restored = try Engine.restored(
            from: old.engine.checkpoint(), plan: warm.engine.plan)
        #expect(!restored.isWhole)
        var engine = restored.engine
        engine.graft(from: warm.engine)
        engine.adopt(open: stored, final: [])
        #expect(engine.takeEpisodes().map { Rig.line($0) } == ["window 20–…"])
        #expect(engine.openEpisodes.map { Rig.line($0) } == ["door 10–…", "window 20–…"])

        // The trace is taken away.
        let without = Planner.plan(RuleSet(traces: [window]), home: old.home, zones: [:])
        var less = try Engine.restored(from: old.engine.checkpoint(), plan: without).engine
        less.adopt(open: stored, final: [])
        #expect(less.takeEpisodes().map { Rig.line($0) } == ["door 10–20 rule_changed"])
    }
}
