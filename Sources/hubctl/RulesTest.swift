import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules test FILE…`: unit tests of rules.
struct RulesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run unit tests of rules.",
        discussion: """
            A test is a YAML file: the rules, a few devices, what they say and when, what goes wrong, and the transitions \
            that must come of it. Any other transition fails the test. Every case is also run with the hub restarted \
            behind every entry, and must give the same. Exit code 1 where a case fails or a file cannot be used. How to \
            write tests: docs/rules/testing.md.
            """)

    @Argument(help: "Tests (.yaml), or folders of them.")
    var files: [String]

    @Option(help: "Only cases with this text in their name.")
    var filter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Run each case with a restart behind every entry too.")
    var eachPrefix = true

    @Option(help: ArgumentHelp("Write a JUnit report for CI.", valueName: "file"))
    var junit: String?

    @Flag(help: "One JSON object for each case, and for each error in a file.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show the time line of cases that pass, too.")
    var verbose = false

    func run() throws {
        let files = try Self.expanded(files)
        guard !files.isEmpty else { throw ValidationError("there is no test (.yaml) in there") }
        var report = RulesTestReport()
        for file in files {
            let loaded = ScenarioLoader.load(file)
            if !json { print(loaded.report, terminator: "") }
            report.add(loaded, results: loaded.hasErrors ? [] : outcomes(of: loaded))
            if let last = report.files.last { show(last) }
        }
        if let junit {
            do {
                try report.junit.write(toFile: junit, atomically: true, encoding: .utf8)
            } catch {
                throw ValidationError("\(junit) cannot be written: \(error.localizedDescription)")
            }
        }
        if !json { print(report.summary) }
        if report.hasFailed { throw ExitCode.failure }
    }

    private func outcomes(of loaded: LoadedScenarios) -> [ScenarioOutcome] {
        loaded.scenarios.filter { scenario in
            filter.map {
                scenario.name.english.contains($0) || scenario.name.french.contains($0)
            } ?? true
        }.map { scenario in
            var scenario = scenario
            if !eachPrefix { scenario.restartsEverywhere = false }
            return scenario.run()
        }
    }

    private func show(_ file: RulesTestReport.File) {
        guard !json else {
            for line in RulesTestReport.jsonLines(file) { print(line) }
            return
        }
        for outcome in file.outcomes {
            let rendering = ScenarioRendering(outcome, sources: file.loaded.sources)
            print((outcome.isPassed ? "ok   " : "FAIL ") + rendering.title)
            if !outcome.isPassed {
                print(rendering.failure, terminator: "")
            } else if verbose {
                print(rendering.timeline, terminator: "")
            }
        }
    }

    /// Files as they are, folders as the tests in them, by name.
    static func expanded(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ValidationError("there is no file \(path)")
            }
            guard isFolder.boolValue else { return [path] }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            return names.filter {
                !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
            }.sorted().map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        }
    }
}
