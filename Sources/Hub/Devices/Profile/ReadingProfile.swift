public import Rules

/// How one reading is taken from a payload.
public struct ReadingProfile: Hashable, Sendable {
    /// Where the value comes from.
    public enum Source: Hashable, Sendable {
        /// The whole payload, as plain text.
        case payload
        /// A place in the JSON text, or below the element where there is `each`.
        case pointer(JSONPointer)
        /// The key (or place) of the element.
        case key
    }

    /// The elements of an array or object, each of which gives a reading.
    public struct Each: Hashable, Sendable {
        /// Where the array or object stands.
        public var at: JSONPointer
        /// Which keys: a text with at most one `*`; nil for all.
        public var keys: KeyPattern?
    }

    /// Which of several alike a reading is of.
    public enum Channel: Hashable, Sendable {
        /// Always the same; empty for the only one.
        case always(String)
        /// What stands at a place of the element, or of the payload.
        case pointer(JSONPointer)
        /// The key (or place) of the element.
        case key
        /// What a placeholder of the topic stands for.
        case placeholder(String)

        /// The channel where it is always the same; empty where it is known only from a message.
        public var fixed: String { known([:]) ?? "" }

        /// The channel of a device whose address fills the placeholders so; nil where it is known only from a
        /// message.
        func known(_ bindings: [String: String]) -> String? {
            switch self {
            case .always(let text): text
            case .placeholder(let name): bindings[name]
            case .pointer, .key: nil
            }
        }
    }

    /// What becomes of a value that `map` does not know.
    public enum Otherwise: String, Hashable, Sendable, CaseIterable {
        /// It gives no reading.
        case drop
        /// The reading is unknown.
        case unknown
        /// It is read as if there were no `map`.
        case keep
    }

    /// A number that stands for yes or no.
    public enum Threshold: Hashable, Sendable {
        /// Yes where the number is above this.
        case above(Double)
        /// Yes where the number is below this.
        case below(Double)

        /// What a number means.
        func holds(_ number: Double) -> Bool {
            switch self {
            case .above(let limit): number > limit
            case .below(let limit): number < limit
            }
        }
    }

    /// A value that means none.
    public enum Sentinel: Hashable, Sendable {
        /// A number as the device writes it, before `scale`.
        case number(Double)
        /// A text.
        case text(String)
    }

    /// One line of `map`.
    public struct Mapping: Hashable, Sendable {
        /// What the device writes.
        public var text: String
        /// The same as a number, where it is one.
        public var number: Double?
        /// What it means.
        public var value: Value
    }

    /// What it is of.
    public var capability: Capability
    /// Which of several alike.
    public var channel: Channel
    /// How it is to be understood in time.
    public var kind: ReadingKind
    /// What its values are.
    public var type: CapabilityVocabulary.ValueType
    /// Where it comes from.
    public var source: Source
    /// Taken once for each of these; nil: once.
    public var each: Each?
    /// What must be so in the element, or in the payload.
    public var guards: [Guard]
    /// What the device's words mean.
    public var map: [Mapping]
    /// What becomes of other words; nil: a press is dropped and anything else unknown, and a fault is told.
    public var otherwise: Otherwise?
    /// Values that mean none.
    public var sentinels: [Sentinel]
    /// For a yes or no that the device tells as a number: where the two meanings part; nil for none.
    public var threshold: Threshold?
    /// A number is multiplied by this …
    public var scale: Double
    /// … and this is added.
    public var offset: Double
    /// What is outside is unknown, and a fault is told.
    public var valid: ClosedRange<Double>?
    /// What a left-out value means; nil: nothing.
    public var defaultValue: Value?
    /// Which repeats are noise.
    public var repeats: RepeatPolicy
    /// What an old message is worth; nil: as the message's `time` says.
    public var stale: TimeProfile.Stale?
    /// Where it stands in the profile.
    public var location: SourceLocation
    /// Whether it says something of the device where it comes and goes often; nil: as its capability has it.
    public var watchesFlapping: Bool?

    /// Whether it is taken from a battery's charge, so that figures that cannot be so are unknown.
    var isOfBattery: Bool {
        capability == .battery || capability == .batteryLow && threshold != nil
    }

    /// Whether the battery is low, taken from its charge; nil where this is no charge in plain numbers.
    func batteryLow(below low: Double) -> ReadingProfile? {
        guard capability == .battery, map.isEmpty, scale > 0 else { return nil }
        var result = self
        result.capability = .batteryLow
        result.kind = .health
        result.type = .boolean
        result.threshold = .below((low - offset) / scale)
        result.defaultValue = nil
        result.repeats = RepeatPolicy(
            dropsEqual: true, every: .days(1), changeMin: 0, copyWindow: .zero)
        return result
    }
}

/// Which repeats of a reading are noise and not stored.
public struct RepeatPolicy: Hashable, Sendable {
    /// Everything is kept.
    public static let keepAll = RepeatPolicy(
        dropsEqual: false, every: .zero, changeMin: 0, copyWindow: .zero)
    /// For what availability topics say: repeats are noise for an hour.
    public static let availability = RepeatPolicy(
        dropsEqual: true, every: .hours(1), changeMin: 0, copyWindow: .zero)

    /// For a wrong clock: what changes by less than a minute is noise for an hour.
    static let clockOffset = RepeatPolicy(
        dropsEqual: true, every: .hours(1), changeMin: 60, copyWindow: .zero)

    /// A value equal to the last stored one is noise.
    public var dropsEqual: Bool
    /// … unless this long has passed since the last stored one, so that silence stays visible.
    public var every: TimeSpan
    /// A number that differs by less than this counts as equal.
    public var changeMin: Double
    /// A press with the same counter (or the same time of the device) as the last is a copy of it within
    /// this time. Zero: never.
    public var copyWindow: TimeSpan
    /// A press is told as a level that holds: the same level again, without its end in between, is the same press.
    public var untilReset = false
    /// A counter of the device's own tells one press from the next, whichever gateway heard it.
    public var isCounted = false
}

/// A text with at most one `*`, which stands for any characters.
public struct KeyPattern: Hashable, Sendable {
    /// What comes before the `*`; all of it where there is none.
    public var prefix: String
    /// What comes after the `*`; nil where there is none.
    public var suffix: String?

    /// A pattern by its text; nil where it has two `*`.
    public init?(_ text: String) {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        prefix = String(parts[0])
        suffix = parts.count == 2 ? String(parts[1]) : nil
    }

    /// Whether a key fits.
    public func matches(_ key: String) -> Bool {
        let key = key.utf8
        guard let suffix else { return key.elementsEqual(prefix.utf8) }
        return key.count >= prefix.utf8.count + suffix.utf8.count
            && key.starts(with: prefix.utf8)
            && key.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
