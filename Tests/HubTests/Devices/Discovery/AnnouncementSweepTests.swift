import Rules
import Testing

@testable import Hub

@Suite("What was not announced again at a start")
struct AnnouncementSweepTests {
    private static let files = [
        "devices.yaml": """
        version: 1
        devices:
          - {name: one, residence: home, room: hall, profile: esphome-motion, topic: node1/binary_sensor/pir/state}
          - {name: two, residence: home, room: hall, profile: esphome-motion, topic: node2/binary_sensor/pir/state}
        """
    ]

    private static func config(_ number: Int) -> (String, String) {
        (
            "homeassistant/binary_sensor/node\(number)/pir/config",
            #"{"stat_t":"node\#(number)/binary_sensor/pir/state","dev_cla":"motion","dev":{"ids":"node\#(number)"}}"#
        )
    }

    private func vanished(_ hub: SteppedHub) throws -> [String] {
        try hub.reader.announced().filter { $0.vanished != nil }.map(\.device.identity).sorted()
    }

    private func announced() throws -> SteppedHub {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.config(1), Self.config(2), retained: true)
        try hub.wait(.hours(1))
        #expect(try vanished(hub) == [])
        return hub
    }

    @Test(
        "in a new session, what did not come again is vanished, without an alert, and is back when it comes"
    )
    func gone() throws {
        let hub = try announced()
        hub.outside.hasSession = false
        try hub.restart()
        try hub.say(Self.config(1), retained: true)
        try hub.wait(.seconds(100))
        #expect(try vanished(hub) == [])
        try hub.wait(.seconds(40))
        #expect(try vanished(hub) == ["node2"])
        #expect(try hub.alerts() == [])
        let change = try #require(try hub.reader.deviceChanges(of: "home/two").last)
        #expect(change.kind == .vanished && change.detail.contains("at the last start"))
        #expect(try hub.reader.deviceChanges(of: "home/one").map(\.kind) == [.placed])
        try hub.say(Self.config(2))
        #expect(try vanished(hub) == [])
        #expect(try hub.reader.deviceChanges(of: "home/two").last?.kind == .returned)
        #expect(try hub.alerts() == [])
    }

    @Test(
        "where nothing came again nobody is vanished: the broker lost what it kept, and that is counted once"
    )
    func lost() throws {
        let hub = try announced()
        hub.outside.hasSession = false
        try hub.restart()
        try hub.wait(.minutes(10))
        #expect(try vanished(hub) == [])
        #expect(try hub.reader.counters()["announcers_mute"] == 1)
    }

    @Test("in a session that was kept nothing comes again, and nothing is missed")
    func kept() throws {
        let hub = try announced()
        try hub.restart()
        try hub.wait(.minutes(10))
        #expect(try vanished(hub) == [])
        #expect(try hub.reader.counters()["announcers_mute"] == nil)
    }

    @Test(
        "what was said a moment before the hub came back counts, though it is not written a second time"
    )
    func quick() throws {
        let hub = try announced()
        try hub.say(Self.config(1), Self.config(2), retained: true)
        hub.outside.hasSession = false
        try hub.restart()
        try hub.say(Self.config(1), Self.config(2), retained: true)
        try hub.wait(.minutes(10))
        #expect(try vanished(hub) == [])
    }
}
