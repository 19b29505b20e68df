import Foundation

/// A broker to measure with, with the limits that the hub's own broker has and without its disk: what is measured is
/// who reads.
final class BenchmarkBroker {
    let port: UInt16
    private let process: MeasuredProcess

    init(folder: String, _ stop: BenchmarkStop) throws {
        guard let program = ManagedBroker.find("mosquitto") else {
            throw BenchmarkError("mosquitto is not installed; on Debian: apt-get install mosquitto")
        }
        port = try Self.freePort()
        let configuration = "\(folder)/mosquitto-\(port).conf"
        let text = """
            listener \(port) 127.0.0.1
            allow_anonymous true
            persistence false
            max_inflight_messages \(HubService.receiveMaximum(batch: IntakeSettings().batch))
            max_queued_messages 0
            max_queued_bytes 0
            set_tcp_nodelay true
            log_dest none
            \(geteuid() == 0 ? "user root" : "")

            """
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        process = try MeasuredProcess(program, ["-c", configuration])
        try stop.wait(seconds: 10, for: "the broker's answer") { [port] in
            (try? Reachability.require(host: "127.0.0.1", port: port, milliseconds: 200)) != nil
        }
    }

    func stop() { process.stop() }

    /// For a tool of the benchmark's own.
    func session(_ clientID: String, subscriptions: [String] = []) -> SessionSettings {
        var settings = SessionSettings(
            host: "127.0.0.1", port: port, clientID: clientID, subscriptions: subscriptions)
        settings.sessionExpiry = 0
        return settings
    }

    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000...30_000)
            if Reachability.bindingFailure(host: "127.0.0.1", port: port) == nil { return port }
        }
        throw BenchmarkError("no port from 20000 to 30000 is free on 127.0.0.1")
    }
}
