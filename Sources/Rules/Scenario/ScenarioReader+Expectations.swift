/// What must come of a case: `+5m: night-exit raised`, several with commas, or a list with `at`, `rule` and `to`.
extension ScenarioReader {
    static let expectationKeys = [
        "at", "rule", "to", "of", "late", "noticed", "by", "priority",
    ]

    mutating func expectations(_ node: Node) -> [Scenario.Expectation] {
        if case .scalar("none", _, _) = node { return [] }
        var expectations: [Scenario.Expectation] = []
        for item in node.items.prefix(Self.maximumCount) {
            guard case .mapping(let entries, _) = item else {
                error(
                    "expected-mapping",
                    "what is expected is written +5m: night-exit raised; write expect: none for nothing",
                    at: item)
                continue
            }
            if entries.contains(where: { $0.key == "at" }) {
                expectations += expectation(item, at: nil)
                continue
            }
            for entry in entries {
                let time = LocatedText(text: entry.key, location: entry.location)
                guard let moment = moment(time, "expect") else { continue }
                for item in entry.value.items {
                    if case .scalar(let text, _, let location) = item {
                        expectations += sentence(text, at: moment, location)
                    } else {
                        expectations += expectation(item, at: moment)
                    }
                }
            }
        }
        return expectations
    }

    private mutating func expectation(_ node: Node, at time: Instant?) -> [Scenario.Expectation] {
        let what = "what is expected"
        guard
            let fields = Fields(
                node, subject: what,
                known: Self.expectationKeys.filter { time == nil || $0 != "at" },
                diagnostics: &diagnostics),
            let steps = fields.required("to", subject: what, diagnostics: &diagnostics)
        else { return [] }
        let at = time ?? fields["at"].flatMap { moment($0, "at") }
        let rule = fields["rule"].flatMap { self.rule($0) }
        if fields["rule"] == nil, onlyRule == nil {
            _ = fields.required("rule", subject: what, diagnostics: &diagnostics)
        }
        guard let at, let rule = fields["rule"] == nil ? onlyRule : rule else { return [] }
        var priority: Priority?
        if let node = fields["priority"], let given = text(node, "priority") {
            priority = Priority.allCases.first { $0.name == given.text }
            if priority == nil {
                error(
                    "unknown-priority",
                    "\"\(given.text.prefix(80))\" is not a priority"
                        + suggestion(for: given.text, among: Priority.allCases.map(\.name)),
                    at: node, length: given.text.count)
            }
        }
        let isLate = flag(fields, "late", of: what)
        let noticed = fields["noticed"].flatMap { moment($0, "noticed") }
        return texts(steps, "to").compactMap { given in
            step(given).map {
                Scenario.Expectation(
                    at: at, rule: rule, step: $0,
                    instance: fields["of"].flatMap { self.text($0, "of") }?.text,
                    isLate: isLate, noticed: noticed,
                    by: fields["by"].flatMap { self.text($0, "by") }?.text, priority: priority,
                    location: given.location)
            }
        }
    }

    /// The rule that is meant where there is only one.
    private var onlyRule: RuleID? {
        setting.plan.rules.count == 1 ? setting.plan.rules[0].id : nil
    }

    private mutating func step(_ given: LocatedText) -> AlertTransition.Step? {
        if let step = Self.step(given.text) { return step }
        diagnostics.append(
            Diagnostic(
                code: "unknown-step",
                "\"\(given.text.prefix(80))\" is not a step of an alert"
                    + suggestion(for: given.text, among: AlertTransition.Step.allCases.map(\.name)),
                at: given.location, length: max(1, min(given.text.count, 80))))
        return nil
    }

    private static func step(_ text: some StringProtocol) -> AlertTransition.Step? {
        AlertTransition.Step.allCases.first { $0.name == text }
    }

    /// `night-exit raised late, cleared`: a rule is named once and meant until the next one is.
    private mutating func sentence(
        _ text: String, at moment: Instant, _ location: SourceLocation
    ) -> [Scenario.Expectation] {
        var expectations: [Scenario.Expectation] = []
        var rule: RuleID? = onlyRule
        var instance: String?
        var column = location.column
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let indent = part.prefix { $0 == " " }.count
            var place = location
            place.column = column + indent
            column += part.count + 1
            var words = part.split(separator: " ").map(String.init)
            if let first = words.first, Self.step(first) == nil, words.count > 1 {
                words.removeFirst()
                let (name, of) = Self.split(instance: first)
                guard let named = self.rule(LocatedText(text: name, location: place)) else {
                    return expectations
                }
                rule = named
                instance = of
                place.column += first.count + 1
            }
            let isLate = words.last == "late" ? true : nil
            if isLate == true { words.removeLast() }
            guard words.count == 1,
                let step = step(LocatedText(text: words[0], location: place))
            else {
                if words.count != 1 { badSentence(part, at: place) }
                continue
            }
            guard let rule else {
                badSentence(part, at: place)
                continue
            }
            expectations.append(
                Scenario.Expectation(
                    at: moment, rule: rule, step: step, instance: instance, isLate: isLate,
                    noticed: nil, by: nil, priority: nil, location: place))
        }
        return expectations
    }

    /// `door-open(front_door)` as `door-open` and `front_door`.
    private static func split(instance text: String) -> (name: String, instance: String?) {
        guard text.hasSuffix(")"), let bracket = text.firstIndex(of: "(") else {
            return (text, nil)
        }
        return (String(text[..<bracket]), String(text[text.index(after: bracket)...].dropLast()))
    }

    private mutating func badSentence(_ part: Substring, at place: SourceLocation) {
        diagnostics.append(
            Diagnostic(
                code: "bad-expectation",
                "\"\(part.prefix(80))\": write RULE STEP, such as night-exit raised; the steps are "
                    + AlertTransition.Step.allCases.map(\.name).joined(separator: ", "),
                at: place, length: max(1, min(part.count, 80))))
    }
}
