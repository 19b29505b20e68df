import Foundation
import GRDB
import Logging
import Rules
import Testing

@testable import Hub

/// A door's trace over a home of one door, with its journal.
private struct DoorJournal {
    static let start = Instant(milliseconds: 1_764_000_000_000)
    static let key = StreamKey(device: "r/door", capability: "contact.open")
    static let selector = StreamSelector(
        names: ["door"], anywhere: true, capability: "contact.open")
    static let home = Home(
        residences: [
            Residence(
                id: "r", title: LocalizedText(english: "R", french: "R"), zone: "UTC", rooms: [],
                people: ["p1"])
        ],
        devices: [
            Device(
                id: "r/door", name: "door", title: LocalizedText(english: "d", french: "d"),
                residence: "r", room: nil, person: nil, kind: "door", labels: [], profile: "p",
                capabilities: [DeviceCapability(capability: "contact.open", kind: .state)],
                silentAfter: nil)
        ])

    static func plan(_ traces: [TraceRule]) -> Plan {
        Planner.plan(RuleSet(traces: traces), home: home, zones: [:])
    }

    static func trace(_ id: TraceID, gap: TimeSpan = .zero) -> TraceRule {
        TraceRule(
            id: id, from: .reading(selector, .oneOf([.boolean(true)])),
            until: [.event(.reading(selector, .oneOf([.boolean(false)])))], mergeGap: gap,
            attributes: [
                .init(name: "é \"room\"", source: .lastRoom), .init(name: "v", source: .value),
            ])
    }

    let folder: TemporaryFolder
    let journal: Journal
    var engine: Engine

    init(_ traces: [TraceRule]) throws {
        folder = try TemporaryFolder()
        journal = try Journal.open(path: folder.file("j.sqlite"))
        engine = Engine(plan: Self.plan(traces))
    }

    /// One batch: a reading of the door, and what follows from it.
    mutating func say(_ open: Bool, at seconds: Int64, checkpoint: Bool = false) throws {
        let time = Self.start + .seconds(seconds)
        var engine = self.engine
        try journal.commit { writer in
            let stream = try writer.stream(
                for: Self.key, residence: "r", kind: .state, value: .boolean(open))
            engine.declare(stream, Self.key)
            let event = try writer.append(
                stream: stream, value: .boolean(open), received: time, effective: time,
                freshness: .live)
            var steps: Steps = []
            engine.take(event, into: &steps)
            for episode in engine.takeEpisodes() { try writer.record(episode) }
            try writer.setMark(time)
            if checkpoint {
                try writer.checkpoint(engine.checkpoint(), mark: time, configuration: "c")
            }
        }
        self.engine = engine
    }

    var reader: JournalReader { get throws { try JournalReader(path: journal.path) } }

    func recovered(_ traces: [TraceRule], configuration: String = "c") throws -> Engine {
        let again = try Journal.open(path: journal.path)
        defer { try? again.close() }
        return try EngineRecovery(
            journal: again, plan: Self.plan(traces), configuration: configuration,
            log: Logger(label: "test")
        ).build().engine
    }
}

