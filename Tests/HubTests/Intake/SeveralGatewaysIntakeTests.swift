import Rules
import Testing

@testable import Hub

@Suite("A device that several gateways hear, in the hub")
struct SeveralGatewaysIntakeTests {
    private static let attic = "home/attic/BTtoMQTT/A4C138000001"
    private static let cellar = "home/cellar/BTtoMQTT/A4C138000001"
    private static let button = """
        profile: 1
        id: press
        title: {en: Button, fr: Bouton}
        kind: button
        messages:
          - {topic: "buttons/{gateway}/{id}", readings: [{capability: button.press, from: /press}]}
        """

    private static func files(_ also: String) -> [String: String] {
        [
            "devices.yaml": """
            version: 1
            devices:
              - {name: door, residence: home, room: hall, profile: gateway-contact, topic: \(attic)\(also)}
              - {name: pause, residence: home, person: p1, kind: pause_button, profile: press, topic: buttons/a/1, also: [buttons/b/1]}
            """,
            "profiles/press.yaml": button,
            "rules/door.yaml": """
            version: 1
            rules:
              - {id: opened, per: device, priority: medium, when: {kind: door, is: open}, do: {en: Look., fr: Voir.}}
            """,
        ]
    }

    private func kept(_ hub: SteppedHub) throws -> [String] {
        try hub.reader.latestEvents().filter { $0.key.capability == "contact.open" }.map {
            "\($0.key.device) \($0.event.value.plainText)"
        }
    }

    @Test(
        "what contradicts makes no alert and is a fault of the device; still said, it is believed")
    func contradiction() throws {
        let hub = try SteppedHub(files: Self.files(", also: [\(Self.cellar)]"), people: "p1")
        try hub.say((Self.attic, #"{"open":false}"#), (Self.cellar, #"{"open":true}"#))
        #expect(try hub.alerts().isEmpty)
        #expect(try kept(hub) == ["home/door false"])
        let fault = try #require(try hub.reader.deviceFaults().first)
        #expect(fault.device == "home/door" && fault.code == "contradiction" && fault.count == 1)
        #expect(fault.detail.hasPrefix("\(Self.cellar): says contact.open = true, and another"))
        #expect(fault.sample == Array(#"{"open":true}"#.utf8))
        func disagreements() throws -> [Int] {
            try DeviceHistory.all(try hub.home.home.devices, in: hub.reader, at: hub.outside.now)
                .map(\.disagreements)
        }
        #expect(try disagreements() == [1, 0])
        try hub.wait(.seconds(3))
        try hub.say((Self.cellar, #"{"open":true}"#))
        #expect(try hub.alerts() == ["opened home/door active shown"])
        #expect(try hub.reader.deviceFaults().map(\.count) == [1])
        let results = try hub.reader.verify()
        #expect(results.filter { !$0.holds }.map(\.detail) == [])
        hub.outside.now = hub.outside.now + .days(8)
        #expect(try disagreements() == [0, 0])
    }

    @Test("one press of the pause button through two gateways pauses, and does not end the pause")
    func pause() throws {
        let hub = try SteppedHub(files: Self.files(""), people: "p1")
        let press = #"{"press":"single"}"#
        try hub.say(("buttons/a/1", press), ("buttons/b/1", press))
        func commands() throws -> Int { try hub.reader.consentEntries().count }
        #expect(try commands() == 1)
        try hub.wait(.seconds(5))
        try hub.say(("buttons/b/1", press), ("buttons/a/1", press))
        #expect(try commands() == 2)
    }

    @Test("a gateway more or less is not another device: what is known of it goes on")
    func notReplaced() throws {
        let hub = try SteppedHub(files: Self.files(""), people: "p1")
        func change(_ also: String, topic: String = Self.attic) throws {
            try hub.kill()
            try hub.write(
                "devices.yaml",
                Self.files(also)["devices.yaml"]?.replacing(
                    "topic: \(Self.attic)", with: "topic: \(topic)")
                    ?? "")
            try hub.start()
        }
        try hub.say((Self.attic, #"{"open":true}"#))
        #expect(try hub.alerts() == ["opened home/door active shown"])
        try change(", also: [\(Self.cellar)]")
        // Told again as it was, by the other one: nothing new, and no second alert.
        try hub.say((Self.cellar, #"{"open":true}"#))
        try change(", also: [\(Self.attic)]", topic: Self.cellar)
        try change(", also: [\(Self.cellar)]")
        try change("")
        #expect(try hub.reader.deviceChanges(of: "home/door").map(\.kind) == [.placed])
        #expect(try kept(hub) == ["home/door true"])
        #expect(try hub.alerts() == ["opened home/door active shown"])
        try change("", topic: Self.cellar)
        #expect(try hub.reader.deviceChanges(of: "home/door").map(\.kind) == [.placed, .replaced])
    }
}
