/// What devices say in a case. A table may be written by time (`+40s: {door: closed}`), by device
/// (`door: {+0s: open, +40s: closed}`), or as a list with `at`, `device` and `value`.
extension ScenarioReader {
    static let readingKeys = ["at", "device", "reading", "value", "late", "retained"]

    mutating func feed(_ node: Node) -> [Scenario.Reading] {
        var readings: [Scenario.Reading] = []
        for item in node.items {
            guard readings.count <= Self.maximumCount else {
                tooMany("readings", at: node)
                break
            }
            guard case .mapping(let entries, _) = item else {
                error(
                    "expected-mapping",
                    "a reading is written +40s: {front_door: closed}, or with at, device and value",
                    at: item)
                continue
            }
            if entries.contains(where: { $0.key == "at" }) {
                readings += reading(item)
            } else {
                for entry in entries { readings += table(entry) }
            }
        }
        return readings
    }

    private func isTime(_ key: String) -> Bool { key.hasPrefix("+") || key.contains(":") }

    /// One row by time or by device.
    private mutating func table(_ entry: Node.Entry) -> [Scenario.Reading] {
        var readings: [Scenario.Reading] = []
        let isByTime = isTime(entry.key)
        let cells = entry.value.entries(
            isByTime ? "what devices say then" : "what \"\(entry.key.prefix(80))\" says",
            diagnostics: &diagnostics)
        for cell in cells {
            let (time, device) = isByTime ? (entry, cell) : (cell, entry)
            let moments = self.moments(
                LocatedText(text: time.key, location: time.location))
            guard let stream = stream(device.key, at: device.location) else {
                // By device it would be told again for each of its times.
                if isByTime { continue } else { break }
            }
            for moment in moments {
                for item in cell.value.items {
                    guard let value = value(item, of: stream.key.capability) else { continue }
                    readings.append(
                        Scenario.Reading(
                            at: moment, stream: stream.key, kind: stream.kind, value: value,
                            isRetained: false, delay: .zero, location: cell.location))
                }
            }
        }
        return readings
    }

    private mutating func reading(_ node: Node) -> [Scenario.Reading] {
        let what = "a reading"
        guard
            let fields = Fields(
                node, subject: what, known: Self.readingKeys, diagnostics: &diagnostics),
            let at = fields.required("at", subject: what, diagnostics: &diagnostics)
                .flatMap({ text($0, "at") }),
            let deviceNode = fields.required("device", subject: what, diagnostics: &diagnostics),
            let device = text(deviceNode, "device"),
            let valueNode = fields.required("value", subject: what, diagnostics: &diagnostics)
        else { return [] }
        let reading = fields["reading"].flatMap { text($0, "reading") }
        let name = reading.map { "\(device.text).\($0.text)" } ?? device.text
        let shown = reading ?? device
        guard let stream = stream(name, at: shown.location, length: shown.text.count) else {
            return []
        }
        let delay = fields["late"]?.timeSpan("late", diagnostics: &diagnostics) ?? .zero
        let isRetained = flag(fields, "retained", of: what) ?? false
        return moments(at).flatMap { moment in
            valueNode.items.compactMap { item in
                value(item, of: stream.key.capability).map {
                    Scenario.Reading(
                        at: moment, stream: stream.key, kind: stream.kind, value: $0,
                        isRetained: isRetained, delay: delay, location: fields.location)
                }
            }
        }
    }

    /// One moment, or many: `+0s..+10m every 30s`.
    private mutating func moments(_ given: LocatedText) -> [Instant] {
        let parts = given.text.split(separator: " every ", maxSplits: 1)
        let ends = parts.first?.firstRange(of: "..").map { range in
            [String(parts[0][..<range.lowerBound]), String(parts[0][range.upperBound...])]
        }
        guard parts.count == 2, let ends else { return moment(given, "at").map { [$0] } ?? [] }
        let moments = ends.compactMap {
            moment(LocatedText(text: $0, location: given.location), "at")
        }
        guard moments.count == 2, let step = TimeSpan(text: parts[1]), step > .zero,
            moments[0] <= moments[1],
            (moments[1] - moments[0]).milliseconds / step.milliseconds < Int64(Self.maximumCount)
        else {
            diagnostics.append(
                Diagnostic(
                    code: "bad-time",
                    "\"\(given.text.prefix(80))\" is not a row of times; write +0s..+10m every 30s",
                    at: given.location, length: max(1, min(given.text.count, 80))))
            return []
        }
        return stride(
            from: moments[0].milliseconds, through: moments[1].milliseconds,
            by: Int64.Stride(step.milliseconds)
        ).map { Instant(milliseconds: $0) }
    }

