public import Rules

/// Turns a profile's YAML tree into a typed profile, with every error at once.
public struct ProfileParser {
    /// What is wrong, or doubtful.
    var diagnostics: [Diagnostic] = []

    private init() {}

    /// Reads one profile file.
    ///
    /// - Returns: the profile, nil where it has an error; and everything that is wrong, in the order of the file.
    public static func parse(_ node: Node) -> (profile: DeviceProfile?, diagnostics: [Diagnostic]) {
        var parser = ProfileParser()
        let profile = parser.profile(node)
        let diagnostics = parser.diagnostics.sorted { $0.location < $1.location }
        let failed = diagnostics.contains { $0.severity == .error }
        return (failed ? nil : profile, diagnostics)
    }

    mutating func error(_ code: String, _ message: String, at node: Node) {
        var length = 1
        if case .scalar(let text, _, _) = node { length = max(1, text.count) }
        diagnostics.append(Diagnostic(code: code, message, at: node.location, length: length))
    }

    private mutating func profile(_ node: Node) -> DeviceProfile? {
        let subject = "a profile"
        guard
            let fields = Fields(
                node, subject: subject,
                known: [
                    "profile", "id", "title", "convention", "kind", "match", "messages",
                    "availability", "liveness", "battery", "usage", "script", "commissioning",
                    "tests",
                ], diagnostics: &diagnostics)
        else { return nil }
        if let version = fields.required("profile", subject: subject, diagnostics: &diagnostics),
            version.text("profile", diagnostics: &diagnostics) != "1"
        {
            error("profile-version", "this version reads profiles of version 1", at: version)
        }
        let id = fields.required("id", subject: subject, diagnostics: &diagnostics)
            .flatMap { name($0, "id") }
        let title = fields.required("title", subject: subject, diagnostics: &diagnostics)
            .flatMap { $0.localizedText("title", diagnostics: &diagnostics) }
        let messages =
            fields.required("messages", subject: subject, diagnostics: &diagnostics)
            .map { $0.items.compactMap { message($0) } } ?? []
        let availability = (fields["availability"]?.items ?? []).compactMap {
            self.availability($0)
        }
        let liveness = fields["liveness"].flatMap {
            // What has a battery sleeps, unless the profile says otherwise.
            self.liveness($0, usually: fields["battery"] == nil ? .alwaysOn : .sleeping)
        }
        let battery = fields["battery"].flatMap { self.battery($0) }
        let models = fields["match"].map { self.models($0) } ?? []
        let samples = (fields["tests"]?.items ?? []).compactMap { sample($0) }
        let powerUse = fields["usage"].flatMap { usage($0, messages) }
        let script = fields["script"]?.useScript("script", diagnostics: &diagnostics)
        guard let id, let title else { return nil }
        let profile = DeviceProfile(
            id: id, title: title,
            convention: fields["convention"]?.text("convention", diagnostics: &diagnostics) ?? "",
            kind: fields["kind"].flatMap { name($0, "kind") } ?? "device", models: models,
            messages: Self.withBatteryLow(messages, below: battery?.low),
            availability: availability, liveness: liveness, battery: battery,
            powerUse: powerUse,
            script: script?.words, useScript: script?.script ?? UseScript(),
            commissioning: (fields["commissioning"]?.items ?? []).compactMap {
                $0.localizedText("commissioning", diagnostics: &diagnostics)
            },
            samples: samples, location: node.location)
        check(profile, messages: fields["messages"] ?? node)
        return profile
    }

    /// A battery that tells its charge only: below the profile's `low` it is low, which rules may watch for.
    private static func withBatteryLow(
        _ messages: [MessageProfile], below low: Double?
    ) -> [MessageProfile] {
        let tells = messages.contains {
            $0.readings.contains { $0.capability == .batteryLow }
        }
        guard let low, !tells else { return messages }
        return messages.map { message in
            var message = message
            message.readings += message.readings.compactMap { $0.batteryLow(below: low) }
            return message
        }
    }

