/// Strings of a JSON text: skipping them strictly, and turning them into characters only where somebody asks.
enum JSONString {
    /// Skips a string whose opening quote is at `at`; leaves `at` after the closing quote.
    ///
    /// - Returns: whether the string has escapes.
    static func skip(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) -> Bool {
        var escaped = false
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return escaped
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
                try skipEscape(bytes, &at)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: at)
            } else if byte < 0x80 {
                at += 1
            } else {
                let length = UTF8Text.sequenceLength(bytes, at)
                guard length > 0 else { throw JSONError(.notUTF8, at: at) }
                at += length
            }
        }
        throw JSONError(.cutOff, at: at)
    }

    private static func skipEscape(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at
        guard at + 1 < bytes.count else { throw JSONError(.cutOff, at: bytes.count) }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            let first = try unit(bytes, &at)
            guard first & 0xF800 == 0xD800 else { return }
            guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                bytes[at + 1] == UInt8(ascii: "u")
            else { throw JSONError(.escape, at: start) }
            let second = try unit(bytes, &at)
            guard second & 0xFC00 == 0xDC00 else { throw JSONError(.escape, at: start) }
        default:
            throw JSONError(.escape, at: at)
        }
    }

    /// Reads `\uXXXX` at `at`.
    private static func unit(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) -> UInt16 {
        guard at + 6 <= bytes.count else { throw JSONError(.cutOff, at: bytes.count) }
        var result: UInt16 = 0
        for index in at + 2..<at + 6 {
            guard let digit = hexDigit(bytes[index]) else { throw JSONError(.escape, at: index) }
            result = result << 4 | digit
        }
        at += 6
        return result
    }

    private static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte) - 0x37
        default: nil
        }
    }

    /// The characters of a string with escapes that `skip` has accepted, as UTF-8.
    static func unescaped(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                result.append(bytes[at])
                at += 1
                continue
            }
            let kind = bytes[at + 1]
            switch kind {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = UInt32((try? unit(bytes, &at)) ?? 0xFFFD)
                if scalar & 0xFC00 == 0xD800 {
                    let low = UInt32((try? unit(bytes, &at)) ?? 0xDC00)
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                }
                result += Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
                continue
            default: result.append(kind)
            }
            at += 2
        }
        return result
    }
}

/// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Text {
    /// The length of the sequence of two to four bytes at `at`; 0 where it is not UTF-8.
    static func sequenceLength(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let first = bytes[at]
        func continues(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            at + offset < bytes.count && bytes[at + offset] >= low && bytes[at + offset] <= high
        }
        switch first {
        case 0xC2...0xDF:
            return continues(1) ? 2 : 0
        case 0xE0...0xEF:
            let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
            let high: UInt8 = first == 0xED ? 0x9F : 0xBF
            return continues(1, low, high) && continues(2) ? 3 : 0
        case 0xF0...0xF4:
            let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
            return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0
        default:
            return 0
        }
    }

    /// The first byte that is not UTF-8; nil where all of it is.
    static func firstInvalid(_ bytes: Span<UInt8>) -> Int? {
        var at = 0
        while at < bytes.count {
            if bytes[at] < 0x80 {
                at += 1
            } else {
                let length = sequenceLength(bytes, at)
                if length == 0 { return at }
                at += length
            }
        }
        return nil
    }

    /// A range of UTF-8 as a string; what is none is repaired, as the standard library does it.
    static func string(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        let part = bytes.extracting(range)
        for index in 0..<part.count where part[index] >= 0x80 {
            return part.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
        // Most words are ASCII, which is always valid, and looked at just now: no need to look a second time.
        return String(copying: UTF8Span(unchecked: part, isKnownASCII: true))
    }

    /// Whether a range holds exactly these bytes.
    static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: Span<UInt8>) -> Bool {
        guard range.count == other.count else { return false }
        for index in 0..<other.count where bytes[range.lowerBound + index] != other[index] {
            return false
        }
        return true
    }
}
