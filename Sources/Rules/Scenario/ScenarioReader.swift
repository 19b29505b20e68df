/// Reads the tree of a rule test. In two steps, for the rules and the home may stand in other files: `head` says what
/// to load; `scenarios` reads the cases once it is there.
public struct ScenarioReader {
    /// The most cases, readings or expectations of one file.
    public static let maximumCount = 10_000

    /// What a rule test says before its cases.
    public struct Head: Sendable {
        /// The rule files under test, as the test names them; empty: the home's, or those written in the test.
        public var ruleFiles: [LocatedText] = []
        /// Rules written in the test itself, shaped as a rule file; nil for none.
        public var ownRules: Node?
        /// The folder of a home whose devices the test uses; nil: its own.
        public var homeFolder: LocatedText?
        /// The zone's name.
        public var zone = LocatedText(text: "UTC", location: .none)
        /// The test's own home; without residences where it uses a home's folder.
        public var home = Home()
        /// How the test's own devices tell the time.
        public var clocks: [DeviceID: Scenario.DeviceClock] = [:]
        /// Only these rules; empty for all.
        public var only: [LocatedText] = []
        /// When its cases begin, where they do not say.
        public var start: LocatedText?
        /// Whether its cases are run with restarts too, where they do not say.
        public var restartsEverywhere = true
        /// The site's holidays, as hub.yaml writes them; nil for none, or those of the home.
        public var holidays: Node?
        /// Which residence of the home it is about; nil for the only or first one.
        public var residence: LocatedText?
        var cases: [Node] = []
    }

    /// A text and where it stands.
    public struct LocatedText: Hashable, Sendable {
        /// The text.
        public var text: String
        /// Where it stands.
        public var location: SourceLocation

        /// A text and where it stands.
        public init(text: String, location: SourceLocation) {
            self.text = text
            self.location = location
        }
    }

    /// What a test's cases are read for.
    public struct Setting: Sendable {
        /// Who and what is where.
        public var home: Home
        /// The zone of the residence that the test is about.
        public var zone: ZoneOffsets
        /// The rules, compiled.
        public var plan: Plan
        /// How devices tell the time.
        public var clocks: [DeviceID: Scenario.DeviceClock]

        /// What a test's cases are read for.
        public init(
            home: Home, zone: ZoneOffsets, plan: Plan, clocks: [DeviceID: Scenario.DeviceClock]
        ) {
            self.home = home
            self.zone = zone
            self.plan = plan
            self.clocks = clocks
        }
    }

    /// Everything wrong so far.
    public internal(set) var diagnostics: [Diagnostic] = []
    var setting = Setting(home: Home(), zone: .utc, plan: Plan(), clocks: [:])
    /// When the case that is being read begins.
    var start = Instant.distantPast

    /// A reader of one file.
    public init() {}

    /// Where a case begins that does not say: a Monday at midnight.
    static let defaultStart = "2026-01-05 00:00"

    static let headKeys = [
        "test", "rules", "define", "home", "residence", "devices", "holidays", "only", "start",
        "restarts", "cases",
    ]

    /// Reads what stands before the cases; nil where the file is no rule test.
    public mutating func head(_ node: Node) -> Head? {
        let what = "a rule test"
        guard
            let fields = Fields(
                node, subject: what, known: Self.headKeys, diagnostics: &diagnostics)
        else { return nil }
        var head = Head()
        if let version = fields["test"], let text = text(version, "test"), text.text != "1" {
            error(
                "version",
                "tests of version \"\(text.text.prefix(20))\" cannot be read; write test: 1",
                at: version, length: text.text.count)
        }
        head.ruleFiles = texts(fields["rules"], "rules")
        head.ownRules = fields["define"]
        head.holidays = fields["holidays"]
        head.only = texts(fields["only"], "only")
        head.start = fields["start"].flatMap { text($0, "start") }
        head.homeFolder = fields["home"].flatMap { text($0, "home") }
        head.restartsEverywhere = flag(fields, "restarts", of: what) ?? true
        readHome(fields, &head)
        if head.homeFolder == nil, head.ruleFiles.isEmpty, head.ownRules == nil {
            error(
                "missing-key",
                "\(what) needs \"rules\" (rule files), \"define\" (rules written here) or \"home\" (a home's folder)",
                at: node)
        }
        let cases = fields.required("cases", subject: what, diagnostics: &diagnostics)
        if let cases, case .list(let items, _) = cases {
            head.cases = Array(items.prefix(Self.maximumCount))
            if items.count > Self.maximumCount { tooMany("cases", at: cases) }
        } else if let cases {
            error(
                "expected-list", "\"cases\" must be a list; begin each case with \"- name:\"",
                at: cases)
        }
        return head
    }

    /// Reads the cases; those with errors are left out.
    public mutating func scenarios(_ head: Head, for setting: Setting) -> [Scenario] {
        self.setting = setting
        var scenarios: [Scenario] = []
        for node in head.cases where diagnostics.count <= RuleParser.maximumErrors {
            if let scenario = scenario(node, head) { scenarios.append(scenario) }
        }
        return scenarios
    }

    // MARK: Cases

    static let caseKeys = [
        "name", "start", "feed", "faults", "commands", "expect", "until", "restarts",
    ]

