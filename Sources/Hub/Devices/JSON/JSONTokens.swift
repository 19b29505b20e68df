/// A JSON text of which little is looked at, such as all that a bridge knows of its devices: nothing of it is copied until it is
/// asked for.
struct JSONTokens {
    private let bytes: [UInt8]
    private let tape: JSONTape

    /// The token of the whole text.
    static let root = 0

    /// Reads a text.
    ///
    /// - Throws: why it is not JSON, and where.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var tape = JSONTape()
        try tape.read(bytes.span)
        self.bytes = bytes
        self.tape = tape
    }

    /// What a token is.
    func kind(_ token: Int) -> JSONToken.Kind { tape.tokens[token].kind }

    /// A member's value, of equal keys the last; nil where there is none, or the token is no object.
    func member(_ token: Int?, _ key: StaticString) -> Int? {
        guard let token, tape.tokens[token].kind == .object else { return nil }
        let end = Int(tape.tokens[token].next)
        var at = token + 1
        var found: Int?
        while at < end {
            if isKey(at, key) { found = at + 1 }
            at = Int(tape.tokens[at + 1].next)
        }
        return found
    }

    /// A value deeper down.
    func member(_ token: Int?, _ key: StaticString, _ next: StaticString) -> Int? {
        member(member(token, key), next)
    }

    /// A string's characters; nil where the token is none.
    func text(_ token: Int?) -> String? {
        guard let token, tape.tokens[token].kind == .string else { return nil }
        return tape.string(token, bytes.span)
    }

    /// Whether a token is this string.
    func isText(_ token: Int?, _ text: StaticString) -> Bool {
        guard let token, tape.tokens[token].kind == .string else { return false }
        return isKey(token, text)
    }

    /// A whole number; nil where the token is none.
    func whole(_ token: Int?) -> Int? {
        guard let token, tape.tokens[token].kind == .number else { return nil }
        return JSONNumber.double(bytes.span, tape.range(token)).flatMap(Int.init(exactly:))
    }

    /// True or false; nil where the token is neither.
    func flag(_ token: Int?) -> Bool? {
        guard let token else { return nil }
        switch tape.tokens[token].kind {
        case .true: return true
        case .false: return false
        default: return nil
        }
    }

    /// The elements of an array in order; nil where the token is none.
    func elements(_ token: Int?) -> [Int]? {
        guard let token, tape.tokens[token].kind == .array else { return nil }
        let end = Int(tape.tokens[token].next)
        var elements: [Int] = []
        var at = token + 1
        while at < end {
            elements.append(at)
            at = Int(tape.tokens[at].next)
        }
        return elements
    }

    private func isKey(_ token: Int, _ key: StaticString) -> Bool {
        let found = tape.tokens[token]
        if found.escaped { return tape.string(token, bytes.span) == "\(key)" }
        let start = Int(found.start)
        guard Int(found.end) - start == key.utf8CodeUnitCount else { return false }
        for index in 0..<key.utf8CodeUnitCount where bytes[start + index] != key.utf8Start[index] {
            return false
        }
        return true
    }
}
