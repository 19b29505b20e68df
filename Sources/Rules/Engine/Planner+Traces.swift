/// Compiles traces: each becomes one instance for each residence, room, person or device that has what opens an
/// episode and at least one of what ends it.
extension Planner {
    mutating func add(_ trace: TraceRule) {
        builder.isForCare = true
        defer { builder.isForCare = false }
        let index = builder.add(trace: trace)
        let version = trace.version
        var made = 0
        for subject in subjects(trace.scope) {
            // A dry run first: a trace that cannot be had here must leave no nodes behind.
            builder.isDry = true
            let possible = instance(trace, at: index, version, for: subject) != nil
            builder.isDry = false
            guard possible, let instance = instance(trace, at: index, version, for: subject) else {
                continue
            }
            builder.instance(instance)
            made += 1
        }
        guard made == 0 else { return }
        builder.note(
            Diagnostic(
                .warning, code: "trace-without-instance",
                "trace \"\(trace.id)\" fits no \(trace.scope.rawValue) of this home: "
                    + "no place has the devices that it needs",
                at: trace.location))
    }

    private mutating func instance(
        _ trace: TraceRule, at index: Int, _ version: String, for subject: Subject
    ) -> TraceInstance? {
        guard let from = event(trace.from, for: subject) else { return nil }
        var ends: [Int32] = []
        var signs: [Int32] = []
        var quiet: [Int64] = []
        for end in trace.until {
            switch end {
            case .event(let expression):
                if let node = event(expression, for: subject) { ends.append(node) }
            case .signal(let expression):
                if let node = signal(expression, for: subject) { ends.append(node) }
            case .quiet(let expression, let span):
                guard let node = event(expression, for: subject) else { continue }
                signs.append(node)
                quiet.append(span.milliseconds)
            }
        }
        guard !ends.isEmpty || !signs.isEmpty else { return nil }
        let witnesses = witnesses(of: ends + signs, in: subject.residence)
        return TraceInstance(
            trace: index, subject: subject, version: version, from: from, ends: ends,
            signs: signs, whole: trace.whole.flatMap { signal($0, for: subject) },
            alive: witnesses.alive, canGoBlind: witnesses.canGoBlind,
            timing: EpisodeMachine.Timing(
                quiet: quiet, mergeGap: trace.mergeGap.milliseconds),
            attributes: trace.attributes.map { noted($0.source, for: subject) })
    }

    /// The devices that could tell an episode's end. Nobody is left to tell it once all of them are dead; that
    /// cannot be known where one of them is not watched, or where time alone can end it.
    private mutating func witnesses(
        of nodes: [Int32], in residence: ResidenceID
    ) -> (alive: [Int32], canGoBlind: Bool) {
        guard !builder.isDry else { return ([], false) }
        var devices: Set<DeviceID> = []
        var canGoBlind = true
        for node in nodes {
            let found = self.devices(under: node)
            if found.isEmpty { canGoBlind = false }
            devices.formUnion(found)
        }
        var alive: [Int32] = []
        for device in devicesByResidence[residence] ?? [] where devices.contains(device.id) {
            alive.append(builder.alive(device))
            let isWatched =
                device.silentAfter != nil
                || device.capabilities.contains { $0.capability == Self.online }
            if !isWatched { canGoBlind = false }
        }
        return (alive, canGoBlind && !alive.isEmpty)
    }

    private func devices(under node: Int32) -> Set<DeviceID> {
        var found: Set<DeviceID> = []
        var seen: Set<Int32> = []
        var rest = [node]
        while let next = rest.popLast() {
            guard seen.insert(next).inserted else { continue }
            if let device = builder.deviceOfNode[next] { found.insert(device) }
            rest += builder.plan.childRange(next).map { builder.plan.children[$0] }
        }
        return found
    }

    private mutating func noted(
        _ attribute: TraceRule.Attribute, for subject: Subject
    ) -> NotedAttribute {
        switch attribute {
        case .value: .value
        case .text(let text): .text(text)
        case .signal(let expression):
            // Of the room, person or device where it has what the signal looks at, else of the whole residence.
            (signal(expression, for: subject)
                ?? signal(expression, for: Subject(residence: subject.residence)))
                .map { .signal($0) } ?? .missing
        case .lastRoom: .lastRoom(roomSigns(in: subject.residence))
        }
    }

    /// What tells that somebody is in a room: movement, presence, a bed, a contact that opens or shuts.
    private mutating func roomSigns(
        in residence: ResidenceID
    ) -> [(room: RoomID, node: Int32)] {
        var signs: [(room: RoomID, node: Int32)] = []
        for device in devicesByResidence[residence] ?? [] {
            guard let room = device.room else { continue }
            for capability in device.capabilities {
                let values: [Value] =
                    switch capability.capability.rawValue {
                    case "presence.motion", "presence.occupied", "bed.occupied": [.boolean(true)]
                    case "contact.open": [.boolean(true), .boolean(false)]
                    default: []
                    }
                let key = StreamKey(
                    device: device.id, capability: capability.capability,
                    channel: capability.channel)
                for value in values {
                    signs.append((room, builder.node(.reading(.oneOf([value])), stream: key)))
                }
            }
        }
        return signs
    }
}
