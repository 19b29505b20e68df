import Foundation
import Logging
import Rules
import Testing

@testable import Hub

/// A home in a temporary folder and its hub within this process, on a broker that the test gives.
final class RunningHub {
    let folder: TemporaryFolder
    private var task: Task<Void, any Error>?

    /// Writes the home.
    ///
    /// - Parameters:
    ///   - broker: the lines below `broker:` in hub.yaml.
    ///   - files: by their names, such as `devices.yaml` and `profiles/x.yaml`.
    init(broker: [String], files: [String: String]) throws {
        folder = try TemporaryFolder()
        let hub = [
            "version: 1", "site: {id: test}", "zone: Europe/Paris", "residences:",
            "  - {id: home, rooms: [{id: hall, kind: hall}]}", "broker:",
        ]
        try write("hub.yaml", (hub + broker.map { "  " + $0 }).joined(separator: "\n") + "\n")
        for (name, text) in files { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws {
        try folder.write(name, text)
    }

    /// Starts the hub and waits until it is connected and the broker has granted its subscriptions.
    func start(on broker: TestBroker) throws {
        let home = try HomeFolder.load(folder.path, shippedProfiles: Repository.profiles)
        let report = home.hasErrors ? home.report : ""
        try #require(report.isEmpty)
        var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let hub = try HubService(home: home, log: log)
        task = Task.detached { try await hub.run() }
        try #require(wait(seconds: 30) { status?.state == "online" }, "the hub did not connect")
        try #require(wait { broker.count("Sending SUBACK to foyer-test") > 0 })
    }

    func stop() async throws {
        task?.cancel()
        try await task?.value
        task = nil
    }

    var control: ControlClient { ControlClient(path: folder.file("hub.sock")) }

    var status: HubStatus? {
        guard case .status(let status)? = try? control.send(.status) else { return nil }
        return status
    }

    var reader: JournalReader {
        get throws { try JournalReader(path: folder.file("foyer.sqlite")) }
    }

    /// Every event, as `home/door contact.open=true(late)`.
    func events() throws -> [(text: String, event: Event)] {
        let reader = try reader
        // The streams last: a commit in between brings streams without events, never the other way round.
        let events = try reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
        let streams = try reader.streams()
        return events.map { event in
            let key = streams[Int(event.stream.rawValue) - 1].key
            let mark = event.freshness == .live ? "" : "(\(event.freshness))"
            return ("\(key)=\(event.value.plainText)\(mark)", event)
        }
    }
}
