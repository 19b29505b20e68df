import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl handover …`.
struct HandoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handover", abstract: "What passes from one team to the next.",
        subcommands: [List.self, Show.self, Accept.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The latest handovers, newest first.")
        @OptionGroup var home: HomeOption
        @Flag(help: "Only those that wait to be accepted.")
        var waiting = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try? home.load()
            let handovers = try home.reader.handovers(waitingOnly: waiting)
            for handover in handovers {
                print(
                    HandoverPrinter(home: loaded, option: home, french: language.isFrench).line(
                        handover))
            }
            if handovers.isEmpty { print(language.isFrench ? "Aucune relève." : "No handovers.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One handover: what was open then, and what is now.")
        @OptionGroup var home: HomeOption
        @Argument(
            help: "The handover, as in the list; the latest of a residence where that is given.")
        var id: String
        @OptionGroup var language: LanguageOption

        func run() throws {
            let reader = try home.reader
            let handover = try oneHandover(id, reader)
            let loaded = try? home.load()
            let printer = HandoverPrinter(home: loaded, option: home, french: language.isFrench)
            print(printer.line(handover))
            let alerts = AlertPrinter(home: loaded, option: home, french: language.isFrench)
            for id in handover.alerts {
                if let alert = try reader.alert(id.rawValue) { print("  " + alerts.line(alert)) }
            }
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that you have read what is open, and take over.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: AlertsCommand.Actor
        @Argument(help: "The handover, or its residence.")
        var id: String

        func run() throws {
            let handover = try oneHandover(id, home.reader)
            try home.control.send(.perform(.acceptHandover(handover.id, by: actor.name)))
            print("\(handover.id): accepted by \(actor.name)")
        }
    }
}

private func oneHandover(_ id: String, _ reader: JournalReader) throws -> Handover {
    let all = try reader.handovers(limit: 1000)
    guard let found = all.first(where: { $0.id.rawValue == id || $0.residence.rawValue == id })
    else {
        throw CommandFailure(
            "there is no handover \"\(printable(id))\"; see 'hubctl handover list'")
    }
    return found
}

/// Handovers as people read them.
private struct HandoverPrinter {
    let home: LoadedHome?
    let option: HomeOption
    let french: Bool

    func line(_ handover: Handover) -> String {
        func names(_ ids: [StaffID]) -> String {
            ids.isEmpty
                ? (french ? "personne" : "nobody")
                : ids.map { home?.staff.member($0)?.name ?? $0.rawValue }.joined(separator: ", ")
        }
        let zone = option.zone(of: handover.residence, in: home)
        var line =
            "\(handover.id)  \(Timestamp.short(handover.at, in: zone))  "
            + "\(names(handover.outgoing)) → \(names(handover.incoming))  "
            + (french ? "\(handover.alerts.count) en cours" : "\(handover.alerts.count) open")
        if let by = handover.acceptedBy {
            line += french ? "  acceptée par \(by)" : "  accepted by \(by)"
        } else {
            line += french ? "  en attente" : "  waiting"
        }
        return printable(line)
    }
}
