/// What came of a scenario beside what was expected.
public struct ScenarioOutcome: Sendable {
    /// One thing on the time line.
    public struct Row: Sendable {
        /// What it is.
        public enum Content: Sendable {
            /// A reading reached the hub.
            case reading(Scenario.Reading, received: Instant)
            /// Somebody answered.
            case answer(Scenario.Answer)
            /// The hub stopped, or ran again.
            case hub(String)
            /// It was expected and came.
            case both(Scenario.Expectation, AlertTransition)
            /// It was expected and did not come.
            case missing(Scenario.Expectation)
            /// It came and was not expected.
            case unexpected(AlertTransition)
        }

        /// When.
        public var at: Instant
        /// What it is.
        public var content: Content
    }

    /// How a run that was restarted differs from the one that was not.
    public struct RestartDifference: Hashable, Sendable {
        /// Behind the entry received then; nil for a restart behind each entry.
        public var restart: Instant?
        /// The first step that differs, without the restart.
        public var without: AlertTransition?
        /// The same place, with the restart.
        public var with: AlertTransition?
        /// What is wrong besides.
        public var note: String?
    }

    /// The scenario.
    public let scenario: Scenario
    /// All steps of alerts, in order.
    public let steps: Steps
    /// What was expected and did not come.
    public private(set) var missing: [Scenario.Expectation] = []
    /// What came and was not expected.
    public private(set) var unexpected: Steps = []
    /// What could not be done as the scenario says, with the place.
    public private(set) var troubles: [Diagnostic] = []
    /// Set where a restart changes what comes; nil where it does not.
    public internal(set) var restart: RestartDifference?
    private var matched: [(Scenario.Expectation, AlertTransition)] = []

    init(_ scenario: Scenario, steps: Steps, troubles: [ScenarioRun.Trouble]) {
        self.scenario = scenario
        self.steps = steps
        self.troubles = troubles.map {
            Diagnostic(code: "scenario", $0.message, at: $0.location)
        }
        var left = steps.enumerated().map { $0 }
        // What says more is matched first, so that one that says less does not take its place.
        let ordered = scenario.expectations.enumerated().sorted {
            ($1.element.precision, $0.offset) < ($0.element.precision, $1.offset)
        }
        for (_, expectation) in ordered {
            guard let index = left.firstIndex(where: { expectation.fits($0.element) }) else {
                missing.append(expectation)
                continue
            }
            matched.append((expectation, left.remove(at: index).element))
        }
        missing.sort { ($0.at, $0.location) < ($1.at, $1.location) }
        unexpected = left.map(\.element)
    }

    /// Whether all came as expected, with restarts too.
    public var isPassed: Bool {
        missing.isEmpty && unexpected.isEmpty && troubles.isEmpty && restart == nil
    }

    /// Everything on one time line: what happened, what was expected and what came.
    public var timeline: [Row] {
        var rows: [Row] = []
        for (received, entry) in ScenarioJournal(scenario).entries {
            switch entry {
            case .event(let reading, _, _):
                rows.append(Row(at: received, content: .reading(reading, received: received)))
            case .answer(let answer): rows.append(Row(at: received, content: .answer(answer)))
            case .stop: rows.append(Row(at: received, content: .hub("the hub stops")))
            case .start: rows.append(Row(at: received, content: .hub("the hub runs again")))
            }
        }
        let order: (AlertTransition) -> Int = { step in steps.firstIndex(of: step) ?? 0 }
        let came =
            matched.map { (order($0.1), Row(at: $0.1.at, content: .both($0.0, $0.1))) }
            + unexpected.map { (order($0), Row(at: $0.at, content: .unexpected($0))) }
        rows += came.sorted { $0.0 < $1.0 }.map(\.1)
        rows += missing.map { Row(at: $0.at, content: .missing($0)) }
        return rows.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element)
    }
}

extension Scenario.Expectation {
    /// How much it says.
    fileprivate var precision: Int {
        [instance != nil, isLate != nil, noticed != nil, by != nil, priority != nil].count { $0 }
    }
}
