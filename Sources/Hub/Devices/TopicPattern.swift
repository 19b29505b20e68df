/// A topic with placeholders: `{x}` stands for one level or a part of one, `{x...}` for one level or more.
public struct TopicPattern: Hashable, Sendable, CustomStringConvertible {
    /// One level of a pattern.
    enum Level: Hashable, Sendable {
        case literal(String)
        case one(prefix: String, name: String, suffix: String)
        case many(name: String)
    }

    /// Why a text is no pattern.
    public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// It is empty or longer than MQTT allows (65,535 bytes).
        case length
        /// It has `+`, `#` or NUL.
        case character
        /// A brace is not closed, or its name is empty or odd.
        case placeholder(String)
        /// Two `{x...}`, or one that is not a level of its own.
        case many

        /// What is wrong and what to write.
        public var description: String {
            switch self {
            case .length: "a topic has 1 to 65535 bytes"
            case .character: "a topic has no +, # or NUL; write {x} for one level, {x...} for many"
            case .placeholder(let level): "\"\(level)\": write {x} with a name of letters and _"
            case .many: "{x...} stands once at most, as a level of its own"
            }
        }
    }

    /// As written.
    public let description: String
    let levels: [Level]

    /// A pattern by its text.
    public init(_ text: String) throws(Problem) {
        guard !text.isEmpty, text.utf8.count <= 65_535 else { throw .length }
        guard !text.utf8.contains(where: { $0 == 0x2B || $0 == 0x23 || $0 == 0 }) else {
            throw .character
        }
        var levels: [Level] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            levels.append(try Self.level(String(part)))
        }
        let many = levels.count { if case .many = $0 { true } else { false } }
        guard many <= 1 else { throw .many }
        description = text
        self.levels = levels
    }

    private static func level(_ text: String) throws(Problem) -> Level {
        guard let open = text.firstIndex(of: "{") else {
            if text.contains("}") { throw .placeholder(text) }
            return .literal(text)
        }
        guard let close = text.firstIndex(of: "}"), open < close else { throw .placeholder(text) }
        let prefix = String(text[..<open])
        let suffix = String(text[text.index(after: close)...])
        guard !suffix.contains("{"), !suffix.contains("}") else { throw .placeholder(text) }
        var name = String(text[text.index(after: open)..<close])
        let isMany = name.hasSuffix("...")
        if isMany { name.removeLast(3) }
        guard !name.isEmpty,
            name.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x5F })
        else { throw .placeholder(text) }
        guard isMany else { return .one(prefix: prefix, name: name, suffix: suffix) }
        guard prefix.isEmpty, suffix.isEmpty else { throw .many }
        return .many(name: name)
    }

    /// The names of its placeholders, in order.
    public var placeholders: [String] {
        levels.compactMap {
            switch $0 {
            case .literal: nil
            case .one(_, let name, _), .many(let name): name
            }
        }
    }

    /// How many of its levels have no placeholder: of two patterns that fit, the one with more says more.
    var literalCount: Int { levels.count { if case .literal = $0 { true } else { false } } }

    /// What the placeholders stand for in a topic; nil where it does not fit. A placeholder that occurs twice
    /// must stand for the same both times.
    public func match(_ topic: String) -> [String: String]? {
        let parts = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var bindings: [String: String] = [:]
        func bind(_ name: String, _ text: String) -> Bool {
            guard !text.isEmpty else { return false }
            if let known = bindings[name] { return known.utf8.elementsEqual(text.utf8) }
            bindings[name] = text
            return true
        }
        var at = 0
        for (index, level) in levels.enumerated() {
            guard at < parts.count else { return nil }
            switch level {
            case .literal(let text):
                guard parts[at].utf8.elementsEqual(text.utf8) else { return nil }
                at += 1
            case .one(let prefix, let name, let suffix):
                let part = parts[at].utf8
                guard part.count > prefix.utf8.count + suffix.utf8.count,
                    part.starts(with: prefix.utf8),
                    part.suffix(suffix.utf8.count).elementsEqual(suffix.utf8),
                    let text = String(
                        part.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)),
                    bind(name, text)
                else { return nil }
                at += 1
            case .many(let name):
                let take = parts.count - at - (levels.count - index - 1)
                guard take >= 1, bind(name, parts[at..<at + take].joined(separator: "/")) else {
                    return nil
                }
                at += take
            }
        }
        return at == parts.count ? bindings : nil
    }

    /// The pattern with what is known filled in.
    public func filled(_ bindings: [String: String]) -> TopicPattern {
        var result: [Level] = []
        for level in levels {
            switch level {
            case .literal:
                result.append(level)
            case .one(let prefix, let name, let suffix):
                if let text = bindings[name] {
                    // A placeholder bound from a `{x...}` elsewhere may hold several levels.
                    result += (prefix + text + suffix).split(
                        separator: "/", omittingEmptySubsequences: false
                    ).map { .literal(String($0)) }
                } else {
                    result.append(level)
                }
            case .many(let name):
                if let text = bindings[name] {
                    result += text.split(separator: "/", omittingEmptySubsequences: false)
                        .map { .literal(String($0)) }
                } else {
                    result.append(level)
                }
            }
        }
        return TopicPattern(result)
    }

    private init(_ levels: [Level]) {
        self.levels = levels
        description = levels.map { level in
            switch level {
            case .literal(let text): text
            case .one(let prefix, let name, let suffix): "\(prefix){\(name)}\(suffix)"
            case .many(let name): "{\(name)...}"
            }
        }.joined(separator: "/")
    }

    /// The topic where no placeholder is left; nil where one is.
    public var topic: String? { placeholders.isEmpty ? description : nil }
}
