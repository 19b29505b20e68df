/// Signals: what holds, and may be unknown.
extension RuleParser {
    static let signalForms = [
        "all", "any", "not", "at_least", "dwell", "no", "count", "during", "outside", "signal",
        "rate", "spent", "baseline", "away",
    ]
    static let signalModifiers = ["release", "for", "tolerate", "extend_on"]
    private static let onlyOfEvents = ["seq", "after", "begins", "ends", "event", "seen", "while"]

    /// Reads a signal: a name, or one of the forms.
    ///
    /// - Parameter what: whose signal it is, for messages.
    mutating func signal(_ node: Node, what: String) -> SignalExpression? {
        level(node) { parser in
            switch node {
            case .scalar(let name, _, _):
                return parser.namedSignal(name, node)
            case .list:
                parser.error(
                    "expected-signal",
                    "\(what) must be one signal; write {all: [...]} or {any: [...]} for several",
                    at: node.location)
                return nil
            case .mapping(let entries, _):
                return parser.signal(entries, node, what: what)
            }
        }
    }

    private mutating func namedSignal(_ name: String, _ node: Node) -> SignalExpression? {
        switch use(name, at: node, sections: [.signals, .events]) {
        case .signal(let signal): return signal
        case .event:
            error(
                "expected-signal",
                "\"\(name)\" is an event, and a signal is needed here; write {count: \(name), "
                    + "at_least: 1, within: 5m} or {no: \(name), for: 5m}",
                at: node.location, length: name.count)
            return nil
        case .window:
            error(
                "expected-signal",
                "\"\(name)\" is a window, and a signal is needed here; write {during: \(name)}",
                at: node.location, length: name.count)
            return nil
        case nil: return nil
        }
    }

    private mutating func signal(
        _ entries: [Node.Entry], _ node: Node, what: String
    ) -> SignalExpression? {
        var keys = Set(entries.map(\.key))
        if let key = Self.onlyOfEvents.first(where: keys.contains) {
            error(
                "expected-signal",
                "\(what): \"\(key)\" makes an event, and a signal is needed here; write {count: {…}, "
                    + "at_least: 1, within: 5m} or {no: {…}, for: 5m} around it",
                at: node.location)
            return nil
        }
        // `at_least` is a form of its own, a threshold, and a key of `count`.
        if keys.contains("count") || Self.isThreshold(entries) { keys.remove("at_least") }
        if keys.contains("no") || keys.contains("spent") { keys.remove("during") }
        if keys.contains("rate") { keys.subtract(Self.selectorKeys + Self.testKeys) }
        if keys.contains("baseline") { keys.subtract(Self.testKeys) }
        guard
            let form = form(
                keys, node, forms: Self.signalForms, selector: Self.selectorKeys, what: what)
        else { return nil }
        let own: [String] =
            switch form {
            case "count": ["count", "at_least", "within", "distinct"]
            case "no": ["no", "for", "during"]
            case "spent": ["spent", "more_than", "over", "during"]
            case "rate": Self.selectorKeys + ["rate", "above", "below", "over"]
            case "baseline": ["baseline", "over", "min_days", "above", "below", "days_in_row"]
            case Self.selectorForm:
                Self.selectorKeys + Self.testKeys + ["clear_above", "clear_below", "unknown_after"]
            default: [form]
            }
        guard
            let fields = Fields(
                node, subject: what, known: own + Self.signalModifiers, diagnostics: &diagnostics)
        else { return nil }
        let before = extent.size
        guard let base = base(form, fields, node, what: what) else { return nil }
        return modified(base, ofSize: extent.size - before, form, fields, what: what)
    }

    /// Whether `at_least` is a threshold (`at_least: 20`) rather than a form (`at_least: {n: 2, of: [...]}`).
    static func isThreshold(_ entries: [Node.Entry]) -> Bool {
        entries.contains { entry in
            if case .scalar = entry.value { return entry.key == "at_least" }
            return false
        }
    }

