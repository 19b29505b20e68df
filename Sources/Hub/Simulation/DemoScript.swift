public import Rules

/// A scripted residence: which devices there are, how they speak, and what happens on a day. Written by hand
/// in `script.yaml`, spread out to messages by `day(…)`, the same ones for the same seed.
public struct DemoScript: Hashable, Sendable {
    /// How a device's payloads look.
    public enum Speech: String, Hashable, Sendable, CaseIterable {
        /// JSON of all that is known, with `last_seen` and `linkquality`.
        case zigbee2mqtt
        /// JSON of what is said now, with `time`.
        case json
    }

    /// What a payload's member holds.
    enum Member: Hashable, Sendable {
        case null
        case flag(Bool)
        case number(Double)
        case text(String)
        /// A number drawn anew each time, with so many digits.
        case between(Double, Double, digits: Int)
    }

    /// One device.
    struct Device: Hashable, Sendable {
        var name: String
        var topic: String
        var speech: Speech
        /// What it knows of itself when the day begins.
        var first: [String: Member]
        /// How often it reports unasked; nil: never.
        var reports: TimeSpan?
    }

    /// What a step does.
    enum Act: Hashable, Sendable {
        /// A device says something: what stays known, and what holds for this message only.
        case says(device: String, kept: [String: Member], once: [String: Member])
        /// Its bridge says whether it can be reached.
        case availability(device: String, online: Bool)
        /// From now on nothing comes from it: it died.
        case falls(device: String)
        /// Somebody is about in front of a movement sensor.
        case moves(device: String, for: TimeSpan)
        /// A contact opens, and closes after a while.
        case opens(device: String, for: TimeSpan)
        /// A plug's power goes up between two bounds, and back to its idle power after a while.
        case runs(device: String, for: TimeSpan, power: ClosedRange<Double>, idle: Double)
        /// The steps of a routine.
        case does(routine: String)
    }

    /// One thing that happens.
    struct Step: Hashable, Sendable {
        /// In the day: minutes and seconds after local midnight; in a routine: after its start.
        var at: TimeSpan
        /// How much earlier or later it may happen.
        var jitter: TimeSpan
        /// Part of what goes wrong on the first day only.
        var isIncident: Bool
        var act: Act
    }

    /// A quantity that goes up and down with the day.
    struct Curve: Hashable, Sendable {
        var device: String
        var key: String
        var every: TimeSpan
        var low: Double
        var high: Double
        /// When it is highest, after local midnight.
        var peak: TimeSpan
        var noise: Double
        var digits: Int
    }

    /// Decides everything that looks random.
    public var seed: UInt64
    /// The IANA zone of its times.
    public var zone: String
    /// When its day begins, after local midnight; what is written with an earlier time happens on the next
    /// date.
    public var starts: TimeSpan
    var devices: [Device]
    var routines: [String: [Step]]
    var steps: [Step]
    var curves: [Curve]

    /// Whether a text can be a name in topics, files and identifiers: a to z, 0 to 9, `_` and `-`, 64 at most,
    /// beginning with a letter or digit.
    static func isPlainName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (97...122).contains(byte) || (48...57).contains(byte)
        }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}

/// One message of a scripted day.
public struct TimedPublication: Hashable, Sendable {
    /// When it is published.
    public var at: Instant
    /// What is published.
    public var publication: Publication

    /// One message at its time.
    public init(at: Instant, publication: Publication) {
        self.at = at
        self.publication = publication
    }
}

/// Messages with their times, one after the other.
public struct TimedSource: PublicationSource {
    private let messages: [TimedPublication]
    private var index = -1

    /// Messages in the order of time.
    public init(_ messages: [TimedPublication]) { self.messages = messages }

    /// Goes to the next message.
    public mutating func advance() -> Instant? {
        index = min(index + 1, messages.count)
        return index < messages.count ? messages[index].at : nil
    }

    /// The message.
    public mutating func publications(now: Instant) -> [Publication] {
        messages.indices.contains(index) ? [messages[index].publication] : []
    }
}
