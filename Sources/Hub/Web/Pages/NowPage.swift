import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// The first page: what is open, who is where, what is not watched.
enum NowPage {
    static let routes: [Route] =
        [
            Route(method: .get, path: "/", access: .anyone, isLogged: true) { visit in
                guard let visitor = visit.visitor else { throw WebFailure.forbidden }
                if visitor.person != nil { return .redirect(to: "/me", type: .normal) }
                guard !visitor.member.roles.isDisjoint(with: [.carer, .teamLeader]) else {
                    return .redirect(to: home(of: visitor), type: .normal)
                }
                let parts = PageParts(visit)
                return parts.page(
                    "now", title: parts.word("now"), live: "/now",
                    try await context(visit, visitor, parts))
            },
            // The part that changes, for the script.
            Route(method: .get, path: "/now", access: .care) { visit in
                guard let visitor = visit.visitor else { throw WebFailure.forbidden }
                let parts = PageParts(visit)
                return PageParts.html(
                    parts.text("now-part", try await context(visit, visitor, parts)))
            },
        ] + acts

    /// Where those begin who look after no residents.
    private static func home(of visitor: Visitor) -> String {
        visitor.member.roles.contains(.installer) ? "/devices" : "/account"
    }

    private static let acts: [Route] = [
        act("acknowledge") { visit, alert, by in .acknowledge(alert, by: by) },
        act("arrive") { visit, alert, by in .arrive(alert, by: by) },
        act("unshelve") { visit, alert, by in .unshelve(alert, by: by) },
        act("resolve") { visit, alert, by in
            guard let outcome = visit.form["outcome"].flatMap(Outcome.init(name:)) else {
                throw WebFailure.badRequest("outcome: real, false, test, technical or other")
            }
            return .resolve(
                alert, by: by, outcome: outcome, note: try text(visit.form["note"], most: 4000))
        },
        act("shelve") { visit, alert, by in
            guard let minutes = visit.form["minutes"].flatMap(Int64.init),
                (1...1440).contains(minutes)
            else { throw WebFailure.badRequest("minutes: from 1 to 1440") }
            guard let reason = try text(visit.form["reason"], most: 500) else {
                throw WebFailure.badRequest("reason: say why")
            }
            return .shelve(
                alert, until: visit.site.clock.now() + .minutes(minutes), by: by, reason: reason)
        },
    ]

