/// Turns the trees of `rules/*.yaml` into a typed `RuleSet`: names are resolved, values read, and everything
/// that is wrong is reported at once, with its place.
///
/// Pure and bounded: the same files give the same rules and messages, in the same order, and no file,
/// however made, costs more than its size and the limits below allow.
public struct RuleParser {
    /// How many conditions one rule may have once its names are written out.
    public static let maximumRuleSize = 10_000
    /// How many conditions all rules may have together once their names are written out.
    public static let maximumTotalSize = 1_000_000
    /// How deep the conditions of one rule may nest once its names are written out.
    public static let maximumDepth = 100
    /// How many errors are reported before the rest of the files is left unread; as many warnings.
    public static let maximumErrors = 200

    /// Reads all rule files of a home.
    ///
    /// - Parameters:
    ///   - files: one tree a file, in the order of the files' names.
    ///   - home: what the rules are for; warns of devices, kinds, labels, rooms and readings that it
    ///     has not. A home without residences is taken as not known, and nothing is compared with it.
    ///   - zones: the offsets of the residences' zones, by IANA name; without them, nothing is said of windows
    ///     between a time of the clock and one of the sun.
    ///   - today: the date as `2026-11-25`, to tell of rules whose review is due; nil where none is to be.
    /// - Returns: the rules without fault, and everything wrong or doubtful by file and line. Use the
    ///   rules only where no diagnostic is an error.
    public static func parse(
        files: [Node], home: Home, zones: [String: ZoneOffsets] = [:], today: String? = nil
    ) -> (RuleSet, [Diagnostic]) {
        var parser = RuleParser(home: home)
        parser.zones = zones
        parser.today = today
        parser.collect(files)
        parser.resolveDeclarations()
        let rules = parser.readRules()
        let traces = parser.readTraces(parser.traceNodes)
        parser.warnOfUnusedNames()
        parser.lint(rules)
        if parser.isExhausted {
            parser.diagnostics.append(
                Diagnostic(
                    code: "too-many-errors",
                    "more than \(maximumErrors) errors; the rest was not read",
                    at: parser.diagnostics[maximumErrors].location))
        }
        let sorted = (parser.diagnostics + parser.warnings).enumerated().sorted {
            ($0.element.location, $0.offset) < ($1.element.location, $1.offset)
        }
        return (RuleSet(rules: rules, traces: traces), sorted.map(\.element))
    }

    /// Which section a shared name stands in.
    enum Section: String {
        case windows, events, signals
        /// One of them, for messages.
        var noun: String {
            switch self {
            case .windows: "window"
            case .events: "event"
            case .signals: "signal"
            }
        }
        var article: String { self == .events ? "an event" : "a \(noun)" }
    }

    /// What a shared name stands for.
    enum Meaning {
        case window(Window)
        case event(EventExpression)
        case signal(SignalExpression)
    }

    /// One shared name.
    struct Declaration {
        enum Progress {
            case waiting
            case reading
            /// Nil where it could not be read; that was reported once, where it stands.
            case read(Meaning?)
        }

        var section: Section
        var entry: Node.Entry
        var progress = Progress.waiting
        var size = 0
        var depth = 0
        var isUsed = false
    }

    /// How much the expression that is being read amounts to, names written out.
    struct Extent {
        var size = 0
        /// The level being read.
        var depth = 0
        /// The deepest level so far.
        var deepest = 0
        var isReported = false
    }

    let home: HomeIndex
    /// Offsets by IANA name, for warnings of windows that do not always exist.
    var zones: [String: ZoneOffsets] = [:]
    /// Errors only.
    var diagnostics: [Diagnostic] = []
    var warnings: [Diagnostic] = []
    var declarations: [String: Declaration] = [:]
    /// Names in the order of the files, for messages in a fixed order.
    var names: [String] = []
    /// Names being resolved, outermost first.
    var path: [String] = []
    var extent = Extent()
    /// The date of the check.
    var today: String?
    private var ruleNodes: [(node: Node, owner: String?)] = []
    private var traceNodes: [(node: Node, owner: String?)] = []

    init(home: Home) { self.home = HomeIndex(home) }

    /// Whether so much is wrong that reading on would help nobody.
    var isExhausted: Bool { diagnostics.count > Self.maximumErrors }

    // MARK: Reporting

    mutating func error(
        _ code: String, _ message: String, at location: SourceLocation, length: Int = 1
    ) {
        diagnostics.append(
            Diagnostic(code: code, message, at: location, length: max(1, length)))
    }

    mutating func warning(
        _ code: String, _ message: String, at location: SourceLocation, length: Int = 1
    ) {
        guard warnings.count < Self.maximumErrors else { return }
        warnings.append(
            Diagnostic(.warning, code: code, message, at: location, length: max(1, length)))
    }

