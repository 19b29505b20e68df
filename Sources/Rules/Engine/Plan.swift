/// What one node of a plan computes from its children and from the stream that it is bound to.
enum Operation: Hashable, Sendable {
    /// A signal that is never known: a selector that found no stream.
    case unknown
    /// A stream's latest value passes a test. `unknownAfter` in ms; 0: only what the device says, and its health, make
    /// it unknown; `never`: nothing does, and before the first value it is no.
    case predicate(ValueTest, unknownAfter: Int64)
    /// A device has been heard of within so many ms (0: no expectation) and, where asked, does not say that it
    /// is offline.
    case alive(silentAfter: Int64, hearsOffline: Bool)
    /// The first child, as long as one of the others (devices alive) is not known to be dead.
    case gate
    case all
    case any
    case not
    case atLeast(Int32)
    case released(after: Int64)
    /// Children: the signal, then what makes the time count anew where there is such.
    case holding(for: Int64, tolerate: Int64)
    /// Children: enter, leave.
    case dwell
    case absence(for: Int64)
    case count(Int32, within: Int64, distinct: EventField?)
    /// Children: the window, the event, then the devices (alive) that could have told of it.
    case missed
    /// A measurement's change over so many ms.
    case rate(RateLimit, over: Int64)
    case spent(moreThan: Int64, over: Int64)
    /// Children: the signal, the window.
    case spentDuring(moreThan: Int64)
    /// Children: a window that begins at each local midnight, the source, then the devices that tell of it.
    case baseline(DayMeasure)
    /// The residence is noted as away; fed by commands.
    case away
    case window(Window, locality: Int32)
    /// A live reading that passes a test; states and measurements only where the one before did not.
    case reading(ValueTest)
    case seen
    case begins
    case ends
    case anyEvent
    /// Children: the steps, then what breaks it off where there is such.
    case sequence(within: Int64, breakable: Bool, same: EventField?)
    case allOf(within: Int64)
    /// Children: the first event, the one that must not follow.
    case notFollowed(within: Int64, same: EventField?)
    /// Children: the event, the signal.
    case eventDuring
    /// An instance of a rule. Children: trigger, guard, unless, clear, episode signal, away, raises, where given,
    /// and what tells that a holding time begins to run.
    case rule(Int32)
    /// An instance of a trace. Children: what opens, what ends, signs of use, devices alive.
    case trace(Int32)

    /// `unknownAfter` of a predicate that is never unknown.
    static let never: Int64 = -1

    /// Whether its output is an instant rather than something that holds.
    var isEvent: Bool {
        switch self {
        case .reading, .seen, .begins, .ends, .anyEvent, .sequence, .allOf, .notFollowed,
            .eventDuring:
            true
        default: false
        }
    }

    /// Whether it counts time that goes on while nothing comes.
    var keepsTime: Bool {
        switch self {
        case .holding, .absence, .count, .sequence, .allOf, .notFollowed, .spent: true
        default: false
        }
    }

    /// Whether it keeps a list of times.
    var keepsList: Bool {
        switch self {
        case .count, .sequence, .allOf, .rate, .spent, .baseline: true
        case .notFollowed(_, let same): same != nil
        default: false
        }
    }
}

/// One instance of a rule: what it is about, and where its parts are in the graph.
public struct RuleInstance: Sendable {
    /// The rule's place in `Plan.rules`.
    public var rule: Int
    /// What it is about.
    public var subject: Subject
    /// Its node.
    var node: Int32
    var trigger: Int32
    var guardCondition: Int32?
    var unless: Int32?
    var clear: Int32?
    var episodeSignal: Int32?
    var away: Int32?
    var raises: [(priority: Priority, node: Int32)] = []
}

/// What a baseline compares, without its source.
struct DayMeasure: Hashable, Sendable {
    enum Metric: UInt8, Hashable, Sendable {
        case count, spent, first, last
    }

    var metric: Metric
    var days: Int
    var minimumDays: Int
    var isAbove: Bool
    /// In thousandths of a standard deviation.
    var deviations: Int64
    var daysInRow: Int
}

/// What `same:` and `distinct:` look at of a device, as stable numbers; 0 for none.
struct DeviceFields: Hashable, Sendable {
    var device: Int64 = 0
    var room: Int64 = 0
    var person: Int64 = 0
}

