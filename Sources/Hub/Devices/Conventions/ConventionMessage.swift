public import Rules

/// What a message says that was understood by its convention alone, without a device that was placed.
public struct ConventionMessage: Hashable, Sendable {
    /// One reading.
    public struct Reading: Hashable, Sendable {
        /// The capability, with its channel: `switch.on[2]`.
        public var capability: String
        /// How it is to be understood in time.
        public var kind: ReadingKind
        /// What was read.
        public var value: Value
        /// Its UCUM unit; empty for none.
        public var unit: String
        /// When it happened, as the device says; nil where it says nothing that can be trusted.
        public var time: Instant?
        /// Whether it was told live, restored or late.
        public var freshness: Freshness
    }

    /// A value.
    public enum Value: Hashable, Sendable {
        /// Yes or no.
        case boolean(Bool)
        /// A number in the reading's unit.
        case number(Double)
        /// A word, a code, a name.
        case text(String)
        /// The device says that it does not know, or says something that cannot be.
        case unknown
    }

    /// The convention, such as `zigbee2mqtt`; `raw` where none fits.
    public var convention: String
    /// What the message calls its device: a stable identifier where it has one.
    public var device: String
    /// What it says.
    public var readings: [Reading] = []
    /// What is remarkable or wrong: short words, see docs/devices.md.
    public var flags: [String] = []
    /// Why nothing of it can be used; nil where it can.
    public var quarantined: String?

    /// A message of which nothing is understood yet.
    public init(convention: String, device: String) {
        self.convention = convention
        self.device = device
    }

    /// What a reading of a capability says; nil where there is none.
    public func value(_ capability: String) -> Value? {
        readings.first { $0.capability == capability }?.value
    }
}

/// One message on its way through a convention's reading.
struct ConventionDraft {
    let topic: String
    let levels: [String]
    let payload: [UInt8]
    let retained: Bool
    let received: Instant
    var message: ConventionMessage
    /// When it happened, for the readings that follow.
    var time: Instant?
    /// Whether what follows only restores what was known: retained, replayed, a snapshot.
    var isRestored: Bool

    init(_ mqtt: MQTTMessage) {
        topic = mqtt.topic
        levels = mqtt.topic.topicLevels
        payload = mqtt.payload
        retained = mqtt.retained
        received = mqtt.received
        isRestored = mqtt.retained
        message = ConventionMessage(convention: "raw", device: mqtt.topic)
    }

    /// The payload as text; nil where it is not UTF-8.
    var text: String? { String(validating: payload, as: UTF8.self) }

    /// Some of the topic's levels, with what parts them.
    func part(_ range: some RangeExpression<Int>) -> String {
        topic.topicPart(range.relative(to: levels))
    }

    mutating func flag(_ word: String) {
        if !message.flags.contains(word) { message.flags.append(word) }
    }

    mutating func quarantine(_ reason: String, _ flags: String...) {
        message.readings = []
        message.quarantined = reason
        for word in flags { flag(word) }
    }

    /// How a capability is told where a convention does not say otherwise. What devices measure of themselves is their
    /// health.
    private static let usual = WordTable(
        CapabilityVocabulary.entries.map { entry in
            let name = entry.id.rawValue
            let isOfItself = name.hasPrefix("device.") || name.hasPrefix("link.")
            let kind = entry.kinds.first ?? .state
            return (
                name, (kind: isOfItself && kind == .measurement ? .health : kind, unit: entry.unit)
            )
        })

    /// Adds a reading; its kind and unit are the vocabulary's where they are not given.
    mutating func add(
        _ capability: String, _ value: ConventionMessage.Value, kind: ReadingKind? = nil,
        channel: String? = nil, at moment: Instant? = nil
    ) {
        let usual = Self.usual[capability]
        let kind = kind ?? usual?.kind ?? .state
        // Something that is restored has not just happened.
        if kind == .pulse, isRestored {
            flag("replay")
            return
        }
        if message.readings.isEmpty { message.readings.reserveCapacity(6) }
        message.readings.append(
            ConventionMessage.Reading(
                capability: channel.map { "\(capability)[\($0)]" } ?? capability, kind: kind,
                value: value, unit: usual?.unit ?? "", time: moment ?? time,
                freshness: isRestored ? .restored : .live))
    }

