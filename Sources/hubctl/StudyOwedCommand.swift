import ArgumentParser
import Foundation
import Hub
import Rules

extension StudyCommand {
    struct Owed: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the study owes each home, and what became of it.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Argument(help: "The study's name.")
        var name: String

        func run() throws {
            let loaded = try home.load()
            let study = try completeStudy(name, in: loaded)
            let debts: [Restitution.Debt]
            do { debts = try Restitution(study: study, home: loaded).debts() } catch {
                throw CommandFailure("\(error)")
            }
            let today = CalendarDate(text: Timestamp.today())
            for debt in debts {
                let state =
                    debt.state.map { word($0) }
                    ?? (today.map(debt.isLate) == true
                        ? say("late: nothing shown yet", "en retard : rien n'a été montré")
                        : say("nothing shown yet", "rien n'a été montré"))
                print(
                    printable(
                        "\(debt.owed.by.text)  \(debt.residence)  "
                            + [
                                debt.owed.name,
                                say(debt.owed.title.english, debt.owed.title.french), state,
                            ].joined(separator: say(": ", " : "))
                    ))
                for step in debt.steps where !step.note.isEmpty {
                    let zone = home.zone(of: debt.residence, in: loaded)
                    let at = Instant(iso: step.at).map { Timestamp.short($0, in: zone) }
                    print(
                        printable("   \(at ?? step.at)  \(step.by)\(say(": ", " : "))\(step.note)"))
                }
            }
        }

        private func say(_ english: String, _ french: String) -> String {
            language.isFrench ? french : english
        }
        private func word(_ state: RestitutionStep.State) -> String {
            switch state {
            case .shown: say("shown", "montré")
            case .understood: say("shown and understood", "montré et compris")
            case .answered: say("answered", "répondu")
            }
        }
    }

    struct Given: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Note that something owed was shown, understood or answered.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The study's name.")
        var name: String
        @Argument(help: "What was owed, as the protocol names it.")
        var owed: String
        @Argument(help: "To which residence.")
        var residence: String
        @Option(
            help:
                "How far it came: \(RestitutionStep.State.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var state: String
        @Option(help: "What people said, in their own words.")
        var note: String = ""
        @Option(help: "Who notes it. Default: $USER.")
        var by: String?

        func validate() throws {
            guard RestitutionStep.State(rawValue: state) != nil else {
                throw ValidationError(
                    "--state \(state): there are \(RestitutionStep.State.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            guard note.utf8.count <= 2000 else {
                throw ValidationError("--note: 2000 bytes at most")
            }
        }

        func run() throws {
            let loaded = try home.load()
            let study = try completeStudy(name, in: loaded)
            guard let state = RestitutionStep.State(rawValue: state) else { return }
            do {
                try Restitution(study: study, home: loaded).note(
                    owed, to: ResidenceID(rawValue: residence), state,
                    by: by ?? ProcessInfo.processInfo.environment["USER"] ?? "hubctl",
                    note: note, now: Clock.system.now())
            } catch {
                throw CommandFailure("\(error)")
            }
            print("\(name): \(owed), \(residence): \(state.rawValue)")
        }
    }

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Write the report for each home: easy words and pictures, to show or to print.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The study's name.")
        var name: String
        @Option(help: "A folder for the pages, STUDY-RESIDENCE.en.html and .fr.html.")
        var out: String

        func run() throws {
            let loaded = try home.load()
            let study = try completeStudy(name, in: loaded)
            defer { Console.endProgress() }
            do {
                try FileManager.default.createDirectory(
                    atPath: out, withIntermediateDirectories: true)
                let reports = try HomeReport.all(
                    study, home: loaded, reader: try home.reader,
                    by: AnnotationsCommand.user(nil), now: Clock.system.now()
                ) { Console.progress("looking at the study", share: $0) }
                Console.endProgress()
                for (residence, report) in reports {
                    for isFrench in [false, true] {
                        let path =
                            "\(out)/\(name)-\(residence.id).\(isFrench ? "fr" : "en").html"
                        try report.html(isFrench: isFrench)
                            .write(toFile: path, atomically: true, encoding: .utf8)
                        print(path)
                    }
                }
            } catch let error as StudyError {
                throw CommandFailure("\(error)")
            }
        }
    }
}