/// Rules over a home, compiled: a graph of conditions in which equal conditions are one node, children come
/// before parents, and every stream knows the nodes that it feeds. Immutable; the engine's state lies
/// apart.
public struct Plan: Sendable {
    /// The rules, in the order of the rule set.
    public internal(set) var rules: [Rule] = []
    /// The instances, in the order of rules and then of subjects.
    public internal(set) var instances: [RuleInstance] = []
    /// The same, as they are judged.
    var judgements: [Judgement] = []
    /// The clocks, suns and holidays that windows use.
    public internal(set) var localities: [Locality] = []
    /// The trace rules, in the order of the rule set.
    public internal(set) var traces: [TraceRule] = []
    /// The instances of traces, in the order of traces and then of subjects.
    public internal(set) var traceInstances: [TraceInstance] = []
    /// Rules and selectors that found nothing in this home, for `hubctl check`.
    public internal(set) var notes: [Diagnostic] = []

    /// Who works where and when.
    public var roster = Roster(staff: StaffPlan(), localities: [:])
    /// What of each rule decides over the life of its alerts.
    var traits: [RuleID: AlertTraits] = [:]
    /// The bridges that something for safety hangs on.
    var bridgesForSafety: Set<DeviceID> = []
    /// For each instance that tells of silence, the bridge that all its devices hang on, where it is one.
    var bridgeOfSilence: [SilenceKey: DeviceID] = [:]
    /// After how long the first rule or trace takes something that hangs on a bridge for silent.
    public internal(set) var silenceOfBridge: [DeviceID: TimeSpan] = [:]

    var operations: [Operation] = []
    /// Children of node n: `children[firstChild[n] ..< firstChild[n + 1]]`.
    var firstChild: [Int32] = [0]
    var children: [Int32] = []
    var firstParent: [Int32] = []
    var parents: [Int32] = []
    /// The nodes that a stream feeds, in order.
    var sources: [StreamKey: [Int32]] = [:]
    /// Streams that stand for all of their device and capability, whichever channel they are of.
    var ofAnyChannel: Set<StreamKey> = []

    /// The nodes that a stream feeds, in order, with those that look at whichever channel speaks.
    func nodes(fedBy key: StreamKey) -> [Int32] {
        let own = sources[key] ?? []
        guard !key.channel.isEmpty else { return own }
        let any = StreamKey(device: key.device, capability: key.capability)
        guard ofAnyChannel.contains(any), let more = sources[any] else { return own }
        return Array(Set(own + more)).sorted()
    }
    /// Where a node's list of times is, or -1.
    var listIndex: [Int32] = []
    var listCount = 0
    /// A name for each node that lasts across versions of the rule set, for checkpoints.
    var keys: [UInt64] = []
    /// Nodes that look at the time from the very start.
    var timed: [Int32] = []
    /// Nodes whose times begin anew after the hub was down, children first.
    var restartedByGap: [Int32] = []
    /// Nodes that count the time that nobody watched.
    var baselines: [Int32] = []
    /// Instances that tell of a gap of the hub.
    var toldOfGaps: [Int32] = []
    /// The nodes that tell whether a residence is away.
    var awayNodes: [ResidenceID: Int32] = [:]
    /// What `same:` and `distinct:` look at.
    var deviceFields: [DeviceID: DeviceFields] = [:]
    /// What holds where nobody was asked.
    public var consentPolicy = ConsentPolicy.optOut
    /// What readings of each device are about, by device.
    public internal(set) var consentSubjects: [ConsentSubject] = []
    /// Which nodes serve traces, which are for care; the others serve alerts.
    var isForCare: [Bool] = []
    /// The nodes that each of `consentSubjects` feeds, and those above that would take its silence for an answer.
    var sight: [Sight] = []

    /// How many conditions there are, shared ones counted once.
    public var nodeCount: Int { operations.count }

    /// A plan without rules.
    public init() {}

    func childRange(_ node: Int32) -> Range<Int> {
        Int(firstChild[Int(node)])..<Int(firstChild[Int(node) + 1])
    }

    /// What tells that a holding time under a trigger begins or ceases to run, though its own value does not
    /// change by that.
    func watched(_ trigger: Int32) -> [Int32] {
        let range = childRange(trigger)
        switch operations[Int(trigger)] {
        case .holding, .released: return [children[range.lowerBound]]
        case .notFollowed: return Array(children[range])
        case .all, .gate: return range.flatMap { watched(children[$0]) }
        default: return []
        }
    }

    func parentRange(_ node: Int32) -> Range<Int> {
        Int(firstParent[Int(node)])..<Int(firstParent[Int(node) + 1])
    }
}

