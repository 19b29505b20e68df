import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl annotations …`.
struct AnnotationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotations",
        abstract: "What residents and staff say of a span of a trace, in their own words.",
        discussion: """
            Words, a pictogram's name, a recording, or whether the uses that began in the span were on one's own or with help. \
            Several stand side by side and none is ever changed. They lie sealed \
            in the vault, and leave with a study's data only if their author gives them.
            """,
        subcommands: [Add.self, List.self, Play.self, Give.self], defaultSubcommand: List.self)

    static func vault(_ home: HomeOption) throws -> Vault {
        do { return try Vault(home: home.folder) } catch { throw CommandFailure("\(error)") }
    }

    static func user(_ name: String?) -> String {
        name ?? ProcessInfo.processInfo.environment["USER"] ?? "hubctl"
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add what somebody says of a span.")
        @OptionGroup var home: HomeOption
        @Argument(help: "Of whose trace: an identifier of hub.yaml.")
        var person: String
        @Option(help: "From when, such as 2026-11-24T15:04.")
        var from: String
        @Option(
            name: [.customLong("to"), .customLong("until")],
            help: "To when. Default: the same moment.")
        var to: String?
        @Option(help: "Of which device, such as lilas/tablet. Default: of all.")
        var device: String?
        @Option(help: "In words.")
        var text: String?
        @Option(help: "By a pictogram's name, such as happy.")
        var pictogram: String?
        @Option(
            help:
                "By a recording: a file that ends in \(Annotation.endings.joined(separator: ", "))."
        )
        var voice: String?
        @Option(help: "Whether the uses that began in the span were on one's own: alone or helped.")
        var support: String?
        @Option(help: "With --support helped: how many prompts a person gave for each use.")
        var prompts: Int?
        @Option(help: "Who says it. Default: the person.")
        var author: String?
        @Flag(help: "Staff speaks, not the person.")
        var staff = false
        @Flag(help: "Its author agrees that it leaves with a study's data.")
        var give = false

        func validate() throws {
            guard [text, pictogram, voice, support].compactMap({ $0 }).count == 1 else {
                throw ValidationError("give one of --text, --pictogram, --voice and --support")
            }
            if let support {
                guard ["alone", "helped"].contains(support) else {
                    throw ValidationError("\"\(support)\" is neither alone nor helped")
                }
                let most = UseWord.Support.mostPrompts
                guard UseWord.Support(isAlone: support == "alone", prompts: prompts) != nil else {
                    throw ValidationError(
                        "--prompts is 0 to \(most), and only with --support helped: who was prompted was helped"
                    )
                }
            } else if prompts != nil {
                throw ValidationError("--prompts needs --support helped")
            }
            if staff, author == nil { throw ValidationError("--staff needs --author") }
        }

        func run() throws {
            let loaded = try home.load()
            let id = PersonID(rawValue: person)
            guard let residence = loaded.home.residences.first(where: { $0.people.contains(id) })
            else {
                throw CommandFailure(
                    "nobody \"\(printable(person))\" lives in a residence of hub.yaml"
                        + suggestion(
                            for: person,
                            among: loaded.home.residences.flatMap(\.people).map(\.rawValue)))
            }
            if let device, !loaded.home.devices.contains(where: { $0.id.rawValue == device }) {
                throw CommandFailure(
                    "there is no device \"\(printable(device))\""
                        + suggestion(for: device, among: loaded.home.devices.map(\.id.rawValue)))
            }
            let zone = home.zone(of: residence.id, in: loaded)
            let start = try moment(from, zone: zone)
            let end = try to.map { try moment($0, zone: zone) } ?? start
            guard start <= end else {
                throw CommandFailure("--to lies before --from; turn them round")
            }
            do {
                let number = try AnnotationsCommand.vault(home).annotate(
                    Annotation(
                        person: id, device: device.map { DeviceID(rawValue: $0) },
                        span: start..<end, author: author ?? person,
                        voice: staff ? .staff : .resident, content: try content(),
                        at: Clock.system.now(), mayLeave: give))
                print("\(person): annotation \(number)")
            } catch let error as VaultError {
                throw CommandFailure("\(error)")
            }
        }

        private func content() throws -> Annotation.Content {
            if let text { return .text(text) }
            if let pictogram { return .pictogram(pictogram) }
            if let support = support.flatMap({
                UseWord.Support(isAlone: $0 == "alone", prompts: prompts)
            }) {
                return .support(support)
            }
            let path = voice ?? ""
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure("\(printable(path)): cannot be read")
            }
            return .recording(
                [UInt8](data), ending: URL(fileURLWithPath: path).pathExtension.lowercased())
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was said of a person's trace, side by side. Who looks is written down.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Argument(help: "Of whose trace.")
        var person: String
        @Option(help: "Who looks. Default: $USER.")
        var by: String?
        @Flag(help: "As JSON.")
        var json = false

        private struct Wire: Encodable {
            var id: Int64
            var from: String
            var until: String
            var device: String?
            var author: String
            var voice: String
            var form: String
            var content: String?
            var given: Bool
        }

        func run() throws {
            let loaded = try? home.load()
            try requireKnown(person, in: loaded)
            let zone = home.zone(ofPerson: person, in: loaded)
            let all: [Annotation]
            do {
                all = try AnnotationsCommand.vault(home).annotations(
                    of: PersonID(rawValue: person), by: AnnotationsCommand.user(by),
                    what: "annotations", at: Clock.system.now())
            } catch let error as VaultError {
                throw CommandFailure("\(error)")
            }
            if json {
                return print(
                    try jsonText(
                        all.map {
                            Wire(
                                id: $0.id, from: Timestamp.local($0.span.lowerBound, in: zone),
                                until: Timestamp.local($0.span.upperBound, in: zone),
                                device: $0.device?.rawValue, author: $0.author,
                                voice: $0.voice.rawValue, form: $0.content.form,
                                content: words($0.content), given: $0.mayLeave)
                        }))
            }
            if all.isEmpty {
                print(language.isFrench ? "Personne n'a rien dit." : "Nobody said anything.")
            }
            for one in all {
                let what =
                    words(one.content)
                    ?? (language.isFrench
                        ? "un enregistrement : « hubctl annotations play \(person) \(one.id) »"
                        : "a recording: 'hubctl annotations play \(person) \(one.id)'")
                print(
                    printable(
                        "\(one.id)  \(Timestamp.short(one.span.lowerBound, in: zone)) – \(Timestamp.short(one.span.upperBound, in: zone))  "
                            + (one.device.map { "\($0)  " } ?? "") + "\(one.author): \(what)"))
            }
        }

        private func words(_ content: Annotation.Content) -> String? {
            switch content {
            case .text(let text): text
            case .pictogram(let name): "[\(name)]"
            case .recording: nil
            case .support(let support): support.text
            }
        }
    }

    struct Play: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a recording to a file, to listen to it.")
        @OptionGroup var home: HomeOption
        @Argument(help: "Of whose trace.")
        var person: String
        @Argument(help: "The annotation's number.")
        var number: Int64
        @Option(help: "The file, which must not be there yet.")
        var out: String
        @Option(help: "Who listens. Default: $USER.")
        var by: String?

        func run() throws {
            do {
                let all = try AnnotationsCommand.vault(home).annotations(
                    of: PersonID(rawValue: person), by: AnnotationsCommand.user(by),
                    what: "annotations", at: Clock.system.now())
                guard let one = all.first(where: { $0.id == number }),
                    case .recording(let bytes, _) = one.content
                else {
                    throw CommandFailure("there is no recording \(number) of \(printable(person))")
                }
                guard !FileManager.default.fileExists(atPath: out),
                    FileManager.default.createFile(
                        atPath: out, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
                else { throw CommandFailure("\(printable(out)): is there, or cannot be written") }
                print(out)
            } catch let error as VaultError {
                throw CommandFailure("\(error)")
            }
        }
    }

    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Its author says whether it may leave with a study's data.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The annotation's number.")
        var number: Int64
        @Argument(help: "yes or no.")
        var answer: String
        @Option(help: "Its author.")
        var author: String

        func validate() throws {
            guard ["yes", "no"].contains(answer) else {
                throw ValidationError("\"\(answer)\" is neither yes nor no")
            }
        }

        func run() throws {
            do {
                try AnnotationsCommand.vault(home)
                    .setMayLeave(number, answer == "yes", author: author)
            } catch let error as VaultError {
                throw CommandFailure("\(error)")
            }
            print("\(number): \(answer)")
        }
    }
}
