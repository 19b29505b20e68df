import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl drill …`.
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Try out the chain: a test alert, from the first step to an answer.",
        subcommands: [Start.self, List.self], defaultSubcommand: List.self)

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Raise the test alert of a residence now.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: AlertsCommand.Actor
        @Argument(help: "The residence.")
        var residence: String

        func run() throws {
            try home.control.send(
                .perform(.drill(ResidenceID(rawValue: residence), by: actor.name)))
            print("\(printable(residence)): the drill begins")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The drills so far: when, who answered, after how long.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try? home.load()
            let drills = try home.reader.alerts(openOnly: false).filter {
                $0.rule == BuiltInRule.drill.id
            }
            for drill in drills.reversed() {
                let zone = home.zone(of: drill.subject.residence, in: loaded)
                var line = "\(Timestamp.short(drill.began, in: zone))  \(drill.subject.residence)  "
                if let answered = drill.acknowledged, let by = drill.acknowledgedBy {
                    let after = (answered - drill.noticed).text
                    line += language.isFrench ? "\(by) après \(after)" : "\(by) after \(after)"
                } else {
                    line += language.isFrench ? "sans réponse" : "no answer"
                }
                print(printable(line))
            }
            if drills.isEmpty {
                print(language.isFrench ? "Aucun exercice." : "No drills so far.")
            }
        }
    }
}
