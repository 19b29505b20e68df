import Foundation
import Rules
import Synchronization

@testable import Hub

/// The instants of a turn at which the power can fail.
enum Step: CaseIterable {
    /// Messages are read; nothing is written.
    case received
    /// Everything is written, and not committed.
    case evaluated
    /// Committed; nothing has left.
    case committed
    /// Some of the acknowledgements and publications have left.
    case released
}

/// Everything outside of the hub, from one seed: devices, their broker, the clock, people, and the power.
final class World {
    let seed: UInt64
    var random: SeededRandom
    var broker: SimulatedBroker
    let time: SteppingClock
    let inbox: CommandInbox

    /// Where the database is during this life of the hub.
    var database: String
    /// Whether the hub runs. Once it does not, nothing that it does reaches anybody.
    private(set) var isPowered = true
    /// Acknowledges what is read at once: what the hub must never do, to see that the simulation would notice.
    let acknowledgesEarly: Bool
    /// Nothing more happens but that time passes: the hub is to finish what it has.
    var isCalm = false
    /// While true, each commit fails for want of room.
    var isDiskFull = false

    /// What devices published and the broker answered, in order.
    private(set) var published: [SimulatedBroker.Message] = []
    /// Answered to people as done.
    let done = Answers()
    private(set) var cuts: [Step: Int] = [:]
    private var armed: (step: Step, after: Int)?
    private var doorIsOpen = false
    private var stored: SimulatedBroker.Session?
    private(set) var brokerDeaths = 0
    private(set) var fullDisks = 0

    /// How many messages the devices have to say.
    let total: Int
    /// Where the last life's database was copied to at the instant of the cut.
    private let folder: String
    private var lives = 0

    init(seed: UInt64, total: Int, folder: String, acknowledgesEarly: Bool) {
        self.seed = seed
        self.total = total
        self.folder = folder
        self.acknowledgesEarly = acknowledgesEarly
        random = SeededRandom(seed: seed)
        // Half of the runs come by the end of the packet identifiers.
        let lastPacket =
            Bool.random(using: &random) ? 0 : UInt16.random(in: 65_000...65_535, using: &random)
        broker = SimulatedBroker(receiveMaximum: World.receiveMaximum, lastPacket: lastPacket)
        time = SteppingClock(Instant(milliseconds: 1_767_268_800_000))
        inbox = CommandInbox()
        database = "\(folder)/0.sqlite"
    }

    static let receiveMaximum = 20

    /// In these runs nobody presses the same button twice: a broker restored from an older snapshot can give a new
    /// press the number of one that was committed, and nothing tells the two apart.
    var brokerDies: Bool { seed % 4 == 0 }

    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    // MARK: Power

    /// The power will fail at some step of some turn.
    func armCut() {
        guard let step = Step.allCases.randomElement(using: &random) else { return }
        armed = (step, Int.random(in: 0...6, using: &random))
    }

    func disarm() { armed = nil }

    /// A step is reached: does the power fail?
    func reach(_ step: Step) {
        guard isPowered, let (wanted, after) = armed, wanted == step else { return }
        guard after == 0 else {
            armed = (step, after - 1)
            return
        }
        cuts[step, default: 0] += 1
        fail()
    }

    /// What is on the disk at this instant is all that the next life has. The hub's process runs on for a while, on
    /// files that nobody looks at again.
    private func fail() {
        isPowered = false
        armed = nil
        done.nextLife()
        lives += 1
        let next = "\(folder)/\(lives).sqlite"
        for part in ["", "-wal"] {
            try? FileManager.default.copyItem(atPath: database + part, toPath: next + part)
        }
        if chance(2) { tear(next + "-wal") }
        database = next
        broker.disconnected()
    }

    /// A write that was under way leaves rubbish at the end of the log.
    private func tear(_ log: String) {
        guard let file = FileHandle(forWritingAtPath: log) else { return }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd(), end > 0 else { return }
        let rubbish = (0..<Int.random(in: 1...9000, using: &random)).map {
            UInt8(truncatingIfNeeded: $0 &* 31)
        }
        try? file.write(contentsOf: Data(rubbish))
    }

