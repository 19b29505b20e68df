import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl alerts …`.
struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "See alerts, and answer them.",
        subcommands: [
            List.self, Show.self, Acknowledge.self, Arrive.self, Resolve.self, Answer.self,
            Shelve.self, Unshelve.self, OutOfService.self, InService.self, Watch.self,
        ],
        defaultSubcommand: List.self)

    /// Who answers: `--by`, else the account that is signed in.
    struct Actor: ParsableArguments {
        @Option(help: "Who you are. Default: your account's name.")
        var by: String?
        var name: String { by ?? ProcessInfo.processInfo.environment["USER"] ?? "hubctl" }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The open alerts, oldest first.")
        @OptionGroup var home: HomeOption
        @Flag(help: "Past ones too.")
        var all = false
        @Option(help: "Of one residence.")
        var residence: String?
        @Option(
            name: [.customLong("from"), .customLong("since")],
            help: "From a time, such as 2026-11-24, or a span before now, such as 8h.")
        var from: String?
        @Flag(help: "One JSON object a line.")
        var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try? home.load()
            let printer = AlertPrinter(home: loaded, option: home, french: language.isFrench)
            let alerts = try home.reader.alerts(
                openOnly: !all, residence: residence.map { ResidenceID(rawValue: $0) },
                since: try from.map { try moment($0, zone: home.zone(in: loaded)) })
            for alert in alerts {
                print(json ? try printer.json(alert, home.reader) : printer.line(alert))
            }
            if alerts.isEmpty, !json { print(printer.french ? "Aucune alerte." : "No alerts.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "One alert: what, where, since when, what was done, and the events that made it.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String
        @Flag(help: "As JSON.")
        var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let reader = try home.reader
            let alert = try one(id, in: reader)
            let printer = AlertPrinter(
                home: try? home.load(), option: home, french: language.isFrench)
            if json { return print(try printer.json(alert, reader)) }
            print(printer.line(alert))
            if let text = printer.instruction(alert) { print("  " + text) }
            for step in try reader.steps(of: alert.id) {
                print(
                    "  \(printer.time(step.at, alert)) \(printer.word(step.step.name))\(step.actor.map { " (\(printable($0)))" } ?? "")\(step.note.map { "\(colon(isFrench: printer.french))\(printable($0))" } ?? "")"
                )
            }
            let streams = try reader.streams()
            for event in try reader.events(at: alert.evidence) {
                let key = streams.first { $0.id == event.stream }?.key
                print(
                    "  \(printer.time(event.effective, alert)) \(printer.french ? "événement" : "event") \(event.sequence.rawValue)\(colon(isFrench: printer.french))\(key.map { printable("\($0)") } ?? "?") = \(printable(event.value.plainText))"
                )
            }
            if let note = alert.note { print("  \"\(printable(note))\"") }
        }
    }

    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Say \"I am going\".")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String

        func run() throws {
            let alert = try one(id, in: home.reader).id
            try home.control.send(.acknowledge(alert, by: actor.name))
            print("\(alert): acknowledged by \(actor.name)")
        }
    }

    struct Arrive: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say \"I am there\".")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String

        func run() throws {
            let alert = try one(id, in: home.reader).id
            try home.control.send(.perform(.arrive(alert, by: actor.name)))
            print("\(alert): \(actor.name) is there")
        }
    }

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that it is over, and what it was.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Option(
            help: "What it was: real, false, test, technical or other. A latched alert needs it.")
        var outcome: Word?
        @Option(help: "What happened, in your words.")
        var note: String?
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String

        enum Word: String, ExpressibleByArgument, CaseIterable {
            case real, `false`, test, technical, other
            var outcome: Outcome? { Outcome(name: rawValue) }
        }

        func run() throws {
            let alert = try one(id, in: home.reader).id
            try home.control.send(
                .resolve(alert, by: actor.name, outcome: outcome?.outcome, note: note))
            print(
                "\(alert): resolved by \(actor.name)"
                    + (outcome.map { " (\($0.rawValue))" } ?? ""))
        }
    }

    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the person answered, while an alert asks before staff are told.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String
        @Argument(help: "fine: all is well, and the alert ends. help: staff are told at once.")
        var answer: Word

        enum Word: String, ExpressibleByArgument, CaseIterable { case fine, help }

        func run() throws {
            let alert = try home.reader.alert(id)?.id ?? AlertID(rawValue: id)
            try home.control.send(.answer(alert, isFine: answer == .fine, by: actor.name))
            print(
                answer == .fine
                    ? "\(alert): all is well, says \(actor.name)"
                    : "\(alert): help is wanted; staff are told")
        }
    }

    struct Shelve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an alert aside for a time. It comes back by itself.",
            discussion: """
                Smoke, gas, seizures, falls and calls may be put aside for an hour at most, everything else for 24 hours.
                """)
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Option(name: .customLong("for"), help: "For how long, such as 30m or 2h.")
        var span: String
        @Option(help: "Why.")
        var reason: String
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String

        func run() throws {
            guard let length = TimeSpan(text: span), length > .zero else {
                throw ValidationError("--for \(span): a span such as 30m or 2h")
            }
            let alert = try one(id, in: home.reader)
            let until = Clock.system.now() + length
            try home.control.send(
                .perform(.shelve(alert.id, until: until, by: actor.name, reason: reason)))
            print("\(alert.id): put aside by \(actor.name) for \(length.text)")
        }
    }

    struct Unshelve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an alert that was put aside call again.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @Argument(help: "The alert's identifier, or the beginning of it.")
        var id: String

        func run() throws {
            let alert = try one(id, in: home.reader).id
            try home.control.send(.perform(.unshelve(alert, by: actor.name)))
            print("\(alert): calls again")
        }
    }

    /// A device, or a rule in a residence.
    struct Scope: ParsableArguments {
        @Option(help: "A device, as residence/device.")
        var device: String?
        @Option(help: "A rule; with --residence.")
        var rule: String?
        @Option(help: "The residence in which the rule is meant.")
        var residence: String?
        @Option(help: "Why.")
        var reason: String

        func validate() throws {
            guard (device != nil) != (rule != nil && residence != nil) else {
                throw ValidationError(
                    "name a device (--device home/door), or a rule and a residence (--rule smoke --residence home)"
                )
            }
        }

        var scope: ServiceScope {
            if let device { return .device(DeviceID(rawValue: device)) }
            return .rule(
                RuleID(rawValue: rule ?? ""), ResidenceID(rawValue: residence ?? ""))
        }

        var name: String { device ?? "\(rule ?? "") in \(residence ?? "")" }
    }

    struct OutOfService: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "out-of-service",
            abstract: "Say that a device, or a rule in a residence, is being mended.",
            discussion:
                "Its alerts are kept and shown as that, and call nobody until it is in service again."
        )
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @OptionGroup var scope: Scope

        func run() throws {
            try home.control.send(
                .perform(
                    .service(scope.scope, isOut: true, by: actor.name, reason: scope.reason)))
            print("\(printable(scope.name)): out of service")
        }
    }

    struct InService: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "in-service",
            abstract: "Say that a device, or a rule in a residence, works again.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: Actor
        @OptionGroup var scope: Scope

        func run() throws {
            try home.control.send(
                .perform(
                    .service(scope.scope, isOut: false, by: actor.name, reason: scope.reason)))
            print("\(printable(scope.name)): in service")
        }
    }

    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each step of each alert as it happens, until ctrl-C.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Option(help: "Stop after so many steps; for scripts.")
        var limit: Int?

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit \(limit): 1 or more") }
        }

        func run() throws {
            let reader = try home.reader
            let printer = AlertPrinter(
                home: try? home.load(), option: home, french: language.isFrench)
            var shown = try reader.steps().count
            var version = -1
            var left = limit ?? Int.max
            while left > 0 {
                let now = try reader.dataVersion()
                if now != version {
                    version = now
                    for step in try reader.steps().dropFirst(shown).prefix(left) {
                        shown += 1
                        left -= 1
                        guard let alert = try reader.alert(step.alert.rawValue) else { continue }
                        print(
                            "\(printer.time(step.noticed, alert)) \(printer.word(step.step.name).padding(toLength: 12, withPad: " ", startingAt: 0)) \(printer.line(alert))"
                        )
                        fflush(nil)
                    }
                }
                usleep(200_000)
            }
        }
    }
}

/// An alert by its identifier, or the beginning of it.
private func one(_ id: String, in reader: JournalReader) throws -> Alert {
    guard let alert = try reader.alert(id) else {
        throw CommandFailure(
            "there is no alert \"\(printable(id))\", or there are several that begin so; see 'hubctl alerts list --all'"
        )
    }
    return alert
}

/// Alerts as people read them.
struct AlertPrinter {
    let home: LoadedHome?
    let option: HomeOption
    let french: Bool

    init(home: LoadedHome?, option: HomeOption, french: Bool) {
        self.home = home
        self.option = option
        self.french = french
    }

    func time(_ moment: Instant, _ alert: Alert) -> String {
        Timestamp.short(moment, in: option.zone(of: alert.subject.residence, in: home))
    }

    /// `8k2m… high unacknowledged 2026-11-24 22:41:07 Les Lilas, hall: Out at night, not back (×2) late`.
    func line(_ alert: Alert) -> String {
        let residence = home?.home.residences.first { $0.id == alert.subject.residence }
        let room = residence?.rooms.first { $0.id == alert.subject.room }
        let device = alert.subject.device.flatMap { home?.home.title(of: $0) }
        let place =
            [residence.map { text($0.title) } ?? alert.subject.residence.rawValue]
            + [room.map { text($0.title) } ?? device.map(text)].compactMap { $0 }
            + [alert.subject.person?.rawValue].compactMap { $0 }
        let title = rule(alert)?.title.map(text) ?? alert.rule.rawValue
        var line = "\(alert.id) \(word(alert.priority.name)) \(word(alert.response.name)) "
        line +=
            "\(time(alert.began, alert)) \(place.joined(separator: ", "))\(colon(isFrench: french))\(title)"
        if alert.count > 1 { line += " (×\(alert.count))" }
        if alert.late { line += french ? " [tardive]" : " [late]" }
        if let outcome = alert.outcome { line += " [\(word(outcome.name))]" }
        switch alert.display {
        case .shown: break
        case .shelved:
            let until = alert.displayUntil.map { time($0, alert) } ?? ""
            line += french ? " [mise de côté jusqu'au \(until)]" : " [shelved until \(until)]"
        case .suppressed, .outOfService: line += " [\(word(alert.display.name))]"
        }
        if let by = alert.resolvedBy {
            line += french ? " – terminée par \(by)" : " – resolved by \(by)"
        } else if alert.response == .onSite, let by = alert.onSiteBy {
            line += french ? " – \(by) est sur place" : " – \(by) is there"
        } else if alert.response == .acknowledged, let by = alert.acknowledgedBy {
            line += french ? " – \(by) y va" : " – \(by) is going"
        }
        return printable(line)
    }

    func instruction(_ alert: Alert) -> String? {
        rule(alert)?.instruction.map(text).map(printable)
    }

    private func rule(_ alert: Alert) -> Rule? {
        home?.plan.rule(alert.rule) ?? BuiltInRule(id: alert.rule)?.rule
    }

    func json(_ alert: Alert, _ reader: JournalReader) throws -> String {
        let rule = rule(alert)
        let streams = try reader.streams()
        let events = try reader.events(at: alert.evidence).compactMap { event in
            streams.first { $0.id == event.stream }.map { (event, $0.key) }
        }
        return String(
            decoding: AlertMessage.encoded(
                alert, rule: rule, home: home?.home ?? Home(), events: events), as: UTF8.self)
    }

    private func text(_ text: LocalizedText) -> String { french ? text.french : text.english }

    /// A word of an alert's state, or of a step of its life.
    func word(_ english: String) -> String {
        guard french else { return english }
        switch english {
        case "info": return "info"
        case "low": return "basse"
        case "medium": return "moyenne"
        case "high": return "haute"
        case "critical": return "critique"
        case "unacknowledged": return "sans réponse"
        case "acknowledged": return "prise en charge"
        case "resolved": return "terminée"
        case "raised": return "déclenchée"
        case "repeated": return "répétée"
        case "cleared": return "cause finie"
        case "reactivated": return "de nouveau"
        case "asked": return "la personne est interrogée"
        case "strengthened": return "plus urgente"
        case "on_site": return "sur place"
        case "shelved": return "mise de côté"
        case "unshelved": return "de retour"
        case "suppressed": return "couverte par une autre"
        case "unsuppressed": return "plus couverte"
        case "out_of_service": return "hors service"
        case "returned_to_service": return "remise en service"
        case "real": return "réelle"
        case "false": return "fausse"
        case "test": return "essai"
        case "technical": return "technique"
        case "other": return "autre"
        default: return english
        }
    }
}