@Suite("Episodes in the journal")
struct EpisodeRowsTests {
    @Test("an episode is stored while it goes on, and again when it is final; it reads back equal")
    func roundTrip() throws {
        var door = try DoorJournal([DoorJournal.trace("t")])
        try door.say(false, at: 0)
        try door.say(true, at: 10)
        let open = try door.reader.episodes()
        #expect(open == door.engine.openEpisodes)
        #expect(open.first?.end == nil)
        try door.say(false, at: 30)
        let final = try #require(try door.reader.episodes().first)
        #expect(final.id == open.first?.id)
        #expect(final.end == DoorJournal.start + .seconds(30))
        #expect(final.settled == DoorJournal.start + .seconds(30))
        #expect(
            final.attributes == [
                .init(name: "v", value: .boolean(true)),
                .init(name: "é \"room\"", value: .unknown),
            ])
        #expect(try door.reader.episodes().count == 1)
        #expect(try door.reader.episode(String(final.id.rawValue.prefix(6))) == final)
    }

    @Test("every value of an attribute, and every reason, reads back equal")
    func values() throws {
        let door = try DoorJournal([])
        let values: [Value] = [
            .unknown, .boolean(true), .boolean(false), .number(0), .number(0.1), .number(1e300),
            .number(-5), .text(""), .text("a\"b\\ é\u{1F600}\n"), .text("true"), .text("1"),
        ]
        var stored: [Episode] = []
        for (index, value) in values.enumerated() {
            stored.append(
                Episode(
                    id: EpisodeID(rawValue: "e\(100 + index)"), trace: "t", version: "v",
                    subject: Subject(
                        residence: "r", room: index % 2 == 0 ? "r/x" : nil, person: "p1",
                        device: nil),
                    start: DoorJournal.start, end: DoorJournal.start + .seconds(Int64(index)),
                    settled: DoorJournal.start + .seconds(60),
                    censored: Censoring.allCases[index % Censoring.allCases.count],
                    attributes: [.init(name: "a", value: value)],
                    first: SequenceNumber(rawValue: 1), last: SequenceNumber(rawValue: 2),
                    events: 2, merges: index, late: index % 3 == 0))
        }
        try door.journal.commit { writer in for episode in stored { try writer.record(episode) } }
        #expect(try door.reader.episodes() == stored)
    }

    @Test("filters take what they name")
    func filters() throws {
        var door = try DoorJournal([DoorJournal.trace("a"), DoorJournal.trace("b")])
        try door.say(false, at: 0)
        for time: Int64 in [10, 20, 30, 40, 50] { try door.say(time % 20 == 10, at: time) }
        // a and b: 10–20, 30–40, and 50 goes on.
        func count(_ filter: EpisodeFilter) throws -> Int {
            try door.reader.episodes(filter).count
        }
        func at(_ seconds: Int64) -> Instant { DoorJournal.start + .seconds(seconds) }
        #expect(try count(EpisodeFilter()) == 6)
        #expect(try count(EpisodeFilter(trace: "a")) == 3)
        #expect(try count(EpisodeFilter(residence: "other")) == 0)
        #expect(try count(EpisodeFilter(person: "p1")) == 0)
        #expect(try count(EpisodeFilter(trace: "a", finalOnly: true)) == 2)
        #expect(try count(EpisodeFilter(trace: "a", settledAfter: at(20))) == 1)
        // Half-open on both sides: 20 is no part of 10–20.
        #expect(try count(EpisodeFilter(trace: "a", span: at(20)..<at(30))) == 0)
        #expect(try count(EpisodeFilter(trace: "a", span: at(19)..<at(31))) == 2)
        #expect(try count(EpisodeFilter(trace: "a", span: at(1000)..<at(1001))) == 1)
    }

    @Test("a restart from a checkpoint writes no episode twice and loses none")
    func recovery() throws {
        let traces = [DoorJournal.trace("t", gap: .seconds(15))]
        var door = try DoorJournal(traces)
        var twin = try DoorJournal(traces)
        for time: Int64 in 0..<40 {
            let open = time % 3 == 1
            try twin.say(open, at: time * 10)
            try door.say(open, at: time * 10, checkpoint: time % 7 == 0)
            let engine = try door.recovered(traces)
            #expect(engine.openEpisodes == door.engine.openEpisodes)
            door.engine = engine
        }
        #expect(try door.reader.episodes() == twin.reader.episodes())
        #expect(try door.reader.episodes().count > 5)
        let results = try door.reader.verify()
        #expect(results.filter { !$0.holds && $0.check == "episodes" } == [])
    }

    @Test("a trace that was taken away leaves its episode censored; a new one finds what goes on")
    func changed() throws {
        var door = try DoorJournal([DoorJournal.trace("old")])
        try door.say(false, at: 0)
        try door.say(true, at: 10, checkpoint: true)
        try door.say(true, at: 20)
        var engine = try door.recovered([DoorJournal.trace("new")], configuration: "d")
        let steps = engine.takeEpisodes()
        #expect(steps.map(\.trace) == ["old", "new"])
        #expect(steps.first?.censored == .ruleChanged)
        #expect(steps.first?.end == DoorJournal.start + .seconds(20))
        #expect(steps.last?.start == DoorJournal.start + .seconds(10))
        #expect(steps.last?.settled == nil)
    }

    @Test("verification finds an episode that does not agree with itself")
    func verification() throws {
        var door = try DoorJournal([DoorJournal.trace("t")])
        for time: Int64 in 0..<4 { try door.say(time % 2 == 1, at: time * 10) }
        func holds() throws -> Bool {
            try door.reader.verify().first { $0.check == "episodes" }?.holds ?? false
        }
        #expect(try holds())
        for damage in [
            "ended = began - 1", "settled = NULL", "last_sequence = 99", "events = 50",
            "first_sequence = 90",
        ] {
            let copy = door.folder.file("copy.sqlite")
            try? FileManager.default.removeItem(atPath: copy)
            let queue = try DatabaseQueue(path: door.journal.path)
            try queue.vacuum(into: copy)
            let damaged = try DatabaseQueue(path: copy)
            try damaged.write {
                try $0.execute(
                    sql: "UPDATE episodes SET \(damage)")
            }
            let check = try JournalReader(path: copy).verify().first { $0.check == "episodes" }
            #expect(check?.holds == false, "\(damage)")
        }
    }
}
