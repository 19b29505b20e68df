/// Compiles rules over a home: each rule becomes one instance for each residence, room, person or device
/// that has what its conditions need.
public struct Planner {
    let home: Home
    private let localities: [ResidenceID: Locality]
    var builder = PlanBuilder()
    let devicesByResidence: [ResidenceID: [Device]]
    private let roomsByID: [RoomID: Room]

    /// Compiles a rule set.
    ///
    /// - Parameters:
    ///   - zones: the offsets of each residence's zone, by IANA name; UTC is taken for a zone that is missing.
    ///   - staff: who is told of alerts.
    /// - Returns: a plan whose `notes` name the rules that fit nothing in this home.
    public static func plan(
        _ ruleSet: RuleSet, home: Home, zones: [String: ZoneOffsets],
        staff: StaffPlan = StaffPlan(), consent: ConsentPolicy = .optOut
    ) -> Plan {
        var planner = Planner(home: home, zones: zones)
        planner.noteFields()
        planner.builder.consentSubjects = home.consentSubjects(zones: zones)
        for rule in ruleSet.rules { planner.add(rule) }
        for trace in ruleSet.traces { planner.add(trace) }
        var plan = planner.builder.finish()
        plan.consentPolicy = consent
        let kinds = Dictionary(grouping: home.devices, by: \.name).mapValues { $0.map(\.kind) }
        for rule in ruleSet.rules { plan.traits[rule.id] = AlertTraits(rule, kinds: kinds) }
        for device in home.devices {
            for capability in device.capabilities where capability.isOfAnyChannel {
                plan.ofAnyChannel.insert(
                    StreamKey(device: device.id, capability: capability.capability))
            }
        }
        plan.bridgesForSafety = Set(
            home.devices.filter(\.isForSafety).compactMap(\.bridgeID))
        plan.roster = Roster(staff: staff, localities: planner.localities)
        return plan
    }

    private init(home: Home, zones: [String: ZoneOffsets]) {
        self.home = home
        localities = Dictionary(
            home.residences.map { ($0.id, home.locality(of: $0, zones: zones)) },
            uniquingKeysWith: { first, _ in first })
        devicesByResidence = Dictionary(grouping: home.devices, by: \.residence)
        var rooms: [RoomID: Room] = [:]
        for residence in home.residences {
            for room in residence.rooms { rooms[room.id] = room }
        }
        roomsByID = rooms
    }

    private mutating func noteFields() {
        func number(_ text: String?) -> Int64 {
            guard let text else { return 0 }
            var hash = StableHash()
            hash.mix(text)
            return Int64(bitPattern: hash.value)
        }
        for device in home.devices {
            let person = device.person ?? device.room.flatMap { roomsByID[$0]?.person }
            builder.setFields(
                DeviceFields(
                    device: number(device.id.rawValue), room: number(device.room?.rawValue),
                    person: number(person?.rawValue)),
                of: device.id)
        }
    }

    private mutating func add(_ rule: Rule) {
        let index = builder.add(rule: rule)
        var made = 0
        for subject in subjects(rule.scope) where instantiate(rule, at: index, for: subject) {
            made += 1
        }
        if made == 0 {
            builder.note(
                Diagnostic(
                    .warning, code: "rule-without-instance",
                    "rule \"\(rule.id)\" fits no \(rule.scope.rawValue) of this home: "
                        + "no place has all the devices that it needs",
                    at: rule.location))
        }
    }

    func subjects(_ scope: Rule.Scope) -> [Subject] {
        home.residences.flatMap { residence -> [Subject] in
            switch scope {
            case .residence: [Subject(residence: residence.id)]
            case .room:
                residence.rooms.map { Subject(residence: residence.id, room: $0.id) }
            case .person:
                residence.people.map { Subject(residence: residence.id, person: $0) }
            case .device:
                (devicesByResidence[residence.id] ?? []).map {
                    Subject(
                        residence: residence.id, room: $0.room, person: $0.person, device: $0.id)
                }
            }
        }
    }

