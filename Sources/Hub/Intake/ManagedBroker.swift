import Foundation
import Logging
import Rules
import Synchronization

/// Why the hub's own broker does not run.
enum ManagedBrokerError: Error, Hashable, CustomStringConvertible {
    case missing
    case portTaken(address: String)
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
        case .files(let path, let reason): "\(path): \(reason)"
        case .start(let reason, let log): "mosquitto does not start: \(reason); see \(log)"
        }
    }
}

/// The broker that the hub starts, watches, starts again when it dies, and stops at its own end.
///
/// It runs in a process group of its own, so that ctrl-C reaches the hub first, which drains it. When the hub is
/// killed the broker lives on and queues what devices say; the next hub of the same home takes it over.
final class ManagedBroker: Sendable {
    /// The accounts that it knows.
    static let users = ["hub", "devices", "staff"]

    private let files: BrokerFiles
    private let address: ListenAddress
    private let log: Logger
    private let program: String
    private let identity = Mutex<ProcessTable.Identity?>(nil)
    private let isStopping = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Writes its files, takes over or starts the broker, and returns when it answers.
    init(
        folder: String, address: ListenAddress, receiveMaximum: Int, log: Logger
    ) throws(ManagedBrokerError) {
        guard let program = Self.find("mosquitto") else { throw .missing }
        self.program = program
        self.address = address
        self.log = log
        files = BrokerFiles(folder: folder)
        let changed = try files.write(address: address, receiveMaximum: receiveMaximum)
        if let running = ProcessTable.find(program: "mosquitto", arguments: files.arguments) {
            if changed {
                Self.end(running)
            } else {
                log.info(
                    "took over the running broker", metadata: ["process": "\(running.process)"])
                identity.withLock { $0 = running }
            }
        }
        if identity.withLock({ $0 == nil }) {
            guard Self.isFree(address) else { throw .portTaken(address: address.description) }
            try start()
        }
        let watcher = Thread { [self] in watch() }
        watcher.name = "broker"
        watcher.start()
    }

    /// The password of one of its accounts; nil where its file cannot be read.
    func password(of user: String) -> String? { files.password(of: user) }

    /// Stops the broker: asks, and after two seconds insists.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        if let identity = identity.withLock({ $0 }) { Self.end(identity) }
        ended.wait()
    }

    private static func end(_ identity: ProcessTable.Identity) {
        ProcessTable.signal(identity, SIGTERM)
        for _ in 0..<100 where ProcessTable.identity(identity.process) == identity {
            usleep(20_000)
        }
        ProcessTable.signal(identity, SIGKILL)
    }

    // MARK: Starting and watching

    private func start() throws(ManagedBrokerError) {
        let process = try spawn()
        let deadline = Clock.system.now() + TimeSpan.seconds(10)
        while Clock.system.now() < deadline {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                throw .start(reason: "it ended at once", log: files.log)
            }
            let host =
                address.host == "0.0.0.0" || address.host == "::" ? "127.0.0.1" : address.host
            if (try? Reachability.require(host: host, port: address.port, milliseconds: 200)) != nil
            {
                identity.withLock { $0 = ProcessTable.identity(process) }
                return
            }
            usleep(20_000)
        }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        throw .start(reason: "it does not answer on \(address)", log: files.log)
    }

    private func spawn() throws(ManagedBrokerError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, files.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] =
            (["mosquitto"] + files.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw .start(reason: String(cString: strerror(code)), log: files.log)
        }
        return process
    }

    /// Starts the broker again when it dies.
    private func watch() {
        var backoff = Backoff(seed: UInt64(address.port))
        defer { ended.signal() }
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            usleep(50_000)
            guard let running = identity.withLock({ $0 }) else { continue }
            // A child of ours is a zombie until it is waited for; one that was taken over is not our child.
            waitpid(running.process, nil, WNOHANG)
            guard ProcessTable.identity(running.process) != running else { continue }
            if isStopping.load(ordering: .sequentiallyConsistent) { break }
            log.error("the broker died; starting it again", metadata: ["log": "\(files.log)"])
            do throws(ManagedBrokerError) {
                try start()
                backoff.reset()
            } catch {
                log.error("\(error)")
                usleep(UInt32(clamping: backoff.next() * 1000))
            }
        }
        if let running = identity.withLock({ $0 }) { waitpid(running.process, nil, 0) }
    }

    // MARK: Finding

    static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        // Debian keeps the broker where only root's PATH looks.
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"])
            .map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }

    private static func isFree(_ address: ListenAddress) -> Bool {
        let host = address.host == "0.0.0.0" || address.host == "::" ? "127.0.0.1" : address.host
        return (try? Reachability.require(host: host, port: address.port, milliseconds: 500)) == nil
    }
}
