/// Rules: what a condition means to people.
extension RuleParser {
    private static let ruleKeys = [
        "id", "priority", "per", "title", "when", "guard", "unless", "clear", "episode", "latch",
        "do", "chain", "raise", "ask_first", "on_unknown", "on_gap", "while_away", "review_by",
        "owner", "code",
    ]

    /// Reads one rule; nil, with errors, where it has any.
    ///
    /// - Parameter owner: who owns the rules of this file that name nobody.
    mutating func rule(
        _ node: Node, owner: String?, places: inout [RuleID: SourceLocation]
    ) -> Rule? {
        let errorsBefore = diagnostics.count
        guard
            let fields = Fields(
                node, subject: "a rule", known: Self.ruleKeys, diagnostics: &diagnostics)
        else { return nil }
        let id = ruleID(fields, places: &places)
        let what = id.map { "rule \"\($0)\"" } ?? "the rule"
        let priority = choice("priority", fields, Priority.allCases, named: \.name, what: what)
        if fields["priority"] == nil {
            _ = fields.required("priority", subject: what, diagnostics: &diagnostics)
        }
        let scope =
            fields["per"] == nil
            ? Rule.Scope.residence
            : choice("per", fields, Rule.Scope.allCases, named: \.rawValue, what: what)
        let trigger = fields.required("when", subject: what, diagnostics: &diagnostics)
            .flatMap { self.trigger($0, what: "\(what), when") }
        let guardCondition = condition("guard", fields, what: what)
        let unless = condition("unless", fields, what: what)
        let clear = fields["clear"].flatMap { self.trigger($0, what: "\(what), clear") }
        let episode = fields["episode"].flatMap { self.episode($0, what: "\(what), episode") }
        let title = text("title", fields, what: what)
        let instruction = text("do", fields, what: what)
        let latch = fields["latch"]?.boolean("\(what), latch", diagnostics: &diagnostics)
        let chain = chain(fields, what: what)
        let care = care(fields, priority: priority, what: what)
        if let priority, priority >= .medium, fields["do"] == nil {
            error(
                "missing-do",
                "\(what) has priority \(priority.name) and needs \"do\": what staff should do; "
                    + "an alarm that asks for nothing is not an alarm",
                at: fields.location)
        }
        let errors = diagnostics.count
        guard errors == errorsBefore, let id, let priority, let scope, let trigger else {
            return nil
        }
        var rule = Rule(
            id: id, scope: scope, priority: priority, title: title, instruction: instruction,
            trigger: trigger, guardCondition: guardCondition, unless: unless, clear: clear,
            episode: episode ?? .risingEdge, latch: latch ?? false, chain: chain,
            location: fields.location)
        care.apply(to: &rule)
        if rule.owner == nil { rule.owner = owner }
        return rule
    }

    private mutating func ruleID(
        _ fields: Fields, places: inout [RuleID: SourceLocation]
    ) -> RuleID? {
        guard let node = fields.required("id", subject: "a rule", diagnostics: &diagnostics),
            let text = node.text("a rule's id", diagnostics: &diagnostics)
        else { return nil }
        if let problem = Names.problem(text) {
            error(
                "bad-name", "rule id \(problem)", at: node.location, length: min(text.count, 80))
            return nil
        }
        let id = RuleID(rawValue: text)
        if let first = places[id] {
            error(
                "duplicate-rule",
                "rule \"\(text)\" stands here a second time; the first is at \(first)",
                at: node.location, length: text.count)
            return nil
        }
        places[id] = node.location
        return id
    }

    mutating func choice<Choice>(
        _ key: String, _ fields: Fields, _ choices: [Choice], named name: (Choice) -> String,
        what: String
    ) -> Choice? {
        guard let node = fields[key],
            let text = node.text("\(what), \(key)", diagnostics: &diagnostics)
        else { return nil }
        if let choice = choices.first(where: { name($0) == text }) { return choice }
        error(
            "unknown-" + String(key.map { $0 == "_" ? "-" : $0 }),
            "\(what): \"\(text.prefix(80))\" is not a \(Self.noun(of: key))"
                + suggest(text, among: choices.map(name)),
            at: node.location, length: min(text.count, 80))
        return nil
    }

    private static func noun(of key: String) -> String {
        switch key {
        case "per": "scope"
        case "priority", "to": "priority"
        default: "value of \(key)"
        }
    }

    /// An event or a signal, `{event: …}` or `{signal: …}`, or a name: which of them it is shows in its shape.
    mutating func trigger(_ node: Node, what: String) -> Rule.Trigger? {
        if case .scalar(let name, _, _) = node {
            switch use(name, at: node, sections: [.events, .signals], isEither: true) {
            case .event(let event): return .event(event)
            case .signal(let signal): return .signal(signal)
            case .window:
                error(
                    "expected-event",
                    "\(what): \"\(name)\" is a window; write {during: \(name)}", at: node.location,
                    length: name.count)
                return nil
            case nil: return nil
            }
        }
        guard let isEvent = isEvent(node) else {
            let forms = Self.eventForms + Self.signalForms.filter { !Self.eventForms.contains($0) }
            let keys = Set(node.keys)
            if case .mapping = node,
                keys.isDisjoint(with: forms + Self.selectorKeys + Self.testKeys)
            {
                _ = form([], node, forms: forms, selector: [], what: what)
            } else {
                // A name within it is unknown: reading it as an event says which.
                _ = event(node, what: what)
            }
            return nil
        }
        return isEvent
            ? event(node, what: what).map { .event($0) }
            : signal(node, what: what).map { .signal($0) }
    }

    private mutating func condition(
        _ key: String, _ fields: Fields, what: String
    ) -> SignalExpression? {
        fields[key].flatMap { signal($0, what: "\(what), \(key)") }
    }

    private mutating func episode(_ node: Node, what: String) -> Rule.Episode? {
        if case .scalar("rising_edge", _, _) = node { return .risingEdge }
        if case .mapping(let entries, _) = node, entries.contains(where: { $0.key == "quiet" }) {
            guard
                let fields = Fields(
                    node, subject: what, known: ["quiet"], diagnostics: &diagnostics)
            else { return nil }
            return span("quiet", fields, what: what).map { .quiet($0) }
        }
        return signal(node, what: what).map { .signal($0) }
    }

    mutating func text(
        _ key: String, _ fields: Fields, what: String
    ) -> LocalizedText? {
        guard let node = fields[key],
            let text = node.localizedText("\(what), \(key)", diagnostics: &diagnostics)
        else { return nil }
        // What is shown on a telephone and sent with each alert.
        let longest = max(text.english.utf8.count, text.french.utf8.count)
        guard longest <= 1000 else {
            error(
                "text-too-long",
                "\(what), \(key): the text has \(longest) bytes; 1000 are allowed",
                at: node.location)
            return nil
        }
        return text
    }

    private mutating func chain(_ fields: Fields, what: String) -> String? {
        guard let node = fields["chain"],
            let text = node.text("\(what), chain", diagnostics: &diagnostics)
        else { return nil }
        if let problem = Names.problem(text) {
            error(
                "bad-name", "\(what), chain \(problem)", at: node.location,
                length: min(text.count, 80))
            return nil
        }
        return text
    }
}

extension Node {
    /// The keys of a mapping; none for anything else.
    fileprivate var keys: [String] {
        if case .mapping(let entries, _) = self { return entries.map(\.key) }
        return []
    }
}
