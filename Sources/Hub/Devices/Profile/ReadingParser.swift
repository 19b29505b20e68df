import Rules

/// The part of `ProfileParser` that reads one reading.
extension ProfileParser {
    private static let keys = [
        "capability", "kind", "unit", "from", "each", "instance", "when", "map", "otherwise",
        "sentinels", "above", "below", "scale", "offset", "valid", "default", "repeats", "every",
        "change_min",
        "repeat_window", "stale", "flapping",
    ]

    mutating func reading(_ node: Node) -> ReadingProfile? {
        let subject = "a reading"
        guard
            let fields = Fields(
                node, subject: subject, known: Self.keys, diagnostics: &diagnostics),
            let name = fields.required("capability", subject: subject, diagnostics: &diagnostics)
        else { return nil }
        guard let (entry, written) = capability(name) else { return nil }
        let kind = kind(fields, entry)
        checkUnit(fields, entry)
        let each = fields["each"].flatMap { self.each($0) }
        let channel = channel(fields, written, hasEach: each != nil)
        let source = source(fields, hasEach: each != nil)
        let map = (fields["map"]?.entries("map", diagnostics: &diagnostics) ?? []).compactMap {
            mapping($0, entry)
        }
        if let node = fields["otherwise"], map.isEmpty {
            error("otherwise-without-map", "\"otherwise\" needs a \"map\"", at: node)
        }
        let stale = fields["stale"].map { choice($0, "stale", TimeProfile.Stale.late) }
        guard let source else { return nil }
        return ReadingProfile(
            capability: entry.id, channel: channel, kind: kind, type: entry.type, source: source,
            each: each, guards: fields["when"].map { guards($0) } ?? [], map: map,
            otherwise: fields["otherwise"].map {
                choice($0, "otherwise", ReadingProfile.Otherwise.unknown)
            },
            sentinels: (fields["sentinels"]?.items ?? []).compactMap { sentinel($0) },
            threshold: threshold(fields, entry),
            scale: number(fields, "scale", entry, fallback: 1),
            offset: number(fields, "offset", entry, fallback: 0),
            valid: fields["valid"].flatMap { valid($0, entry) },
            defaultValue: fields["default"].flatMap { value($0, entry, "default") },
            repeats: repeats(fields, kind, entry), stale: stale, location: node.location,
            watchesFlapping: flapping(fields, kind, entry))
    }

    private mutating func flapping(
        _ fields: Fields, _ kind: ReadingKind, _ entry: CapabilityVocabulary.Entry
    ) -> Bool? {
        guard let node = fields["flapping"] else { return nil }
        guard entry.type == .boolean, kind == .state else {
            error(
                "flapping-of-no-state",
                "\"flapping\" is of a state that is so or not so; \(entry.id) is none here",
                at: node)
            return nil
        }
        return node.boolean("flapping", diagnostics: &diagnostics)
    }

    /// `switch.on` or `switch.on[2]`.
    mutating func capability(
        _ node: Node
    ) -> (entry: CapabilityVocabulary.Entry, channel: String)? {
        guard let text = node.text("capability", diagnostics: &diagnostics) else { return nil }
        let (name, channel) = CapabilityVocabulary.split(text)
        if let entry = CapabilityVocabulary.entry(name) { return (entry, channel) }
        let known = CapabilityVocabulary.entries.map(\.id.rawValue)
        error(
            "unknown-capability",
            "there is no capability \"\(name)\"" + suggestion(for: name, among: known), at: node)
        return nil
    }

    private mutating func kind(
        _ fields: Fields, _ entry: CapabilityVocabulary.Entry
    ) -> ReadingKind {
        guard let node = fields["kind"] else { return entry.kinds[0] }
        let kind = choice(node, "kind", entry.kinds[0])
        if !entry.kinds.contains(kind) {
            let words = entry.kinds.map(\.rawValue).joined(separator: " or ")
            error("bad-kind", "\(entry.id) is a \(words), not a \(kind.rawValue)", at: node)
        }
        return kind
    }

