import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices adopt`: a device gets its place.
struct DevicesAdopt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract:
            "Give a device that announced itself or speaks its place: a line in devices.yaml.",
        discussion: """
            A profile that reads nothing of what was heard is taken only where --profile names it. The line is checked before it \
            stays. A running hub takes it in with 'hubctl reload'; then press or move the device, \
            and look with 'hubctl events tail' whether it is heard. What several gateways hear is one device, with all its topics; \
            --also adds the topic of another gateway to a device that has its place.
            """)

    @OptionGroup var home: HomeOption
    @Argument(help: "Its topic, as 'hubctl devices proposed' shows it, or its identity or name.")
    var topic: String
    @Option(help: "What people call it.")
    var title: String?
    @Option(help: "The room: residence/room.")
    var room: String?
    @Option(
        help: ArgumentHelp(
            "It is no new device, but this one, heard by another gateway: residence/device.",
            valueName: "device"))
    var also: String?
    @Option(help: "Whose it is, where it is somebody's.")
    var person: String?
    @Option(help: "The profile; without it the first that fits and reads what was heard.")
    var profile: String?
    @Option(help: "Its name in devices.yaml; without it one is made of the title.")
    var name: String?
    @OptionGroup var author: PlacementAuthorOption
    @Option(help: "Why, where that is worth a word.")
    var why = ""

    func validate() throws {
        if also != nil {
            guard title == nil, room == nil, person == nil, profile == nil, name == nil else {
                throw ValidationError("--also takes a topic and nothing else")
            }
        } else if title == nil || room == nil {
            throw ValidationError("give --title and --room, or --also")
        }
    }

    func run() throws {
        let loaded = try home.load()
        if let also {
            let device = try Named.device(also, in: loaded)
            try DeviceHearing(device: device.id, topic: topic).save(in: home.folder)
            return print(
                printable(
                    "\(device.id): heard on \(topic), too; a running hub takes it in with: hubctl reload --home \(home.folder)"
                ))
        }
        guard let title, let room else { return }
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
        let proposal = try Proposed.find(topic, home: home, loaded: loaded)
        let own = try profile == nil ? Proposed.announced(proposal, home: home, loaded) : nil
        let found =
            try own ?? Proposed.choice(proposal, topic, profile: profile, home: home, loaded)
        let placing = DevicePlacing(
            profile: found.profile.id, topic: found.topic, also: proposal.also(found),
            name: name ?? DevicePlacing.name(from: title), residence: residence.id,
            room: RoomID(rawValue: room), person: person.map { PersonID(rawValue: $0) },
            title: title)
        let placed: LoadedHome
        do { placed = try placing.save(in: home.folder, by: author.author(why: why)) } catch {
            // A profile that was made for nothing would stand in the way of the next try.
            if let own { try? ProfileSaving.remove(own.profile.id, in: home.folder) }
            throw error
        }
        print(
            printable(
                "\(residence.id)/\(placing.name): \(found.profile.id) on \(([found.topic] + placing.also).joined(separator: ", ")); a running hub takes it in with: hubctl reload --home \(home.folder)"
            ))
        let alarms = found.profile.alarms
        if !alarms.isEmpty {
            let names = alarms.map(\.description).joined(separator: ", ")
            print(
                printable(
                    "\(names): waits for a test; then run: hubctl devices test \(residence.id)/\(placing.name) --by NAME --home \(home.folder)"
                ))
        }
        Unheard.warn(of: DeviceID(rawValue: "\(residence.id)/\(placing.name)"), in: placed)
    }
}

/// A word to whoever places or tries out an alarm that sets off no rule.
enum Unheard {
    static func warn(of device: DeviceID, in home: LoadedHome) {
        for finding in UnheardAlarms.all(home) where finding.device == device {
            Console.note(printable("warning: \(finding.description)", upTo: 600))
        }
    }
}

/// Who gives a device its place, for its history.
struct PlacementAuthorOption: ParsableArguments {
    @Option(name: .customLong("by"), help: "Who does it; without it the account on this machine.")
    var name: String?

    func author(why: String) -> PlacementAuthor {
        PlacementAuthor(by: name ?? NSUserName(), why: why, at: Clock.system.now())
    }
}

/// A proposal, and the profile that is meant for it.
enum Proposed {
    static func find(
        _ key: String, home: HomeOption, loaded: LoadedHome
    ) throws -> DeviceProposal {
        let proposals = try DeviceProposals(try home.reader, home: loaded)
        guard let proposal = proposals.find(key) else {
            throw CommandFailure(
                "nothing that has no place is known as \"\(printable(key))\""
                    + suggestion(for: key, among: proposals.open.prefix(1000).map(\.key)))
        }
        return proposal
    }

    /// The profile that the device announces of itself, kept in the home, where none that is there reads what it says; nil where
    /// one does, or it announces none.
    static func announced(
        _ proposal: DeviceProposal, home: HomeOption, _ loaded: LoadedHome
    ) throws -> DeviceProposal.Choice? {
        let first = proposal.choices(HomeProfiles.library(loaded).profiles).first
        if let first, proposal.doubt(first) == nil { return nil }
        guard let text = proposal.announcedProfile else { return nil }
        let id = try ProfileSaving(text).save(in: home.folder)
        print("profiles/\(id).yaml: made of what it announces")
        return HomeProfiles.library(loaded)[id].flatMap { proposal.announcedChoice($0) }
    }

    /// The profile that somebody names, with a warning where it reads nothing of what was heard; else the first that fits, which
    /// is refused where what was heard does not speak for it.
    static func choice(
        _ proposal: DeviceProposal, _ key: String, profile: String?, home: HomeOption,
        _ loaded: LoadedHome
    ) throws -> DeviceProposal.Choice {
        let all = proposal.choices(HomeProfiles.library(loaded).profiles)
        let found = profile.map { id in all.first { $0.profile.id == id } } ?? all.first
        guard let found else {
            throw CommandFailure(
                profile.map {
                    "profile \"\(printable($0))\" fits neither its messages nor what it announces"
                } ?? "no profile fits it; 'hubctl devices draft' writes one to begin with")
        }
        guard let doubt = proposal.doubt(found) else { return found }
        if profile != nil {
            if doubt == .readsNothing {
                Console.note(
                    "warning: profile \(found.profile.id) reads nothing of what was heard:\n\(heard(proposal))"
                )
            }
            return found
        }
        let names = all.prefix(4).map(\.profile.id).joined(separator: " | ")
        let named = key.contains(" ") ? "\"\(printable(key))\"" : printable(key)
        let draft = "hubctl devices draft \(named) --home \(home.folder)"
        switch doubt {
        case .readsNothing:
            throw CommandFailure(
                """
                no profile reads what was heard of it:
                \(heard(proposal))
                Write a profile that does: \(draft)
                Or place it by what it announces, and nothing is read before it says something else: --profile \(names)
                """)
        case .tellsOnlyItself:
            throw CommandFailure(
                """
                what was heard of it does not tell what it is:
                \(heard(proposal))
                Press or move it and try again, or say what it is: --profile \(names)
                """)
        }
    }

    private static func heard(_ proposal: DeviceProposal) -> String {
        proposal.heard.prefix(3).map {
            printable("  \($0.topic)  \(String(decoding: $0.sample.prefix(100), as: UTF8.self))")
        }.joined(separator: "\n")
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
