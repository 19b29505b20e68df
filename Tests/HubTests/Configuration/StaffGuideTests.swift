import Foundation
import Rules
import Testing

@testable import Hub

@Suite("docs: alerts, staff, notifications, security")
struct StaffGuideTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Blocks of YAML with the name of the file that their first line says they are.
    private static func blocks(_ page: String) throws -> [(file: String, text: String)] {
        let text = try String(contentsOf: root.appending(path: "docs/\(page)"), encoding: .utf8)
        return text.components(separatedBy: "```yaml\n").dropFirst().compactMap { part in
            guard let block = part.components(separatedBy: "```").first, block.hasPrefix("# "),
                let file = block.dropFirst(2).split(whereSeparator: { ":\n".contains($0) }).first
            else { return nil }
            return (String(file), block)
        }
    }

    @Test(
        "what the pages show of staff.yaml and notifications.yaml is a home without errors or holes"
    )
    func examples() throws {
        let folder = try TemporaryFolder()
        try """
        version: 1
        site: {id: site}
        zone: Europe/Paris
        residences:
          - {id: home, rooms: [{id: hall, kind: hall}]}
        """.write(toFile: folder.file("hub.yaml"), atomically: true, encoding: .utf8)
        for name in ["sms.urls", "hook.secret"] {
            let isMade = FileManager.default.createFile(
                atPath: folder.file(name), contents: Data("x".utf8),
                attributes: [.posixPermissions: 0o600])
            #expect(isMade)
        }
        var names: Set<String> = []
        for page in ["staff.md", "notifications.md"] {
            for block in try Self.blocks(page) {
                names.insert(block.file)
                try block.text.write(
                    toFile: folder.file(block.file), atomically: true, encoding: .utf8)
            }
        }
        #expect(names == ["staff.yaml", "notifications.yaml"])
        let home = try HomeFolder.load(
            folder.path, shippedProfiles: Self.root.appending(path: "devices").path)
        #expect(home.diagnostics.isEmpty, "\(home.report)")
        #expect(home.staff.members.count == 3)
        #expect(home.notifications.channels.map(\.name) == ["sms", "operations", "alertmanager"])
    }

    @Test(
        "the commands that the pages show exist, with their options",
        arguments: [
            "alerts.md", "staff.md", "notifications.md", "pages.md",
        ])
    func commands(page: String) throws {
        let text = try String(
            contentsOf: Self.root.appending(path: "docs/\(page)"), encoding: .utf8)
        let golden = Self.root.appending(path: "Tests/Golden/help")
        let commands = text.matches(of: /(?m)^\.\/run ([a-z-]+)( [a-z-]+)?/).map {
            ($0.1, $0.2.map { $0.trimmingCharacters(in: .whitespaces) })
        }
        #expect(!commands.isEmpty)
        for (command, sub) in commands {
            let file = golden.appending(path: "\(command).txt")
            let help = try? String(contentsOf: file, encoding: .utf8)
            guard let help else { continue }
            if let sub, help.contains("SUBCOMMANDS") {
                #expect(help.contains(sub), "\(command) \(sub)")
            }
        }
    }

    @Test("the scheme for makers of applications is one that a home can have")
    func useEvents() throws {
        let folder = try TemporaryFolder()
        try """
        version: 1
        site: {id: site}
        zone: Europe/Paris
        residences:
          - {id: home, people: [p1], rooms: [{id: hall, kind: hall}]}
        """.write(toFile: folder.file("hub.yaml"), atomically: true, encoding: .utf8)
        let blocks = try Self.blocks("use-events.md")
        #expect(blocks.map(\.file) == ["devices.yaml"])
        for block in blocks {
            try block.text.write(
                toFile: folder.file(block.file), atomically: true, encoding: .utf8)
        }
        let home = try HomeFolder.load(
            folder.path, shippedProfiles: Self.root.appending(path: "devices").path)
        #expect(home.diagnostics.isEmpty, "\(home.report)")
        #expect(home.knows(topic: "foyer/home/use/tablet"))
    }

    @Test("pictures that the pages show are there, and small")
    func pictures() throws {
        for page in ["docs/pages.md", "README.md"] {
            let text = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
            let folder = page.hasPrefix("docs") ? "docs/" : ""
            for match in text.matches(of: /!\[[^\]]*\]\(([^)]+)\)/) {
                let path = Self.root.appending(path: folder + match.1).path
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                #expect((size ?? .max) <= 150_000, "\(path)")
            }
        }
    }
}
