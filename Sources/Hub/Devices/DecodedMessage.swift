public import Rules

/// What one message came to: readings, or why there are none, and what was odd about it.
public struct DecodedMessage: Hashable, Sendable {
    /// What a message came to.
    public enum Outcome: Hashable, Sendable {
        /// Each of these is one event. Mostly of one device; of several where they share a topic, as
        /// behind one bridge.
        case readings([DecodedReading])
        /// It is understood, and there is nothing in it to store.
        case ignored(IgnoredReason)
        /// No device has this topic.
        case unknown
        /// It belongs to a device and cannot be read.
        case quarantined(DecodingFailure)
    }

    /// What it came to.
    public var outcome: Outcome
    /// What was odd: a wrong clock, a value out of range, a word that the profile does not know.
    public var faults: [DecodingFailure]
    /// The ends of presses that are told as a level (`repeats: until_reset`): never stored, but the next press is another
    /// one.
    public var resets: [DecodedReading] = []

    /// What a message came to.
    public init(_ outcome: Outcome, faults: [DecodingFailure] = []) {
        self.outcome = outcome
        self.faults = faults
    }

    /// Why the message, or a sample of it, belongs into the quarantine: it could not be read, or one of its
    /// values could not, so that a mended profile may read more of it. Nil where all of it was understood.
    public var quarantine: DecodingFailure? {
        if case .quarantined(let failure) = outcome { return failure }
        return faults.first { $0.reason.isUnreadable }
    }

    /// Its readings; empty where there are none.
    public var readings: [DecodedReading] {
        if case .readings(let readings) = outcome { return readings }
        return []
    }
}

/// One reading with whose it is and what decides whether it is noise.
public struct DecodedReading: Hashable, Sendable {
    /// The device's place in `DeviceDirectory.devices`.
    public var device: Int
    /// The stream's place in `DeviceDirectory.streams`; nil where the channel is known only from the
    /// message, so that the stream must be looked up by its key.
    public var stream: Int?
    /// What was said.
    public var reading: Reading
    /// Which repeats of it are noise.
    public var repeats: RepeatPolicy
    /// Equal in copies of one message only (a counter, the device's own time); nil where the profile names
    /// nothing to tell copies by.
    public var copyMark: UInt64?
    /// Which of its addresses said it, from 1 on, of a device that is heard on several; 0 where it has one.
    public var address: UInt8 = 0
}

/// Why an understood message gives no reading.
public enum IgnoredReason: String, Hashable, Sendable, CaseIterable {
    /// It is a wish to a device (`…/set`, `…/get`), not an observation.
    case command
    /// The profile says that such messages tell nothing.
    case notData
    /// The broker had kept it, and there is nothing in it but presses, or the profile leaves it out.
    case retained
    /// It is older than the profile allows, and there is nothing in it but presses.
    case stale
    /// The payload is empty: how a retained message is taken back.
    case empty
    /// None of the profile's guards (`when`) holds.
    case guarded
    /// Nothing that the profile asks for is in it, or only the end of a press.
    case nothing

    /// The reason in words.
    public var text: String {
        switch self {
        case .command: "a command to the device, not an observation"
        case .notData: "the profile says that such messages tell nothing"
        case .retained: "kept by the broker from earlier: not something that happens now"
        case .stale: "older than the profile allows"
        case .empty: "an empty payload: a retained message was taken back"
        case .guarded: "none of the profile's guards (when) holds"
        case .nothing: "nothing that the profile asks for is in it"
        }
    }
}

/// Why a message, or one value of it, could not be read.
public struct DecodingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The payload is not JSON.
        case notJSON(JSONError)
        /// A plain text payload is not UTF-8 from this byte on.
        case notUTF8(offset: Int)
        /// A text is longer than `DeviceDecoder.maximumTextBytes`, or a channel than 64 bytes.
        case textTooLong(bytes: Int)
        /// An array or object that is read element by element has more than
        /// `DeviceDecoder.maximumElements`.
        case tooManyElements
        /// The value is of another type than the capability.
        case wrongType(expected: CapabilityVocabulary.ValueType, found: String)
        /// A word that the profile's `map` does not have.
        case unknownWord(String)
        /// A number beyond a Double's range.
        case numberTooLarge
        /// A number outside the profile's `valid`.
        case outOfRange(Double)
        /// The device's clock is not set, or wrong: its time is not used.
        case clock(String)
        /// Another gateway has just told something else of the same state.
        case contradiction(String)
    }

    /// What is wrong.
    public var reason: Reason
    /// The message's topic.
    public var topic: String
    /// Where in the payload, as a JSON pointer; nil for the payload as a whole.
    public var pointer: String?
    /// The device's place in `DeviceDirectory.devices`.
    public var device: Int

    /// What is wrong and where, such as `zigbee2mqtt/door at /contact: expected true or false, found "perhaps"`.
    public var description: String {
        "\(printable(topic))\(pointer.map { " at \(printable($0))" } ?? ""): \(reason)"
    }
}

extension DecodingFailure.Reason: CustomStringConvertible {
    /// A short stable word, to count by.
    public var code: String {
        switch self {
        case .notJSON: "not-json"
        case .notUTF8: "not-utf8"
        case .textTooLong: "text-too-long"
        case .tooManyElements: "too-many-elements"
        case .wrongType: "wrong-type"
        case .unknownWord: "unknown-word"
        case .numberTooLarge: "number-too-large"
        case .outOfRange: "out-of-range"
        case .clock: "clock"
        case .contradiction: "contradiction"
        }
    }

    /// True where a mended profile, or device, would give more: not for a value that was read and found
    /// implausible.
    public var isUnreadable: Bool {
        switch self {
        case .clock, .outOfRange, .contradiction: false
        default: true
        }
    }

    /// What is wrong.
    public var description: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error)"
        case .notUTF8(let offset): "not UTF-8 text, at byte \(offset)"
        case .textTooLong(let bytes):
            "a text of \(bytes) bytes; \(DeviceDecoder.maximumTextBytes) are read at most"
        case .tooManyElements:
            "more than \(DeviceDecoder.maximumElements) elements"
        case .wrongType(let expected, let found):
            "expected \(expected == .boolean ? "true or false" : "a \(expected.rawValue)"), found \(found)"
        case .unknownWord(let word): "the profile's map has no \"\(printable(word))\""
        case .numberTooLarge: "a number beyond the range of a Double"
        case .outOfRange(let number): "\(number) is outside the profile's valid range"
        case .clock(let text): "the device's clock says \(printable(text)); the hub's time is used"
        case .contradiction(let text):
            "says \(printable(text)), and another gateway said otherwise less than \(RepeatFilter.betweenGateways.text) before; it is believed if it is still said after that"
        }
    }
}

/// A text from a device made fit for a terminal and a log line: control characters become `\u{…}`, and it is
/// cut at 200 characters, or so many.
public func printable(_ text: String, upTo most: Int = 200) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == most { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
