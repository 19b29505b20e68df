import HeapModule

/// The rule engine: a pure function of the journal.
///
/// Give it the journal's entries in order and it gives the steps of alerts. Its clock is the entries' `received`
/// time and nothing else: before it takes in an entry received at *t* it fires every timer due at or before *t*,
/// each at its own due time. So any split into batches, any restart from a checkpoint and a replay give the same
/// steps, to the byte.
///
/// The cost of an entry grows with the conditions on its stream, not with the number of rules. A value: copy it to
/// try something out.
public struct Engine: Sendable {
    /// The compiled rules.
    public let plan: Plan
    /// The alerts that are open.
    public internal(set) var alerts = AlertBook()
    /// Who is told of them, and when.
    var dispatch = Dispatch()
    /// How many of the steps of this call the dispatch has seen.
    private var seen = 0
    /// Up to where time was taken: the latest `received`, or the latest tick. `.distantPast` before the first.
    public internal(set) var now = Instant.distantPast
    /// The latest entry taken in; 0 before the first.
    public internal(set) var sequence = SequenceNumber(rawValue: 0)

    var states: [NodeState]
    var lists: [[TimedPlace]]
    var timers: TimerQueue
    /// The alert of each instance's current episode.
    var currentAlert: [AlertID?]
    /// The residences that are noted as away, sorted.
    public internal(set) var away: [ResidenceID] = []
    /// What people said about what may be recorded of them.
    public internal(set) var consent = ConsentBook()
    /// What follows from it, by `Plan.consentSubjects`.
    var permits: [Permit]
    /// How many devices are out of sight under each node.
    var blinded: [Int32]
    /// When what is permitted may change by time alone.
    var consentDue = Instant.distantFuture
    /// Since when what is permitted is as it is.
    var permitsSince = Instant.distantPast
    /// The place of a stream's device in `Plan.consentSubjects`, or -1.
    private var subjectOfStream: [Int32] = []
    /// The place of a device in `Plan.consentSubjects`.
    private(set) var subjectIndex: [DeviceID: Int32] = [:]

    /// What the conditions of rules went through, where it was asked for with `recordConditions`.
    public internal(set) var conditions: [ConditionTransition] = []
    var recordsConditions = false
    /// What `same:` and `distinct:` look at, by stream.
    var streamFields: [DeviceFields] = []
    /// Which nodes a stream feeds; from the plan, by number.
    private var feeds: [[Int32]] = []
    private var listening: Listening?
    private var isOnline: [Bool] = []

    /// The episodes on their way, by instance.
    var traces: [TraceState]
    /// Episodes that began or became final since they were last taken; see `takeEpisodes`.
    var episodeSteps: [Episode] = []

    /// Conditions that a restored checkpoint did not know; see `graft`.
    var unknownNodes: [Int32] = []

    // Of the step that runs.
    var step = StepContext()
    var stamps: [UInt32]
    var stamp: UInt32 = 0
    var queue = Heap<Int32>()
    var queuedStamps: [UInt32]
    var timerStamps: [UInt32]
    /// What completed a sequence in this step, by node.
    var completedParts: [Int32: [Int64]] = [:]
    /// Events that had happened unseen, as a restored state in this step says.
    var learned: [Int32] = []

    /// An engine at the beginning of a journal.
    public init(plan: Plan) {
        self.plan = plan
        let count = plan.operations.count
        states = [NodeState](repeating: NodeState(), count: count)
        lists = [[TimedPlace]](repeating: [], count: plan.listCount)
        timers = TimerQueue(nodes: count)
        currentAlert = [AlertID?](repeating: nil, count: plan.instances.count)
        alerts = AlertBook(traits: plan.traits, bridges: plan.bridgeOfSilence)
        dispatch = Dispatch(
            roster: plan.roster,
            chains: Dictionary(
                plan.rules.compactMap { rule in rule.chain.map { (rule.id, $0) } },
                uniquingKeysWith: { first, _ in first }))
        permits = [Permit](repeating: Permit(), count: plan.consentSubjects.count)
        blinded = [Int32](repeating: 0, count: count)
        for (index, subject) in plan.consentSubjects.enumerated() {
            subjectIndex[subject.subject.device] = Int32(index)
        }
        traces = [TraceState](repeating: TraceState(), count: plan.traceInstances.count)
        stamps = [UInt32](repeating: 0, count: count)
        queuedStamps = stamps
        timerStamps = stamps
    }

