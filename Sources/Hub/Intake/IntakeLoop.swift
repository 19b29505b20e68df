import Foundation
import Logging
import Rules

/// The intake loop: one thread that owns the broker session, the engine and the journal.
///
/// Each turn: wait for the socket, the inbox or a timer; read a batch; decode, append and evaluate it in one transaction;
/// commit; only then let the acknowledgements out. If the commit fails the socket is closed with the acknowledgements
/// unsent, and the engine is built again from the journal.
///
/// Not Sendable: made and run on its own thread, see `IntakeThread`.
final class IntakeLoop<Link: BrokerLink> {
    private let settings: IntakeLoopSettings
    private let journal: Journal
    private let inbox: CommandInbox
    private let clock: Clock
    private let log: Logger

    private var engine: Engine
    private var repeats: RepeatFilter
    private var decoder: DeviceDecoder
    private var places: StreamPlaces
    private var ledger = DeviceLedger()
    private var bridges = BridgeWatch()
    private var redelivery = RedeliveryFilter()
    private var connection: Link
    private var outbox: OutboxQueue
    private var tally = IntakeTally()
    private var batch: [InboundMessage] = []
    private var answers: [(HubReply) -> Void] = []
    private var retries: [(after: Int64, answer: (HubReply) -> Void)] = []
    private var attempts: [NoticeAttempt] = []
    private var removals: [(removal: Removal, answer: (HubReply) -> Void)] = []
    private var trials: [(device: DeviceID, actor: String)] = []
    private var stopRequest: (@Sendable (HubReply) -> Void)?
    private var storageFullSince: Instant?
    private var nextProbe = Instant.distantPast
    private var link = LinkWatch()
    private var start: StartReport
    private var isStartTold = false
    private var isSessionKept = false
    private var connectedSince: Instant?
    private var sweep = AnnouncementSweep()
    private var lastMark: Instant
    private var lastCheckpoint: Instant
    private var entriesSinceCheckpoint = 0

    /// Recovers from the journal: nothing is read from the broker yet.
    init(
        settings: IntakeLoopSettings, journal: Journal, connection: Link, inbox: CommandInbox,
        clock: Clock, log: Logger
    ) throws {
        self.settings = settings
        self.journal = journal
        self.connection = connection
        self.inbox = inbox
        self.clock = clock
        self.log = log
        engine = Engine(plan: settings.plan)
        repeats = RepeatFilter(settings.directory)
        decoder = DeviceDecoder(settings.directory)
        places = StreamPlaces(settings.directory)
        outbox = OutboxQueue()
        lastMark = clock.now()
        start = StartReport(started: lastMark)
        lastCheckpoint = lastMark
        try recover()
        try noteStart()
    }

    // MARK: Starting

    /// Builds everything that lives in memory from what is committed.
    private func recover() throws {
        let recovery = EngineRecovery(
            journal: journal, plan: settings.plan, configuration: settings.configuration, log: log)
        let built = try recovery.build()
        engine = built.engine
        repeats = RepeatFilter(settings.directory)
        decoder = DeviceDecoder(settings.directory)
        places = StreamPlaces(settings.directory)
        let reader = try JournalReader(path: journal.path)
        ledger = DeviceLedger(try reader.deviceChanges())
        var ofBridges = AlertFilter()
        ofBridges.rule = BuiltInRule.bridgeAway.id
        bridges = BridgeWatch(
            devices: settings.directory.devices, silences: settings.plan.silenceOfBridge,
            latest: journal.streams.compactMap { stream in
                journal.recovered.latest[stream.id].map { (stream.key, $0) }
            },
            alerts: try reader.alerts(ofBridges))
        let present = devicesInPlace()
        for stream in journal.streams {
            guard let event = journal.recovered.latest[stream.id],
                present[stream.key.device].map({ event.received > $0 }) ?? false
            else { continue }
            repeats.seed(
                stream.key, value: event.value, effective: event.effective,
                freshness: event.freshness)
        }
        redelivery = RedeliveryFilter()
        outbox = OutboxQueue(journal.recovered.outbox)
        if !built.steps.isEmpty {
            try write { batch, _ in for step in built.steps { batch.adopt(step) } }
        }
    }

    /// The devices that are still the ones that were read last, each with from when on. What one said that had the place
    /// before makes nothing that the present one says a repeat.
    private func devicesInPlace() -> [DeviceID: Instant] {
        var found: [DeviceID: Instant] = [:]
        for (place, device) in settings.directory.devices.enumerated() {
            let known = ledger.address(of: device.id)
            let topics = settings.directory.addresses(of: place)
            guard
                known.map({ $0.profile == device.profile && topics.contains($0.topic) }) ?? true
            else { continue }
            found[device.id] = ledger.replaced(device.id) ?? .distantPast
        }
        return found
    }

