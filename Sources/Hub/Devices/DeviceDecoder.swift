import Rules

/// Turns MQTT messages into readings, as the devices' profiles say. Pure: the same message gives the same
/// readings, whatever came before; it is a value only to use its buffers again.
///
/// What it reads is written by devices, and so by anybody who can reach the broker: a payload can be wrong in any
/// way, and the outcome says so, with the place. It has these limits: JSON to 32 levels, texts to 256 bytes,
/// 256 elements in an array that is read element by element, 64 bytes in a channel.
public struct DeviceDecoder: Sendable {
    /// The longest text value, and the longest plain text payload, in bytes.
    public static let maximumTextBytes = 256
    /// The most elements of an array or object that is read element by element.
    public static let maximumElements = 256

    /// Whose messages it understands.
    public let directory: DeviceDirectory
    var tape = JSONTape()

    /// A decoder of the messages of some devices.
    public init(_ directory: DeviceDirectory) { self.directory = directory }

    /// What one message says.
    public mutating func decode(_ message: MQTTMessage) -> DecodedMessage {
        var run = DecodingRun(message)
        return decode(&run)
    }

    private mutating func decode(_ run: inout DecodingRun) -> DecodedMessage {
        let message = run.message
        let targets = directory.index.targets(message.topic)
        guard !targets.isEmpty else {
            let isCommand = directory.index.isCommand(message.topic)
            return DecodedMessage(isCommand ? .ignored(.command) : .unknown)
        }
        // Of several messages of one device on one topic, the first whose guards hold is used.
        var answered: Int?
        for target in targets {
            switch target.part {
            case .message(let part):
                if answered == target.device { continue }
                if decode(part, of: target.device, &run) { answered = target.device }
            case .availability(let part):
                availability(part, of: target.device, &run)
            }
        }
        return run.result
    }

    /// What one message says, and step by step why.
    public mutating func explain(
        _ message: MQTTMessage
    ) -> (message: DecodedMessage, notes: [DecodingNote]) {
        var run = DecodingRun(message)
        run.notes = []
        let decoded = decode(&run)
        return (decoded, run.notes ?? [])
    }

    /// - Returns: whether the message's guards hold, so that it is the one.
    private mutating func decode(_ part: Int, of device: Int, _ run: inout DecodingRun) -> Bool {
        let bound = directory.entries[device].messages[part]
        // Looked at in place, here and below: a copy of the profile would count up and down all that it holds.
        let shared = bound.shared
        if run.isExplained {
            run.note(
                .matched(
                    device: device, topic: shared.profile.topic, location: shared.profile.location))
        }
        if !shared.profile.role.tells {
            run.ignore(shared.profile.role == .command ? .command : .notData)
            return true
        }
        if run.message.payload.isEmpty {
            run.ignore(.empty)
            return true
        }
        if shared.isText {
            return text(bound, device, &run)
        }
        guard readJSON(device, &run) else { return true }
        let payload = run.message.payload
        let bytes = payload.span
        for test in shared.profile.guards where !holds(test, at: 0, bytes) {
            run.note(.guarded(test))
            run.ignore(.guarded)
            return false
        }
        var context = MessageContext(device: device, bound: bound)
        time(&context, bytes, &run)
        guard context.isWanted(run.message, &run) else { return true }
        if shared.marksCopies { mark(&context, bytes) }
        run.readings.reserveCapacity(run.readings.count + shared.readings.count)
        for place in shared.readings.indices { reading(place, context, bytes, &run) }
        return true
    }

    /// Reads the payload as JSON, once for all devices that share the topic.
    private mutating func readJSON(_ device: Int, _ run: inout DecodingRun) -> Bool {
        switch run.parsed {
        case .yes: return true
        case .no: return false
        case .notYet: break
        }
        let payload = run.message.payload
        do {
            try tape.read(payload.span)
            run.parsed = .yes
            return true
        } catch {
            run.parsed = .no
            run.fail(.notJSON(error), nil, device)
            return false
        }
    }

    private func text(
        _ bound: DeviceDirectory.BoundMessage, _ device: Int, _ run: inout DecodingRun
    ) -> Bool {
        let payload = run.message.payload
        let bytes = payload.span
        let context = MessageContext(device: device, bound: bound)
        guard context.isWanted(run.message, &run) else { return true }
        guard let text = plainText(bytes, device, &run) else { return true }
        for place in bound.shared.readings.indices {
            var place = ReadingPlace(reading: place)
            if bound.streams[place.reading] == nil {
                let reading = bound.shared.readings[place.reading]
                guard let channel = placeholderChannel(place, reading, context, &run) else {
                    continue
                }
                place.channel = channel
            }
            finish(.text(text), place, bound.shared.readings[place.reading], context, &run)
        }
        return true
    }

