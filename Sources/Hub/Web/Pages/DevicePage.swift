import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// One device: how it is, whether its alarms were seen to work, and what became of it.
enum DevicePage {
    static let routes: [Route] = [
        Route(
            method: .get, path: "/residences/{residence}/devices/{device}", access: .devices,
            subject: .residence("residence")
        ) { visit in
            let device = try device(visit)
            let parts = PageParts(visit)
            return parts.page(
                "device", title: parts.language(device.title), live: path(device) + "/now",
                try await context(visit, device, parts))
        },
        // The part that changes, for the script.
        Route(
            method: .get, path: "/residences/{residence}/devices/{device}/now", access: .devices,
            subject: .residence("residence")
        ) { visit in
            let parts = PageParts(visit)
            return PageParts.html(
                parts.text("device-part", try await context(visit, try device(visit), parts)))
        },
        Route(
            method: .post, path: "/residences/{residence}/devices/{device}/test",
            access: .installation, subject: .residence("residence")
        ) { visit in
            guard let visitor = visit.visitor else { throw WebFailure.forbidden }
            let device = try device(visit)
            let reply = await visit.site.inbox.ask(
                .tryOut(device.id, by: visitor.member.id.rawValue))
            if case .refused(let reason) = reply { throw WebFailure.refused(reason) }
            return .redirect(to: path(device), type: .normal)
        },
    ]

    /// The address of a device's page.
    static func path(_ device: Device) -> String { path(device.residence, device.name) }

    /// The address of a device's page, by its name within the residence.
    static func path(_ residence: ResidenceID, _ name: String) -> String {
        "/residences/\(residence)/devices/\(name)"
    }

    private static func device(_ visit: Visit) throws -> Device {
        let residence = visit.parameters["residence"] ?? ""
        let name = visit.parameters["device"] ?? ""
        let found = visit.site.home.home.devices.first {
            $0.residence.rawValue == residence && $0.name == name
        }
        guard let found else { throw WebFailure.notFound }
        return found
    }

    private static func context(
        _ visit: Visit, _ device: Device, _ parts: PageParts
    ) async throws -> [String: Any] {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let home = visit.site.home
        let now = visit.site.clock.now()
        let (all, changes, past) = try await visit.site.readers.read { reader in
            (
                try DeviceHealth.all([device], in: reader, at: now),
                try reader.deviceChanges(of: device.id),
                try DeviceHistory.all([device], in: reader, at: now).first
            )
        }
        let ledger = DeviceLedger(changes)
        guard
            let residence = home.home.residences.first(where: { $0.id == device.residence }),
            let health = all.first
        else { throw WebFailure.notFound }
        let profile = home.directory.profiles[device.profile]
        var context = DevicesPage.line(
            device, health, past ?? DeviceHistory(), residence, parts)
        context["link"] = path(device)
        context["place"] = parts.place(Subject(residence: residence.id, device: device.id))
        if !visitor.member.roles.isDisjoint(with: [.carer, .teamLeader]) {
            context["words"] = WordsPage.path(residence.id, device: device.id)
        }
        context["kind"] = profile.map { parts.language($0.title) } ?? device.profile
        context["topic"] = home.addresses(of: device.id).joined(separator: ", ")
        if let gone = ledger.goneSince(device.id) {
            context["gone"] = parts.time(gone, residence.id)
        }
        let untested = ledger.untested(device)
        let alarms = ledger.alarms(of: device)
        if !alarms.isEmpty { context["hasAlarms"] = true }
        if !untested.isEmpty { context["waits"] = true }
        context["alarms"] = alarms.map { alarm -> [String: Any] in
            var entry: [String: Any] = ["name": alarm.description]
            let last = changes.last { $0.kind == .tested && $0.alarm == alarm }
            if !untested.contains(alarm), let last {
                entry["tested"] = parts.time(last.at, residence.id)
                entry["tester"] = last.actor.map { visit.site.name($0) } ?? ""
            }
            return entry
        }
        if let trial = ledger.trial(of: device.id, at: now),
            !alarms.allSatisfy({ trial.seen.contains(where: $0.covers) })
        {
            context["trial"] = parts.time(trial.began, residence.id)
            let steps = (profile?.commissioning ?? []).map { ["text": parts.language($0)] }
            context["steps"] = steps
            if !steps.isEmpty { context["hasSteps"] = true }
        } else if !alarms.isEmpty,
            !visitor.member.roles.isDisjoint(with: [.installer, .teamLeader])
        {
            context["mayTry"] = true
        }
        context["history"] = changes.suffix(50).reversed().map { change -> [String: Any] in
            let told = [change.alarm?.description, change.profile, change.topic, change.detail]
            return [
                "at": parts.time(change.at, residence.id),
                "what": parts.word("change_\(change.kind.rawValue)"),
                "who": change.actor.map { visit.site.name($0) } ?? "",
                "detail": told.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " – "),
            ]
        }
        return context
    }
}
