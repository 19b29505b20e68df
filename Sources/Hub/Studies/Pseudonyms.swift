import Crypto
import Foundation
import Rules

/// Names that lead back to nobody without the study's key: HMAC-SHA256 (RFC 2104), of which 50 bits are kept. Each study has a
/// key of its own, so that what two studies hold of one person cannot be joined.
struct Pseudonyms: Sendable {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    /// The most weeks by which dates are moved, either way.
    static let mostWeeks = 52

    private let key: SymmetricKey

    init(key: SymmetricKey) { self.key = key }

    /// Names for one run, whose key nobody keeps.
    static var passing: Pseudonyms { Pseudonyms(key: SymmetricKey(size: .bits256)) }

    private func bits(_ what: String, _ text: String) -> UInt64 {
        var code = HMAC<SHA256>(key: key)
        // The zero byte keeps "ab" of "c" apart from "a" of "bc".
        code.update(data: Data((what + "\0" + text).utf8))
        return code.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A pseudonym: a capital letter for what it is of, and ten characters.
    func name(_ kind: Character, _ id: String) -> String {
        var bits = bits("name" + String(kind), id)
        var text = String(kind)
        for _ in 0..<10 {
            text.append(Self.alphabet[Int(bits & 31)])
            bits >>= 5
        }
        return text
    }

    /// By how many weeks the dates of some people are moved, −52 … 52: the same for all readings that are about the same
    /// people, so that durations, hours and days of the week stay true.
    func weeks(_ people: [PersonID]) -> Int {
        let text = people.map(\.rawValue).sorted().joined(separator: "\0")
        return Int(bits("weeks", text) % UInt64(2 * Self.mostWeeks + 1)) - Self.mostWeeks
    }
}