    /// Notes the configuration and the gap in the journal: what fell due meanwhile is raised now, late, once.
    private func noteStart() throws {
        let recovered = journal.recovered
        if recovered.mark != .distantPast { start.downFrom = recovered.mark.milliseconds }
        let previous = try JournalReader(path: journal.path).latestConfiguration()
        try write { [settings] batch, writer in
            if previous != settings.configuration {
                try writer.configuration(
                    hash: settings.configuration, body: settings.configurationBody,
                    received: batch.now)
                try batch.take(.configured(hash: settings.configuration), &writer)
            }
            if recovered.mark != .distantPast, batch.now > recovered.mark {
                let listens = settings.listens > .zero ? batch.now + settings.listens : nil
                try batch.take(
                    .gap(from: recovered.mark, to: batch.now, listens: listens), &writer)
            }
            try batch.noteDevices(&writer)
            try batch.announce(&writer)
        }
        log.info(
            "started",
            metadata: [
                "entries": "\(recovered.lastSequence.rawValue)",
                "instances": "\(settings.plan.instances.count)",
                "devices": "\(settings.directory.devices.count)",
            ])
    }

    // MARK: Running

    /// Runs until somebody asks to stop; then drains, commits, writes a checkpoint and takes leave.
    func run() throws {
        while stopRequest == nil { try turn() }
        try stop()
    }

    /// One turn: waits, reads, commits, releases.
    func turn() throws {
        wait()
        let now = moment()
        connection.keepAlive(now)
        bridges.hears(connection.isConnected, at: now)
        batch.removeAll(keepingCapacity: true)
        connection.read(into: &batch, limit: settings.batch)
        // The broker's answer to our CONNECT can come in the same read as the first messages.
        if let present = connection.takeAnswer() { connected(sessionPresent: present) }
        let requests = inbox.take()
        if storageFullSince != nil {
            probe(now, refusing: requests)
            return
        }
        let fault = link.fault(
            isConnected: connection.isConnected, isKnown: engine.knows(.brokerLink), at: now)
        if isWorkToDo(now) || !requests.isEmpty || fault != nil {
            try work(requests, now, fault: fault)
            // After all that people wait for.
            try remove()
        }
        if !isStartTold { noteProgressOfStart() }
        sendOutbox()
        connection.release()
    }

    /// Never before what is already in the journal.
    private func moment() -> Instant { max(clock.now(), engine.now) }

    private func isWorkToDo(_ now: Instant) -> Bool {
        !batch.isEmpty
            || engine.nextDue().map { $0 <= now } ?? false
            || bridges.due.map { $0 <= now } ?? false
            || isSweepDue(now)
            || (now - lastMark).milliseconds >= settings.markInterval.milliseconds
    }

    private func isSweepDue(_ now: Instant) -> Bool {
        sweep.isDue(at: now, isConnected: connection.isConnected, isQuiet: batch.isEmpty)
    }

    private func work(
        _ requests: [CommandInbox.Item], _ now: Instant, fault: Command?
    ) throws {
        answers = []
        retries = []
        attempts = []
        trials = []
        var commands: [Command] = fault.map { [$0] } ?? []
        for item in requests { accept(item, into: &commands) }
        // Whoever only asks how the hub is costs no transaction.
        guard
            isWorkToDo(now) || !commands.isEmpty || !retries.isEmpty || !attempts.isEmpty
                || !trials.isEmpty
        else { return }
        do throws(JournalError) {
            var retried: [QuarantineRetry] = []
            let began = isSweepDue(now) ? sweep.began : nil
            var mute: [String] = []
            try write { batch, writer in
                for message in self.batch { try batch.take(message, &writer) }
                if let began { mute = try batch.sweepAnnounced(since: began, &writer) }
                for command in commands { try batch.take(command, &writer) }
                for attempt in self.attempts { try writer.record(attempt) }
                for trial in self.trials {
                    try batch.beginTrial(of: trial.device, by: trial.actor, &writer)
                }
                for retry in self.retries {
                    retried.append(try batch.retryQuarantine(after: retry.after, &writer))
                }
            }
            if began != nil { sweep.isDone(mute, log) }
            for answer in answers { answer(.done) }
            for (retry, result) in zip(retries, retried) { retry.answer(.retried(result)) }
        } catch {
            try fail(error)
        }
    }

