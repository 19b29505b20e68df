import Foundation
import Rules
import Testing

@testable import Hub

@Suite("What a second gateway hears")
struct SecondGatewayTests {
    private static let attic = "home/attic/BTtoMQTT/A4C138000001"
    private static let cellar = "home/cellar/BTtoMQTT/A4C138000001"
    private static let says =
        #"{"id":"A4:C1:38:00:00:01","model_id":"MCCGQ02HL","open":true,"rssi":-71}"#
    private static let door =
        "{name: door, residence: home, room: hall, profile: gateway-contact, topic: \(attic)}"
    private static let radio =
        "{name: door, residence: home, room: hall, profile: rtl433-contact, topic: rtl_433/pi/Honeywell-Security/7}"

    private func hub(_ lines: String...) throws -> SteppedHub {
        try SteppedHub(files: [
            "devices.yaml": "version: 1\ndevices:\(lines.isEmpty ? " []" : "")\n"
                + lines.map { "  - \($0)\n" }.joined()
        ])
    }

    private func proposals(_ hub: SteppedHub) throws -> DeviceProposals {
        try DeviceProposals(try hub.reader, home: try hub.home)
    }

    private func text(_ hub: SteppedHub) throws -> String {
        try String(contentsOfFile: hub.folder.file("devices.yaml"), encoding: .utf8)
    }

