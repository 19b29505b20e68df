import Foundation
import Rules

/// Finds out what a broker does for a hub that is away, by trying: a session of its own on a topic of its own goes away,
/// messages come meanwhile, and it looks what is left of them. Most brokers' defaults are weak, and none of it can be asked
/// for.
///
/// Blocks its thread; takes some seconds.
struct BrokerExamination {
    /// More than mosquitto keeps by itself (1,000).
    static let messages = 1500
    /// In flight together where the broker is not told otherwise (mosquitto: 20).
    private static let window = 100
    private static let patience: Int64 = 10_000

    /// How the hub connects; the examination has client identifiers of its own.
    let settings: SessionSettings
    /// Tells this examination's topics and sessions from another's.
    let mark: String

    /// Below it every examination has its topics; the hub takes no message there for a device's.
    static let base = "foyer/doctor/"

    private var topic: String { Self.base + mark }

    /// Everything that was found.
    func run() -> [Finding] {
        var findings = security()
        do throws(BrokerError) {
            let version = try protocolVersion(&findings)
            findings += try queue(version)
            findings += try retained(version)
        } catch {
            findings.append(Finding(.error, "broker", error.description))
        }
        return findings
    }

    private func security() -> [Finding] {
        var findings: [Finding] = []
        let isHere = ["127.0.0.1", "::1", "localhost"].contains(settings.host)
        if settings.tls == nil, !isHere {
            findings.append(
                Finding(
                    .warning, "encryption",
                    "what the home's devices say goes over the network as plain text; use mqtts://")
            )
        }
        if settings.username == nil, settings.tls?.certificateFile == nil {
            findings.append(
                Finding(
                    .warning, "accounts",
                    "the broker lets the hub in without a user: then anybody can read everything, and press a call button"
                ))
        }
        return findings
    }

    // MARK: Trying

    private func session(
        _ name: String, _ version: Int32, subscriptions: [String] = [], expiry: UInt32 = 0
    ) throws(BrokerError) -> BrokerSession {
        var settings = settings
        settings.clientID = "foyer-doctor-\(mark)-\(name)"
        settings.subscriptions = subscriptions
        settings.sessionExpiry = expiry
        settings.will = nil
        let session = try BrokerSession(settings, protocolVersion: version)
        try session.waitForAnswer()
        return session
    }

    private func protocolVersion(_ findings: inout [Finding]) throws(BrokerError) -> Int32 {
        do throws(BrokerError) {
            try session("hello", 5).disconnect()
            findings.append(Finding(.ok, "protocol", "MQTT 5"))
            return 5
        } catch {
            guard case .versionRefused = error else { throw error }
            try session("hello", 4).disconnect()
            findings.append(
                Finding(
                    .warning, "protocol",
                    "MQTT 3.1.1 only: the broker may drop the hub's session when it likes, and retained messages come again after each reconnection"
                ))
            return 4
        }
    }

    /// Publishes and waits until all of it is answered.
    ///
    /// - Returns: how many the broker refused.
    private func publish(
        _ session: BrokerSession, _ topics: [String], retain: Bool = false, payload: [UInt8]
    ) throws(BrokerError) -> Int {
        var inbound: [InboundMessage] = []
        var next = 0
        var answered = 0
        var refused = 0
        var deadline = Clock.system.now() + .milliseconds(Self.patience)
        while answered < topics.count {
            while next < topics.count, next - answered < Self.window {
                _ = try session.publish(topic: topics[next], payload: payload, retain: retain)
                next += 1
            }
            try session.release()
            session.waitReadable(milliseconds: 50)
            try session.read(into: &inbound, limit: 1000)
            let new = session.published.count + session.refused.count
            refused += session.refused.count
            session.published = []
            session.refused = []
            answered += new
            if new > 0 { deadline = Clock.system.now() + .milliseconds(Self.patience) }
            guard Clock.system.now() < deadline else {
                throw .lost("the broker acknowledged \(answered) of \(topics.count) messages")
            }
        }
        return refused
    }

