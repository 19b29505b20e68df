/// One value, or one key, of a JSON text: what it is, where its bytes are, and where the next one begins.
struct JSONToken {
    /// What a token is.
    enum Kind: UInt8 {
        case null
        case `false`
        case `true`
        case number
        case string
        case array
        case object
    }

    /// What it is.
    var kind: Kind
    /// A string with at least one backslash: its bytes are not yet its characters.
    var escaped: Bool
    /// Its first byte; a string's first byte after the quote.
    var start: UInt32
    /// After its last byte; a string's closing quote.
    var end: UInt32
    /// The index of the first token after it and all that it holds.
    var next: UInt32
}

/// Reads JSON (RFC 8259), strictly, in one pass, into a flat array of tokens that is used again for the next
/// text, so that a message costs no allocation here.
///
/// What the RFC leaves open is decided so: nesting goes to 32 levels; of equal keys the last one counts (as in
/// JavaScript and in Foundation); a byte order mark is skipped; a lone surrogate is refused, since no UTF-8
/// text can hold it; a number beyond a Double's range is refused only where it is looked at, so that a
/// neighbour's value still counts.
struct JSONTape: Sendable {
    /// The deepest nesting of arrays and objects that is read.
    static let maximumDepth = 32

    /// The tokens in the order of the text; the first is the whole value.
    private(set) var tokens: [JSONToken] = []
    /// The containers that are open, the outermost first.
    private var open = InlineArray<32, Int32>(repeating: 0)
    private var depth = 0

    /// What may come next.
    private enum Expectation {
        case value
        case valueOrEnd
        case key
        case keyOrEnd
        case commaOrEnd
        case nothing
    }

    /// Reads a text; `tokens` holds it afterwards. After an error `tokens` is not to be used.
    mutating func read(_ bytes: Span<UInt8>) throws(JSONError) {
        // A rare huge payload must not keep its memory for ever: 16 bytes a token.
        if tokens.capacity > 65_536 { tokens = [] }
        tokens.removeAll(keepingCapacity: true)
        // A token for every four bytes is more than most texts have.
        tokens.reserveCapacity(bytes.count / 4 + 2)
        depth = 0
        guard bytes.count < Int(Int32.max) else { throw JSONError(.tooLong, at: bytes.count) }
        var at = 0
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { at = 3 }
        var expected = Expectation.value
        while true {
            while at < bytes.count, isBlank(bytes[at]) { at += 1 }
            guard at < bytes.count else {
                if expected == .nothing { return }
                throw JSONError(tokens.isEmpty ? .empty : .cutOff, at: at)
            }
            switch expected {
            case .value, .valueOrEnd:
                if expected == .valueOrEnd, bytes[at] == UInt8(ascii: "]") {
                    at += 1
                    expected = close(at)
                } else {
                    expected = try value(bytes, &at)
                }
            case .key, .keyOrEnd:
                if expected == .keyOrEnd, bytes[at] == UInt8(ascii: "}") {
                    at += 1
                    expected = close(at)
                } else {
                    try key(bytes, &at)
                    expected = .value
                }
            case .commaOrEnd:
                expected = try commaOrEnd(bytes, &at)
            case .nothing:
                throw JSONError(.trailing, at: at)
            }
        }
    }

    private mutating func value(
        _ bytes: Span<UInt8>, _ at: inout Int
    ) throws(JSONError) -> Expectation {
        switch bytes[at] {
        case UInt8(ascii: "{"):
            return try begin(.object, .keyOrEnd, &at)
        case UInt8(ascii: "["):
            return try begin(.array, .valueOrEnd, &at)
        case UInt8(ascii: "\""):
            try string(bytes, &at)
        case UInt8(ascii: "t"):
            try word("true", .true, bytes, &at)
        case UInt8(ascii: "f"):
            try word("false", .false, bytes, &at)
        case UInt8(ascii: "n"):
            try word("null", .null, bytes, &at)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = at
            try JSONNumber.skip(bytes, &at)
            append(.number, start, at)
        default:
            throw JSONError(.unexpected(bytes[at]), at: at)
        }
        return depth == 0 ? .nothing : .commaOrEnd
    }

