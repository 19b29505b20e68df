import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices list`: what has a place, how it is, and whether its alarms were ever seen.
struct DevicesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "The devices that have a place: how they are, what vanished, what waits for a test.",
        discussion: """
            An alarm that was never seen is none that the hub vouches for: it is shown as waiting for a test. It raises alerts \
            all the same. With a device's name, all that became of it is shown too.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Argument(help: "Only this one, as residence/device, with its history.")
    var device: String?
    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let loaded = try home.load()
        let reader = try home.reader
        let only = try device.map { try Named.device($0, in: loaded) }
        let changes = try reader.deviceChanges(of: only?.id)
        let ledger = DeviceLedger(changes)
        let besides = try DeviceProposals(reader, home: loaded).besides
        let devices = only.map { [$0] } ?? loaded.home.devices
        let health = try DeviceHealth.all(devices, in: reader, at: Clock.system.now())
        for (device, health) in zip(devices, health) {
            let zone = home.zone(of: device.residence, in: loaded)
            let wire = Wire(
                device: device.id.rawValue, title: device.title.english, profile: device.profile,
                topic: loaded.addresses(of: device.id).first ?? "",
                also: Array(loaded.addresses(of: device.id).dropFirst()),
                heardBesides: besides[device.id] ?? [], health: health.state.rawValue,
                seen: health.lastSeen.map { Timestamp.local($0, in: zone) },
                vanished: ledger.goneSince(device.id).map { Timestamp.local($0, in: zone) },
                untested: ledger.untested(device).map(\.description),
                history: only == nil ? nil : changes.map { History($0, zone) })
            if json { print(try jsonText(wire)) } else { show(wire, health.state) }
        }
        if devices.isEmpty, !json {
            print(language.isFrench ? "Aucun appareil n'a sa place." : "No device has a place.")
        }
    }

    private func show(_ wire: Wire, _ state: DeviceHealth.State) {
        let french = language.isFrench
        var line = "\(wire.device)  \(wire.profile)  \(wire.topic)  \(state.text(inFrench: french))"
        if let seen = wire.seen { line += "  \(seen)" }
        print(printable(line))
        if !wire.also.isEmpty {
            let names = wire.also.joined(separator: ", ")
            print(printable("    " + (french ? "aussi entendu sur : " : "also heard on: ") + names))
        }
        for topic in wire.heardBesides {
            let command = "hubctl devices adopt \(topic) --also \(wire.device)"
            print(
                printable(
                    "    "
                        + (french
                            ? "une autre passerelle l'entend ; pour l'ajouter : \(command)"
                            : "another gateway hears it; to add that: \(command)")))
        }
        if let vanished = wire.vanished {
            print("    " + (french ? "disparu depuis \(vanished)" : "vanished since \(vanished)"))
        }
        if !wire.untested.isEmpty {
            let names = wire.untested.joined(separator: ", ")
            print(
                printable(
                    "    "
                        + (french
                            ? "attend un essai : \(names)" : "waiting for a test: \(names)")))
        }
        for entry in wire.history ?? [] {
            let about = [entry.capability, entry.actor, entry.profile, entry.topic, entry.detail]
                .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
            print(printable("    \(entry.at)  \(entry.kind)  \(about)"))
        }
    }

    private struct Wire: Encodable {
        var device: String
        var title: String
        var profile: String
        var topic: String
        var also: [String]
        var heardBesides: [String]
        var health: String
        var seen: String?
        var vanished: String?
        var untested: [String]
        var history: [History]?
    }

    private struct History: Encodable {
        var at: String
        var kind: String
        var capability: String?
        var actor: String?
        var profile: String?
        var topic: String?
        var detail: String

        init(_ change: DeviceChange, _ zone: ZoneOffsets) {
            at = Timestamp.local(change.at, in: zone)
            kind = change.kind.rawValue
            capability = change.alarm?.description
            actor = change.actor
            profile = change.profile
            topic = change.topic
            detail = change.detail
        }
    }
}

/// A device that somebody names.
enum Named {
    static func device(_ name: String, in home: LoadedHome) throws -> Device {
        if let device = home.home.devices.first(where: { $0.id.rawValue == name }) { return device }
        throw CommandFailure(
            "there is no device \"\(printable(name))\""
                + suggestion(for: name, among: home.home.devices.map(\.id.rawValue)))
    }
}

/// `hubctl devices replace`: another device takes the place.
struct DevicesReplace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Give the place of a device to another one; its name, room and history stay.",
        discussion: """
            The line in devices.yaml gets the new one's topic and profile. A running hub takes it in with 'hubctl reload': from \
            then on the old one does not count, the history says when, and alarms wait for a test again.
            """)

    @OptionGroup var home: HomeOption
    @Argument(help: "Whose place it is: residence/device.")
    var old: String
    @Argument(
        help:
            "The new one: its topic, as 'hubctl devices proposed' shows it, or its identity or name."
    )
    var new: String
    @Option(
        help:
            "The new one's profile; without it the old one's where it fits, else the first that does."
    )
    var profile: String?
    @OptionGroup var author: PlacementAuthorOption
    @Option(help: "Why: broken, lost, another model …")
    var why: String

    func run() throws {
        let loaded = try home.load()
        let device = try Named.device(old, in: loaded)
        let proposal = try Proposed.find(new, home: home, loaded: loaded)
        let kept =
            profile == nil
            ? proposal.choice(device.profile, among: HomeProfiles.library(loaded).profiles) : nil
        let choice =
            try kept ?? Proposed.choice(proposal, new, profile: profile, home: home, loaded)
        try DeviceReplacing(
            device: device.id, profile: choice.profile.id, topic: choice.topic,
            also: proposal.also(choice)
        ).save(in: home.folder, by: author.author(why: why))
        print(
            printable(
                "\(device.id): \(choice.profile.id) on \(choice.topic); a running hub takes it in with: hubctl reload --home \(home.folder)"
            ))
    }
}

/// `hubctl devices test`: press it now.
struct DevicesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try out a device's alarms: press it now, and see whether the hub sees it.",
        discussion: """
            Alerts are raised as always: tell the team before. What was seen is kept with who tried it. Exit code 1 where an \
            alarm was not seen in time.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Argument(help: "The device: residence/device.")
    var device: String
    @Option(name: .customLong("by"), help: "Who tries it out.")
    var actor: String
    @Option(help: "How many seconds to wait.")
    var wait = 120

    func validate() throws {
        guard (0...900).contains(wait) else { throw ValidationError("--wait: 0 to 900 seconds") }
        guard !actor.isEmpty else { throw ValidationError("--by: a name is needed") }
    }

    func run() throws {
        let loaded = try home.load()
        let found = try Named.device(device, in: loaded)
        guard !found.alarms.isEmpty else {
            throw CommandFailure("\(found.id) has no alarm to try out")
        }
        Unheard.warn(of: found.id, in: loaded)
        let reader = try home.reader
        let before = try reader.deviceChanges(of: found.id).count
        try home.control.send(.tryOut(found.id, by: actor))
        let french = language.isFrench
        let names = found.alarms.map(\.description).joined(separator: ", ")
        print(
            printable(
                french
                    ? "Actionnez l'appareil maintenant : \(names). L'alerte part comme toujours."
                    : "Press or set off the device now: \(names). Its alert is raised as always."))
        let steps = loaded.directory.profiles[found.profile]?.commissioning ?? []
        for step in steps { print(printable("  - " + (french ? step.french : step.english))) }
        var waiting = found.alarms
        var shown = before
        let end = Clock.system.now() + .seconds(Int64(wait))
        while !waiting.isEmpty {
            let changes = try reader.deviceChanges(of: found.id)
            for change in changes.dropFirst(shown) where change.kind == .tested {
                guard let alarm = change.alarm else { continue }
                waiting.removeAll { $0.covers(alarm) }
                let at = Timestamp.short(
                    change.at, in: home.zone(of: found.residence, in: loaded))
                print(
                    printable(
                        (french ? "Vu" : "Seen") + ": \(alarm)  \(at)  \(change.detail)"))
            }
            shown = changes.count
            if waiting.isEmpty || Clock.system.now() >= end { break }
            Thread.sleep(forTimeInterval: 0.25)
        }
        guard !waiting.isEmpty else { return }
        let missing = waiting.map(\.description).joined(separator: ", ")
        print(
            printable(
                french
                    ? "Pas vu : \(missing). L'appareil attend toujours un essai."
                    : "Not seen: \(missing). The device still waits for a test."))
        throw ExitCode(1)
    }
}
