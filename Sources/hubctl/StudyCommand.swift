import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl study …`.
struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Studies: what was agreed, what is exported, what is owed back.",
        discussion: """
            A study begins with a protocol, studies/NAME.yaml: who agreed on the question, what people were told, what is \
            looked at, for how long, and what they get back. Nothing is exported before it is complete, and only of \
            people who said yes to study/NAME. docs/studies.md tells the whole way.
            """,
        subcommands: [
            New.self, Check.self, List.self, Show.self, Export.self, Exports.self, Owed.self,
            Report.self, Given.self,
        ],
        defaultSubcommand: List.self)

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a protocol to be filled in: studies/NAME.yaml in the home's folder.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The study's name, such as tablets-2026.")
        var name: String

        func run() throws {
            let loaded = try home.load()
            do {
                let file = try StudyFile.make(StudyID(rawValue: name), in: loaded.folder)
                print(
                    "\(home.folder)/\(file) is there: fill it in, then 'hubctl study check \(name)'"
                )
            } catch {
                throw CommandFailure("\(error)")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is missing or wrong in a protocol, with its line.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The study's name.")
        var name: String

        func run() throws {
            let file = try studyFile(name, in: try home.load())
            if !file.diagnostics.isEmpty { print(file.report) }
            guard file.study != nil else {
                throw CommandFailure(
                    "\(file.name): \(LoadedHome.count(file.diagnostics.count, "error")); nothing can be exported yet"
                )
            }
            print("\(file.name): the protocol is complete")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The home's studies.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try home.load()
            let all = StudyFile.all(in: loaded.folder)
            if all.isEmpty {
                print(
                    language.isFrench
                        ? "Aucune étude. « hubctl study new NOM » en prépare une."
                        : "No studies. 'hubctl study new NAME' prepares one.")
            }
            for id in all {
                let file = try studyFile(id.rawValue, in: loaded)
                guard let study = file.study else {
                    print(
                        "\(id)  "
                            + (language.isFrench
                                ? "protocole incomplet" : "the protocol is not complete"))
                    continue
                }
                print(
                    "\(id)  \(study.from.text) – \(study.until.text)  "
                        + printable(language.isFrench ? study.title.french : study.title.english))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a study's protocol says, in words.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Argument(help: "The study's name.")
        var name: String

        func run() throws {
            let study = try completeStudy(name, in: try home.load())
            for line in StudyText(study, isFrench: language.isFrench).lines {
                print(printable(line))
            }
        }
    }
}

/// A study's protocol, complete or not.
func studyFile(_ name: String, in home: LoadedHome) throws -> StudyFile {
    do {
        return try StudyFile.load(StudyID(rawValue: name), home: home)
    } catch {
        throw CommandFailure("\(error)")
    }
}

/// A study's protocol, which must be complete.
func completeStudy(_ name: String, in home: LoadedHome) throws -> StudyProtocol {
    let file = try studyFile(name, in: home)
    if let study = file.study { return study }
    Console.note(file.report)
    throw CommandFailure("\(file.name) is not complete; see above, or 'hubctl study check \(name)'")
}

/// A protocol in words.
private struct StudyText {
    let study: StudyProtocol
    let isFrench: Bool

    init(_ study: StudyProtocol, isFrench: Bool) {
        self.study = study
        self.isFrench = isFrench
    }

    private func say(_ english: String, _ french: String) -> String {
        isFrench ? french : english
    }
    private func say(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }
    /// A name and what is said of it.
    private func pair(_ name: String, _ what: String) -> String {
        name + colon(isFrench: isFrench) + what
    }

    var lines: [String] {
        [say(study.title), "", say(study.question), ""] + people + [""] + law + [""] + data
            + [""] + owed
    }

    private var people: [String] {
        let names: [StudyProtocol.Party: String] = [
            .residents: say("residents", "les habitants"),
            .professionals: say("professionals", "les professionnels"),
            .researchers: say("researchers", "les chercheurs"),
        ]
        return study.agreed.map {
            say("agreed on it: ", "d'accord sur la question : ")
                + "\(names[$0.party] ?? $0.party.rawValue), \($0.on.text), \($0.who)"
        }
            + study.investigators.map {
                say("done by: ", "menée par : ") + $0.name
                    + ($0.affiliation.map { ", \($0)" } ?? "")
            }
    }

    private var law: [String] {
        let opinion = say(study.ethics.opinion.title)
        let ethics: String =
            switch study.ethics.opinion {
            case .favourable:
                pair(
                    opinion,
                    [study.ethics.committee, study.ethics.reference, study.ethics.on?.text]
                        .compactMap { $0 }.joined(separator: ", "))
            case .notRequired: study.ethics.reason.map { pair(opinion, $0) } ?? opinion
            case .pending: opinion
            }
        return [
            say("in law: ", "qualification : ") + say(study.legal.title),
            say("ethics opinion ", "avis éthique ") + ethics,
            say("notice: ", "note d'information : ")
                + "\(study.notice.file), version \(study.notice.version)",
            say("kept until ", "conservée jusqu'au ") + study.keepUntil.text
                + (study.disposal == .erase
                    ? say(", then erased", ", puis effacée")
                    : say(
                        ", then the key of pseudonyms is erased",
                        ", puis la clé des pseudonymes est effacée")),
        ]
    }

    private var data: [String] {
        func names(_ all: [String]?, _ french: String) -> String {
            all?.joined(separator: ", ") ?? say("all", french)
        }
        return study.variables.map {
            say("looks at: ", "regarde : ") + "\(say($0.title)) (\($0.measure))"
        } + [
            say("people: ", "personnes : ") + names(study.participants?.map(\.rawValue), "toutes"),
            say("devices: ", "appareils : ") + names(study.devices?.map(\.rawValue), "tous"),
            say("rooms: ", "pièces : ") + names(study.rooms?.map(\.rawValue), "toutes"),
            "\(study.from.text) – \(study.until.text)",
        ]
            + study.phases.map {
                pair($0.name, "\($0.from.text) – \($0.until.text), \(say($0.title))")
            }
            + [
                study.shiftsDates
                    ? say(
                        "dates are moved by whole weeks",
                        "les dates sont décalées de semaines entières")
                    : say("dates are exact", "les dates sont exactes"),
                say(
                    "no aggregate over fewer people than ",
                    "aucun agrégat sur moins de personnes que ")
                    + "\(study.smallCells)",
            ]
    }

    private var owed: [String] {
        study.owed.map {
            pair(
                say("owed by ", "à rendre avant le ") + $0.by.text, "\(say($0.title)) (\($0.name))")
        }
    }
}