    private mutating func base(
        _ form: String, _ fields: Fields, _ node: Node, what: String
    ) -> SignalExpression? {
        guard form != Self.selectorForm else { return predicate(fields, what: what) }
        guard let value = fields[form] else {
            error(
                "missing-value", "\(what): \"\(form)\" has no value",
                at: fields.entry(form)?.location ?? node.location, length: form.count)
            return nil
        }
        switch form {
        case "signal": return signal(value, what: what)
        case "all": return signals(value, what: "\(what), all").map { .all($0) }
        case "any": return signals(value, what: "\(what), any").map { .any($0) }
        case "not": return signal(value, what: "\(what), not").map { .not($0) }
        case "during": return during(value)
        case "outside": return during(value).map { .not($0) }
        case "at_least": return atLeast(value, what: "\(what), at_least")
        case "dwell": return dwell(value, what: "\(what), dwell")
        case "count": return count(value, fields, what: what)
        case "rate": return rate(value, fields, what: what)
        case "spent": return spent(value, fields, what: what)
        case "baseline": return baseline(value, fields, what: what)
        case "away":
            let flag = value.boolean("\(what), away", diagnostics: &diagnostics)
            return flag.map { $0 ? .away : .not(.away) }
        default: return absence(value, fields, what: what)
        }
    }

    /// `no: E, for: D`, or the deadline `no: E, during: W`.
    private mutating func absence(
        _ node: Node, _ fields: Fields, what: String
    ) -> SignalExpression? {
        let event = event(node, what: "\(what), no")
        guard let during = fields["during"] else {
            let span = span("for", fields, what: what)
            guard let event, let span else { return nil }
            return .absence(of: event, for: span)
        }
        if let span = fields.entry("for") {
            error(
                "mixed-forms",
                "\(what): \"no\" goes with \"for\" (so long without it) or with \"during\" (not once in the "
                    + "window), not with both",
                at: span.location, length: 3)
            return nil
        }
        let window = oneWindow(during, what: "\(what), during")
        guard let event, let window else { return nil }
        return .missed(event, during: window)
    }

    /// A single window that ends, by name or written in place.
    mutating func oneWindow(_ node: Node, what: String) -> Window? {
        guard let condition = during(node) else { return nil }
        guard case .during(let window) = condition else {
            error(
                "one-window", "\(what) must be a single window here", at: node.location)
            return nil
        }
        if let length = window.wallLength, length >= .hours(24) {
            error(
                "window-never-ends",
                "\(what): a window of a whole day touches the next one and never ends; write to: \"23:59\"",
                at: node.location)
            return nil
        }
        return window
    }

    private mutating func signals(_ node: Node, what: String) -> [SignalExpression]? {
        let items = node.items
        guard !items.isEmpty else {
            error("empty-list", "\(what): the list is empty", at: node.location)
            return nil
        }
        let signals = items.map { signal($0, what: what) }
        let good = signals.compactMap(\.self)
        return good.count == signals.count ? good : nil
    }

    private mutating func atLeast(_ node: Node, what: String) -> SignalExpression? {
        guard
            let fields = Fields(
                node, subject: what, known: ["n", "of"], diagnostics: &diagnostics)
        else { return nil }
        let list = fields.required("of", subject: what, diagnostics: &diagnostics)
        let parts = list.flatMap { signals($0, what: "\(what), of") }
        let number = fields.required("n", subject: what, diagnostics: &diagnostics)
        guard let parts, let number,
            let count = number.integer(
                "\(what), n", in: 1...max(1, parts.count), diagnostics: &diagnostics)
        else { return nil }
        return .atLeast(count, parts)
    }

    private mutating func dwell(_ node: Node, what: String) -> SignalExpression? {
        guard
            let fields = Fields(
                node, subject: what, known: ["enter", "leave"], diagnostics: &diagnostics)
        else { return nil }
        let enter = fields.required("enter", subject: what, diagnostics: &diagnostics)
            .flatMap { event($0, what: "\(what), enter") }
        let leave = fields.required("leave", subject: what, diagnostics: &diagnostics)
            .flatMap { event($0, what: "\(what), leave") }
        guard let enter, let leave else { return nil }
        return .dwell(enter: enter, leave: leave)
    }

    private mutating func count(
        _ node: Node, _ fields: Fields, what: String
    ) -> SignalExpression? {
        let event = event(node, what: "\(what), count")
        // The engine keeps the times of so many events: its memory is bounded here.
        let number = fields.required("at_least", subject: what, diagnostics: &diagnostics)
            .flatMap {
                $0.integer("\(what), at_least", in: 1...1000, diagnostics: &diagnostics)
            }
        let within = span("within", fields, what: what)
        let distinct = field("distinct", fields, of: event.map { [$0] } ?? [], what: what)
        guard let event, let number, let within else { return nil }
        return .count(event, atLeast: number, within: within, distinct: distinct)
    }

