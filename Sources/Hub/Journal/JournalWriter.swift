import Foundation
import GRDB
import GRDBSQLite
public import Rules

/// What one transaction writes. Given by `Journal.commit`, and of use only within it.
public struct JournalWriter {
    let database: Database
    let statements: Statements
    var state: JournalState

    /// The most rows of quarantine and of unknown topics where hub.yaml says nothing else; the oldest, and topics
    /// beyond, are only counted.
    public static let maximumKept = 10_000
    /// The largest part of a payload that quarantine keeps, in bytes.
    public static let maximumQuarantined = 64 * 1024

    /// Where events' blocks of time begin anew, and every how many events of a stream an anchor stands.
    static let clockSequences: Int64 = 4096
    static let clockSpan: Int64 = 8_388_607
    static let anchorEvery: Int64 = 64

    /// How many streams are known.
    var streamCount: Int { state.streams.count }

    // MARK: Events

    /// The number of a stream for a value; a new one where the stream, or the type of its values, is new.
    public mutating func stream(
        for key: StreamKey, residence: ResidenceID, kind: ReadingKind, value: Value
    ) throws -> StreamID {
        let type = ValueType(value)
        if let index = state.find(key, type: type) { return state.streams[index].id }
        let record = StreamRecord(
            id: StreamID(rawValue: Int32(state.streams.count + 1)), residence: residence, key: key,
            kind: kind, type: type ?? .boolean, head: 0, count: 0)
        try database.execute(
            sql: """
                INSERT INTO streams (id, residence, device, capability, channel, kind, type, first_sequence)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.id.rawValue, residence.rawValue, key.device.rawValue,
                key.capability.rawValue,
                key.channel, kind.rawValue, record.type.rawValue, state.nextSequence,
            ])
        _ = state.add(record)
        return record.id
    }

    /// Stores a reading as the next event.
    ///
    /// - Parameters:
    ///   - received: when the hub took it in; moved up to the latest entry's where it lies before.
    ///   - effective: the time that durations use; moved down to `received` where it lies after.
    public mutating func append(
        stream: StreamID, value: Value, received: Instant, effective: Instant, freshness: Freshness
    ) throws -> Event {
        let index = Int(stream.rawValue) - 1
        // Looked at in place: a copy of the record would count up and down each of its names.
        let head = state.streams[index].head
        let received = max(received, state.lastReceived)
        let effective = min(effective, received)
        let sequence = state.nextSequence
        let base = try clockBase(received, sequence)
        let statement = statements.insertEvent
        sqlite3_bind_int64(statement, 1, sequence)
        sqlite3_bind_int64(statement, 2, Int64(stream.rawValue))
        sqlite3_bind_int64(statement, 3, received.milliseconds - base)
        let lag = (received - effective).milliseconds
        if lag == 0 {
            sqlite3_bind_null(statement, 4)
        } else {
            sqlite3_bind_int64(statement, 4, lag)
        }
        try bind(value, to: statement)
        sqlite3_bind_int64(statement, 6, Int64(freshness.rawValue))
        sqlite3_bind_int64(statement, 7, head == 0 ? 0 : sequence - head)
        try Statements.run(statement, database)
        state.setHead(index, sequence)
        if state.streams[index].count % Self.anchorEvery == 0 {
            sqlite3_bind_int64(statements.insertAnchor, 1, Int64(stream.rawValue))
            sqlite3_bind_int64(statements.insertAnchor, 2, sequence)
            try Statements.run(statements.insertAnchor, database)
        }
        state.nextSequence += 1
        state.lastReceived = received
        return Event(
            sequence: SequenceNumber(rawValue: sequence), stream: stream,
            kind: state.streams[index].kind, value: value, received: received, effective: effective,
            freshness: freshness)
    }

    private mutating func clockBase(_ received: Instant, _ sequence: Int64) throws -> Int64 {
        if let base = state.clockBase, sequence - state.clockFirst < Self.clockSequences,
            received.milliseconds - base <= Self.clockSpan
        {
            return base
        }
        sqlite3_bind_int64(statements.insertClock, 1, sequence)
        sqlite3_bind_int64(statements.insertClock, 2, received.milliseconds)
        try Statements.run(statements.insertClock, database)
        state.clockFirst = sequence
        state.clockBase = received.milliseconds
        return received.milliseconds
    }

    private mutating func bind(_ value: Value, to statement: OpaquePointer) throws {
        switch value {
        case .unknown: sqlite3_bind_null(statement, 5)
        case .boolean(let flag): sqlite3_bind_int64(statement, 5, flag ? 1 : 0)
        case .number(let number):
            switch StoredNumber(number) {
            case .thousandths(let count): sqlite3_bind_int64(statement, 5, count)
            case .real(let number): sqlite3_bind_double(statement, 5, number)
            }
        case .text(let text): sqlite3_bind_int64(statement, 5, try intern(text))
        }
    }

    private mutating func intern(_ text: String) throws -> Int64 {
        if let id = state.texts[text] { return id }
        let id: Int64
        if let found = try Int64.fetchOne(
            database, sql: "SELECT id FROM texts WHERE text = ?", arguments: [text])
        {
            id = found
        } else {
            try database.execute(sql: "INSERT INTO texts (text) VALUES (?)", arguments: [text])
            id = database.lastInsertedRowID
        }
        // A cache, not the truth: bounded, so that a device with ever new words cannot fill the memory.
        if state.texts.count >= 4096 { state.texts = [:] }
        state.texts[text] = id
        return id
    }

    // MARK: Commands and the engine

    /// Stores a command as the next entry.
    public mutating func append(_ command: Command, received: Instant) throws -> CommandEntry {
        let received = max(received, state.lastReceived)
        let sequence = state.nextSequence
        let (kind, body) = try StoredCommand.encode(command)
        try database.execute(
            sql: "INSERT INTO commands (sequence, received, kind, body) VALUES (?, ?, ?, ?)",
            arguments: [sequence, received.milliseconds, kind, body])
        state.nextSequence += 1
        state.lastReceived = received
        return CommandEntry(
            sequence: SequenceNumber(rawValue: sequence), received: received, command: command)
    }

    /// Notes up to where time was taken.
    public mutating func setMark(_ mark: Instant) throws {
        sqlite3_bind_int64(statements.setMark, 1, mark.milliseconds)
        try Statements.run(statements.setMark, database)
        state.mark = mark
    }

    /// Keeps the engine's state as it is after the latest entry; of the older ones, ever fewer the older they are.
    public mutating func checkpoint(_ engine: [UInt8], mark: Instant, configuration: String) throws
    {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO checkpoints (sequence, mark, configuration, engine, heads)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                state.nextSequence - 1, mark.milliseconds, configuration, Data(engine),
                Data(StreamHeads.encode(state.streams)),
            ])
        try CheckpointLadder.thin(database)
    }

    /// Keeps the texts of a configuration.
    public mutating func configuration(hash: String, body: String, received: Instant) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO configurations (hash, received, body) VALUES (?, ?, ?)",
            arguments: [hash, received.milliseconds, body])
    }

    // MARK: Deliveries

    /// Notes the messages of this batch, so that a redelivery is known. Older ones go as soon as the newer hold
    /// `window` of them.
    public mutating func deliveries(_ deliveries: [Delivery], window: Int) throws {
        guard !deliveries.isEmpty else { return }
        let id = (state.deliveryRows.last?.id ?? 0) + 1
        let bytes = Delivery.encode(deliveries)
        sqlite3_bind_int64(statements.insertDeliveries, 1, id)
        sqlite3_bind_int64(statements.insertDeliveries, 2, Int64(deliveries.count))
        try bytes.withUnsafeBytes { buffer in
            // nil as destructor is SQLITE_STATIC: the bytes outlive the statement's run.
            sqlite3_bind_blob(
                statements.insertDeliveries, 3, buffer.baseAddress, Int32(buffer.count), nil)
            try Statements.run(statements.insertDeliveries, database)
        }
        state.deliveryRows.append((id, deliveries.count))
        state.deliveryTotal += deliveries.count
        var drop = 0
        while drop < state.deliveryRows.count - 1,
            state.deliveryTotal - state.deliveryRows[drop].count >= window
        {
            state.deliveryTotal -= state.deliveryRows[drop].count
            drop += 1
        }
        guard drop > 0 else { return }
        try database.cachedStatement(sql: "DELETE FROM deliveries WHERE id <= ?")
            .execute(arguments: [state.deliveryRows[drop - 1].id])
        state.deliveryRows.removeFirst(drop)
    }

    // MARK: Alerts and what goes out

    /// Stores a step of an alert, and the alert as it is after it.
    public mutating func record(_ transition: AlertTransition) throws {
        try AlertRows.store(transition.alert, in: database)
        try database.cachedStatement(
            sql: """
                INSERT INTO alert_transitions (alert, step, at, noticed, actor, sequence, note)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            transition.alert.id.rawValue, transition.step.rawValue, transition.at.milliseconds,
            transition.noticed.milliseconds, transition.actor, state.nextSequence - 1,
            transition.note,
        ])
    }

    /// Stores a handover, as it is now.
    public mutating func record(_ handover: Handover) throws {
        try DispatchRows.store(handover, in: database)
    }

    /// Stores what an alert waits for next.
    public mutating func record(_ step: NextStep) throws {
        try DispatchRows.store(step, in: database)
    }

    /// Stores what is to be told to people.
    public mutating func record(_ notice: Notice) throws {
        try NoticeRows.store(notice, in: database)
    }

    /// Events by place, those of this batch too, each with the name of its stream.
    public func events(at places: [SequenceNumber]) throws -> [(event: Event, key: StreamKey)] {
        let walker = EventWalker(database, streams: state.streams, statements: statements)
        return try places.compactMap { place in
            try walker.event(place).map { ($0, state.streams[Int($0.stream.rawValue) - 1].key) }
        }
    }

    /// Puts a publication into the outbox; it goes out after the commit.
    public mutating func enqueue(
        topic: String, payload: [UInt8], retain: Bool, created: Instant
    ) throws -> Recovered.Publication {
        try database.cachedStatement(
            sql: "INSERT INTO outbox (created, topic, payload, retain) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [created.milliseconds, topic, Data(payload), retain])
        return Recovered.Publication(
            id: database.lastInsertedRowID, topic: topic, payload: payload, retain: retain)
    }

    /// Takes out of the outbox what the broker has acknowledged.
    public mutating func delivered(_ ids: [Int64]) throws {
        let statement = try database.cachedStatement(sql: "DELETE FROM outbox WHERE id = ?")
        for id in ids { try statement.execute(arguments: [id]) }
    }

    // MARK: What could not be used

    /// Keeps a message that could not be read.
    public mutating func quarantine(
        topic: [UInt8], payload: [UInt8], retained: Bool, reason: String, received: Instant,
        keep kept: Int = maximumKept
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO quarantine (received, topic, payload, size, retained, reason)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            received.milliseconds, Data(topic), Data(payload.prefix(Self.maximumQuarantined)),
            payload.count, retained, String(reason.prefix(500)),
        ])
        try database.cachedStatement(sql: "DELETE FROM quarantine WHERE id <= ?")
            .execute(arguments: [database.lastInsertedRowID - Int64(kept)])
        try count("quarantined", 1)
    }

    /// Counts messages on a topic that belongs to no device.
    public mutating func countUnknown(
        topic: String, count messages: Int, sample: [UInt8], received: Instant,
        keep most: Int = maximumKept
    ) throws {
        try count("unknown_topic", messages)
        let update = try database.cachedStatement(
            sql: "UPDATE unknown_topics SET count = count + ?, last = ?, sample = ? WHERE topic = ?"
        )
        let sample = Data(sample.prefix(JournalReader.UnknownTopic.maximumSample))
        try update.execute(arguments: [messages, received.milliseconds, sample, topic])
        guard database.changesCount == 0 else { return }
        // Counted once a start: in a flood of topics a count for each would be one over all.
        let kept =
            try state.unknownTopics
            ?? Int.fetchOne(database, sql: "SELECT count(*) FROM unknown_topics") ?? 0
        state.unknownTopics = kept
        guard kept < most else {
            return try count("unknown_topics_not_listed", messages)
        }
        try database.execute(
            sql:
                "INSERT INTO unknown_topics (topic, count, first, last, sample) VALUES (?, ?, ?, ?, ?)",
            arguments: [topic, messages, received.milliseconds, received.milliseconds, sample])
        state.unknownTopics = kept + 1
    }

    /// Adds to a counter.
    public mutating func count(_ name: String, _ amount: Int) throws {
        guard amount != 0 else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO counters (name, value) VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET value = value + ?2
                """
        ).execute(arguments: [name, amount])
    }
}
