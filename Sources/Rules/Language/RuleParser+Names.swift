/// Shared names: each is read once, where it is first needed, and counted each time it is used.
extension RuleParser {
    /// What a declared name stands for; nil where it could not be read, which was reported there.
    mutating func meaning(of name: String) -> Meaning? {
        guard let declaration = declarations[name] else { return nil }
        switch declaration.progress {
        case .read(let meaning):
            return meaning
        case .reading:
            reportCycle(through: name)
            return nil
        case .waiting:
            return read(declaration, name: name)
        }
    }

    private mutating func read(_ declaration: Declaration, name: String) -> Meaning? {
        declarations[name]?.progress = .reading
        path.append(name)
        let outer = extent
        // The depth goes on counting from outside: it bounds this recursion as well.
        extent = Extent(size: 0, depth: outer.depth, deepest: outer.depth)
        let value = declaration.entry.value
        let meaning: Meaning?
        switch declaration.section {
        case .windows:
            meaning = window(value, name: name).map { .window($0) }
        case .events:
            meaning = event(value, what: "event \"\(name)\"").map { .event($0) }
        case .signals:
            meaning = signal(value, what: "signal \"\(name)\"").map { .signal($0) }
        }
        declarations[name]?.size = extent.size
        declarations[name]?.depth = extent.deepest - outer.depth
        declarations[name]?.progress = .read(meaning)
        extent = outer
        path.removeLast()
        return meaning
    }

    private mutating func reportCycle(through name: String) {
        guard let start = path.firstIndex(of: name), let declaration = declarations[name] else {
            return
        }
        let circle = (path[start...] + [name]).prefix(10).map { "\"\($0)\"" }
        error(
            "cycle",
            "\(declaration.section.noun) \"\(name)\" needs itself: "
                + circle.joined(separator: " → "),
            at: declaration.entry.location, length: name.count)
    }

    /// What a name stands for where it is used; an error where nothing declares it.
    ///
    /// - Parameter sections: where it should be declared, for messages; the first one is what is wanted.
    mutating func use(
        _ name: String, at node: Node, sections: [Section], isEither: Bool = false
    ) -> Meaning? {
        guard declarations[name] != nil else {
            let known = names.filter { name in
                declarations[name].map { sections.contains($0.section) } ?? false
            }
            error(
                "unknown-\(sections[0].noun)",
                "\(isEither ? "event or signal" : sections[0].noun) \"\(name.prefix(80))\" is not declared"
                    + suggest(name, among: known),
                at: node.location, length: min(name.count, 80))
            return nil
        }
        declarations[name]?.isUsed = true
        let meaning = meaning(of: name)
        guard let declaration = declarations[name] else { return nil }
        extent.size += declaration.size
        extent.deepest = max(extent.deepest, extent.depth + declaration.depth)
        return isWithinLimits(node) ? meaning : nil
    }

    /// The nearest of some words, unless there are so many words or errors that looking costs too much.
    func suggest(_ word: String, among known: [String]) -> String {
        guard known.count <= 1000, diagnostics.count <= 50 else { return "" }
        return suggestion(for: word, among: known)
    }

    /// Reads one level of a condition, counting it; nil, with an error once a rule, where the rule
    /// has grown past its limits.
    mutating func level<Result>(
        _ node: Node, _ read: (inout RuleParser) -> Result?
    ) -> Result? {
        guard !isExhausted else { return nil }
        extent.size += 1
        extent.depth += 1
        defer { extent.depth -= 1 }
        extent.deepest = max(extent.deepest, extent.depth)
        guard isWithinLimits(node) else { return nil }
        return read(&self)
    }

    mutating func isWithinLimits(_ node: Node) -> Bool {
        if extent.size > Self.maximumRuleSize {
            if !extent.isReported {
                error(
                    "rule-too-large",
                    "more than \(Self.maximumRuleSize) conditions once names are written out",
                    at: node.location)
            }
            extent.isReported = true
            return false
        }
        if extent.deepest > Self.maximumDepth {
            if !extent.isReported {
                error(
                    "rule-too-deep",
                    "conditions nest deeper than \(Self.maximumDepth) levels once names are "
                        + "written out",
                    at: node.location)
            }
            extent.isReported = true
            return false
        }
        return true
    }

    /// Whether a node is an event or a signal, by its shape or by the section of its name; nil where
    /// it is neither, or names nothing.
    func isEvent(_ node: Node, depth: Int = 0) -> Bool? {
        guard depth < Self.maximumDepth else { return nil }
        switch node {
        case .scalar(let name, _, _):
            switch declarations[name]?.section {
            case .events: return true
            case .signals: return false
            case .windows, nil: return nil
            }
        case .list(let items, _):
            return items.lazy.compactMap { isEvent($0, depth: depth + 1) }.first
        case .mapping(let entries, _):
            return isEvent(entries, depth: depth)
        }
    }

    private func isEvent(_ entries: [Node.Entry], depth: Int) -> Bool? {
        let keys = Set(entries.map(\.key))
        let signalKeys: Set<String> = [
            "for", "tolerate", "release", "unknown_after", "dwell", "count", "not", "signal",
            "extend_on", "rate", "spent", "baseline", "away", "distinct",
        ]
        if !keys.isDisjoint(with: signalKeys) { return false }
        let eventKeys: Set<String> = [
            "becomes", "seen", "seq", "after", "begins", "ends", "event", "while",
        ]
        if !keys.isDisjoint(with: eventKeys) { return true }
        if case .mapping? = entries.first(where: { $0.key == "device" })?.value { return false }
        if keys.contains("no") || keys.contains("at_least") { return false }
        if keys.contains("all") { return keys.contains("within") }
        if let any = entries.first(where: { $0.key == "any" }) {
            return isEvent(any.value, depth: depth + 1)
        }
        if keys.isDisjoint(with: Self.selectorKeys) {
            return keys.contains("during") || keys.contains("outside") ? false : nil
        }
        if keys.contains("above") || keys.contains("below") { return false }
        return isPulse(entries)
    }
}