    /// Makes a stream's number known. Must come before the stream's first event; again does no harm.
    public mutating func declare(_ stream: StreamID, _ key: StreamKey) {
        let index = Int(stream.rawValue)
        guard index >= 0 else { return }
        while feeds.count <= index {
            feeds.append([])
            isOnline.append(false)
            subjectOfStream.append(-1)
            streamFields.append(DeviceFields())
        }
        streamFields[index] = plan.deviceFields[key.device] ?? DeviceFields()
        feeds[index] = plan.nodes(fedBy: key)
        isOnline[index] = key.capability == Planner.online
        subjectOfStream[index] = subjectIndex[key.device] ?? -1
    }

    /// Whether any condition looks at a stream.
    public func uses(_ stream: StreamID) -> Bool {
        let index = Int(stream.rawValue)
        return index >= 0 && index < feeds.count && !feeds[index].isEmpty
    }

    /// When the next timer is due; nil where none runs. Before the first entry nothing is due.
    public mutating func nextDue() -> Instant? {
        var due = listening?.until ?? timers.next()?.due ?? .distantFuture
        if let next = alerts.nextDue { due = min(due, next) }
        if let next = dispatch.nextDue { due = min(due, next) }
        due = min(due, consentDue)
        return due == .distantFuture ? nil : due
    }

    /// Takes what is to be told to people since this was last asked, in order.
    public mutating func takeNotices() -> [Notice] { dispatch.takeNotices() }

    /// Takes the handovers that began or were accepted since this was last asked, in order.
    public mutating func takeHandovers() -> [Handover] { dispatch.takeHandovers() }

    /// Takes the next steps of chains that changed since this was last asked.
    public mutating func takeNextSteps() -> [NextStep] {
        dispatch.takeEscalations().map { NextStep($0.alert, $0.next) }
    }

    /// The handovers that wait to be accepted, oldest first.
    public var waitingHandovers: [Handover] { dispatch.handovers }

    /// Takes in one event.
    public mutating func take(_ event: Event, into steps: inout Steps) {
        seen = steps.count
        time(to: event.received, into: &steps)
        sequence = event.sequence
        let index = Int(event.stream.rawValue)
        if index >= 0, index < feeds.count, !feeds[index].isEmpty {
            if listening != nil {
                fireBehind(feeds[index], until: event.effective, at: event.received, into: &steps)
            }
            begin(
                at: event.effective, noticed: event.received,
                late: event.freshness == .late, restored: event.freshness == .restored,
                place: event.sequence)
            step.stream = index
            step.valueKey = event.value.key
            step.value = event.value
            let subject = Int(subjectOfStream[index])
            let permit = subject < 0 ? Permit() : permit(of: subject, happened: event.effective)
            for node in feeds[index] where permit.allows(plan.isForCare[Int(node)]) {
                feed(node, event, isOnline: isOnline[index])
            }
            propagate(into: &steps)
        }
        showSteps(steps)
        // A timer that this event set in the past (the device's own time lies back) is due already.
        if listening == nil { fireTimers(until: now, noticed: now, into: &steps) }
    }

