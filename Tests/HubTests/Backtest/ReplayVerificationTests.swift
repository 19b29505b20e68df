import Foundation
import GRDB
import Rules
import Testing

@testable import Hub

/// A journal of one home over some hours, written as the intake loop writes it, with checkpoints on the way.
private struct WrittenJournal {
    let folder: TemporaryFolder
    let home: LoadedHome
    var path: String { folder.file("foyer.sqlite") }

    static let start = Instant(milliseconds: 1_764_000_000_000)

    init(checkpointEvery: Int = 100, entries: Int = 2000) throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("rules"), withIntermediateDirectories: true)
        let files = [
            "hub.yaml": """
            version: 1
            site: {id: site, title: {en: Site, fr: Site}}
            zone: Europe/Paris
            residences:
              - id: home
                title: {en: Home, fr: Maison}
                people: [p1]
                rooms: [{id: hall, kind: hall, title: {en: Hall, fr: Entrée}}]
            broker: {managed: {port: 1883, listen: 127.0.0.1}}
            """,
            "devices.yaml": """
            version: 1
            devices:
              - {name: door, profile: zigbee2mqtt-contact, topic: z/door, residence: home, room: hall, kind: door}
            """,
            "rules/door.yaml": """
            version: 1
            rules:
              - id: door-open
                priority: medium
                when: {all: [{device: door, reading: contact, is: open, unknown_after: never}], for: 1m}
                do: {en: Shut it., fr: La fermer.}
            traces:
              - id: door-use
                title: {en: The door is open, fr: La porte est ouverte}
                from: {device: door, reading: contact, is: open, unknown_after: never}
                merge_gap: 20s
            """,
        ]
        for (name, text) in files {
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        home = try HomeFolder.load(
            folder.path, shippedProfiles: RecordedHome.repository + "/devices")
        #expect(!home.hasErrors, "\(home.report)")
        try write(entries, checkpointEvery: checkpointEvery)
    }

    private func write(_ entries: Int, checkpointEvery: Int) throws {
        let journal = try Journal.open(path: path)
        var engine = Engine(plan: home.plan)
        let body = ConfigurationBody(home)
        let key = StreamKey(device: "home/door", capability: "contact.open")
        var generator = SeededGenerator(seed: 7)
        var time = Self.start
        try journal.commit { writer in
            try writer.configuration(hash: body.hash, body: body.text, received: time)
            let entry = try writer.append(.configured(hash: body.hash), received: time)
            try note(entry.received, &engine, &writer) { engine, steps in
                engine.take(entry, into: &steps)
            }
        }
        for number in 1...entries {
            time = time + .milliseconds(Int64.random(in: 1...90_000, using: &generator))
            try journal.commit { writer in
                let stream = try writer.stream(
                    for: key, residence: "home", kind: .state, value: .boolean(true))
                engine.declare(stream, key)
                let event = try writer.append(
                    stream: stream, value: .boolean(Bool.random(using: &generator)), received: time,
                    effective: time, freshness: .live)
                try note(time, &engine, &writer) { engine, steps in
                    engine.take(event, into: &steps)
                }
                // Now and then time passes without an entry.
                if number % 3 == 0 {
                    time = time + .seconds(40)
                    try note(time, &engine, &writer) { engine, steps in
                        engine.advance(to: time, into: &steps)
                    }
                }
                if number % checkpointEvery == 0 {
                    try writer.checkpoint(
                        engine.checkpoint(), mark: engine.now, configuration: body.hash)
                }
            }
        }
    }

    private func note(
        _ time: Instant, _ engine: inout Engine, _ writer: inout JournalWriter,
        _ body: (inout Engine, inout Steps) -> Void
    ) throws {
        var steps: Steps = []
        body(&engine, &steps)
        for step in steps { try writer.record(step) }
        for episode in engine.takeEpisodes() { try writer.record(episode) }
        try writer.setMark(engine.now)
    }

    func verify() throws -> ReplayVerification {
        try ReplayVerification(JournalReader(path: path), home: home)
    }

    func tamper(_ sql: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }
}

@Suite("Rules over a journal")
struct JournalBacktestTests {
    private static func backtest(
        _ journal: WrittenJournal, after span: TimeSpan? = nil
    ) throws -> JournalBacktest {
        var rules = journal.home.rules
        if let span,
            case .signal(.holding(let inner, _, let tolerate, _)) = rules.rules[0].trigger
        {
            rules.rules[0].trigger = .signal(.holding(inner, for: span, tolerate: tolerate))
        }
        let plan = Planner.plan(rules, home: journal.home.home, zones: journal.home.zones)
        return try JournalBacktest(JournalReader(path: journal.path), plan: plan)
    }

