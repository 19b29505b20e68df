import Foundation
import Logging
import Testing

@testable import Hub

@Suite("The broker that the hub starts", .enabled(if: TestBroker.isInstalled))
struct ManagedBrokerTests {
    private let folder: TemporaryFolder
    private let address: ListenAddress

    init() throws {
        folder = try TemporaryFolder()
        address = ListenAddress(host: "127.0.0.1", port: try Loopback.freePort())
    }

    private func start(
        _ path: String = "broker", at address: ListenAddress? = nil, receiveMaximum: Int = 1000
    ) throws -> ManagedBroker {
        try ManagedBroker(
            folder: folder.file(path), address: address ?? self.address,
            receiveMaximum: receiveMaximum,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func settings(
        _ broker: ManagedBroker, user: String = "hub", filters: [String] = ["#"]
    ) -> SessionSettings {
        var settings = SessionSettings(
            host: address.host, port: address.port, clientID: user, subscriptions: filters)
        settings.username = user
        settings.password = broker.password(of: user)
        return settings
    }

    /// Whether a process is there and no zombie.
    private func isRunning(_ process: Int32) -> Bool { ProcessTable.identity(process) != nil }

    @Test("it answers when it is made, asks for a password, and is gone when stopped")
    func lifetime() throws {
        let broker = try start()
        let process = try #require(broker.process)
        var settings = settings(broker)
        try BrokerSession.connected(settings).disconnect()
        settings.password = "wrong"
        #expect(throws: BrokerError.self) { try BrokerSession.connected(settings) }
        settings.username = nil
        settings.password = nil
        #expect(throws: BrokerError.self) { try BrokerSession.connected(settings) }
        broker.stop()
        #expect(!isRunning(process))
        #expect(throws: BrokerError.self) { try BrokerSession.connected(settings) }
    }

    @Test("passwords are random, kept in files of the hub's own user, and hashed for mosquitto")
    func passwords() throws {
        let broker = try start()
        defer { broker.stop() }
        let passwords = ManagedBroker.users.compactMap { broker.password(of: $0) }
        #expect(Set(passwords).count == 3)
        #expect(passwords.allSatisfy { $0.count == 26 })
        let accounts = try String(contentsOfFile: folder.file("broker/accounts"), encoding: .utf8)
        #expect(passwords.allSatisfy { !accounts.contains($0) })
        let manager = FileManager.default
        #expect(!manager.fileExists(atPath: folder.file("broker/accounts.new")))
        for name in try manager.contentsOfDirectory(atPath: folder.file("broker")) {
            let attributes = try manager.attributesOfItem(atPath: folder.file("broker/\(name)"))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        let attributes = try manager.attributesOfItem(atPath: folder.file("broker"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test("devices may not speak for the hub, and may say how they are used")
    func rights() throws {
        let broker = try start()
        defer { broker.stop() }
        let hub = try BrokerSession.connected(settings(broker))
        try hub.settle()
        let device = try BrokerSession.connected(settings(broker, user: "devices", filters: []))
        for topic in ["foyer/hub/x/status", "foyer/r1/alerts/a", "foyer/r1/use/tablet", "zigbee/a"]
        {
            _ = try device.publish(topic: topic, payload: [1], retain: false)
        }
        try device.release()
        #expect(try hub.collect(2).map(\.topic) == ["foyer/r1/use/tablet", "zigbee/a"])
        device.disconnect()
    }

    @Test("killed, it is started again, with what it had queued")
    func restarts() throws {
        let broker = try start()
        defer { broker.stop() }
        let hub = try BrokerSession.connected(settings(broker))
        try hub.settle()
        hub.disconnect()
        let device = try BrokerSession.connected(settings(broker, user: "devices", filters: []))
        _ = try device.publish(topic: "a", payload: [7], retain: false)
        try device.release()
        let first = try #require(broker.process)
        let database = folder.file("broker/broker.db")
        // It writes its state down about each second; killed before, it would have lost the message.
        #expect(
            wait { (try? Data(contentsOf: URL(fileURLWithPath: database)))?.contains(7) ?? false })
        kill(first, SIGKILL)
        #expect(wait { broker.process.map { $0 != first } ?? false })
        let again = try BrokerSession.connected(settings(broker))
        #expect(again.state == .connected(sessionPresent: true))
        #expect(try again.collect(1).map(\.payload) == [[7]])
    }

    @Test("one that an earlier hub left behind is taken over, by whatever path the home is named")
    func adopts() throws {
        let first = try start()
        let process = try #require(first.process)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("broker"))
        // The first hub is not stopped, as if it had been killed; two watchers of one broker do no harm.
        let second = try start("link")
        #expect(second.process == process)
        try BrokerSession.connected(settings(second)).disconnect()
        first.stop()
        #expect(!isRunning(process))
        second.stop()
    }

    @Test("one that was left behind with other settings is replaced")
    func replaces() throws {
        let first = try start()
        let process = try #require(first.process)
        let second = try start(receiveMaximum: 2000)
        #expect(second.process != process)
        #expect(!isRunning(process))
        second.stop()
        first.stop()
    }

    @Test("one that was left behind and hangs is replaced")
    func hangs() throws {
        let first = try start()
        let process = try #require(first.process)
        kill(process, SIGSTOP)
        // The kernel accepts connections for it until its backlog is full: it is the hub's session that would find
        // out. Here it has to be ended although it does not listen to SIGTERM.
        let begin = ContinuousClock.now
        first.stop()
        #expect(!isRunning(process))
        #expect(ContinuousClock.now - begin < .seconds(4))
    }

    @Test("a taken port is named, with what to do")
    func portTaken() throws {
        let (socket, port) = try Loopback.bound(listening: true)
        defer { close(socket) }
        let error = #expect(throws: ManagedBrokerError.self) {
            try start(at: ListenAddress(host: "127.0.0.1", port: port))
        }
        #expect(
            error?.description
                == "127.0.0.1:\(port) is taken by another program; stop that, or choose another port in "
                + "hub.yaml (broker: {managed: {port: …}})")
    }

    @Test("an address that is not this machine's is told as that")
    func foreignAddress() throws {
        let error = #expect(throws: ManagedBrokerError.self) {
            try start(at: ListenAddress(host: "192.0.2.1", port: address.port))
        }
        #expect(error?.description.contains("cannot listen on 192.0.2.1:") == true)
    }

    @Test("a stop is quick, even while a restart waits for its port")
    func quickStop() throws {
        let broker = try start()
        let process = try #require(broker.process)
        kill(process, SIGKILL)
        #expect(wait { !isRunning(process) })
        let begin = ContinuousClock.now
        broker.stop()
        #expect(ContinuousClock.now - begin < .seconds(3))
        #expect(throws: BrokerError.self) {
            try Reachability.require(host: address.host, port: address.port, milliseconds: 200)
        }
    }

    @Test("a folder whose name would write into the configuration is refused")
    func hostileFolder() {
        let error = #expect(throws: ManagedBrokerError.self) {
            try start("x\nallow_anonymous true")
        }
        #expect(error?.description.contains("control character") == true)
    }
}
