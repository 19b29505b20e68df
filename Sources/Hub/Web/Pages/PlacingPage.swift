import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// A device that nobody placed yet gets its place: what it is, in which room, whose, and its name.
enum PlacingPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/devices/place", access: .installation) {
            try await form($0, problem: nil)
        },
        Route(method: .post, path: "/devices/place", access: .installation) {
            try await place($0)
        },
        Route(method: .post, path: "/devices/replace", access: .installation) {
            try await replace($0)
        },
        Route(method: .post, path: "/devices/also", access: .installation) {
            try await hear($0)
        },
        Route(method: .post, path: "/devices/profile", access: .installation) {
            try await write($0)
        },
    ]

    private static func topic(_ visit: Visit) throws -> String {
        guard let topic = visit.form["from"] ?? visit.query("topic"), topic.utf8.count <= 1024
        else {
            throw WebFailure.notFound
        }
        return topic
    }

    private static func proposal(_ visit: Visit, _ topic: String) async throws -> (
        proposal: DeviceProposal, choices: [DeviceProposal.Choice]
    ) {
        let home = visit.site.home
        let proposal = try await visit.site.readers.read {
            try DeviceProposals($0, home: home).find(topic)
        }
        guard let proposal else { throw WebFailure.notFound }
        var library = ProfileLibrary()
        if let shipped = SharedFiles.devices() { library.add(folder: shipped) }
        library.add(folder: visit.site.home.folder + "/profiles")
        return (proposal, proposal.choices(library.profiles))
    }

    private static func form(_ visit: Visit, problem: String?) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let topic = try topic(visit)
        let (proposal, choices) = try await proposal(visit, topic)
        let chosen = visit.form["profile"]
        let wanted = visit.form["place"]
        var places: [[String: Any]] = []
        var people: [[String: Any]] = []
        for residence in visit.site.residences(visitor) {
            let title = parts.language(residence.title)
            for room in residence.rooms {
                var entry: [String: Any] = [
                    "id": room.id.rawValue, "title": "\(title) – \(parts.language(room.title))",
                ]
                if room.id.rawValue == wanted { entry["chosen"] = true }
                places.append(entry)
            }
            for person in residence.people {
                var entry: [String: Any] = [
                    "id": person.rawValue, "title": "\(title) – \(parts.name(person))",
                ]
                if person.rawValue == visit.form["person"] { entry["chosen"] = true }
                people.append(entry)
            }
        }
        let device = proposal.device
        let about = [device.maker, device.model, device.identity].filter { !$0.isEmpty }
        var context: [String: Any] = [
            "topic": String(proposal.key.prefix(200)), "from": topic, "places": places,
            "people": people, "name": visit.form["title"] ?? device.name,
            "tells": device.capabilities.joined(separator: ", "),
            "messages": proposal.messages.prefix(3).map { message -> [String: Any] in
                [
                    "topic": String(message.topic.prefix(200)),
                    "sample": String(decoding: message.sample.prefix(300), as: UTF8.self),
                ]
            },
            "profiles": choices.prefix(12).map { suggestion -> [String: Any] in
                var entry: [String: Any] = [
                    "id": suggestion.profile.id, "title": parts.language(suggestion.profile.title),
                    "reads": suggestion.reads.prefix(6).joined(separator: ", "),
                ]
                if let script = suggestion.profile.script {
                    entry["script"] = parts.language(script)
                }
                let steps = suggestion.profile.commissioning.map { parts.language($0) }
                if !steps.isEmpty {
                    entry["hasSteps"] = true
                    entry["steps"] = steps.map { ["step": $0] }
                }
                if proposal.doubt(suggestion) == .readsNothing { entry["readsNothing"] = true }
                // What was heard has to speak for it; else somebody has to say what it is.
                let isFirst =
                    suggestion.profile.id == choices.first?.profile.id
                    && proposal.doubt(suggestion) == nil
                if chosen.map({ $0 == suggestion.profile.id }) ?? isFirst {
                    entry["chosen"] = true
                }
                return entry
            },
        ]
        if !choices.isEmpty { context["hasProfiles"] = true }
        if !proposal.sources.isEmpty { context["about"] = about.joined(separator: " – ") }
        if let vanished = proposal.vanished { context["gone"] = parts.ago(vanished) }
        let devices = replaceable(visit, visitor, parts)
        if !devices.isEmpty {
            context["hasDevices"] = true
            context["why"] = visit.form["why"] ?? ""
            context["devices"] = devices
        }
        if let problem { context["problem"] = problem }
        if !proposal.messages.isEmpty || proposal.announcedProfile != nil {
            context["draft"] = [
                "text": visit.form["text"] ?? proposal.skeleton,
                "open": choices.allSatisfy { proposal.doubt($0) == .readsNothing }
                    || visit.form["text"] != nil,
            ]
        }
        return parts.page("place", title: parts.word("place_device"), context)
    }

    private static func place(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let topic = try topic(visit)
        let (proposal, choices) = try await proposal(visit, topic)
        guard let suggestion = choices.first(where: { $0.profile.id == visit.form["profile"] })
        else { return try await form(visit, problem: parts.word("choose_profile")) }
        let title = (visit.form["title"] ?? "").trimmingCharacters(in: .whitespaces)
        guard !title.isEmpty, title.count <= 80,
            title.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else { return try await form(visit, problem: parts.word("choose_name")) }
        let residences = visit.site.residences(visitor)
        guard
            let residence = residences.first(where: { residence in
                residence.rooms.contains { $0.id.rawValue == visit.form["place"] }
            }), let room = residence.rooms.first(where: { $0.id.rawValue == visit.form["place"] })
        else { return try await form(visit, problem: parts.word("choose_room")) }
        let person = residence.people.first { $0.rawValue == visit.form["person"] }
        let taken = visit.site.home.home.devices.filter { $0.residence == residence.id }
            .map(\.name)
        var name = DevicePlacing.name(from: title)
        var number = 2
        while taken.contains(name) {
            name = "\(DevicePlacing.name(from: title))_\(number)"
            number += 1
        }
        let placing = DevicePlacing(
            profile: suggestion.profile.id, topic: suggestion.topic,
            also: proposal.also(suggestion), name: name, residence: residence.id, room: room.id,
            person: person, title: title)
        do {
            _ = try placing.save(in: visit.site.home.folder, by: author(visit, visitor))
        } catch let error as PlacingError {
            return try await form(visit, problem: error.description)
        }
        reloadSoon(visit)
        return parts.page(
            "placed", title: parts.word("place_device"),
            placed(
                suggestion.profile, title: title, room: parts.language(room.title),
                link: DevicePage.path(residence.id, name),
                doubt: proposal.doubt(suggestion), parts))
    }

    /// A profile for a device that none fits: once it is kept, the device is placed by it like any other.
    private static func write(_ visit: Visit) async throws -> Response {
        let topic = try topic(visit)
        _ = try await proposal(visit, topic)
        do {
            _ = try ProfileSaving(visit.form["text"] ?? "").save(in: visit.site.home.folder)
        } catch let error as PlacingError {
            return try await form(visit, problem: error.description)
        }
        return .redirect(to: "/devices/place?topic=\(PageParts.query(topic))", type: .normal)
    }

    /// What has to be tried now that it has its place.
    private static func placed(
        _ profile: DeviceProfile, title: String, room: String, link: String,
        doubt: DeviceProposal.Doubt? = nil, _ parts: PageParts
    ) -> [String: Any] {
        var context: [String: Any] = ["name": title, "room": room, "link": link]
        if doubt == .readsNothing { context["readsNothing"] = true }
        let alarms = profile.alarms
        if !alarms.isEmpty {
            context["alarms"] = alarms.map(\.description).joined(separator: ", ")
        }
        let steps = profile.commissioning.map { ["step": parts.language($0)] }
        if !steps.isEmpty {
            context["hasSteps"] = true
            context["steps"] = steps
        }
        return context
    }

    private static func author(_ visit: Visit, _ visitor: Visitor) -> PlacementAuthor {
        PlacementAuthor(
            by: visitor.member.id.rawValue, why: visit.form["why"] ?? "",
            at: visit.site.clock.now())
    }

    /// After this answer has gone out: the pages, too, start again.
    private static func reloadSoon(_ visit: Visit) {
        Task.detached { [inbox = visit.site.inbox] in
            try await Task.sleep(for: .milliseconds(500))
            _ = await inbox.ask(.reload)
        }
    }

    /// Another gateway hears a device that has its place.
    private static func hear(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let topic = try topic(visit)
        let home = visit.site.home
        let besides = try await visit.site.readers.read {
            try DeviceProposals($0, home: home).besides
        }
        // Somebody may have added it meanwhile.
        guard
            let device = devices(visit, visitor).first(where: {
                $0.id.rawValue == visit.form["device"]
            }), besides[device.id]?.contains(topic) == true
        else { return .redirect(to: "/devices", type: .normal) }
        do {
            try DeviceHearing(device: device.id, topic: topic).save(in: home.folder)
        } catch let error as PlacingError {
            throw WebFailure.refused(error.description)
        }
        reloadSoon(visit)
        return .redirect(to: DevicePage.path(device), type: .normal)
    }

    // MARK: In the place of another

    private static func devices(_ visit: Visit, _ visitor: Visitor) -> [Device] {
        visit.site.home.home.devices.filter { visitor.maySee($0.residence) }
    }

    private static func replaceable(
        _ visit: Visit, _ visitor: Visitor, _ parts: PageParts
    ) -> [[String: Any]] {
        let chosen = visit.form["device"]
        return devices(visit, visitor).map { device in
            var entry: [String: Any] = [
                "id": device.id.rawValue,
                "title": parts.place(Subject(residence: device.residence, device: device.id)),
            ]
            if device.id.rawValue == chosen { entry["chosen"] = true }
            return entry
        }
    }

    private static func replace(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let (proposal, choices) = try await proposal(visit, try topic(visit))
        let old = devices(visit, visitor).first { $0.id.rawValue == visit.form["device"] }
        guard let old else { return try await form(visit, problem: parts.word("replaces_which")) }
        guard let why = visit.form["why"], !why.trimmingCharacters(in: .whitespaces).isEmpty else {
            return try await form(visit, problem: parts.word("replaces_why"))
        }
        // The same kind of thing, where it fits; else what was heard has to speak for another one.
        let kept = proposal.choice(old.profile, among: choices.map(\.profile))
        guard let choice = kept ?? choices.first(where: { proposal.doubt($0) == nil })
        else { return try await form(visit, problem: parts.word("no_profile")) }
        do {
            try DeviceReplacing(
                device: old.id, profile: choice.profile.id, topic: choice.topic,
                also: proposal.also(choice)
            ).save(in: visit.site.home.folder, by: author(visit, visitor))
        } catch let error as PlacingError {
            return try await form(visit, problem: error.description)
        }
        reloadSoon(visit)
        let residence = visit.site.home.home.residences.first { $0.id == old.residence }
        let room = residence?.rooms.first { $0.id == old.room }
        return parts.page(
            "placed", title: parts.word("place_device"),
            placed(
                choice.profile, title: parts.language(old.title),
                room: room.map { parts.language($0.title) } ?? "", link: DevicePage.path(old),
                parts))
    }
}
