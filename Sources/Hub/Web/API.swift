import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// The JSON API. Who is signed in may use it within the same limits as the pages.
enum API {
    static let routes: [Route] = [
        Route(method: .get, path: "/api/v1/openapi.json", access: .anybody) { _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: OpenAPI.description)))
        },
        Route(method: .get, path: "/api/v1/alerts", access: .care, isLogged: true) { visit in
            guard let visitor = visit.visitor else { throw WebFailure.forbidden }
            let filter = try AlertPages.filter(visit, visitor)
            let home = visit.site.home
            let limit = visit.query("limit").flatMap(Int.init) ?? 100
            guard (1...1000).contains(limit) else {
                throw WebFailure.badRequest("limit: 1 to 1000")
            }
            let messages = try await visit.site.readers.read { reader in
                try reader.alerts(filter, limit: limit).map {
                    AlertMessage($0, rule: home.plan.rule($0.rule), home: home.home, events: [])
                }
            }
            return try json(["alerts": messages])
        },
        Route(
            method: .get, path: "/api/v1/alerts/{id}", access: .care, subject: .alert("id"),
            isLogged: true
        ) { visit in
            let id = visit.parameters["id"] ?? ""
            let home = visit.site.home
            let message = try await visit.site.readers.read { reader -> AlertMessage? in
                guard let alert = try reader.alert(id) else { return nil }
                let keys = Dictionary(
                    try reader.streams().map { ($0.id, $0.key) },
                    uniquingKeysWith: { first, _ in first })
                let events = try reader.events(at: alert.evidence).compactMap { event in
                    keys[event.stream].map { (event: event, key: $0) }
                }
                return AlertMessage(
                    alert, rule: home.plan.rule(alert.rule), home: home.home, events: events)
            }
            guard let message else { throw WebFailure.notFound }
            return try json(message)
        },
        act("acknowledge") { _, alert, by in .acknowledge(alert, by: by) },
        act("arrive") { _, alert, by in .arrive(alert, by: by) },
        act("unshelve") { _, alert, by in .unshelve(alert, by: by) },
        act("resolve") { visit, alert, by in
            let outcome = visit.form["outcome"]
            if let outcome, Outcome(name: outcome) == nil {
                throw WebFailure.badRequest("outcome: real, false, test, technical or other")
            }
            return .resolve(
                alert, by: by, outcome: outcome.flatMap(Outcome.init(name:)),
                note: try NowPage.text(visit.form["note"], most: 4000))
        },
        Route(method: .get, path: "/api/v1/residences", access: .devices) { visit in
            guard let visitor = visit.visitor else { throw WebFailure.forbidden }
            return try json([
                "residences": visit.site.residences(visitor).map {
                    ResidenceListing($0, visit.site)
                }
            ])
        },
        Route(method: .get, path: "/api/v1/status", access: .signedIn) { visit in
            guard let status = await visit.site.status() else {
                throw WebFailure.unavailable("the hub does not answer")
            }
            return try json(status)
        },
    ]

    private struct ResidenceListing: Encodable {
        struct Text: Encodable {
            var en: String
            var fr: String
        }
        struct RoomMessage: Encodable {
            var id: String
            var title: Text
            var kind: String
        }
        var id: String
        var title: Text
        var zone: String
        var rooms: [RoomMessage]
        var on_shift: [String]

        init(_ residence: Residence, _ site: WebSite) {
            id = residence.id.rawValue
            title = Text(en: residence.title.english, fr: residence.title.french)
            zone = residence.zone
            rooms = residence.rooms.map {
                RoomMessage(
                    id: $0.id.rawValue, title: Text(en: $0.title.english, fr: $0.title.french),
                    kind: $0.kind)
            }
            on_shift = site.home.plan.roster.onShift(residence.id, at: site.clock.now()).staff
                .map(\.rawValue)
        }
    }

    private static func act(
        _ name: String,
        _ command: @escaping @Sendable (Visit, AlertID, String) throws -> Command
    ) -> Route {
        Route(
            method: .post, path: "/api/v1/alerts/{id}/\(name)", access: .care,
            subject: .alert("id")
        ) { visit in
            guard let visitor = visit.visitor,
                let alert = try await visit.site.readers.read({
                    [id = visit.parameters["id"] ?? ""] in try $0.alert(id)
                })
            else { throw WebFailure.notFound }
            try await visit.site.perform(
                try command(visit, alert.id, visitor.member.id.rawValue))
            return try json(["done": true])
        }
    }

    static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }
}
