import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Placing a device")
struct DevicePlacingTests {
    private let folder: TemporaryFolder
    private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "devices").path

    init() throws {
        folder = try TemporaryFolder()
        try """
        version: 1
        site: {id: site}
        zone: Europe/Paris
        residences:
          - {id: home, people: [p1], rooms: [{id: hall, kind: hall}]}
        """.write(toFile: folder.file("hub.yaml"), atomically: true, encoding: .utf8)
    }

    private func placing(_ name: String, title: String = "Door", room: RoomID? = "home/hall")
        -> DevicePlacing
    {
        DevicePlacing(
            profile: "zigbee2mqtt-contact", topic: "zigbee2mqtt/\(name)", name: name,
            residence: "home", room: room, person: "p1", title: title)
    }

    @Test("a device is in the home afterwards, whatever it is called, and others stay as they were")
    func places() throws {
        let hostile = "\"}, {name: x, \\ 'é: # %\u{2028}"
        _ = try placing("first").save(in: folder.path, shippedProfiles: Self.shipped)
        let home = try placing("second", title: hostile)
            .save(in: folder.path, shippedProfiles: Self.shipped)
        #expect(home.home.devices.map(\.id.rawValue).sorted() == ["home/first", "home/second"])
        let second = try #require(home.home.devices.first { $0.name == "second" })
        #expect(second.title.french == hostile)
        #expect(second.room == "home/hall")
        #expect(second.person == "p1")
    }

    @Test("what would be an error is refused with its words, and devices.yaml is as it was")
    func refuses() throws {
        _ = try placing("first").save(in: folder.path, shippedProfiles: Self.shipped)
        let before = try String(contentsOfFile: folder.file("devices.yaml"), encoding: .utf8)
        for wrong in [placing("first"), placing("other", room: "home/cellar"), placing("a b")] {
            let error = #expect(throws: PlacingError.self) {
                try wrong.save(in: folder.path, shippedProfiles: Self.shipped)
            }
            #expect(error?.description.contains("devices.yaml:") == true)
            #expect(
                try String(contentsOfFile: folder.file("devices.yaml"), encoding: .utf8) == before)
        }
    }

    @Test(
        "names are made of what people call a thing",
        arguments: [
            ("Fenêtre <de> la cuisine", "fenetre_de_la_cuisine"), ("  ", "device"),
            ("0x00158d", "0x00158d"), ("Étage 2 – porte", "etage_2_porte"),
        ])
    func names(title: String, name: String) { #expect(DevicePlacing.name(from: title) == name) }

    @Test(
        "the profile that reads what a message is about comes first, not those that know its battery"
    )
    func suggestions() throws {
        var library = ProfileLibrary()
        library.add(folder: Self.shipped)
        func best(_ topic: String, _ payload: String) -> String? {
            ProfileSuggestion.all(
                for: MQTTMessage(
                    topic: topic, payload: Array(payload.utf8), retained: false,
                    received: Instant(milliseconds: 1_790_000_000_000)),
                among: library.profiles
            ).first?.profile.id
        }
        #expect(
            best("zigbee2mqtt/0x1", "{\"contact\":true,\"battery\":80}") == "zigbee2mqtt-contact")
        #expect(best("zigbee2mqtt/0x1", "{\"presence\":true}") == "zigbee2mqtt-presence")
        #expect(
            best("zigbee2mqtt/0x1", "{\"presence\":true,\"fall_down_status\":\"none\"}")
                == "zigbee2mqtt-fall-radar")
        #expect(best("zigbee2mqtt/0x1", "{\"smoke\":false,\"battery\":80}") == "zigbee2mqtt-smoke")
        #expect(best("zigbee2mqtt/0x1", "{\"nothing\":1}") == nil)
    }
}