    private mutating func begin(
        _ kind: JSONToken.Kind, _ then: Expectation, _ at: inout Int
    ) throws(JSONError) -> Expectation {
        guard depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: at) }
        open[depth] = Int32(truncatingIfNeeded: tokens.count)
        depth += 1
        append(kind, at, at + 1)
        at += 1
        return then
    }

    private mutating func close(_ at: Int) -> Expectation {
        depth -= 1
        let container = Int(open[depth])
        tokens[container].end = UInt32(truncatingIfNeeded: at)
        tokens[container].next = UInt32(truncatingIfNeeded: tokens.count)
        return depth == 0 ? .nothing : .commaOrEnd
    }

    private mutating func commaOrEnd(
        _ bytes: Span<UInt8>, _ at: inout Int
    ) throws(JSONError) -> Expectation {
        let isObject = tokens[Int(open[depth - 1])].kind == .object
        switch bytes[at] {
        case UInt8(ascii: ","):
            at += 1
            return isObject ? .key : .value
        case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
            at += 1
            return close(at)
        default:
            throw JSONError(.unexpected(bytes[at]), at: at)
        }
    }

    private mutating func key(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) {
        guard bytes[at] == UInt8(ascii: "\"") else {
            throw JSONError(.unexpected(bytes[at]), at: at)
        }
        try string(bytes, &at)
        while at < bytes.count, isBlank(bytes[at]) { at += 1 }
        guard at < bytes.count else { throw JSONError(.cutOff, at: at) }
        guard bytes[at] == UInt8(ascii: ":") else {
            throw JSONError(.unexpected(bytes[at]), at: at)
        }
        at += 1
    }

    private mutating func string(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at + 1
        let escaped = try JSONString.skip(bytes, &at)
        append(.string, start, at - 1, escaped: escaped)
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONToken.Kind, _ bytes: Span<UInt8>, _ at: inout Int
    ) throws(JSONError) {
        let start = at
        for index in 0..<word.utf8CodeUnitCount {
            guard at < bytes.count else { throw JSONError(.cutOff, at: at) }
            guard bytes[at] == word.utf8Start[index] else {
                throw JSONError(.unexpected(bytes[at]), at: at)
            }
            at += 1
        }
        append(kind, start, at)
    }

    private mutating func append(
        _ kind: JSONToken.Kind, _ start: Int, _ end: Int, escaped: Bool = false
    ) {
        tokens.append(
            JSONToken(
                kind: kind, escaped: escaped, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: tokens.count + 1)))
    }
}

/// The four blanks of JSON.
@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

/// Why a text is not JSON, and at which byte.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// There is nothing but blanks.
        case empty
        /// It ends within a value.
        case cutOff
        /// A byte that cannot stand here.
        case unexpected(UInt8)
        /// Something follows the value, such as a second message.
        case trailing
        /// Arrays and objects lie in each other too deep.
        case tooDeep
        /// It has four gigabytes or more.
        case tooLong
        /// Bytes that are not UTF-8.
        case notUTF8
        /// A line break or other control character within a string.
        case controlCharacter
        /// A backslash that begins no known escape, or half a surrogate pair.
        case escape
        /// A number that is not written as JSON asks, such as `01` or `1.`.
        case number
    }

    /// What is wrong.
    public var reason: Reason
    /// The first byte that is wrong, counted from 0.
    public var offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong and where, such as `the text ends within a value, at byte 31`.
    public var description: String {
        let what =
            switch reason {
            case .empty: "there is nothing but blanks"
            case .cutOff: "the text ends within a value"
            case .unexpected(let byte) where byte > 0x20 && byte < 0x7F:
                "unexpected \"\(Character(Unicode.Scalar(byte)))\""
            case .unexpected(let byte): "unexpected byte \(byte)"
            case .trailing: "something follows the value"
            case .tooDeep: "nested deeper than \(JSONTape.maximumDepth) levels"
            case .tooLong: "the text is too long"
            case .notUTF8: "bytes that are not UTF-8"
            case .controlCharacter: "a control character within a string"
            case .escape: "a backslash that begins no known escape"
            case .number: "a number that is not written as JSON asks"
            }
        return "\(what), at byte \(offset)"
    }
}
