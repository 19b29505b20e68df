import Foundation
import Rules
import Testing

@testable import Hub

/// A hub in a process of its own, with its managed broker, in a temporary home.
final class HubProcess {
    let folder: String
    let port: UInt16
    private var process: Process?

    init() throws {
        folder = NSTemporaryDirectory() + "foyer-crash-" + UUID().uuidString.prefix(8)
        port = UInt16.random(in: 20_000...28_000)
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder + "/rules", withIntermediateDirectories: true)
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
                when: used
                do: {en: Count., fr: Compter.}
            """)
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    var password: String? {
        (try? String(contentsOfFile: folder + "/broker/devices.password", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var reader: JournalReader? { try? JournalReader(path: folder + "/foyer.sqlite") }

    func start() throws {
        let process = Process()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        process.executableURL = root.appending(path: ".build/debug/hubctl")
        process.arguments = ["run", "--home", folder, "--log-level", "error"]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["FOYER_DEVICES": root.appending(path: "devices").path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// Kills the hub at whatever instruction it is.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        // A zombie counts as gone. (Process.waitUntilExit wants a run loop, which tests have not.)
        while ProcessTable.identity(process.processIdentifier) != nil { usleep(1000) }
        self.process = nil
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
        if let files = try? BrokerFiles(folder: folder + "/broker"),
            let left = ProcessTable.find(program: "mosquitto", arguments: files.arguments)
        {
            ProcessTable.signal(left, SIGKILL)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

@Suite("Acknowledged means stored", .serialized)
struct CrashTests {
    /// 100 or more by hand: FOYER_CRASHES=100 ./test --filter CrashTests.
    static let crashes = Int(ProcessInfo.processInfo.environment["FOYER_CRASHES"] ?? "") ?? 12

    @Test(
        "the hub killed at random instructions under load: no event missing, none twice, and so its alerts"
    )
    func killed() async throws {
        guard ManagedBroker.find("mosquitto") != nil else {
            print("skipped: mosquitto is not installed")
            return
        }
        let hub = try HubProcess()
        defer { hub.end() }
        try hub.start()
        try wait(20) { hub.password != nil && hub.reader != nil }
        var address = try PublisherAddress(text: "mqtt://devices@127.0.0.1:\(hub.port)")
        address.password = hub.password
        let settings = address.session(clientID: "crash-publisher")
        try wait(20) { (try? Reachability.require(host: "127.0.0.1", port: hub.port)) != nil }
        // The first subscription must stand before anything is published; after that the session is the broker's.
        try wait(20) {
            if case .status(let status)? = try? ControlClient(path: hub.folder + "/hub.sock")
                .send(.status)
            {
                return status.state == "online"
            }
            return false
        }
        let total = Self.crashes * 60
        let publishing = Task.detached {
            let publisher = try BrokerPublisher(settings)
            for number in 0..<total {
                try publisher.publish(
                    Publication(topic: "home/tablet", payload: "{\"app\":\"s\(number)\"}"))
                if number % 10 == 0 { try publisher.serve(for: .milliseconds(20)) }
            }
            try publisher.finish()
        }
        for _ in 0..<Self.crashes {
            usleep(UInt32.random(in: 20_000...450_000))
            hub.kill()
            try hub.start()
        }
        try await publishing.value
        try wait(180) { try count(hub) >= total }
        try check(hub, total)
    }

    private func count(_ hub: HubProcess) throws -> Int {
        guard let reader = hub.reader else { return 0 }
        return try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true }).count
    }

    private func check(_ hub: HubProcess, _ total: Int) throws {
        let reader = try #require(hub.reader)
        let values = try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
            .map(\.value.plainText)
        #expect(values.count == total)
        #expect(values == (0..<total).map { "s\($0)" })
        let alerts = try reader.alerts(openOnly: true)
        #expect(alerts.count == 1)
        #expect(alerts.first?.count == total)
        let steps = try reader.steps()
        #expect(steps.filter { $0.step == .raised }.count == 1)
        #expect(steps.filter { $0.step == .repeated || $0.step == .reactivated }.count == total - 1)
        for result in try reader.verify() { #expect(result.holds, "\(result)") }
    }

    private func wait(_ seconds: Int64, _ condition: () throws -> Bool) throws {
        let limit = Clock.system.now() + .seconds(seconds)
        while try !condition() {
            guard Clock.system.now() < limit else {
                Issue.record("what was waited for did not come within \(seconds) s")
                throw CancellationError()
            }
            usleep(50_000)
        }
    }
}
