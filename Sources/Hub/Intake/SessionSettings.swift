/// How to reach a broker, and as whom.
public struct SessionSettings: Hashable, Sendable {
    /// Encryption to the broker.
    struct TLS: Hashable, Sendable {
        /// Whom to trust; nil for the system's authorities.
        var authorityFile: String?
        /// Our own certificate, where the broker asks for one.
        var certificateFile: String?
        var keyFile: String?
    }

    /// What the broker publishes, retained, when we vanish without taking leave.
    struct Will: Hashable, Sendable {
        var topic: String
        var payload: [UInt8]
    }

    var host: String
    var port: UInt16
    var clientID: String
    var username: String?
    var password: String?
    var tls: TLS?
    var will: Will?
    var subscriptions: [String]
    /// In seconds.
    var keepAlive = 30
    /// How many unacknowledged messages the broker may have under way to us: a batch cannot be larger, and should be smaller, so
    /// that the broker goes on while one is committed.
    var receiveMaximum = 1000
    /// In bytes; a v5 broker drops what is larger. What a bridge tells of all devices of its network is the largest that is read.
    var maximumPacketSize = UInt32(Announcements.maximumPayload + (128 << 10))
    /// In ms: how long the broker may take to answer CONNECT.
    var answerLimit: Int64 = 10_000
    /// In bytes of payload: a batch that holds so much is full, so that a backlog of large messages does not fill the
    /// memory.
    var maximumBatchBytes = 8 << 20
    /// In seconds: how long the broker keeps our session, and queues for it, while we are away.
    var sessionExpiry: UInt32 = 30 * 86400
}

/// Why there is no connection to the broker.
enum BrokerError: Error, Hashable, CustomStringConvertible {
    case unreachable(host: String, port: UInt16, reason: String)
    case certificates(String)
    /// The broker does not speak this version: 5 or 4 (3.1.1).
    case versionRefused(Int32)
    case denied(username: String?, reason: String)
    case refused(String)
    /// The connection ended, or time passed, before any answer to CONNECT.
    case unanswered(version: Int32, reason: String)
    case lost(String)
    case publication(topic: String, reason: String)
    case library(String)

    var description: String {
        switch self {
        case .unreachable(let host, let port, let reason):
            "broker \(host):\(port) cannot be reached (\(reason)); check broker: in hub.yaml and that the broker runs"
        case .certificates(let reason): "TLS to the broker: \(reason)"
        case .versionRefused(let version):
            "the broker does not speak MQTT \(version == 5 ? "5" : "3.1.1")"
        case .denied(let username, let reason):
            "the broker refuses \(username.map { "user \($0)" } ?? "a client without a user"): \(reason); check "
                + "user and password under broker: in hub.yaml"
        case .refused(let reason): "the broker refuses the connection: \(reason)"
        case .unanswered(let version, let reason):
            "the broker gave no answer to CONNECT (MQTT \(version == 5 ? "5" : "3.1.1")): \(reason); is it an MQTT "
                + "broker, and is the port the right one (1883 plain, 8883 with TLS)?"
        case .lost(let reason): "connection to the broker lost: \(reason)"
        case .publication(let topic, let reason): "cannot publish on \(topic): \(reason)"
        case .library(let reason): "libmosquitto: \(reason)"
        }
    }
}