/// Puts nodes into a plan, each different one once.
struct PlanBuilder {
    private struct Shape: Hashable {
        var operation: Operation
        var children: [Int32]
        var stream: StreamKey?
        var device: DeviceID?
        var residence: ResidenceID?
        var restartsOnGap = false
        var isForCare = false
    }

    private(set) var plan = Plan()
    /// While true nothing is built, and every node is 0: to ask what could be built.
    var isDry = false
    /// While true, nodes whose times begin anew after a gap are made.
    var restartsOnGap = false
    /// While true, nodes for traces are made. They are never shared with alerts: a person may agree to one only.
    var isForCare = false
    private var known: [Shape: Int32] = [:]
    private var localityIndex: [Locality: Int32] = [:]
    /// Whose reading a node looks at, where it looks at one itself.
    private(set) var deviceOfNode: [Int32: DeviceID] = [:]
    /// What readings of each device are about, by device.
    var consentSubjects: [ConsentSubject] {
        get { plan.consentSubjects }
        set { plan.consentSubjects = newValue }
    }

    /// The node that computes this; an equal one that is already there, or a new one.
    mutating func node(
        _ operation: Operation, _ children: [Int32] = [], stream: StreamKey? = nil
    ) -> Int32 {
        if isDry { return 0 }
        let restarts = restartsOnGap && operation.keepsTime
        let shape = Shape(
            operation: operation, children: children, stream: stream, device: nil,
            restartsOnGap: restarts, isForCare: isForCare)
        if let node = known[shape] { return node }
        let node = append(operation, children) { hash in
            if let stream { hash.mix(stream.description) }
            if restarts { hash.mix("restarts") }
        }
        if restarts { plan.restartedByGap.append(node) }
        if case .baseline = operation { plan.baselines.append(node) }
        if let stream {
            plan.sources[stream, default: []].append(node)
            deviceOfNode[node] = stream.device
        }
        known[shape] = node
        return node
    }

    /// The node that tells whether a device is heard of; fed by all of the device's streams.
    mutating func alive(_ device: Device) -> Int32 {
        heard(device, within: device.silentAfter?.milliseconds ?? 0, hearsOffline: true)
    }

    /// The node that tells whether a device was heard of within so many ms.
    mutating func heard(_ device: Device, within: Int64, hearsOffline: Bool) -> Int32 {
        if isDry { return 0 }
        let operation = Operation.alive(silentAfter: within, hearsOffline: hearsOffline)
        let shape = Shape(
            operation: operation, children: [], stream: nil, device: device.id,
            isForCare: isForCare)
        if let node = known[shape] { return node }
        let node = append(operation, []) { hash in hash.mix(device.id.rawValue) }
        // That its bridge is there, or is away, is no sign of its own life.
        for capability in device.capabilities where capability.capability != "bridge.online" {
            let key = StreamKey(
                device: device.id, capability: capability.capability, channel: capability.channel)
            plan.sources[key, default: []].append(node)
        }
        if let bridge = device.bridgeID, within > 0 {
            let least = plan.silenceOfBridge[bridge]?.milliseconds ?? within
            plan.silenceOfBridge[bridge] = .milliseconds(min(least, within))
        }
        known[shape] = node
        return node
    }

    /// The node that tells whether a residence is noted as away.
    mutating func away(_ residence: ResidenceID) -> Int32 {
        if isDry { return 0 }
        // Nobody's reading: alerts and traces may share it.
        if let node = plan.awayNodes[residence] { return node }
        let wasForCare = isForCare
        isForCare = false
        defer { isForCare = wasForCare }
        let node = append(.away, []) { hash in hash.mix(residence.rawValue) }
        plan.awayNodes[residence] = node
        return node
    }

    /// A rule's instance: never shared. Its `node` is put in here.
    mutating func add(_ instance: RuleInstance) {
        let rule = plan.rules[instance.rule]
        var instance = instance
        let parts = [
            instance.trigger, instance.guardCondition, instance.unless, instance.clear,
            instance.episodeSignal, instance.away,
        ].compactMap { $0 }
        let children = parts + instance.raises.map(\.node) + plan.watched(instance.trigger)
        instance.node = append(.rule(Int32(plan.instances.count)), children) { hash in
            hash.mix(rule.id.rawValue)
            hash.mix(instance.subject.description)
        }
        if rule.onGap == .alert { plan.toldOfGaps.append(Int32(plan.instances.count)) }
        plan.instances.append(instance)
        plan.judgements.append(Judgement(instance, rule, plan.operations))
    }