    func restorePower() {
        isPowered = true
        isDiskFull = false
    }

    // MARK: What happens while the hub waits

    /// Lets time pass, and with it things happen.
    func elapse(atMost milliseconds: Int64) {
        guard isPowered else { return }
        passTime(atMost: milliseconds)
        guard !isCalm else {
            isDiskFull = false
            return
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) { speak() }
        if chance(12) { broker.disconnected() }
        if brokerDies { ageBroker() }
        if isDiskFull {
            if chance(3) { isDiskFull = false }
        } else if seed % 3 == 0, chance(25) {
            isDiskFull = true
            fullDisks += 1
        }
    }

    private func passTime(atMost milliseconds: Int64) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: time.move(.minutes(Int64.random(in: 1...40, using: &random)))
        case 1: time.move(.seconds(-Int64.random(in: 1...600, using: &random)))
        case 2: break
        default:
            time.move(.milliseconds(Int64.random(in: 0...max(1, milliseconds), using: &random)))
        }
    }

    /// A device says something, until all is said.
    private func speak() {
        guard published.count < total else { return }
        let message: SimulatedBroker.Message
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where !brokerDies:
            message = .init(topic: "home/button", payload: #"{"action":"single"}"#)
        case 1 where !brokerDies:
            doorIsOpen.toggle()
            message = .init(
                topic: "home/door", payload: #"{"contact":\#(doorIsOpen ? "false" : "true")}"#)
        default:
            message = .init(topic: "home/tablet", payload: #"{"app":"s\#(published.count)"}"#)
        }
        published.append(message)
        broker.take(message)
    }

    /// The broker stores what it holds now and then, and dies now and then. It dies only where all that it holds is
    /// stored or read by the hub: what it has answered and not passed on since is beyond the hub's promise.
    private func ageBroker() {
        if chance(6), broker.hasSession { stored = broker.session }
        // A broker that has not yet stored that there is a hub keeps nothing for it.
        guard let stored, chance(15), broker.isAllOnDisk(stored) else { return }
        brokerDeaths += 1
        broker.restart(from: stored)
    }

    var isAllSaid: Bool { published.count >= total }

    /// Somebody answers an alert.
    func answer(_ alert: AlertID) {
        let life = done.life
        let actor = "p\(Int.random(in: 0..<1_000_000_000, using: &random))"
        let now = time.clock.now()
        let request: HubRequest =
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2: .acknowledge(alert, by: actor)
            case 3: .perform(.arrive(alert, by: actor))
            case 4:
                .perform(
                    .shelve(
                        alert, until: now + .minutes(Int64.random(in: 1...50, using: &random)),
                        by: actor, reason: "a reason"))
            case 5: .perform(.unshelve(alert, by: actor))
            default: .perform(.resolve(alert, by: actor, outcome: .real, note: nil))
            }
        inbox.submit(request) { [done] reply in
            if reply == .done { done.note(actor, life) }
        }
    }
}

/// A clock that is moved by hand, backwards too.
final class SteppingClock: Sendable {
    private let moment: Mutex<Instant>

    init(_ start: Instant) { moment = Mutex(start) }

    func move(_ span: TimeSpan) { moment.withLock { $0 = $0 + span } }

    var clock: Clock { Clock { self.moment.withLock { $0 } } }
}

/// Who was told "done", by the hub's lives: what is said after the power failed has reached nobody.
final class Answers: Sendable {
    private let state = Mutex((actors: [String](), life: 0))

    var actors: [String] { state.withLock { $0.actors } }
    var life: Int { state.withLock { $0.life } }

    func note(_ actor: String, _ life: Int) {
        state.withLock { if $0.life == life { $0.actors.append(actor) } }
    }

    func nextLife() { state.withLock { $0.life += 1 } }
}
