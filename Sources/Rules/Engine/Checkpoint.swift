/// The engine's state as bytes, so that a restart need not replay the whole journal.
///
/// Nodes are named by what they compute, not by their place in the plan, so that a checkpoint survives a changed
/// rule set: what is still computed keeps its state, what is new is warmed from the journal (`graft`).
extension Engine {
    /// Raised whenever a node's state comes to mean something else.
    public static let checkpointVersion = 7
    /// Older ones that can be read: in 5 no bridge had come back, up to 6 only the end of the latest pause was kept.
    private static let readable: ClosedRange<UInt64> = 5...7

    /// The state as bytes: the same state gives the same bytes.
    public func checkpoint() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(unsigned: UInt64(Self.checkpointVersion))
        writer.write(signed: now.milliseconds)
        writer.write(signed: sequence.rawValue)
        writer.write(unsigned: UInt64(plan.operations.count))
        for node in 0..<Int32(plan.operations.count) { write(node, to: &writer) }
        let open = alerts.sorted
        writer.write(unsigned: UInt64(open.count))
        for alert in open { alert.write(to: &writer) }
        alerts.writePutAside(to: &writer)
        writeDispatch(to: &writer)
        writer.write(unsigned: UInt64(away.count))
        for residence in away { writer.write(residence.rawValue) }
        writeTraces(to: &writer)
        writeConsent(to: &writer)
        return writer.bytes
    }

    private func write(_ node: Int32, to writer: inout ByteWriter) {
        let index = Int(node)
        let state = states[index]
        let due = timers.due(node)
        let list = plan.listIndex[index] >= 0 ? lists[Int(plan.listIndex[index])] : []
        var alert: AlertID?
        if case .rule(let number) = plan.operations[index] { alert = currentAlert[Int(number)] }
        let fields = [state.since, state.mark, state.last]
        var present = state.value.rawValue
        for (bit, field) in fields.enumerated() where field != NodeState.never {
            present |= 4 << UInt8(bit)
        }
        if state.evidence != 0 { present |= 32 }
        if due != nil { present |= 64 }
        if !list.isEmpty || alert != nil { present |= 128 }
        writer.write(fixed: plan.keys[index])
        writer.write(present)
        for field in fields where field != NodeState.never {
            writer.write(signed: field - now.milliseconds)
        }
        if state.evidence != 0 { writer.write(signed: state.evidence) }
        if let due { writer.write(signed: due.milliseconds - now.milliseconds) }
        if !list.isEmpty || alert != nil {
            writer.write(unsigned: UInt64(list.count))
            for entry in list {
                writer.write(signed: entry.time == NodeState.never ? 0 : entry.time)
                writer.write(signed: entry.place)
                writer.write(signed: entry.key)
            }
            writer.write(alert?.rawValue)
        }
    }

    /// An engine as it was at a checkpoint.
    ///
    /// - Returns: the engine, and whether it is whole: false where the plan has conditions that the checkpoint does
    ///   not know; then warm one from the journal and `graft` it.
    /// - Throws: `CheckpointError` where the bytes cannot be used.
    public static func restored(
        from bytes: [UInt8], plan: Plan
    ) throws(CheckpointError) -> (engine: Engine, isWhole: Bool) {
        var reader = ByteReader(bytes)
        let version = try reader.unsigned()
        guard readable.contains(version) else {
            throw .otherVersion(Int(clamping: version))
        }
        var engine = Engine(plan: plan)
        engine.now = Instant(milliseconds: try reader.signed())
        engine.sequence = SequenceNumber(rawValue: try reader.signed())
        var nodes: [UInt64: Int32] = [:]
        for (index, key) in plan.keys.enumerated() { nodes[key] = Int32(index) }
        var known = [Bool](repeating: false, count: plan.operations.count)
        for _ in 0..<(try reader.count()) {
            let node = nodes[try reader.fixed()]
            try engine.read(node, from: &reader)
            if let node { known[Int(node)] = true }
        }
        for _ in 0..<(try reader.count()) {
            let alert = try Alert(from: &reader)
            engine.alerts.adopt(alert)
        }
        try engine.alerts.readPutAside(from: &reader, hasBridges: version > 5)
        try engine.readDispatch(from: &reader)
        for _ in 0..<(try reader.count()) {
            engine.away.append(ResidenceID(rawValue: try reader.text()))
        }
        try engine.readTraces(nodes, from: &reader)
        try engine.readConsent(from: &reader, hasSpans: version > 6)
        engine.unknownNodes = known.indices.filter { !known[$0] }.map(Int32.init)
        return (engine, engine.unknownNodes.isEmpty)
    }

    private mutating func read(
        _ node: Int32?, from reader: inout ByteReader
    ) throws(CheckpointError) {
        let present = try reader.byte()
        var state = NodeState()
        guard let value = Truth(rawValue: present & 3) else { throw .damaged(offset: 0) }
        state.value = value
        if present & 4 != 0 { state.since = now.milliseconds &+ (try reader.signed()) }
        if present & 8 != 0 { state.mark = now.milliseconds &+ (try reader.signed()) }
        if present & 16 != 0 { state.last = now.milliseconds &+ (try reader.signed()) }
        if present & 32 != 0 { state.evidence = try reader.signed() }
        var due: Instant?
        if present & 64 != 0 {
            due = Instant(milliseconds: now.milliseconds &+ (try reader.signed()))
        }
        var list: [TimedPlace] = []
        var alert: AlertID?
        if present & 128 != 0 {
            for _ in 0..<(try reader.count()) {
                let time = try reader.signed()
                let place = try reader.signed()
                list.append(
                    TimedPlace(
                        time: time == 0 ? NodeState.never : time, place: place,
                        key: try reader.signed()))
            }
            alert = try reader.optionalText().map { AlertID(rawValue: $0) }
        }
        guard let node else { return }
        states[Int(node)] = state
        if let due { timers.set(node, due) }
        if plan.listIndex[Int(node)] >= 0 { lists[Int(plan.listIndex[Int(node)])] = list }
        if case .rule(let number) = plan.operations[Int(node)] { currentAlert[Int(number)] = alert }
    }

    /// Gives the conditions that the checkpoint did not know the state that they have in an engine with the same
    /// plan, warmed from the journal. Rules that hold already raise nothing for the past. Without a warm engine
    /// they begin now.
    public mutating func graft(from warm: Engine?) {
        guard let warm else {
            guard now != .distantPast else { return }
            begin(at: now, noticed: now, late: false, restored: true, place: sequence)
            for node in unknownNodes { start(node) }
            var ignored: Steps = []
            propagate(into: &ignored)
            unknownNodes = []
            return
        }
        for node in unknownNodes {
            let index = Int(node)
            if case .away = plan.operations[index] {
                states[index].value = isAway(node)
                states[index].since = now.milliseconds
                continue
            }
            states[index] = warm.states[index]
            if plan.listIndex[index] >= 0 {
                lists[Int(plan.listIndex[index])] = warm.lists[Int(plan.listIndex[index])]
            }
            if case .trace(let number) = plan.operations[index] {
                traces[Int(number)] = warm.traces[Int(number)]
            }
            if let due = warm.timers.due(node) { timers.set(node, due) }
        }
        unknownNodes = []
    }

    /// Makes the open alerts those that were committed. For a changed rule set: the stored alerts are the truth,
    /// and those whose rule is gone have no condition any more.
    public mutating func adopt(open stored: [Alert], into steps: inout Steps) {
        let kept = Set(stored.map(\.id))
        for alert in alerts.sorted where !kept.contains(alert.id) { alerts.drop(alert.id) }
        var instances: [String: Int] = [:]
        for (number, instance) in plan.instances.enumerated() {
            instances["\(plan.rules[instance.rule].id) \(instance.subject)"] = number
        }
        for alert in stored.sorted(by: { ($0.began, $0.id.rawValue) < ($1.began, $1.id.rawValue) })
        {
            alerts.adopt(alert)
            if let number = instances["\(alert.rule) \(alert.subject)"] {
                currentAlert[number] = alert.id
                let node = plan.instances[number].node
                if alert.response == .asked, timers.due(node) == nil {
                    // The rule changed while the person was being asked: nobody may wait for ever.
                    timers.set(node, now)
                }
                let isActive = states[Int(plan.instances[number].node)].value == .yes
                if alert.condition == .active, !isActive {
                    alerts.note(
                        .clear(endsQuestion: true), to: alert.id, at: now, noticed: now,
                        into: &steps)
                }
            } else if BuiltInRule(id: alert.rule) == nil {
                alerts.note(
                    .clear(endsQuestion: true), to: alert.id, at: now, noticed: now, into: &steps)
            }
        }
        for number in currentAlert.indices {
            if let id = currentAlert[number], !kept.contains(id) { currentAlert[number] = nil }
        }
        dispatch.reconcile(alerts, at: now)
    }
}

