import Rules

/// One batch on its way into the journal: decode, append, evaluate, all within one transaction.
///
/// Works on the loop's own engine and filter; if the transaction fails the loop throws both away.
struct IntakeBatch {
    var engine: Engine
    var repeats: RepeatFilter
    var redelivery: RedeliveryFilter
    var decoder: DeviceDecoder
    var places: StreamPlaces
    var ledger: DeviceLedger
    var bridges: BridgeWatch
    let settings: IntakeLoopSettings
    let now: Instant

    private(set) var steps: Steps = []
    private(set) var tally = IntakeTally()
    private(set) var hasNotices = false
    /// Whether something became of a device.
    var hasDeviceChanges = false
    private(set) var publications: [Recovered.Publication] = []
    private var deliveries: [Delivery] = []
    var announcements: [Announcement] = []
    private var unknown: [String: (count: Int, sample: [UInt8])] = [:]
    private var unknownOrder: [String] = []
    private var faults: [String: (count: Int, latest: DecodingFailure, payload: [UInt8])] = [:]
    private var faultOrder: [String] = []
    private var withheld: [String: Int] = [:]

    init(
        engine: Engine, repeats: RepeatFilter, redelivery: RedeliveryFilter,
        decoder: DeviceDecoder, places: StreamPlaces? = nil, ledger: DeviceLedger = DeviceLedger(),
        bridges: BridgeWatch = BridgeWatch(), settings: IntakeLoopSettings, now: Instant
    ) {
        self.engine = engine
        self.repeats = repeats
        self.redelivery = redelivery
        self.decoder = decoder
        self.places = places ?? StreamPlaces(settings.directory)
        self.ledger = ledger
        self.bridges = bridges
        self.settings = settings
        self.now = now
    }

    /// Takes in one message.
    mutating func take(_ message: InboundMessage, _ writer: inout JournalWriter) throws {
        tally.messages += 1
        if message.qualityOfService > 0 {
            let delivery = Delivery(
                packetID: message.packetID,
                hash: RedeliveryFilter.hash(topic: message.topic, payload: message.payload))
            if redelivery.isRedelivery(delivery, duplicate: message.duplicate) {
                tally.redelivered += 1
                return
            }
            deliveries.append(delivery)
        }
        guard message.payload.count <= settings.maximumPayload else {
            if Announcements.mayAnnounce(message.topic), announces(message) { return }
            return try quarantine(
                message, &writer,
                reason:
                    "payload of \(message.payload.count) bytes; the most is \(settings.maximumPayload)"
            )
        }
        let decoded = decoder.decode(
            MQTTMessage(
                topic: message.topic, payload: message.payload, retained: message.retained,
                qualityOfService: message.qualityOfService, received: now))
        for reset in decoded.resets { repeats.reset(reset, received: now) }
        for fault in decoded.faults {
            let happened = decoded.readings.filter { $0.device == fault.device }
                .map { effectiveTime(of: $0.reading, received: now) }.min()
            if !withholds(fault.device, happened: happened) { note(fault, message) }
        }
        switch decoded.outcome {
        case .readings(let readings):
            for reading in readings {
                watchBridge(reading)
                if try store(reading, from: message, &writer) {
                    try prove(reading, by: message, &writer)
                }
            }
        case .ignored:
            tally.ignored += 1
        case .unknown where message.topic.hasPrefix(BrokerExamination.base):
            tally.ignored += 1
        case .unknown:
            if !announces(message) { noteUnknown(message) }
        case .quarantined(let failure) where withholds(failure.device): tally.withheld += 1
        case .quarantined(let failure):
            note(failure, message)
            try quarantine(message, &writer, reason: "\(failure)")
        }
    }

    /// - Returns: whether it was kept, so that the engine knows of it.
    @discardableResult
    mutating func store(
        _ decoded: DecodedReading, from message: InboundMessage? = nil,
        _ writer: inout JournalWriter
    ) throws -> Bool {
        // Here and below a device is looked at where it lies: a copy would count up and down all that it holds, each time.
        if settings.directory.devices[decoded.device].kind == "pause_button",
            try pauses(decoded, &writer)
        {
            return false
        }
        let effective = effectiveTime(of: decoded.reading, received: now)
        // Before anything else learns of it: no trace of a reading that no purpose allows, or allowed when it happened.
        guard !withholds(decoded.device, happened: effective) else {
            tally.withheld += 1
            return false
        }
        switch repeats.verdict(on: decoded, received: now, effective: effective) {
        case .kept: break
        case .noise:
            tally.repeated += 1
            return false
        case .contradiction:
            if let message { note(contradiction(of: decoded, message), message) }
            return false
        }
        let event = try writer.append(
            stream: try stream(of: decoded, &writer), value: decoded.reading.value, received: now,
            effective: effective, freshness: decoded.reading.freshness)
        tally.events += 1
        engine.take(event, into: &steps)
        return true
    }

