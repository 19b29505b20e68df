import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules say RULE`: rules as plain sentences.
struct RulesSay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "say",
        abstract: "Say each rule as a plain sentence, in French or in English.",
        discussion: """
            The sentence is made from what the rule does, not from its title: read it to residents, families and \
            colleagues, and ask whether that is what they want. Devices and rooms are called by their titles in the home.
            """)

    @OptionGroup var home: HomeOption

    @Argument(help: "The ids of rules or traces.")
    var rules: [String] = []

    @Flag(help: "All rules and traces of the home.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Rule files (.yaml) or folders to read instead of the home's own rules.",
            valueName: "file"))
    var file: [String] = []

    @Option(help: "en or fr. Default: your locale's.")
    var lang: String?

    @Flag(help: "One JSON object for each rule, with the sentence in both languages.")
    var json = false

    func validate() throws {
        guard all == rules.isEmpty else {
            throw ValidationError("name rules, or say --all for all of them")
        }
    }

    func run() throws {
        let (ruleSet, places) = try load()
        let known =
            ruleSet.rules.map(\.id.rawValue) + ruleSet.traces.map(\.id.rawValue)
        for name in rules where !known.contains(name) {
            throw ValidationError(
                "there is no rule \"\(name)\"\(suggestion(for: name, among: known))")
        }
        let isFrench =
            Language.chosen(option: lang, environment: ProcessInfo.processInfo.environment)
            == .french
        for rule in ruleSet.rules where all || rules.contains(rule.id.rawValue) {
            let said = Sentence.of(rule, in: places)
            print(
                json
                    ? try Self.line(rule.id.rawValue, said)
                    : Self.text(rule, said, isFrench: isFrench))
        }
        for trace in ruleSet.traces where all || rules.contains(trace.id.rawValue) {
            let said = Sentence.of(trace, in: places)
            print(
                json
                    ? try Self.line(trace.id.rawValue, said)
                    : Self.text(trace, said, isFrench: isFrench))
        }
    }

    private func load() throws -> (RuleSet, Home) {
        if file.isEmpty || home.home != nil {
            let loaded = try home.load()
            if file.isEmpty {
                guard !loaded.hasErrors else {
                    Console.note(
                        "the home has errors, and some rules may be missing; see 'hubctl check'")
                    return (loaded.rules, loaded.home)
                }
                return (loaded.rules, loaded.home)
            }
            return (try named(home: loaded.home), loaded.home)
        }
        return (try named(home: Home()), Home())
    }

    private func named(home: Home) throws -> RuleSet {
        let found = RuleFiles.load(file, home: home)
        guard !found.hasErrors else {
            print(found.report)
            throw ExitCode(1)
        }
        return found.rules
    }

    /// The rule's title, what it says, and what staff should do.
    private static func text(_ rule: Rule, _ said: LocalizedText, isFrench: Bool) -> String {
        func chosen(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }
        var lines: [String] = []
        let title = rule.title.map(chosen)
        lines.append(title.map { "\($0) (\(rule.id))" } ?? rule.id.rawValue)
        lines.append("  " + chosen(said))
        if let instruction = rule.instruction.map(chosen) {
            lines.append("  → " + instruction)
        }
        if let keeping = Sentence.keeping(of: rule).map(chosen) { lines.append("  " + keeping) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(
        _ trace: TraceRule, _ said: LocalizedText, isFrench: Bool
    ) -> String {
        let title = trace.title.map { isFrench ? $0.french : $0.english }
        return (title.map { "\($0) (\(trace.id))" } ?? trace.id.rawValue) + "\n  "
            + (isFrench ? said.french : said.english) + "\n"
    }

    private static func line(_ id: String, _ said: LocalizedText) throws -> String {
        struct Line: Encodable {
            var rule, en, fr: String
        }
        return try jsonText(
            Line(rule: id, en: said.english, fr: said.french))
    }
}