extension AlertBook {
    fileprivate func writePutAside(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(outOfService.count))
        for out in outOfService {
            switch out.scope {
            case .device(let device):
                writer.write(device.rawValue)
                writer.write(nil as String?)
            case .rule(let rule, let residence):
                writer.write(residence.rawValue)
                writer.write(rule.rawValue as String?)
            }
            writer.write(signed: out.since.milliseconds)
            writer.write(out.by)
            writer.write(out.reason)
        }
        writer.write(hearing[.link])
        let returned = hearing.compactMap { cause, until -> (DeviceID, Instant)? in
            guard case .bridge(let bridge) = cause else { return nil }
            return (bridge, until)
        }.sorted { $0.0 < $1.0 }
        writer.write(unsigned: UInt64(returned.count))
        for (bridge, until) in returned {
            writer.write(bridge.rawValue)
            writer.write(signed: until.milliseconds)
        }
    }

    fileprivate mutating func readPutAside(
        from reader: inout ByteReader, hasBridges: Bool
    ) throws(CheckpointError) {
        var stored: [OutOfService] = []
        for _ in 0..<(try reader.count()) {
            let name = try reader.text()
            let rule = try reader.optionalText()
            let scope: ServiceScope =
                rule.map { .rule(RuleID(rawValue: $0), ResidenceID(rawValue: name)) }
                ?? .device(DeviceID(rawValue: name))
            stored.append(
                OutOfService(
                    scope: scope, since: Instant(milliseconds: try reader.signed()),
                    by: try reader.text(), reason: try reader.text()))
        }
        var hearing: [SilenceCause: Instant] = [:]
        hearing[.link] = try reader.optionalMoment()
        for _ in 0..<(hasBridges ? try reader.count() : 0) {
            let bridge = DeviceID(rawValue: try reader.text())
            hearing[.bridge(bridge)] = Instant(milliseconds: try reader.signed())
        }
        adopt(outOfService: stored, hearing: hearing)
    }
}