    @Test("of a device that has its place is no proposal, but is told, and added with one word")
    func besides() throws {
        let hub = try hub(Self.door)
        try hub.say(
            (Self.cellar, Self.says),
            (
                "home/cellar/BTtoMQTT/A4C138000002",
                #"{"id":"A4:C1:38:00:00:02","model_id":"RTCGQ02LM"}"#
            ))
        #expect(try proposals(hub).open.map(\.device.identity) == ["a4c138000002"])
        #expect(try proposals(hub).besides == ["home/door": [Self.cellar]])
        try DeviceHearing(device: "home/door", topic: Self.cellar)
            .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        #expect(try hub.home.addresses(of: "home/door") == [Self.attic, Self.cellar])
        #expect(try proposals(hub).besides == [:])
        #expect(throws: PlacingError.self) {
            try DeviceHearing(device: "home/door", topic: Self.cellar)
                .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        }
    }

    @Test("of a device without a place is the same proposal, and both topics get the place")
    func both() throws {
        let hub = try hub()
        // Of the second one only something without a model was heard yet.
        try hub.say((Self.cellar, Self.says), (Self.attic, #"{"open":true}"#))
        var open = try proposals(hub).open
        #expect(open.map(\.device.topics) == [[Self.cellar, Self.attic]])
        try hub.say((Self.attic, Self.says))
        open = try proposals(hub).open
        #expect(open.count == 1)
        let choice = try #require(open.first?.choices(Repository.library.profiles).first)
        #expect(choice.profile.id == "gateway-contact")
        let also = try #require(open.first?.also(choice))
        let home = try DevicePlacing(
            profile: choice.profile.id, topic: choice.topic, also: also, name: "door",
            residence: "home", room: "home/hall", person: nil, title: "Door"
        ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        #expect(Set(home.addresses(of: "home/door")) == [Self.attic, Self.cellar])
        #expect(try proposals(hub).open.isEmpty)
    }

    @Test("by rtl_433 is known by model and number; a whole receiver is no device of another one")
    func radio() throws {
        let hub = try hub(Self.radio)
        let says = #"{"model":"Honeywell-Security","id":7,"state":"open"}"#
        try hub.say(
            ("rtl_433/attic/Honeywell-Security/7", says),
            ("rtl_433/attic/Honeywell-Security/8", says),
            ("rtl_433/yard/Honeywell-Security/8", says), ("rtl_433/attic/events", says),
            ("rtl_433/yard/events", says))
        let found = try proposals(hub)
        #expect(found.besides == ["home/door": ["rtl_433/attic/Honeywell-Security/7"]])
        #expect(
            found.open.map { Set($0.device.topics) }.sorted { $0.count > $1.count } == [
                ["rtl_433/attic/Honeywell-Security/8", "rtl_433/yard/Honeywell-Security/8"]
            ] + found.open.filter { $0.device.topics.count == 1 }.map { Set($0.device.topics) })
        #expect(found.open.count == 3)
    }

    @Test(
        "is added in the line as it is written",
        arguments: [
            (
                "{name: door, topic: T1, profile: gateway-contact, room: hall}",
                "{name: door, topic: T1, also: [\"T2\"], profile: gateway-contact, room: hall}"
            ),
            (
                "{name: door, profile: gateway-contact, room: hall, topic: \"T1\", also: [\"T3\"]}",
                "{name: door, profile: gateway-contact, room: hall, topic: \"T1\", also: [\"T3\", \"T2\"]}"
            ),
            (
                "{name: door, profile: gateway-contact, room: hall, topic: T1, also: T3} # once",
                "{name: door, profile: gateway-contact, room: hall, topic: T1, also: [\"T3\", \"T2\"]} # once"
            ),
            (
                "name: door\n    topic: T1 # attic\n    profile: gateway-contact",
                "name: door\n    topic: T1\n    also: [\"T2\"] # attic\n    profile: gateway-contact"
            ),
            (
                "topic: 'T1'\n    name: door\n    profile: gateway-contact",
                "topic: 'T1'\n    also: [\"T2\"]\n    name: door\n    profile: gateway-contact"
            ),
        ])
    func line(before: String, after: String) throws {
        func filled(_ text: String) -> String {
            (1...3).reduce(text) {
                $0.replacing("T\($1)", with: "home/g\($1)/BTtoMQTT/A4C138000001")
            }
        }
        let hub = try hub(
            filled(before), "{name: other, profile: gateway-contact, topic: h/g/BTtoMQTT/1}")
        let home = try DeviceHearing(
            device: "home/door", topic: filled("T2")
        ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        #expect(try text(hub).contains("  - \(filled(after))\n"))
        #expect(home.addresses(of: "home/other") == ["h/g/BTtoMQTT/1"])
    }

    @Test("what cannot be changed in its line is left, with what to write by hand")
    func byHand() throws {
        let hub = try hub(
            "name: door\n    profile: gateway-contact\n    topic: \(Self.attic)\n    also:\n      - home/yard/BTtoMQTT/A4C138000001"
        )
        let before = try text(hub)
        let error = #expect(throws: PlacingError.self) {
            try DeviceHearing(device: "home/door", topic: Self.cellar)
                .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        }
        #expect(
            error?.description.hasSuffix(
                "by hand also: [home/yard/BTtoMQTT/A4C138000001, \(Self.cellar)]") == true)
        #expect(try text(hub) == before)
        let unfit = #expect(throws: PlacingError.self) {
            try DeviceHearing(device: "home/door", topic: "home/cellar")
                .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        }
        #expect(unfit != nil)
        #expect(try text(hub) == before)
    }

    @Test("goes with the old one when another device takes its place")
    func replaced() throws {
        let hub = try hub(
            Self.door.replacing("}", with: ", also: [\(Self.cellar)]}"))
        func replace(_ id: String, also: [String]) throws -> [String] {
            try DeviceReplacing(
                device: "home/door", profile: "gateway-contact", topic: "home/attic/BTtoMQTT/\(id)",
                also: also
            ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
                .addresses(of: "home/door")
        }
        #expect(try replace("A4C138000009", also: []) == ["home/attic/BTtoMQTT/A4C138000009"])
        let second = "home/cellar/BTtoMQTT/A4C138000010"
        #expect(
            try replace("A4C138000010", also: [second]) == [
                "home/attic/BTtoMQTT/A4C138000010", second,
            ])
    }
}