    /// Takes in one command.
    public mutating func take(_ entry: CommandEntry, into steps: inout Steps) {
        seen = steps.count
        if case .gap(let from, let to, let listens) = entry.command {
            // Up to the gap the hub was there: what fell due then was noticed in time.
            time(to: min(from, entry.received), into: &steps)
            interruptTraces(.hubDown, from: from, to: to, at: entry)
            restartTimes(at: min(to, entry.received))
            let end = min(to, entry.received)
            if let listens, listens > entry.received {
                listening = Listening(dueUntil: end, since: entry.received, until: listens)
            } else {
                // What fell due while the hub was down is noticed now, and late.
                listening = nil
                fireTimers(until: end, noticed: entry.received, into: &steps)
            }
        }
        time(to: entry.received, into: &steps)
        sequence = entry.sequence
        switch entry.command {
        case .acknowledge, .arrive, .resolve, .shelve, .unshelve, .answer:
            guard let (id, input) = AlertBook.input(entry.command) else { break }
            alerts.note(
                input, to: id, at: entry.received, noticed: entry.received, into: &steps)
        case .service(let scope, let isOut, let actor, let reason):
            alerts.setService(
                scope, isOut: isOut, by: actor, reason: reason, at: entry.received, into: &steps)
        case .fault(let fault, let isPresent, _):
            setFault(fault, isPresent: isPresent, at: entry, into: &steps)
        case .acceptHandover, .drill: break
        case .consent, .represented, .pause, .resume:
            consent.take(entry.command, at: entry.received)
            reconsider(at: entry.received, noticed: entry.received, into: &steps)
        case .says(let saying):
            if saying.word == .help { callForHelp(saying, at: entry, into: &steps) }
        case .away(let residence, let isAway, _):
            setAway(residence, isAway, at: entry, into: &steps)
        case .gap(let from, let to, _):
            noteGap(from: from, to: to, at: entry, into: &steps)
        case .configured:
            break
        }
        dispatch.take(entry, alerts: &alerts, into: &steps)
        showSteps(steps)
    }

    /// Lets the dispatch see the steps that it has not seen yet.
    mutating func showSteps(_ steps: Steps) {
        while seen < steps.count {
            dispatch.see(steps[seen], alerts: alerts)
            seen += 1
        }
    }

    func isAway(_ node: Int32) -> Truth {
        Truth(away.contains { plan.awayNodes[$0] == node })
    }

    private mutating func setAway(
        _ residence: ResidenceID, _ isAway: Bool, at entry: CommandEntry, into steps: inout Steps
    ) {
        away.removeAll { $0 == residence }
        if isAway { away = (away + [residence]).sorted() }
        guard let node = plan.awayNodes[residence] else { return }
        begin(
            at: entry.received, noticed: entry.received, late: false, restored: false,
            place: entry.sequence)
        set(node, Truth(isAway))
        propagate(into: &steps)
    }

    /// Takes time up to a moment: fires every timer due at or before it, each at its own due time. A moment
    /// before `now` does nothing.
    public mutating func advance(to moment: Instant, into steps: inout Steps) {
        seen = steps.count
        time(to: moment, into: &steps)
    }

    private mutating func time(to moment: Instant, into steps: inout Steps) {
        if now == .distantPast {
            now = moment
            dispatch.start(at: moment)
            reconsider(at: moment, noticed: moment, into: &steps)
            startWatching(into: &steps)
        }
        guard moment >= now else { return }
        if let listening {
            let last = listening.until - .milliseconds(1)
            fireTimers(until: min(moment, last), noticed: nil, into: &steps)
            guard moment > last else {
                now = moment
                return
            }
            self.listening = nil
            fireTimers(until: listening.dueUntil, noticed: listening.until, into: &steps)
            // What fell due since is told in time, as far as it can be.
            fireTimers(until: listening.until, noticed: listening.until, into: &steps)
        }
        fireTimers(until: moment, noticed: nil, into: &steps)
        now = moment
    }

    /// While the hub listens to what the broker had kept: fires what fell due behind a stream before its next reading,
    /// and leaves the rest, of which a reading may still say that it ended in time.
    private mutating func fireBehind(
        _ nodes: [Int32], until moment: Instant, at noticed: Instant, into steps: inout Steps
    ) {
        var behind = Set(nodes)
        var open = nodes
        while let node = open.popLast() {
            for index in plan.parentRange(node) where behind.insert(plan.parents[index]).inserted {
                open.append(plan.parents[index])
            }
        }
        while let first = behind.compactMap({ timers.due($0) }).min(), first <= moment {
            begin(
                at: first, noticed: noticed, late: noticed - first >= Self.lateness,
                restored: false, place: sequence)
            for node in behind.sorted() where timers.due(node) == first {
                timers.cancel(node)
                enqueue(node, timer: true)
            }
            propagate(into: &steps)
            showSteps(steps)
        }
    }

