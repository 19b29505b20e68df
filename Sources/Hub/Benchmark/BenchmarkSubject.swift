import Foundation

/// Something that takes messages from the broker: a reference, or a hub.
protocol BenchmarkSubject: AnyObject {
    var name: String { get }
    /// Makes itself a session with the broker, and leaves: from now on messages queue for it.
    func enrol(_ broker: BenchmarkBroker) throws
    /// Starts to take in; returns when it does, or, for a reference, at once.
    func start(_ broker: BenchmarkBroker, expecting messages: Int) throws
    /// Waits until it has taken in what it expects.
    func finish() throws -> BenchmarkDrain
    /// Ends what it started.
    func stop()
}

/// How one subject took one lot of messages.
struct BenchmarkDrain: Sendable {
    var messages: Int
    var seconds: Double
    /// CPU time of the subject's process.
    var microseconds: Double

    var rate: Double { Double(messages) / seconds }
    var cost: Double { microseconds / Double(messages) }
}

/// A program that leaves after so many messages.
final class ReferenceSubject: BenchmarkSubject {
    let name: String
    private let program: String
    private let arguments: (_ port: UInt16, _ messages: Int) -> [String]
    private let stopped: BenchmarkStop
    private var running: MeasuredProcess?
    private var started = ContinuousClock.now
    private var expected = 0

    private init(
        _ name: String, _ program: String, _ stop: BenchmarkStop,
        _ arguments: @escaping (UInt16, Int) -> [String]
    ) {
        self.name = name
        self.program = program
        self.arguments = arguments
        stopped = stop
    }

    /// mosquitto_sub, which only prints, into nothing.
    static func raw(_ stop: BenchmarkStop) throws -> ReferenceSubject {
        guard let program = ManagedBroker.find("mosquitto_sub") else {
            throw BenchmarkError(
                "mosquitto_sub is not installed; on Debian: apt-get install mosquitto-clients")
        }
        return ReferenceSubject("mosquitto_sub -q 1", program, stop) { port, messages in
            [
                "-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-c", "-i", "bench-raw", "-t",
                "zigbee2mqtt/#",
            ] + (messages == 0 ? ["-E"] : ["-C", "\(messages)"])
        }
    }

    /// Benchmarks/subscriber.c; nil where it cannot be compiled here.
    static func storing(
        source: String, folder: String, _ stop: BenchmarkStop
    ) -> ReferenceSubject? {
        guard let compiler = ManagedBroker.find("cc"),
            FileManager.default.fileExists(atPath: source),
            (try? Subprocess.run(
                compiler,
                ["-O2", "-o", "\(folder)/subscriber", source, "-lmosquitto", "-lsqlite3"])) == 0
        else { return nil }
        return ReferenceSubject("C, SQLite in batches", "\(folder)/subscriber", stop) {
            [
                "127.0.0.1", "\($0)", "bench-storing", "zigbee2mqtt/#",
                "\(folder)/subscriber.sqlite", "\($1)",
            ]
        }
    }

    func enrol(_ broker: BenchmarkBroker) throws {
        _ = try MeasuredProcess(program, arguments(broker.port, 0))
            .waitForEnd(stopped, seconds: 20)
    }

    func start(_ broker: BenchmarkBroker, expecting messages: Int) throws {
        expected = messages
        started = .now
        running = try MeasuredProcess(program, arguments(broker.port, messages))
    }

    func finish() throws -> BenchmarkDrain {
        guard let running else { throw BenchmarkError("\(name) was not started") }
        let usage = try running.waitForEnd(stopped, seconds: 300)
        return BenchmarkDrain(
            messages: expected, seconds: (ContinuousClock.now - started).seconds,
            microseconds: usage.microseconds)
    }

    func stop() { running?.stop() }
}

/// A hub in a process of its own.
final class HubSubject: BenchmarkSubject {
    let name: String
    let folder: String
    private let home: BenchmarkHome
    private let stopped: BenchmarkStop
    private var running: MeasuredProcess?
    private var expected = 0
    private var began: (at: ContinuousClock.Instant, used: Double)?

    private let identifier: String

    /// - Parameters:
    ///   - identifier: of its session and of its folder within `folder`.
    init(
        _ name: String, _ identifier: String, _ home: BenchmarkHome, folder: String,
        _ stop: BenchmarkStop
    ) {
        self.name = name
        self.identifier = identifier
        self.home = home
        self.folder = folder + "/" + identifier
        stopped = stop
    }

    var process: MeasuredProcess? { running }

    var clientID: String { "bench-\(identifier)" }

    private func status() -> HubStatus? {
        guard
            case .status(let status)? = try? ControlClient(path: folder + "/hub.sock").send(.status)
        else { return nil }
        return status
    }

    func enrol(_ broker: BenchmarkBroker) throws {
        if !FileManager.default.fileExists(atPath: folder + "/foyer.sqlite") {
            try home.write(to: folder, port: broker.port, clientID: clientID)
            var store = try BenchmarkStore(folder: folder, site: home)
            try store.introduce()
            try store.close()
        }
        try launch(broker)
        try waitUntilOnline()
        running?.stop()
    }

    /// Starts the process, and waits for nothing.
    func launch(_ broker: BenchmarkBroker) throws {
        try home.write(to: folder, port: broker.port, clientID: clientID)
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        running = try MeasuredProcess(
            program, ["run", "--home", folder, "--log-level", "error"])
    }

    func waitUntilOnline() throws {
        try stopped.wait(seconds: 60, for: "\(name) online") {
            if let running, running.hasEnded() {
                throw BenchmarkError(
                    "\(name) does not start; try: hubctl run --home \(folder)")
            }
            return status()?.state == "online"
        }
    }

    /// The time counts from the last look at which nothing had been taken in.
    func start(_ broker: BenchmarkBroker, expecting messages: Int) throws {
        expected = messages
        try launch(broker)
        try stopped.wait(seconds: 60, for: "\(name) at work", every: 1) {
            guard let running else { return false }
            if running.hasEnded() {
                throw BenchmarkError("\(name) does not start; try: hubctl run --home \(folder)")
            }
            guard let status = status() else { return false }
            if status.messages == 0 { began = (.now, try running.usage().microseconds) }
            return status.messages > 0 || status.state == "online"
        }
    }

    func finish() throws -> BenchmarkDrain {
        guard let running, var began else { throw BenchmarkError("\(name) was not started") }
        var ended: (at: ContinuousClock.Instant, used: Double) = began
        try stopped.wait(seconds: 300, for: "the last message at \(name)", every: 10) {
            guard let status = status() else { throw BenchmarkError("\(name) has ended") }
            ended = (.now, try running.usage().microseconds)
            if status.messages == 0 { began = ended }
            return status.messages >= expected
        }
        return BenchmarkDrain(
            messages: expected, seconds: (ended.at - began.at).seconds,
            microseconds: ended.used - began.used)
    }

    func stop() {
        running?.stop()
        running = nil
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
