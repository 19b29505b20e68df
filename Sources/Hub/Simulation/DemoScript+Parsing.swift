import Rules

extension DemoScript {
    /// Reads a script.
    ///
    /// - Throws: `SimulationError.configuration` with everything that is wrong in it.
    public static func parse(_ text: String, file: String) throws(SimulationError) -> DemoScript {
        let root: Node
        do {
            root = try YAML.parse(text, file: file)
        } catch {
            throw .configuration([error])
        }
        var reader = DemoScriptReader()
        let script = reader.script(root)
        guard let script, reader.diagnostics.isEmpty else {
            throw .configuration(reader.diagnostics.sorted { $0.location < $1.location })
        }
        return script
    }
}

/// Reads a script's tree, and keeps everything that is wrong in it.
private struct DemoScriptReader {
    typealias Step = DemoScript.Step
    typealias Member = DemoScript.Member

    /// A day may hold as many steps and reports at most: a script is data, and must not fill the memory.
    static let maximumRepeats = 2000

    var diagnostics: [Diagnostic] = []
    var devices: [String] = []
    var routines: [String] = []

    mutating func script(_ root: Node) -> DemoScript? {
        guard
            let fields = Fields(
                root, subject: "a script",
                known: [
                    "script", "seed", "zone", "starts", "devices", "routines", "day", "curves",
                ], diagnostics: &diagnostics)
        else { return nil }
        if let node = required(fields, "script", "a script") {
            _ = node.integer("script", in: 1...1, diagnostics: &diagnostics)
        }
        let seed = fields["seed"]?.integer("seed", in: 0...Int.max, diagnostics: &diagnostics) ?? 1
        let zone = required(fields, "zone", "a script")?.text("zone", diagnostics: &diagnostics)
        let starts = fields["starts"].flatMap { timeOfDay($0, "starts") } ?? .hours(6)
        var found: [DemoScript.Device] = []
        for entry in fields["devices"]?.entries("devices", diagnostics: &diagnostics) ?? [] {
            devices.append(entry.key)
            if let device = device(entry) { found.append(device) }
        }
        let routineEntries =
            fields["routines"]?.entries("routines", diagnostics: &diagnostics) ?? []
        var routineSteps: [String: [Step]] = [:]
        for entry in routineEntries {
            // A routine knows only those above it, so that none can call itself.
            routineSteps[entry.key] = entry.value.items.flatMap { steps($0, inRoutine: true) }
            routines.append(entry.key)
        }
        let daySteps = (fields["day"]?.items ?? []).flatMap { steps($0, inRoutine: false) }
        let curves = (fields["curves"]?.items ?? []).compactMap { curve($0) }
        guard let zone else { return nil }
        return DemoScript(
            seed: UInt64(seed), zone: zone, starts: starts, devices: found,
            routines: routineSteps, steps: daySteps, curves: curves)
    }

    private mutating func device(_ entry: Node.Entry) -> DemoScript.Device? {
        guard
            let fields = Fields(
                entry.value, subject: "a device", known: ["topic", "speaks", "says", "reports"],
                diagnostics: &diagnostics)
        else { return nil }
        let topic =
            required(fields, "topic", "a device")?.text("topic", diagnostics: &diagnostics) ?? ""
        var speech = DemoScript.Speech.zigbee2mqtt
        if let node = fields["speaks"], let word = node.text("speaks", diagnostics: &diagnostics) {
            if let known = DemoScript.Speech(rawValue: word) {
                speech = known
            } else {
                problem(
                    "unknown-speech",
                    "\"\(word)\" is no way to speak"
                        + suggestion(for: word, among: DemoScript.Speech.allCases.map(\.rawValue)),
                    at: node.location)
            }
        }
        var reports: TimeSpan?
        if let node = fields["reports"] {
            reports = node.timeSpan("reports", diagnostics: &diagnostics)
            if let span = reports, span < .minutes(1) {
                problem("bad-duration", "reports: at least 1m", at: node.location)
            }
        }
        return DemoScript.Device(
            name: entry.key, topic: topic, speech: speech, first: members(fields["says"]),
            reports: reports)
    }

