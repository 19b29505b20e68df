/// Traces: what is in use from when until when.
extension RuleParser {
    private static let traceKeys = [
        "id", "per", "from", "until", "merge_gap", "attributes", "title", "owner",
    ]

    /// Reads the items of all `traces:` sections.
    mutating func readTraces(_ nodes: [(node: Node, owner: String?)]) -> [TraceRule] {
        var traces: [TraceRule] = []
        var places: [TraceID: SourceLocation] = [:]
        var total = 0
        for (node, owner) in nodes where !isExhausted {
            extent = Extent()
            let trace = trace(node, owner: owner, places: &places)
            total += extent.size
            guard total <= Self.maximumTotalSize else {
                error(
                    "traces-too-large",
                    "the traces have more than \(Self.maximumTotalSize) conditions together",
                    at: node.location)
                break
            }
            if let trace { traces.append(trace) }
        }
        return traces
    }

    private mutating func trace(
        _ node: Node, owner: String?, places: inout [TraceID: SourceLocation]
    ) -> TraceRule? {
        let errorsBefore = diagnostics.count
        guard
            let fields = Fields(
                node, subject: "a trace", known: Self.traceKeys, diagnostics: &diagnostics)
        else { return nil }
        let id = traceID(fields, places: &places)
        let what = id.map { "trace \"\($0)\"" } ?? "the trace"
        let scope =
            fields["per"] == nil
            ? Rule.Scope.residence
            : choice("per", fields, Rule.Scope.allCases, named: \.rawValue, what: what)
        let from = fields.required("from", subject: what, diagnostics: &diagnostics)
            .flatMap { trigger($0, what: "\(what), from") }
        let until = until(fields, from: from, what: what)
        let gap = fields["merge_gap"].flatMap {
            $0.timeSpan("\(what), merge_gap", diagnostics: &diagnostics)
        }
        let attributes = attributes(fields, what: what)
        let title = text("title", fields, what: what)
        let own = fields["owner"]?.text("\(what), owner", diagnostics: &diagnostics)
        guard diagnostics.count == errorsBefore, let id, let scope, let from, let until else {
            return nil
        }
        var opening: EventExpression
        var whole: SignalExpression?
        switch from {
        case .event(let event): opening = event
        case .signal(let signal):
            opening = .begins(signal)
            if fields["until"] == nil { whole = signal }
        }
        return TraceRule(
            id: id, scope: scope, from: opening, until: until, whole: whole,
            mergeGap: gap ?? .zero, attributes: attributes, title: title, owner: own ?? owner,
            location: fields.location)
    }

    private mutating func traceID(
        _ fields: Fields, places: inout [TraceID: SourceLocation]
    ) -> TraceID? {
        guard let node = fields.required("id", subject: "a trace", diagnostics: &diagnostics),
            let text = node.text("a trace's id", diagnostics: &diagnostics)
        else { return nil }
        if let problem = Names.problem(text) {
            error(
                "bad-name", "trace id \(problem)", at: node.location, length: min(text.count, 80))
            return nil
        }
        let id = TraceID(rawValue: text)
        if let first = places[id] {
            error(
                "duplicate-trace",
                "trace \"\(text)\" stands here a second time; the first is at \(first)",
                at: node.location, length: text.count)
            return nil
        }
        places[id] = node.location
        return id
    }

    /// What ends it. May be left out where `from` is a signal: then it ends when the signal does.
    private mutating func until(
        _ fields: Fields, from: Rule.Trigger?, what: String
    ) -> [TraceRule.End]? {
        guard let node = fields["until"] else {
            if case .signal(let signal) = from { return [.event(.ends(signal))] }
            // Where "from" could not be read, that was said.
            if from != nil {
                error(
                    "missing-key",
                    "\(what) needs \"until\": only a \"from\" that is a signal ends by itself",
                    at: fields.location)
            }
            return nil
        }
        let items = alternatives(node)
        guard (1...TraceRule.maximumEnds).contains(items.count) else {
            error(
                "wrong-number",
                "\(what), until: there may be 1 to \(TraceRule.maximumEnds) ways to end, and there are "
                    + "\(items.count)",
                at: node.location)
            return nil
        }
        var ends: [TraceRule.End] = []
        for item in items {
            switch trigger(item, what: "\(what), until") {
            case .event(let event): ends.append(.event(event))
            // "Nothing for so long" is known only then, but was so from the last sign on.
            case .signal(.absence(let event, let span)): ends.append(.quiet(event, for: span))
            case .signal(let signal): ends.append(.signal(signal))
            case nil: return nil
            }
        }
        return ends
    }

    /// The parts of a list, or of an `any`, which may mix events and signals here.
    private func alternatives(_ node: Node) -> [Node] {
        if case .mapping(let entries, _) = node, entries.count == 1, entries[0].key == "any" {
            return entries[0].value.items
        }
        return node.items
    }

    private mutating func attributes(
        _ fields: Fields, what: String
    ) -> [TraceRule.NamedAttribute] {
        guard let node = fields["attributes"] else { return [] }
        let entries = node.entries("\(what), attributes", diagnostics: &diagnostics)
        guard entries.count <= TraceRule.maximumAttributes else {
            error(
                "wrong-number",
                "\(what) has \(entries.count) attributes; \(TraceRule.maximumAttributes) are allowed",
                at: node.location)
            return []
        }
        return entries.compactMap { entry in
            if let problem = Names.problem(entry.key) {
                error(
                    "bad-name", "\(what): attribute name \(problem)", at: entry.location,
                    length: min(entry.key.count, 80))
                return nil
            }
            return attribute(entry.value, what: "\(what), attribute \"\(entry.key)\"").map {
                TraceRule.NamedAttribute(name: entry.key, source: $0)
            }
        }
    }

    private mutating func attribute(_ node: Node, what: String) -> TraceRule.Attribute? {
        switch node {
        case .scalar("last_room", quoted: false, _): return .lastRoom
        case .scalar("value", quoted: false, _): return .value
        case .scalar(let text, quoted: true, _): return literal(text, at: node, what: what)
        case .mapping(let entries, _) where entries.count == 1 && entries[0].key == "text":
            return entries[0].value.text("\(what), text", diagnostics: &diagnostics)
                .flatMap { literal($0, at: entries[0].value, what: what) }
        case .scalar(let name, _, _) where declarations[name] == nil:
            let signals = names.filter { declarations[$0]?.section == .signals }
            error(
                "unknown-attribute",
                "\(what): \"\(name.prefix(80))\" is no declared signal, nor last_room or value; a text is "
                    + "written {text: …}" + suggest(name, among: ["last_room", "value"] + signals),
                at: node.location, length: min(name.count, 80))
            return nil
        default:
            return signal(node, what: what).map { .signal($0) }
        }
    }

    private mutating func literal(
        _ text: String, at node: Node, what: String
    ) -> TraceRule.Attribute? {
        guard text.utf8.count <= TraceRule.maximumText else {
            error(
                "text-too-long",
                "\(what): the text has \(text.utf8.count) bytes; \(TraceRule.maximumText) are allowed",
                at: node.location)
            return nil
        }
        return .text(text)
    }
}
