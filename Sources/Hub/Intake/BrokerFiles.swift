import Foundation

/// The files of the hub's own broker: configuration, accounts, rights, stored messages, log. All of mode 0600.
struct BrokerFiles {
    let folder: String
    /// In bytes. A little less than the hub's session takes: what a device sent with MQTT 3.1.1 reaches the hub with
    /// MQTT 5, which adds bytes.
    static let maximumPacketSize = Announcements.maximumPayload + (124 << 10)

    /// Makes the folder where it is missing. Its path is resolved, since a running broker is known again by it.
    init(folder: String) throws(ManagedBrokerError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: folder)
        } catch { throw Self.failure(folder, error) }
        guard let resolved = realpath(folder, nil) else {
            throw .files(path: folder, reason: String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        self.folder = String(cString: resolved)
        // Each setting of mosquitto's is one line.
        guard self.folder.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw .files(
                path: folder, reason: "the path has a control character; rename the folder")
        }
    }

    var configuration: String { "\(folder)/mosquitto.conf" }
    var log: String { "\(folder)/broker.log" }
    var arguments: [String] { ["-c", configuration] }

    func passwordFile(of user: String) -> String { "\(folder)/\(user).password" }

    func password(of user: String) -> String? {
        (try? String(contentsOfFile: passwordFile(of: user), encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Whether the configuration is written down so already.
    func holds(_ text: String) -> Bool {
        (try? String(contentsOfFile: configuration, encoding: .utf8)) == text
    }

    /// Writes everything.
    func write(_ text: String) throws(ManagedBrokerError) {
        try writeAccounts()
        try write(rights, to: "\(folder)/rights.acl")
        _ = rotateLog()
        try write(text, to: configuration)
    }

    /// Every limit that Debian's defaults set too low for a hub is set here (no persistence, 20 messages in flight,
    /// 1,000 queued, QoS 0 not queued for a session that is away).
    func text(address: ListenAddress, receiveMaximum: Int) -> String {
        // Started as root, mosquitto would change to an account that cannot read the home.
        let user = geteuid() == 0 ? "user root\n" : ""
        return """
            # Written by Foyer at each start; changes here are lost.
            listener \(address.port) \(address.host)
            \(user)allow_anonymous false
            password_file \(folder)/accounts
            acl_file \(folder)/rights.acl
            persistence true
            persistence_location \(folder)/
            persistence_file broker.db
            autosave_interval 1
            persistent_client_expiration 30d
            max_inflight_messages \(max(receiveMaximum, 20))
            max_queued_messages 2000000
            max_queued_bytes 536870912
            queue_qos0_messages true
            max_packet_size \(Self.maximumPacketSize)
            set_tcp_nodelay true
            log_dest file \(log)
            log_type error
            log_type warning
            log_type notice
            connection_messages false

            """
    }

    /// The hub may everything; devices everything but speaking for the hub; staff's lights, buzzers and dashboards
    /// may listen.
    private var rights: String {
        """
        # Written by Foyer at each start; changes here are lost.
        user hub
        topic readwrite #

        user devices
        topic deny foyer/+/alerts/#
        topic deny foyer/+/state
        topic deny foyer/hub/#
        topic readwrite #

        user staff
        topic read foyer/#
        topic read homeassistant/#

        """
    }

    private func writeAccounts() throws(ManagedBrokerError) {
        let accounts = "\(folder)/accounts"
        let complete =
            ManagedBroker.users.allSatisfy { password(of: $0) != nil }
            && FileManager.default.fileExists(atPath: accounts)
        if complete { return }
        var lines = ""
        for user in ManagedBroker.users {
            let password = password(of: user) ?? Self.randomPassword()
            try write(password + "\n", to: passwordFile(of: user))
            lines += "\(user):\(password)\n"
        }
        // Under another name until the passwords in it are salted hashes.
        let draft = accounts + ".new"
        try write(lines, to: draft)
        guard let program = ManagedBroker.find("mosquitto_passwd") else { throw .missing }
        let status: Int32?
        do throws(Subprocess.Failure) {
            status = try Subprocess.run(program, ["-U", draft])
        } catch { throw .files(path: accounts, reason: "\(program): \(error)") }
        guard status == 0, chmod(draft, 0o600) == 0, rename(draft, accounts) == 0 else {
            unlink(draft)
            throw .files(path: accounts, reason: "mosquitto_passwd could not write it")
        }
    }

    /// 128 bits from the system's generator.
    private static func randomPassword() -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var generator = SystemRandomNumberGenerator()
        return String((0..<26).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] })
    }

    /// Two logs of some megabytes: what is there becomes the older one once it is large.
    ///
    /// - Returns: whether it did; a running broker then has to open its log again.
    func rotateLog() -> Bool {
        let size = (try? FileManager.default.attributesOfItem(atPath: log))?[.size] as? Int ?? 0
        return size > 4 << 20 && rename(log, log + ".1") == 0
    }

    private func write(_ text: String, to path: String) throws(ManagedBrokerError) {
        try attempt(path) {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    private func attempt(_ path: String, _ body: () throws -> Void) throws(ManagedBrokerError) {
        do { try body() } catch { throw Self.failure(path, error) }
    }

    private static func failure(_ path: String, _ error: any Error) -> ManagedBrokerError {
        .files(
            path: path,
            reason:
                "cannot be written (\(error.localizedDescription)); check the folder's owner and permissions"
        )
    }
}