    /// The step, or the several ones that `every` makes of it.
    private mutating func steps(_ node: Node, inRoutine: Bool) -> [Step] {
        let time = inRoutine ? ["after"] : ["at", "every", "from", "to"]
        guard
            let fields = Fields(
                node, subject: inRoutine ? "a routine's step" : "a day's step",
                known: time + [
                    "jitter", "incident", "device", "says", "once", "availability", "falls",
                    "moves", "opens", "runs", "does", "for", "power", "idle",
                ], diagnostics: &diagnostics),
            let act = act(fields)
        else { return [] }
        let jitter = fields["jitter"]?.timeSpan("jitter", diagnostics: &diagnostics) ?? .zero
        let incident =
            fields["incident"]?.boolean("incident", diagnostics: &diagnostics) ?? false
        func step(_ at: TimeSpan) -> Step {
            Step(at: at, jitter: jitter, isIncident: incident, act: act)
        }
        if inRoutine {
            let after = fields["after"]?.timeSpan("after", diagnostics: &diagnostics) ?? .zero
            return [step(after)]
        }
        guard let node = fields["every"] else {
            guard let at = required(fields, "at", "a day's step"), let time = timeOfDay(at, "at")
            else { return [] }
            return [step(time)]
        }
        guard let every = node.timeSpan("every", diagnostics: &diagnostics),
            let from = required(fields, "from", "a step with every").flatMap({
                timeOfDay($0, "from")
            }),
            let to = required(fields, "to", "a step with every").flatMap({ timeOfDay($0, "to") })
        else { return [] }
        let end = to > from ? to : to + .hours(24)
        guard every > .zero, (end - from).milliseconds / every.milliseconds < Self.maximumRepeats
        else {
            problem(
                "bad-duration", "every: at most \(Self.maximumRepeats) times a day",
                at: node.location)
            return []
        }
        return stride(
            from: from.milliseconds, to: end.milliseconds, by: Int(every.milliseconds)
        ).map { step(TimeSpan(milliseconds: $0 % 86_400_000)) }
    }

    private mutating func act(_ fields: Fields) -> DemoScript.Act? {
        let verbs = ["device", "falls", "moves", "opens", "runs", "does"].filter {
            fields[$0] != nil
        }
        guard verbs.count == 1, let verb = verbs.first, let node = fields[verb],
            let name = node.text(verb, diagnostics: &diagnostics)
        else {
            problem(
                "bad-step",
                "a step says one of: device (with says, once or availability), falls, moves, opens, runs, does",
                at: fields.location)
            return nil
        }
        let known = verb == "does" ? routines : devices
        if !known.contains(name) {
            problem(
                "unknown-name",
                "\"\(name)\" is not declared\(verb == "does" ? " above" : "")"
                    + suggestion(for: name, among: known),
                at: node.location, length: max(1, name.count))
        }
        let span = fields["for"]?.timeSpan("for", diagnostics: &diagnostics)
        switch verb {
        case "falls": return .falls(device: name)
        case "does": return .does(routine: name)
        case "moves": return .moves(device: name, for: span ?? .minutes(2))
        case "opens": return .opens(device: name, for: span ?? .seconds(12))
        case "runs":
            let power = range(fields["power"]) ?? 20...30
            let idle = fields["idle"]?.number("idle", diagnostics: &diagnostics) ?? 0
            return .runs(device: name, for: span ?? .minutes(10), power: power, idle: idle)
        default:
            if let node = fields["availability"],
                let online = node.text("availability", diagnostics: &diagnostics)
            {
                if !["online", "offline"].contains(online) {
                    problem("bad-value", "availability is online or offline", at: node.location)
                }
                return .availability(device: name, online: online == "online")
            }
            return .says(
                device: name, kept: members(fields["says"]), once: members(fields["once"]))
        }
    }

