import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// Who agreed to what, and pauses: for staff, who note a pause when somebody asks for it.
enum PeoplePage {
    static let routes: [Route] = [
        Route(method: .get, path: "/people", access: .care, isLogged: true) { visit in
            try await page(visit)
        },
        Route(
            method: .post, path: "/residences/{residence}/people/pause", access: .care,
            subject: .residence("residence")
        ) { visit in
            let (person, visitor) = try person(visit)
            guard let minutes = visit.form["minutes"].flatMap(Int64.init),
                (1...10_080).contains(minutes)
            else { throw WebFailure.badRequest("minutes") }
            let until = visit.site.clock.now() + .minutes(minutes)
            try await visit.site.perform(
                .pause(person, until: until, by: visitor.member.id.rawValue))
            return .redirect(to: "/people", type: .normal)
        },
        Route(
            method: .post, path: "/residences/{residence}/people/agreement", access: .care,
            subject: .residence("residence")
        ) { try await complete($0) },
        Route(
            method: .post, path: "/residences/{residence}/people/resume", access: .care,
            subject: .residence("residence")
        ) { visit in
            let (person, visitor) = try person(visit)
            try await visit.site.perform(.resume(person, by: visitor.member.id.rawValue))
            return .redirect(to: "/people", type: .normal)
        },
    ]

    /// A person's wish becomes their yes: somebody says how they made sure that it was understood.
    private static func complete(_ visit: Visit) async throws -> Response {
        let (person, visitor) = try person(visit)
        guard let understanding = try NowPage.text(visit.form["understanding"], most: 500) else {
            throw WebFailure.badRequest("understanding: say how it was checked")
        }
        let (sayings, entries) = try await visit.site.readers.read {
            (try $0.sayings(), try $0.consentEntries())
        }
        guard
            let wish = StandingWish.standing(sayings, after: entries).first(where: {
                $0.person == person && $0.purpose.description == visit.form["purpose"]
            })
        else { throw WebFailure.badRequest("purpose: the person wishes no such yes, or no more") }
        try await visit.site.perform(
            .consent(
                ConsentRecord(
                    person: person, purpose: wish.purpose, decision: .agrees,
                    speaker: person.rawValue, capacity: .person, information: wish.shown,
                    understanding: understanding, checkedBy: visitor.member.id.rawValue,
                    from: visit.site.clock.now())))
        return .redirect(to: "/people", type: .normal)
    }

    /// The person of the form, who lives in the residence of the path.
    private static func person(_ visit: Visit) throws -> (PersonID, Visitor) {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let residence = ResidenceID(rawValue: visit.parameters["residence"] ?? "")
        let person = PersonID(rawValue: visit.form["person"] ?? "")
        guard
            visit.site.residences(visitor).contains(where: {
                $0.id == residence && $0.people.contains(person)
            })
        else { throw WebFailure.badRequest("person") }
        return (person, visitor)
    }

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let now = visit.site.clock.now()
        let policy = visit.site.home.configuration?.consent ?? .required
        let (entries, sayings) = try await visit.site.readers.read {
            (try $0.consentEntries(), try $0.sayings())
        }
        let wishes = StandingWish.standing(sayings, after: entries)
        let book = ConsentTimeline(entries, policy: policy).book
        let residences = visit.site.residences(visitor).map { residence -> [String: Any] in
            [
                "title": parts.language(residence.title),
                "people": residence.people.map { person -> [String: Any] in
                    var entry: [String: Any] = [
                        "id": person.rawValue, "name": parts.name(person),
                        "residence": residence.id.rawValue,
                        "words": WordsPage.path(residence.id, person: person),
                        "form_token": visitor.formToken, "spans": spans,
                        "purposes": ([.safety, .care] + book.studies).map { purpose in
                            [
                                "purpose": word(purpose, parts),
                                "answer": parts.word(
                                    answer(
                                        of: person, to: purpose, book, policy,
                                        home: visit.site.home, at: now)),
                            ]
                        },
                    ]
                    if !visitor.member.roles.isDisjoint(with: [.teamLeader]) {
                        entry["looks"] = "/residences/\(residence.id)/people/\(person)/looks"
                    }
                    entry["wishes"] = wishes.filter { $0.person == person }.enumerated().map {
                        number, wish -> [String: Any] in
                        [
                            "purpose": word(wish.purpose, parts),
                            "purpose_name": wish.purpose.description, "number": "\(number)",
                            "at": parts.time(wish.at, residence.id),
                            "version": wish.shown.version,
                        ]
                    }
                    if let until = book.pausedUntil(person, at: now) {
                        entry["until"] = parts.time(until, residence.id)
                    }
                    return entry
                },
            ]
        }
        return parts.page("people", title: parts.word("people"), ["residences": residences])
    }

    private static var spans: [[String: Any]] {
        [
            ["minutes": 30, "label": "30 min"], ["minutes": 60, "label": "1 h", "chosen": true],
            ["minutes": 240, "label": "4 h"], ["minutes": 1440, "label": "24 h"],
        ]
    }

    private static func word(_ purpose: Purpose, _ parts: PageParts) -> String {
        switch purpose {
        case .safety: parts.word("purpose_safety")
        case .care: parts.word("purpose_care")
        case .study(let study): "\(parts.word("purpose_study")) \(study)"
        }
    }

    /// What holds for the person as a whole: asked of a reading that is about them and about no device or room in particular.
    private static func answer(
        of person: PersonID, to purpose: Purpose, _ book: ConsentBook, _ policy: ConsentPolicy,
        home: LoadedHome, at now: Instant
    ) -> String {
        var book = book
        book.resume(person, at: now)
        let residence = home.home.residences.first { $0.people.contains(person) }
        let locality =
            residence.map { home.home.locality(of: $0, zones: home.zones) } ?? Locality(zone: .utc)
        let judgement = book.judgement(
            purpose,
            about: ConsentBook.Subject(device: "", room: nil, people: [person]), at: now,
            in: locality)
        var isStudy = false
        if case .study = purpose { isStudy = true }
        return switch judgement.refusal {
        case nil: "answer_yes"
        case .notAsked: policy == .optOut && !isStudy ? "answer_assumed" : "answer_unasked"
        case .representativeNotAsked: "answer_waits"
        default: "answer_no"
        }
    }
}