    /// Takes out keys of the language that this version does not have, with an error for each.
    private mutating func supported(_ node: Node, unsupported: [String]) -> Node {
        guard case .mapping(let entries, let location) = node else { return node }
        for entry in entries where unsupported.contains(entry.key) {
            error(
                "unsupported", "\"\(entry.key)\" is not supported yet by this version",
                at: entry.location, length: entry.key.count)
        }
        return .mapping(entries.filter { !unsupported.contains($0.key) }, location)
    }

    // MARK: Sections

    static let fileKeys = [
        "version", "owner", "windows", "events", "signals", "rules", "traces",
    ]

    private mutating func collect(_ files: [Node]) {
        for file in files where !isExhausted && !file.isNull {
            guard
                let fields = Fields(
                    supported(file, unsupported: ["chains"]), subject: "a rule file",
                    known: Self.fileKeys, diagnostics: &diagnostics)
            else { continue }
            if let version = fields["version"] { readVersion(version) }
            for section in [Section.windows, .events, .signals] {
                guard let node = fields[section.rawValue] else { continue }
                for entry in node.entries(section.rawValue, diagnostics: &diagnostics) {
                    declare(entry, in: section)
                }
            }
            let owner = fields["owner"]?.text("owner", diagnostics: &diagnostics)
            ruleNodes += list("rules", of: "rule", fields).map { ($0, owner) }
            traceNodes += list("traces", of: "trace", fields).map { ($0, owner) }
        }
    }

    private mutating func list(_ key: String, of what: String, _ fields: Fields) -> [Node] {
        guard let node = fields[key] else { return [] }
        if case .list(let items, _) = node { return items }
        error(
            "expected-list", "\"\(key)\" must be a list; begin each \(what) with \"- id:\"",
            at: node.location)
        return []
    }

    private mutating func readVersion(_ node: Node) {
        guard let text = node.text("version", diagnostics: &diagnostics), text != "1" else {
            return
        }
        error(
            "version",
            "rule files of version \"\(text.prefix(20))\" cannot be read; write version: 1",
            at: node.location, length: text.count)
    }

    private mutating func declare(_ entry: Node.Entry, in section: Section) {
        guard !isExhausted else { return }
        if let problem = Names.problem(entry.key) {
            error(
                "bad-name", "\(section.noun) name \(problem)", at: entry.location,
                length: min(entry.key.count, 80))
            return
        }
        if let first = declarations[entry.key] {
            error(
                "duplicate-name",
                "\"\(entry.key)\" is declared a second time; the first, \(first.section.article), is "
                    + "at \(first.entry.location)",
                at: entry.location, length: entry.key.count)
            return
        }
        declarations[entry.key] = Declaration(section: section, entry: entry)
        names.append(entry.key)
    }

    private mutating func resolveDeclarations() {
        for name in names where !isExhausted { _ = meaning(of: name) }
    }

    private mutating func warnOfUnusedNames() {
        // A file with errors may well use the name where it was not read.
        guard diagnostics.isEmpty else { return }
        for name in names {
            guard let declaration = declarations[name], !declaration.isUsed else { continue }
            warning(
                "unused-name",
                "\(declaration.section.noun) \"\(name)\" is used by no rule or trace",
                at: declaration.entry.location, length: name.count)
        }
    }

    private mutating func readRules() -> [Rule] {
        var rules: [Rule] = []
        var places: [RuleID: SourceLocation] = [:]
        var total = 0
        for (node, owner) in ruleNodes where !isExhausted {
            extent = Extent()
            let rule = rule(node, owner: owner, places: &places)
            total += extent.size
            guard total <= Self.maximumTotalSize else {
                error(
                    "rules-too-large",
                    "the rules have more than \(Self.maximumTotalSize) conditions together",
                    at: node.location)
                break
            }
            if let rule { rules.append(rule) }
        }
        return rules
    }
}

/// The names that people give in configuration.
public enum Names {
    /// What is wrong with a name, as the end of a sentence; nil where it is a good one:
    /// `[a-z0-9][a-z0-9_-]{0,63}`.
    public static func problem(_ name: String) -> String? {
        let shown = name.count > 64 ? name.prefix(40) + "…" : name[...]
        guard let first = name.utf8.first else { return "is empty; give it a name" }
        guard name.utf8.count <= 64 else { return "\"\(shown)\" is longer than 64 characters" }
        let isLetter = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isLetter(first),
            name.utf8.allSatisfy({
                isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            })
        else {
            return "\"\(shown)\" may have only a-z, 0-9, _ and -, and begins with a letter or digit"
        }
        return nil
    }
}
