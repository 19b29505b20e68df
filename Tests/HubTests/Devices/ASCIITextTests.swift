import Rules
import Testing

@testable import Hub

/// What looks at texts by their bytes, against what looks at them by their characters.
@Suite("Texts by their bytes")
struct ASCIITextTests {
    private static func text(_ random: inout SeededRandom) -> String {
        let alphabet: [Character] = [
            "a", "B", "z", "Z", "_", "/", " ", "\t", "0", "é", "İ", "日", "\u{301}", "👍", "\u{a0}",
        ]
        let count = Int(random.next() % 24)
        return String((0..<count).map { _ in alphabet[Int(random.next() % 15)] })
    }

    @Test("words, case, blanks and levels are those that the characters show")
    func againstCharacters() {
        var random = SeededRandom(seed: 3)
        var found = 0
        for _ in 0..<20_000 {
            let text = Self.text(&random)
            let bytes = Array(text.utf8)
            let hasWord = bytes.indices.contains { bytes[$0...].starts(with: "aB".utf8) }
            #expect(text.has("aB") == hasWord)
            if hasWord { found += 1 }
            #expect(
                Array(text.lowered.utf8)
                    == bytes.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 })
            #expect(
                Array(text.uppered.utf8)
                    == bytes.map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 })
            #expect(Array(text.spaced.utf8) == bytes.map { $0 == 0x5F ? 0x20 : $0 })
            var plain = Substring(text)
            while plain.first?.isWhitespace == true { plain.removeFirst() }
            while plain.last?.isWhitespace == true { plain.removeLast() }
            #expect(text.trimmed == String(plain))
            let levels = bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
            #expect(text.topicLevels.map { Array($0.utf8) } == levels.map(Array.init))
            let words = bytes.split(separator: 0x5F).map(Array.init)
            #expect(text.parts(by: 0x5F).map { Array($0.utf8) } == words)
            let (name, number) = text.numbered
            #expect(Array(name.utf8) == Array(bytes.prefix { !(0x30...0x39).contains($0) }))
            #expect(Array((name + number).utf8) == bytes)
            let from = Int(random.next() % UInt64(levels.count + 1))
            let to = from + Int(random.next() % UInt64(levels.count - from + 1))
            #expect(
                Array(text.topicPart(from..<to).utf8)
                    == Array(levels[from..<to].joined(separator: [0x2F])))
        }
        #expect(found > 100)
    }

    @Test("a word at the very beginning, at the very end, and longer than the text")
    func edges() {
        #expect("door".has("do") && "door".has("or") && "door".has("door"))
        #expect(!"door".has("doors") && !"".has("d") && "".has(""))
    }
}
