import Testing

@testable import Hub

@Suite("Numbers with their noun")
struct NounTests {
    @Test("English has the singular of 1, French of 0 and 1")
    func forms() {
        #expect(
            [0, 1, 2].map { Noun.person.counted($0, isFrench: false) } == [
                "0 people", "1 person", "2 people",
            ])
        #expect(
            [0, 1, 2].map { Noun.person.counted($0, isFrench: true) } == [
                "0 personne", "1 personne", "2 personnes",
            ])
        for noun in Noun.allCases where noun != .notice {
            for isFrench in [false, true] {
                let (one, many) = (
                    noun.counted(1, isFrench: isFrench).dropFirst(2),
                    noun.counted(2, isFrench: isFrench).dropFirst(2)
                )
                #expect(one != many && !one.isEmpty, "\(noun)")
            }
        }
    }
}
