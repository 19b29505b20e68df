import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// Who looked at a person's data, for whoever answers for it: the same list as on the person's own page, over more days.
enum LooksPage {
    static let days: Int64 = 90
    /// So many lines are shown, latest first.
    static let most = 1000

    static let routes: [Route] = [
        Route(
            method: .get, path: "/residences/{residence}/people/{person}/looks", access: .lead,
            subject: .residence("residence"), isLogged: true
        ) { visit in
            let site = visit.site
            let person = PersonID(rawValue: visit.parameters["person"] ?? "")
            guard
                let residence = site.home.home.residences.first(where: {
                    $0.id.rawValue == visit.parameters["residence"] && $0.people.contains(person)
                })
            else { throw WebFailure.notFound }
            let parts = PageParts(visit)
            let all = try site.looks(
                of: person, in: residence.id, since: site.visitorClock.now() - .days(days))
            var context: [String: Any] = [
                "name": parts.name(person),
                "looks": all.looks.prefix(most).map { look in
                    [
                        "at": parts.time(look.at, residence.id), "who": site.name(look.by),
                        "what": LookWords.text(of: look.kind, visit.language),
                    ]
                },
            ]
            if !all.looks.isEmpty { context["hasLooks"] = true }
            if !all.isWhole { context["partly"] = true }
            return parts.page("looks", title: parts.word("looks"), context)
        }
    ]
}

/// What was looked at, in the words of staff; the person's own page says it to them (`EasyRead`).
public enum LookWords {
    static func text(of kind: PersonLook.Kind, _ language: WebLanguage) -> String {
        Catalogue.text("looked_\(kind.rawValue)", language)
    }

    /// What somebody looked at or did: "a day in the home".
    public static func text(of kind: PersonLook.Kind, isFrench: Bool) -> String {
        text(of: kind, isFrench ? .french : .english)
    }
}
