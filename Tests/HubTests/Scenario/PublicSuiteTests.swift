import Rules
import Testing

@testable import Hub

@Suite("Cases of public suites")
struct PublicSuiteTests {
    /// What came of one case.
    enum Verdict {
        case agrees
        case differsOnPurpose
        case leftOut
        case unsure
    }

    /// Why a case may differ on purpose: what the language's own meaning says.
    static let reasons = [
        "one run": "one run per rule and instance: runs that end at one moment are one alert",
        "absence holds": "an absence is a state: it begins once and holds until the event comes",
        "within counts from the first event": "within counts from a sequence's first event",
        "durations survive": "a duration goes on while the hub is down, and is a duration",
        "interval":
            "conditions change when readings come and when times are due, not at evaluations",
    ]

    /// What the language leaves out on purpose.
    static let omissions = [
        "multiplicity": "one alert for one happening, however many ways it matches",
        "not alone": "an absence needs a time",
        "Kleene closure": "left out on purpose",
        "join": "left out on purpose",
        "periodic timer": "an alert without anything that happened; windows and deadlines serve",
        "calendar month": "durations are elapsed time",
        "every-distinct": "left out on purpose",
        "strict contiguity": "what other devices say in between means nothing",
        "templates": "left out on purpose",
    ]

    static let files = ["esper.yaml", "siddhi.yaml", "flink.yaml", "prometheus.yaml"]

    /// Runs one case as a rule test, with a restart behind each entry too.
    static func verdict(of fact: PublicSuite.Case) -> Verdict {
        guard fact.rule != nil else {
            #expect(omissions[fact.leavesOut ?? ""] != nil, "\(fact.suite) \(fact.id)")
            return .leftOut
        }
        let loaded = ScenarioLoader.load(fact.test, file: "\(fact.suite) \(fact.id)")
        #expect(!loaded.hasErrors, "\(fact.suite) \(fact.id): \(loaded.report)\n\(fact.test)")
        guard let scenario = loaded.scenarios.first else { return .unsure }
        let outcome = scenario.run()
        #expect(outcome.restart == nil, "\(fact.id): \(ScenarioRendering(outcome).failure)")
        func times(_ wanted: AlertTransition.Step) -> [Int64] {
            outcome.steps.filter { $0.step == wanted }.map { step in
                let time = (step.at - scenario.start).milliseconds
                return fact.step > 0 ? (time + fact.step - 1) / fact.step * fact.step : time
            }
        }
        let came = times(.raised)
        let expected = fact.ours ?? fact.theirs
        #expect(
            came == expected,
            "\(fact.suite) \(fact.id): \(fact.says)\n\(ScenarioRendering(outcome).timeline)")
        if let clears = fact.clears {
            #expect(times(.cleared) == clears, "\(fact.suite) \(fact.id): \(fact.says)")
        }
        if fact.ours != nil {
            #expect(fact.ours != fact.theirs)
            #expect(reasons[fact.because ?? ""] != nil, "\(fact.suite) \(fact.id)")
            return .differsOnPurpose
        }
        guard fact.isSure else { return .unsure }
        return came == fact.theirs ? .agrees : .unsure
    }

    @Test("at least 300 agree, and every difference is one of the language's own")
    func table() throws {
        var total = 0
        var table = "suite                 agree  differ  left out  unsure\n"
        for file in Self.files {
            let suite = try PublicSuite.load(file)
            #expect(Set(suite.cases.map(\.id)).count == suite.cases.count, "\(file): an id twice")
            let verdicts = suite.cases.map { Self.verdict(of: $0) }
            let counts = [Verdict.agrees, .differsOnPurpose, .leftOut, .unsure].map { verdict in
                verdicts.count { $0 == verdict }
            }
            total += counts[0]
            let name = suite.name + String(repeating: " ", count: max(0, 20 - suite.name.count))
            let cells = counts.map { String(repeating: " ", count: 7 - "\($0)".count) + "\($0)" }
            table += name + cells.joined(separator: " ") + "\n"
        }
        print(table + "agreeing: \(total)")
        #expect(total >= 300)
    }
}
