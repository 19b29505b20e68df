import Foundation
import GRDB
import Rules
import Testing

@testable import Hub

/// A stream of random readings, as a residence gives them.
struct RandomReadings {
    var generator: SeededGenerator
    var time = Instant(milliseconds: 1_764_000_000_000)
    var devices = 40

    struct Item {
        var key: StreamKey
        var residence: ResidenceID
        var kind: ReadingKind
        var value: Value
        var received: Instant
        var effective: Instant
        var freshness: Freshness
    }

    mutating func next() -> Item {
        // Some five events a second, now and then a long silence.
        let gap = Int.random(in: 0..<5000, using: &generator) == 0 ? 20_000_000 : 400
        time = time + .milliseconds(Int64.random(in: 0...Int64(gap), using: &generator))
        let device = Int.random(in: 0..<devices, using: &generator)
        let residence = ResidenceID(rawValue: "r\(device % 4)")
        let id = DeviceID(rawValue: "\(residence)/d\(device)")
        let lag =
            Int64.random(in: 0..<3, using: &generator) == 0
            ? Int64.random(in: 0...900, using: &generator) : 0
        func item(_ capability: Capability, _ kind: ReadingKind, _ value: Value) -> Item {
            Item(
                key: StreamKey(device: id, capability: capability), residence: residence,
                kind: kind,
                value: value, received: time, effective: time - .milliseconds(lag),
                freshness: lag > 800 ? .late : .live)
        }
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<11:
            return item("presence.motion", .state, .boolean(Bool.random(using: &generator)))
        case 11..<14: return item("contact.open", .state, .boolean(Bool.random(using: &generator)))
        case 14..<16:
            return item(
                "env.temperature", .measurement,
                .number(Double(Int.random(in: 150...280, using: &generator)) / 10))
        case 16, 17:
            return item(
                "power.active", .measurement,
                .number(Double(Int.random(in: 0...20000, using: &generator)) / 10))
        case 18:
            return item(
                "device.battery", .health,
                .number(Double(Int.random(in: 0...100, using: &generator))))
        default:
            return item(
                "button.press", .pulse,
                Int.random(in: 0..<10, using: &generator) == 0
                    ? .unknown
                    : .text(["single", "double", "hold"].randomElement(using: &generator)!))
        }
    }
}

extension JournalWriter {
    mutating func append(_ item: RandomReadings.Item) throws -> Event {
        let stream = try stream(
            for: item.key, residence: item.residence, kind: item.kind, value: item.value)
        return try append(
            stream: stream, value: item.value, received: item.received, effective: item.effective,
            freshness: item.freshness)
    }
}

@Suite("The journal")
struct JournalTests {
    struct Refused: Error {}

