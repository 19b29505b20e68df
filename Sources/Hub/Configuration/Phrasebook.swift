import Rules

/// The words of a page that is written to a file, in both languages, by name. `{count}` in a text stands for what is put in there.
struct Phrasebook: Sendable {
    let texts: [String: LocalizedText]

    /// One text; its name where there is none.
    func text(_ name: String, isFrench: Bool, _ values: [String: String] = [:]) -> String {
        guard let text = texts[name] else { return name }
        return Self.filled(isFrench ? text.french : text.english, values)
    }

    /// Puts values in, once and from left to right: what a value holds is data, braces too.
    static func filled(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}"), let value = values[String(rest[..<close])]
            else {
                result += "{"
                continue
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// What stands in braces in a text, in order.
    static func places(_ text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
            part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }.sorted()
    }

    static func t(_ english: String, _ french: String) -> LocalizedText {
        LocalizedText(english: english, french: french)
    }
}
