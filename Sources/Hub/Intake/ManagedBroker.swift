import Foundation
import Logging
import Rules
import Synchronization

/// Why the hub's own broker does not run.
enum ManagedBrokerError: Error, Hashable, CustomStringConvertible {
    case missing
    case portTaken(address: String)
    /// The address cannot be listened on: not this machine's, or a port below 1024 without the right to it.
    case address(String, reason: String)
    case files(path: String, reason: String)
    case start(reason: String, log: String)

    var description: String {
        switch self {
        case .missing:
            "mosquitto is not installed; on Debian: apt-get install mosquitto. Or name another broker in hub.yaml "
                + "(broker: {url: mqtt://…})"
        case .portTaken(let address):
            "\(address) is taken by another program; stop that, or choose another port in hub.yaml "
                + "(broker: {managed: {port: …}})"
        case .address(let address, let reason):
            "cannot listen on \(address): \(reason); choose another in hub.yaml "
                + "(broker: {managed: {listen: …, port: …}})"
        case .files(let path, let reason): "\(path): \(reason)"
        case .start(let reason, let log): "mosquitto does not start: \(reason); see \(log)"
        }
    }
}

/// The broker that the hub starts, watches, starts again when it dies, and stops at its own end.
///
/// It runs in a process group of its own, so that ctrl-C reaches the hub first, which drains it. When the hub is
/// killed the broker lives on and queues what devices say; the next hub of the same home takes it over.
///
/// Measured with mosquitto 2.0.11: a queued message takes some 420 bytes of its memory, and writing 600,000 of them
/// down, which it does each second, some 0.4 s. A broker that is killed loses what came in its last two seconds while
/// the hub was away; what came while the hub was connected had been handed over.
final class ManagedBroker: Sendable {
    /// The accounts that it knows.
    static let users = ["hub", "devices", "staff"]

    private struct Watch {
        var identity: ProcessTable.Identity?
        var isStopping = false
        var isLeft = false
    }

    private let files: BrokerFiles
    private let address: ListenAddress
    private let log: Logger
    private let program: String
    private let watched = Mutex(Watch())
    /// Signalled to end a pause early.
    private let hurry = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Writes its files, takes over or starts the broker, and returns when it answers. The caller holds the home's
    /// lock, and calls `stop` at the end.
    init(
        folder: String, address: ListenAddress, receiveMaximum: Int, log: Logger
    ) throws(ManagedBrokerError) {
        guard let program = Self.find("mosquitto") else { throw .missing }
        self.program = program
        self.address = address
        self.log = log
        files = try BrokerFiles(folder: folder)
        let configuration = files.text(address: address, receiveMaximum: receiveMaximum)
        // A broker with other settings is stopped before the new ones are written: whatever happens in between, the
        // file tells what a running broker was started with.
        if !files.holds(configuration) { stopLeftOver() }
        try files.write(configuration)
        if !takeOver() { try start() }
        let watcher = Thread { [self] in watch() }
        watcher.name = "broker"
        watcher.start()
    }

    /// The running broker; nil while there is none.
    var process: Int32? { watched.withLock { $0.identity?.process } }

    /// The password of one of its accounts; nil where its file cannot be read.
    func password(of user: String) -> String? { files.password(of: user) }

    /// Stops the broker: asks, and after two seconds insists. Returns when it is gone.
    func stop() {
        watched.withLock { $0.isStopping = true }
        hurry.signal()
        ended.wait()
    }

    /// Watches it no more, and lets it go on: the hub starts again at once, and takes it over.
    func leave() {
        watched.withLock { $0.isLeft = true }
        stop()
    }

    private var isStopping: Bool { watched.withLock { $0.isStopping } }

    // MARK: Starting and stopping

    /// A broker that an earlier hub of this home left behind goes on, if it answers.
    private func takeOver() -> Bool {
        guard let running = leftOver else { return false }
        guard answers(within: 2000) else {
            stopLeftOver()
            return false
        }
        log.info("took over the running broker", metadata: ["process": "\(running.process)"])
        watched.withLock { $0.identity = running }
        // Accounts and rights may have been written anew, and the log moved.
        ProcessTable.signal(running, SIGHUP)
        return true
    }