    private mutating func curve(_ node: Node) -> DemoScript.Curve? {
        guard
            let fields = Fields(
                node, subject: "a curve",
                known: ["device", "key", "every", "low", "high", "peak", "noise", "digits"],
                diagnostics: &diagnostics),
            let device = required(fields, "device", "a curve")?
                .text("device", diagnostics: &diagnostics),
            let key = required(fields, "key", "a curve")?.text("key", diagnostics: &diagnostics),
            let everyNode = required(fields, "every", "a curve"),
            let every = everyNode.timeSpan("every", diagnostics: &diagnostics),
            let low = required(fields, "low", "a curve")?.number("low", diagnostics: &diagnostics),
            let high = required(fields, "high", "a curve")?
                .number("high", diagnostics: &diagnostics)
        else { return nil }
        if every < .minutes(1) {
            problem("bad-duration", "every: at least 1m", at: everyNode.location)
        }
        if !devices.contains(device) {
            problem(
                "unknown-name",
                "\"\(device)\" is not declared" + suggestion(for: device, among: devices),
                at: fields.location)
        }
        return DemoScript.Curve(
            device: device, key: key, every: every, low: low, high: high,
            peak: fields["peak"].flatMap { timeOfDay($0, "peak") } ?? .hours(16),
            noise: fields["noise"]?.number("noise", diagnostics: &diagnostics) ?? 0,
            digits: fields["digits"]?.integer("digits", in: 0...6, diagnostics: &diagnostics) ?? 1)
    }

    private mutating func members(_ node: Node?) -> [String: Member] {
        var result: [String: Member] = [:]
        for entry in node?.entries("says", diagnostics: &diagnostics) ?? [] {
            result[entry.key] = member(entry.value)
        }
        return result
    }

    private mutating func member(_ node: Node) -> Member? {
        switch node {
        case .scalar(let text, let quoted, _):
            if quoted { return .text(text) }
            if node.isNull { return .null }
            if text == "true" || text == "false" { return .flag(text == "true") }
            if let number = Double(text), number.isFinite { return .number(number) }
            return .text(text)
        case .mapping:
            guard
                let fields = Fields(
                    node, subject: "a value", known: ["between", "digits"],
                    diagnostics: &diagnostics),
                let range = range(fields["between"])
            else { return nil }
            let digits =
                fields["digits"]?.integer("digits", in: 0...6, diagnostics: &diagnostics) ?? 0
            return .between(range.lowerBound, range.upperBound, digits: digits)
        case .list:
            problem("bad-value", "a list is nothing that a device says", at: node.location)
            return nil
        }
    }

    private mutating func range(_ node: Node?) -> ClosedRange<Double>? {
        guard let node else { return nil }
        let bounds = node.items.compactMap { $0.number("bounds", diagnostics: &diagnostics) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else {
            problem("bad-range", "two numbers, the smaller one first", at: node.location)
            return nil
        }
        return bounds[0]...bounds[1]
    }

    private mutating func timeOfDay(_ node: Node, _ subject: String) -> TimeSpan? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        // The date does not matter: the same reader takes times of day and recordings.
        if let time = LocalTimestamp(text: "2000-01-01T\(text)"), time.offset == nil {
            return TimeSpan(milliseconds: time.milliseconds)
        }
        problem(
            "bad-time", "\(subject): \"\(text)\" is no time of day such as \"07:05\"",
            at: node.location, length: max(1, text.count))
        return nil
    }

    private mutating func required(_ fields: Fields, _ key: String, _ subject: String) -> Node? {
        fields.required(key, subject: subject, diagnostics: &diagnostics)
    }

    private mutating func problem(
        _ code: String, _ message: String, at location: SourceLocation, length: Int = 1
    ) {
        diagnostics.append(Diagnostic(code: code, message, at: location, length: length))
    }
}
