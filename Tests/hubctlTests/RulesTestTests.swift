import ArgumentParser
import Foundation
import Hub
import Rules
import Testing

@testable import hubctl

@Suite("hubctl rules test")
struct RulesTestTests {
    private static let good = """
        test: 1
        define:
          rules:
            - {id: open, priority: low, when: {kind: door, reading: contact, is: open, for: 1m}}
        devices: {front_door: door}
        cases:
          - name: open for a minute & "more"
            feed: {front_door: {+0s: closed, +1m: open}}
            expect: {+2m: raised}
        """

    /// Writes files, runs the command on them, and takes what it wrote to `report.xml`.
    private func run(
        _ files: [String: String], _ arguments: [String]
    ) throws -> (code: Int32, report: String?) {
        let folder = NSTemporaryDirectory() + "foyer-rules-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        var code: Int32 = 0
        do {
            let command = try RulesTest.parse(
                arguments.map { $0.replacingOccurrences(of: "DIR", with: folder) }
                    + ["--junit", folder + "/report.xml"])
            try command.run()
        } catch {
            code = RulesTest.exitCode(for: error).rawValue
        }
        let report = try? String(contentsOfFile: folder + "/report.xml", encoding: .utf8)
        return (code, report)
    }

    @Test("all pass: exit code 0, and a report that XML readers read")
    func passes() throws {
        let (code, report) = try run(["a.yaml": Self.good], ["DIR/a.yaml"])
        #expect(code == 0)
        let text = try #require(report)
        #expect(text.contains("tests=\"1\" failures=\"0\" errors=\"0\""))
        #expect(text.contains("name=\"open for a minute &amp; &quot;more&quot;\""))
        #expect(isWellFormed(text))
    }

    @Test("a failure: exit code 1, and the report shows the time line")
    func fails() throws {
        let bad = Self.good.replacingOccurrences(of: "+2m: raised", with: "+3m: raised")
        let (code, report) = try run(["a.yaml": Self.good, "b.yaml": bad], ["DIR"])
        #expect(code == 1)
        let text = try #require(report)
        #expect(text.contains("tests=\"2\" failures=\"1\" errors=\"0\""))
        #expect(text.contains("came, not expected"))
        #expect(isWellFormed(text))
    }

    @Test("a file that cannot be used: exit code 1, and an error in the report")
    func broken() throws {
        let bad = Self.good.replacingOccurrences(of: "feed:", with: "fead:")
        let (code, report) = try run(["a.yaml": bad], ["DIR/a.yaml"])
        #expect(code == 1)
        let text = try #require(report)
        #expect(text.contains("failures=\"0\" errors=\"1\""))
        #expect(text.contains("did you mean &quot;feed&quot;?"))
        #expect(isWellFormed(text))
    }

    @Test("no such file, and a folder without tests, are errors of use")
    func nothing() throws {
        #expect(try run([:], ["DIR/none.yaml"]).code != 0)
        #expect(try run([:], ["DIR"]).code != 0)
    }

    @Test("JSON: one object a case, with what came and what is missing")
    func json() throws {
        let loaded = ScenarioLoader.load(
            Self.good.replacingOccurrences(of: "+2m: raised", with: "+3m: raised"), file: "a.yaml")
        let file = RulesTestReport.File(loaded: loaded, outcomes: loaded.scenarios.map { $0.run() })
        let line = try #require(RulesTestReport.jsonLines(file).first)
        struct Row: Decodable {
            struct Step: Decodable {
                var at: String
                var rule: String
                var to: String
            }
            var passed: Bool
            var missing: [Step]
            var unexpected: [Step]
        }
        let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
        #expect(!row.passed)
        #expect(row.missing.map(\.at) == ["2026-01-05T00:03:00.000+00:00"])
        #expect(row.unexpected.map(\.at) == ["2026-01-05T00:02:00.000+00:00"])
        #expect(row.unexpected.map(\.rule) == ["open"])
    }

    /// Whether every element is closed by its own end, and every ampersand begins an entity.
    private func isWellFormed(_ xml: String) -> Bool {
        var open: [Substring] = []
        for part in xml.split(separator: "<").dropFirst() {
            guard let end = part.firstIndex(of: ">") else { return false }
            let tag = part[..<end]
            let name = tag.prefix { $0 != " " && $0 != "/" }
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return false }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        let entities = ["amp;", "lt;", "gt;", "quot;"]
        return open.isEmpty
            && xml.split(separator: "&").dropFirst().allSatisfy { part in
                entities.contains { part.hasPrefix($0) }
            }
    }
}
