import Crypto
import CryptoExtras
import Foundation

/// A password as it is kept: scrypt (RFC 7914) with its own salt and cost.
struct PasswordHash: Hashable, Sendable {
    /// How much work a guess costs.
    struct Cost: Hashable, Sendable {
        /// N, a power of two.
        var rounds: Int
        /// r.
        var blockSize: Int
        /// p.
        var parallelism: Int

        /// 32 MiB and some 100 ms on a small machine.
        static let standard = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 1)
        /// For tests: no protection.
        static let least = Cost(rounds: 2, blockSize: 1, parallelism: 1)
    }

    var salt: Data
    var hash: Data
    var cost: Cost

    init(_ password: String, cost: Cost) throws {
        var generator = SystemRandomNumberGenerator()
        salt = Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        self.cost = cost
        hash = try Self.derive(password, salt, cost)
    }

    init(salt: Data, hash: Data, cost: Cost) {
        self.salt = salt
        self.hash = hash
        self.cost = cost
    }

    /// Whether a password is the one; takes the same time whichever byte differs.
    func matches(_ password: String) throws -> Bool {
        let given = try Self.derive(password, salt, cost)
        guard given.count == hash.count else { return false }
        return zip(given, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, _ salt: Data, _ cost: Cost) throws -> Data {
        // One form for one text: "é" typed on two keyboards is one password (RFC 8265, 4.2).
        let bytes = Data(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Data($0) }
    }
}
