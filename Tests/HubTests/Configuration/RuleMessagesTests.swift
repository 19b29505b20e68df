import Foundation
import Rules
import Testing

@testable import Hub

@Suite("What the rule language says of mistakes")
struct RuleMessagesTests {
    @Test("each wrong rule file gives its messages, with the line and a caret under the fault")
    func golden() throws {
        let golden = try GoldenMessages("rule-messages.txt")
        #expect(golden.cases.count >= 40)
        try golden.check { input in
            let (_, diagnostics) = parse(input)
            return DiagnosticRendering(sources: ["rules/a.yaml": input]).text(diagnostics)
        }
    }

    private func parse(_ text: String) -> (RuleSet, [Diagnostic]) {
        do {
            return RuleParser.parse(
                files: [try YAML.parse(text, file: "rules/a.yaml")], home: SampleHome.home)
        } catch {
            return (RuleSet(), [error])
        }
    }
}
