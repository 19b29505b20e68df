import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// The devices: how they are, and what speaks without a place.
enum DevicesPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/devices", access: .devices) { try await page($0) }
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let mayPlace = !visitor.member.roles.isDisjoint(with: [.installer, .teamLeader])
        let (latest, unknown) = try await visit.site.readers.read { reader in
            (try reader.latestEvents(), mayPlace ? try reader.unknownTopics(limit: 50) : [])
        }
        // What was placed since it was counted is unknown no more.
        let strangers = unknown.filter { !visit.site.home.knows(topic: $0.topic) }
        let now = visit.site.clock.now()
        let residences = visit.site.residences(visitor).map { residence -> [String: Any] in
            let devices = visit.site.home.home.devices.filter { $0.residence == residence.id }
            let health = DeviceHealth.all(devices, latest: latest, at: now)
            return [
                "title": parts.language(residence.title),
                "devices": zip(devices, health).map { line($0, $1, residence, parts) },
            ]
        }
        var context: [String: Any] = [
            "residences": residences,
            "unknown": strangers.map { topic -> [String: Any] in
                [
                    "topic": String(topic.topic.prefix(200)), "count": "\(topic.count)",
                    "link": "/devices/place?topic=\(PageParts.query(topic.topic))",
                    "seen": parts.ago(topic.last),
                    "sample": String(decoding: topic.sample.prefix(160), as: UTF8.self),
                ]
            },
        ]
        if !strangers.isEmpty { context["hasUnknown"] = true }
        return parts.page("devices", title: parts.word("devices"), context)
    }

    private static func line(
        _ device: Device, _ health: DeviceHealth, _ residence: Residence, _ parts: PageParts
    ) -> [String: Any] {
        let room = residence.rooms.first { $0.id == device.room }
        let (word, mark) =
            switch health.state {
            case .well: ("healthy", "✓")
            case .silent: ("silent", "◌")
            case .offline: ("offline", "✕")
            case .unheard: ("never_heard", "?")
            }
        return [
            "title": parts.language(device.title),
            "room": room.map { parts.language($0.title) } ?? "",
            "health": parts.word(word), "healthClass": health.state.rawValue, "mark": mark,
            "seen": health.lastSeen.map { parts.time($0, device.residence) } ?? "–",
            "battery": health.battery.map { "\(Int($0.rounded())) %" } ?? "–",
        ]
    }
}