    /// Until when what the broker had kept is listened to, before what fell due while the hub was down is told; nil: all is
    /// told. No checkpoint is to be made meanwhile.
    public var listensUntil: Instant? { listening?.until }

    /// Sets the nodes that depend on time alone, when time is first known.
    mutating func startWatching(into steps: inout Steps) {
        begin(at: now, noticed: now, late: false, restored: true, place: sequence)
        for node in plan.timed { start(node) }
        propagate(into: &steps)
    }

    /// Sets one node that depends on time alone, at the time of the step.
    mutating func start(_ node: Int32) {
        let index = Int(node)
        switch plan.operations[index] {
        case .window(let window, let locality):
            let state = window.state(
                at: Instant(milliseconds: step.time), in: plan.localities[Int(locality)])
            timers.set(node, state.until)
            set(node, Truth(state.inside), since: max(state.since.milliseconds, step.time))
        case .absence where blinded[index] > 0, .alive where blinded[index] > 0:
            set(node, .unknown)
        case .absence(let span):
            states[index].mark = step.time
            timers.set(node, Instant(milliseconds: step.time + span))
            set(node, .no)
        case .away:
            set(node, isAway(node))
        case .alive(let silentAfter, _):
            states[index].mark = step.time
            if silentAfter > 0 { timers.set(node, Instant(milliseconds: step.time + silentAfter)) }
            set(node, .yes)
        case .predicate:
            // One that is never unknown; it may have had its first value before, where it is started late.
            if states[index].value == .unknown { set(node, .no) }
        default:
            break
        }
    }

    /// Fires what is due up to a moment, each at its own due time. While the hub listens to what the broker had kept, conditions
    /// wait; a person's word and the calls of alerts that are there do not: a hub that is killed again and again would
    /// call nobody.
    ///
    /// - Parameter noticed: the hub's clock; nil: there when it fell due, or as soon as the hub was back.
    private mutating func fireTimers(
        until moment: Instant, noticed: Instant?, into steps: inout Steps
    ) {
        showSteps(steps)
        while let due = nextDue(), due <= moment {
            let noticed = noticed ?? max(due, listening?.since ?? due)
            // What a person's word ends is not seen at that moment any more.
            if due == consentDue {
                reconsider(at: due, noticed: noticed, into: &steps)
            } else if listening == nil, let (first, node) = timers.next(), first == due {
                // At one moment rules come first, then what was put aside, then who is told.
                fireRules(due: due, node, noticed: noticed, into: &steps)
            } else if alerts.nextDue == due {
                alerts.fire(due: due, noticed: noticed, into: &steps)
            } else {
                dispatch.fire(due: due, noticed: noticed, alerts: &alerts, into: &steps)
            }
            showSteps(steps)
        }
    }

    private mutating func fireRules(
        due: Instant, _ first: Int32, noticed: Instant, into steps: inout Steps
    ) {
        begin(
            at: due, noticed: noticed, late: noticed - due >= Self.lateness, restored: false,
            place: sequence)
        var node = first
        while true {
            timers.take(node)
            enqueue(node, timer: true)
            guard let (sameDue, next) = timers.next(), sameDue == due else { break }
            node = next
        }
        propagate(into: &steps)
    }

    /// What is noticed this much after it fell due is marked late.
    public static let lateness = TimeSpan.seconds(5)
}

/// The hub was down, and takes in what the broker had kept.
struct Listening: Sendable {
    /// What fell due up to here is noticed late.
    var dueUntil: Instant
    /// When the hub was back.
    var since: Instant
    /// Then it is told at the latest.
    var until: Instant
}

/// What the step that runs is about.
struct StepContext: Sendable {
    /// Effective time, in ms.
    var time: Int64 = 0
    /// The hub's clock.
    var noticed = Instant.distantPast
    /// Told or noticed later than it fell due.
    var late = false
    /// Restores state: nothing in it happened now.
    var restored = false
    /// What the reading said that caused it; unknown where time did.
    var value = Value.unknown
    /// The journal's place that caused it.
    var place = SequenceNumber(rawValue: 0)
    /// The stream of the event that it is about; -1 for none.
    var stream = -1
    /// What that event says, as a stable number.
    var valueKey: Int64 = 0
}