    /// Reads until nothing came for a second.
    private func collect(
        _ session: BrokerSession, answering: Bool
    ) throws(BrokerError) -> [InboundMessage] {
        var found: [InboundMessage] = []
        var quiet = Clock.system.now() + .seconds(1)
        while Clock.system.now() < quiet, found.count < Self.messages * 2 {
            session.waitReadable(milliseconds: 50)
            let before = found.count
            try session.read(into: &found, limit: found.count + 1000)
            if answering { try session.release() }
            if found.count > before { quiet = Clock.system.now() + .seconds(1) }
        }
        return found
    }

    /// What is left of messages that came while a session was away, and how many come together.
    private func queue(_ version: Int32) throws(BrokerError) -> [Finding] {
        let kept = topic + "/kept"
        let keeper = try session("keeper", version, subscriptions: [kept], expiry: 300)
        // The broker answers in order: after this the subscription stands, or is refused.
        _ = try publish(keeper, [topic + "/settle"], payload: [])
        if let refusal = keeper.refusedSubscriptions.first {
            keeper.disconnect()
            return [
                Finding(
                    .note, "queue",
                    "cannot be tried: \(refusal); let the hub's user read and write foyer/doctor/#")
            ]
        }
        keeper.disconnect()
        let sender = try session("sender", version)
        let refused = try publish(
            sender, Array(repeating: kept, count: Self.messages), payload: Array("x".utf8))
        sender.disconnect()
        let again = try session("keeper", version, subscriptions: [kept], expiry: 300)
        guard case .connected(sessionPresent: true) = again.state else {
            again.disconnect()
            return [
                Finding(
                    .error, "session",
                    "the broker does not keep the hub's session: what comes while it is away is lost; allow persistent sessions"
                )
            ]
        }
        let together = try collect(again, answering: false)
            .count { $0.topic == kept }
        try again.release()
        let rest = try collect(again, answering: true).count { $0.topic == kept }
        again.disconnect()
        // With an expiry of 0 the session goes with this connection.
        try session("keeper", version, expiry: 0).disconnect()
        return judge(left: together + rest, together: together, refused: refused)
    }

    func judge(left: Int, together: Int, refused: Int) -> [Finding] {
        var findings = [Finding(.ok, "session", "kept while the hub is away")]
        if left >= Self.messages {
            findings.append(
                Finding(
                    .ok, "queue", "all of \(Self.messages) messages kept for a hub that is away"))
        } else {
            findings.append(
                Finding(
                    .error, "queue",
                    "of \(Self.messages) messages for a hub that is away \(left) were left"
                        + (refused > 0 ? " (\(refused) were refused)" : "")
                        + ": the rest is lost without a word; raise the broker's limit (mosquitto: max_queued_messages 1000000)"
                ))
        }
        let wanted = min(settings.receiveMaximum, Self.messages)
        if together >= min(wanted, left) {
            findings.append(Finding(.ok, "in flight", "\(together) messages together"))
        } else {
            findings.append(
                Finding(
                    .warning, "in flight",
                    "the broker sends \(together) messages and then waits for their acknowledgements, which come after each commit: a backlog drains slowly; raise its limit to \(settings.receiveMaximum) (mosquitto: max_inflight_messages)"
                ))
        }
        findings.append(
            Finding(
                .note, "persistence",
                "whether the broker's queues outlive a restart of its own cannot be seen from here (mosquitto: persistence true, autosave_interval 10)"
            ))
        return findings
    }

    /// Whether the broker keeps retained messages: alerts and the hub's status are.
    private func retained(_ version: Int32) throws(BrokerError) -> [Finding] {
        let topic = topic + "/retained"
        let sender = try session("sender", version)
        _ = try publish(sender, [topic], retain: true, payload: Array("x".utf8))
        let reader = try session("reader", version, subscriptions: [topic, "$SYS/broker/version"])
        let found = try collect(reader, answering: true)
        reader.disconnect()
        _ = try publish(sender, [topic], retain: true, payload: [])
        sender.disconnect()
        var findings: [Finding] = []
        if let version = found.first(where: { $0.topic == "$SYS/broker/version" }) {
            let text = printable(String(decoding: version.payload.prefix(80), as: UTF8.self))
            findings.append(Finding(.note, "broker", text))
        }
        findings.append(
            found.contains { $0.topic == topic }
                ? Finding(.ok, "retained", "kept for who comes later")
                : Finding(
                    .error, "retained",
                    "the broker keeps no retained messages: who comes later sees no open alerts; allow them"
                ))
        return findings
    }
}
