/// A place in a JSON text (RFC 6901), made once for each profile.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    struct Step: Hashable, Sendable {
        /// Where in `keys` the key is, in an object.
        var key: Range<Int>
        /// The place, in an array; nil where the key is no number (RFC 6901, 4: no leading zeros).
        var index: Int?
    }

    /// As written, such as `/params/switch:0/apower`; empty for the whole text.
    public let description: String
    let steps: [Step]
    /// The bytes of all keys, so that a step is a plain value: a key of its own would be counted up and down at each look.
    let keys: [UInt8]

    /// A pointer by its text; nil where it is neither empty nor begins with `/`, where `~` is not
    /// followed by 0 or 1, or where it has more steps than a text may have levels.
    public init?(_ text: String) {
        description = text
        if text.isEmpty {
            steps = []
            keys = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var steps: [Step] = []
        var keys: [UInt8] = []
        for part in text.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            var key: [UInt8] = []
            var bytes = part.makeIterator()
            while let byte = bytes.next() {
                guard byte == UInt8(ascii: "~") else {
                    key.append(byte)
                    continue
                }
                switch bytes.next() {
                case UInt8(ascii: "0"): key.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): key.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            steps.append(
                Step(key: keys.count..<(keys.count + key.count), index: Self.index(key)))
            keys += key
        }
        guard steps.count <= JSONTape.maximumDepth else { return nil }
        self.steps = steps
        self.keys = keys
    }

    /// A key as one step of a pointer (RFC 6901, 3).
    static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else { return key }
        return key.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
    }

    private static func index(_ key: [UInt8]) -> Int? {
        guard !key.isEmpty, key.count <= 6, key.allSatisfy({ $0 &- 0x30 < 10 }),
            key.count == 1 || key[0] != 0x30
        else { return nil }
        return key.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The token that the pointer names below `root`; nil where there is none.
    func find(in tape: JSONTape, _ bytes: Span<UInt8>, from root: Int = 0) -> Int? {
        var at = root
        let keys = keys.span
        for step in steps {
            guard let next = tape.child(of: at, keys.extracting(step.key), step.index, bytes)
            else { return nil }
            at = next
        }
        return at
    }
}

extension JSONTape {
    /// The value that a step leads to from a container: by its key in an object, of equal keys the last; by its place in an array.
    func child(
        of container: Int, _ key: Span<UInt8>, _ place: Int?, _ bytes: Span<UInt8>
    ) -> Int? {
        let end = Int(tokens[container].next)
        var at = container + 1
        switch tokens[container].kind {
        case .object:
            var found: Int?
            while at < end {
                if keyEquals(at, key, bytes) { found = at + 1 }
                at = Int(tokens[at + 1].next)
            }
            return found
        case .array:
            guard var index = place else { return nil }
            while at < end {
                if index == 0 { return at }
                index -= 1
                at = Int(tokens[at].next)
            }
            return nil
        default:
            return nil
        }
    }

    private func keyEquals(_ token: Int, _ key: Span<UInt8>, _ bytes: Span<UInt8>) -> Bool {
        if tokens[token].escaped {
            let text = JSONString.unescaped(bytes, range(token))
            return UTF8Text.equal(text.span, 0..<text.count, key)
        }
        return UTF8Text.equal(bytes, range(token), key)
    }

    /// The bytes of a token; a string's without its quotes.
    func range(_ token: Int) -> Range<Int> {
        Int(tokens[token].start)..<Int(tokens[token].end)
    }

    /// The characters of a string token.
    func string(_ token: Int, _ bytes: Span<UInt8>) -> String {
        if tokens[token].escaped {
            return String(decoding: JSONString.unescaped(bytes, range(token)), as: UTF8.self)
        }
        return UTF8Text.string(bytes, range(token))
    }

    /// The keys and values of an object, or the places and values of an array, in the order of the text; of
    /// equal keys the last. Nil where there are more than `limit`.
    func members(
        of container: Int, limit: Int, _ bytes: Span<UInt8>
    ) -> [(key: String, value: Int)]? {
        var result: [(key: String, value: Int)] = []
        let end = Int(tokens[container].next)
        let isObject = tokens[container].kind == .object
        guard isObject || tokens[container].kind == .array else { return [] }
        var at = container + 1
        while at < end {
            if result.count == limit { return nil }
            if isObject {
                let key = string(at, bytes)
                result.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
                result.append((key, at + 1))
                at += 1
            } else {
                result.append((String(result.count), at))
            }
            at = Int(tokens[at].next)
        }
        return result
    }
}
