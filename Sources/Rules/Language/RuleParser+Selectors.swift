/// Which streams a condition is about, and which of their values.
extension RuleParser {
    static let selectorKeys = [
        "device", "kind", "label", "labels", "room", "rooms", "anywhere", "reading", "channel",
    ]
    static let testKeys = ["is", "in", "becomes", "above", "below", "at_least", "at_most"]
    /// Thresholds, and the key that says where each one ends.
    static let thresholdKeys = [
        "above": "clear_below", "at_least": "clear_below", "below": "clear_above",
        "at_most": "clear_above",
    ]

    /// One selector, what is known of its capability, and the values that its kind of device means by itself.
    struct Target {
        var selector: StreamSelector
        var entry: Vocabulary.Entry?
        var usual: ValueTest?
    }

    /// Reads the keys that select streams; empty, with errors, where they do not.
    ///
    /// - Parameter isSeen: whether any reading will do: then a selector without `reading` means all of them.
    mutating func targets(_ fields: Fields, what: String, isSeen: Bool = false) -> [Target] {
        let errorsBefore = diagnostics.count
        let names = words(fields["device"], what: "\(what), device")
        let kinds = words(fields["kind"], what: "\(what), kind")
        let labels =
            words(fields["label"], what: "\(what), label")
            + words(fields["labels"], what: "\(what), labels")
        var rooms =
            words(fields["room"], what: "\(what), room")
            + words(fields["rooms"], what: "\(what), rooms")
        let allRooms = rooms == ["all"]
        if allRooms { rooms = [] }
        let everywhere =
            fields["anywhere"]?.boolean("\(what), anywhere", diagnostics: &diagnostics) ?? false
        let channel = fields["channel"]?.text("\(what), channel", diagnostics: &diagnostics)
        let readings = words(fields["reading"], what: "\(what), reading")
        let template = StreamSelector(
            names: names, kinds: kinds, labels: labels, rooms: rooms,
            anywhere: everywhere || allRooms || !names.isEmpty, capability: "", channel: channel)
        compareWithHome(template, fields)
        let targets =
            readings.isEmpty && isSeen
            ? Vocabulary.signsOfLife.map { capability in
                var selector = template
                selector.capability = capability
                return Target(selector: selector, entry: nil, usual: .any)
            }
            : readings.isEmpty
                ? targetsByKind(template, fields, what: what)
                : targetsByReading(template, readings, fields, what: what)
        let errors = diagnostics.count
        return errors == errorsBefore ? targets : []
    }

    private mutating func targetsByReading(
        _ template: StreamSelector, _ readings: [String], _ fields: Fields, what: String
    ) -> [Target] {
        var targets: [Target] = []
        for reading in readings {
            let location = fields["reading"]?.location ?? fields.location
            var name = reading
            var selector = template
            if name.hasSuffix("]"), let bracket = name.firstIndex(of: "[") {
                selector.channel = String(name[name.index(after: bracket)...].dropLast())
                name = String(name[..<bracket])
            }
            let entry = Vocabulary.entry(name)
            selector.capability = entry?.capability ?? Capability(rawValue: name)
            guard entry != nil || home.capabilities.contains(selector.capability) else {
                error(
                    "unknown-reading",
                    "\(what): there is no reading \"\(name.prefix(80))\""
                        + suggest(name, among: Vocabulary.names),
                    at: location, length: min(name.count, 80))
                continue
            }
            warnWithoutReading(selector, name: name, at: location)
            let usual =
                template.kinds.count == 1 ? Vocabulary.defaults(ofKind: template.kinds[0]) : []
            let fitting = usual.first { $0.capability == selector.capability }
            targets.append(
                Target(
                    selector: selector, entry: entry,
                    usual: fitting.map { Self.test($0) } ?? Self.usualTest(entry)))
        }
        return targets
    }

    private mutating func targetsByKind(
        _ template: StreamSelector, _ fields: Fields, what: String
    ) -> [Target] {
        var targets: [Target] = []
        for kind in template.kinds {
            let defaults = Vocabulary.defaults(ofKind: kind)
            if defaults.isEmpty {
                error(
                    "missing-reading",
                    "\(what): kind \"\(kind.prefix(80))\" says several things; add \"reading\", such as "
                        + "reading: power",
                    at: fields["kind"]?.location ?? fields.location, length: min(kind.count, 80))
            }
            for usual in defaults {
                var selector = template
                selector.kinds = [kind]
                selector.capability = usual.capability
                targets.append(
                    Target(
                        selector: selector, entry: Vocabulary.entry(usual.capability.rawValue),
                        usual: Self.test(usual)))
            }
        }
        if template.kinds.isEmpty {
            error(
                "missing-reading",
                "\(what) needs \"reading\", such as reading: contact, or a \"kind\" of device",
                at: fields.location)
        }
        return targets
    }