    /// All devices of an instance that tells of silence hang on one bridge.
    mutating func setBridge(_ bridge: DeviceID, of key: SilenceKey) {
        plan.bridgeOfSilence[key] = bridge
    }

    mutating func setFields(_ fields: DeviceFields, of device: DeviceID) {
        plan.deviceFields[device] = fields
    }

    /// A trace's instance: never shared. What it only notes at an opening is named, but is no child: it opens nothing.
    mutating func instance(_ instance: TraceInstance) {
        var instance = instance
        let trace = plan.traces[instance.trace]
        let noted = instance.attributes.flatMap(\.nodes).map { plan.keys[Int($0)] }
        instance.node = append(.trace(Int32(plan.traceInstances.count)), instance.children) {
            hash in
            hash.mix(trace.id.rawValue)
            hash.mix(instance.version)
            hash.mix(instance.subject.description)
            for key in noted { hash.mix(Int64(bitPattern: key)) }
        }
        plan.traceInstances.append(instance)
    }

    mutating func add(trace: TraceRule) -> Int {
        plan.traces.append(trace)
        return plan.traces.count - 1
    }

    mutating func add(rule: Rule) -> Int {
        plan.rules.append(rule)
        return plan.rules.count - 1
    }

    mutating func add(locality: Locality) -> Int32 {
        if let index = localityIndex[locality] { return index }
        plan.localities.append(locality)
        let index = Int32(plan.localities.count - 1)
        localityIndex[locality] = index
        return index
    }

    mutating func note(_ diagnostic: Diagnostic) { plan.notes.append(diagnostic) }

    private mutating func append(
        _ operation: Operation, _ children: [Int32], name: (inout StableHash) -> Void
    ) -> Int32 {
        let node = Int32(plan.operations.count)
        plan.operations.append(operation)
        plan.children += children
        plan.firstChild.append(Int32(plan.children.count))
        var hash = StableHash()
        operation.describe(into: &hash, localities: plan.localities)
        for child in children { hash.mix(Int64(bitPattern: plan.keys[Int(child)])) }
        name(&hash)
        if isForCare { hash.mix("care") }
        plan.keys.append(hash.value)
        plan.isForCare.append(isForCare)
        plan.listIndex.append(operation.keepsList ? Int32(plan.listCount) : -1)
        if operation.keepsList { plan.listCount += 1 }
        switch operation {
        case .window, .absence, .alive, .away, .predicate(_, unknownAfter: Operation.never):
            plan.timed.append(node)
        default: break
        }
        return node
    }

    /// The finished plan, with parents known.
    mutating func finish() -> Plan {
        let count = plan.operations.count
        var first = [Int32](repeating: 0, count: count + 1)
        for child in plan.children { first[Int(child) + 1] += 1 }
        for index in 0..<count { first[index + 1] += first[index] }
        var next = first
        var parents = [Int32](repeating: 0, count: plan.children.count)
        for node in 0..<Int32(count) {
            for index in plan.childRange(node) {
                let child = Int(plan.children[index])
                parents[Int(next[child])] = node
                next[child] += 1
            }
        }
        plan.firstParent = first
        plan.parents = parents
        for key in plan.sources.keys { plan.sources[key]?.sort() }
        plan.lookForSight()
        return plan
    }
}

