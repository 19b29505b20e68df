/// Signals that measure: how fast, how long in all, how much more than usual.
extension RuleParser {
    // MARK: Rate

    /// `{rate: temperature, kind: fridge, above: 3 per 1h, over: 30m}`, or with a selector as the value.
    mutating func rate(_ node: Node, _ fields: Fields, what: String) -> SignalExpression? {
        var selection = fields
        if case .scalar = node {
            selection = fields.replacing("rate", with: "reading")
        } else {
            guard
                let inner = Fields(
                    node, subject: "\(what), rate", known: Self.selectorKeys,
                    diagnostics: &diagnostics)
            else { return nil }
            selection = inner
        }
        let targets = targets(selection, what: "\(what), rate")
        let limit = rateLimit(fields, what: what)
        let over = span("over", fields, what: what)
        guard !targets.isEmpty, let limit, let over else { return nil }
        if let entry = targets.lazy.compactMap(\.entry).first(where: { $0.type != .number }) {
            error(
                "not-a-number", "\(what), rate: \"\(entry.names[0])\" is not a number",
                at: node.location)
            return nil
        }
        let rates = targets.map { SignalExpression.rate($0.selector, limit, over: over) }
        return rates.count == 1 ? rates[0] : .any(rates)
    }

    /// `above: 3 per 1h` or `below: -3 per 1h`.
    private mutating func rateLimit(_ fields: Fields, what: String) -> RateLimit? {
        let given = ["above", "below"].filter { fields[$0] != nil }
        guard given.count == 1, let node = fields[given[0]] else {
            error(
                "missing-value",
                "\(what): \"rate\" needs one of \"above\" and \"below\", such as above: 3 per 1h",
                at: fields.location)
            return nil
        }
        guard let text = node.text("\(what), \(given[0])", diagnostics: &diagnostics) else {
            return nil
        }
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "per", let amount = Double(words[0]),
            amount.isFinite, let per = TimeSpan(text: words[2]), per > .zero
        else {
            error(
                "bad-rate",
                "\(what), \(given[0]): \"\(text.prefix(40))\" is not a rate; write so much per so long, "
                    + "such as 3 per 1h",
                at: node.location, length: min(text.count, 40))
            return nil
        }
        return RateLimit(isAbove: given[0] == "above", amount: amount, per: per)
    }

    // MARK: Time in all

    /// `{spent: S, more_than: 2h, over: 24h}`, or `during: W` in place of `over`.
    mutating func spent(_ node: Node, _ fields: Fields, what: String) -> SignalExpression? {
        let inner = signal(node, what: "\(what), spent")
        let most = span("more_than", fields, what: what)
        let accumulation: Accumulation?
        switch (fields["over"], fields["during"]) {
        case (let over?, nil):
            accumulation = positive(over, what: "\(what), over").map { .over($0) }
        case (nil, let during?):
            accumulation = oneWindow(during, what: "\(what), during").map { .during($0) }
        default:
            error(
                "missing-key",
                "\(what): \"spent\" needs either \"over\", such as over: 24h, or \"during\", a window",
                at: fields.location)
            accumulation = nil
        }
        guard let inner, let most, let accumulation else { return nil }
        if case .over(let over) = accumulation, most >= over {
            error(
                "never-reached",
                "\(what): more than \(most.text) cannot be spent within \(over.text)",
                at: fields["more_than"]?.location ?? fields.location)
            return nil
        }
        return .spent(inner, moreThan: most, accumulation)
    }

    // MARK: Habits

    /// `{baseline: {count: E}, over: 28d, min_days: 14, below: {mad: 3}, days_in_row: 2}`.
    mutating func baseline(_ node: Node, _ fields: Fields, what: String) -> SignalExpression? {
        let metric = metric(node, what: "\(what), baseline")
        let days = fields.required("over", subject: what, diagnostics: &diagnostics)
            .flatMap { wholeDays($0, what: "\(what), over") }
        let minimum =
            fields["min_days"].map {
                $0.integer(
                    "\(what), min_days", in: 1...(days ?? Baseline.maximumDays),
                    diagnostics: &diagnostics)
            } ?? days.map { max(1, $0 / 2) }
        let row =
            fields["days_in_row"].map {
                $0.integer("\(what), days_in_row", in: 1...14, diagnostics: &diagnostics)
            } ?? 1
        let side = side(fields, what: what)
        guard let metric, let days, let minimum, let row, let side else { return nil }
        return .baseline(
            Baseline(
                metric: metric, days: days, minimumDays: minimum, isAbove: side.isAbove,
                deviations: side.deviations, daysInRow: row))
    }

    private mutating func metric(_ node: Node, what: String) -> Baseline.Metric? {
        let kinds = ["count", "spent", "first", "last"]
        guard let fields = Fields(node, subject: what, known: kinds, diagnostics: &diagnostics)
        else { return nil }
        let given = kinds.filter { fields[$0] != nil }
        guard given.count == 1, let value = fields[given[0]] else {
            error(
                "missing-value",
                "\(what) needs one of count (an event), spent (a signal), first and last (an event)",
                at: node.location)
            return nil
        }
        let name = "\(what), \(given[0])"
        switch given[0] {
        case "count": return event(value, what: name).map { .count($0) }
        case "spent": return signal(value, what: name).map { .spent($0) }
        case "first": return event(value, what: name).map { .first($0) }
        default: return event(value, what: name).map { .last($0) }
        }
    }

    private mutating func wholeDays(_ node: Node, what: String) -> Int? {
        guard let span = positive(node, what: what) else { return nil }
        let days = Int(span.milliseconds / 86_400_000)
        guard span == .days(Int64(days)), (2...Baseline.maximumDays).contains(days) else {
            error(
                "bad-days", "\(what) must be 2 to \(Baseline.maximumDays) whole days, such as 28d",
                at: node.location)
            return nil
        }
        return days
    }

    private mutating func side(
        _ fields: Fields, what: String
    ) -> (isAbove: Bool, deviations: Int64)? {
        let given = ["above", "below"].filter { fields[$0] != nil }
        guard given.count == 1, let node = fields[given[0]] else {
            error(
                "missing-value",
                "\(what): \"baseline\" needs one of \"above\" and \"below\", such as below: {mad: 3}",
                at: fields.location)
            return nil
        }
        let name = "\(what), \(given[0])"
        guard
            let inner = Fields(node, subject: name, known: ["mad"], diagnostics: &diagnostics),
            let value = inner.required("mad", subject: name, diagnostics: &diagnostics),
            let number = value.number("\(name), mad", diagnostics: &diagnostics)
        else { return nil }
        guard number > 0, number <= 100 else {
            error("bad-number", "\(name), mad must be above 0 and at most 100", at: value.location)
            return nil
        }
        return (given[0] == "above", Int64((number * 1000).rounded()))
    }
}
