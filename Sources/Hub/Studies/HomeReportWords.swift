import Foundation
import Rules

/// A report's sentences: short, one idea a line (Inclusion Europe, "Information for all").
struct HomeReportWords {
    let isFrench: Bool

    static let book = Phrasebook(texts: [
        "asked": Phrasebook.t("We asked: {question}", "Nous avons demandé : {question}"),
        "took_few": Phrasebook.t("A few people said yes.", "Quelques personnes ont dit oui."),
        "took": Phrasebook.t("{count} people said yes.", "{count} personnes ont dit oui."),
        "for_home": Phrasebook.t(
            "For the people of: {home}", "Pour les personnes de : {home}"),
        "too_few": Phrasebook.t(
            "Too few people took part to show numbers.",
            "Trop peu de personnes ont participé pour montrer des chiffres."),
        "names": Phrasebook.t(
            "We do not say who did what.", "Nous ne disons pas qui a fait quoi."),
        "kept": Phrasebook.t(
            "We keep the numbers until {day}.", "Nous gardons les chiffres jusqu'au {day}."),
        "then_erased": Phrasebook.t("Then we delete them.", "Ensuite nous les effaçons."),
        "then_nobodys": Phrasebook.t(
            "Then nobody can find out whose they were.",
            "Ensuite personne ne peut savoir à qui ils étaient."),
        "turn": Phrasebook.t(
            "Now it is your turn. What do you say?", "À vous maintenant. Qu'en dites-vous ?"),
        "yes": Phrasebook.t("Yes, it is like that.", "Oui, c'est comme cela."),
        "no": Phrasebook.t("No, it is different.", "Non, c'est différent."),
        "own_words": Phrasebook.t("In my own words:", "Avec mes mots :"),
        "draft": Phrasebook.t(
            "Draft: the words of this page were not yet checked by people for whom it is made.",
            "Brouillon : les mots de cette page n'ont pas encore été relus par des personnes concernées."
        ),
        "middle": Phrasebook.t("In the middle of all: {number}.", "Au milieu de tous : {number}."),
        "times_a_day": Phrasebook.t("{number} times a day", "{number} fois par jour"),
        "days_of_ten": Phrasebook.t("{number} days of 10", "{number} jours sur 10"),
        "times_of_ten": Phrasebook.t("{number} times of 10", "{number} fois sur 10"),
        "prompts": Phrasebook.t("{number} prompts each time", "{number} rappels à chaque fois"),
        "minutes": Phrasebook.t("{number} minutes", "{number} minutes"),
        "more_a_week": Phrasebook.t(
            "{number} a day more each week", "{number} par jour de plus chaque semaine"),
        "days": Phrasebook.t("{number} days", "{number} jours"),
    ])

    /// Months, as a day has them: the calendar's own words.
    static let months = Phrasebook(
        texts: Dictionary(
            uniqueKeysWithValues: zip(
                1...12,
                [
                    ("January", "janvier"), ("February", "février"), ("March", "mars"),
                    ("April", "avril"), ("May", "mai"), ("June", "juin"), ("July", "juillet"),
                    ("August", "août"), ("September", "septembre"), ("October", "octobre"),
                    ("November", "novembre"), ("December", "décembre"),
                ]
            ).map { ("month_\($0)", Phrasebook.t($1.0, $1.1)) }))

    /// A text of the book.
    func word(_ name: String, _ values: [String: String] = [:]) -> String {
        Self.book.text(name, isFrench: isFrench, values)
    }

    func text(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }

    static func escaped(_ text: String) -> String { ProcessLog.escaped(text) }

    func asked(_ question: LocalizedText) -> String { word("asked", ["question": text(question)]) }

    /// How many took part: a number only where it is not so small that who knows the home would know who.
    func took(_ people: Int, least: Int) -> String {
        people < max(least, 2) ? word("took_few") : word("took", ["count": "\(people)"])
    }

    func forHome(_ residence: Residence) -> String {
        word("for_home", ["home": text(residence.title)])
    }

    func kept(_ until: CalendarDate, _ disposal: StudyProtocol.Disposal) -> String {
        word("kept", ["day": Self.day(until, isFrench: isFrench)]) + " "
            + word(disposal == .erase ? "then_erased" : "then_nobodys")
    }

    /// A day as people say it: "10 February 2027".
    static func day(_ date: CalendarDate, isFrench: Bool) -> String {
        let month = months.text("month_\(date.month)", isFrench: isFrench)
        return "\(isFrench && date.day == 1 ? "1er" : "\(date.day)") \(month) \(date.year)"
    }

    func say(_ figure: StudyFigure, _ study: StudyProtocol) -> String {
        let title = text(figure.variable.title)
        if figure.phases.count > 1 {
            let parts = figure.phases.map {
                "\(text($0.phase.title)): \(number($0.median, figure.variable.measure))"
            }
            return "\(title). " + parts.joined(separator: ". ") + "."
        }
        return "\(title). "
            + word("middle", ["number": number(figure.median, figure.variable.measure)])
    }

    private func number(_ value: Double, _ measure: String) -> String {
        func plain(_ value: Double) -> String {
            let text = String(format: value < 10 ? "%.1f" : "%.0f", value)
            return isFrench ? text.replacingOccurrences(of: ".", with: ",") : text
        }
        func said(_ name: String, _ number: String) -> String { word(name, ["number": number]) }
        switch measure {
        case "uses_per_day": return said("times_a_day", plain(value))
        case "days_with_use", "coverage":
            return said("days_of_ten", "\(Int((value * 10).rounded()))")
        case "autonomy", "support_known":
            return said("times_of_ten", "\(Int((value * 10).rounded()))")
        case "prompts_per_use": return said("prompts", plain(value))
        case "median_s": return said("minutes", plain(value / 60))
        case "weekly_change", "appropriation": return said("more_a_week", plain(value))
        case "quiet": return said("days", plain(value))
        default: return plain(value)
        }
    }
}