extension Operation {
    /// Mixes in what tells this operation from others, the same in every version of the product that
    /// computes the same.
    func describe(into hash: inout StableHash, localities: [Locality]) {
        switch self {
        case .unknown: hash.mix("unknown")
        case .predicate(let test, let unknownAfter):
            hash.mix("predicate")
            test.describe(into: &hash)
            hash.mix(unknownAfter)
        case .alive(let silentAfter, let hearsOffline):
            hash.mix(hearsOffline ? "alive" : "heard")
            hash.mix(silentAfter)
        case .gate: hash.mix("gate")
        case .all: hash.mix("all")
        case .any: hash.mix("any")
        case .not: hash.mix("not")
        case .atLeast(let count):
            hash.mix("atLeast")
            hash.mix(Int64(count))
        case .released(let after):
            hash.mix("released")
            hash.mix(after)
        case .holding(let span, let tolerate):
            hash.mix("holding")
            hash.mix(span)
            hash.mix(tolerate)
        case .dwell: hash.mix("dwell")
        case .absence(let span):
            hash.mix("absence")
            hash.mix(span)
        case .count(let count, let within, let distinct):
            hash.mix("count")
            hash.mix(Int64(count))
            hash.mix(within)
            if let distinct { hash.mix(distinct.rawValue) }
        case .missed: hash.mix("missed")
        case .rate(let limit, let over):
            hash.mix(limit.isAbove ? "rate above" : "rate below")
            hash.mix(Int64(bitPattern: limit.amount.bitPattern))
            hash.mix(limit.per.milliseconds)
            hash.mix(over)
        case .spent(let moreThan, let over):
            hash.mix("spent")
            hash.mix(moreThan)
            hash.mix(over)
        case .spentDuring(let moreThan):
            hash.mix("spentDuring")
            hash.mix(moreThan)
        case .baseline(let measure):
            hash.mix("baseline")
            hash.mix(Int64(measure.metric.rawValue))
            for number in [measure.days, measure.minimumDays, measure.daysInRow] {
                hash.mix(Int64(number))
            }
            hash.mix(measure.isAbove ? measure.deviations : -measure.deviations)
        case .away: hash.mix("away")
        case .window(let window, let locality):
            hash.mix("window")
            window.describe(into: &hash, in: localities[Int(locality)])
        case .reading(let test):
            hash.mix("reading")
            test.describe(into: &hash)
        case .seen: hash.mix("seen")
        case .begins: hash.mix("begins")
        case .ends: hash.mix("ends")
        case .anyEvent: hash.mix("anyEvent")
        case .sequence(let within, let breakable, let same):
            hash.mix("sequence")
            hash.mix(within)
            hash.mix(Int64(breakable ? 1 : 0))
            if let same { hash.mix(same.rawValue) }
        case .allOf(let within):
            hash.mix("allOf")
            hash.mix(within)
        case .notFollowed(let within, let same):
            hash.mix("notFollowed")
            hash.mix(within)
            if let same { hash.mix(same.rawValue) }
        case .eventDuring: hash.mix("eventDuring")
        case .rule: hash.mix("rule")
        case .trace: hash.mix("trace")
        }
    }
}

extension ValueTest {
    func describe(into hash: inout StableHash) {
        switch self {
        case .any: hash.mix("any")
        case .oneOf(let values):
            hash.mix("oneOf")
            for value in values {
                switch value {
                case .unknown: hash.mix("unknown")
                case .boolean(let flag): hash.mix(flag ? "true" : "false")
                case .number(let number): hash.mix(Int64(bitPattern: number.bitPattern))
                case .text(let text):
                    hash.mix("text")
                    hash.mix(text)
                }
            }
        case .above(let limit, let clear):
            hash.mix("above")
            hash.mix(Int64(bitPattern: limit.bitPattern))
            hash.mix(Int64(bitPattern: clear.bitPattern))
        case .below(let limit, let clear):
            hash.mix("below")
            hash.mix(Int64(bitPattern: limit.bitPattern))
            hash.mix(Int64(bitPattern: clear.bitPattern))
        case .atLeast(let limit, let clear):
            hash.mix("atLeast")
            hash.mix(Int64(bitPattern: limit.bitPattern))
            hash.mix(Int64(bitPattern: clear.bitPattern))
        case .atMost(let limit, let clear):
            hash.mix("atMost")
            hash.mix(Int64(bitPattern: limit.bitPattern))
            hash.mix(Int64(bitPattern: clear.bitPattern))
        }
    }

    /// Whether a value passes, given what was so before (for hysteresis). Unknown where the value is unknown
    /// or of another type than the test's.
    func truth(of value: Value, before: Truth) -> Truth {
        switch self {
        case .any:
            return value == .unknown ? .unknown : .yes
        case .oneOf(let values):
            return value == .unknown ? .unknown : Truth(values.contains(value))
        case .above(let limit, let clear):
            guard case .number(let number) = value else { return .unknown }
            return Truth(before == .yes ? number > clear : number > limit)
        case .below(let limit, let clear):
            guard case .number(let number) = value else { return .unknown }
            return Truth(before == .yes ? number < clear : number < limit)
        case .atLeast(let limit, let clear):
            guard case .number(let number) = value else { return .unknown }
            return Truth(before == .yes ? number >= clear : number >= limit)
        case .atMost(let limit, let clear):
            guard case .number(let number) = value else { return .unknown }
            return Truth(before == .yes ? number <= clear : number <= limit)
        }
    }
}