    private var leftOver: ProcessTable.Identity? {
        ProcessTable.find(program: "mosquitto", arguments: files.arguments)
    }

    /// It writes its queue down, where the next one finds it.
    private func stopLeftOver() {
        guard let running = leftOver else { return }
        log.notice(
            "stopping the broker of an earlier hub", metadata: ["process": "\(running.process)"])
        Self.end(running)
    }

    private static func end(_ identity: ProcessTable.Identity) {
        ProcessTable.signal(identity, SIGTERM)
        for _ in 0..<100 where isRunning(identity) { usleep(20_000) }
        ProcessTable.signal(identity, SIGKILL)
        for _ in 0..<100 where isRunning(identity) { usleep(20_000) }
    }

    /// A child of ours that ended is a zombie until it is waited for; one that was taken over is not our child.
    private static func isRunning(_ identity: ProcessTable.Identity) -> Bool {
        waitpid(identity.process, nil, WNOHANG)
        return ProcessTable.identity(identity.process) == identity
    }

    private func start() throws(ManagedBrokerError) {
        // Another program on the port would answer in the broker's place.
        try requireFree()
        let process: pid_t
        do throws(Subprocess.Failure) {
            process = try Subprocess.spawn(program, files.arguments, output: files.log)
        } catch { throw .start(reason: error.description, log: files.log) }
        guard let identity = ProcessTable.identity(process) else {
            waitpid(process, nil, 0)
            throw .start(reason: "it ended at once", log: files.log)
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline, !isStopping {
            guard Self.isRunning(identity) else {
                throw .start(reason: "it ended at once", log: files.log)
            }
            if answers(within: 200) {
                watched.withLock { $0.identity = identity }
                return
            }
            usleep(10_000)
        }
        Self.end(identity)
        throw .start(reason: "it does not answer on \(address)", log: files.log)
    }

    // MARK: Watching

    /// Starts the broker again when it dies, keeps its log small, and stops it at the end.
    private func watch() {
        var backoff = Backoff(seed: UInt64(address.port))
        var turns = 0
        while !isStopping {
            _ = hurry.wait(timeout: .now() + .milliseconds(50))
            turns += 1
            if let running = watched.withLock({ $0.identity }), Self.isRunning(running) {
                // After a minute of life the next death is a new one.
                if turns % 1200 == 0 {
                    backoff.reset()
                    if files.rotateLog() { ProcessTable.signal(running, SIGHUP) }
                }
                continue
            }
            if isStopping { break }
            restart(&backoff)
        }
        let watch = watched.withLock { $0 }
        if !watch.isLeft, let running = watch.identity { Self.end(running) }
        ended.signal()
    }

    private func restart(_ backoff: inout Backoff) {
        watched.withLock { $0.identity = nil }
        log.error("the broker died; starting it again", metadata: ["log": "\(files.log)"])
        do throws(ManagedBrokerError) { try start() } catch {
            if !isStopping { log.error("\(error)") }
        }
        _ = hurry.wait(timeout: .now() + .milliseconds(Int(backoff.next())))
    }

    // MARK: Finding

    static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // Debian keeps the broker where only root's PATH looks.
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"])
            .map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }

    private func answers(within milliseconds: Int32) -> Bool {
        let host =
            address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host
        do throws(BrokerError) {
            try Reachability.require(host: host, port: address.port, milliseconds: milliseconds)
            return true
        } catch { return false }
    }

    private func requireFree() throws(ManagedBrokerError) {
        guard let number = Reachability.bindingFailure(host: address.host, port: address.port)
        else {
            return
        }
        if number == EADDRINUSE { throw .portTaken(address: address.description) }
        throw .address(address.description, reason: String(cString: strerror(number)))
    }
}
