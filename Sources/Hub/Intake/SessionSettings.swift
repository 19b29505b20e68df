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
    /// How many unacknowledged messages the broker may have under way to us: a batch cannot be larger.
    var receiveMaximum = 1000
    /// In bytes; a v5 broker drops what is larger.
    var maximumPacketSize: UInt32 = 1 << 20
    /// In seconds: how long the broker keeps our session, and queues for it, while we are away.
    var sessionExpiry: UInt32 = 30 * 86400
}

/// Why there is no connection to the broker.
enum BrokerError: Error, Hashable, CustomStringConvertible {
    case unreachable(host: String, port: UInt16, reason: String)
    case certificates(String)
    case lost(String)
    case publication(topic: String, reason: String)
    case library(String)

    var description: String {
        switch self {
        case .unreachable(let host, let port, let reason):
            "broker \(host):\(port) cannot be reached (\(reason)); check broker: in hub.yaml and that the broker runs"
        case .certificates(let reason): "TLS to the broker: \(reason)"
        case .lost(let reason): "connection to the broker lost: \(reason)"
        case .publication(let topic, let reason): "cannot publish on \(topic): \(reason)"
        case .library(let reason): "libmosquitto: \(reason)"
        }
    }
}
