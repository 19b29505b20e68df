/// The keys of a rule that say how carefully it is to be taken: what not knowing means, who answers for it,
/// when it grows stronger, whom to ask first.
extension RuleParser {
    /// What these keys say.
    struct Care {
        var raises: [Rule.Raise] = []
        var askFirst: Rule.AskFirst?
        var onUnknown = Rule.UnknownPolicy.hold
        var onGap = Rule.GapPolicy.continue
        var whileAway = Rule.AwayPolicy.run
        var owner: String?
        var code: String?
        var reviewBy: String?

        func apply(to rule: inout Rule) {
            rule.raises = raises
            rule.askFirst = askFirst
            rule.onUnknown = onUnknown
            rule.onGap = onGap
            rule.whileAway = whileAway
            rule.owner = owner
            rule.code = code
            rule.reviewBy = reviewBy
        }
    }

    mutating func care(_ fields: Fields, priority: Priority?, what: String) -> Care {
        var care = Care()
        if let node = fields["raise"] {
            care.raises = raises(node, above: priority, what: "\(what), raise")
        }
        if let node = fields["ask_first"] {
            care.askFirst = askFirst(node, what: "\(what), ask_first")
        }
        if fields["on_unknown"] != nil {
            care.onUnknown =
                choice(
                    "on_unknown", fields, Rule.UnknownPolicy.allCases, named: \.rawValue,
                    what: what) ?? .hold
        }
        if fields["on_gap"] != nil {
            care.onGap =
                choice(
                    "on_gap", fields, Rule.GapPolicy.allCases, named: \.rawValue, what: what)
                ?? .continue
        }
        if fields["while_away"] != nil {
            care.whileAway =
                choice(
                    "while_away", fields, Rule.AwayPolicy.allCases, named: \.rawValue, what: what)
                ?? .run
        }
        care.owner = shortText("owner", fields, what: what)
        care.code = shortText("code", fields, what: what)
        care.reviewBy = fields["review_by"].flatMap { date($0, what: "\(what), review_by") }
        return care
    }

    private mutating func raises(
        _ node: Node, above priority: Priority?, what: String
    ) -> [Rule.Raise] {
        var raises: [Rule.Raise] = []
        for item in node.items.prefix(Priority.allCases.count) {
            guard
                let fields = Fields(
                    item, subject: what, known: ["to", "when"], diagnostics: &diagnostics)
            else { continue }
            _ = fields.required("to", subject: what, diagnostics: &diagnostics)
            let to = choice("to", fields, Priority.allCases, named: \.name, what: what)
            let condition = fields.required("when", subject: what, diagnostics: &diagnostics)
                .flatMap { signal($0, what: "\(what), when") }
            guard let to, let condition else { continue }
            if let priority, to <= priority {
                error(
                    "not-stronger",
                    "\(what): \"\(to.name)\" is not stronger than the rule's own priority, "
                        + "\(priority.name)",
                    at: fields["to"]?.location ?? fields.location, length: to.name.count)
                continue
            }
            raises.append(Rule.Raise(priority: to, condition: condition))
        }
        return raises.sorted { $0.priority < $1.priority }
    }

    /// `ask_first: 5m`, or `{wait: 5m, question: {en: …, fr: …}}`.
    private mutating func askFirst(_ node: Node, what: String) -> Rule.AskFirst? {
        if case .scalar = node {
            return positive(node, what: what).map { Rule.AskFirst(wait: $0) }
        }
        guard
            let fields = Fields(
                node, subject: what, known: ["wait", "question"], diagnostics: &diagnostics)
        else { return nil }
        let question = text("question", fields, what: what)
        return span("wait", fields, what: what).map { Rule.AskFirst(wait: $0, question: question) }
    }

    private mutating func shortText(_ key: String, _ fields: Fields, what: String) -> String? {
        guard let node = fields[key],
            let text = node.text("\(what), \(key)", diagnostics: &diagnostics)
        else { return nil }
        guard text.utf8.count <= 100 else {
            error(
                "text-too-long",
                "\(what), \(key): the text has \(text.utf8.count) bytes; 100 are allowed",
                at: node.location)
            return nil
        }
        return text
    }

    /// A date as `2027-01-31`; nil, with an error, where it is none.
    private mutating func date(_ node: Node, what: String) -> String? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isShaped =
            parts.map(\.utf8.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        if isShaped, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), day >= 1, day <= Self.days(of: month, in: year)
        {
            return text
        }
        error(
            "bad-date", "\(what): \"\(text.prefix(40))\" is not a date; write 2027-01-31",
            at: node.location, length: min(text.count, 40))
        return nil
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}
