import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Alarms that no rule hears")
struct UnheardAlarmsTests {
    private static let call = """
        version: 1
        events:
          called: {kind: call_button}
        signals:
          smoke: {kind: smoke}
          open: {kind: door, is: open}
        rules:
          - {id: call, priority: critical, per: person, when: called, do: {en: Go., fr: Y aller.}}

        """

    private static func found(
        _ devices: [String], rules: String = call
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("rules"), withIntermediateDirectories: true)
        let hub = """
            version: 1
            site: {id: test}
            zone: Europe/Paris
            residences:
              - {id: home, people: [p1], rooms: [{id: hall, kind: hall}, {id: own, kind: bedroom, person: p1}]}
            """
        let files = [
            "hub.yaml": hub, "rules/r.yaml": rules,
            "devices.yaml": "version: 1\ndevices:\n"
                + devices.map { "  - {residence: home, \($0)}\n" }.joined(),
        ]
        for (name, text) in files {
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        let home = try HomeFolder.load(folder.path, shippedProfiles: Repository.profiles)
        #expect(!home.hasErrors, "\(home.report)")
        return UnheardAlarms.diagnostics(home).map { "\($0.location.line): \($0.message)" }
    }

    private static func cord(_ more: String) -> String {
        "name: cord, profile: zigbee2mqtt-sos, topic: zigbee2mqtt/cord\(more)"
    }

    @Test("a pull cord of nobody is not heard per person; somebody's is, or one in somebody's room")
    func nobodys() throws {
        let found = try Self.found([Self.cord(", room: hall")])
        #expect(found.count == 1)
        for text in [
            "3: device \"home/cord\": no rule hears alarm.sos", "rule \"call\" would, per person",
            "it is nobody's; give it a person",
        ] { #expect(found.first?.contains(text) == true, "\(found)") }
        #expect(try Self.found([Self.cord(", room: hall, person: p1")]).isEmpty)
        #expect(try Self.found([Self.cord(", room: own")]).isEmpty)
    }

    @Test(
        "one that no rule is about says so; what only looks whether a device lives does not hear it"
    )
    func none() throws {
        let leak = "name: leak, room: hall, profile: zigbee2mqtt-leak, topic: zigbee2mqtt/leak"
        let found = try Self.found([leak, Self.cord(", room: own")])
        #expect(found.count == 1 && found.first?.contains("none is about it") == true, "\(found)")
        let alive =
            Self.call.replacing(
                "signals:\n", with: "signals:\n  gone: {kind: leak, device: {silent_for: 25h}}\n")
            + "  - {id: gone, priority: low, per: device, when: gone, do: {en: Look., fr: Voir.}}\n"
        #expect(try Self.found([leak], rules: alive).count == 1)
        let heard =
            Self.call
            + "  - {id: water, priority: high, per: room, when: water, do: {en: Go., fr: Y aller.}}\n"
        let rules = heard.replacing(
            "signals:\n", with: "signals:\n  water: {kind: leak, reading: alarm.water, is: true}\n")
        #expect(try Self.found([leak, Self.cord(", room: own")], rules: rules).isEmpty)
        let nowhere = try Self.found(
            ["name: leak, profile: zigbee2mqtt-leak, topic: zigbee2mqtt/leak"], rules: rules)
        #expect(
            nowhere.first?.contains("rule \"water\" would, per room, and it stands in none")
                == true, "\(nowhere)")
    }
}
