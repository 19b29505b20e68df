import Foundation

/// The files of the hub's own broker: configuration, accounts, rights, stored messages, log. All of mode 0600.
struct BrokerFiles {
    let folder: String

    init(folder: String) {
        self.folder =
            folder.hasPrefix("/")
            ? folder : FileManager.default.currentDirectoryPath + "/" + folder
    }

    var configuration: String { "\(folder)/mosquitto.conf" }
    var log: String { "\(folder)/broker.log" }
    var arguments: [String] { ["-c", configuration] }

    func passwordFile(of user: String) -> String { "\(folder)/\(user).password" }

    func password(of user: String) -> String? {
        (try? String(contentsOfFile: passwordFile(of: user), encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Writes everything.
    ///
    /// - Returns: whether the configuration is another than before, so that a running broker must not be taken over.
    func write(
        address: ListenAddress, receiveMaximum: Int
    ) throws(ManagedBrokerError) -> Bool {
        try attempt(folder) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        try writeAccounts()
        try write(rights, to: "\(folder)/rights.acl")
        rotateLog()
        let text = text(address: address, receiveMaximum: receiveMaximum)
        let before = try? String(contentsOfFile: configuration, encoding: .utf8)
        try write(text, to: configuration)
        return before != text
    }

    /// Every limit that Debian's defaults set too low for a hub is set here (no persistence, 20 messages in flight,
    /// 1,000 queued, QoS 0 not queued for a session that is away).
    private func text(address: ListenAddress, receiveMaximum: Int) -> String {
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
            autosave_interval 10
            persistent_client_expiration 30d
            max_inflight_messages \(max(receiveMaximum, 20))
            max_queued_messages 2000000
            max_queued_bytes 536870912
            queue_qos0_messages true
            max_packet_size 1048576
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
        topic deny foyer/hub/#
        topic readwrite #

        user staff
        topic read foyer/#

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
        try write(lines, to: accounts)
        // Turns the passwords in the file into salted hashes.
        guard let program = ManagedBroker.find("mosquitto_passwd") else { throw .missing }
        try attempt(accounts) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["-U", accounts]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
        }
    }

    /// 128 bits from the system's generator.
    private static func randomPassword() -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var generator = SystemRandomNumberGenerator()
        return String((0..<26).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] })
    }

    /// Two logs of at most some megabytes: what is there becomes the older one once it is large.
    private func rotateLog() {
        let size = (try? FileManager.default.attributesOfItem(atPath: log))?[.size] as? Int ?? 0
        guard size > 4 << 20 else { return }
        rename(log, log + ".1")
    }

    private func write(_ text: String, to path: String) throws(ManagedBrokerError) {
        try attempt(path) {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    private func attempt(_ path: String, _ body: () throws -> Void) throws(ManagedBrokerError) {
        do { try body() } catch {
            throw .files(
                path: path,
                reason:
                    "cannot be written (\(error.localizedDescription)); check the folder's owner and permissions"
            )
        }
    }
}
