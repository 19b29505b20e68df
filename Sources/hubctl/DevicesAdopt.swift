import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices proposed`: what speaks without a place.
struct DevicesProposed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposed",
        abstract: "Devices that speak and have no place yet, with what they seem to be.",
        discussion: """
            Each topic that belongs to no device, the busiest first: what its latest message says by its convention, and the \
            profiles that read it. 'hubctl devices adopt' gives one its place.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit: 1 to 10000") }
    }

    func run() throws {
        let loaded = try home.load()
        let zone = home.zone(in: loaded)
        let library = HomeProfiles.library(loaded)
        var shown = 0
        for topic in try home.reader.unknownTopics(limit: 10_000) where shown < limit {
            guard !loaded.knows(topic: topic.topic) else { continue }
            shown += 1
            let message = MQTTMessage(
                topic: topic.topic, payload: topic.sample, retained: false, received: topic.last)
            let read = Conventions.read(message)
            print(
                printable(
                    "\(topic.topic)  \(read.convention)  \(topic.count)×  \(Timestamp.short(topic.last, in: zone))"
                ))
            let says = read.readings.prefix(6).map { "\($0.capability) = \(Self.text($0.value))" }
            if !says.isEmpty { print(printable("    " + says.joined(separator: ", "))) }
            let profiles = ProfileSuggestion.all(for: message, among: library.profiles)
                .prefix(4).map(\.profile.id)
            if !profiles.isEmpty {
                print(printable("    --profile \(profiles.joined(separator: " | "))"))
            }
        }
        if shown == 0 {
            print(
                language.isFrench
                    ? "Rien ne parle sans avoir sa place." : "Nothing speaks without a place.")
        }
    }

    private static func text(_ value: ConventionMessage.Value) -> String {
        switch value {
        case .boolean(let value): "\(value)"
        case .number(let value): Value.number(value).plainText
        case .text(let value): value
        case .unknown: "?"
        }
    }
}

/// `hubctl devices adopt`: a device gets its place.
struct DevicesAdopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Give a device that speaks its place: a line in devices.yaml.",
        discussion: """
            The line is checked before it stays. A running hub takes it in with 'hubctl reload'; then press or move the device, \
            and look with 'hubctl events tail' whether it is heard.
            """)

    @OptionGroup var home: HomeOption
    @Argument(help: "The topic, as 'hubctl devices proposed' shows it.")
    var topic: String
    @Option(help: "What people call it.")
    var title: String
    @Option(help: "The room: residence/room.")
    var room: String
    @Option(help: "Whose it is, where it is somebody's.")
    var person: String?
    @Option(help: "The profile; without it the one that reads most of the latest message.")
    var profile: String?
    @Option(help: "Its name in devices.yaml; without it one is made of the title.")
    var name: String?

    func run() throws {
        let loaded = try home.load()
        guard
            let residence = loaded.home.residences.first(where: { residence in
                residence.rooms.contains { $0.id.rawValue == room }
            })
        else {
            throw CommandFailure(
                "there is no room \"\(printable(room))\""
                    + suggestion(
                        for: room,
                        among: loaded.home.residences.flatMap { $0.rooms.map(\.id.rawValue) }))
        }
        let known = try home.reader.unknownTopics(limit: 10_000)
        guard let unknown = known.first(where: { $0.topic == topic }) else {
            throw CommandFailure(
                "nothing unknown speaks on \"\(printable(topic))\""
                    + suggestion(for: topic, among: known.map(\.topic)))
        }
        let message = MQTTMessage(
            topic: topic, payload: unknown.sample, retained: false, received: unknown.last)
        let all = ProfileSuggestion.all(
            for: message, among: HomeProfiles.library(loaded).profiles)
        let found = profile.map { id in all.first { $0.profile.id == id } } ?? all.first
        guard let found else {
            throw CommandFailure(
                profile.map { "profile \"\(printable($0))\" reads nothing in its latest message" }
                    ?? "no profile reads its latest message; docs/profiles.md shows how to write one"
            )
        }
        let placing = DevicePlacing(
            profile: found.profile.id, topic: found.topic,
            name: name ?? DevicePlacing.name(from: title), residence: residence.id,
            room: RoomID(rawValue: room), person: person.map { PersonID(rawValue: $0) },
            title: title)
        _ = try placing.save(in: home.folder)
        print(
            printable(
                "\(residence.id)/\(placing.name): \(found.profile.id) on \(found.topic); a running hub takes it in with: hubctl reload --home \(home.folder)"
            ))
    }
}

/// The profiles that a home has: the shipped ones and its own.
enum HomeProfiles {
    static func library(_ home: LoadedHome) -> ProfileLibrary {
        var library = ProfileLibrary()
        if let shipped = SharedFiles.devices() { library.add(folder: shipped) }
        library.add(folder: home.folder + "/profiles")
        return library
    }
}