    private mutating func instantiate(_ rule: Rule, at index: Int, for subject: Subject) -> Bool {
        builder.restartsOnGap = rule.onGap == .restart
        defer { builder.restartsOnGap = false }
        // A dry run first: a rule that cannot be had here must leave no nodes behind.
        builder.isDry = true
        let possible = required(rule, for: subject) != nil
        builder.isDry = false
        guard possible, let (trigger, guardNode) = required(rule, for: subject) else {
            return false
        }
        let unless = rule.unless.flatMap { signal($0, for: subject) }
        let clear: Int32? =
            switch rule.clear {
            case .event(let event): self.event(event, for: subject)
            case .signal(let signal): self.signal(signal, for: subject)
            case nil: nil
            }
        var episode: Int32?
        if case .signal(let expression) = rule.episode {
            episode = signal(expression, for: subject)
        }
        if rule.unless != nil, unless == nil { noteUnless(of: rule, for: subject) }
        if let given = rule.clear, clear == nil {
            noteClear(given, of: rule, for: subject)
        }
        let raises = rule.raises.compactMap { raise in
            signal(raise.condition, for: subject).map { (raise.priority, $0) }
        }
        builder.add(
            RuleInstance(
                rule: index, subject: subject, node: 0, trigger: trigger,
                guardCondition: guardNode, unless: unless, clear: clear, episodeSignal: episode,
                away: rule.whileAway == .run ? nil : builder.away(subject.residence),
                raises: raises))
        noteBridge(of: rule, for: subject)
        return true
    }

    private mutating func noteBridge(of rule: Rule, for subject: Subject) {
        guard case .signal(let signal) = rule.trigger, signal.isSilence else { return }
        let bridges = Set(
            signal.silenceSelectors.flatMap { devices($0, for: subject) }.map(\.bridgeID))
        guard bridges.count == 1, case let bridge?? = bridges.first else { return }
        builder.setBridge(bridge, of: SilenceKey(rule: rule.id, subject: subject))
    }

    /// An excuse that nothing here can tell of never excuses.
    private mutating func noteUnless(of rule: Rule, for subject: Subject) {
        builder.note(
            Diagnostic(
                .warning, code: "unless-never-holds",
                "rule \"\(rule.id)\", unless: \(subject) has no device that could tell of it, so it is not looked at"
                    + (rule.scope == .residence
                        ? "" : "; write \"rooms: all\" for the whole residence's devices"),
                at: rule.location))
    }

    /// An alert whose end nothing here can tell would stay for ever.
    private mutating func noteClear(_ clear: Rule.Trigger, of rule: Rule, for subject: Subject) {
        builder.note(
            Diagnostic(
                .warning, code: "clear-never-happens",
                "rule \"\(rule.id)\", clear: \(subject) has no device that could tell of it, so its alerts "
                    + "end only when somebody says so",
                at: rule.location))
    }

    /// The nodes that an instance cannot do without; nil where this home lacks what they need.
    private mutating func required(
        _ rule: Rule, for subject: Subject
    ) -> (trigger: Int32, guardCondition: Int32?)? {
        guard let trigger = trigger(rule, for: subject) else { return nil }
        guard let condition = rule.guardCondition, case .signal = rule.trigger else {
            return (trigger, nil)
        }
        guard let node = signal(condition, for: subject) else { return nil }
        return (trigger, node)
    }

    /// The trigger's node. A guard over an event acts at the moment of its first event, so it is moved in
    /// there.
    private mutating func trigger(_ rule: Rule, for subject: Subject) -> Int32? {
        switch rule.trigger {
        case .signal(let expression): return signal(expression, for: subject)
        case .event(let expression):
            guard let condition = rule.guardCondition else {
                return event(expression, for: subject)
            }
            return event(expression.guarded(by: condition), for: subject)
        }
    }

    // MARK: Signals