    /// Takes out what its time is over for, in a transaction of its own, with a new checkpoint: the older ones know the
    /// readings that are gone.
    private func remove() throws {
        // It ends with a checkpoint.
        guard engine.listensUntil == nil else { return }
        for (removal, answer) in removals {
            answers = []
            retries = []
            do throws(JournalError) {
                entriesSinceCheckpoint = Int.max / 2
                try journal.overwritesErased(true)
                var count = ErasureCount()
                try write { _, writer in count = try writer.remove(removal) }
                try journal.overwritesErased(false)
                try journal.clean(compacting: false)
                answer(.removed(count))
            } catch {
                answer(.refused("\(error)"))
                try fail(error)
            }
        }
        removals = []
    }

    /// Answers at once what changes nothing; collects the rest for the transaction.
    private func accept(_ item: CommandInbox.Item, into commands: inout [Command]) {
        switch item.request {
        case .status:
            item.answer(.status(status))
        case .stop:
            stopRequest = item.answer
        case .reload:
            settings.onReload()
            stopRequest = item.answer
        case .retryQuarantine(let after):
            retries.append((after, item.answer))
        case .tryOut(let device, let actor):
            guard settings.home.devices.contains(where: { $0.id == device }) else {
                return item.answer(.refused("there is no device \"\(device)\""))
            }
            trials.append((device, actor))
            answers.append(item.answer)
        case .remove(let removal):
            removals.append((removal, item.answer))
        case .record(let attempt):
            attempts.append(attempt)
            answers.append(item.answer)
        case .report(let fault, let isPresent, let detail):
            // Told once while it lasts.
            guard engine.knows(fault) != isPresent else { return item.answer(.done) }
            commands.append(.fault(fault, isPresent: isPresent, detail: detail))
            answers.append(item.answer)
        case .perform(let command):
            let check = CommandCheck(engine: engine, home: settings.home, now: moment())
            if let refusal = check.refusal(of: command) {
                return item.answer(.refused(refusal))
            }
            commands.append(command)
            answers.append(item.answer)
        }
    }

    /// One transaction: what the body takes in, what follows from it, and what the broker has acknowledged.
    private func write(
        _ body: (inout IntakeBatch, inout JournalWriter) throws -> Void
    ) throws(JournalError) {
        var work = IntakeBatch(
            engine: engine, repeats: repeats, redelivery: redelivery, decoder: decoder,
            places: places, ledger: ledger, bridges: bridges, settings: settings, now: moment())
        // The batch is to own the only copy, or each of its changes would copy the whole engine.
        engine = Engine(plan: Plan())
        repeats = RepeatFilter(.empty)
        decoder = DeviceDecoder(.empty)
        places = StreamPlaces(.empty)
        ledger = DeviceLedger()
        bridges = BridgeWatch()
        redelivery = RedeliveryFilter()
        let delivered = outbox.delivered
        let mayBeDue = isCheckpointDue(work.now)
        var isCheckpointDue = false
        try journal.commit { writer in
            try body(&work, &writer)
            try work.finish(&writer)
            try writer.delivered(delivered)
            isCheckpointDue = mayBeDue && work.engine.listensUntil == nil
            if isCheckpointDue {
                try writer.checkpoint(
                    work.engine.checkpoint(), mark: work.now,
                    configuration: settings.configuration)
            }
        }
        engine = work.engine
        repeats = work.repeats
        redelivery = work.redelivery
        decoder = work.decoder
        places = work.places
        ledger = work.ledger
        bridges = work.bridges
        outbox.committed(delivered: delivered, new: work.publications)
        lastMark = work.now
        entriesSinceCheckpoint += work.tally.events + work.tally.commands
        if isCheckpointDue {
            lastCheckpoint = work.now
            entriesSinceCheckpoint = 0
        }
        tally += work.tally
        report(work)
        let hasNews = work.hasNotices || work.hasDeviceChanges
        // A tick that changed nothing is nothing to tell.
        if !work.steps.isEmpty || hasNews || work.tally.events + work.tally.commands > 0 {
            settings.feed?.publish(
                steps: work.steps, hasNotices: hasNews, hasEvents: work.tally.events > 0)
        }
    }

    private func isCheckpointDue(_ now: Instant) -> Bool {
        entriesSinceCheckpoint >= settings.checkpointEntries
            || (entriesSinceCheckpoint > 0
                && (now - lastCheckpoint).milliseconds >= settings.checkpointInterval.milliseconds)
    }

    /// Until what the broker had kept is taken in.
    private func noteProgressOfStart() {
        start.count(
            messages: isSessionKept ? batch.count : 0,
            connectedFor: connection.isConnected ? connectedSince.map { moment() - $0 } : nil)
        guard start.isComplete, engine.listensUntil == nil else { return }
        isStartTold = true
        let down = start.downFrom.map { start.started - $0 } ?? 0
        log.notice(
            "started",
            metadata: [
                "down": "\(down / 1000) s", "recovered": "\(start.recovered)",
                "raised_late": "\(start.raisedLate)",
            ])
    }

