import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules library`: rules to start from.
struct RulesLibrary: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "List the rules that come with the product, and copy them into a home.",
        discussion: """
            Each template has a test, and says what it needs and when it is wrong. --add copies it into the home's \
            rules/ and its test into tests/: they are yours from then on. Read the sentence with the people whom it \
            concerns, then set the times and limits to theirs.
            """)

    @Argument(help: "Show only these templates, with what they need and when they are wrong.")
    var names: [String] = []

    @Option(help: ArgumentHelp("Copy this template into the home.", valueName: "name"))
    var add: [String] = []

    @OptionGroup var home: HomeOption

    @Option(help: "With --add: who answers for the rules.")
    var owner: String?

    @Option(
        help: ArgumentHelp(
            "With --add: by when somebody looks at them again, such as 2027-06-30.",
            valueName: "date"))
    var reviewBy: String?

    @Option(help: "en or fr. Default: your locale's.")
    var lang: String?

    func run() throws {
        let library = try RuleLibrary.load()
        guard add.isEmpty else { return try copy(from: library) }
        let isFrench =
            Language.chosen(option: lang, environment: ProcessInfo.processInfo.environment)
            == .french
        let known = library.templates.map(\.name)
        for name in names where !known.contains(name) {
            throw RuleLibraryError.unknown(name, suggestion: suggestion(for: name, among: known))
        }
        for template in library.templates where names.isEmpty || names.contains(template.name) {
            print(Self.text(template, isFrench: isFrench, isFull: !names.isEmpty))
        }
    }

    private func copy(from library: RuleLibrary) throws {
        let folder = try home.load().folder
        for name in add {
            for path in try library.add(name, to: folder, owner: owner, review: reviewBy) {
                print("wrote \(path)")
            }
            // What a template needs and this home lacks is worth knowing at once.
            let after = try home.load()
            let found = after.diagnostics.filter { $0.location.file == "rules/\(name).yaml" }
            if !found.isEmpty {
                print(DiagnosticRendering(sources: after.sources).text(found))
            }
            print("next: hubctl rules test \(folder)/tests/\(name).yaml")
        }
    }

    private static func text(
        _ template: RuleLibrary.Template, isFrench: Bool, isFull: Bool
    ) -> String {
        func chosen(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }
        var lines = ["\(template.name): \(chosen(template.title))"]
        for rule in template.rules {
            lines.append("  " + chosen(Sentence.of(rule, in: Home())))
            if isFull, let text = rule.instruction { lines.append("  → " + chosen(text)) }
        }
        if isFull {
            lines.append("  Needs: " + template.needs)
            lines += template.wrongWhen.map { "  Wrong when: " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
