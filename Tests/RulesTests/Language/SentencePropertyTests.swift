import Testing

@testable import Rules

@Suite("Sentences of any rule")
struct SentencePropertyTests {
    /// What no sentence may have: words of the machine, holes, and slips of the pen.
    static let forbidden =
        [
            "  ", " ,", " .", "..", ",,", "( ", " )", "()", "_", "{", "}", "·", "nil", "Optional",
            "rule-",
            " que il", " que elle", " que une", " que un ", " que aucun", " si il ", " de le ",
            " de les ",
            " de une ", " de un ", " ne est", " ne appuie", " ne utilise", " ne arrive",
            " le appareil",
            " a outside", " a alarm",
        ] + Vocabulary.entries.map(\.capability.rawValue)

    /// By their first byte: tens of thousands of sentences are looked through.
    private static let byFirstByte = Dictionary(
        grouping: forbidden.map { Array($0.utf8) }, by: \.[0])

    private static func forbidden(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        var found: [String] = []
        for (index, byte) in bytes.enumerated() {
            for word in byFirstByte[byte] ?? [] where bytes[index...].starts(with: word) {
                found.append(String(decoding: word, as: UTF8.self))
            }
        }
        return found
    }

    /// What is wrong with a text; empty where nothing is.
    static func faults(_ text: String) -> [String] {
        var faults = forbidden(in: text)
        if text.isEmpty { faults.append("empty") }
        if text.first?.isUppercase != true { faults.append("no capital") }
        if let last = text.last, !".?!»”".contains(last) { faults.append("no end") }
        if text.count(where: { $0 == "(" }) != text.count(where: { $0 == ")" }) {
            faults.append("brackets")
        }
        return faults
    }

    @Test("says every random rule in both languages, without holes, ids or doubled blanks")
    func random() {
        let rig = Rig.home()
        for seed in UInt64(1)...200 {
            var random = RandomRules(generator: SeededGenerator(seed: seed))
            for rule in random.rules(5) {
                var rule = rule
                rule.scope = Rule.Scope.allCases.randomElement(using: &random.generator)!
                for home in [rig, Home()] {
                    let said = Sentence.of(rule, in: home)
                    for text in [said.english, said.french] {
                        #expect(
                            Self.faults(text).isEmpty, "seed \(seed): \(Self.faults(text)): \(text)"
                        )
                    }
                }
            }
        }
    }

    @Test("says every reading of the vocabulary, of every kind of device, whatever is asked of it")
    func vocabulary() {
        let kinds = ["door", "tablet", "something_new"]
        for entry in Vocabulary.entries {
            let tests: [ValueTest] =
                switch entry.type {
                case .boolean: [.any, .oneOf([true]), .oneOf([false])]
                case .number:
                    [
                        .any, .above(1.5, clearBelow: 1), .below(-2, clearAbove: 0),
                        .atLeast(3, clearBelow: 3), .atMost(4, clearAbove: 4), .oneOf([.number(5)]),
                    ]
                case .text(let words):
                    [.any, .oneOf([.text("red")])] + words.map { .oneOf([.text($0)]) }
                }
            for (test, scope) in tests.flatMap({ test in Rule.Scope.allCases.map { (test, $0) } }) {
                for kind in kinds + [""] {
                    let selector = StreamSelector(
                        kinds: kind.isEmpty ? [] : [kind], capability: entry.capability)
                    let triggers: [Rule.Trigger] = [
                        .event(.reading(selector, test)),
                        .event(
                            .notFollowed(
                                after: .reading(selector, test), no: .reading(selector, test),
                                within: .minutes(5))),
                        .signal(.predicate(selector, test, unknownAfter: nil)),
                        .signal(
                            .holding(
                                .not(.predicate(selector, test, unknownAfter: nil)),
                                for: .hours(1), tolerate: .zero)),
                    ]
                    for trigger in triggers {
                        let rule = Rule(id: "r", scope: scope, priority: .low, trigger: trigger)
                        let said = Sentence.of(rule, in: Home())
                        for text in [said.english, said.french] {
                            #expect(
                                Self.faults(text).isEmpty,
                                "\(entry.capability) \(test): \(Self.faults(text)): \(text)")
                        }
                    }
                }
            }
        }
    }
}
