import Foundation
import Rules

@testable import Hub

/// The home of all runs: three devices and rules of each kind that time or repetition can get wrong.
enum SimulatedHome {
    private static let files = [
        "hub.yaml": """
        version: 1
        site: {id: simulated}
        zone: Europe/Paris
        residences:
          - {id: home, rooms: [{id: hall, kind: hall}]}
        """,
        "devices.yaml": """
        version: 1
        devices:
          - {name: tablet, residence: home, room: hall, profile: json-app, topic: home/tablet}
          - {name: button, residence: home, room: hall, profile: zigbee2mqtt-button, topic: home/button}
          - {name: door, residence: home, room: hall, profile: zigbee2mqtt-contact, topic: home/door}
        """,
        "staff.yaml": """
        version: 1
        staff:
          - {id: marie, name: Marie, roles: [carer]}
          - {id: noor, name: Noor, roles: [carer]}
          - {id: claire, name: Claire, roles: [team_leader]}
        shifts:
          early: {from: "06:00", to: "18:00"}
          late: {from: "18:00", to: "06:00"}
        rota:
          - {shift: early, staff: [marie]}
          - {shift: late, staff: [noor]}
        chains:
          default:
            arrive_within: 4m
            steps:
              - {notify: on_shift, wait: 20s}
              - {notify: [on_shift, team_leader], wait: 1m}
        digest: "12:00"
        drills: {every_weeks: 1, days: [mon, wed, fri], at: "09:00"}
        """,
        "rules/all.yaml": """
        version: 1
        events:
          used: {device: tablet, reading: usage.app_session, seen: true}
          pressed: {device: button, reading: button.press, is: single}
          opened: {device: door, reading: contact, becomes: open}
          closed: {device: door, reading: contact, becomes: closed}
        signals:
          open: {device: door, reading: contact, is: open}
        rules:
          - {id: every-use, priority: high, when: used, do: {en: Count., fr: Compter.}}
          - {id: call, priority: critical, when: pressed, latch: true, do: {en: Go., fr: Aller.}}
          - {id: left-open, priority: medium, when: {all: [open], for: 5m}, do: {en: Shut it., fr: Fermer.}}
          - {id: not-shut, priority: low, when: {after: opened, no: closed, within: 3m}}
          - {id: quiet, priority: medium, when: {no: used, for: 20m}, do: {en: Look in., fr: Passer voir.}}
        """,
    ]

    static let settings: Result<IntakeLoopSettings, any Error> = Result { try load() }

    private static func load() throws -> IntakeLoopSettings {
        let manager = FileManager.default
        let folder = NSTemporaryDirectory() + "foyer-simulated-" + UUID().uuidString.prefix(8)
        try manager.createDirectory(atPath: folder + "/rules", withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let devices = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "devices")
        let home = try HomeFolder.load(folder, shippedProfiles: devices.path)
        guard !home.hasErrors else {
            throw HubError.configuration(report: home.report, summary: home.summary)
        }
        var session = SessionSettings(
            host: "simulated", port: 1883, clientID: "simulated", subscriptions: ["#"])
        session.receiveMaximum = World.receiveMaximum
        let body = ConfigurationBody(home)
        return IntakeLoopSettings(
            session: session, plan: home.plan, home: home.home, directory: home.directory,
            configuration: body.hash, configurationBody: body.text, batch: World.receiveMaximum / 4,
            checkpointEntries: 7, listens: .seconds(5))
    }
}
