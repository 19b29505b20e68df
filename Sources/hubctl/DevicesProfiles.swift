import ArgumentParser
import Foundation
import Hub
import Rules

/// Lists the kinds of devices that are known, or tells of one.
struct DevicesProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract:
            "The kinds of devices that are known; of one, what it presumes of its user and what to try when it is put in.",
        discussion: "docs/profiles.md says how to write one.")

    @OptionGroup var choice: ProfileChoice
    @OptionGroup var language: LanguageOption

    @Argument(help: "One profile, by its identifier.")
    var name: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let library = try choice.library()
        guard let name else {
            let profiles = library.profiles.sorted { $0.id < $1.id }
            for profile in profiles { print(try json ? jsonText(Wire(profile)) : line(profile)) }
            return
        }
        guard let profile = library[name] else {
            throw CommandFailure(
                "there is no profile \"\(printable(name))\""
                    + suggestion(for: name, among: library.profiles.map(\.id)))
        }
        print(try json ? jsonText(Wire(profile)) : details(profile))
    }

    private func text(_ text: LocalizedText) -> String {
        printable(language.isFrench ? text.french : text.english)
    }

    /// `1 h 12 min`.
    private func duration(_ span: TimeSpan) -> String {
        let seconds = span.milliseconds / 1000
        let parts = [
            (seconds / 3600, "h"), (seconds % 3600 / 60, "min"), (seconds % 60, "s"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    private func line(_ profile: DeviceProfile) -> String {
        "\(profile.id.padding(toLength: 28, withPad: " ", startingAt: 0)) \(text(profile.title))"
    }

    private func details(_ profile: DeviceProfile) -> String {
        let french = language.isFrench
        var lines = [line(profile)]
        func add(_ english: String, _ frenchWord: String, _ value: String) {
            lines.append("\(french ? frenchWord : english)\(colon(isFrench: french))\(value)")
        }
        if let script = profile.script {
            add("What it takes for granted", "Ce qu'il suppose", text(script))
        }
        if let liveness = profile.liveness {
            let sleeps = liveness.expectation == .sleeping
            add(
                "Expected", "Attendu",
                french
                    ? "au moins toutes les \(duration(liveness.expect)) ; muet après \(duration(liveness.silentAfter)) ; \(sleeps ? "dort entre deux messages" : "toujours joignable")"
                    : "at least every \(duration(liveness.expect)); silent after \(duration(liveness.silentAfter)); \(sleeps ? "sleeps between reports" : "always on")"
            )
        } else {
            add(
                "Expected", "Attendu",
                french ? "rien ; son silence ne dit rien" : "nothing; its silence says nothing")
        }
        add(
            "Tells", "Dit",
            profile.capabilities.map { $0.capability.rawValue }.joined(separator: ", "))
        if !profile.models.isEmpty {
            add("Models", "Modèles", profile.models.map(printable).joined(separator: ", "))
        }
        if !profile.commissioning.isEmpty {
            lines.append(
                french ? "À essayer une fois en place :" : "To try when it is in place:")
            for (number, step) in profile.commissioning.enumerated() {
                lines.append("  \(number + 1). \(text(step))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private struct Wire: Encodable {
        var id: String
        var title: [String: String]
        var kind: String
        var convention: String
        var models: [String]
        var capabilities: [String]
        var script: [String: String]?
        var commissioning: [[String: String]]
        var expectSeconds: Double?
        var silentAfterSeconds: Double?
        var expectation: String?

        init(_ profile: DeviceProfile) {
            func both(_ text: LocalizedText) -> [String: String] {
                ["en": text.english, "fr": text.french]
            }
            id = profile.id
            title = both(profile.title)
            kind = profile.kind
            convention = profile.convention
            models = profile.models
            capabilities = profile.capabilities.map { $0.capability.rawValue }
            script = profile.script.map(both)
            commissioning = profile.commissioning.map(both)
            expectSeconds = profile.liveness.map { Double($0.expect.milliseconds) / 1000 }
            silentAfterSeconds = profile.liveness.map {
                Double($0.silentAfter.milliseconds) / 1000
            }
            expectation = profile.liveness?.expectation.rawValue
        }
    }
}