    @Test("the same rules give the alerts that were stored")
    func same() throws {
        let journal = try WrittenJournal(entries: 600)
        let backtest = try Self.backtest(journal)
        let stored = try JournalReader(path: journal.path).alerts(openOnly: false, limit: .max)
        #expect(Set(backtest.alerts.map(\.alert.id)) == Set(stored.map(\.id)))
        #expect(!stored.isEmpty)
        let comparison = BacktestComparison(new: backtest, old: backtest)
        #expect(comparison.added.isEmpty && comparison.lost.isEmpty)
    }

    @Test("a rule that waits longer loses alerts and adds none, each with the events that made it")
    func against() throws {
        let journal = try WrittenJournal(entries: 600)
        let comparison = BacktestComparison(
            new: try Self.backtest(journal, after: .hours(100)), old: try Self.backtest(journal))
        #expect(comparison.added.isEmpty)
        #expect(!comparison.lost.isEmpty)
        #expect(comparison.lost.allSatisfy { !$0.alert.evidence.isEmpty })
        let stored = try StoredAlerts(JournalReader(path: journal.path))
        #expect(comparison.lost.allSatisfy { stored.alert(of: $0) != nil })
    }
}

@Suite("Replaying a journal")
struct ReplayVerificationTests {
    @Test("gives what was stored, from the beginning and from every checkpoint on the ladder")
    func holds() throws {
        let journal = try WrittenJournal()
        let verification = try journal.verify()
        #expect(verification.holds)
        #expect(verification.runs.allSatisfy { $0.note == nil && $0.difference == nil })
        #expect(verification.runs.count > 1 + CheckpointLadder.newest)
        #expect(verification.runs.first?.start == SequenceNumber(rawValue: 0))
        #expect(try #require(verification.runs.first).transitions > 200)
        #expect(try #require(verification.runs.first).episodes > 100)
        // The ladder has rungs far back, not only at the end.
        #expect(try #require(verification.runs.dropFirst().first).transitions > 100)
    }

    @Test("fails at the first stored step that was changed, in every run that passes it")
    func tamperedStep() throws {
        let journal = try WrittenJournal()
        try journal.tamper(
            "UPDATE alert_transitions SET at = at + 1 WHERE id = (SELECT max(id) - 60 FROM alert_transitions)"
        )
        let verification = try journal.verify()
        #expect(!verification.holds)
        let failed = verification.runs.filter { $0.difference != nil }
        #expect(failed.count > 1)
        #expect(failed.first?.start == SequenceNumber(rawValue: 0))
        #expect(Set(failed.compactMap { $0.difference?.after }).count == 1)
        // Runs that begin behind it do not meet it.
        #expect(verification.runs.last?.difference == nil)
    }

    @Test(
        "fails where a stored step is missing, where one is too much, and where an open alert was changed",
        arguments: [
            "DELETE FROM alert_transitions WHERE id = (SELECT max(id) FROM alert_transitions)",
            """
            INSERT INTO alert_transitions (alert, step, at, noticed, actor, sequence)
            SELECT alert, step, at, noticed, actor, sequence FROM alert_transitions ORDER BY id DESC LIMIT 1
            """,
            "UPDATE alerts SET count = count + 1 WHERE response < 2",
            "UPDATE events SET value = 1 - value WHERE sequence = 1000",
            """
            UPDATE episodes SET events = events + 1 WHERE id =
            (SELECT id FROM episodes WHERE settled > 0 ORDER BY began LIMIT 1 OFFSET 30)
            """,
            """
            DELETE FROM episodes WHERE id =
            (SELECT id FROM episodes WHERE settled > 0 ORDER BY began DESC LIMIT 1 OFFSET 3)
            """,
        ])
    func tampered(sql: String) throws {
        let journal = try WrittenJournal()
        #expect(try journal.verify().holds)
        try journal.tamper(sql)
        #expect(try !journal.verify().holds)
    }

    @Test("keeps a bounded ladder: all of the newest, and ever fewer the older they are")
    func ladder() {
        var kept: Set<Int64> = []
        for number in Int64(1)...20_000 {
            kept = CheckpointLadder.kept(Array(kept) + [number * 1000])
            #expect(kept.count <= 40)
        }
        let sorted = kept.sorted(by: >)
        let newest = (19_993...20_000).reversed().map { Int64($0) * 1000 }
        #expect(Array(sorted.prefix(8)) == newest)
        // The first of all stays, and from rung to rung the age grows by a factor, not by a jump.
        #expect(sorted.last == 1000)
        let ages = sorted.dropFirst(8).map { 20_000_000 - $0 }
        for (younger, older) in zip(ages, ages.dropFirst()) { #expect(older <= 8 * younger) }
    }
}