    /// What somebody wrote, fit to be kept; nil where it is empty.
    static func text(_ text: String?, most: Int) throws -> String? {
        let clean = (text ?? "").replacingOccurrences(of: "\r\n", with: "\n")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard clean.utf8.count <= most else {
            throw WebFailure.badRequest("a text has more than \(most) bytes")
        }
        guard clean.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a }) else {
            throw WebFailure.badRequest("a text has a control character")
        }
        return clean.isEmpty ? nil : clean
    }

    private static func act(
        _ name: String,
        _ command: @escaping @Sendable (Visit, AlertID, String) throws -> Command
    ) -> Route {
        Route(
            method: .post, path: "/alerts/{id}/\(name)", access: .care, subject: .alert("id")
        ) { visit in
            guard let visitor = visit.visitor,
                let alert = try await visit.site.readers.read({
                    [id = visit.parameters["id"] ?? ""] in try $0.alert(id)
                })
            else { throw WebFailure.notFound }
            try await visit.site.perform(
                try command(visit, alert.id, visitor.member.id.rawValue))
            return .redirect(to: "/", type: .normal)
        }
    }

    // MARK: What it shows

    /// Everything from one state of the journal.
    struct Picture: Sendable {
        var alerts: [Alert]
        var nextSteps: [NextStep]
        var latest: [(key: StreamKey, event: Event)]
        var sayings: [CommandEntry]
    }

    /// So long "I am fine" is shown.
    static let fineShown = TimeSpan.hours(12)

    static func picture(_ visit: Visit) async throws -> Picture {
        let since = visit.site.clock.now() - fineShown
        return try await visit.site.readers.read { reader in
            Picture(
                alerts: try reader.alerts(openOnly: true),
                nextSteps: try reader.nextSteps(), latest: try reader.latestEvents(),
                sayings: try reader.sayings(since: since))
        }
    }

    private static func context(
        _ visit: Visit, _ visitor: Visitor, _ parts: PageParts
    ) async throws -> [String: Any] {
        let picture = try await picture(visit)
        let alerts = picture.alerts.filter { visitor.maySee($0.subject.residence) }.sorted {
            ($1.priority.rawValue, $0.began, $0.id.rawValue)
                < ($0.priority.rawValue, $1.began, $1.id.rawValue)
        }
        let card = AlertCard(
            parts: parts, visitor: visitor,
            nextSteps: Dictionary(
                picture.nextSteps.map { ($0.alert, $0) }, uniquingKeysWith: { first, _ in first }))
        let aside = alerts.filter { $0.display != .shown }
        let calls = alerts.filter {
            $0.display == .shown && ($0.response == .unacknowledged || $0.response == .asked)
        }
        let inHand = alerts.filter {
            $0.display == .shown && ($0.response == .acknowledged || $0.response == .onSite)
        }
        let blind = Blindness(visit: visit, visitor: visitor, parts: parts)
            .entries(picture.latest, alerts)
        var context: [String: Any] = [
            "calls": calls.map { card.context($0) }, "inHand": inHand.map { card.context($0) },
            "aside": aside.map { card.context($0) }, "blind": blind,
            "residences": visit.site.residences(visitor).map {
                residence($0, visit, parts, picture.latest)
            },
        ]
        let fine = fine(picture.sayings, visitor, parts)
        context["fine"] = fine
        if !fine.isEmpty { context["hasFine"] = true }
        if !calls.isEmpty { context["hasCalls"] = true }
        if !inHand.isEmpty { context["hasInHand"] = true }
        if !aside.isEmpty { context["hasAside"] = true }
        if !blind.isEmpty { context["hasBlind"] = true }
        if calls.isEmpty, inHand.isEmpty {
            // No calm word over what nobody sees.
            context["calm"] = parts.word(blind.isEmpty ? "nothing_open" : "nothing_open_blind")
        }
        return context
    }

    /// Who said of themselves that they are fine, latest first, each once.
    private static func fine(
        _ sayings: [CommandEntry], _ visitor: Visitor, _ parts: PageParts
    ) -> [[String: Any]] {
        var seen: Set<PersonID> = []
        return sayings.reversed().compactMap { entry in
            guard case .says(let saying) = entry.command, saying.word == .fine,
                visitor.maySee(saying.residence), seen.insert(saying.person).inserted
            else { return nil }
            return [
                "person": parts.place(
                    Subject(residence: saying.residence, person: saying.person)),
                "time": parts.time(entry.received, saying.residence),
                "ago": parts.ago(entry.received),
            ]
        }
    }

    private static func residence(
        _ residence: Residence, _ visit: Visit, _ parts: PageParts,
        _ latest: [(key: StreamKey, event: Event)]
    ) -> [String: Any] {
        let roster = visit.site.home.plan.roster
        let now = visit.site.clock.now()
        let devices = visit.site.home.home.devices.filter { $0.residence == residence.id }
        let rooms = residence.rooms.map { room -> [String: Any] in
            let here = Set(devices.filter { $0.room == room.id }.map(\.id))
            let events = latest.filter { here.contains($0.key.device) }
            let movement = events.filter {
                $0.key.capability.rawValue.hasPrefix("presence.")
            }
            let seen = movement.map(\.event.effective).max()
            let isMoving = movement.contains { $0.event.value == .boolean(true) }
            var entry: [String: Any] = [
                "title": parts.language(room.title),
                "people": [room.person.map { parts.name($0) }].compactMap { $0 },
                "facts": events.compactMap { fact($0, devices, parts) },
            ]
            if isMoving {
                entry["seen"] = parts.word("last_movement")
            } else {
                entry["seen"] =
                    seen.map { "\(parts.word("last_movement")) – \(parts.ago($0))" }
                    ?? parts.word("no_movement")
            }
            if isMoving || seen.map({ now - $0 < .minutes(10) }) == true { entry["recent"] = true }
            return entry
        }
        return [
            "id": residence.id.rawValue, "title": parts.language(residence.title),
            "onShift": parts.names(roster.onShift(residence.id, at: now).staff),
            "onCall": parts.names(roster.onCall(residence.id, at: now).staff), "rooms": rooms,
        ]
    }

    /// What is worth a word beside a room: a door that is open, something that is on.
    private static func fact(
        _ entry: (key: StreamKey, event: Event), _ devices: [Device], _ parts: PageParts
    ) -> String? {
        guard entry.key.capability == "contact.open", entry.event.value == .boolean(true),
            let device = devices.first(where: { $0.id == entry.key.device })
        else { return nil }
        let open = parts.language == .french ? "ouvert" : "open"
        return "\(parts.language(device.title)): \(open)"
    }
}

/// What nobody sees now, and why.
struct Blindness {
    let visit: Visit
    let visitor: Visitor
    let parts: PageParts

    func entries(
        _ latest: [(key: StreamKey, event: Event)], _ alerts: [Alert],
        residence: ResidenceID? = nil
    ) -> [[String: Any]] {
        let site = visit.site
        let devices = site.home.home.devices.filter {
            visitor.maySee($0.residence) && (residence == nil || $0.residence == residence)
        }
        var entries: [[String: Any]] = alerts.filter {
            $0.subject.residence == .hub && $0.condition == .active
        }.map { ["name": parts.title(of: $0), "place": "", "why": parts.ago($0.began)] }
        var behind: [String: [Device]] = [:]
        for (health, device) in zip(
            DeviceHealth.all(
                devices, latest: latest, away: DeviceHealth.bridges(awayBy: alerts),
                at: site.clock.now()), devices)
        where health.state != .well {
            // A bridge that is away is told once, not once for each device behind it.
            if health.state == .bridgeAway, let bridge = device.bridge {
                behind[bridge, default: []].append(device)
                continue
            }
            let why: String
            switch health.state {
            case .offline: why = parts.word("offline")
            case .bridgeAway: why = parts.word("bridge_away")
            case .unheard: why = parts.word("never_heard")
            case .silent, .well:
                why =
                    parts.word("silent_since") + " "
                    + (health.lastSeen.map { parts.time($0, device.residence) } ?? "")
            }
            entries.append([
                "name": parts.language(device.title),
                "place": parts.place(Subject(residence: device.residence, room: device.room)),
                "why": why,
            ])
        }
        for (topic, devices) in behind.sorted(by: { $0.key < $1.key }) {
            entries.append([
                "name": parts.word("bridge"), "place": topic,
                "why": parts.word("offline") + " – \(devices.count) "
                    + parts.word("devices_behind"),
            ])
        }
        return entries
    }
}
