/// What people do in a case: `+2m: {ack: night-exit, by: anna}`, or a list with `at`.
extension ScenarioReader {
    /// `+2m: {ack: night-exit, by: anna}`, or a list with `at`.
    mutating func commands(_ node: Node) -> [Scenario.Answer] {
        var answers: [Scenario.Answer] = []
        for item in node.items.prefix(Self.maximumCount) {
            guard case .mapping(let entries, _) = item else {
                error(
                    "expected-mapping", "a command is written +2m: {ack: rule, by: anna}", at: item)
                continue
            }
            if entries.contains(where: { $0.key == "at" }) {
                if let answer = answer(item, at: nil) { answers.append(answer) }
                continue
            }
            for entry in entries {
                let time = LocatedText(text: entry.key, location: entry.location)
                for item in entry.value.items {
                    if let answer = answer(item, at: time) { answers.append(answer) }
                }
            }
        }
        return answers
    }

    private mutating func answer(_ node: Node, at time: LocatedText?) -> Scenario.Answer? {
        let what = "a command"
        guard
            let fields = Fields(
                node, subject: what,
                known: Scenario.Answer.Action.allCases.map(\.rawValue) + ["of", "by", "note"]
                    + (time == nil ? ["at"] : []),
                diagnostics: &diagnostics)
        else { return nil }
        let actions = Scenario.Answer.Action.allCases.filter { fields[$0.rawValue] != nil }
        guard actions.count == 1, let node = fields[actions[0].rawValue] else {
            error(
                "bad-command",
                "\(what) is one of ack: RULE, resolve: RULE, fine: RULE, help: RULE, away: RESIDENCE, "
                    + "back: RESIDENCE", at: node)
            return nil
        }
        let about =
            actions[0].isAboutAlert ? rule(node)?.rawValue : residence(node)?.rawValue
        guard let about else { return nil }
        let given = time ?? fields["at"].flatMap { text($0, "at") }
        guard let given, let moment = moment(given, "at") else { return nil }
        return Scenario.Answer(
            at: moment, action: actions[0], about: about,
            instance: fields["of"].flatMap { text($0, "of") }?.text,
            by: fields["by"].flatMap { text($0, "by") }?.text ?? "staff",
            note: fields["note"].flatMap { text($0, "note") }?.text, location: fields.location)
    }

    private mutating func residence(_ node: Node) -> ResidenceID? {
        guard let given = text(node, "residence") else { return nil }
        let known = setting.home.residences.map(\.id)
        if let found = known.first(where: { $0.rawValue == given.text }) { return found }
        error(
            "unknown-residence",
            "there is no residence \"\(given.text.prefix(80))\""
                + suggestion(for: given.text, among: known.map(\.rawValue)),
            at: node, length: given.text.count)
        return nil
    }

    /// A rule that the plan has.
    mutating func rule(_ node: Node) -> RuleID? {
        guard let given = text(node, "rule") else { return nil }
        return rule(given)
    }

    mutating func rule(_ given: LocatedText) -> RuleID? {
        let known = setting.plan.rules.map(\.id.rawValue)
        let instances = setting.plan.instances.contains {
            setting.plan.rules[$0.rule].id.rawValue == given.text
        }
        if instances { return RuleID(rawValue: given.text) }
        diagnostics.append(
            Diagnostic(
                code: "unknown-rule",
                known.contains(given.text)
                    ? "rule \"\(given.text)\" fits nothing in this home: some device that it needs is not there"
                    : "there is no rule \"\(given.text.prefix(80))\""
                        + suggestion(for: given.text, among: known),
                at: given.location, length: max(1, min(given.text.count, 80))))
        return nil
    }
}
