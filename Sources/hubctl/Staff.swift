import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl staff …`.
struct StaffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff", abstract: "See who works where and when, and who is told of alerts.",
        subcommands: [List.self, Rota.self, Chain.self], defaultSubcommand: Rota.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Everybody of staff.yaml.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try home.load()
            for member in loaded.staff.members {
                let roles = member.roles.map(\.rawValue).sorted().joined(separator: ", ")
                let places =
                    member.residences.isEmpty
                    ? (language.isFrench ? "toutes les résidences" : "all residences")
                    : member.residences.map(\.rawValue).joined(separator: ", ")
                print(printable("\(member.id)  \(member.name)  \(roles)  \(places)"))
            }
            if loaded.staff.members.isEmpty { throw noStaff(loaded) }
        }
    }

    struct Rota: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who is there, and who is on call: now, at another time, or over a week.")
        @OptionGroup var home: HomeOption
        @Option(help: "Of one residence.")
        var residence: String?
        @Option(help: "At a time, such as 2026-12-24 22:00; now where none is given.")
        var at: String?
        @Flag(help: "Seven days from then, change by change.")
        var week = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try home.load()
            guard !loaded.staff.members.isEmpty else { throw noStaff(loaded) }
            let roster = loaded.plan.roster
            let places = loaded.home.residences.filter {
                residence == nil || $0.id.rawValue == residence
            }
            guard !places.isEmpty else {
                throw CommandFailure("there is no residence \"\(printable(residence ?? ""))\"")
            }
            for place in places {
                let zone = roster.zone(of: place.id)
                var time =
                    try at.map { try parsed($0, zone) } ?? Clock.system.now()
                let end = week ? time + .days(7) : time + TimeSpan(milliseconds: 1)
                print(language.isFrench ? place.title.french : place.title.english)
                while time < end {
                    let shift = roster.onShift(place.id, at: time)
                    let call = roster.onCall(place.id, at: time)
                    print("  " + line(shift, call, at: time, zone, loaded.staff))
                    time = min(shift.until, call.until)
                }
            }
        }

        private func parsed(_ text: String, _ zone: ZoneOffsets) throws -> Instant {
            try moment(text, zone: zone)
        }

        private func line(
            _ shift: Roster.Presence, _ call: Roster.Presence, at moment: Instant,
            _ zone: ZoneOffsets, _ staff: StaffPlan
        ) -> String {
            func names(_ ids: [StaffID]) -> String {
                ids.isEmpty
                    ? (language.isFrench ? "personne" : "nobody")
                    : ids.map { staff.member($0)?.name ?? $0.rawValue }.joined(separator: ", ")
            }
            let shifts = shift.shifts.compactMap { name in
                staff.shifts.first { $0.name == name }.map {
                    language.isFrench ? $0.title.french : $0.title.english
                }
            }.joined(separator: ", ")
            let here = language.isFrench ? "en poste" : "on shift"
            let called = language.isFrench ? "d'astreinte" : "on call"
            let says = colon(isFrench: language.isFrench)
            let then = language.isFrench ? " ; " : "; "
            return printable(
                "\(Timestamp.short(moment, in: zone))  \(here)\(shifts.isEmpty ? "" : " (\(shifts))")\(says)"
                    + "\(names(shift.staff))\(then)\(called)\(says)\(names(call.staff))")
        }
    }

    struct Chain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whom a rule's alert would call, step by step, if it were raised now.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The rule.")
        var rule: String
        @Option(help: "The residence; the first where none is given.")
        var residence: String?
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try home.load()
            guard let rule = loaded.plan.rule(RuleID(rawValue: rule)) else {
                throw CommandFailure("there is no rule \"\(printable(rule))\"")
            }
            let place =
                residence.map { ResidenceID(rawValue: $0) } ?? loaded.home.residences.first?.id
            guard let place else { throw CommandFailure("there is no residence") }
            let roster = loaded.plan.roster
            let chain = roster.staff.chain(rule.chain)
            print(printable(language.isFrench ? chain.title.french : chain.title.english))
            var moment = Clock.system.now()
            for (index, step) in chain.steps.enumerated() {
                let names = step.notify.flatMap { roster.recipients($0, in: place, at: moment) }
                    .map { recipient in
                        switch recipient {
                        case .staff(let id): roster.staff.member(id)?.name ?? id.rawValue
                        case .contact(let contact): "\(contact.channel) \(contact.address)"
                        }
                    }
                print(
                    printable(
                        "  \(index + 1). \(Timestamp.short(moment, in: roster.zone(of: place)))  "
                            + (names.isEmpty
                                ? (language.isFrench ? "personne" : "nobody")
                                : names.joined(separator: ", "))))
                if !names.isEmpty { moment = moment + step.wait }
            }
            print(language.isFrench ? "  puis de nouveau" : "  and again")
        }
    }
}

private func noStaff(_ home: LoadedHome) -> CommandFailure {
    CommandFailure("\(home.folder)/staff.yaml names nobody; docs/staff.md says how to write it")
}
