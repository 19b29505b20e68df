extension Node {
    /// `script`: in words (`en`, `fr`), and as far as it can be held beside what was seen (`hours`, `lasts`, `a_day`, `things`,
    /// `alone`). A plain text is the words in both languages.
    public func useScript(
        _ subject: String, diagnostics: inout [Diagnostic]
    ) -> (words: LocalizedText?, script: UseScript) {
        var script = UseScript()
        guard case .mapping = self else {
            return (localizedText(subject, diagnostics: &diagnostics), script)
        }
        guard
            let fields = Fields(
                self, subject: subject,
                known: ["en", "fr", "hours", "lasts", "a_day", "things", "alone"],
                diagnostics: &diagnostics)
        else { return (nil, script) }
        func bad(_ message: String, _ node: Node) {
            diagnostics.append(Diagnostic(code: "bad-script", message, at: node.location))
        }
        let english = fields["en"]?.text("\(subject), en", diagnostics: &diagnostics)
        let french = fields["fr"]?.text("\(subject), fr", diagnostics: &diagnostics)
        if let node = fields["hours"],
            let text = node.text("\(subject), hours", diagnostics: &diagnostics)
        {
            script.hours = Window(consentText: text)
            if script.hours == nil {
                bad(
                    "\(subject), hours: \"\(text.prefix(40))\" is no span of the day; write it as 08:00-20:00, or \"08:00-20:00 12345\" with days, Monday is 1",
                    node)
            }
        }
        if let node = fields["lasts"],
            let lasts = Fields(
                node, subject: "\(subject), lasts", known: ["at_least", "at_most"],
                diagnostics: &diagnostics)
        {
            script.atLeast = lasts["at_least"]?.timeSpan(
                "\(subject), at_least", diagnostics: &diagnostics)
            script.atMost = lasts["at_most"]?.timeSpan(
                "\(subject), at_most", diagnostics: &diagnostics)
            if let least = script.atLeast, let most = script.atMost, most < least {
                bad("\(subject), lasts: at_most is shorter than at_least", node)
            }
        }
        script.aDay = fields["a_day"]?.integer(
            "\(subject), a_day", in: 1...UseScript.mostADay, diagnostics: &diagnostics)
        for item in fields["things"]?.items ?? [] {
            guard let text = item.text("\(subject), things", diagnostics: &diagnostics),
                !script.things.contains(text)
            else { continue }
            script.things.append(text)
        }
        script.isAlone =
            fields["alone"]?.boolean("\(subject), alone", diagnostics: &diagnostics) ?? false
        guard let some = english ?? french else {
            if script.isEmpty {
                bad("\(subject) needs \"en\" or \"fr\", or what can be held beside a use", self)
            }
            return (nil, script)
        }
        return (LocalizedText(english: english ?? some, french: french ?? some), script)
    }
}
