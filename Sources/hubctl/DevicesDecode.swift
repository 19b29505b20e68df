import ArgumentParser
import Foundation
import Hub
import Rules

/// Shows how one message is understood, and why.
struct DevicesDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show how a message is understood, and why.",
        discussion: """
            Nothing is stored. With --stdin, or with --json and neither a home nor --profile, the message is understood by its \
            convention alone, and one line of JSON says what it says: convention, device, readings, flags, and the reason \
            where it is of no use. --stdin reads lines of JSON, {"topic", "payload", "enc": "hex", "retain": true}, and \
            writes one for each. With --home, or FOYER_HOME, the message is read as the hub of that home would, by the devices that it has \
            on the topic. With --profile it is read as one of a device of that profile; without either, as one of every \
            profile that has such a topic, those that understand it first.
            """)

    @OptionGroup var choice: ProfileChoice

    @Option(help: "Read it as a device of this profile would have sent it.")
    var profile: String?

    @Flag(help: "As if the broker had kept it from earlier.")
    var retained = false

    @Option(
        help:
            "When the hub takes it in, such as 2026-01-31T08:30:00Z: what is older by the device's clock is late or restored. Where left out now; of a message that is understood by its convention alone the age is not judged then."
    )
    var at: String?

    @Flag(help: "One JSON object for each profile.")
    var json = false

    @Flag(help: "Read messages from standard input, one JSON object a line.")
    var stdin = false

    @Argument(help: "The topic.")
    var topic: String?

    @Argument(help: "The payload; - reads it from standard input.")
    var payload: String?

    func validate() throws {
        if stdin, topic != nil { throw ValidationError("--stdin takes no topic and payload") }
        if !stdin, topic == nil || payload == nil {
            throw ValidationError("give a topic and a payload, or --stdin")
        }
    }

    func run() throws {
        if stdin {
            let received = try received()
            while let line = readLine(strippingNewline: true) {
                print(
                    try ConventionLine.answer(
                        to: line, received: received, judgesAge: at != nil))
            }
            return
        }
        guard let topic, let payload else { return }
        let bytes =
            payload == "-"
            ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : Array(payload.utf8)
        let message = MQTTMessage(
            topic: topic, payload: bytes, retained: retained, received: try received())
        if json, profile == nil, choice.folder == nil {
            return print(
                try ConventionLine(Conventions.read(message, judgesAge: at != nil)).text)
        }
        let explanations = try explanations(of: message)
        // Many profiles have a topic like this: those that have nothing to say are counted, and no more. One that was asked for
        // says why it reads nothing.
        let isAsked = json || explanations.count == 1
        var shown = isAsked ? explanations : explanations.filter { $0.isUseful }
        if shown.isEmpty { shown = Array(explanations.filter { $0.hasReadings }.prefix(1)) }
        for (index, explanation) in shown.enumerated() {
            if json {
                print(explanation.json)
            } else {
                if index > 0 { print() }
                print(explanation.text)
            }
        }
        if isAsked { return }
        if shown.isEmpty {
            print(
                "none of the \(explanations.count) profiles that have such a topic reads anything of it"
            )
            print(
                "by its convention: \(try ConventionLine(Conventions.read(message, judgesAge: at != nil)).text)"
            )
            print("why one profile reads nothing of it: --profile ID")
        } else if shown.count < explanations.count {
            print(
                "\nof \(explanations.count) profiles that have such a topic the others read nothing of it, or only what any device tells (battery, link)"
            )
        }
    }

    private func explanations(of message: MQTTMessage) throws -> [DecodeExplanation] {
        if profile == nil, let home = choice.folder {
            let loaded = try HomeFolder.load(home)
            for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
                Console.error(diagnostic.description)
            }
            return [DecodeExplanation(message, loaded.directory)]
        }
        let library = try choice.library()
        var profiles = library.profiles
        if let profile {
            guard let known = library[profile] else {
                let names = library.profiles.map(\.id)
                throw CommandFailure(
                    "there is no profile \"\(profile)\"" + suggestion(for: profile, among: names))
            }
            profiles = [known]
        }
        let explanations = DecodeExplanation.all(message, profiles)
        if explanations.isEmpty {
            throw CommandFailure(
                profile.map { "no topic of profile \"\($0)\" fits \(message.topic)" }
                    ?? "no profile has a topic that fits \(message.topic)")
        }
        return explanations
    }

    private func received() throws -> Instant {
        guard let at else { return Clock.system.now() }
        if let instant = Instant(iso: at) { return instant }
        throw CommandFailure("--at: \"\(at)\" is not a time; write 2026-01-31T08:30:00Z")
    }
}