    /// The payload as text, without blanks around it; nil, with a failure, where it is none or too long.
    private func plainText(
        _ bytes: Span<UInt8>, _ device: Int, _ run: inout DecodingRun
    ) -> String? {
        var range = 0..<bytes.count
        while let last = range.last, bytes[last] <= 0x20 { range.removeLast() }
        while let first = range.first, bytes[first] <= 0x20 { range.removeFirst() }
        guard range.count <= Self.maximumTextBytes else {
            run.fail(.textTooLong(bytes: range.count), nil, device)
            return nil
        }
        if let offset = UTF8Text.firstInvalid(bytes) {
            run.fail(.notUTF8(offset: offset), nil, device)
            return nil
        }
        return UTF8Text.string(bytes, range)
    }

    private mutating func availability(_ part: Int, of device: Int, _ run: inout DecodingRun) {
        let entry = directory.entries[device]
        let profile = entry.availability[part]
        if run.isExplained {
            run.note(.matched(device: device, topic: profile.topic, location: profile.location))
        }
        if run.message.payload.isEmpty { return run.ignore(.empty) }
        guard let word = availabilityWord(profile, device, &run) else { return }
        var value = Value.unknown
        if profile.online.contains(word) {
            value = .boolean(true)
        } else if profile.offline.contains(word) {
            value = .boolean(false)
        } else {
            run.fault(.unknownWord(word), profile.at.description, device)
        }
        let freshness: Freshness = run.message.retained ? .restored : .live
        func add(_ capability: Capability, _ stream: Int?, _ value: Value) {
            let reading = Reading(
                capability: capability, kind: .health, value: value, freshness: freshness)
            run.readings.append(
                DecodedReading(
                    device: device, stream: stream, reading: reading, repeats: .availability))
        }
        switch profile.scope {
        case .device: add(.online, entry.online, value)
        case .bridge:
            add(.bridgeOnline, entry.bridgeOnline, value)
            // While the bridge is away nobody knows whether its devices are there.
            if entry.online != nil, value == .boolean(false) {
                add(.online, entry.online, .unknown)
            }
        }
        run.note(.availability(device: device, word: word, value: value))
    }

    /// The word that says whether a device is there; nil where the payload has none.
    private mutating func availabilityWord(
        _ profile: AvailabilityProfile, _ device: Int, _ run: inout DecodingRun
    ) -> String? {
        let payload = run.message.payload
        let bytes = payload.span
        var first = 0
        while first < bytes.count, bytes[first] <= 0x20 { first += 1 }
        let isObject = first < bytes.count && bytes[first] == UInt8(ascii: "{")
        guard isObject, !profile.at.description.isEmpty else {
            return plainText(bytes, device, &run)
        }
        guard readJSON(device, &run) else { return nil }
        guard let token = profile.at.find(in: tape, bytes) else {
            run.ignore(.nothing)
            return nil
        }
        return scalarText(token, bytes) ?? ""
    }
}

/// One message on its way through the decoder.
struct DecodingRun {
    enum Parsed { case notYet, yes, no }

    let message: MQTTMessage
    var parsed = Parsed.notYet
    var readings: [DecodedReading] = []
    var resets: [DecodedReading] = []
    private var faults: [DecodingFailure] = []
    private var failure: DecodingFailure?
    private var ignored: IgnoredReason?

    /// What `explain` collects; nil while nobody asks.
    var notes: [DecodingNote]?

    init(_ message: MQTTMessage) { self.message = message }

    /// Whether somebody asks how the message was understood. Nobody does while messages come in, and then no note is made: one
    /// that is made only to be left out, or even a closure that could make it, costs as much as the reading itself.
    var isExplained: Bool { notes != nil }

    /// One more step of the explanation.
    mutating func note(_ note: DecodingNote) { notes?.append(note) }

    /// Nothing of one device; the first reason is told.
    mutating func ignore(_ reason: IgnoredReason) { if ignored == nil { ignored = reason } }

    /// The message cannot be read; the first failure is told.
    mutating func fail(_ reason: DecodingFailure.Reason, _ pointer: String?, _ device: Int) {
        if failure == nil { failure = made(reason, pointer, device) }
    }

    /// One value cannot be read, or is odd. 16 are told at most, so that one payload cannot fill a log.
    mutating func fault(_ reason: DecodingFailure.Reason, _ pointer: String?, _ device: Int) {
        if faults.count < 16 { faults.append(made(reason, pointer, device)) }
    }

    private func made(
        _ reason: DecodingFailure.Reason, _ pointer: String?, _ device: Int
    ) -> DecodingFailure {
        DecodingFailure(reason: reason, topic: message.topic, pointer: pointer, device: device)
    }

    /// What it all came to. A message of which nothing could be read, but something should, is quarantined.
    var result: DecodedMessage {
        var message = outcome
        message.resets = resets
        return message
    }

    private var outcome: DecodedMessage {
        if !readings.isEmpty {
            return DecodedMessage(
                .readings(readings), faults: failure.map { faults + [$0] } ?? faults)
        }
        if let failure = failure ?? faults.first(where: { $0.reason.isUnreadable }) {
            return DecodedMessage(.quarantined(failure), faults: faults.filter { $0 != failure })
        }
        return DecodedMessage(.ignored(ignored ?? .nothing), faults: faults)
    }
}