    /// The node of a signal; nil where this home lacks what it needs.
    mutating func signal(
        _ expression: SignalExpression, for subject: Subject
    ) -> Int32? {
        switch expression {
        case .predicate(let selector, let test, let unknownAfter):
            return predicate(selector, test, unknownAfter: unknownAfter, for: subject)
        case .released(let inner, let after):
            return signal(inner, for: subject).map {
                builder.node(.released(after: after.milliseconds), [$0])
            }
        case .all(let parts):
            guard let nodes = every(parts, for: subject) else { return nil }
            return builder.node(.all, nodes)
        case .any(let parts):
            let nodes = parts.compactMap { signal($0, for: subject) }
            return nodes.isEmpty ? nil : builder.node(.any, nodes)
        case .not(let inner):
            return signal(inner, for: subject).map { builder.node(.not, [$0]) }
        case .atLeast(let count, let parts):
            let nodes = parts.compactMap { signal($0, for: subject) }
            return nodes.count < count ? nil : builder.node(.atLeast(Int32(count)), nodes)
        case .holding(let inner, let span, let tolerate, let extendOn):
            guard let node = signal(inner, for: subject) else { return nil }
            let extend = extendOn.flatMap { event($0, for: subject) }
            return builder.node(
                .holding(for: span.milliseconds, tolerate: tolerate.milliseconds),
                [node] + (extend.map { [$0] } ?? []))
        case .dwell(let enter, let leave):
            guard let enter = event(enter, for: subject), let leave = event(leave, for: subject)
            else { return nil }
            return builder.node(.dwell, [enter, leave])
        case .absence(let of, let span):
            guard let node = event(of, for: subject) else { return nil }
            let absence = builder.node(.absence(for: span.milliseconds), [node])
            let alive = alive(devicesOf: of, for: subject)
            return alive.isEmpty ? absence : builder.node(.gate, [absence] + alive)
        case .count(let inner, let atLeast, let within, let distinct):
            return event(inner, for: subject).map {
                builder.node(
                    .count(Int32(atLeast), within: within.milliseconds, distinct: distinct), [$0])
            }
        case .during(let window):
            return self.window(window, for: subject)
        case .missed(let inner, let window):
            return event(inner, for: subject).map {
                builder.node(
                    .missed,
                    [self.window(window, for: subject), $0] + alive(devicesOf: inner, for: subject))
            }
        case .rate(let selector, let limit, let over):
            return anyOf(
                signals: streams(selector, for: subject).map { _, key in
                    builder.node(.rate(limit, over: over.milliseconds), stream: key)
                })
        case .spent(let inner, let moreThan, let accumulation):
            return signal(inner, for: subject).map {
                switch accumulation {
                case .over(let over):
                    builder.node(
                        .spent(moreThan: moreThan.milliseconds, over: over.milliseconds), [$0])
                case .during(let window):
                    builder.node(
                        .spentDuring(moreThan: moreThan.milliseconds),
                        [$0, self.window(window, for: subject)])
                }
            }
        case .baseline(let baseline):
            return self.baseline(baseline, for: subject)
        case .silent(let selector, let span):
            return anyOf(
                signals: devices(selector, for: subject).map { device in
                    builder.node(
                        .not,
                        [
                            builder.heard(
                                device, within: span.milliseconds, hearsOffline: false)
                        ])
                })
        case .away:
            return builder.away(subject.residence)
        }
    }

    private mutating func anyOf(signals nodes: [Int32]) -> Int32? {
        nodes.count <= 1 ? nodes.first : builder.node(.any, nodes)
    }

    private mutating func window(_ window: Window, for subject: Subject) -> Int32 {
        let locality = localities[subject.residence] ?? Locality(zone: .utc)
        if window.needsSun, locality.position == nil { return builder.node(.unknown) }
        let index = builder.add(locality: locality.reduced(to: window))
        return builder.node(.window(window, locality: index))
    }

    private mutating func baseline(_ baseline: Baseline, for subject: Subject) -> Int32? {
        let source: Int32?
        var alive: [Int32] = []
        let metric: DayMeasure.Metric
        switch baseline.metric {
        case .count(let inner), .first(let inner), .last(let inner):
            source = event(inner, for: subject)
            alive = self.alive(devicesOf: inner, for: subject)
            metric =
                switch baseline.metric {
                case .first: .first
                case .last: .last
                default: .count
                }
        case .spent(let inner):
            source = signal(inner, for: subject)
            metric = .spent
        }
        guard let source else { return nil }
        // Its beginning tells the day's.
        let day = window(Window(from: 0, to: 1), for: subject)
        let measure = DayMeasure(
            metric: metric, days: baseline.days, minimumDays: baseline.minimumDays,
            isAbove: baseline.isAbove, deviations: baseline.deviations,
            daysInRow: baseline.daysInRow)
        return builder.node(.baseline(measure), [day, source] + alive)
    }