    @Test(
        "what is committed reads back equal, by replay, by stream and by residence; what failed is not there"
    )
    func roundTrip() throws {
        for seed in 1...UInt64(8) {
            let folder = try TemporaryFolder()
            var journal = try Journal.open(path: folder.file("j.sqlite"))
            var readings = RandomReadings(generator: SeededGenerator(seed: seed))
            var expected: [Event] = []
            while expected.count < 1500 {
                let size = Int.random(in: 1...200, using: &readings.generator)
                let fails = Int.random(in: 0..<5, using: &readings.generator) == 0
                let items = (0..<size).map { _ in readings.next() }
                do {
                    expected += try journal.commit { writer in
                        let events = try items.map { try writer.append($0) }
                        if fails { throw Refused() }
                        return events
                    }
                } catch {
                    #expect(fails, "seed \(seed): \(error)")
                }
                if Int.random(in: 0..<6, using: &readings.generator) == 0 {
                    try journal.commit { writer in
                        try writer.checkpoint([1, 2, 3], mark: readings.time, configuration: "c")
                    }
                }
                if Int.random(in: 0..<6, using: &readings.generator) == 0 {
                    try journal.close()
                    journal = try Journal.open(path: folder.file("j.sqlite"))
                }
            }
            let reader = try JournalReader(path: journal.path)
            var replayed: [Event] = []
            try reader.replay { entry in
                if case .event(let event) = entry { replayed.append(event) }
                return true
            }
            try #require(replayed == expected, "seed \(seed)")
            #expect(expected.map(\.sequence.rawValue) == Array(1...Int64(expected.count)))
            let streams = try reader.streams()
            for _ in 0..<30 {
                let low = expected.randomElement(using: &readings.generator)!.received
                let high = expected.randomElement(using: &readings.generator)!.received
                let span = min(low, high)..<max(low, high) + .milliseconds(1)
                let stream = streams.randomElement(using: &readings.generator)!
                #expect(
                    try reader.events(in: span, where: { $0.id == stream.id })
                        == expected.filter { $0.stream == stream.id && span.contains($0.received) })
                let ids = Set(streams.filter { $0.residence == "r1" }.map(\.id))
                #expect(
                    try reader.events(in: span, where: { $0.residence == "r1" })
                        == expected.filter { ids.contains($0.stream) && span.contains($0.received) }
                )
                #expect(
                    try reader.events(in: span, limit: 7, where: { _ in true })
                        == expected.filter { span.contains($0.received) }.suffix(7))
            }
            for (id, event) in journal.recovered.latest {
                #expect(
                    expected.last { $0.stream == id && $0.sequence <= event.sequence } == event)
            }
            try journal.close()
        }
    }

    @Test("at most 24 bytes a stored event, with all indexes")
    func size() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("j.sqlite"))
        let empty = try fileSize(journal)
        var readings = RandomReadings(generator: SeededGenerator(seed: 42))
        readings.devices = 200
        let count = 200_000
        for _ in 0..<(count / 1000) {
            try journal.commit { writer in
                for _ in 0..<1000 { _ = try writer.append(readings.next()) }
            }
        }
        let bytes = Double(try fileSize(journal) - empty) / Double(count)
        print("journal: \(String(format: "%.2f", bytes)) bytes an event over \(count) events")
        #expect(bytes <= 24)
        try journal.close()
    }

    private func fileSize(_ journal: Journal) throws -> Int64 {
        try journal.queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            return pages * (try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
        }
    }

    @Test(
        "a full disk fails the commit as such, harms nothing, and the journal goes on when there is room"
    )
    func full() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("j.sqlite"))
        var readings = RandomReadings(generator: SeededGenerator(seed: 7))
        try journal.commit { writer in for _ in 0..<100 { _ = try writer.append(readings.next()) } }
        let pages = try journal.queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try journal.queue.writeWithoutTransaction { database in
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
        }
        var failure: JournalError?
        let batch = (0..<5000).map { _ in readings.next() }
        do {
            try journal.commit { writer in for item in batch { _ = try writer.append(item) } }
        } catch {
            failure = error
        }
        #expect(failure?.isFull == true, "\(String(describing: failure))")
        #expect(!journal.probe())
        #expect(journal.recovered.lastSequence == SequenceNumber(rawValue: 100))
        try journal.queue.writeWithoutTransaction { database in
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = 1000000")
        }
        #expect(journal.probe())
        let first = try journal.commit { writer in
            try batch.map { try writer.append($0) }.first?.sequence
        }
        #expect(first == SequenceNumber(rawValue: 101))
        try journal.close()
    }

    @Test("ranges are found by index and by place, never by a scan of the events")
    func plans() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("j.sqlite"))
        for sql in [
            EventWalker.bySequenceSQL, EventWalker.inRowSQL, JournalReader.blockSQL,
            JournalReader.anchorSQL,
        ] {
            let plan = try journal.queue.read { database in
                try Row.fetchAll(
                    database, sql: "EXPLAIN QUERY PLAN " + sql,
                    arguments: sql.contains("?2") ? [1, 2] : [1]
                ).map { $0["detail"] as String }
            }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(sql): \(plan)")
        }
        try journal.close()
    }

    @Test("alerts, outbox, deliveries, quarantine and unknown topics come back after a reopen")
    func others() throws {
        let folder = try TemporaryFolder()
        var journal = try Journal.open(path: folder.file("j.sqlite"))
        let now = Instant(milliseconds: 1_764_000_000_000)
        let alert = Alert(
            id: "a1", rule: "night-exit", subject: Subject(residence: "r", room: "r/hall"),
            priority: .high, began: now, noticed: now, late: false,
            evidence: [SequenceNumber(rawValue: 3), SequenceNumber(rawValue: 9)])
        try journal.commit { writer in
            _ = try writer.append(.acknowledge("a1", by: "m'arie"), received: now)
            _ = try writer.append(.gap(from: now - .hours(1), to: now), received: now)
            try writer.record(AlertTransition(step: .raised, at: now, noticed: now, alert: alert))
            _ = try writer.enqueue(topic: "t", payload: [0, 255], retain: true, created: now)
            let gone = try writer.enqueue(topic: "u", payload: [], retain: false, created: now)
            try writer.delivered([gone.id])
            for batch in 0..<10 {
                let list = (0..<30).map {
                    Delivery(packetID: UInt16(batch * 30 + $0 + 1), hash: UInt64($0) << 40)
                }
                try writer.deliveries(list, window: 100)
            }
            try writer.quarantine(
                topic: [0xff, 0x41], payload: [UInt8](repeating: 7, count: 100_000),
                retained: false,
                reason: "not UTF-8", received: now)
            try writer.countUnknown(topic: "x/y", count: 2, sample: [1], received: now)
            try writer.countUnknown(topic: "x/y", count: 3, sample: [2], received: now)
            try writer.setMark(now)
        }
        try journal.close()
        journal = try Journal.open(path: folder.file("j.sqlite"))
        let found = journal.recovered
        #expect(found.openAlerts == [alert])
        #expect(found.outbox.map(\.topic) == ["t"])
        #expect(found.outbox.first?.payload == [0, 255])
        #expect(found.deliveries.count == 120)
        #expect(found.deliveries.last == Delivery(packetID: 300, hash: 29 << 40))
        #expect(found.mark == now)
        let reader = try JournalReader(path: journal.path)
        #expect(try reader.quarantine()[0].payload.count == JournalWriter.maximumQuarantined)
        #expect(try reader.unknownTopics().map(\.count) == [5])
        #expect(try reader.counters() == ["quarantined": 1, "unknown_topic": 5])
        var commands: [Command] = []
        try reader.replay { entry in
            if case .command(let entry) = entry { commands.append(entry.command) }
            return true
        }
        #expect(
            commands == [.acknowledge("a1", by: "m'arie"), .gap(from: now - .hours(1), to: now)])
        try journal.close()
    }

    @Test("a number is stored as thousandths only where that gives the same number back")
    func numbers() {
        #expect(StoredNumber(21.5) == .thousandths(21500))
        #expect(StoredNumber(0) == .thousandths(0))
        #expect(StoredNumber(0.1234) == .real(0.1234))
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
            guard number.isFinite else { continue }
            #expect(StoredNumber(number).number.bitPattern == number.bitPattern)
            let decimal = Double(Int.random(in: -100_000...100_000, using: &generator)) / 100
            #expect(StoredNumber(decimal).number == decimal)
        }
        #expect(StoredNumber(-0.0).number.sign == .minus)
    }

    @Test("a file of a newer version, and one that is no database, are refused with what to do")
    func refused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("j.sqlite")
        let journal = try Journal.open(path: path)
        try journal.queue.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: later')")
        }
        try journal.close()
        #expect { try Journal.open(path: path) } throws: { "\($0)".contains("newer version") }
        try Data("not a database, but long enough to be read as one".utf8)
            .write(to: URL(fileURLWithPath: folder.file("k.sqlite")))
        #expect { try Journal.open(path: folder.file("k.sqlite")) } throws: {
            "\($0)".contains("damaged")
        }
        #expect { try JournalReader(path: folder.file("none")) } throws: {
            "\($0)".contains("hubctl run")
        }
    }
}
