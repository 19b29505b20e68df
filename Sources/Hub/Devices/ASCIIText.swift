/// Texts of devices, looked at by their bytes: the words of protocols are ASCII, and a string's characters are dear to find.
extension String {
    /// Whether a word of ASCII stands somewhere in it.
    func has(_ word: StaticString) -> Bool {
        let bytes = utf8.span
        let count = word.utf8CodeUnitCount
        guard count > 0, bytes.count >= count else { return count == 0 }
        // A static string's bytes live as long as the program.
        let sought = UnsafeBufferPointer(start: word.utf8Start, count: count)
        for start in 0...(bytes.count - count) where bytes[start] == sought[0] {
            var at = 1
            while at < count, bytes[start + at] == sought[at] { at += 1 }
            if at == count { return true }
        }
        return false
    }

    /// With the letters A to Z as a to z.
    var lowered: String { mapped(UInt8(ascii: "A")...UInt8(ascii: "Z")) }

    /// With the letters a to z as A to Z.
    var uppered: String { mapped(UInt8(ascii: "a")...UInt8(ascii: "z")) }

    /// With blanks for underscores.
    var spaced: String {
        let underscore = UInt8(ascii: "_")
        return mapped(underscore...underscore) { _ in 0x20 }
    }

    /// With some bytes of ASCII replaced by others; itself where it has none of them.
    private func mapped(
        _ letters: ClosedRange<UInt8>, to other: (UInt8) -> UInt8 = { $0 ^ 0x20 }
    ) -> String {
        let bytes = utf8.span
        var first = 0
        while first < bytes.count, !letters.contains(bytes[first]) { first += 1 }
        if first == bytes.count { return self }
        return String(unsafeUninitializedCapacity: bytes.count) { result in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                result[index] = letters.contains(byte) ? other(byte) : byte
            }
            return bytes.count
        }
    }

    /// Without blanks at both ends.
    var trimmed: String {
        let bytes = utf8.span
        if bytes.isEmpty { return self }
        let isPlain = { (byte: UInt8) in byte > 0x20 && byte < 0x7F }
        if isPlain(bytes[0]), isPlain(bytes[bytes.count - 1]) { return self }
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// The levels of a topic, which one `/` parts from each other.
    var topicLevels: [String] { parts(by: UInt8(ascii: "/"), keepingEmpty: true) }

    /// What a character of ASCII parts from each other.
    func parts(by separator: UInt8, keepingEmpty: Bool = false) -> [String] {
        let bytes = utf8.span
        var parts: [String] = []
        parts.reserveCapacity(8)
        var start = 0
        for at in 0..<bytes.count where bytes[at] == separator {
            if at > start || keepingEmpty { parts.append(UTF8Text.string(bytes, start..<at)) }
            start = at + 1
        }
        if bytes.count > start || keepingEmpty {
            parts.append(UTF8Text.string(bytes, start..<bytes.count))
        }
        return parts
    }

    /// A name such as `POWER12` as what stands before its first digit, and the rest.
    var numbered: (name: String, number: String) {
        let bytes = utf8.span
        var first = 0
        while first < bytes.count, bytes[first] &- 0x30 > 9 { first += 1 }
        if first == bytes.count { return (self, "") }
        return (
            UTF8Text.string(bytes, 0..<first), UTF8Text.string(bytes, first..<bytes.count)
        )
    }

    /// Some levels of a topic, as it has them.
    func topicPart(_ levels: Range<Int>) -> String {
        if levels.isEmpty { return "" }
        let bytes = utf8.span
        var level = 0
        var start = 0
        for at in 0..<bytes.count where bytes[at] == UInt8(ascii: "/") {
            level += 1
            if level == levels.upperBound { return UTF8Text.string(bytes, start..<at) }
            if level == levels.lowerBound { start = at + 1 }
        }
        return UTF8Text.string(bytes, start..<bytes.count)
    }
}