    mutating func number(
        _ capability: String, _ value: Double, kind: ReadingKind? = nil, channel: String? = nil
    ) {
        // `nan` and `inf` are what drivers write for a reading that failed; no JSON can say them.
        add(capability, value.isFinite ? .number(value) : .unknown, kind: kind, channel: channel)
    }

    mutating func boolean(
        _ capability: String, _ value: Bool, kind: ReadingKind? = nil, channel: String? = nil
    ) { add(capability, .boolean(value), kind: kind, channel: channel) }

    mutating func text(
        _ capability: String, _ value: String, kind: ReadingKind? = nil, channel: String? = nil
    ) { add(capability, .text(value.cut(to: 256)), kind: kind, channel: channel) }

    /// What became of a device or an entity: `joined`, `left`, `removed`, …
    mutating func lifecycle(_ what: String) {
        add("lifecycle", .text(what), kind: .health)
        flag("lifecycle")
    }

    /// The payload as JSON; nil after it was put into quarantine.
    mutating func json() -> JSONValue? { read { bytes throws(JSONError) in try JSONValue(bytes) } }

    /// The same, for a large payload of which little is looked at.
    mutating func largeJSON() -> JSONTokens? {
        read { bytes throws(JSONError) in try JSONTokens(bytes) }
    }

    private mutating func read<JSON>(_ reading: ([UInt8]) throws(JSONError) -> JSON) -> JSON? {
        do throws(JSONError) {
            return try reading(payload)
        } catch {
            switch error.reason {
            case .empty: quarantine("the payload is empty", "empty")
            case .cutOff: quarantine("\(error)", "truncated")
            case .notUTF8: return repaired(error, reading)
            default:
                // Something that begins in the middle, or goes on after its end, was mixed up on its way.
                let first = payload.first { $0 > 0x20 }
                let isWhole = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
                if case .trailing = error.reason {
                    quarantine("\(error)", "corrupt")
                } else if isWhole {
                    quarantine("\(error)", "not_json")
                } else if payload.contains(UInt8(ascii: "{")) {
                    quarantine("\(error)", "corrupt")
                } else {
                    quarantine("\(error)", "not_json")
                }
            }
            return nil
        }
    }

    /// A text with wrong bytes in a string is still read, as far as its numbers go; one that is broken is not.
    private mutating func repaired<JSON>(
        _ error: JSONError, _ reading: ([UInt8]) throws(JSONError) -> JSON
    ) -> JSON? {
        flag("not_utf8")
        let mended = Array(String(decoding: payload, as: UTF8.self).utf8)
        if let value = try? reading(mended) { return value }
        quarantine("\(error)", "corrupt")
        return nil
    }

    /// Takes a time that the device gave, where it can be trusted.
    mutating func takeTime(_ value: JSONValue?) {
        guard let value, !value.isNull else { return }
        let reading: DeviceTime.Reading
        switch value {
        case .string(let text):
            if text.hasPrefix("@") { return flag("relative_time") }
            let written = DeviceTime.iso(text)
            if case .local = written { return takeLocal(text, written) }
            if written == .unreadable, let number = Double(text) {
                reading = DeviceTime.epoch(number, .auto)
            } else {
                reading = written
            }
        case .number(let number): reading = DeviceTime.epoch(number, .auto)
        default: return
        }
        take(reading)
    }

    /// Wall time: of the residence's zone nothing is known here, so it is passed on as it is written.
    private mutating func takeLocal(_ text: String, _ reading: DeviceTime.Reading) {
        if case .local(let wall) = reading, wall < Self.birth { return flag("clock_unset") }
        flag("time_without_zone")
        self.text("time_local", text, kind: .health)
    }

    private mutating func take(_ reading: DeviceTime.Reading) {
        switch reading {
        case .unreadable: flag("clock_unreadable")
        case .local: flag("time_without_zone")
        case .instant(let moment):
            if moment < Self.birth { return flag("clock_unset") }
            if moment < DeviceTime.earliest { flag("clock_suspect") }
            if moment > received + .days(1) { return flag("clock_ahead") }
            time = moment
        }
    }

    /// Before 2001 a clock was simply never set.
    private static let birth = Instant(milliseconds: 978_307_200_000)
}
