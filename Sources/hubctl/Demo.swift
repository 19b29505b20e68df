import ArgumentParser
import Foundation
import Hub
import Logging
import Rules
import ServiceLifecycle
import UnixSignals

/// `hubctl demo`: a residence with three people and their devices, whose day passes in some minutes.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a demonstration residence: hub, broker, and devices that publish over MQTT.",
        discussion: """
            A day of three residents passes in some minutes, with a call, a stove left on, a missed dose, a way out at \
            night and a sensor that dies. Ctrl-C stops everything.
            """)

    @Option(help: "The folder of the demonstration's home; written anew at each start.")
    var home: String = "demo-home"
    @Option(help: "How many of its seconds pass in one of ours; 1 to 3600.")
    var speed: Double = 240
    @Option(help: "The broker's port on this machine.")
    var port: UInt16 = 1883
    @Option(help: "The page's port on this machine.")
    var web: UInt16 = 8080
    @Flag(help: "Go on with the home that is there.")
    var keep = false
    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard (1...3600).contains(speed) else { throw ValidationError("--speed: 1 to 3600") }
    }

    func run() async throws {
        let french = language.isFrench
        let script = try prepare()
        try makeAccounts()
        let loaded = try HomeFolder.load(home)
        guard let zone = loaded.zones[script.zone] else {
            throw CommandFailure("the demonstration's zone \(script.zone) is not known")
        }
        let today = zone.day(at: Clock.system.now())
        let start = try resume() ?? script.start(of: today, zone: zone)
        let clock = Clock.scaled(from: start, at: Clock.system.now(), speed: speed)
        var log = Logger(label: "hub") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        let ready = AsyncStream<Void>.makeStream()
        let hub = try HubService(home: loaded, clock: clock, log: log) {
            ready.continuation.yield()
        }
        let devices = DemoDevices(
            script: script, zone: zone, clock: clock, speed: speed, firstDay: today, home: home,
            port: port, ready: ready.stream)
        let watcher = DemoWatcher(
            home: home, speed: speed, port: port, web: web, french: french)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: hub, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: devices, successTerminationBehavior: .ignore),
                    .init(service: watcher, successTerminationBehavior: .ignore),
                ], gracefulShutdownSignals: [.sigint, .sigterm], logger: log))
        try await group.run()
    }

    /// Copies the shipped home and its script; a hub.yaml with another port where one is asked for.
    private func prepare() throws -> DemoScript {
        guard let shipped = SharedFiles.devices().map({ "\($0)/demo" }),
            let text = try? String(contentsOfFile: shipped + "/script.yaml", encoding: .utf8)
        else {
            throw CommandFailure(
                "the folder of the demonstration is not found; name the folder that holds demo/ with \(SharedFiles.devicesVariable)=DIR"
            )
        }
        let script = try DemoScript.parse(text, file: "script.yaml")
        let manager = FileManager.default
        if keep, manager.fileExists(atPath: home) { return script }
        if manager.fileExists(atPath: home) {
            // Only what is a demonstration's own may be taken away.
            guard manager.fileExists(atPath: home + "/script.yaml") else {
                throw CommandFailure(
                    "\(home) is there and is not a demonstration's home; choose another with --home"
                )
            }
        }
        do { try copy(shipped) } catch {
            throw CommandFailure(
                "\(home) cannot be written (\(error.localizedDescription)); choose another folder with --home"
            )
        }
        return script
    }

    /// The demonstration's own password, for everybody; no other home has it.
    static let password = "foyer-demo"

    /// Lets the demonstration's team sign in.
    private func makeAccounts() throws {
        let accounts = try Accounts(path: home + "/people.sqlite")
        let known = try accounts.accounts().map(\.id)
        for id: StaffID in ["marie", "noor", "paul", "claire", "karim"] where !known.contains(id) {
            try accounts.add(id, password: Self.password, at: Clock.system.now())
        }
        if !known.contains("admin") {
            try accounts.add(
                "admin", password: Self.password, isAdministrator: true, at: Clock.system.now())
        }
    }

    /// Takes the place of the demonstration's home that is there.
    private func copy(_ shipped: String) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: home) { try manager.removeItem(atPath: home) }
        try manager.copyItem(atPath: shipped, toPath: home)
        let settings = home + "/hub.yaml"
        let yaml = try String(contentsOfFile: settings, encoding: .utf8)
        try
            (yaml
            + "broker:\n  managed: {port: \(port), listen: 127.0.0.1}\nlisten: \"127.0.0.1:\(web)\"\n")
            .write(toFile: settings, atomically: true, encoding: .utf8)
    }

    /// Where time went on to in a home that is kept.
    private func resume() throws -> Instant? {
        guard keep, let reader = try? JournalReader(path: home + "/foyer.sqlite") else {
            return nil
        }
        return try reader.lastMoment()
    }
}