    private mutating func predicate(_ fields: Fields, what: String) -> SignalExpression? {
        if case .mapping? = fields["device"] { return health(fields, what: what) }
        if let becomes = fields.entry("becomes") {
            error(
                "expected-signal",
                "\(what): \"becomes\" makes an event, and a signal is needed here; write is:",
                at: becomes.location, length: becomes.key.count)
            return nil
        }
        let targets = targets(fields, what: what)
        guard !targets.isEmpty else { return nil }
        if let entry = targets.lazy.compactMap(\.entry).first(where: {
            $0.kind == .pulse || $0.kind == .usage
        }) {
            error(
                "expected-signal",
                "\(what): \"\(entry.names[0])\" happens and does not hold, and a signal is needed here; "
                    + "write {count: {…}, at_least: 1, within: 5m} around it",
                at: fields["reading"]?.location ?? fields.location)
            return nil
        }
        var unknownAfter: TimeSpan?
        if let node = fields["unknown_after"] {
            if case .scalar("never", _, _) = node {
                unknownAfter = SignalExpression.never
            } else {
                guard let span = positive(node, what: "\(what), unknown_after") else {
                    return nil
                }
                unknownAfter = span
            }
        }
        let predicates = tested(targets, fields, what: what).map {
            SignalExpression.predicate($0, $1, unknownAfter: unknownAfter)
        }
        return predicates.count <= 1 ? predicates.first : .any(predicates)
    }

    // MARK: Holding times

    private mutating func modified(
        _ base: SignalExpression, ofSize size: Int, _ form: String, _ fields: Fields, what: String
    ) -> SignalExpression? {
        var result = base
        if let node = fields["release"] {
            guard let span = positive(node, what: "\(what), release") else { return nil }
            result = .released(result, after: span)
        }
        let hasFor = form != "no" && fields["for"] != nil
        var tolerate = TimeSpan.zero
        if let node = fields["tolerate"] {
            guard hasFor else {
                error(
                    "stray-tolerate", "\(what): \"tolerate\" goes with \"for\"",
                    at: fields.entry("tolerate")?.location ?? node.location, length: 8)
                return nil
            }
            guard let span = node.timeSpan("\(what), tolerate", diagnostics: &diagnostics) else {
                return nil
            }
            tolerate = span
        }
        var extendOn: EventExpression?
        if let node = fields["extend_on"] {
            guard hasFor else {
                error(
                    "stray-extend", "\(what): \"extend_on\" goes with \"for\"",
                    at: fields.entry("extend_on")?.location ?? node.location, length: 9)
                return nil
            }
            guard let event = event(node, what: "\(what), extend_on") else { return nil }
            extendOn = event
        }
        guard hasFor, let node = fields["for"] else { return result }
        if case .mapping(let entries, let place) = node {
            guard !entries.isEmpty else {
                error("missing-value", "\(what): \"for\" has no value", at: place)
                return nil
            }
            // The condition stands once in each window's branch.
            let added = entries.count.multipliedReportingOverflow(by: size + 2)
            extent.size += added.overflow ? Self.maximumRuleSize : added.partialValue
            guard isWithinLimits(node) else { return nil }
            return holdingByWindow(
                result, entries, tolerate: tolerate, extendOn: extendOn, what: what)
        }
        return positive(node, what: "\(what), for").map {
            .holding(result, for: $0, tolerate: tolerate, extendOn: extendOn)
        }
    }

    /// `for: {day: 10m, night: 3m}`: within each window, held for as long as it asks.
    private mutating func holdingByWindow(
        _ base: SignalExpression, _ entries: [Node.Entry], tolerate: TimeSpan,
        extendOn: EventExpression?, what: String
    ) -> SignalExpression? {
        var parts: [SignalExpression] = []
        for entry in entries {
            let name = Node.scalar(entry.key, quoted: false, entry.location)
            let window = during(name)
            let span = positive(entry.value, what: "\(what), for, \(entry.key)")
            guard let window, let span else { return nil }
            parts.append(
                .all([
                    window, .holding(base, for: span, tolerate: tolerate, extendOn: extendOn),
                ]))
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }
}
