/// Events: what happens in an instant.
extension RuleParser {
    static let eventForms = ["any", "all", "seq", "after", "begins", "ends", "event"]
    private static let eventModifiers = ["during", "outside", "while"]
    private static let onlyOfSignals = [
        "not", "dwell", "count", "signal", "at_least", "for", "tolerate", "release",
        "unknown_after", "rate", "spent", "baseline", "away", "distinct",
    ]

    /// Reads an event: a name, a list (any of them) or one of the forms.
    ///
    /// - Parameter what: whose event it is, for messages.
    mutating func event(_ node: Node, what: String) -> EventExpression? {
        level(node) { parser in
            switch node {
            case .scalar(let name, _, _):
                return parser.namedEvent(name, node)
            case .list(let items, _):
                return parser.events(items, at: node, what: what).map {
                    $0.count == 1 ? $0[0] : .any($0)
                }
            case .mapping(let entries, _):
                return parser.event(entries, node, what: what)
            }
        }
    }

    private mutating func namedEvent(_ name: String, _ node: Node) -> EventExpression? {
        switch use(name, at: node, sections: [.events, .signals]) {
        case .event(let event): return event
        case .signal:
            error(
                "expected-event",
                "\"\(name)\" is a signal, and an event is needed here; write {begins: \(name)} or "
                    + "{ends: \(name)}",
                at: node.location, length: name.count)
            return nil
        case .window:
            error(
                "expected-event", "\"\(name)\" is a window, and an event is needed here",
                at: node.location, length: name.count)
            return nil
        case nil: return nil
        }
    }

    /// Several events, of which all must be readable.
    mutating func events(_ items: [Node], at node: Node, what: String) -> [EventExpression]? {
        guard !items.isEmpty else {
            error("empty-list", "\(what): the list is empty", at: node.location)
            return nil
        }
        let events = items.map { event($0, what: what) }
        let good = events.compactMap(\.self)
        return good.count == events.count ? good : nil
    }

    private mutating func event(
        _ entries: [Node.Entry], _ node: Node, what: String
    ) -> EventExpression? {
        let keys = Set(entries.map(\.key))
        let isThreshold = Self.isThreshold(entries)
        if let key = Self.onlyOfSignals.first(where: {
            keys.contains($0) && !($0 == "at_least" && isThreshold)
        }) {
            error(
                "expected-event",
                "\(what): \"\(key)\" makes a signal, and an event is needed here; write "
                    + "{begins: {…}} around it",
                at: node.location)
            return nil
        }
        guard
            let form = form(
                keys, node, forms: Self.eventForms, selector: Self.selectorKeys + ["seen"],
                what: what)
        else { return nil }
        let own: [String] =
            switch form {
            case "all": ["all", "within"]
            case "seq": ["seq", "within", "until", "same"]
            case "after": ["after", "no", "within", "same"]
            case Self.selectorForm:
                Self.selectorKeys + Self.testKeys + ["clear_above", "clear_below", "seen"]
            default: [form]
            }
        guard
            let fields = Fields(
                node, subject: what, known: own + Self.eventModifiers, diagnostics: &diagnostics)
        else { return nil }
        let base = event(form, fields, node, what: what)
        let conditions = eventConditions(fields, what: what)
        guard let base, let conditions else { return nil }
        return conditions.reduce(base) { .during($0, $1) }
    }

    private mutating func event(
        _ form: String, _ fields: Fields, _ node: Node, what: String
    ) -> EventExpression? {
        guard form != Self.selectorForm else { return reading(fields, what: what) }
        guard let value = fields[form] else {
            error(
                "missing-value", "\(what): \"\(form)\" has no value",
                at: fields.entry(form)?.location ?? node.location, length: form.count)
            return nil
        }
        switch form {
        case "event":
            return event(value, what: what)
        case "any":
            return events(value.items, at: value, what: "\(what), any").map { .any($0) }
        case "begins", "ends":
            let signal = signal(value, what: "\(what), \(form)")
            return signal.map { form == "begins" ? .begins($0) : .ends($0) }
        case "all":
            let parts = steps(value, what: "\(what), all")
            let within = span("within", fields, what: what)
            guard let parts, let within else { return nil }
            return .allOf(parts, within: within)
        case "seq":
            let parts = steps(value, what: "\(what), seq")
            let within = span("within", fields, what: what)
            let untilNode = fields["until"]
            let until = untilNode.flatMap { event($0, what: "\(what), until") }
            let same = field("same", fields, of: parts ?? [], what: what)
            guard let parts, let within, (untilNode == nil) == (until == nil) else { return nil }
            return .sequence(parts, within: within, until: until, same: same)
        default:
            let first = event(value, what: "\(what), after")
            let second = fields.required("no", subject: what, diagnostics: &diagnostics)
                .flatMap { event($0, what: "\(what), no") }
            let within = span("within", fields, what: what)
            let same = field("same", fields, of: [first, second].compactMap(\.self), what: what)
            guard let first, let second, let within else { return nil }
            return .notFollowed(after: first, no: second, within: within, same: same)
        }
    }