/// The demonstration's devices, which publish over MQTT under the devices' own account.
private struct DemoDevices: Service {
    let script: DemoScript
    let zone: ZoneOffsets
    let clock: Clock
    let speed: Double
    let firstDay: Int64
    let home: String
    let port: UInt16
    let ready: AsyncStream<Void>

    func run() async throws {
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            for await _ in ready { break }
            if stop.isSet { return }
            try await OwnThread.run(named: "devices") { () throws(SimulationError) in
                try publish(stop)
            }
        } onGracefulShutdown: {
            stop.set()
        }
    }

    private func publish(_ stop: StopFlag) throws(SimulationError) {
        let password =
            (try? String(contentsOfFile: home + "/broker/devices.password", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        var address = try PublisherAddress(text: "mqtt://devices@127.0.0.1:\(port)")
        address.password = password
        for ordinal in 0..<Int.max {
            if stop.isSet { return }
            var publisher = try BrokerPublisher(
                address.session(clientID: "demonstration-devices"),
                options: BrokerPublisher.Options(patience: .seconds(3)))
            var source = TimedSource(
                script.day(firstDay + Int64(ordinal), ordinal: ordinal, zone: zone)
                    .filter { $0.at >= clock.now() })
            _ = try play(
                &source, to: &publisher, pacer: Pacer(following: clock, speed: speed), clock: clock,
                shouldStop: { stop.isSet }, progress: { _ in })
        }
    }
}

/// Tells where to look, and each alert as it comes.
private struct DemoWatcher: Service {
    let home: String
    let speed: Double
    let port: UInt16
    let web: UInt16
    let french: Bool

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await watch() }
        } catch is CancellationError {
            return
        }
    }

    private func watch() async throws {
        var reader: JournalReader?
        while reader == nil {
            try await Task.sleep(for: .milliseconds(200))
            reader = try? JournalReader(path: home + "/foyer.sqlite")
        }
        guard let reader else { return }
        greet()
        let option = try HomeOption.parse(["--home", home])
        let printer = AlertPrinter(
            home: try? option.load(), option: option, french: french)
        let color = isatty(1) == 1
        var shown = try reader.steps().count
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(250))
            for step in try reader.steps().dropFirst(shown) {
                shown += 1
                guard step.step == .raised || step.step == .repeated,
                    let alert = try reader.alert(step.alert.rawValue)
                else { continue }
                let paint = color ? (alert.priority >= .high ? "\u{1b}[1;31m" : "\u{1b}[33m") : ""
                print("\(paint)\(printer.line(alert))\(color ? "\u{1b}[0m" : "")")
                if let text = printer.instruction(alert) { print("    → \(text)") }
                fflush(nil)
            }
        }
    }

    private func greet() {
        let minutes = Int((1440 / speed).rounded())
        if french {
            print(
                """

                Foyer tourne. Une journée de trois personnes passe en \(minutes) minutes. Ctrl-C arrête tout.

                  Page          http://127.0.0.1:\(web)   « claire » (cheffe de service), « marie » (jour),
                                « paul » (nuit), « karim » (installateur) ; mot de passe « \(Demo.password) »
                  Broker MQTT   mqtt://127.0.0.1:\(port)  (mots de passe dans \(home)/broker/)
                  Alertes       ./run alerts list --home \(home)
                  Y aller       ./run alerts ack ID --home \(home)
                  Événements    ./run events tail --home \(home)
                  État          ./run status --home \(home)

                Les alertes, dès qu'elles arrivent :

                """)
        } else {
            print(
                """

                Foyer runs. A day of three people passes in \(minutes) minutes. Ctrl-C stops everything.

                  Page          http://127.0.0.1:\(web)   "claire" (team leader), "marie" (day), "paul" (night),
                                "karim" (installer); the password is "\(Demo.password)"
                  MQTT broker   mqtt://127.0.0.1:\(port)  (passwords in \(home)/broker/)
                  Alerts        ./run alerts list --home \(home)
                  "I am going"  ./run alerts ack ID --home \(home)
                  Events        ./run events tail --home \(home)
                  How it is     ./run status --home \(home)

                Alerts, as they come:

                """)
        }
        fflush(nil)
    }
}
