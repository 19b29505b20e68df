import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules replay`: the journal again.
struct RulesReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the journal again, and compare with what was stored.",
        discussion: """
            With --verify the journal is run again from its beginning and from every checkpoint that is kept, each with the \
            configuration that was in force. The first step of an alert that is not as it was stored is shown, and the \
            exit code is 1. A hub may be running meanwhile; what it stores after the start of the command is not looked at.
            """)

    @OptionGroup var home: HomeOption

    @Flag(help: "Compare with what was stored.")
    var verify = false

    @Flag(help: "One JSON object for each run.")
    var json = false

    func validate() throws {
        guard verify else { throw ValidationError("write hubctl rules replay --verify") }
    }

    func run() throws {
        let loaded = try home.load()
        if loaded.hasErrors {
            Console.note("the home's files have errors; configurations are taken from the journal")
        }
        let verification = try ReplayVerification(home.reader, home: loaded) { share in
            Console.progress("replaying", share: share)
        }
        Console.endProgress()
        for run in verification.runs { print(json ? try jsonText(Row(run)) : Self.text(run)) }
        if !verification.holds { throw ExitCode(1) }
    }

    private static func text(_ run: ReplayVerification.Run) -> String {
        let start =
            run.start.rawValue == 0
            ? "from the beginning" : "from the checkpoint after entry \(run.start.rawValue)"
        let head = "\(run.difference == nil ? "ok    " : "FAILED") \(start): "
        var text =
            head + "\(run.entries) entries, \(run.transitions) steps of alerts and "
            + "\(run.episodes) episodes of traces as they were stored"
        if let note = run.note { text += "; \(note)" }
        if let difference = run.difference {
            text += "\n       the first that differs, after entry \(difference.after.rawValue):"
            text += "\n         stored    \(difference.stored ?? "nothing")"
            text += "\n         replayed  \(difference.replayed ?? "nothing")"
        }
        return text
    }

    private struct Row: Encodable {
        var start: Int64
        var entries: Int
        var transitions: Int
        var episodes: Int
        var holds: Bool
        var note: String?
        var after: Int64?
        var stored: String?
        var replayed: String?

        init(_ run: ReplayVerification.Run) {
            start = run.start.rawValue
            entries = run.entries
            transitions = run.transitions
            episodes = run.episodes
            holds = run.difference == nil
            note = run.note
            after = run.difference?.after.rawValue
            stored = run.difference?.stored
            replayed = run.difference?.replayed
        }
    }
}
