import Crypto
import Foundation

/// The key of a vault: 256 bits, in a file that only the hub's user may read, apart from backups of the vault.
public struct VaultKey: Sendable {
    /// What seals and opens the cells.
    let key: SymmetricKey
    /// Where it was read from.
    public let path: String

    /// Where the key of a home lies: `FOYER_VAULT_KEY_FILE`, else systemd's credential `vault.key`
    /// (`LoadCredential=vault.key:…`, systemd.exec(5)), else `vault.key` in the home.
    public static func path(
        home: String, environment: [String: String]? = nil
    ) -> String {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let path = environment["FOYER_VAULT_KEY_FILE"], !path.isEmpty { return path }
        if let folder = environment["CREDENTIALS_DIRECTORY"] {
            let path = folder + "/vault.key"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return home + "/vault.key"
    }

    /// Reads the key.
    ///
    /// - Parameter makes: whether a key is made where there is none; only where there is no vault yet.
    /// - Throws: `VaultError` where there is none, where others may read it, or where it is none.
    public init(path: String, makes: Bool) throws(VaultError) {
        self.path = path
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            guard makes else { throw .keyMissing(path) }
            let fresh = SymmetricKey(size: .bits256)
            let text = fresh.withUnsafeBytes { $0.map { String(format: "%02x", $0) }.joined() }
            guard
                manager.createFile(
                    atPath: path, contents: Data((text + "\n").utf8),
                    attributes: [.posixPermissions: 0o600])
            else { throw .storage(path: path, reason: "the key cannot be written there") }
        }
        let mode =
            (try? manager.attributesOfItem(atPath: path))?[.posixPermissions] as? Int ?? 0o777
        guard mode & 0o077 == 0 else { throw .keyReadable(path, mode: mode) }
        guard let data = manager.contents(atPath: path) else {
            throw .storage(path: path, reason: "the key cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let byte = UInt8(rest.prefix(2), radix: 16), rest.utf8.count >= 2 {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        guard bytes.count == 32, rest.isEmpty else { throw .keyMalformed(path) }
        key = SymmetricKey(data: bytes)
    }
}

/// What can go wrong with the vault.
public enum VaultError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is a vault and no key.
    case keyMissing(String)
    /// Others may read the key.
    case keyReadable(String, mode: Int)
    /// The file is no key.
    case keyMalformed(String)
    /// A cell cannot be opened: another key, or somebody changed or moved it.
    case sealed(person: String, field: String)
    /// The person is in the vault already.
    case exists(String)
    /// The person is not in the vault.
    case unknown(String)
    /// A text is not of its form.
    case field(String)
    /// The file cannot be used.
    case storage(path: String, reason: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .keyMissing(let path):
            "the vault's key \(path) is not there; bring it back from where you keep it, for without it nobody can read the vault"
        case .keyReadable(let path, let mode):
            "others may read the vault's key \(path) (mode \(String(mode, radix: 8))); say: chmod 600 \(path)"
        case .keyMalformed(let path):
            "\(path) is no key of a vault: 64 hexadecimal digits are expected"
        case .sealed(let person, let field):
            "\(field) of \"\(person)\" cannot be opened: the key is another one, or the file was changed"
        case .exists(let person):
            "\"\(person)\" is in the vault already; see 'hubctl people show \(person)'"
        case .unknown(let person): "\"\(person)\" is not in the vault; see 'hubctl people list'"
        case .field(let problem): problem
        case .storage(let path, let reason): "\(path): \(reason)"
        }
    }
}