    /// Stores that it is not known any more how something is.
    mutating func forget(_ stream: StreamID, _ writer: inout JournalWriter) throws {
        let event = try writer.append(
            stream: stream, value: .unknown, received: now, effective: now, freshness: .restored)
        engine.take(event, into: &steps)
    }

    /// Whether nothing of a device may be kept. Counts it: how often for each residence and reason since the beginning,
    /// for a count by the day or by the device would itself be a trace.
    private mutating func withholds(_ place: Int, happened: Instant? = nil) -> Bool {
        let device = settings.directory.devices[place].id
        guard let refusal = engine.refusal(of: device, at: now, happened: happened) else {
            return false
        }
        let residence = settings.directory.devices[place].residence
        withheld["withheld/\(residence)/\(refusal.name)", default: 0] += 1
        return true
    }

    /// A press of a person's pause button: a pause of an hour, or the end of one. The press itself is not kept.
    private mutating func pauses(
        _ decoded: DecodedReading, _ writer: inout JournalWriter
    ) throws -> Bool {
        guard let person = settings.directory.devices[decoded.device].person else { return false }
        // A copy of the press that began the pause must not end it.
        guard decoded.reading.kind == .pulse, decoded.reading.freshness == .live,
            repeats.keeps(decoded, received: now, effective: now)
        else { return true }
        let command: Command =
            engine.consent.pausedUntil(person, at: now) == nil
            ? .pause(person, until: now + Self.buttonPause, by: person.rawValue)
            : .resume(person, by: person.rawValue)
        try take(command, &writer)
        return true
    }

    /// How long a press of a pause button pauses.
    static let buttonPause = TimeSpan.hours(1)

    private mutating func stream(
        of decoded: DecodedReading, _ writer: inout JournalWriter
    ) throws -> StreamID {
        if let place = decoded.stream, let known = places.stream(place, decoded.reading.value) {
            return known
        }
        let reading = decoded.reading
        let device = settings.directory.devices[decoded.device]
        let key = StreamKey(
            device: device.id, capability: reading.capability, channel: reading.channel)
        let known = writer.streamCount
        let stream = try writer.stream(
            for: key, residence: device.residence, kind: reading.kind, value: reading.value)
        if writer.streamCount != known { engine.declare(stream, key) }
        if let place = decoded.stream { places.keep(stream, place, reading.value) }
        return stream
    }

    private mutating func quarantine(
        _ message: InboundMessage, _ writer: inout JournalWriter, reason: String
    ) throws {
        tally.quarantined += 1
        try writer.quarantine(
            topic: [UInt8](message.topic.utf8), payload: message.payload,
            retained: message.retained, reason: reason, received: now,
            keep: settings.quarantineKept)
    }

    /// A device that is odd is counted, with its latest message; a device has few ways to be so.
    private mutating func note(_ fault: DecodingFailure, _ message: InboundMessage) {
        let key = "\(fault.device) \(fault.reason.code)"
        let count = faults[key]?.count ?? 0
        if count == 0 { faultOrder.append(key) }
        faults[key] = (count + 1, fault, message.payload)
    }

    private func contradiction(
        of decoded: DecodedReading, _ message: InboundMessage
    ) -> DecodingFailure {
        let reading = decoded.reading
        let name =
            "\(reading.capability)" + (reading.channel.isEmpty ? "" : "[\(reading.channel)]")
        return DecodingFailure(
            reason: .contradiction("\(name) = \(reading.value.plainText)"), topic: message.topic,
            pointer: nil, device: decoded.device)
    }

    private mutating func noteUnknown(_ message: InboundMessage) {
        tally.unknown += 1
        if unknown[message.topic] == nil { unknownOrder.append(message.topic) }
        unknown[message.topic, default: (0, [])].count += 1
        unknown[message.topic]?.sample = message.payload
    }