    private static func test(_ usual: Vocabulary.Default) -> ValueTest {
        usual.value.map { .oneOf([$0]) } ?? .any
    }

    /// What a reading means without a value: yes for a yes-or-no, anything for what happens.
    private static func usualTest(_ entry: Vocabulary.Entry?) -> ValueTest? {
        guard let entry else { return nil }
        if case .boolean = entry.type { return .oneOf([.boolean(true)]) }
        return entry.kind == .pulse || entry.kind == .usage ? .any : nil
    }

    /// One word or a list of words.
    mutating func words(_ node: Node?, what: String) -> [String] {
        guard let node else { return [] }
        var words: [String] = []
        for item in node.items.prefix(1000) {
            if let word = item.text(what, diagnostics: &diagnostics) { words.append(word) }
        }
        return words
    }

    // MARK: Values

    /// The tests of the values, one for each target; empty, with an error, where they cannot be read.
    mutating func tested(
        _ targets: [Target], _ fields: Fields, what: String
    ) -> [(StreamSelector, ValueTest)] {
        let given = Self.testKeys.filter { fields[$0] != nil }
        guard given.count <= 1 else {
            error(
                "mixed-tests",
                "\(what) has both \"\(given[0])\" and \"\(given[1])\"; give one of them",
                at: fields.entry(given[1])?.location ?? fields.location, length: given[1].count)
            return []
        }
        for (key, partners) in [
            ("clear_below", ["above", "at_least"]), ("clear_above", ["below", "at_most"]),
        ] where fields[key] != nil && !(given.first.map(partners.contains) ?? false) {
            error(
                "stray-clear",
                "\(what): \"\(key)\" goes with \"\(partners[0])\" or \"\(partners[1])\"",
                at: fields.entry(key)?.location ?? fields.location, length: key.count)
            return []
        }
        guard let key = given.first, let node = fields[key] else {
            return usual(targets, fields, what: what)
        }
        if let clearKey = Self.thresholdKeys[key] {
            return threshold(key, clearKey, node, targets, fields, what: what)
        }
        return values(node, targets, what: "\(what), \(key)")
    }

    private mutating func usual(
        _ targets: [Target], _ fields: Fields, what: String
    ) -> [(StreamSelector, ValueTest)] {
        let tests = targets.compactMap { target in target.usual.map { (target.selector, $0) } }
        if tests.count < targets.count {
            error(
                "missing-value",
                "\(what) needs a value: is, in, becomes, above, below, at_least or at_most",
                at: fields.location)
            return []
        }
        return tests
    }

    private mutating func threshold(
        _ key: String, _ clearKey: String, _ node: Node, _ targets: [Target], _ fields: Fields,
        what: String
    ) -> [(StreamSelector, ValueTest)] {
        guard let limit = node.number("\(what), \(key)", diagnostics: &diagnostics) else {
            return []
        }
        let isAbove = clearKey == "clear_below"
        var clear = limit
        if let node = fields[clearKey] {
            guard let number = node.number("\(what), \(clearKey)", diagnostics: &diagnostics) else {
                return []
            }
            guard isAbove ? number <= limit : number >= limit else {
                error(
                    "clear-on-wrong-side",
                    "\(what): \"\(clearKey)\" must be at or \(isAbove ? "below" : "above") the "
                        + "threshold \(Self.text(limit)), or it would never end",
                    at: node.location)
                return []
            }
            clear = number
        }
        for target in targets {
            guard let entry = target.entry, entry.type != .number else { continue }
            error(
                "not-a-number",
                "\(what): \"\(entry.names[0])\" is not a number; write is: "
                    + (entry.words.first ?? "…"),
                at: fields.entry(key)?.location ?? fields.location, length: key.count)
            return []
        }
        let test: ValueTest =
            switch key {
            case "above": .above(limit, clearBelow: clear)
            case "below": .below(limit, clearAbove: clear)
            case "at_least": .atLeast(limit, clearBelow: clear)
            default: .atMost(limit, clearAbove: clear)
            }
        return targets.map { ($0.selector, test) }
    }

