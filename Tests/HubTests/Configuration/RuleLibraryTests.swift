import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The library of rules")
struct RuleLibraryTests {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardizedFileURL
    static let folder = repository.appendingPathComponent("rules").path

    @Test(
        "every template has titles, a test, a note on when it is wrong, and is read without fault")
    func complete() throws {
        let library = try RuleLibrary.load(Self.folder)
        #expect(library.templates.count >= 26)
        for template in library.templates {
            let name = Comment(rawValue: template.name)
            #expect(!template.title.english.isEmpty && !template.title.french.isEmpty, name)
            #expect(!template.needs.isEmpty, name)
            #expect(!template.wrongWhen.isEmpty, name)
            #expect(!template.rules.isEmpty, name)
            #expect(FileManager.default.fileExists(atPath: template.test), name)
            let text = try String(contentsOfFile: template.path, encoding: .utf8)
            #expect(text.contains("\n# owner: WHO\n"), name)
            for rule in template.rules {
                #expect(rule.title != nil && rule.instruction != nil, "\(rule.id)")
                #expect(rule.owner == nil && rule.reviewBy == nil, "\(rule.id): left to the home")
                #expect(rule.chain == nil, "\(rule.id): chains are a home's own")
            }
        }
        // A home may take all of them: no two things have one name. Who answers for them is the home's to say.
        let doubtful = library.diagnostics + RuleFiles.load([Self.folder]).diagnostics
        #expect(doubtful.filter { $0.code != "no-owner" }.map(\.message) == [])
    }

    @Test("every rule of the library is raised in its own test, which passes")
    func tests() throws {
        for template in try RuleLibrary.load(Self.folder).templates {
            let loaded = ScenarioLoader.load(template.test)
            #expect(!loaded.hasErrors, "\(template.name):\n\(loaded.report)")
            var raised: Set<RuleID> = []
            for scenario in loaded.scenarios {
                let outcome = scenario.run()
                let rendering = ScenarioRendering(outcome, sources: loaded.sources)
                #expect(
                    outcome.isPassed,
                    "\(template.name), \(rendering.title):\n\(rendering.failure)")
                raised.formUnion(outcome.steps.filter { $0.step == .raised }.map(\.alert.rule))
            }
            #expect(
                raised == Set(template.rules.map(\.id)), "\(template.name): rules without a test")
            #expect(
                loaded.scenarios.contains { $0.expectations.isEmpty }
                    || template.name == "call-button"
                    || template.rules.count > 0 && loaded.scenarios.count > 1,
                "\(template.name): a case that must stay calm")
        }
    }

    @Test("every rule of the library is said as it was agreed, and is in the manual")
    func sentences() throws {
        let library = try RuleLibrary.load(Self.folder)
        let rules = library.templates.flatMap(\.rules)
        let golden = try GoldenMessages("library-sentences.txt")
        try golden.check { input in
            let id = input.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let rule = rules.first(where: { $0.id.rawValue == id }) else {
                return "there is no such rule"
            }
            let sentence = Sentence.of(rule, in: Home())
            return "\(sentence.english)\n\(sentence.french)"
        }
        #expect(golden.cases.map(\.name) == rules.map(\.id.rawValue))
        let manual = try String(
            contentsOf: Self.repository.appendingPathComponent("docs/rules/library.md"),
            encoding: .utf8)
        for template in library.templates {
            let name = Comment(rawValue: template.name)
            #expect(manual.contains("\n## \(template.title.english)\n"), name)
            #expect(manual.contains("*\(template.title.french)*"), name)
            #expect(manual.contains("`\(template.name)`"), name)
            for reason in template.wrongWhen { #expect(manual.contains(reason), name) }
            for rule in template.rules {
                #expect(manual.contains(Sentence.of(rule, in: Home()).french), "\(rule.id)")
            }
        }
    }

    @Test("a template is copied into a home with its test, and the copied test passes")
    func added() throws {
        let temporary = try TemporaryFolder()
        let home = temporary.path
        try FileManager.default.createDirectory(
            atPath: home + "/rules", withIntermediateDirectories: true)
        let library = try RuleLibrary.load(Self.folder)
        for template in library.templates {
            let written = try library.add(
                template.name, to: home, owner: "Équipe \"Lilas\"", review: "2027-06-30")
            #expect(written.count == 2)
        }
        let found = RuleFiles.load([home + "/rules"])
        #expect(!found.hasErrors, "\(found.report)")
        #expect(found.rules.rules.count == library.templates.flatMap(\.rules).count)
        for rule in found.rules.rules {
            #expect(rule.owner == "Équipe \"Lilas\"" && rule.reviewBy == "2027-06-30", "\(rule.id)")
        }
        let loaded = ScenarioLoader.load(home + "/tests/night-exit.yaml")
        #expect(!loaded.hasErrors, "\(loaded.report)")
        #expect(!loaded.scenarios.isEmpty)
        #expect(loaded.scenarios.allSatisfy { $0.run().isPassed })
    }

    @Test(
        "what is there is not overwritten, and names that clash are told before anything is written"
    )
    func refused() throws {
        let temporary = try TemporaryFolder()
        let home = temporary.path
        try FileManager.default.createDirectory(
            atPath: home + "/rules", withIntermediateDirectories: true)
        let library = try RuleLibrary.load(Self.folder)
        _ = try library.add("smoke", to: home)
        #expect(throws: RuleLibraryError.exists(home + "/rules/smoke.yaml")) {
            _ = try library.add("smoke", to: home)
        }
        #expect(throws: RuleLibraryError.unknown("flod", suggestion: "; did you mean \"flood\"?")) {
            _ = try library.add("flod", to: home)
        }
        try FileManager.default.moveItem(
            atPath: home + "/rules/smoke.yaml", toPath: home + "/rules/fire.yaml")
        try FileManager.default.removeItem(atPath: home + "/tests/smoke.yaml")
        do {
            _ = try library.add("smoke", to: home)
            Issue.record("a second rule smoke-alarm was added")
        } catch {
            #expect(error.description.contains("smoke-alarm"))
        }
        #expect(!FileManager.default.fileExists(atPath: home + "/rules/smoke.yaml"))
    }
}