    /// Takes in one command.
    mutating func take(_ command: Command, _ writer: inout JournalWriter) throws {
        let entry = try writer.append(command, received: now)
        engine.take(entry, into: &steps)
        tally.commands += 1
    }

    /// Takes over a step that the engine made outside of an entry.
    mutating func adopt(_ step: AlertTransition) {
        steps.append(step)
    }

    /// Fires what is due, and writes what the batch led to: alerts, publications, deliveries, mark.
    mutating func finish(_ writer: inout JournalWriter) throws {
        try settleAnnouncements(&writer)
        try settleBridges(&writer)
        engine.advance(to: now, into: &steps)
        for step in steps {
            try writer.record(step)
            try publish(step, &writer)
        }
        let changed = Set(steps.map(\.alert.subject.residence))
        for residence in settings.home.residences where changed.contains(residence.id) {
            try publishState(residence, &writer)
        }
        for notice in engine.takeNotices() {
            try writer.record(notice)
            hasNotices = true
        }
        for handover in engine.takeHandovers() { try writer.record(handover) }
        for next in engine.takeNextSteps() { try writer.record(next) }
        for episode in engine.takeEpisodes() { try writer.record(episode) }
        for topic in unknownOrder {
            guard let (count, sample) = unknown[topic] else { continue }
            try writer.countUnknown(
                topic: topic, count: count, sample: sample, received: now,
                keep: settings.unknownTopicsKept)
        }
        for key in faultOrder {
            guard let (count, latest, payload) = faults[key] else { continue }
            try writer.countFault(
                latest, of: settings.directory.devices[latest.device].id, count: count,
                payload: payload, received: now)
        }
        for (name, count) in withheld.sorted(by: { $0.key < $1.key }) {
            try writer.count(name, count)
        }
        try writer.deliveries(deliveries, window: settings.deliveryWindow)
        try writer.setMark(now)
    }

    /// An alert is retained while it is open. Its end is told once, unretained, and then the retained message removed.
    private mutating func publish(
        _ step: AlertTransition, _ writer: inout JournalWriter
    ) throws {
        let alert = step.alert
        let message = AlertMessage(
            alert, rule: settings.plan.rule(alert.rule), home: settings.home,
            events: try writer.events(at: alert.evidence))
        let topic = AlertMessage.topic(alert)
        let isOver = alert.response == .resolved
        publications.append(
            try writer.enqueue(
                topic: topic, payload: message.encoded(), retain: !isOver, created: now))
        if isOver {
            publications.append(
                try writer.enqueue(topic: topic, payload: [], retain: true, created: now))
        }
    }
}

/// What is told of residences as a whole.
extension IntakeBatch {
    /// At a start everybody hears how things are, whatever the broker had kept.
    mutating func announce(_ writer: inout JournalWriter) throws {
        for residence in settings.home.residences {
            if let discovery = settings.homeAssistant {
                let message = discovery.message(residence)
                try publishRetained(message.topic, message.payload, &writer)
            }
            try publishState(residence, &writer)
        }
    }

    private mutating func publishState(
        _ residence: Residence, _ writer: inout JournalWriter
    ) throws {
        let message = ResidenceMessage(
            residence, alerts: engine.alerts.sorted, plan: settings.plan)
        try publishRetained(
            ResidenceMessage.topic(residence.id), message.encoded(), &writer)
    }

    private mutating func publishRetained(
        _ topic: String, _ payload: [UInt8], _ writer: inout JournalWriter
    ) throws {
        publications.append(
            try writer.enqueue(topic: topic, payload: payload, retain: true, created: now))
    }
}

/// What was taken in, counted.
struct IntakeTally: Hashable, Sendable {
    var messages = 0
    var events = 0
    var commands = 0
    var redelivered = 0
    var repeated = 0
    var ignored = 0
    var unknown = 0
    var quarantined = 0
    var withheld = 0

    static func += (left: inout IntakeTally, right: IntakeTally) {
        left.messages += right.messages
        left.events += right.events
        left.commands += right.commands
        left.redelivered += right.redelivered
        left.repeated += right.repeated
        left.ignored += right.ignored
        left.unknown += right.unknown
        left.quarantined += right.quarantined
        left.withheld += right.withheld
    }
}
