import Foundation
import Rules
import Testing

@testable import Hub

@Suite("docs/rules/language.md")
struct LanguageManualTests {
    private static var text: String {
        get throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            return try String(
                contentsOf: root.appendingPathComponent("docs/rules/language.md"), encoding: .utf8)
        }
    }

    @Test("every example is read without an error, and the rules without a doubt")
    func examples() throws {
        let blocks = try Self.text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count == 2)
        for block in blocks {
            let (rules, found) = RuleParser.parse(
                files: [try YAML.parse("version: 1\n" + block, file: "manual")], home: Home())
            // The first block declares names only.
            let doubts = found.filter { $0.severity == .error || !rules.rules.isEmpty }
            #expect(doubts.map(\.description) == [], "\(block)")
        }
    }

    @Test("every form of its tables is one that the language has")
    func forms() throws {
        let forms = try Self.text.matches(of: /(?m)^\| `(\{[^`]*\})`/).map { String($0.1) }
        #expect(forms.count >= 14)
        let names = """
            version: 1
            windows:
              W: {from: "22:00", to: "06:00"}
            """.replacing("W:", with: "w:")
        for form in forms where !form.contains("…") {
            // The page's letters stand for declared names.
            let written = form.replacing(/\b[ABCE]\b/) { "e_" + $0.0.lowercased() }
                .replacing(/\bS\b/) { _ in "s" }.replacing(/\bW\b/) { _ in "w" }
            let declared = ["e_a", "e_b", "e_c", "e_e"].map { "  \($0): {kind: door}" }
            let text =
                "\(names)\nevents:\n" + declared.joined(separator: "\n")
                + "\nsignals:\n  s: {kind: door, is: open}\nrules:\n"
                + "  - {id: r, priority: info, when: \(written)}\n"
            let (_, found) = RuleParser.parse(
                files: [try YAML.parse(text, file: "manual")], home: Home())
            #expect(found.filter { $0.severity == .error }.map(\.description) == [], "\(form)")
        }
    }
}
