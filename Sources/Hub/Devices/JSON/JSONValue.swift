/// A JSON text as a tree, for conventions whose messages have a form of their own each. Where a profile says what is
/// read, `JSONTape` is: it copies nothing.
enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A key with its value; keys are in the order of the text.
    struct Member: Hashable, Sendable {
        var key: String
        var value: JSONValue
    }

    /// Reads a text.
    ///
    /// - Throws: why it is not JSON, and where.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var tape = JSONTape()
        try tape.read(bytes.span)
        self = Self.tree(tape, 0, bytes.span)
    }

    private static func tree(_ tape: JSONTape, _ token: Int, _ bytes: Span<UInt8>) -> JSONValue {
        let found = tape.tokens[token]
        switch found.kind {
        case .null: return .null
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        case .number:
            // A number beyond a Double's range is none that a device can mean.
            return JSONNumber.double(bytes, tape.range(token)).map(JSONValue.number) ?? .null
        case .string: return .string(tape.string(token, bytes))
        case .array:
            var values: [JSONValue] = []
            var at = token + 1
            while at < Int(found.next) {
                values.append(tree(tape, at, bytes))
                at = Int(tape.tokens[at].next)
            }
            return .array(values)
        case .object:
            var members: [Member] = []
            members.reserveCapacity(min(32, (Int(found.next) - token) / 2))
            var at = token + 1
            while at < Int(found.next) {
                let key = tape.string(at, bytes)
                members.append(Member(key: key, value: tree(tape, at + 1, bytes)))
                at = Int(tape.tokens[at + 1].next)
            }
            return .object(members)
        }
    }

    /// A member's value, of equal keys the last; nil where there is none, or this is no object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let length = key.utf8.count
        var at = members.count
        while at > 0 {
            at -= 1
            // Lengths are told at once, and mostly differ.
            if members[at].key.utf8.count == length, members[at].key == key {
                return members[at].value
            }
        }
        return nil
    }

    /// A value deeper down.
    func at(_ key: String, _ next: String) -> JSONValue? { self[key]?[next] }

    /// The members of an object; none where it is none.
    var members: [Member] {
        if case .object(let members) = self { return members }
        return []
    }

    /// The elements of an array; none where it is none.
    var elements: [JSONValue] {
        if case .array(let values) = self { return values }
        return []
    }

    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    var number: Double? {
        if case .number(let number) = self { return number }
        return nil
    }

    var flag: Bool? {
        if case .boolean(let flag) = self { return flag }
        return nil
    }

    var isNull: Bool { self == .null }
    var isObject: Bool {
        if case .object = self { return true }
        return false
    }
}
