import Foundation
public import Logging
import Rules
public import ServiceLifecycle
import Synchronization

/// Why a hub does not start, or stopped by itself.
public enum HubError: Error, CustomStringConvertible, Sendable {
    /// The home's files have errors; the text shows them with their lines.
    case configuration(report: String, summary: String)
    /// A file that the configuration names cannot be read.
    case file(path: String, reason: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .configuration(let report, let summary): "\(report)\n\(summary)"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// The hub of one home: its broker, its intake loop, its control socket. The wiring, and the one file that knows every
/// folder.
///
/// A `Service`: `run` returns after a graceful shutdown, with everything committed, a checkpoint written and the
/// broker stopped.
public struct HubService: Service, CustomStringConvertible {
    /// The home's folder, for logs.
    public var description: String { "hub of \(home.folder)" }

    private let home: LoadedHome
    private let clock: Clock
    private let log: Logger
    private let inbox = CommandInbox()
    private let onReady: @Sendable () -> Void
    private let feed = CommitFeed()
    private let onListening: @Sendable (Int) -> Void
    private let reload = ReloadWish()

    /// Whether somebody asked for a new start with what the home's files say now: true at the earliest when `run` has
    /// returned, and then it is the caller's to do.
    public var isToReload: Bool { reload.isSet }

    /// The hub of a home that was loaded without errors.
    ///
    /// - Parameters:
    ///   - clock: where `received` comes from.
    ///   - onReady: called when the loop has recovered and takes in messages.
    ///   - onListening: called with the port once the pages can be asked for.
    /// - Throws: `HubError.configuration` where the home has errors.
    public init(
        home: LoadedHome, clock: Clock = .system, log: Logger,
        onReady: @escaping @Sendable () -> Void = {},
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        guard !home.hasErrors else {
            throw HubError.configuration(report: home.report, summary: home.summary)
        }
        self.home = home
        self.clock = clock
        self.log = log
        self.onReady = onReady
        self.onListening = onListening
    }

    /// Runs until graceful shutdown, or until `hubctl stop`.
    public func run() async throws {
        // At a file-size limit a write is to fail, as on a full disk, and not to end the process (setrlimit(2)).
        signal(SIGXFSZ, SIG_IGN)
        Descriptors.raise()
        let lock = try HomeLock(home: home.folder)
        defer { withExtendedLifetime(lock) {} }
        let broker = try managedBroker()
        // Whatever ends the hub, its broker ends with it; only a killed hub leaves it behind.
        defer { if isToReload { broker?.leave() } else { broker?.stop() } }
        let settings = try loopSettings(broker)
        let control = try ControlServer(path: home.folder + "/hub.sock", inbox: inbox)
        defer {
            inbox.close(reason: "the hub stops")
            control.stop()
        }
        let thread = IntakeThread(
            settings: settings, journalPath: home.folder + "/foyer.sqlite", inbox: inbox,
            clock: clock, log: log)
        try await thread.ready()
        onReady()
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let web = try web() { group.addTask { try await web.run() } }
            let outbox = outbox()
            group.addTask { try await outbox.run() }
            let watchdog = Watchdog(
                inbox: inbox, heartbeat: home.notifications.heartbeat, reload: reload,
                log: log)
            group.addTask { try await watchdog.run() }
            let keeper = keeper()
            group.addTask { try await keeper.run() }
            // Whichever way the end comes, the loop drains, commits and takes leave.
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await thread.end()
                } onGracefulShutdown: { [inbox, feed] in
                    feed.finish()
                    inbox.submit(.stop) { _ in }
                }
            } onCancel: { [inbox] in
                inbox.submit(.stop) { _ in }
            }
            // Pages that listen would hold the server up.
            feed.finish()
            group.cancelAll()
        }
        log.info("stopped")
    }

    private func outbox() -> Outbox {
        let inbox = inbox
        return Outbox(
            home: home, readers: ReaderPool(path: home.folder + "/foyer.sqlite"), feed: feed,
            clock: clock,
            desk: Outbox.Desk(
                record: { attempt in _ = await inbox.ask(.record(attempt)) },
                report: { fault, isPresent, detail in
                    _ = await inbox.ask(.report(fault, isPresent: isPresent, detail: detail))
                }), log: log)
    }

    private func keeper() -> RetentionKeeper {
        let inbox = inbox
        return RetentionKeeper(
            home: home, readers: ReaderPool(path: home.folder + "/foyer.sqlite"), clock: clock,
            remove: { removal in
                guard case .removed(let count) = await inbox.ask(.remove(removal)) else {
                    return nil
                }
                return count
            }, log: log)
    }

    /// The pages; nil where hub.yaml turns them off.
    private func web() throws -> WebService? {
        guard let configuration = home.configuration, let listen = configuration.listen else {
            return nil
        }
        let accounts = try Accounts(path: home.folder + "/people.sqlite")
        var log = log
        log.logLevel = max(log.logLevel, .notice)
        return WebService(
            site: WebSite(
                home: home, readers: ReaderPool(path: home.folder + "/foyer.sqlite"),
                inbox: inbox, accounts: accounts, feed: feed, clock: clock,
                visitorClock: .system,
                settings: configuration.web, limits: RateLimits()),
            address: listen, log: log, onListening: onListening)
    }

    private func managedBroker() throws -> ManagedBroker? {
        guard let configuration = home.configuration,
            case .managed(let address) = configuration.broker.kind
        else { return nil }
        return try ManagedBroker(
            folder: home.folder + "/broker", address: address,
            receiveMaximum: Self.receiveMaximum(batch: configuration.intake.batch), log: log)
    }

    /// How many messages may be under way to the hub: some batches, so that the broker goes on sending while one is
    /// committed, and neither waits for the other.
    static func receiveMaximum(batch: Int) -> Int { min(4 * batch, 65_535) }

    private func loopSettings(_ broker: ManagedBroker?) throws -> IntakeLoopSettings {
        guard let configuration = home.configuration else {
            throw HubError.configuration(report: home.report, summary: home.summary)
        }
        let session = try Self.session(
            configuration, hubPassword: broker?.password(of: "hub"))
        let body = ConfigurationBody(home)
        return IntakeLoopSettings(
            session: session, plan: home.plan, home: home.home, directory: home.directory,
            configuration: body.hash, configurationBody: body.text,
            batch: configuration.intake.batch,
            maximumPayload: configuration.intake.maximumPayload,
            quarantineKept: configuration.intake.quarantine,
            unknownTopicsKept: configuration.intake.unknownTopics,
            placements: PlacementNote.all(in: home.folder), feed: feed,
            homeAssistant: configuration.homeAssistant.map {
                HomeAssistantDiscovery(
                    settings: $0, site: configuration.site,
                    statusTopic: "foyer/hub/\(session.clientID)/status")
            }, onReload: { [reload] in reload.set() }, listens: .seconds(5))
    }

    /// How the hub reaches its broker.
    ///
    /// - Parameter hubPassword: of the account that the hub has at its own broker.
    static func session(
        _ configuration: HubConfiguration, hubPassword: String?
    ) throws -> SessionSettings {
        var session = SessionSettings(
            host: "127.0.0.1", port: 1883, clientID: configuration.clientID,
            subscriptions: configuration.broker.subscriptions)
        switch configuration.broker.kind {
        case .managed(let address):
            session.host =
                address.host == "0.0.0.0" || address.host == "::" ? "127.0.0.1" : address.host
            session.port = address.port
            session.username = "hub"
            session.password = hubPassword
        case .foreign(let address):
            session.host = address.address.host
            session.port = address.address.port
            session.username = address.user
            session.password = try address.passwordFile.map(secret)
            if address.encrypted {
                session.tls = SessionSettings.TLS(
                    authorityFile: address.authorityFile,
                    certificateFile: address.certificateFile, keyFile: address.keyFile)
            }
        }
        session.keepAlive = Int(configuration.broker.keepAlive.milliseconds / 1000)
        session.sessionExpiry = UInt32(
            clamping: configuration.broker.sessionExpiry.milliseconds / 1000)
        session.receiveMaximum = Self.receiveMaximum(batch: configuration.intake.batch)
        return session
    }

    private static func secret(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        } catch {
            throw HubError.file(path: path, reason: "the password cannot be read: \(error)")
        }
    }
}

/// Whether the hub is to start again after it has stopped.
final class ReloadWish: Sendable {
    private let wish = Atomic(false)

    var isSet: Bool { wish.load(ordering: .acquiring) }
    func set() { wish.store(true, ordering: .releasing) }
}
