import Foundation
import Rules
import Testing

@testable import Hub

/// Tests with a hub and a broker as they run at a customer's: one at a time, for each keeps the machine busy.
@Suite(
    "A real hub", .serialized,
    .enabled(if: ManagedBroker.find("mosquitto") != nil, "mosquitto is not installed"))
enum RealHub {}

/// A hub in a process of its own, with its managed broker, in a temporary home with one device and one rule.
final class HubProcess {
    let folder: String
    let port: UInt16
    private var process: Process?
    private let log: String

    /// - Parameters:
    ///   - folder: the home's; nil for one of its own, which goes when the test ends.
    ///   - when: what the rule watches for; each use of the tablet, unless said otherwise.
    init(folder: String? = nil, when: String = "used") throws {
        let own = NSTemporaryDirectory() + "foyer-crash-" + UUID().uuidString.prefix(8)
        self.folder = folder ?? own
        log = own + ".log"
        port = UInt16.random(in: 20_000...28_000)
        try FileManager.default.createDirectory(
            atPath: self.folder + "/rules", withIntermediateDirectories: true)
        try write(
            "hub.yaml",
            """
            version: 1
            site: {id: crash}
            zone: Europe/Paris
            residences:
              - {id: home, rooms: [{id: hall, kind: hall}]}
            broker:
              managed: {port: \(port), listen: 127.0.0.1}
            """)
        try write(
            "devices.yaml",
            """
            version: 1
            devices:
              - {name: tablet, residence: home, room: hall, profile: json-app, topic: home/tablet}
            """)
        try write(
            "rules/all.yaml",
            """
            version: 1
            events:
              used: {device: tablet, reading: usage.app_session, seen: true}
            rules:
              - id: every-use
                priority: high
                when: \(when)
                do: {en: Count., fr: Compter.}
            """)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    // MARK: The process

    func start() throws {
        let process = Process()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        // FOYER_HUBCTL: another build of it, for measuring.
        process.executableURL =
            ProcessInfo.processInfo.environment["FOYER_HUBCTL"].map { URL(fileURLWithPath: $0) }
            ?? root.appending(path: ".build/debug/hubctl")
        process.arguments = ["run", "--home", folder, "--log-level", "error"]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["FOYER_DEVICES": root.appending(path: "devices").path]) { $1 }
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        self.process = process
    }

    /// Starts, and waits until the hub takes messages in: from then on the broker keeps its session.
    func startAndSettle() throws {
        try start()
        try wait(30) { status?.state == "online" }
    }

    var identifier: Int32? { process?.processIdentifier }

    /// What it wrote in this life.
    var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    var isRunning: Bool { process?.isRunning ?? false }

    /// Kills the hub at whatever instruction it is. Its broker lives on.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        // A zombie counts as gone. (Process.waitUntilExit wants a run loop, which tests have not.)
        while ProcessTable.identity(process.processIdentifier) != nil { usleep(1000) }
        self.process = nil
    }

    var broker: ProcessTable.Identity? {
        guard let files = try? BrokerFiles(folder: folder + "/broker") else { return nil }
        return ProcessTable.find(program: "mosquitto", arguments: files.arguments)
    }

    /// Kills the broker at whatever instruction it is; the hub starts it again.
    func killBroker() {
        guard let broker else { return }
        ProcessTable.signal(broker, SIGKILL)
    }

    /// Ends the hub as a user would, which ends its broker too; removes the home.
    func end() {
        if let process {
            process.terminate()
            let limit = Clock.system.now() + .seconds(10)
            while ProcessTable.identity(process.processIdentifier) != nil,
                Clock.system.now() < limit
            { usleep(20_000) }
            kill()
        }
        if let broker { ProcessTable.signal(broker, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
        try? FileManager.default.removeItem(atPath: log)
    }

    // MARK: What it says

    var reader: JournalReader? { try? JournalReader(path: folder + "/foyer.sqlite") }

    var status: HubStatus? {
        guard
            case .status(let status)? = try? ControlClient(path: folder + "/hub.sock").send(.status)
        else { return nil }
        return status
    }

    /// How it is, for the message of a failed test.
    var condition: String {
        let stored = (try? count()).map { "\($0)" } ?? "?"
        let status = status.map { "\($0)" } ?? "the hub does not answer"
        let log =
            (try? String(contentsOfFile: folder + "/broker/broker.log", encoding: .utf8)) ?? ""
        return
            "\(stored) stored; \(status); the hub wrote: \(said.suffix(2000)); the broker: \(log.suffix(2000))"
    }

    /// How many messages' values are stored.
    func count() throws -> Int {
        guard let reader else { return 0 }
        // Asked often: what the journal counts by itself, not its events one by one.
        return try reader.streams().reduce(0) { $0 + Int($1.count) }
    }

    /// A line of /proc/PID/status, such as `VmHWM`, the most memory that it ever had, in kB.
    func memory(_ line: String = "VmHWM") -> Int? {
        guard let identifier,
            let text = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
            let found = text.split(separator: "\n").first(where: { $0.hasPrefix(line) })
        else { return nil }
        return found.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
    }

    /// How a device, or somebody of staff, would connect.
    func account(_ user: String) throws -> SessionSettings {
        var address = try PublisherAddress(text: "mqtt://\(user)@127.0.0.1:\(port)")
        address.password = try String(
            contentsOfFile: "\(folder)/broker/\(user).password", encoding: .utf8
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        return address.session(clientID: "test-\(user)-\(UUID().uuidString.prefix(8))")
    }

    // MARK: What must hold

    /// Every message once, in order, in a sound journal.
    func checkWhole(_ total: Int) throws {
        let reader = try #require(reader)
        let values = try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
            .map(\.value.plainText)
        #expect(values.count == total)
        #expect(values.elementsEqual((0..<total).lazy.map { "s\($0)" }))
        for result in try reader.verify() { #expect(result.holds, "\(result)") }
    }

    /// One alert, raised once, that counts so many messages.
    func checkAlerts(_ total: Int) throws {
        let reader = try #require(reader)
        let alerts = try reader.alerts(openOnly: true)
        #expect(alerts.count == 1)
        #expect(alerts.first?.count == total)
        let steps = try reader.steps()
        #expect(steps.filter { $0.step == .raised }.count == 1)
        #expect(steps.filter { $0.step == .repeated || $0.step == .reactivated }.count == total - 1)
    }
}

/// Asks again and again until the answer is yes; fails the test when the limit is over.
func wait(
    _ seconds: Int64, _ what: @autoclosure () -> String = "what was waited for",
    _ condition: () throws -> Bool
) throws {
    let limit = Clock.system.now() + .seconds(seconds)
    while try !condition() {
        guard Clock.system.now() < limit else {
            Issue.record("\(what()) did not come within \(seconds) s")
            throw CancellationError()
        }
        usleep(20_000)
    }
}

/// A number from the environment, for the long forms that are run by hand.
func environment(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
}
