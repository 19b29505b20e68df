import Rules

/// The part of `ProfileParser` that reads what counts as one use of an appliance.
extension ProfileParser {
    /// `usage`: one entry, for the power that the device tells.
    mutating func usage(_ node: Node, _ messages: [MessageProfile]) -> PowerUse? {
        guard let entry = node.items.first else { return nil }
        if node.items.count > 1 {
            error("one-usage", "a device has one power, and so one \"usage\"", at: node)
        }
        guard
            let fields = Fields(
                entry, subject: "a usage", known: ["capability", "above", "at_least", "merge"],
                diagnostics: &diagnostics),
            let capability = fields.required(
                "capability", subject: "a usage", diagnostics: &diagnostics),
            let above = fields.required("above", subject: "a usage", diagnostics: &diagnostics)?
                .number("above", diagnostics: &diagnostics)
        else { return nil }
        let isTold = messages.contains {
            $0.readings.contains { $0.capability == "power.active" }
        }
        guard capability.text("capability", diagnostics: &diagnostics) == "power.active", isTold
        else {
            error(
                "bad-usage",
                "a use is made from power.active, which the profile must read; a press or a state is a use as it is",
                at: capability)
            return nil
        }
        guard above > 0 else {
            error(
                "bad-number", "above: \(above) W is drawn by what is off; write more than 0",
                at: entry)
            return nil
        }
        return PowerUse(
            above: above,
            atLeast: fields["at_least"]?.timeSpan("at_least", diagnostics: &diagnostics) ?? .zero,
            merge: fields["merge"]?.timeSpan("merge", diagnostics: &diagnostics)
                ?? PowerUse.usualMerge)
    }
}
