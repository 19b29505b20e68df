import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules check`: what is wrong or doubtful in rules.
struct RulesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rules: every error and warning, with its line.",
        discussion: """
            Without FILES it checks the rules of the home. With FILES (or folders of them) it checks these; they are \
            compared with the devices and rooms of a home only where --home names one. 'hubctl check' looks at the whole \
            home. Exit code 1 where there is an error.
            """)

    @OptionGroup var home: HomeOption

    @Argument(help: "Rule files, or folders of them.")
    var files: [String] = []

    @Flag(
        help:
            "One JSON list of everything found: file, line, column, length, severity, code, message."
    )
    var json = false

    func run() throws {
        let found = try files.isEmpty ? homeRules() : namedRules()
        if json {
            print(DiagnosticRendering.json(found.diagnostics))
        } else {
            if !found.diagnostics.isEmpty { print(found.report) }
            let errors = found.diagnostics.count { $0.severity == .error }
            print(
                "\(LoadedHome.count(found.rules.rules.count, "rule")): "
                    + "\(LoadedHome.count(errors, "error")), "
                    + LoadedHome.count(found.diagnostics.count - errors, "warning"))
        }
        if found.hasErrors { throw ExitCode(1) }
    }

    /// The home's own rules; what is wrong elsewhere in it is not theirs.
    private func homeRules() throws -> RuleFiles {
        let loaded = try home.load()
        let ofRules = loaded.diagnostics.filter { $0.location.file.hasPrefix("rules/") }
        if ofRules.count < loaded.diagnostics.count, loaded.hasErrors {
            Console.note("the home has faults besides its rules; 'hubctl check' shows them")
        }
        return RuleFiles(rules: loaded.rules, diagnostics: ofRules, sources: loaded.sources)
    }

    private func namedRules() throws -> RuleFiles {
        guard home.home != nil else { return RuleFiles.load(files) }
        let loaded = try home.load()
        var found = RuleFiles.load(files, home: loaded.home)
        if !found.hasErrors {
            found.diagnostics +=
                Planner.plan(found.rules, home: loaded.home, zones: loaded.zones).notes
        }
        return found
    }
}