    private mutating func checkUnit(_ fields: Fields, _ entry: CapabilityVocabulary.Entry) {
        guard let node = fields["unit"], let unit = node.text("unit", diagnostics: &diagnostics),
            unit != entry.unit
        else { return }
        let want = entry.unit.isEmpty ? "has no unit" : "is in \"\(entry.unit)\""
        error(
            "bad-unit",
            "\(entry.id) \(want), not in \"\(unit)\"; convert with \"scale\" and \"offset\"",
            at: node)
    }

    private mutating func each(_ node: Node) -> ReadingProfile.Each? {
        if case .scalar = node {
            return pointer(node, "each").map { ReadingProfile.Each(at: $0, keys: nil) }
        }
        guard
            let fields = Fields(
                node, subject: "each", known: ["at", "keys"], diagnostics: &diagnostics)
        else { return nil }
        let at = fields.entry("at").map { pointer($0.value, "at") } ?? JSONPointer("")
        var keys: KeyPattern?
        if let node = fields["keys"], let text = node.text("keys", diagnostics: &diagnostics) {
            keys = KeyPattern(text)
            if keys == nil { error("bad-keys", "keys: \"\(text)\" has more than one *", at: node) }
        }
        return at.map { ReadingProfile.Each(at: $0, keys: keys) }
    }

    private mutating func channel(
        _ fields: Fields, _ written: String, hasEach: Bool
    ) -> ReadingProfile.Channel {
        guard let node = fields["instance"],
            let text = node.text("instance", diagnostics: &diagnostics)
        else { return .always(written) }
        if !written.isEmpty {
            error(
                "two-instances", "write the channel in brackets or as \"instance\", not both",
                at: node)
        }
        if text.hasPrefix("/") {
            return pointer(node, "instance").map { .pointer($0) } ?? .always("")
        }
        if text == "{key}" {
            if !hasEach { error("key-without-each", "\"{key}\" needs \"each\"", at: node) }
            return .key
        }
        if text.hasPrefix("{"), text.hasSuffix("}") {
            return .placeholder(String(text.dropFirst().dropLast()))
        }
        if text.utf8.count > CapabilityVocabulary.maximumChannelBytes {
            error("bad-instance", "an instance has 64 bytes at most", at: node)
        }
        return .always(text)
    }

    private mutating func source(_ fields: Fields, hasEach: Bool) -> ReadingProfile.Source? {
        // An empty `from` is YAML's null where it is not quoted, so the entry itself is asked.
        guard let node = fields.entry("from")?.value else {
            _ = fields.required("from", subject: "a reading", diagnostics: &diagnostics)
            return nil
        }
        guard let text = node.text("from", diagnostics: &diagnostics) else { return nil }
        if text == "{key}" {
            if !hasEach { error("key-without-each", "\"{key}\" needs \"each\"", at: node) }
            return .key
        }
        if text.isEmpty, !hasEach { return .payload }
        return pointer(node, "from").map { .pointer($0) }
    }

    private mutating func mapping(
        _ entry: Node.Entry, _ capability: CapabilityVocabulary.Entry
    ) -> ReadingProfile.Mapping? {
        let number = Double(entry.key).flatMap { $0.isFinite ? $0 : nil }
        if entry.value.isNull {
            return ReadingProfile.Mapping(text: entry.key, number: number, value: .unknown)
        }
        return value(entry.value, capability, "map").map {
            ReadingProfile.Mapping(text: entry.key, number: number, value: $0)
        }
    }

    /// A value of a capability, as written in a profile.
    mutating func value(
        _ node: Node, _ entry: CapabilityVocabulary.Entry, _ subject: String
    ) -> Value? {
        switch entry.type {
        case .boolean: node.boolean(subject, diagnostics: &diagnostics).map { .boolean($0) }
        case .number: node.number(subject, diagnostics: &diagnostics).map { .number($0) }
        case .text: node.text(subject, diagnostics: &diagnostics).map { .text($0) }
        }
    }

    private mutating func sentinel(_ node: Node) -> ReadingProfile.Sentinel? {
        guard case .scalar(let text, let quoted, _) = node else {
            error("expected-text", "a sentinel must be a single value", at: node)
            return nil
        }
        if !quoted, let number = Double(text), number.isFinite { return .number(number) }
        return .text(text)
    }

