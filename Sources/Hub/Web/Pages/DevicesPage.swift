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
        let home = visit.site.home
        let now = visit.site.clock.now()
        let shown = visit.site.residences(visitor).map(\.id)
        let own = home.home.devices.filter { shown.contains($0.residence) }
        let (healths, histories, changes, proposals) = try await visit.site.readers.read { reader in
            (
                try DeviceHealth.all(own, in: reader, at: now),
                try DeviceHistory.all(own, in: reader, at: now),
                try reader.deviceChanges(), mayPlace ? try DeviceProposals(reader, home: home) : nil
            )
        }
        let ledger = DeviceLedger(changes)
        let strangers = proposals?.open ?? []
        let known = Dictionary(
            zip(own.map(\.id), zip(healths, histories)), uniquingKeysWith: { first, _ in first })
        let residences = visit.site.residences(visitor).map { residence -> [String: Any] in
            return [
                "title": parts.language(residence.title),
                "devices": own.filter { $0.residence == residence.id }.compactMap {
                    device -> [String: Any]? in
                    guard let (health, history) = known[device.id] else { return nil }
                    var entry = line(device, health, history, residence, parts)
                    entry["link"] = DevicePage.path(device)
                    if let gone = ledger.goneSince(device.id) {
                        entry["gone"] = parts.time(gone, residence.id)
                    }
                    if !ledger.untested(device).isEmpty { entry["waits"] = true }
                    entry["besides"] = (proposals?.besides[device.id] ?? []).map {
                        ["id": device.id.rawValue, "topic": $0]
                    }
                    return entry
                },
            ]
        }
        var context: [String: Any] = [
            "residences": residences,
            "unknown": strangers.prefix(most).map { entry($0, parts) },
        ]
        if !strangers.isEmpty { context["hasUnknown"] = true }
        if strangers.count > most { context["more"] = "\(strangers.count - most)" }
        if let count = proposals?.notListed, count > 0 { context["notListed"] = "\(count)" }
        return parts.page("devices", title: parts.word("devices"), context)
    }

    /// So many proposals are shown.
    private static let most = 100

    private static func entry(_ proposal: DeviceProposal, _ parts: PageParts) -> [String: Any] {
        let device = proposal.device
        var entry: [String: Any] = [
            "name": device.name, "model": "\(device.maker) \(device.model)",
            "topic": String(proposal.key.prefix(200)),
            "link": "/devices/place?topic=\(PageParts.query(proposal.key))",
            "tells": device.capabilities.prefix(8).joined(separator: ", "),
            "seen": parts.ago(proposal.last),
            "sample": proposal.messages.first.map {
                String(decoding: $0.sample.prefix(160), as: UTF8.self)
            } ?? "–",
        ]
        if !device.state.isEmpty { entry["state"] = device.state }
        if let vanished = proposal.vanished { entry["gone"] = parts.ago(vanished) }
        return entry
    }

    static func line(
        _ device: Device, _ health: DeviceHealth, _ past: DeviceHistory,
        _ residence: Residence, _ parts: PageParts
    ) -> [String: Any] {
        let room = residence.rooms.first { $0.id == device.room }
        let mark =
            switch health.state {
            case .well: "✓"
            case .silent: "◌"
            case .offline, .bridgeAway: "✕"
            case .unheard: "?"
            }
        return [
            "title": parts.language(device.title),
            "room": room.map { parts.language($0.title) } ?? "",
            "health": parts.word(health.state.word), "healthClass": health.state.rawValue,
            "mark": mark,
            "seen": health.lastSeen.map { parts.time($0, device.residence) } ?? "–",
            "battery": battery(health, past, parts),
            "quality": health.link.map { link in
                link.capability == "link.rssi"
                    ? "\(Int(link.value)) dBm" : "\(Int(link.value)) / 255"
            } ?? "–",
            "odd": odd(device, health, past, parts).map { ["note": $0] },
        ]
    }

    /// `64 % – about 40 days (30–70)`.
    private static func battery(
        _ health: DeviceHealth, _ past: DeviceHistory, _ parts: PageParts
    ) -> String {
        guard let level = health.battery else { return "–" }
        let text = "\(Int(level.rounded())) %"
        guard let left = past.battery else { return text }
        return text + " – \(Int(left.days)) \(parts.word("battery_days"))"
            + " (\(Int(left.atLeast))–\(Int(left.atMost)))"
    }

    /// What is odd about it, one line each.
    private static func odd(
        _ device: Device, _ health: DeviceHealth, _ past: DeviceHistory, _ parts: PageParts
    ) -> [String] {
        var notes: [String] = []
        if !device.alarms(unheardBy: parts.visit.site.home.plan).isEmpty {
            notes.append("⚠ " + parts.word("alarm_unheard"))
        }
        if let offset = health.clockOffset {
            notes.append("\(parts.word("clock_wrong")): \(Int(offset)) s")
        }
        if past.reboots > 0 { notes.append("\(parts.word("reboots")): \(past.reboots)") }
        if past.isFlapping {
            notes.append(
                "\(parts.word("flapping")): \(past.flapping.joined(separator: ", "))")
        }
        if past.contradictions > 0 {
            notes.append("\(parts.word("contradicts")): \(past.contradictions)")
        }
        if past.disagreements > 0 {
            notes.append("\(parts.word("gateways_disagree")): \(past.disagreements)")
        }
        return notes
    }
}