extension Alert {
    func write(to writer: inout ByteWriter) {
        writer.write(id.rawValue)
        writer.write(rule.rawValue)
        writer.write(subject.residence.rawValue)
        writer.write(subject.room?.rawValue)
        writer.write(subject.person?.rawValue)
        writer.write(subject.device?.rawValue)
        writer.write(priority.rawValue)
        writer.write(condition.rawValue)
        writer.write(response.rawValue)
        writer.write(signed: began.milliseconds)
        writer.write(signed: noticed.milliseconds)
        writer.write(UInt8(late ? 1 : 0))
        writer.write(signed: Int64(count))
        writer.write(unsigned: UInt64(evidence.count))
        for place in evidence { writer.write(signed: place.rawValue) }
        writer.write(cleared)
        writer.write(acknowledged)
        writer.write(acknowledgedBy)
        writer.write(onSite)
        writer.write(onSiteBy)
        writer.write(resolved)
        writer.write(resolvedBy)
        writer.write(outcome?.name)
        writer.write(note)
        writer.write(display.rawValue)
        writer.write(displayUntil)
        writer.write(displayBy)
        writer.write(displayReason)
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let id = AlertID(rawValue: try reader.text())
        let rule = RuleID(rawValue: try reader.text())
        let subject = Subject(
            residence: ResidenceID(rawValue: try reader.text()),
            room: try reader.optionalText().map { RoomID(rawValue: $0) },
            person: try reader.optionalText().map { PersonID(rawValue: $0) },
            device: try reader.optionalText().map { DeviceID(rawValue: $0) })
        guard let priority = Priority(rawValue: try reader.byte()),
            let condition = ConditionState(rawValue: try reader.byte()),
            let response = ResponseState(rawValue: try reader.byte())
        else { throw .damaged(offset: 0) }
        self.init(
            id: id, rule: rule, subject: subject, priority: priority,
            began: Instant(milliseconds: try reader.signed()),
            noticed: Instant(milliseconds: try reader.signed()), late: try reader.byte() != 0,
            evidence: [])
        self.condition = condition
        self.response = response
        count = Int(clamping: try reader.signed())
        for _ in 0..<(try reader.count()) {
            evidence.append(SequenceNumber(rawValue: try reader.signed()))
        }
        cleared = try reader.optionalMoment()
        acknowledged = try reader.optionalMoment()
        acknowledgedBy = try reader.optionalText()
        onSite = try reader.optionalMoment()
        onSiteBy = try reader.optionalText()
        resolved = try reader.optionalMoment()
        resolvedBy = try reader.optionalText()
        outcome = try reader.optionalText().flatMap(Outcome.init(name:))
        note = try reader.optionalText()
        guard let display = DisplayState(rawValue: try reader.byte()) else {
            throw .damaged(offset: 0)
        }
        self.display = display
        displayUntil = try reader.optionalMoment()
        displayBy = try reader.optionalText()
        displayReason = try reader.optionalText()
    }
}
