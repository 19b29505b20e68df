import Foundation
import Hub
import Rules

/// What came of all tests, for people, CI and programs.
struct RulesTestReport {
    /// One file of tests.
    struct File {
        var loaded: LoadedScenarios
        var outcomes: [ScenarioOutcome]
    }

    private(set) var files: [File] = []

    mutating func add(_ loaded: LoadedScenarios, results: [ScenarioOutcome]) {
        files.append(File(loaded: loaded, outcomes: results))
    }

    private var outcomes: [ScenarioOutcome] { files.flatMap(\.outcomes) }
    private var broken: Int { files.count { $0.loaded.hasErrors } }

    var hasFailed: Bool { broken > 0 || outcomes.contains { !$0.isPassed } }

    /// `12 cases in 3 files: 11 passed, 1 failed; 1 file cannot be used`.
    var summary: String {
        let failed = outcomes.count { !$0.isPassed }
        var text =
            "\(Self.count(outcomes.count, "case")) in \(Self.count(files.count, "file")): "
            + "\(outcomes.count - failed) passed, \(failed) failed"
        if broken > 0 { text += "; \(Self.count(broken, "file")) cannot be used" }
        return text
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    // MARK: JUnit

    /// The report that CI servers read: one suite a file, one test case a case.
    var junit: String {
        let failures = outcomes.count { !$0.isPassed }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text +=
            "<testsuites name=\"hubctl rules test\" tests=\"\(outcomes.count + broken)\" failures=\"\(failures)\" errors=\"\(broken)\">\n"
        for file in files { text += Self.junit(file) }
        return text + "</testsuites>\n"
    }

    private static func junit(_ file: File) -> String {
        let name = escaped(file.loaded.file)
        let failures = file.outcomes.count { !$0.isPassed }
        let errors = file.loaded.hasErrors ? 1 : 0
        var text =
            "  <testsuite name=\"\(name)\" tests=\"\(file.outcomes.count + errors)\" failures=\"\(failures)\" errors=\"\(errors)\">\n"
        if file.loaded.hasErrors {
            let first = file.loaded.diagnostics.first { $0.severity == .error }
            text += "    <testcase name=\"the file can be used\" classname=\"\(name)\">\n"
            text +=
                "      <error message=\"\(escaped(first?.description ?? ""))\">\(escaped(file.loaded.report))</error>\n    </testcase>\n"
        }
        for outcome in file.outcomes {
            let place = outcome.scenario.location
            let title = escaped(outcome.scenario.name.english)
            text +=
                "    <testcase name=\"\(title)\" classname=\"\(name)\" file=\"\(escaped(place.file))\" line=\"\(place.line)\""
            guard !outcome.isPassed else {
                text += "/>\n"
                continue
            }
            let rendering = ScenarioRendering(outcome, sources: file.loaded.sources)
            let message = rendering.summary.isEmpty ? "a restart changes it" : rendering.summary
            text +=
                ">\n      <failure message=\"\(escaped(message))\">\(escaped(rendering.failure))</failure>\n    </testcase>\n"
        }
        return text + "  </testsuite>\n"
    }

    /// Text within XML 1.0: its own characters written out, and those that it does not allow replaced.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "\n"
            default:
                let isAllowed =
                    scalar.value >= 0x20 && scalar.value != 0xFFFE
                    && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }

    // MARK: JSON

    private struct Case: Encodable {
        struct Transition: Encodable {
            var at: String
            var rule: String
            var instance: String?
            var to: String
            var late: Bool?
        }

        var file: String
        var line: Int
        var name: String
        var passed: Bool
        var missing: [Transition]
        var unexpected: [Transition]
        var steps: [Transition]
        var problem: String?
    }

    private struct Fault: Encodable {
        var file: String
        var line: Int
        var column: Int
        var severity: String
        var code: String
        var message: String
    }

    /// One line for each case, or for each error where the file cannot be used.
    static func jsonLines(_ file: File) -> [String] {
        let faults = file.loaded.diagnostics.map { diagnostic in
            Fault(
                file: diagnostic.location.file, line: diagnostic.location.line,
                column: diagnostic.location.column, severity: diagnostic.severity.rawValue,
                code: diagnostic.code, message: diagnostic.message)
        }
        return faults.compactMap { try? jsonText($0) }
            + file.outcomes.compactMap { try? jsonText(row($0, file)) }
    }

    private static func row(_ outcome: ScenarioOutcome, _ file: File) -> Case {
        let scenario = outcome.scenario
        func moment(_ instant: Instant) -> String { Timestamp.local(instant, in: scenario.zone) }
        func transition(_ step: AlertTransition) -> Case.Transition {
            Case.Transition(
                at: moment(step.at), rule: step.alert.rule.rawValue,
                instance: step.alert.subject.description, to: step.step.name,
                late: step.alert.late)
        }
        return Case(
            file: file.loaded.file, line: scenario.location.line, name: scenario.name.english,
            passed: outcome.isPassed,
            missing: outcome.missing.map {
                Case.Transition(
                    at: moment($0.at), rule: $0.rule.rawValue, instance: $0.instance,
                    to: $0.step.name, late: $0.isLate)
            },
            unexpected: outcome.unexpected.map(transition),
            steps: outcome.steps.map(transition),
            problem: outcome.isPassed
                ? nil : ScenarioRendering(outcome, sources: file.loaded.sources).failure)
    }
}
