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
    ]

    private static func topic(_ visit: Visit) throws -> String {
        guard let topic = visit.form["from"] ?? visit.query("topic"), topic.utf8.count <= 1024
        else {
            throw WebFailure.notFound
        }
        return topic
    }

    private static func suggestions(_ visit: Visit, _ topic: String) async throws -> (
        sample: [UInt8], suggestions: [ProfileSuggestion]
    ) {
        let unknown = try await visit.site.readers.read {
            try $0.unknownTopics(limit: 10_000).first { $0.topic == topic }
        }
        guard let unknown else { throw WebFailure.notFound }
        var library = ProfileLibrary()
        if let shipped = SharedFiles.devices() { library.add(folder: shipped) }
        library.add(folder: visit.site.home.folder + "/profiles")
        let message = MQTTMessage(
            topic: topic, payload: unknown.sample, retained: false, received: unknown.last)
        return (
            unknown.sample, ProfileSuggestion.all(for: message, among: library.profiles)
        )
    }

    private static func form(_ visit: Visit, problem: String?) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let topic = try topic(visit)
        let (sample, suggestions) = try await suggestions(visit, topic)
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
                    "id": person.rawValue, "title": "\(title) – \(person.rawValue)",
                ]
                if person.rawValue == visit.form["person"] { entry["chosen"] = true }
                people.append(entry)
            }
        }
        let last = topic.split(separator: "/").last.map(String.init) ?? topic
        var context: [String: Any] = [
            "topic": String(topic.prefix(200)), "from": topic,
            "sample": String(decoding: sample.prefix(300), as: UTF8.self), "places": places,
            "people": people, "name": visit.form["title"] ?? last,
            "profiles": suggestions.prefix(12).map { suggestion -> [String: Any] in
                var entry: [String: Any] = [
                    "id": suggestion.profile.id, "title": parts.language(suggestion.profile.title),
                    "reads": suggestion.readings.prefix(6).map {
                        "\($0.reading.capability.rawValue) = \($0.reading.value.plainText)"
                    }.joined(separator: ", "),
                ]
                if let script = suggestion.profile.script {
                    entry["script"] = parts.language(script)
                }
                let steps = suggestion.profile.commissioning.map { parts.language($0) }
                if !steps.isEmpty {
                    entry["hasSteps"] = true
                    entry["steps"] = steps.map { ["step": $0] }
                }
                let isFirst = suggestion.profile.id == suggestions.first?.profile.id
                if chosen.map({ $0 == suggestion.profile.id }) ?? isFirst {
                    entry["chosen"] = true
                }
                return entry
            },
        ]
        if !suggestions.isEmpty { context["hasProfiles"] = true }
        if let problem { context["problem"] = problem }
        return parts.page("place", title: parts.word("place_device"), context)
    }

    private static func place(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let topic = try topic(visit)
        let (_, suggestions) = try await suggestions(visit, topic)
        guard let suggestion = suggestions.first(where: { $0.profile.id == visit.form["profile"] })
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
            profile: suggestion.profile.id, topic: suggestion.topic, name: name,
            residence: residence.id, room: room.id, person: person, title: title)
        do {
            _ = try placing.save(in: visit.site.home.folder)
        } catch let error as PlacingError {
            return try await form(visit, problem: error.description)
        }
        // After this answer has gone out: the pages, too, start again.
        Task.detached { [inbox = visit.site.inbox] in
            try await Task.sleep(for: .milliseconds(500))
            _ = await inbox.ask(.reload)
        }
        return parts.page(
            "placed", title: parts.word("place_device"),
            placed(suggestion.profile, title: title, room: room, parts))
    }
    /// What has to be tried now that it has its place.
    private static func placed(
        _ profile: DeviceProfile, title: String, room: Room, _ parts: PageParts
    ) -> [String: Any] {
        var context: [String: Any] = ["name": title, "room": parts.language(room.title)]
        let steps = profile.commissioning.map { ["step": parts.language($0)] }
        if !steps.isEmpty {
            context["hasSteps"] = true
            context["steps"] = steps
        }
        return context
    }
}
