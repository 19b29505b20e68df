/// What goes wrong in a case: one mapping for each, `hub_down: {from: +1m, to: +3m}`.
extension ScenarioReader {
    static let faultForms = ["hub_down", "restart", "late", "clock_off", "lost"]

    mutating func faults(_ node: Node) -> [Scenario.Fault] {
        var faults: [Scenario.Fault] = []
        for item in node.items.prefix(Self.maximumCount) {
            let entries = item.entries("a fault", diagnostics: &diagnostics)
            for entry in entries { faults += fault(entry) }
        }
        var outages: [(from: Instant, to: Instant)] = []
        for case .hubDown(let from, let to) in faults { outages.append((from, to)) }
        for (index, outage) in outages.enumerated()
        where outages[..<index].contains(where: { $0.from < outage.to && outage.from < $0.to }) {
            error("overlap", "the hub is down twice at once", at: node)
        }
        for case .restart(let at) in faults
        where outages.contains(where: { $0.from <= at && at <= $0.to }) {
            error("overlap", "the hub cannot restart while it is down", at: node)
        }
        return faults
    }

    private mutating func fault(_ entry: Node.Entry) -> [Scenario.Fault] {
        switch entry.key {
        case "restart":
            return texts(entry.value, "restart").compactMap { moment($0, "restart") }
                .map { .restart(at: $0) }
        case "hub_down":
            guard
                let fields = Fields(
                    entry.value, subject: "hub_down", known: ["from", "to"],
                    diagnostics: &diagnostics),
                let from = fields.required("from", subject: "hub_down", diagnostics: &diagnostics)
                    .flatMap({ moment($0, "from") }),
                let to = fields.required("to", subject: "hub_down", diagnostics: &diagnostics)
                    .flatMap({ moment($0, "to") })
            else { return [] }
            guard from < to else {
                error("bad-time", "\"to\" must lie after \"from\"", at: fields["to"] ?? entry.value)
                return []
            }
            return [.hubDown(from: from, to: to)]
        case "late", "clock_off", "lost":
            return ofDevices(entry)
        default:
            diagnostics.append(
                Diagnostic(
                    code: "unknown-fault",
                    "there is no fault \"\(entry.key.prefix(80))\""
                        + suggestion(for: entry.key, among: Self.faultForms),
                    at: entry.location, length: max(1, min(entry.key.count, 80))))
            return []
        }
    }

    private mutating func ofDevices(_ entry: Node.Entry) -> [Scenario.Fault] {
        let hasSpan = entry.key != "lost"
        guard
            let fields = Fields(
                entry.value, subject: entry.key,
                known: ["device", "devices", "from", "to"] + (hasSpan ? ["by"] : []),
                diagnostics: &diagnostics)
        else { return [] }
        let names = texts(fields["device"], "device") + texts(fields["devices"], "devices")
        let devices = Scenario.Devices(
            ids: names.compactMap { device($0.text, at: $0.location)?.id },
            from: fields["from"].flatMap { moment($0, "from") } ?? start,
            to: fields["to"].flatMap { moment($0, "to") } ?? .distantFuture)
        guard hasSpan else { return [.lost(devices)] }
        guard let node = fields.required("by", subject: entry.key, diagnostics: &diagnostics),
            let by = span(node)
        else { return [] }
        if entry.key == "late" {
            guard by >= .zero else {
                error("bad-duration", "what is late cannot come before it was said", at: node)
                return []
            }
            return [.late(devices, by: by)]
        }
        for id in devices.ids where setting.clocks[id]?.isOwn != true {
            error(
                "no-clock",
                "device \"\(id)\" has no clock of its own, so it cannot be off; give it clock: own",
                at: entry.value)
        }
        return [.clockOff(devices, by: by)]
    }

    /// `5m`, `+5m` or `-5m`.
    private mutating func span(_ node: Node) -> TimeSpan? {
        guard let given = text(node, "by") else { return nil }
        let sign = given.text.first
        let size = sign == "-" || sign == "+" ? given.text.dropFirst() : given.text[...]
        if let span = TimeSpan(text: size) {
            return sign == "-" ? .zero - span : span
        }
        error(
            "bad-duration",
            "by: \"\(given.text.prefix(80))\" is not a duration; write 5m, or -5m for behind",
            at: node, length: min(given.text.count, 80))
        return nil
    }
}