    private mutating func every(
        _ parts: [SignalExpression], for subject: Subject
    ) -> [Int32]? {
        var nodes: [Int32] = []
        for part in parts {
            guard let node = signal(part, for: subject) else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    private mutating func predicate(
        _ selector: StreamSelector, _ test: ValueTest, unknownAfter: TimeSpan?,
        for subject: Subject
    ) -> Int32? {
        let isNeverUnknown = unknownAfter == SignalExpression.never
        let nodes = streams(selector, for: subject).map { device, key in
            let operation = Operation.predicate(
                test,
                unknownAfter: isNeverUnknown
                    ? Operation.never : unknownAfter?.milliseconds ?? 0)
            let predicate = builder.node(operation, stream: key)
            // What a device says about itself stays known when the device falls silent.
            let watched =
                !isNeverUnknown
                && (device.silentAfter != nil
                    || device.capabilities.contains { $0.capability == Self.online })
            return watched && !key.capability.rawValue.hasPrefix("device.")
                ? builder.node(.gate, [predicate, builder.alive(device)]) : predicate
        }
        return anyOf(signals: nodes)
    }

    static let online = Capability(rawValue: "device.online")

    /// What tells whether the devices of an event live: an absence says nothing while every device that could
    /// have broken it is dead. Empty where one of them has no expectation, or where the rule asks for any
    /// sign of life (`seen`), for then the silence itself is the point.
    private mutating func alive(
        devicesOf event: EventExpression, for subject: Subject
    ) -> [Int32] {
        var devices: [Device] = []
        for selector in event.readingSelectors {
            for (device, _) in streams(selector, for: subject)
            where !devices.contains(where: { $0.id == device.id }) {
                devices.append(device)
            }
        }
        let watched = devices.filter { device in
            device.silentAfter != nil
                || device.capabilities.contains { $0.capability == Self.online }
        }
        guard !devices.isEmpty, watched.count == devices.count else { return [] }
        return watched.map { builder.alive($0) }
    }

    // MARK: Events

    mutating func event(
        _ expression: EventExpression, for subject: Subject
    ) -> Int32? {
        switch expression {
        case .reading(let selector, let test):
            return anyOf(
                streams(selector, for: subject).map { builder.node(.reading(test), stream: $0.1) })
        case .seen(let selector):
            return anyOf(
                streams(selector, for: subject).map { builder.node(.seen, stream: $0.1) })
        case .begins(let inner):
            return signal(inner, for: subject).map { builder.node(.begins, [$0]) }
        case .ends(let inner):
            return signal(inner, for: subject).map { builder.node(.ends, [$0]) }
        case .any(let events):
            return anyOf(events.compactMap { event($0, for: subject) })
        case .sequence(let steps, let within, let until, let same):
            guard let nodes = every(steps, for: subject) else { return nil }
            let stop = until.flatMap { event($0, for: subject) }
            return builder.node(
                .sequence(within: within.milliseconds, breakable: stop != nil, same: same),
                nodes + (stop.map { [$0] } ?? []))
        case .allOf(let events, let within):
            guard let nodes = every(events, for: subject) else { return nil }
            return builder.node(.allOf(within: within.milliseconds), nodes)
        case .notFollowed(let after, let no, let within, let same):
            guard let first = event(after, for: subject), let second = event(no, for: subject)
            else { return nil }
            return builder.node(
                .notFollowed(within: within.milliseconds, same: same), [first, second])
        case .during(let inner, let condition):
            guard let event = event(inner, for: subject),
                let signal = signal(condition, for: subject)
            else { return nil }
            return builder.node(.eventDuring, [event, signal])
        }
    }

    private mutating func anyOf(_ nodes: [Int32]) -> Int32? {
        nodes.count <= 1 ? nodes.first : builder.node(.anyEvent, nodes)
    }

    private mutating func every(
        _ events: [EventExpression], for subject: Subject
    ) -> [Int32]? {
        var nodes: [Int32] = []
        for part in events {
            guard let node = event(part, for: subject) else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    // MARK: Streams

    /// The streams that a selector means within an instance, in the order of devices.yaml.
    private func streams(
        _ selector: StreamSelector, for subject: Subject
    ) -> [(Device, StreamKey)] {
        devices(selector, for: subject).flatMap { device in
            device.capabilities.filter {
                $0.capability == selector.capability
                    && (selector.channel == nil || selector.channel == $0.channel
                        || $0.isOfAnyChannel)
            }.map {
                // Of channels that only messages tell, the one that is named, or whichever speaks.
                let channel = $0.isOfAnyChannel ? selector.channel ?? "" : $0.channel
                return (
                    device,
                    StreamKey(device: device.id, capability: $0.capability, channel: channel)
                )
            }
        }
    }

    private func devices(_ selector: StreamSelector, for subject: Subject) -> [Device] {
        (devicesByResidence[subject.residence] ?? []).filter { fits($0, selector, subject) }
    }

    private func fits(_ device: Device, _ selector: StreamSelector, _ subject: Subject) -> Bool {
        if !selector.names.isEmpty, !selector.names.contains(device.name) { return false }
        if !selector.kinds.isEmpty, !selector.kinds.contains(device.kind) { return false }
        if !selector.labels.allSatisfy(device.labels.contains) { return false }
        if !selector.rooms.isEmpty {
            guard let id = device.room, let room = roomsByID[id] else { return false }
            let name = id.rawValue.split(separator: "/").last.map(String.init) ?? id.rawValue
            guard selector.rooms.contains(name) || selector.rooms.contains(room.kind) else {
                return false
            }
        }
        if selector.anywhere { return true }
        if let wanted = subject.device { return device.id == wanted }
        if let room = subject.room { return device.room == room }
        if let person = subject.person {
            return device.person == person
                || (device.person == nil && device.room.flatMap { roomsByID[$0]?.person } == person)
        }
        return true
    }
}