    private func report(_ work: IntakeBatch) {
        if !isStartTold {
            start.raisedLate += work.steps.count { $0.step == .raised && $0.alert.late }
        }
        for step in work.steps {
            log.notice(
                "alert \(step.step.name)",
                metadata: [
                    "id": "\(step.alert.id)", "rule": "\(step.alert.rule)",
                    "about": "\(step.alert.subject)", "severity": "\(step.alert.priority.name)",
                ])
        }
    }

    // MARK: The broker

    private func connected(sessionPresent: Bool) {
        redelivery = RedeliveryFilter()
        isSessionKept = sessionPresent
        connectedSince = moment()
        sweep = AnnouncementSweep(sessionPresent ? nil : moment())
        if sessionPresent {
            do throws(JournalError) {
                redelivery.begin(
                    committed: try journal.latestDeliveries(),
                    receiveMaximum: settings.session.receiveMaximum)
            } catch {
                // Without the window a redelivery would be stored twice: rather try again later.
                log.error("\(error)")
                connection.abandon(reason: "\(error)")
                connection.reconnect()
                batch.removeAll()
                return
            }
        }
        outbox.reconnected()
        connection.publishStatus("online", at: moment())
        log.info(
            "connected to the broker",
            metadata: ["broker": "\(connection.name)", "session": sessionPresent ? "kept" : "new"])
    }

    private func sendOutbox() {
        guard connection.isConnected else { return }
        outbox.acknowledge(connection.takePublished())
        while let publication = outbox.next(refill: { id in
            (try? self.journal.outbox(after: id, limit: Recovered.maximumOutbox)) ?? []
        }) {
            guard let packet = connection.publish(publication) else { return }
            outbox.sent(publication, packet: packet)
        }
    }

    private func wait() {
        var timeout: Int64 = connection.isConnected ? 1000 : 100
        if let due = engine.nextDue(), storageFullSince == nil {
            timeout = min(timeout, max(0, (due - moment()).milliseconds))
        }
        connection.wait(
            wake: inbox.wake, forBroker: storageFullSince == nil, milliseconds: Int32(timeout))
    }

    // MARK: A full disk, and other failures

    /// Nothing of the batch is stored and nothing of it was acknowledged: the broker will deliver it again.
    private func fail(_ error: JournalError) throws {
        for answer in answers { answer(.refused("\(error)")) }
        for retry in retries { retry.answer(.refused("\(error)")) }
        connection.abandon(reason: "\(error)")
        try recover()
        guard error.isFull else { throw error }
        let now = clock.now()
        storageFullSince = now
        nextProbe = now
        log.critical("\(error)")
    }

    /// While the disk is full nothing is taken in. Every second a real write is tried.
    private func probe(_ now: Instant, refusing requests: [CommandInbox.Item]) {
        for item in requests {
            switch item.request {
            case .status: item.answer(.status(status))
            case .stop: stopRequest = item.answer
            case .reload:
                settings.onReload()
                stopRequest = item.answer
            case .perform, .report, .record, .tryOut, .retryQuarantine, .remove:
                item.answer(.refused("there is no room on the disk: nothing can be stored"))
            }
        }
        guard clock.now() >= nextProbe else { return }
        nextProbe = clock.now() + .seconds(1)
        guard journal.probe() else {
            connection.announceStorageFull(at: now)
            return
        }
        log.notice("there is room again")
        storageFullSince = nil
        connection.reconnect()
    }

    // MARK: Stopping

    /// Takes in what has already arrived, writes a checkpoint and takes leave: within a second or so.
    private func stop() throws {
        if storageFullSince == nil {
            batch.removeAll(keepingCapacity: true)
            connection.read(into: &batch, limit: settings.batch)
            entriesSinceCheckpoint = Int.max / 2
            do {
                try write { batch, writer in
                    for message in self.batch { try batch.take(message, &writer) }
                }
                sendOutbox()
                connection.publishStatus("offline", at: moment())
                connection.release()
            } catch {
                log.error("at the end: \(error)")
                connection.abandon(reason: "\(error)")
            }
        }
        connection.disconnect()
        try journal.close()
        stopRequest?(.done)
    }

    private var status: HubStatus {
        HubStatus(
            state: storageFullSince != nil
                ? "storage_full" : connection.isConnected ? "online" : "connecting",
            process: getpid(), sequence: engine.sequence.rawValue, messages: tally.messages,
            events: tally.events, quarantined: tally.quarantined, unknown: tally.unknown,
            openAlerts: engine.alerts.open.count, instances: settings.plan.instances.count,
            broker: connection.name, start: start)
    }
}
