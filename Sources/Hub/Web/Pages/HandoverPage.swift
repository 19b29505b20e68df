import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// What passes from one team to the next, on one page that can be printed.
enum HandoverPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/handover", access: .care, isLogged: true) { visit in
            try await page(visit)
        },
        Route(
            method: .post, path: "/handover/{residence}/accept", access: .care,
            subject: .residence("residence")
        ) { visit in
            guard let visitor = visit.visitor, let id = visit.form["handover"],
                id.hasPrefix((visit.parameters["residence"] ?? "") + "/")
            else { throw WebFailure.badRequest("handover") }
            try await visit.site.perform(
                .acceptHandover(HandoverID(rawValue: id), by: visitor.member.id.rawValue))
            return .redirect(to: "/handover", type: .normal)
        },
    ]

    private struct Content: Sendable {
        var picture: NowPage.Picture
        var waiting: [Handover]
        var past: [Alert]
    }

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let now = visit.site.clock.now()
        let picture = try await NowPage.picture(visit)
        let rest = try await visit.site.readers.read { reader in
            (
                try reader.handovers(waitingOnly: true),
                try reader.alerts(AlertFilter(from: now - .hours(12)), limit: 500)
            )
        }
        let content = Content(picture: picture, waiting: rest.0, past: rest.1)
        let residences = visit.site.residences(visitor).map {
            section($0, content, visit, visitor, parts)
        }
        return parts.page(
            "handover", title: parts.word("handover"), ["residences": residences])
    }

    private static func section(
        _ residence: Residence, _ content: Content, _ visit: Visit, _ visitor: Visitor,
        _ parts: PageParts
    ) -> [String: Any] {
        let id = residence.id
        let roster = visit.site.home.plan.roster
        let now = visit.site.clock.now()
        let open = content.picture.alerts.filter { $0.subject.residence == id }
        let shift = content.past.filter { $0.subject.residence == id }
        let blind = Blindness(visit: visit, visitor: visitor, parts: parts)
            .entries(content.picture.latest, content.picture.alerts, residence: id)
        var section: [String: Any] = [
            "title": parts.language(residence.title),
            "onShift": parts.names(roster.onShift(id, at: now).staff),
            "onCall": parts.names(roster.onCall(id, at: now).staff),
            "open": open.map { AlertPages.line($0, parts) }, "blind": blind,
            "shift": shift.map { AlertPages.line($0, parts) },
            "waiting": content.waiting.filter { $0.residence == id }.map {
                handover -> [String: Any] in
                [
                    "id": handover.id.rawValue, "residence": id.rawValue,
                    "time": parts.time(handover.at, id),
                    "outgoing": parts.names(handover.outgoing),
                    "incoming": parts.names(handover.incoming),
                    "form_token": visitor.formToken,
                ]
            },
        ]
        if !open.isEmpty { section["hasOpen"] = true }
        if !blind.isEmpty { section["hasBlind"] = true }
        if !shift.isEmpty { section["hasShift"] = true }
        return section
    }
}
