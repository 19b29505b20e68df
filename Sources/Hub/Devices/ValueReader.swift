import Rules

/// Gives what a payload has at one place its meaning, as a profile's line says.
///
/// In this order: null and sentinels mean *unknown*; `map` translates; what it does not know goes by `otherwise`;
/// without a map the value must be of the capability's type. On a press or use, whatever does not say that it
/// happened (null, `""`, false) is nothing at all.
struct ValueReader {
    /// What became of a value.
    enum Meaning: Equatable {
        case value(Value)
        /// No reading, and nothing wrong.
        case nothing(String)
        /// The end of a press that is told as a level.
        case reset
        /// Something wrong; a reading that is unknown, or none.
        case fault(DecodingFailure.Reason, Value?)
    }

    let shared: DeviceDirectory.SharedReading
    let battery: DeviceProfile.BatteryProfile?

    private var happens: Bool { shared.happens }

    /// What a raw value means.
    func meaning(of raw: RawValue) -> Meaning {
        if case .null = raw { return unknown("null") }
        if isSentinel(raw) { return unknown("a sentinel that means none") }
        if let value = mapped(raw) { return given(value) }
        if case .text(let text) = raw, text.isEmpty { return unknown("an empty text") }
        guard !shared.profile.map.isEmpty else { return plain(raw) }
        switch shared.profile.otherwise {
        case .drop: return .nothing("a word that the profile drops")
        case .unknown: return unknown("a word that the profile does not know")
        case .keep: return plain(raw)
        case nil: return fault(.unknownWord(word(raw)))
        }
    }

    private func unknown(_ why: String) -> Meaning {
        happens ? .nothing("\(why) on a \(shared.profile.kind.rawValue) is none") : .value(.unknown)
    }

    private func fault(_ reason: DecodingFailure.Reason) -> Meaning {
        .fault(reason, happens ? nil : .unknown)
    }

    /// A known value; a press that is false, and a use without a name, did not happen.
    private func given(_ value: Value) -> Meaning {
        guard happens else { return .value(value) }
        switch value {
        case .unknown: return unknown("unknown")
        case .boolean(false) where shared.repeats.untilReset: return .reset
        case .boolean(false): return .nothing("false on a \(shared.profile.kind.rawValue) is none")
        default: return .value(value)
        }
    }

    private func isSentinel(_ raw: RawValue) -> Bool {
        switch raw {
        case .number(let number?, _):
            shared.profile.sentinels.contains(.number(number))
                || shared.profile.isOfBattery
                    && (battery?.implausible.contains(
                        number * shared.profile.scale + shared.profile.offset)
                        ?? false)
        case .text(let text):
            shared.profile.sentinels.contains {
                switch $0 {
                case .text(let word): word.utf8.elementsEqual(text.utf8)
                case .number(let number): Double(text) == number
                }
            }
        default: false
        }
    }

    private func mapped(_ raw: RawValue) -> Value? {
        if shared.profile.map.isEmpty { return nil }
        switch raw {
        case .boolean(let value):
            return lookUp(value ? "true" : "false")
        case .number(let number, let text):
            return lookUp(text)
                ?? number.flatMap { number in
                    shared.profile.map.first { $0.number == number }?.value
                }
        case .text(let text): return lookUp(text)
        case .null, .array, .object: return nil
        }
    }

    private func lookUp(_ word: String) -> Value? {
        // Lengths are told at once, and mostly differ.
        shared.profile.map.first {
            $0.text.utf8.count == word.utf8.count && $0.text.utf8.elementsEqual(word.utf8)
        }?.value
    }

    private func plain(_ raw: RawValue) -> Meaning {
        switch shared.profile.type {
        case .boolean: boolean(raw)
        case .number: number(raw)
        case .text: text(raw)
        }
    }

    private func boolean(_ raw: RawValue) -> Meaning {
        if let threshold = shared.profile.threshold { return compared(raw, threshold) }
        switch raw {
        case .boolean(let value): return given(.boolean(value))
        case .number(0, _): return given(.boolean(false))
        case .number(1, _): return given(.boolean(true))
        case .text("true"), .text("1"): return given(.boolean(true))
        case .text("false"), .text("0"): return given(.boolean(false))
        default: return fault(.wrongType(expected: .boolean, found: Self.found(raw)))
        }
    }

    private func compared(
        _ raw: RawValue, _ threshold: ReadingProfile.Threshold
    ) -> Meaning {
        let number: Double? =
            switch raw {
            case .number(let number, _): number
            case .text(let text) where text.utf8.count <= 32: Double(text)
            default: nil
            }
        guard let number else {
            return fault(.wrongType(expected: .number, found: Self.found(raw)))
        }
        if number.isNaN { return unknown("NaN") }
        if let valid = shared.profile.valid,
            !valid.contains(number * shared.profile.scale + shared.profile.offset)
        {
            return unknown("a figure that cannot be so")
        }
        return given(.boolean(threshold.holds(number)))
    }

    private func number(_ raw: RawValue) -> Meaning {
        switch raw {
        case .number(let number, _):
            guard let number else { return fault(.numberTooLarge) }
            return scaled(number)
        case .text(let text):
            // Gateways of 433 MHz write numbers as strings; ESPHome writes nan for a sensor without a value.
            guard text.utf8.count <= 32, let number = Double(text) else {
                return fault(.wrongType(expected: .number, found: Self.found(raw)))
            }
            if number.isNaN { return unknown("NaN") }
            return number.isFinite ? scaled(number) : fault(.numberTooLarge)
        default:
            return fault(.wrongType(expected: .number, found: Self.found(raw)))
        }
    }

    private func scaled(_ number: Double) -> Meaning {
        // Adding 0 turns -0 into 0, so that equal numbers have equal bytes.
        let value = number * shared.profile.scale + shared.profile.offset + 0
        guard value.isFinite else { return fault(.numberTooLarge) }
        if let valid = shared.profile.valid, !valid.contains(value) {
            return fault(.outOfRange(value))
        }
        return .value(.number(value))
    }

    private func text(_ raw: RawValue) -> Meaning {
        switch raw {
        case .text(let text), .number(_, let text):
            guard text.utf8.count <= DeviceDecoder.maximumTextBytes else {
                return fault(.textTooLong(bytes: text.utf8.count))
            }
            return given(.text(text))
        case .boolean(let value): return given(.text(value ? "true" : "false"))
        case .null, .array, .object:
            return fault(.wrongType(expected: .text, found: Self.found(raw)))
        }
    }

    private func word(_ raw: RawValue) -> String {
        switch raw {
        case .text(let text), .number(_, let text): String(text.prefix(64))
        case .boolean(let value): value ? "true" : "false"
        case .null: "null"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A raw value for a message.
    static func found(_ raw: RawValue) -> String {
        switch raw {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(_, let text): String(text.prefix(64))
        case .text(let text): "\"\(printable(String(text.prefix(64))))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
