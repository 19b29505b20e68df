import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The words of the pages")
struct CatalogueTests {
    private let templates = [
        LayoutTemplates.all, AlertTemplates.all, CareTemplates.all, DeviceTemplates.all,
        ResidentTemplates.all,
    ]
    .flatMap { $0 }

    @Test("each word of a template is in the catalogue, in both languages")
    func known() {
        var seen = 0
        for (name, text) in templates {
            for match in text.matches(of: /\{\{t\.([a-z_0-9]+)\}\}/) {
                seen += 1
                #expect(Catalogue.texts[String(match.1)] != nil, "\(name): \(match.1)")
            }
        }
        #expect(seen > 100)
        var easy = 0
        for (name, text) in templates {
            for match in text.matches(of: /\{\{e\.([a-z_0-9]+)\}\}/) {
                easy += 1
                #expect(EasyRead.texts[String(match.1)] != nil, "\(name): \(match.1)")
            }
        }
        #expect(easy > 20)
        for (name, text) in EasyRead.texts {
            #expect(!text.english.isEmpty && !text.french.isEmpty, "\(name)")
        }
        for (name, text) in Catalogue.texts.merging(Catalogue.states, uniquingKeysWith: { $1 }) {
            #expect(!text.english.isEmpty && !text.french.isEmpty, "\(name)")
        }
    }

    @Test("no template has words of its own")
    func bare() {
        for (name, text) in templates {
            let words = text.replacing(/\{\{[^}]*\}\}\}?/, with: " ")
                .replacing(/<[^>]*>/, with: " ")
                .replacing(/&[a-z]+;/, with: " ")
            let letters = words.split(whereSeparator: { !$0.isLetter }).filter { $0.count > 2 }
            #expect(
                letters.allSatisfy { String($0) == "Foyer" },
                "\(name): \(letters.map { String($0) })")
        }
    }

    @Test("each state and each step that an alert can be in has words")
    func states() {
        let names =
            ResponseState.allCases.map(\.name) + DisplayState.allCases.map(\.name)
            + AlertTransition.Step.allCases.map(\.name) + Outcome.allCases.map(\.name)
            + Priority.allCases.map(\.name) + Notice.Kind.allCases.map(\.name)
        for name in names { #expect(Catalogue.states[name] != nil, "\(name)") }
    }

    @Test("a browser's languages are understood, and French is the site's own")
    func languages() {
        #expect(WebLanguage.preferred("en-GB,en;q=0.9,fr;q=0.8") == .english)
        #expect(WebLanguage.preferred("fr-CA") == .french)
        #expect(WebLanguage.preferred("de,en;q=0.5") == .english)
        #expect(WebLanguage.preferred(nil) == .french)
    }
}
