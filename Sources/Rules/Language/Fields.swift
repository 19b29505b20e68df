/// The keys of one mapping, read one by one. What is not known is reported with the nearest known key, and
/// everything wrong goes into one list, so that a file shows all its errors at once.
public struct Fields: Sendable {
    /// Where the mapping begins.
    public let location: SourceLocation
    private var entries: [Node.Entry]

    /// Reads a mapping; nil, with an error in `diagnostics`, where the node is something else. A key that is
    /// not in `known` is an error.
    ///
    /// - Parameter subject: what the mapping describes, for messages: `a rule`, `a device`.
    public init?(
        _ node: Node, subject: String, known: [String], diagnostics: inout [Diagnostic]
    ) {
        guard case .mapping(let entries, let location) = node else {
            diagnostics.append(
                Diagnostic(
                    code: "expected-mapping", "\(subject) must be keys with values (key: value)",
                    at: node.location))
            return nil
        }
        self.entries = entries
        self.location = location
        // A hostile file may have any number of wrong keys: the first ones say enough.
        for entry in entries.lazy.filter({ !known.contains($0.key) }).prefix(20) {
            diagnostics.append(
                Diagnostic(
                    code: "unknown-key",
                    "\(subject) has no key \"\(entry.key.prefix(80))\""
                        + suggestion(for: entry.key, among: known),
                    at: entry.location, length: max(1, min(entry.key.count, 80))))
        }
    }

    /// The entry of a key; nil where it is not given.
    public func entry(_ key: String) -> Node.Entry? { entries.first { $0.key == key } }

    /// The value of a key; nil where it is not given or null.
    public subscript(key: String) -> Node? {
        guard let node = entry(key)?.value, !node.isNull else { return nil }
        return node
    }

    /// The same mapping, with one key under another name.
    func replacing(_ key: String, with name: String) -> Fields {
        var result = self
        result.entries = entries.map { entry in
            var entry = entry
            if entry.key == key { entry.key = name }
            return entry
        }
        return result
    }

    /// The value of a key that must be given; nil, with an error, where it is not.
    public func required(
        _ key: String, subject: String, diagnostics: inout [Diagnostic]
    ) -> Node? {
        if let node = self[key] { return node }
        diagnostics.append(
            Diagnostic(
                code: "missing-key", "\(subject) needs \"\(key)\"",
                at: entry(key)?.location ?? location))
        return nil
    }
}

extension Node {
    /// The text of a scalar; nil, with an error, where it is a list or a mapping.
    public func text(_ subject: String, diagnostics: inout [Diagnostic]) -> String? {
        if case .scalar(let text, _, _) = self { return text }
        diagnostics.append(
            Diagnostic(
                code: "expected-text", "\(subject) must be a single value", at: location))
        return nil
    }

    /// The items of a list, or the node itself as the only one where it is a scalar or mapping.
    public var items: [Node] {
        if case .list(let items, _) = self { return items }
        return isNull ? [] : [self]
    }

    /// The entries of a mapping; empty, with an error, where it is something else.
    public func entries(
        _ subject: String, diagnostics: inout [Diagnostic]
    ) -> [Entry] {
        if case .mapping(let entries, _) = self { return entries }
        if !isNull {
            diagnostics.append(
                Diagnostic(
                    code: "expected-mapping", "\(subject) must be keys with values (key: value)",
                    at: location))
        }
        return []
    }

    /// A span such as `5m`; nil, with an error, where it is none.
    public func timeSpan(_ subject: String, diagnostics: inout [Diagnostic]) -> TimeSpan? {
        guard let text = text(subject, diagnostics: &diagnostics) else { return nil }
        if let span = TimeSpan(text: text) { return span }
        diagnostics.append(
            Diagnostic(
                code: "bad-duration",
                "\(subject): \"\(text.prefix(80))\" is not a duration; write a number and a unit, such as 40s, 5m, 1h30m or 2d",
                at: location, length: max(1, min(text.count, 80))))
        return nil
    }

    /// A finite number; nil, with an error, where it is none.
    public func number(_ subject: String, diagnostics: inout [Diagnostic]) -> Double? {
        guard let text = text(subject, diagnostics: &diagnostics) else { return nil }
        if let number = Double(text), number.isFinite { return number }
        diagnostics.append(
            Diagnostic(
                code: "bad-number", "\(subject): \"\(text.prefix(80))\" is not a number",
                at: location,
                length: max(1, min(text.count, 80))))
        return nil
    }

    /// A whole number within a range; nil, with an error, where it is none.
    public func integer(
        _ subject: String, in range: ClosedRange<Int>, diagnostics: inout [Diagnostic]
    ) -> Int? {
        guard let text = text(subject, diagnostics: &diagnostics) else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        diagnostics.append(
            Diagnostic(
                code: "bad-number",
                "\(subject): \"\(text.prefix(80))\" is not a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: location, length: max(1, min(text.count, 80))))
        return nil
    }

    /// `true` or `false` (`yes`, `no`, `on`, `off`); nil, with an error, where it is neither.
    public func boolean(_ subject: String, diagnostics: inout [Diagnostic]) -> Bool? {
        guard let text = text(subject, diagnostics: &diagnostics) else { return nil }
        switch text {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            diagnostics.append(
                Diagnostic(
                    code: "bad-boolean",
                    "\(subject): \"\(text.prefix(80))\" is neither true nor false",
                    at: location, length: max(1, min(text.count, 80))))
            return nil
        }
    }

    /// A text in both languages: `{en: …, fr: …}`, or one text for both.
    public func localizedText(
        _ subject: String, diagnostics: inout [Diagnostic]
    ) -> LocalizedText? {
        if case .scalar(let text, _, _) = self { return LocalizedText(english: text, french: text) }
        guard
            let fields = Fields(
                self, subject: subject, known: ["en", "fr"], diagnostics: &diagnostics)
        else { return nil }
        let english = fields["en"]?.text("\(subject), en", diagnostics: &diagnostics)
        let french = fields["fr"]?.text("\(subject), fr", diagnostics: &diagnostics)
        guard let some = english ?? french else {
            diagnostics.append(
                Diagnostic(
                    code: "missing-key", "\(subject) needs \"en\" or \"fr\"", at: location))
            return nil
        }
        return LocalizedText(english: english ?? some, french: french ?? some)
    }
}

/// The nearest of some words, as an ending of a message: `; did you mean "night"?`, or the words
/// themselves where none is near and there are few, or nothing.
public func suggestion(for word: String, among known: [String]) -> String {
    let near = known.map { ($0, editDistance(word, $0)) }
        .filter { $0.1 <= max(1, word.count / 3) }
        .min { ($0.1, $0.0) < ($1.1, $1.0) }
    if let near { return "; did you mean \"\(near.0)\"?" }
    if known.isEmpty || known.count > 12 { return "" }
    return "; there are " + known.map { "\"\($0)\"" }.joined(separator: ", ")
}

/// How many characters must be put in, taken out, changed or swapped with their neighbour (optimal string
/// alignment) to turn one word into the other. Words are cut at 64 characters.
func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars.prefix(64))
    let b = Array(right.unicodeScalars.prefix(64))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                current[j] = min(current[j], beforePrevious[j - 2] + 1)
            }
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
}
