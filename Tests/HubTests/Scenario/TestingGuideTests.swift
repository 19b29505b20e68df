import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The guide to testing rules")
struct TestingGuideTests {
    /// A fenced block of the guide.
    struct Block {
        var language: String
        var text: String
        /// The file that its first line names.
        var file: String?
    }

    static func blocks() throws -> [Block] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/rules/testing.md")
        let parts = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n```")
        return stride(from: 1, to: parts.count, by: 2).map { index in
            let lines = parts[index].split(separator: "\n", omittingEmptySubsequences: false)
            let body = lines.dropFirst()
            let name = body.first.flatMap { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : nil }
            return Block(
                language: String(lines[0]), text: body.joined(separator: "\n") + "\n", file: name)
        }
    }

    @Test("every example passes, and the one that fails shows what the guide says")
    func examples() throws {
        let folder = try TemporaryFolder()
        let blocks = try Self.blocks()
        for block in blocks {
            guard let name = block.file else { continue }
            let url = URL(fileURLWithPath: folder.file(name))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try block.text.write(to: url, atomically: true, encoding: .utf8)
        }
        let tests = blocks.compactMap(\.file).filter { $0.hasPrefix("tests/") }
        #expect(tests.count >= 5)
        for name in tests {
            let loaded = ScenarioLoader.load(folder.file(name))
            #expect(loaded.diagnostics.isEmpty, "\(loaded.report)")
            #expect(!loaded.scenarios.isEmpty)
            for scenario in loaded.scenarios {
                let outcome = scenario.run()
                let rendering = ScenarioRendering(outcome)
                #expect(outcome.isPassed, "\(rendering.title)\n\(rendering.failure)")
            }
        }
        let wrong = ScenarioLoader.load(folder.file("wrong/night.yaml"))
        let outcome = try #require(wrong.scenarios.first).run()
        let shown = try #require(blocks.first { $0.language == "text" })
        #expect(ScenarioRendering(outcome).failure == shown.text)
    }
}
