import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// Past alerts, and one of them with everything that made it.
enum AlertPages {
    static let routes: [Route] = [
        Route(method: .get, path: "/alerts", access: .care, isLogged: true) { visit in
            try await list(visit)
        },
        Route(
            method: .get, path: "/alerts/{id}", access: .care, subject: .alert("id"),
            isLogged: true
        ) { visit in try await one(visit) },
    ]

    /// The filter that a query asks for.
    static func filter(_ visit: Visit, _ visitor: Visitor) throws -> AlertFilter {
        var filter = AlertFilter()
        let visible = visit.site.residences(visitor).map(\.id) + [.hub]
        filter.residences = Set(visible)
        if let asked = visit.query("residence"), !asked.isEmpty {
            let id = ResidenceID(rawValue: asked)
            guard visible.contains(id) else { throw WebFailure.notFound }
            filter.residences = [id]
        }
        if let asked = visit.query("priority"), !asked.isEmpty {
            guard let priority = Priority.allCases.first(where: { $0.name == asked }) else {
                throw WebFailure.badRequest("priority: info, low, medium, high or critical")
            }
            filter.priority = priority
        }
        if let asked = visit.query("outcome"), !asked.isEmpty {
            guard let outcome = Outcome(name: asked) else {
                throw WebFailure.badRequest("outcome: real, false, test, technical or other")
            }
            filter.outcome = outcome
        }
        if let asked = visit.query("rule"), !asked.isEmpty { filter.rule = RuleID(rawValue: asked) }
        if let asked = visit.query("from"), !asked.isEmpty {
            guard let date = CalendarDate(text: asked) else {
                throw WebFailure.badRequest("from: a date such as 2026-11-26")
            }
            let zone = visit.site.zone(visible.first ?? .hub)
            filter.from = zone.instant(
                day: date.daysSince1970, milliseconds: 0, repeated: .first)
        }
        if visit.query("open") == "true" { filter.isOpen = true }
        return filter
    }

    private static func list(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let filter = try filter(visit, visitor)
        let alerts = try await visit.site.readers.read { try $0.alerts(filter, limit: 200) }
        func options(
            _ all: [(id: String, title: String)], _ chosen: String?
        ) -> [[String: Any]] {
            all.map { option in
                var entry: [String: Any] = ["id": option.id, "title": option.title]
                if option.id == chosen { entry["chosen"] = true }
                return entry
            }
        }
        var context: [String: Any] = [
            "residences": options(
                visit.site.residences(visitor).map {
                    ($0.id.rawValue, parts.language($0.title))
                }, visit.query("residence")),
            "priorities": options(
                Priority.allCases.reversed().map {
                    ($0.name, Catalogue.state($0.name, parts.language))
                }, visit.query("priority")),
            "outcomes": options(
                Outcome.allCases.map { ($0.name, Catalogue.state($0.name, parts.language)) },
                visit.query("outcome")),
            "from": visit.query("from") ?? "",
            "alerts": alerts.map { line($0, parts) },
        ]
        if !alerts.isEmpty { context["hasAlerts"] = true }
        return parts.page("alerts", title: parts.word("alerts"), context)
    }

    /// One alert as a line of a table.
    static func line(_ alert: Alert, _ parts: PageParts) -> [String: Any] {
        var line = parts.priority(alert.priority)
        line["id"] = alert.id.rawValue
        line["title"] = parts.title(of: alert)
        line["where"] = parts.place(alert.subject)
        line["began"] = parts.time(alert.began, alert.subject.residence)
        line["state"] = Catalogue.state(
            alert.display == .shown ? alert.response.name : alert.display.name, parts.language)
        line["outcome"] = alert.outcome.map { Catalogue.state($0.name, parts.language) } ?? ""
        line["note"] = alert.note ?? ""
        return line
    }

    private struct Whole: Sendable {
        var alert: Alert
        var steps: [JournalReader.StoredStep]
        var notices: [Notice]
        var nextSteps: [NextStep]
        var events: [Event]
        var streams: [StreamID: StreamKey]
        var reasons: [Explanation]
    }

    private static func one(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let id = visit.parameters["id"] ?? ""
        let home = visit.site.home
        let whole = try await visit.site.readers.read { reader -> Whole? in
            guard let alert = try reader.alert(id) else { return nil }
            return Whole(
                alert: alert, steps: try reader.steps(of: alert.id),
                notices: try reader.notices(of: alert.id), nextSteps: try reader.nextSteps(),
                events: try reader.events(at: alert.evidence),
                streams: Dictionary(
                    try reader.streams().map { ($0.id, $0.key) },
                    uniquingKeysWith: { first, _ in first }),
                // Where its rule has changed since there are none, and the events stand for themselves.
                reasons: (try? RuleHistory(home: home, reader: reader).reasons(of: alert))?
                    .conditions ?? [])
        }
        guard let whole else { throw WebFailure.notFound }
        let parts = PageParts(visit)
        let residence = whole.alert.subject.residence
        let card = AlertCard(
            parts: parts, visitor: visitor,
            nextSteps: Dictionary(
                whole.nextSteps.map { ($0.alert, $0) }, uniquingKeysWith: { first, _ in first }))
        var context: [String: Any] = [
            "title": parts.title(of: whole.alert),
            "card": card.context(whole.alert, isAlone: true),
            "steps": whole.steps.map { step -> [String: Any] in
                [
                    "time": parts.time(step.noticed, residence),
                    "what": Catalogue.state(step.step.name, parts.language),
                    "who": step.actor.map { visit.site.name($0) } ?? "",
                    "why": step.step == .suppressed ? "" : step.note ?? "",
                ]
            },
            "notices": whole.notices.map { notice -> [String: Any] in
                let who =
                    switch notice.recipient {
                    case .staff(let id): visit.site.name(id.rawValue)
                    case .contact(let contact): "\(contact.channel) \(contact.address)"
                    }
                return [
                    "time": parts.time(notice.noticed, residence),
                    "what": Catalogue.state(notice.kind.name, parts.language), "who": who,
                ]
            },
            "events": whole.events.map { event -> [String: Any] in
                let key = whole.streams[event.stream]
                let device = visit.site.home.home.devices.first { $0.id == key?.device }
                return [
                    "time": parts.time(event.effective, residence),
                    "device": device.map { parts.language($0.title) } ?? key?.device.rawValue
                        ?? "",
                    "what":
                        "\(key?.capability.rawValue ?? "") = \(event.value.plainText)",
                ]
            },
        ]
        if !whole.reasons.isEmpty {
            let text = ExplanationText(
                home: home.home, zone: visit.site.zone(residence),
                isFrench: parts.language == .french)
            context["hasReasons"] = true
            context["reasons"] = text.lines(whole.reasons).map { line -> [String: Any] in
                let blanks = line.prefix { $0 == " " }.count
                return [
                    "depth": min(4, max(0, blanks / 4 - 1)), "text": String(line.dropFirst(blanks)),
                ]
            }
        }
        if !whole.notices.isEmpty { context["hasNotices"] = true }
        if let rule = visit.site.home.rules.rules.first(where: { $0.id == whole.alert.rule }) {
            context["sentence"] = parts.language(Sentence.of(rule, in: visit.site.home.home))
        }
        return parts.page("alert", title: parts.title(of: whole.alert), context)
    }
}
