import ArgumentParser
import Foundation
import Hub
import Logging
import Rules
import ServiceLifecycle
import UnixSignals

/// `hubctl run`: the hub.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the hub of a home, with its broker, until ctrl-C or SIGTERM.")

    @OptionGroup var home: HomeOption
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw CommandFailure("--log-level: there is no level \"\(logLevel)\"")
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var log = Logger(label: "hub")
        log.logLevel = level
        let loaded = try home.load()
        // Errors are told by the hub, which does not start with them.
        if !loaded.diagnostics.isEmpty, !loaded.hasErrors {
            FileHandle.standardError.write(Data((loaded.report + "\n").utf8))
        }
        let hub = try HubService(home: loaded, log: log) {
            print("hub of \(loaded.folder): \(loaded.summary); taking in messages")
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: hub, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
        guard hub.isToReload else { return }
        log.notice("starting again with what the home's files say now")
        throw RunCommand.startAgain()
    }

    /// Becomes a new process in this one's place: the same identifier, so that whoever watches it notices nothing.
    ///
    /// - Returns: why not, where it did not.
    private static func startAgain() -> CommandFailure {
        var arguments: [UnsafeMutablePointer<CChar>?] = ProcessInfo.processInfo.arguments.map {
            strdup($0)
        }
        arguments.append(nil)
        execv("/proc/self/exe", arguments)
        return CommandFailure(
            "the hub cannot start again: \(String(cString: strerror(errno))); start it by hand")
    }
}

/// `hubctl reload`: a running hub takes in what the home's files say now.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running hub take in what the home's files say now.",
        discussion: """
            The files are checked first; with errors nothing happens. The hub then starts again in a second or so, while its \
            broker goes on and keeps what devices say: nothing is lost, and durations go on.
            """)

    @OptionGroup var home: HomeOption

    func run() throws {
        let loaded = try home.load()
        if loaded.hasErrors {
            print(loaded.report)
            throw CommandFailure("\(loaded.summary); the hub goes on with what it has")
        }
        guard case .status(let before) = try home.control.send(.status) else { return }
        try home.control.send(.reload)
        let limit = Clock.system.now() + .seconds(60)
        while Clock.system.now() < limit {
            usleep(50_000)
            // For a moment nobody answers.
            if case .status(let now)? = try? home.control.send(.status),
                now.start.started > before.start.started
            {
                print("\(loaded.summary); the hub runs on it")
                return
            }
        }
        throw CommandFailure("the hub has not come back within a minute; its log says why")
    }
}

/// `hubctl stop`: asks a running hub to end.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the running hub of a home; everything is committed first.")

    @OptionGroup var home: HomeOption

    func run() throws {
        try home.control.send(.stop)
        print("stopped")
    }
}

/// `hubctl status`: how a running hub is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How the running hub of a home is.")

    @OptionGroup var home: HomeOption
    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        guard case .status(let status) = try home.control.send(.status) else { return }
        if json { return print(try jsonText(status)) }
        print("state          \(status.state)")
        print("broker         \(status.broker)")
        print("journal        entry \(status.sequence)")
        for line in startLines(status.start) { print(line) }
        print("since start    \(status.messages) messages, \(status.events) events")
        print(
            "not understood \(status.quarantined) quarantined, \(status.unknown) on unknown topics")
        print("alerts         \(status.openAlerts) open")
        print("rules          \(status.instances) instances")
    }

    private func startLines(_ start: StartReport) -> [String] {
        let zone = home.zone(in: try? home.load())
        func shown(_ milliseconds: Int64) -> String {
            Timestamp.short(Instant(milliseconds: milliseconds), in: zone)
        }
        var lines = ["started        \(shown(start.started))"]
        if let from = start.downFrom {
            let seconds = max(0, start.started - from) / 1000
            lines.append(
                "was down       from \(shown(from)), \(seconds) s; \(start.recovered) messages that the broker had kept, \(start.raisedLate) alerts raised late\(start.isComplete ? "" : ", still catching up")"
            )
        }
        return lines
    }
}

/// `hubctl check`: everything in a home's files.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a home: hub.yaml, devices.yaml, profiles and rules.",
        discussion: """
            An alarm of a device that no rule hears is a warning, and one that the hub never saw to work, once it ran on the home. Exit code 1 where there is \
            an error.
            """)

    @OptionGroup var home: HomeOption
    @Flag(help: "One JSON object for everything found.")
    var json = false

    func run() throws {
        var loaded = try home.load()
        loaded.diagnostics += UnheardAlarms.diagnostics(loaded) + UntestedAlarms.diagnostics(loaded)
        if json {
            print(DiagnosticRendering.json(loaded.diagnostics))
        } else {
            if !loaded.diagnostics.isEmpty { print(loaded.report) }
            print(loaded.summary)
        }
        if loaded.hasErrors { throw ExitCode(1) }
    }
}

/// `hubctl verify`: whether a journal is whole.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a journal: integrity, sequence, times, chains, checkpoint, alerts.")

    @OptionGroup var home: HomeOption

    func run() throws {
        let isTerminal = isatty(2) == 1
        let results = try home.reader.verify { share in
            guard isTerminal else { return }
            FileHandle.standardError.write(Data("\r\(Int(share * 100)) %".utf8))
        }
        if isTerminal { FileHandle.standardError.write(Data("\r     \r".utf8)) }
        for result in results {
            let name = result.check.padding(toLength: 12, withPad: " ", startingAt: 0)
            print("\(result.holds ? "ok    " : "FAILED") \(name) \(result.detail)")
        }
        if results.contains(where: { !$0.holds }) { throw ExitCode(1) }
    }
}