    /// An identifier of small letters, digits, `-` and `_`.
    private mutating func name(_ node: Node, _ subject: String) -> String? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        let good =
            !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F
            }
        if good { return text }
        error(
            "bad-name",
            "\(subject): \"\(text)\" must be 1 to 64 small letters, digits, \"-\" or \"_\"",
            at: node)
        return nil
    }

    mutating func pointer(_ node: Node, _ subject: String) -> JSONPointer? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        if let pointer = JSONPointer(text) { return pointer }
        error(
            "bad-pointer",
            "\(subject): \"\(text)\" is not a JSON pointer; write \"/key\", \"/key/part\" or, in a list, \"/0\"",
            at: node)
        return nil
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node?, _ subject: String, _ fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let node, let text = node.text(subject, diagnostics: &diagnostics) else {
            return fallback
        }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        error(
            "unknown-word",
            "\(subject): \"\(text)\" is not known" + suggestion(for: text, among: known),
            at: node)
        return fallback
    }

    private mutating func topic(_ fields: Fields, _ subject: String) -> TopicPattern? {
        guard let node = fields.required("topic", subject: subject, diagnostics: &diagnostics),
            let text = node.text("topic", diagnostics: &diagnostics)
        else { return nil }
        do {
            return try TopicPattern(text)
        } catch {
            self.error("bad-topic", "topic: \"\(text)\": \(error)", at: node)
            return nil
        }
    }

    private mutating func message(_ node: Node) -> MessageProfile? {
        let subject = "a message"
        guard
            let fields = Fields(
                node, subject: subject,
                known: ["topic", "role", "retained", "time", "when", "dedupe", "readings"],
                diagnostics: &diagnostics)
        else { return nil }
        let topic = topic(fields, subject)
        let role = choice(fields["role"], "role", MessageProfile.Role.data)
        let readings = (fields["readings"]?.items ?? []).compactMap { reading($0) }
        if fields["readings"] == nil, role == .data || role == .snapshot {
            _ = fields.required("readings", subject: subject, diagnostics: &diagnostics)
        }
        guard let topic else { return nil }
        return MessageProfile(
            topic: topic, role: role,
            retained: choice(fields["retained"], "retained", .restore),
            time: fields["time"].flatMap { time($0) },
            guards: fields["when"].map { guards($0) } ?? [],
            dedupe: fields["dedupe"].flatMap { dedupe($0) }, readings: readings,
            location: node.location)
    }

    mutating func guards(_ node: Node) -> [Guard] {
        node.entries("when", diagnostics: &diagnostics).compactMap { entry in
            let key = Node.scalar(entry.key, quoted: true, entry.location)
            guard let at = pointer(key, "when") else { return nil }
            if case .mapping = entry.value {
                guard
                    let fields = Fields(
                        entry.value, subject: "a guard",
                        known: ["not", "present", "least", "most"],
                        diagnostics: &diagnostics)
                else { return nil }
                if let present = fields["present"] {
                    return present.boolean("present", diagnostics: &diagnostics)
                        .map { Guard(at: at, test: .present($0)) }
                }
                if fields["least"] != nil || fields["most"] != nil {
                    return range(fields, entry.value).map { Guard(at: at, test: .within($0)) }
                }
                return fields.required("not", subject: "a guard", diagnostics: &diagnostics)
                    .map { Guard(at: at, test: .noneOf(texts($0, "not"))) }
            }
            return Guard(at: at, test: .oneOf(texts(entry.value, "when")))
        }
    }

    /// `least`, `most`, or both.
    private mutating func range(_ fields: Fields, _ node: Node) -> ClosedRange<Double>? {
        let least = fields["least"].map { $0.number("least", diagnostics: &diagnostics) }
        let most = fields["most"].map { $0.number("most", diagnostics: &diagnostics) }
        guard let low = least ?? -.infinity, let high = most ?? .infinity else { return nil }
        if low <= high { return low...high }
        error("bad-range", "\"least\" is above \"most\"", at: node)
        return nil
    }

    mutating func texts(_ node: Node, _ subject: String) -> [String] {
        node.items.compactMap { $0.text(subject, diagnostics: &diagnostics) }
    }

    private mutating func time(_ node: Node) -> TimeProfile? {
        guard
            let fields = Fields(
                node, subject: "a time",
                known: [
                    "at", "format", "means", "trusted", "max_age", "ahead", "stale", "zone",
                ], diagnostics: &diagnostics),
            let at = fields.required("at", subject: "a time", diagnostics: &diagnostics)
        else { return nil }
        let means = choice(fields["means"], "means", TimeProfile.Meaning.event)
        let stale = choice(
            fields["stale"], "stale", means == .event ? TimeProfile.Stale.late : .stateOnly)
        if means == .lastContact, stale == .late, let node = fields["stale"] {
            error(
                "stale-last-contact",
                "the time of the last contact does not say when something happened; write stale: state_only or ignore",
                at: node)
        }
        return TimeProfile(
            at: at.items.compactMap { pointer($0, "at") },
            format: choice(fields["format"], "format", .auto),
            means: means,
            isTrusted: fields["trusted"]?.boolean("trusted", diagnostics: &diagnostics) ?? true,
            ahead: fields["ahead"]?.timeSpan("ahead", diagnostics: &diagnostics)
                ?? DeviceTime.aheadAtMost,
            maxAge: fields["max_age"]?.timeSpan("max_age", diagnostics: &diagnostics)
                ?? .minutes(2),
            stale: stale,
            zone: choice(fields["zone"], "zone", .none))
    }

    private mutating func dedupe(_ node: Node) -> MessageProfile.Dedupe? {
        guard
            let fields = Fields(
                node, subject: "dedupe", known: ["window", "id", "ignore"],
                diagnostics: &diagnostics),
            let window = fields.required("window", subject: "dedupe", diagnostics: &diagnostics)?
                .timeSpan("window", diagnostics: &diagnostics)
        else { return nil }
        if fields["id"] == nil, fields["ignore"] == nil {
            error(
                "missing-key",
                "dedupe needs \"id\" (what is equal in copies only) or \"ignore\" (what differs between copies)",
                at: node)
        }
        return MessageProfile.Dedupe(
            window: window, id: fields["id"].flatMap { pointer($0, "id") },
            ignore: (fields["ignore"]?.items ?? []).compactMap { pointer($0, "ignore") })
    }

    private mutating func availability(_ node: Node) -> AvailabilityProfile? {
        let subject = "an availability"
        guard
            let fields = Fields(
                node, subject: subject, known: ["topic", "at", "online", "offline", "scope"],
                diagnostics: &diagnostics)
        else { return nil }
        let topic = topic(fields, subject)
        let at = fields["at"].map { pointer($0, "at") } ?? JSONPointer("")
        let online = fields["online"].map { texts($0, "online") } ?? ["online"]
        let offline = fields["offline"].map { texts($0, "offline") } ?? ["offline"]
        let scope = choice(fields["scope"], "scope", AvailabilityProfile.Scope.device)
        for word in online where offline.contains(word) {
            error("ambiguous", "\"\(word)\" cannot mean both online and offline", at: node)
        }
        guard let topic, let at else { return nil }
        return AvailabilityProfile(
            topic: topic, at: at, online: online, offline: offline, scope: scope,
            location: node.location)
    }

    private mutating func liveness(
        _ node: Node, usually: DeviceProfile.Liveness.Expectation
    ) -> DeviceProfile.Liveness? {
        guard
            let fields = Fields(
                node, subject: "liveness", known: ["expect", "grace", "class"],
                diagnostics: &diagnostics),
            let expect = fields.required("expect", subject: "liveness", diagnostics: &diagnostics)?
                .timeSpan("expect", diagnostics: &diagnostics)
        else { return nil }
        let grace = fields["grace"]?.number("grace", diagnostics: &diagnostics) ?? 1.2
        if let node = fields["grace"], !(1...100).contains(grace) {
            error("bad-number", "grace: \(grace) is not from 1 to 100", at: node)
            return nil
        }
        if expect <= .zero {
            error("bad-duration", "liveness: \"expect\" must be longer than nothing", at: node)
            return nil
        }
        return DeviceProfile.Liveness(
            expect: expect, grace: grace,
            expectation: choice(fields["class"], "class", usually))
    }

    private mutating func battery(_ node: Node) -> DeviceProfile.BatteryProfile? {
        guard
            let fields = Fields(
                node, subject: "battery", known: ["low", "implausible"], diagnostics: &diagnostics)
        else { return nil }
        return DeviceProfile.BatteryProfile(
            low: fields["low"]?.number("low", diagnostics: &diagnostics),
            implausible: (fields["implausible"]?.items ?? []).compactMap {
                $0.number("implausible", diagnostics: &diagnostics)
            })
    }

    private mutating func models(_ node: Node) -> [String] {
        guard
            let fields = Fields(
                node, subject: "match", known: ["models"], diagnostics: &diagnostics)
        else { return [] }
        return fields["models"].map { texts($0, "models") } ?? []
    }
}
