import Testing

@testable import Hub

/// Words of protocols are found by their bytes, as a dictionary would find them.
@Suite struct WordTableTests {
    private static let names = ["temperature", "co2", "batterylow", "a", ""]

    @Test func aWordIsFoundAsItIsSpelled() {
        let table = WordTable(Self.names.map { ($0, $0.utf8.count) })
        for name in Self.names { #expect(table[name] == name.utf8.count) }
        for other in ["Temperature", "temperatur", "temperatures", "battery_low", "co", "b", " "] {
            #expect(table[other] == nil, "\(other)")
        }
    }

    @Test func capitalsCountWhereTheyDo() {
        let table = WordTable([("no motion", 1), ("no_motion", 2), ("ok", 3)], spelling: .anyCase)
        #expect(table["No Motion"] == 1)
        #expect(table["NO_MOTION"] == 2)
        #expect(table["oK"] == 3)
        #expect(table["o_k"] == nil)
        #expect(table["nomotion"] == nil)
    }

    @Test func aPlainWordHasNoSeparators() {
        let table = WordTable(Self.names.map { ($0, $0) }, spelling: .plain)
        for told in ["battery_low", "BatteryLow", "BATTERY-LOW", "battery low", "_batterylow_"] {
            #expect(table[told] == "batterylow", "\(told)")
        }
        #expect(table["CO2"] == "co2")
        #expect(table["_ -"] == "")
        // Letters beyond ASCII are themselves: the Kelvin sign is no k, and an accent is not left out.
        #expect(table["température"] == nil)
        #expect(table["battery.low"] == nil)
    }

    @Test func ofEqualWordsTheFirstCounts() {
        #expect(WordTable([("a", 1), ("a", 2)])["a"] == 1)
        #expect(WordTable([(String, Int)]())["a"] == nil)
    }

    /// A thousand words and a thousand others, against a dictionary.
    @Test func itFindsWhatADictionaryFinds() {
        var random = SeededRandom(seed: 7)
        func word() -> String {
            let letters = Array("abcde_-XYZ é0")
            return String(
                (0..<Int(random.next() % 6)).map { _ in letters[Int(random.next() % 13)] })
        }
        let words = (0..<1000).map { (word(), $0) }
        let table = WordTable(words)
        let dictionary = Dictionary(words, uniquingKeysWith: { first, _ in first })
        var found = 0
        for _ in 0..<1000 {
            let sought = word()
            #expect(table[sought] == dictionary[sought], "\(sought)")
            if table[sought] != nil { found += 1 }
        }
        #expect(found > 100 && found < 900)
    }
}
