/// A language of the product.
public enum Language: String, Hashable, Sendable, CaseIterable {
    /// English.
    case english = "en"
    /// French.
    case french = "fr"

    /// The language of a `--lang` option or an environment variable: `fr`, `fr_FR.UTF-8`, `en-GB`.
    ///
    /// - Returns: nil where it is neither of the two.
    public init?(tag: String) {
        let word = tag.prefix { $0 != "_" && $0 != "-" && $0 != "." && $0 != "@" }.lowercased()
        self.init(rawValue: word)
    }

    /// The language that the user asks for: the option, else `LC_ALL`, `LC_MESSAGES` or `LANG` (POSIX, 8.2: the
    /// first one that is set and not empty counts), else English.
    public static func chosen(option: String?, environment: [String: String]) -> Language {
        if let option, let language = Language(tag: option) { return language }
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }
        return set.flatMap { Language(tag: $0) } ?? .english
    }
}
