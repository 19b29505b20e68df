import ArgumentParser
import Foundation
import Testing

@testable import hubctl

@Suite("Help")
struct HelpTests {
    static let commands = Hubctl.configuration.subcommands.map { $0._commandName }

    /// A command's help, and that of its subcommands.
    private func help(_ command: any ParsableCommand.Type, _ path: [String]) -> String {
        var text = "=== hubctl \(path.joined(separator: " "))\n"
        text += Hubctl.helpMessage(for: command, columns: 100) + "\n"
        for subcommand in command.configuration.subcommands {
            text += "\n" + help(subcommand, path + [subcommand._commandName])
        }
        return text
    }

    /// Those whose words are settled; the others join as they are.
    static let settled = [
        "accounts", "alerts", "annotations", "away", "check", "consent", "demo", "devices",
        "doctor", "drill", "events",
        "handover",
        "init", "measures", "notify", "pause", "people", "person",
        "register", "reload", "resume", "retention",
        "rules", "run", "simulate", "staff", "status", "stop", "study", "traces", "verify",
    ]

    @Test("every command says what it does and what each option means", arguments: settled)
    func help(name: String) throws {
        let command = try #require(
            Hubctl.configuration.subcommands.first { $0._commandName == name })
        try expectGolden(help(command, [name]), "help/\(name).txt")
    }

    @Test("no option and no argument is without a word", arguments: commands)
    func explained(name: String) throws {
        let command = try #require(
            Hubctl.configuration.subcommands.first { $0._commandName == name })
        let lines = help(command, [name]).split(separator: "\n").map(String.init)
        for (index, line) in lines.enumerated() where line.hasPrefix("  -") || line.hasPrefix("  <")
        {
            // A long name has its words on the next line.
            let isAlone = line.split(separator: " ", omittingEmptySubsequences: true).count <= 2
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            #expect(!isAlone || next.hasPrefix("      "), "\(line)")
        }
    }
}