    /// `150` rather than `150.0`.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    private mutating func values(
        _ node: Node, _ targets: [Target], what: String
    ) -> [(StreamSelector, ValueTest)] {
        let items = node.items
        guard items.count <= 100 else {
            error("too-many-values", "\(what) has more than 100 values", at: node.location)
            return []
        }
        var tests = [[Value]](repeating: [], count: targets.count)
        var isGood = !items.isEmpty
        if !isGood { error("missing-value", "\(what) needs a value", at: node.location) }
        for item in items {
            guard let word = item.text(what, diagnostics: &diagnostics) else {
                isGood = false
                continue
            }
            var isTaken = false
            for (index, target) in targets.enumerated() {
                guard let value = Self.value(word, of: target.entry) else { continue }
                isTaken = true
                if !tests[index].contains(value) { tests[index].append(value) }
            }
            if !isTaken {
                isGood = false
                reportValue(word, targets, at: item, what: what)
            }
        }
        guard isGood else { return [] }
        // A word that only one of a kind's readings knows picks that reading.
        return zip(targets, tests).filter { !$1.isEmpty }.map { ($0.selector, .oneOf($1)) }
    }

    private static func value(_ word: String, of entry: Vocabulary.Entry?) -> Value? {
        if let entry { return entry.value(word) }
        if word == "true" || word == "false" { return .boolean(word == "true") }
        if let number = Double(word), number.isFinite { return .number(number) }
        return word.isEmpty || word.utf8.count > 256 ? nil : .text(word)
    }

    private mutating func reportValue(
        _ word: String, _ targets: [Target], at node: Node, what: String
    ) {
        let known = targets.flatMap { $0.entry?.words ?? [] }
        let name = targets.first?.entry?.names.first ?? "this reading"
        error(
            "unknown-value",
            "\(what): \"\(word.prefix(80))\" is not a value of \(name)"
                + (known.isEmpty ? "; write a number" : suggest(word, among: known)),
            at: node.location, length: min(word.count, 80))
    }

    // MARK: What the home has

    private mutating func compareWithHome(_ selector: StreamSelector, _ fields: Fields) {
        guard home.isKnown else { return }
        let checks: [(keys: [String], noun: String, given: [String], known: Set<String>)] = [
            (["device"], "device", selector.names, home.deviceNames),
            (["kind"], "kind", selector.kinds, home.kinds),
            (["label", "labels"], "label", selector.labels, home.labels),
            (["room", "rooms"], "room", selector.rooms, home.rooms),
        ]
        for check in checks {
            for name in check.given where !check.known.contains(name) {
                let node = check.keys.lazy.compactMap { fields[$0] }.first
                warning(
                    "unknown-\(check.noun)",
                    "no residence has a \(check.noun) \"\(name.prefix(80))\""
                        + suggest(name, among: check.known.sorted()),
                    at: node?.location ?? fields.location, length: min(name.count, 80))
            }
        }
    }

    private mutating func warnWithoutReading(
        _ selector: StreamSelector, name: String, at location: SourceLocation
    ) {
        guard home.isKnown, !selector.names.isEmpty || !selector.kinds.isEmpty else { return }
        let devices = home.devices(names: selector.names, kinds: selector.kinds)
        guard !devices.isEmpty else { return }
        let has = devices.contains { device in
            device.capabilities.contains { capability in
                capability.capability == selector.capability
                    && (selector.channel == nil || selector.channel == capability.channel)
            }
        }
        guard !has else { return }
        let said = Set(devices.flatMap { $0.capabilities.map(\.capability.rawValue) }).sorted()
        warning(
            "no-such-reading",
            "no such device says \"\(name)\"; "
                + (said.isEmpty
                    ? "it says nothing" : "it says " + said.prefix(8).joined(separator: ", ")),
            at: location, length: name.count)
    }

    /// Whether the keys select something that happens rather than something that holds.
    func isPulse(_ entries: [Node.Entry]) -> Bool {
        let texts = { (key: String) -> [String] in
            entries.first { $0.key == key }?.value.items.prefix(20).compactMap {
                if case .scalar(let text, _, _) = $0 { return text }
                return nil
            } ?? []
        }
        let readings = texts("reading")
        let capabilities =
            readings.isEmpty
            ? texts("kind").flatMap { Vocabulary.defaults(ofKind: $0).map(\.capability.rawValue) }
            : readings.map { $0.split(separator: "[").first.map(String.init) ?? $0 }
        return capabilities.contains { name in
            guard let kind = Vocabulary.entry(name)?.kind else { return false }
            return kind == .pulse || kind == .usage
        }
    }
}
