/// Words of protocols, each with what it stands for. Found by their bytes alone, without a text made of them: a message has
/// some ten words, and the standard library's dictionary, which must withstand keys that were chosen to collide, would cost more
/// than all the rest of the reading. Here only the words of the table collide with each other, and it is built once.
struct WordTable<Value: Sendable>: Sendable {
    /// How a word that is looked for is compared.
    enum Spelling {
        /// Byte by byte.
        case exact
        /// Capitals as small letters.
        case anyCase
        /// Capitals as small letters; `_`, `-` and blanks are left out.
        case plain
    }

    private let spelling: Spelling
    /// The words' bytes, one after the other.
    private var bytes: [UInt8] = []
    private var entries: [(bytes: Range<Int>, value: Value)] = []
    /// Places in `entries` plus one, by hash; 0 for none. At most half of them are taken.
    private var slots: [UInt16]

    /// A table.
    ///
    /// - Parameters:
    ///   - words: of equal ones the first counts; as they are looked for, so in small letters, and for `.plain` without separators.
    ///     At most 10,000.
    init(_ words: some Collection<(String, Value)>, spelling: Spelling = .exact) {
        self.spelling = spelling
        precondition(words.count <= 10_000)
        var size = 8
        while size < words.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for (word, value) in words where self[word] == nil {
            let start = bytes.count
            bytes += Array(word.utf8)
            var slot = Int(truncatingIfNeeded: hash(word.utf8.span)) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            entries.append((start..<bytes.count, value))
            slots[slot] = UInt16(entries.count)
            assert(self[word] != nil, "\(word) is not spelled as it is looked for")
        }
    }

    /// What a word stands for; nil where it is not in the table.
    subscript(word: String) -> Value? {
        let sought = word.utf8.span
        var slot = Int(truncatingIfNeeded: hash(sought)) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if equals(entries[place].bytes, sought) { return entries[place].value }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a of the bytes that count.
    private func hash(_ word: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        if spelling == .exact {
            for index in 0..<word.count { hash = (hash ^ UInt32(word[index])) &* 0x0100_0193 }
        } else {
            for index in 0..<word.count {
                guard let byte = counted(word[index]) else { continue }
                hash = (hash ^ UInt32(byte)) &* 0x0100_0193
            }
        }
        return hash ^ (hash >> 15)
    }

    private func equals(_ range: Range<Int>, _ word: Span<UInt8>) -> Bool {
        if spelling == .exact { return UTF8Text.equal(bytes.span, range, word) }
        var at = range.lowerBound
        for index in 0..<word.count {
            guard let byte = counted(word[index]) else { continue }
            guard at < range.upperBound, bytes[at] == byte else { return false }
            at += 1
        }
        return at == range.upperBound
    }

    /// A byte as it counts where not every one does; nil where it does not.
    @inline(__always)
    private func counted(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "):
            spelling == .plain ? nil : byte
        default: byte
        }
    }
}

extension WordTable where Value: CaseIterable & RawRepresentable<String> {
    /// The words of an enumeration, each with its case.
    init(of words: Value.Type) { self.init(words.allCases.map { ($0.rawValue, $0) }) }
}

extension WordTable<Bool> {
    /// Words that are only looked for.
    init(_ words: [String]) { self.init(words.map { ($0, true) }) }

    /// Whether a word is in the table.
    func contains(_ word: String) -> Bool { self[word] != nil }
}