    private mutating func scenario(_ node: Node, _ head: Head) -> Scenario? {
        let before = diagnostics.count
        guard
            let fields = Fields(
                node, subject: "a case", known: Self.caseKeys, diagnostics: &diagnostics)
        else { return nil }
        let name = fields.required("name", subject: "a case", diagnostics: &diagnostics)?
            .localizedText("a case's name", diagnostics: &diagnostics)
        start = begin(fields["start"].flatMap { text($0, "start") } ?? head.start)
        let readings = fields["feed"].map { feed($0) } ?? []
        let faults = fields["faults"].map { self.faults($0) } ?? []
        let answers = fields["commands"].map { commands($0) } ?? []
        for answer in answers { checkHubIsUp(answer, faults) }
        let expectations = fields.required("expect", subject: "a case", diagnostics: &diagnostics)
            .map { self.expectations($0) }
        let moments =
            readings.map { $0.at + $0.delay } + answers.map(\.at) + faults.map(\.latest)
            + (expectations ?? []).map(\.at)
        var end = (moments.filter { $0 < .distantFuture }.max() ?? start) + Self.afterLast
        if let node = fields["until"], let until = moment(node, "until") {
            end = until
            if let late = expectations?.first(where: { $0.at > until }) {
                diagnostics.append(
                    Diagnostic(
                        code: "after-until", "this is expected after the case has ended (until)",
                        at: late.location))
            }
        }
        let restarts = flag(fields, "restarts", of: "a case") ?? head.restartsEverywhere
        let after = diagnostics.count
        guard before == after, let name, let expectations else { return nil }
        return Scenario(
            name: name, location: fields.location, plan: setting.plan, home: setting.home,
            zone: setting.zone, clocks: setting.clocks, start: start, end: end, readings: readings,
            answers: answers, faults: faults, expectations: expectations,
            restartsEverywhere: restarts)
    }

    /// Time goes on for so long after the last thing that a case names.
    static let afterLast = TimeSpan.hours(1)

    private mutating func begin(_ text: LocatedText?) -> Instant {
        let given = text ?? LocatedText(text: Self.defaultStart, location: .none)
        guard case .wall(let day?, _, _)? = ScenarioTime(text: given.text),
            day > 0, let time = ScenarioTime(text: given.text)
        else {
            diagnostics.append(
                Diagnostic(
                    code: "bad-time",
                    "start: \"\(given.text.prefix(80))\" is not a date and time; write \"2026-10-24 22:45\"",
                    at: given.location, length: max(1, min(given.text.count, 80))))
            return .distantPast
        }
        return resolve(time, from: .distantPast, given) ?? .distantPast
    }

    private mutating func checkHubIsUp(_ answer: Scenario.Answer, _ faults: [Scenario.Fault]) {
        for case .hubDown(let from, let to) in faults where from <= answer.at && answer.at < to {
            diagnostics.append(
                Diagnostic(
                    code: "hub-is-down", "the hub is down then, and nobody can answer",
                    at: answer.location))
        }
    }

    // MARK: Times

    /// The moment that a node names; nil, with an error, where it names none.
    mutating func moment(_ node: Node, _ what: String) -> Instant? {
        text(node, what).flatMap { moment($0, what) }
    }

    mutating func moment(_ given: LocatedText, _ what: String) -> Instant? {
        guard let time = ScenarioTime(text: given.text) else {
            diagnostics.append(
                Diagnostic(
                    code: "bad-time",
                    "\(what): \"\(given.text.prefix(80))\" is not a time; write +40s, +1h2m, \"22:50\" or \"2026-10-25 02:30\"",
                    at: given.location, length: max(1, min(given.text.count, 80))))
            return nil
        }
        return resolve(time, from: start, given)
    }

    private mutating func resolve(
        _ time: ScenarioTime, from start: Instant, _ given: LocatedText
    ) -> Instant? {
        do {
            return try time.moment(from: start, in: setting.zone)
        } catch {
            let problem =
                switch error {
                case .skipped: "does not exist that day: daylight saving skips it"
                case .repeated(let first, let second):
                    "happens twice that day; write \(first) or \(second) for the one that you mean"
                case .beforeStart: "lies before the start"
                }
            diagnostics.append(
                Diagnostic(
                    code: "bad-time", "\"\(given.text.prefix(80))\" \(problem)",
                    at: given.location, length: max(1, min(given.text.count, 80))))
            return nil
        }
    }

    // MARK: Reporting

    mutating func error(_ code: String, _ message: String, at node: Node, length: Int = 1) {
        diagnostics.append(
            Diagnostic(code: code, message, at: node.location, length: max(1, length)))
    }

    mutating func tooMany(_ what: String, at node: Node) {
        error("too-many", "more than \(Self.maximumCount) \(what)", at: node)
    }

    mutating func text(_ node: Node, _ what: String) -> LocatedText? {
        node.text(what, diagnostics: &diagnostics).map {
            LocatedText(text: $0, location: node.location)
        }
    }

    mutating func texts(_ node: Node?, _ what: String) -> [LocatedText] {
        (node?.items ?? []).prefix(Self.maximumCount).compactMap { text($0, what) }
    }

    mutating func flag(_ fields: Fields, _ key: String, of what: String) -> Bool? {
        fields[key]?.boolean("\(what), \(key)", diagnostics: &diagnostics)
    }
}

extension SourceLocation {
    /// No place in any file.
    static let none = SourceLocation(file: "", line: 1, column: 1)
}

extension Scenario.Fault {
    /// When it is over.
    fileprivate var latest: Instant {
        switch self {
        case .hubDown(_, let to): to
        case .restart(let at): at
        case .late(let devices, _), .clockOff(let devices, _), .lost(let devices): devices.to
        }
    }
}