    private mutating func threshold(
        _ fields: Fields, _ entry: CapabilityVocabulary.Entry
    ) -> ReadingProfile.Threshold? {
        guard let node = fields["above"] ?? fields["below"] else { return nil }
        let isAbove = fields["above"] != nil
        guard entry.type == .boolean, fields["map"] == nil, !(isAbove && fields["below"] != nil)
        else {
            error(
                "bad-threshold",
                "one of \"above\" and \"below\" turns a number into yes or no, in place of \"map\"",
                at: node)
            return nil
        }
        return node.number(isAbove ? "above" : "below", diagnostics: &diagnostics)
            .map { isAbove ? .above($0) : .below($0) }
    }

    private mutating func number(
        _ fields: Fields, _ key: String, _ entry: CapabilityVocabulary.Entry, fallback: Double
    ) -> Double {
        guard let node = fields[key] else { return fallback }
        if entry.type != .number {
            error("not-a-number", "\(entry.id) is no number, so it has no \"\(key)\"", at: node)
        }
        let number = node.number(key, diagnostics: &diagnostics) ?? fallback
        if key == "scale", number == 0 { error("bad-number", "scale: 0 loses the value", at: node) }
        return number
    }

    private mutating func valid(
        _ node: Node, _ entry: CapabilityVocabulary.Entry
    ) -> ClosedRange<Double>? {
        let bounds = node.items.compactMap { $0.number("valid", diagnostics: &diagnostics) }
        guard entry.type == .number, bounds.count == 2, bounds[0] <= bounds[1] else {
            error(
                "bad-range",
                "valid: write [least, most] in the capability's unit, for a number only",
                at: node)
            return nil
        }
        return bounds[0]...bounds[1]
    }

    private mutating func repeats(
        _ fields: Fields, _ kind: ReadingKind, _ entry: CapabilityVocabulary.Entry
    ) -> RepeatPolicy {
        var drops = kind == .health
        var untilReset = false
        if let node = fields["repeats"] {
            let text = node.text("repeats", diagnostics: &diagnostics) ?? "keep"
            let known = ["keep", "drop_equal", "until_reset"]
            if !known.contains(text) {
                error(
                    "unknown-word",
                    "repeats: \"\(text)\" is not known" + suggestion(for: text, among: known),
                    at: node)
            }
            drops = text == "drop_equal"
            untilReset = text == "until_reset"
        }
        let happens = kind == .pulse || kind == .usage
        if untilReset, kind != .pulse || entry.type != .boolean, let node = fields["repeats"] {
            error(
                "bad-repeats", "\"until_reset\" is for a pulse of yes and no, such as alarm.sos",
                at: node)
        }
        if happens, drops, let node = fields["repeats"] {
            error(
                "pulse-repeats",
                "a \(kind.rawValue) that comes again happened again; use \"repeat_window\"",
                at: node)
        }
        for key in ["every", "change_min"] {
            if let node = fields[key], !drops {
                error("needs-drop-equal", "\"\(key)\" needs \"repeats: drop_equal\"", at: node)
            }
        }
        if let node = fields["repeat_window"], !happens {
            error("bad-window", "\"repeat_window\" is for a pulse or usage", at: node)
        }
        var change = number(fields, "change_min", entry, fallback: 0)
        if change < 0, let node = fields["change_min"] {
            error("bad-number", "change_min: \(change) is negative", at: node)
            change = 0
        }
        return RepeatPolicy(
            dropsEqual: drops,
            every: fields["every"]?.timeSpan("every", diagnostics: &diagnostics) ?? .hours(1),
            changeMin: change,
            copyWindow: fields["repeat_window"]?.timeSpan(
                "repeat_window", diagnostics: &diagnostics) ?? .zero,
            untilReset: untilReset)
    }
}

extension CapabilityVocabulary {
    /// The longest channel, in bytes.
    static let maximumChannelBytes = 64

    /// `switch.on[2]` as its two parts; the channel is empty where there is none.
    static func split(_ text: String) -> (name: String, channel: String) {
        guard text.hasSuffix("]"), let open = text.firstIndex(of: "[") else { return (text, "") }
        return (String(text[..<open]), String(text[text.index(after: open)...].dropLast()))
    }
}
