import Rules

/// The part of `ProfileParser` that looks at a profile as a whole, and at its samples.
extension ProfileParser {
    mutating func check(_ profile: DeviceProfile, messages: Node) {
        if profile.messages.isEmpty {
            error("no-messages", "a profile needs at least one message", at: messages)
        }
        if let first = profile.messages.first, first.topic.placeholders.isEmpty == false,
            first.role == .command || first.role == .ignore
        {
            place(
                "first-message",
                "the first message is the device's address: it must tell something",
                at: first.location)
        }
        let known = Set(profile.messages.first?.topic.placeholders ?? [])
        for message in profile.messages { check(message, known: known) }
        for entry in profile.availability {
            for name in entry.topic.placeholders where !known.contains(name) {
                place(
                    "unknown-placeholder",
                    "\"{\(name)}\" is not in the first message's topic"
                        + suggestion(for: name, among: known.sorted()), at: entry.location)
            }
        }
        checkKinds(profile)
    }

    private mutating func place(_ code: String, _ message: String, at location: SourceLocation) {
        diagnostics.append(Diagnostic(code: code, message, at: location))
    }

    private mutating func check(_ message: MessageProfile, known: Set<String>) {
        let isText = message.isText
        for reading in message.readings {
            if isText, reading.source != .payload || reading.each != nil || !reading.guards.isEmpty
            {
                place(
                    "text-and-json",
                    "from: \"\" takes the whole payload as plain text; readings with pointers go into a message of their own",
                    at: reading.location)
            }
            if isText, case .pointer = reading.channel {
                place(
                    "text-and-json",
                    "a plain text payload has no place for \"instance\" to point at",
                    at: reading.location)
            }
            if case .placeholder(let name) = reading.channel,
                !message.topic.placeholders.contains(name)
            {
                place(
                    "unknown-placeholder",
                    "\"{\(name)}\" is not in the message's topic"
                        + suggestion(for: name, among: message.topic.placeholders),
                    at: reading.location)
            }
            if reading.repeats.copyWindow > .zero, message.dedupe?.id == nil, message.time == nil {
                place(
                    "window-without-id",
                    "\"repeat_window\" needs \"dedupe: {id}\" or \"time\": a press is never taken for a copy by its value alone",
                    at: reading.location)
            }
            if isText, message.time != nil {
                place("text-and-json", "a plain text payload has no \"time\"", at: message.location)
            }
        }
        if isText, !message.guards.isEmpty || message.dedupe != nil {
            place(
                "text-and-json", "a plain text payload has no \"when\" and no \"dedupe\"",
                at: message.location)
        }
    }

    /// One stream has one kind: a rule must know whether a second `true` is a second event.
    private mutating func checkKinds(_ profile: DeviceProfile) {
        var kinds: [String: ReadingKind] = [:]
        for message in profile.messages {
            for reading in message.readings {
                let name = "\(reading.capability)[\(reading.channel.fixed)]"
                if let kind = kinds[name], kind != reading.kind {
                    place(
                        "two-kinds",
                        "\(reading.capability) is a \(kind.rawValue) above and a \(reading.kind.rawValue) here; make two profiles, or give one an \"instance\"",
                        at: reading.location)
                }
                kinds[name] = reading.kind
            }
        }
    }

    /// 2026-01-01T12:00:00Z: when a sample is taken in that does not say.
    static let sampleTime = Instant(milliseconds: 1_767_268_800_000)

    mutating func sample(_ node: Node) -> ProfileSample? {
        let subject = "a test"
        guard
            let fields = Fields(
                node, subject: subject,
                known: [
                    "topic", "payload", "payload_hex", "retained", "received", "readings",
                    "ignored", "quarantined", "freshness", "occurred", "clock_fault",
                ], diagnostics: &diagnostics),
            let topic = fields.required("topic", subject: subject, diagnostics: &diagnostics)?
                .text("topic", diagnostics: &diagnostics)
        else { return nil }
        guard let payload = payload(fields, subject),
            let expectation = expectation(fields, node)
        else { return nil }
        let freshness: Freshness =
            switch choice(fields["freshness"], "freshness", SampleFreshness.live) {
            case .live: .live
            case .restored: .restored
            case .late: .late
            }
        return ProfileSample(
            topic: topic, payload: payload,
            retained: fields["retained"]?.boolean("retained", diagnostics: &diagnostics) ?? false,
            received: fields["received"].flatMap { instant($0, "received") } ?? Self.sampleTime,
            expectation: expectation, freshness: freshness,
            occurred: fields["occurred"].flatMap { instant($0, "occurred") },
            clockFault: fields["clock_fault"]?.boolean("clock_fault", diagnostics: &diagnostics)
                ?? false, location: node.location)
    }

    private enum SampleFreshness: String, CaseIterable { case live, restored, late }

    private mutating func payload(_ fields: Fields, _ subject: String) -> [UInt8]? {
        if let hex = fields["payload_hex"],
            let text = hex.text("payload_hex", diagnostics: &diagnostics)
        {
            var bytes: [UInt8] = []
            var rest = Substring(text)
            while !rest.isEmpty {
                guard rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) else {
                    error("bad-hex", "payload_hex: write two digits 0-9a-f for each byte", at: hex)
                    return nil
                }
                bytes.append(byte)
                rest = rest.dropFirst(2)
            }
            return bytes
        }
        guard let entry = fields.entry("payload") else {
            _ = fields.required("payload", subject: subject, diagnostics: &diagnostics)
            return nil
        }
        return entry.value.text("payload", diagnostics: &diagnostics).map { Array($0.utf8) }
    }

    private mutating func instant(_ node: Node, _ subject: String) -> Instant? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        if case .instant(let instant) = DeviceTime.iso(text) { return instant }
        error(
            "bad-time", "\(subject): \"\(text)\" is not a time; write 2026-01-31T08:30:00Z",
            at: node)
        return nil
    }

    private mutating func expectation(
        _ fields: Fields, _ node: Node
    ) -> ProfileSample.Expectation? {
        if fields["ignored"]?.boolean("ignored", diagnostics: &diagnostics) == true {
            return .ignored
        }
        if fields["quarantined"]?.boolean("quarantined", diagnostics: &diagnostics) == true {
            return .quarantined
        }
        guard let readings = fields["readings"] else {
            error(
                "missing-key",
                "a test needs \"readings\", or \"ignored: true\" or \"quarantined: true\"",
                at: node)
            return nil
        }
        let expected = readings.entries("readings", diagnostics: &diagnostics).compactMap {
            entry -> ProfileSample.Expected? in
            let key = Node.scalar(entry.key, quoted: true, entry.location)
            guard let (capability, _) = capability(key) else { return nil }
            if entry.value.isNull {
                return ProfileSample.Expected(name: entry.key, value: .unknown)
            }
            return value(entry.value, capability, entry.key).map {
                ProfileSample.Expected(name: entry.key, value: $0)
            }
        }
        return .readings(expected)
    }
}