    // MARK: Devices and values

    /// The stream of `front_door`, `stove_plug.power` or `strip.switch[2]`; of `lilas/front_door` where several
    /// residences have one.
    mutating func stream(
        _ text: String, at location: SourceLocation, length: Int? = nil
    ) -> (key: StreamKey, kind: ReadingKind)? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let device = device(name, at: location) else { return nil }
        let found: DeviceCapability?
        if parts.count == 2 {
            let (reading, channel) = Self.split(channel: String(parts[1]))
            let wanted =
                Vocabulary.entry(reading)?.capability ?? Capability(rawValue: reading)
            found = device.capabilities.first {
                $0.capability == wanted && (channel.isEmpty || $0.channel == channel)
            }
        } else {
            found = Self.main(of: device)
        }
        guard let found else {
            let said = device.capabilities.map { $0.capability.rawValue }
            diagnostics.append(
                Diagnostic(
                    code: "unknown-reading",
                    parts.count == 2
                        ? "device \"\(name)\" does not say \"\(parts[1].prefix(80))\"; it says "
                            + said.prefix(12).joined(separator: ", ")
                        : "device \"\(name)\" says several things; write \(name). and one of "
                            + said.prefix(12).joined(separator: ", "),
                    at: location, length: max(1, min(length ?? text.count, 80))))
            return nil
        }
        return (
            StreamKey(device: device.id, capability: found.capability, channel: found.channel),
            found.kind
        )
    }

    /// What a device is there for: the only thing that it says, what its kind means, or the only thing that it does not
    /// say about itself.
    private static func main(of device: Device) -> DeviceCapability? {
        if device.capabilities.count == 1 { return device.capabilities[0] }
        for usual in Vocabulary.defaults(ofKind: device.kind) {
            let found = device.capabilities.filter { $0.capability == usual.capability }
            if found.count == 1 { return found[0] }
        }
        let own = device.capabilities.filter { $0.kind != .health }
        return own.count == 1 ? own[0] : nil
    }

    mutating func device(_ name: String, at location: SourceLocation) -> Device? {
        let found = setting.home.devices.filter { $0.name == name || $0.id.rawValue == name }
        if found.count == 1 { return found[0] }
        let problem =
            found.isEmpty
            ? "there is no device \"\(name.prefix(80))\""
                + suggestion(for: name, among: setting.home.devices.map(\.name))
            : "several residences have a device \"\(name.prefix(80))\"; write \(found[0].id)"
        diagnostics.append(
            Diagnostic(
                code: "unknown-device", problem, at: location,
                length: max(1, min(name.count, 80))))
        return nil
    }

    private mutating func value(_ node: Node, of capability: Capability) -> Value? {
        guard let given = text(node, "a value") else { return nil }
        if given.text == "unknown" { return .unknown }
        let entry = Vocabulary.entry(capability.rawValue)
        if let entry, let value = entry.value(given.text) { return value }
        if entry == nil {
            if let number = Double(given.text), number.isFinite { return .number(number) }
            if let flag = ["true": true, "false": false][given.text] { return .boolean(flag) }
            if !given.text.isEmpty { return .text(given.text) }
        }
        let words = entry?.words ?? []
        error(
            "unknown-value",
            "\"\(given.text.prefix(80))\" is not a value of \(entry?.names.first ?? "\(capability)")"
                + (words.isEmpty ? "; write a number" : suggestion(for: given.text, among: words)),
            at: node, length: min(given.text.count, 80))
        return nil
    }
}
