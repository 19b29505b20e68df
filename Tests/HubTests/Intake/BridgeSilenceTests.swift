import Rules
import Testing

@testable import Hub

@Suite("A bridge that hangs, told by the silence of all that hangs on it")
struct BridgeSilenceTests {
    private static let files = BridgeAwayTests.files
    private static let told = BridgeAwayTests.told
    private static let cord = ("zigbee2mqtt/cord", #"{"battery":90}"#)
    private static let door = ("zigbee2mqtt/door", #"{"contact":true}"#)

    @Test("it is one alert, before the first device's own and in place of all of them")
    func once() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.cord, Self.door)
        try hub.wait(.minutes(87))
        #expect(try hub.alerts().isEmpty)
        try hub.wait(.minutes(3))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
        try hub.wait(.minutes(60))
        #expect(
            try hub.alerts().sorted() == [
                "\(Self.told) active shown", "silent home/cord active suppressed",
                "silent home/door active suppressed",
            ])
        // One that speaks is enough; the other one's silence is its own from then on.
        try hub.say(Self.door)
        #expect(try hub.alerts().contains("\(Self.told) normal shown"))
        try hub.wait(.minutes(15))
        #expect(
            try hub.alerts().sorted() == [
                "\(Self.told) normal shown", "silent home/cord active shown",
                "silent home/door normal shown",
            ])
        #expect(try hub.reader.verify().filter { !$0.holds }.map(\.detail) == [])
    }

    @Test(
        "a restart of the hub goes on where it ended; what the broker kept of it is no sign that it lives"
    )
    func restart() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.cord, Self.door)
        try hub.wait(.minutes(90))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
        try hub.restart(after: .minutes(5))
        try hub.say(("zigbee2mqtt/bridge/state", #"{"state":"online"}"#), retained: true)
        try hub.wait(.minutes(20))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
        let health = try DeviceHealth.all(
            hub.home.home.devices, in: hub.reader, at: hub.outside.now)
        #expect(health.map(\.state) == [.bridgeAway, .bridgeAway, .unheard])
        try hub.say(Self.cord)
        #expect(try hub.alerts() == ["\(Self.told) normal shown"])
        // Somebody who says that it is over is told again of the next time only.
        try hub.wait(.minutes(90))
        let alert = try #require(
            try hub.reader.alerts(openOnly: true).last { $0.rule == "bridge-away" })
        #expect(alert.condition == .active)
        try hub.ask(.perform(.resolve(alert.id, by: "marie", note: nil)))
        try hub.restart()
        try hub.wait(.minutes(120))
        #expect(try hub.alerts().count { $0.contains(Self.told) } == 1)
    }

    @Test(
        "one device alone may be silent by itself, and so may one that was silent before the others"
    )
    func alone() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.door)
        try hub.wait(.minutes(61))
        try hub.say(Self.door)
        try hub.wait(.minutes(100))
        #expect(try hub.alerts() == ["silent home/cord active shown"])
    }

    @Test("devices that report once a day are not missed before two of them have missed a report")
    func daily() throws {
        let hub = try SteppedHub(files: ["devices.yaml": Self.files["devices.yaml"] ?? ""])
        try hub.say(Self.cord, Self.door)
        try hub.wait(.hours(27), step: .minutes(1))
        #expect(try hub.alerts().isEmpty)
        try hub.wait(.hours(1), step: .minutes(1))
        #expect(try hub.alerts() == ["\(Self.told) active shown"])
    }

    @Test("nothing follows from silence while the broker is away")
    func deaf() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.say(Self.cord, Self.door)
        hub.outside.isConnected = false
        try hub.wait(.minutes(90))
        hub.outside.isConnected = true
        try hub.wait(.minutes(60))
        #expect(try hub.alerts().filter { $0.contains(Self.told) }.isEmpty)
        try hub.wait(.minutes(31))
        #expect(try hub.alerts().contains("\(Self.told) active shown"))
    }
}