    /// The events of a sequence: at least two, at most 32.
    private mutating func steps(_ node: Node, what: String) -> [EventExpression]? {
        let items = node.items
        guard (2...32).contains(items.count) else {
            error(
                "wrong-number", "\(what) needs 2 to 32 events, and has \(items.count)",
                at: node.location)
            return nil
        }
        return events(items, at: node, what: what)
    }

    private mutating func reading(_ fields: Fields, what: String) -> EventExpression? {
        guard supportsDevice(fields, what: what) else { return nil }
        var isSeen = false
        if let seen = fields["seen"] {
            guard let flag = seen.boolean("\(what), seen", diagnostics: &diagnostics) else {
                return nil
            }
            isSeen = flag
        }
        let targets = targets(fields, what: what, isSeen: isSeen)
        guard !targets.isEmpty else { return nil }
        if isSeen {
            if let key = Self.testKeys.first(where: { fields[$0] != nil }) {
                error(
                    "mixed-tests",
                    "\(what): \"seen\" is any reading at all; leave \"\(key)\" out",
                    at: fields.entry(key)?.location ?? fields.location, length: key.count)
                return nil
            }
            return Self.one(of: targets.map { .seen($0.selector) })
        }
        let tests = tested(targets, fields, what: what)
        return tests.isEmpty ? nil : Self.one(of: tests.map { .reading($0, $1) })
    }

    private static func one(of events: [EventExpression]) -> EventExpression {
        events.count == 1 ? events[0] : .any(events)
    }

    /// What must hold at the event's moment; nil, with an error, where it cannot be read.
    private mutating func eventConditions(
        _ fields: Fields, what: String
    ) -> [SignalExpression]? {
        var conditions: [SignalExpression] = []
        for key in Self.eventModifiers {
            guard let node = fields[key] else { continue }
            let condition =
                key == "while" ? signal(node, what: "\(what), while") : during(node)
            guard let condition else { return nil }
            conditions.append(key == "outside" ? .not(condition) : condition)
        }
        return conditions
    }
}

/// What events and signals have in common.
extension RuleParser {
    static let selectorForm = "reading of a device"

    /// The one form that a mapping has; nil, with an error, where it has none or several.
    mutating func form(
        _ keys: Set<String>, _ node: Node, forms: [String], selector: [String], what: String
    ) -> String? {
        var found = forms.filter(keys.contains)
        let tests = Self.testKeys.filter { !forms.contains($0) }
        if !keys.isDisjoint(with: selector + tests) { found.append(Self.selectorForm) }
        if found.count == 1 { return found[0] }
        if found.isEmpty {
            error(
                "unknown-form",
                "\(what) must be a name, a reading of a device (device or kind, reading, is …) or one of: "
                    + forms.joined(separator: ", "),
                at: node.location)
        } else {
            error(
                "mixed-forms",
                "\(what) is both \"\(found[0])\" and \"\(found[1])\"; write {all: [...]} or "
                    + "{any: [...]} around two conditions",
                at: node.location)
        }
        return nil
    }

    /// A span above zero; nil, with an error, where it is not given or none.
    mutating func span(_ key: String, _ fields: Fields, what: String) -> TimeSpan? {
        guard let node = fields.required(key, subject: what, diagnostics: &diagnostics) else {
            return nil
        }
        return positive(node, what: "\(what), \(key)")
    }

    /// A span above zero; nil, with an error, where it is none.
    mutating func positive(_ node: Node, what: String) -> TimeSpan? {
        guard let span = node.timeSpan(what, diagnostics: &diagnostics) else { return nil }
        guard span > .zero else {
            error("bad-duration", "\(what) must be longer than 0s", at: node.location)
            return nil
        }
        return span
    }

    /// `device: {silent_for: …}` holds, and is no event.
    mutating func supportsDevice(_ fields: Fields, what: String) -> Bool {
        guard let node = fields["device"], case .mapping = node else { return true }
        error(
            "expected-event",
            "\(what): a device's health makes a signal, and an event is needed here; write "
                + "{begins: {device: {…}}}",
            at: node.location)
        return false
    }

    /// `same:` or `distinct:`; nil, with an error, where it is none, or the events are not readings.
    mutating func field(
        _ key: String, _ fields: Fields, of events: [EventExpression], what: String
    ) -> EventField? {
        guard let node = fields[key] else { return nil }
        let field = choice(key, fields, EventField.allCases, named: \.rawValue, what: what)
        guard let field, !events.isEmpty else { return nil }
        guard events.allSatisfy(\.isOfReadings) else {
            error(
                "no-field",
                "\(what): \"\(key): \(field.rawValue)\" needs events that are readings of devices",
                at: fields.entry(key)?.location ?? node.location, length: key.count)
            return nil
        }
        return field
    }
}
