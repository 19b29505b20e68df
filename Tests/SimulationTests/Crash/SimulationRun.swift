import Foundation
import GRDB
import Logging

@testable import Hub
@testable import Rules

/// One run of the real intake loop from a seed: lives that end with the power, until all that was published is taken
/// in; then everything that must hold is looked at.
struct SimulationRun {
    let world: World
    private let settings: IntakeLoopSettings
    private let folder: String

    /// What does not hold, in words; empty where all is well.
    private(set) var problems: [String] = []
    private(set) var stepCount = 0
    private(set) var noticeCount = 0

    init(seed: UInt64, acknowledgesEarly: Bool = false) throws {
        settings = try SimulatedHome.settings.get()
        let memory = "/dev/shm"
        let base =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : NSTemporaryDirectory()
        folder = "\(base)/foyer-run-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        world = World(
            seed: seed, total: 40, folder: folder, acknowledgesEarly: acknowledgesEarly)
        let lives = Int.random(in: 4...9, using: &world.random)
        for _ in 0..<lives { try live(until: .cut) }
        try live(until: .finished)
        try check()
    }

    private enum End { case cut, finished }

    private var quiet: Logger { Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() } }

    /// One life of the hub's process.
    private mutating func live(until end: End) throws {
        world.restorePower()
        if end == .cut { world.armCut() } else { world.disarm() }
        let journal = try Journal.open(path: world.database)
        let watch = CommitWatch(world)
        journal.queue.add(transactionObserver: watch, extent: .databaseLifetime)
        var isClosed = false
        do {
            let loop = try IntakeLoop(
                settings: settings, journal: journal, connection: SimulatedLink(world),
                inbox: world.inbox, clock: world.time.clock, log: quiet)
            var turns = 0
            while world.isPowered {
                if world.chance(5),
                    let topic = world.broker.retained.keys.filter({ $0.contains("/alerts/") })
                        .sorted().first,
                    let id = topic.split(separator: "/").last
                {
                    world.answer(AlertID(rawValue: String(id)))
                }
                try loop.turn()
                turns += 1
                world.isCalm = end == .finished && world.isAllSaid
                if isDone(end, turns, journal) {
                    world.disarm()
                    world.inbox.submit(.stop) { _ in }
                    try loop.run()
                    isClosed = true
                    break
                }
            }
        } catch {
            // What the dying process says of its lost files reaches nobody.
            if world.isPowered { throw error }
        }
        if !isClosed { try? journal.close() }
        world.broker.disconnected()
    }

    private mutating func isDone(_ end: End, _ turns: Int, _ journal: Journal) -> Bool {
        guard world.isPowered else { return false }
        switch end {
        case .cut: return turns > 60
        case .finished:
            if turns > 3000 {
                problems.append("it does not come to rest")
                return true
            }
            let isSent = (try? journal.outbox(after: 0, limit: 1))?.isEmpty ?? false
            return world.isCalm && world.broker.isDrained && isSent
        }
    }

    // MARK: What must hold

    private mutating func check() throws {
        let reader = try JournalReader(path: world.database)
        try checkEvents(reader)
        try checkReplay(reader)
        try checkAlerts(reader)
        for result in try reader.verify() where !result.holds {
            problems.append("verify, \(result.check): \(result.detail)")
        }
    }

    /// Nothing missing, nothing twice, in order.
    private mutating func checkEvents(_ reader: JournalReader) throws {
        let streams = try reader.streams()
        let stored = try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
            .map { event in
                "\(streams[Int(event.stream.rawValue) - 1].key.device.rawValue) \(event.value.plainText)"
            }
        let published = world.published.map(Self.expected)
        guard stored != published else { return }
        let difference = stored.difference(from: published)
        let missing = difference.removals.map(Self.text)
        let extra = difference.insertions.map(Self.text)
        problems.append(
            "\(missing.count) missing: \(missing.prefix(5)), \(extra.count) too many: \(extra.prefix(5))"
        )
    }

    private static func text(_ change: CollectionDifference<String>.Change) -> String {
        switch change {
        case .insert(let place, let text, _), .remove(let place, let text, _): "\(place): \(text)"
        }
    }

    private static func expected(_ message: SimulatedBroker.Message) -> String {
        let device = message.topic.dropFirst("home/".count)
        switch device {
        case "button": return "home/button single"
        case "door": return "home/door \(message.payload.contains("false"))"
        default: return "home/tablet \(message.payload.dropFirst(8).dropLast(2))"
        }
    }

    /// Live equals replay: the journal again, from its beginning, gives the same steps and the same open alerts.
    private mutating func checkReplay(_ reader: JournalReader) throws {
        var engine = Engine(plan: settings.plan)
        for stream in try reader.streams() { engine.declare(stream.id, stream.key) }
        var steps: Steps = []
        try reader.replay { entry in
            engine.take(entry, into: &steps)
            return true
        }
        if let mark = try reader.lastMoment() { engine.advance(to: mark, into: &steps) }
        let replayed = steps.map {
            JournalReader.StoredStep(
                step: $0.step, at: $0.at, noticed: $0.noticed, actor: $0.actor, note: $0.note,
                alert: $0.alert.id)
        }
        let live = try reader.steps()
        stepCount = live.count
        if replayed != live {
            let at = zip(replayed, live).enumerated().first { $0.element.0 != $0.element.1 }
            problems.append(
                "replay gives \(replayed.count) steps, live gave \(live.count); first difference: \(at.map { "\($0)" } ?? "the length")"
            )
        }
        let open = try reader.alerts(openOnly: true).sorted { $0.id < $1.id }
        if engine.alerts.sorted != open {
            problems.append("replay leaves other open alerts than are stored")
        }
        try checkNotices(engine.takeNotices(), reader)
        checkCalls(engine)
    }

    /// The replay tells the same people the same things at the same moments, each once.
    private mutating func checkNotices(
        _ replayed: [Notice], _ reader: JournalReader
    ) throws {
        let live = try reader.notices(limit: 1_000_000)
        noticeCount = live.count
        if Set(replayed.map(\.id)).count != replayed.count {
            problems.append("two notices bear one key")
        }
        let (was, now) = (Set(live), Set(replayed))
        if was != now {
            problems.append(
                "notices: live only \(was.subtracting(now).prefix(2)), replay only \(now.subtracting(was).prefix(2))"
            )
        }
    }

    /// No path loses an alert: whatever waits for an answer has a next step that is due.
    private mutating func checkCalls(_ engine: Engine) {
        let waits = Dictionary(
            uniqueKeysWithValues: engine.dispatch.escalations.map { ($0.key, $0.value) })
        for alert in engine.alerts.sorted where alert.priority >= .medium {
            let calls = alert.response == .unacknowledged && alert.display == .shown
            if calls, waits[alert.id]?.due == nil {
                problems.append("nobody is to be told of \(alert.id), \(alert.rule)")
            }
            if !calls, waits[alert.id]?.phase == .calling {
                problems.append("\(alert.id) is answered or put aside, and still calls")
            }
        }
    }

    /// How many alerts the residence's own message counts.
    private mutating func checkState(_ alerts: [Alert]) {
        let open = alerts.count {
            $0.response != .resolved && $0.display == .shown && $0.condition != .pending
                && $0.subject.residence == "home"
        }
        let payload = String(
            decoding: world.broker.retained["foyer/home/state"] ?? [], as: UTF8.self)
        if !payload.contains("\"open\":\(open),") {
            problems.append("\(open) alerts are open, and the residence says: \(payload)")
        }
    }

    /// Each alert is raised once and told to the broker; each press and each use is counted once; who was told that
    /// an answer is stored finds it stored.
    private mutating func checkAlerts(_ reader: JournalReader) throws {
        let raised = try reader.steps().filter { $0.step == .raised }.map(\.alert)
        if Set(raised).count != raised.count { problems.append("an alert was raised twice") }
        let alerts = try reader.alerts(openOnly: false)
        for (rule, word) in [("every-use", "app"), ("call", "single")] {
            let said = world.published.count { $0.payload.contains(word) }
            let counted = alerts.filter { $0.rule.rawValue == rule }.reduce(0) { $0 + $1.count }
            if said != counted { problems.append("\(rule): \(said) said, \(counted) counted") }
        }
        let open = Set(alerts.filter { $0.response != .resolved }.map(AlertMessage.topic))
        let told = Set(world.broker.retained.keys.filter { $0.contains("/alerts/") })
        checkState(alerts)
        if open != told {
            problems.append(
                "open and not told: \(open.subtracting(told)); told and not open: \(told.subtracting(open))"
            )
        }
        var actors: Set<String> = []
        try reader.replay { entry in
            if case .command(let entry) = entry {
                switch entry.command {
                case .acknowledge(_, let actor): actors.insert(actor)
                case .resolve(_, let actor, _, _): actors.insert(actor)
                case .arrive(_, let actor): actors.insert(actor)
                case .shelve(_, _, let actor, _): actors.insert(actor)
                case .unshelve(_, let actor): actors.insert(actor)
                default: break
                }
            }
            return true
        }
        let forgotten = Set(world.done.actors).subtracting(actors)
        if !forgotten.isEmpty { problems.append("told as done and not stored: \(forgotten)") }
    }
}
