import Rules
import Testing

@testable import Hub

@Suite("What the rule language says of mistakes in traces")
struct TraceMessagesTests {
    @Test("each wrong trace gives its messages, with the line and a caret under the fault")
    func golden() throws {
        try GoldenMessages("trace-messages.txt").check { input in
            let (_, diagnostics) = parse(input)
            return DiagnosticRendering(sources: ["rules/a.yaml": input]).text(diagnostics)
        }
    }

    @Test("each form of a trace means what it says")
    func forms() throws {
        let input = try #require(try GoldenMessages("trace-messages.txt").cases.first?.input)
        let (rules, diagnostics) = parse(input)
        #expect(diagnostics == [])
        try #require(rules.traces.map(\.id) == ["t", "u"])
        let trace = rules.traces[0]
        let door = StreamSelector(kinds: ["door"], capability: "contact.open")
        let opened = EventExpression.reading(door, .oneOf([.boolean(true)]))
        let open = SignalExpression.predicate(door, .oneOf([.boolean(true)]), unknownAfter: nil)
        #expect(trace.from == opened)
        #expect(
            trace.until == [
                .event(.reading(door, .oneOf([.boolean(false)]))),
                .quiet(opened, for: .minutes(10)), .signal(.not(open)),
            ])
        #expect(trace.mergeGap == .minutes(2))
        #expect(
            trace.attributes == [
                .init(name: "not-open", source: .signal(.not(open))),
                .init(name: "open", source: .signal(open)),
                .init(name: "quoted", source: .text("door")),
                .init(name: "room", source: .lastRoom), .init(name: "text", source: .text("door")),
                .init(name: "value", source: .value),
            ])
        #expect(trace.title == LocalizedText(english: "Door", french: "Porte"))
        #expect(trace.owner == "team")
        #expect(rules.traces[1].scope == .device)
        #expect(rules.traces[1].from == .begins(open))
        #expect(rules.traces[1].until == [.event(.ends(open))])
        #expect(rules.traces[1].whole == open)
    }

    @Test("comments, titles and places in the file do not change a rule's version")
    func version() throws {
        func version(_ text: String) throws -> String {
            try #require(parse(text).0.traces.first?.version)
        }
        let plain = "version: 1\ntraces:\n  - {id: t, from: {kind: door, is: open}}\n"
        let commented =
            "version: 1\n# The door.\nrules: []\ntraces:\n\n  - id: t # here\n    from: {kind: door, is: open}\n    title: {en: a, fr: b}\n"
        let other = "version: 1\ntraces:\n  - {id: t, from: {kind: door, is: closed}}\n"
        #expect(try version(plain) == version(commented))
        #expect(try version(plain) != version(other))
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
