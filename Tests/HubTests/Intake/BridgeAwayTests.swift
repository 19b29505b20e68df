import Rules
import Testing

@testable import Hub

@Suite("A bridge that is away, told by the hub")
struct BridgeAwayTests {
    static let files = [
        "devices.yaml": """
        version: 1
        devices:
          - {name: cord, residence: home, room: hall, profile: zigbee2mqtt-sos, topic: zigbee2mqtt/cord}
          - {name: door, residence: home, room: hall, profile: zigbee2mqtt-contact, topic: zigbee2mqtt/door}
          - {name: tablet, residence: home, room: hall, profile: json-app, topic: home/tablet}
        """,
        "rules/silent.yaml": """
        version: 1
        rules:
          - {id: silent, per: device, priority: medium, when: {kind: [call_button, door], device: {silent_for: 2h}}, do: {en: Look., fr: Voir.}}
        """,
    ]
    static let told = "bridge-away home/bridge:zigbee2mqtt/bridge/state"
    private static let away = ("zigbee2mqtt/bridge/state", #"{"state":"offline"}"#)
    private static let there = ("zigbee2mqtt/bridge/state", #"{"state":"online"}"#)

    @Test(
        "one that restarts is no alert; one that stays away is one, across a restart of the hub, once"
    )
    func once() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.away)
        try hub.wait(.seconds(20))
        try hub.say(Self.there)
        try hub.wait(.minutes(2))
        #expect(try hub.alerts().isEmpty)
        try hub.say(Self.away)
        try hub.wait(.seconds(20))
        #expect(try hub.alerts().isEmpty)
        // The time that it was away before the restart counts.
        try hub.restart(after: .seconds(12))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
        try hub.restart()
        try hub.wait(.minutes(5))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
        try hub.restart()
        try hub.say(Self.there)
        #expect(try hub.alerts() == ["\(Self.told) normal shown"])
    }

    @Test(
        "somebody who says that it is over is not told again of the same time away, but of the next"
    )
    func resolved() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.away)
        try hub.wait(.minutes(1))
        let alert = try #require(try hub.reader.alerts(openOnly: true).first)
        try hub.ask(.perform(.resolve(alert.id, by: "marie", note: nil)))
        try hub.restart()
        try hub.wait(.minutes(5))
        #expect(try hub.alerts().count == 1)
        try hub.say(Self.there)
        try hub.say(Self.away)
        try hub.restart(after: .minutes(1))
        try hub.wait(.seconds(20))
        #expect(try hub.alerts().count == 2)
    }

    @Test(
        "its devices' silence is told by it, and replayed to the same; its own word is no sign of their life"
    )
    func silence() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(
            ("zigbee2mqtt/cord", #"{"battery":90}"#), ("zigbee2mqtt/door", #"{"contact":true}"#))
        try hub.wait(.minutes(115))
        try hub.say(Self.away)
        try hub.wait(.minutes(10))
        #expect(
            try hub.alerts().sorted() == [
                "\(Self.told) active shown", "silent home/cord active suppressed",
                "silent home/door active suppressed",
            ])
        let card = AlertMessage(
            try #require(try hub.reader.alerts(openOnly: true).first { $0.rule == "bridge-away" }),
            rule: BuiltInRule.bridgeAway.rule, home: try hub.home.home, events: [])
        #expect(card.place.device_title?.en.contains("2 devices behind it, for safety:") == true)
        try hub.say(Self.there)
        try hub.say(("zigbee2mqtt/door", #"{"contact":false}"#))
        try hub.wait(.minutes(11))
        #expect(
            try hub.alerts().sorted() == [
                "\(Self.told) normal shown", "silent home/cord active shown",
                "silent home/door normal shown",
            ])
        let results = try hub.reader.verify()
        #expect(results.filter { !$0.holds }.map(\.detail) == [])
    }
}
