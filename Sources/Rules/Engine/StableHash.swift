/// FNV-1a, 64 bits: the same in every process and on every machine, unlike the standard library's `Hasher`.
/// Names nodes in checkpoints and derives alert identifiers; not meant to withstand an attacker.
struct StableHash: Sendable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func mix(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    mutating func mix(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            mix(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Mixes a text with its length, so that two texts in a row cannot be cut differently.
    mutating func mix(_ text: String) {
        mix(Int64(text.utf8.count))
        for byte in text.utf8 { mix(byte) }
    }

    /// The topmost 60 bits as twelve characters of Crockford's base 32, in lower case.
    var text: String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return String((0..<12).map { alphabet[Int((value >> (59 - 5 * UInt64($0))) & 31)] })
    }
}
