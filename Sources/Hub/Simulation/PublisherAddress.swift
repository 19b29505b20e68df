import Foundation
import Rules

/// Where a broker is and who asks, as one URL: `mqtt[s]://[user[:password]@]host[:port]`.
public struct PublisherAddress: Hashable, Sendable {
    /// A name or address.
    public var host: String
    /// The port: as written, else 1883, and 8883 with TLS.
    public var port: UInt16
    /// Whether the connection is encrypted.
    public var isEncrypted: Bool
    /// Who asks; nil for nobody.
    public var username: String?
    /// The user's password.
    public var password: String?

    /// Reads the URL.
    ///
    /// - Throws: `SimulationError.broker`, which says what is wrong and never shows the password.
    public init(text: String) throws(SimulationError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme,
            let host = parts.host, !host.isEmpty
        else { throw .broker("the broker's URL must be like mqtt://user@host:1883") }
        guard ["mqtt", "mqtts"].contains(scheme) else {
            throw .broker("\(scheme)://\(host): a broker's URL begins with mqtt:// or mqtts://")
        }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil else {
            throw .broker("\(scheme)://\(host): a broker's URL has nothing behind host and port")
        }
        isEncrypted = scheme == "mqtts"
        // URLComponents leaves the brackets of an IPv6 address in.
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let port = parts.port ?? (isEncrypted ? 8883 : 1883)
        guard let port = UInt16(exactly: port), port > 0 else {
            throw .broker("\(scheme)://\(host): port \(port) is none; 1 to 65535")
        }
        self.port = port
        username = parts.user?.isEmpty == false ? parts.user : nil
        password = parts.password
    }

    /// A session for a tool that only publishes or looks.
    public func session(
        clientID: String, subscriptions: [String] = [], authorityFile: String? = nil
    ) -> SessionSettings {
        var settings = SessionSettings(
            host: host, port: port, clientID: clientID, username: username,
            password: username == nil ? nil : password,
            tls: isEncrypted ? SessionSettings.TLS(authorityFile: authorityFile) : nil,
            subscriptions: subscriptions)
        // Nothing is kept for a tool that goes.
        settings.sessionExpiry = 0
        return settings
    }
}
