import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The words of the pages")
struct CatalogueTests {
    private let templates = [
        LayoutTemplates.all, AlertTemplates.all, CareTemplates.all, DeviceTemplates.all,
        ResidentTemplates.all, WordTemplates.all,
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

    @Test(
        "the words of pages that are written to files are in a book, in both languages, and each is used"
    )
    func books() throws {
        let books: [(file: String, book: Phrasebook)] = [
            ("Studies/HomeReport", HomeReportWords.book),
            ("Rights/PersonPage", PersonPageWords.book),
        ]
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Hub")
        for (file, book) in books {
            let page = try String(
                contentsOf: root.appending(path: file + ".swift"), encoding: .utf8)
            let words = try String(
                contentsOf: root.appending(path: file + "Words.swift"), encoding: .utf8)
            // Beside the page itself, what stands after the book in its file.
            let code = page + words.components(separatedBy: "])\n").dropFirst().joined()
            let named = Set(code.matches(of: /"([a-z_]+)"/).map { String($0.1) })
            for name in book.texts.keys {
                #expect(named.contains(name), "\(file): \(name) is not used")
            }
            for match in code.matches(of: /word\(\s*"([a-z_]+)"/) {
                #expect(book.texts[String(match.1)] != nil, "\(file): \(match.1)")
            }
            for (name, text) in book.texts {
                #expect(!text.english.isEmpty && !text.french.isEmpty, "\(name)")
                #expect(
                    Phrasebook.places(text.english) == Phrasebook.places(text.french), "\(name)")
            }
            // Two words beside each other in a text that is no markup are a sentence of its own.
            for line in page.split(separator: "\n")
            where !line.contains("///") && !line.contains("font:") {
                for match in line.matches(of: /"([^"\\<>]*[A-Za-z]{3,} [A-Za-z]{2,}[^"\\<>]*)"/) {
                    Issue.record("\(file) has words of its own: \(match.1)")
                }
            }
        }
        #expect(books[0].book.texts.count > 15 && books[1].book.texts.count > 20)
    }

    @Test("what is put into a text is data: braces in it stay as they are")
    func filled() {
        #expect(Phrasebook.filled("{a} and {b}{c", ["a": "{b}", "b": "x}"]) == "{b} and x}{c")
        #expect(Phrasebook.filled("{unknown} {", [:]) == "{unknown} {")
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
