import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules why ALERT`: what made an alert.
struct RulesWhy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "What made an alert: each condition, its value, since when and from which event.",
        discussion: """
            The journal is run again up to the moment when the alert was raised, over the rules as they stand now: for an \
            alert of a rule that has changed since, it says so. ✓ is so, ✗ is not, ? is not known, · did not happen just \
            then. 'hubctl events list --json' shows the events.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Argument(help: "The alert's identifier, or the beginning of it.")
    var alert: String

    func run() throws {
        let loaded = try home.load()
        let reader = try home.reader
        guard let found = try reader.alert(alert) else {
            throw CommandFailure(
                "there is no alert \"\(printable(alert))\", or there are several that begin so; see 'hubctl alerts list "
                    + "--all'")
        }
        let printer = AlertPrinter(home: loaded, option: home, french: language.isFrench)
        print(printer.line(found))
        let history = RuleHistory(home: loaded, reader: reader)
        guard let reasons = try history.reasons(of: found) else {
            throw CommandFailure(
                "the rules as they stand now do not raise this alert: rule \"\(found.rule)\" has changed, or what it is "
                    + "about has gone. The events that made it: "
                    + found.evidence.map { "\($0.rawValue)" }.joined(separator: ", "))
        }
        let text = ExplanationText(
            home: loaded.home, zone: home.zone(of: found.subject.residence, in: loaded),
            isFrench: language.isFrench)
        for line in text.lines(reasons.conditions) { print(printable(line)) }
    }
}

/// `hubctl rules why-not RULE --at TIME`: what was wanting.
struct RulesWhyNot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "Why a rule was not firing at a moment: what was wanting, and by how much.",
        discussion: """
            For each place or person that the rule is about: the first condition that was false or not known, how long a \
            time that must pass had passed, and what broke it. With --tree all conditions are shown.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Option(help: "When, such as 2026-11-24T22:45, or a span before now, such as 2h.")
    var at: String
    @Option(
        help: "Only about this residence, room, person or device, as in 'hubctl rules backtest'.")
    var about: String?
    @Flag(help: "Show all conditions.")
    var tree = false
    @Argument(help: "The rule.")
    var rule: String

    func run() throws {
        let loaded = try home.load()
        guard loaded.rules.rules.contains(where: { $0.id.rawValue == rule }) else {
            throw CommandFailure(
                "there is no rule \"\(printable(rule))\""
                    + suggestion(for: rule, among: loaded.rules.rules.map(\.id.rawValue)))
        }
        let moment = try moment(at, zone: home.zone(in: loaded))
        let history = RuleHistory(home: loaded, reader: try home.reader)
        let all = try history.situations(of: RuleID(rawValue: rule), at: moment)
        let situations = all.filter { about == nil || $0.subject.description == about }
        guard !situations.isEmpty else {
            throw CommandFailure(
                all.isEmpty
                    ? "rule \"\(rule)\" fits nothing in this home; 'hubctl rules check' says why"
                    : "rule \"\(rule)\" is not about \"\(printable(about ?? ""))\""
                        + suggestion(for: about ?? "", among: all.map(\.subject.description)))
        }
        for situation in situations {
            let text = ExplanationText(
                home: loaded.home, zone: home.zone(of: situation.subject.residence, in: loaded),
                isFrench: language.isFrench)
            let reason =
                situation.isActive
                ? (language.isFrench ? "elle était déclenchée" : "it was firing")
                : text.whyNot(situation)
            print("\(situation.subject): \(printableLines(reason))")
            if tree { for line in text.lines(situation.conditions) { print(printable(line)) } }
        }
    }

    private func printableLines(_ text: String) -> String {
        text.split(separator: "\n").map { printable(String($0)) }.joined(separator: "\n    ")
    }
}
