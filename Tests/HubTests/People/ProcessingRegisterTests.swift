import Foundation
import Testing

@testable import Hub

@Suite("The register of processing")
struct ProcessingRegisterTests {
    @Test(
        "it says what the files say: purposes, devices, studies, and on what ground",
        arguments: [false, true])
    func content(isFrench: Bool) throws {
        let home = try StudyHome()
        let text = ProcessingRegister(home: home.home).text(isFrench: isFrench)
        withExtendedLifetime(home) {}
        #expect(text.contains("tablet (6)") && text.contains("screen (1)"))
        #expect(
            text.contains(
                isFrench ? "6 habitants dans 2 résidences" : "6 residents in 2 residences"))
        #expect(text.contains("opt_out"))
        #expect(text.contains(isFrench ? "Des tablettes chez soi" : "Tablets at home"))
        #expect(text.contains("2030-12-31"))
        #expect(text.contains("Carberry, Josiah"))
        // Nobody who lives there is named, not even by identifier.
        #expect(
            text.range(of: "(?<![a-z0-9])p[1-6](?![a-z0-9])", options: .regularExpression) == nil)
    }

    @Test(
        "a study whose protocol is not complete is told as such, and a title makes no heading of its own"
    )
    func hostile() throws {
        let home = try StudyHome(
            study: StudyHome.study().replacingOccurrences(
                of: "en: Tablets at home", with: "en: \"a\\n# b | c\""))
        var text = ProcessingRegister(home: home.home).text(isFrench: false)
        #expect(text.contains("Study: a # b / c"))
        #expect(!text.contains("\n# b"))
        try home.write("studies/tablets.yaml", "version: 1\n")
        text = ProcessingRegister(home: home.home).text(isFrench: false)
        #expect(text.contains("Study tablets: its protocol is not complete"))
    }
}
