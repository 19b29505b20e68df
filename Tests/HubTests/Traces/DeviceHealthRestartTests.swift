import Rules
import Testing

@testable import Hub

@Suite("Health of devices, across kills of the hub")
struct DeviceHealthRestartTests {
    private static let files = [
        "devices.yaml": """
        version: 1
        devices:
          - {name: plug, residence: home, room: hall, profile: tasmota-plug, topic: stat/plug/POWER}
          - {name: door, residence: home, room: hall, profile: zigbee2mqtt-contact, topic: zigbee2mqtt/door}
        """
    ]

    /// The same four weeks of a plug that began anew twice and of a door whose battery goes down; the hub is killed
    /// after each day, or never.
    private func health(killed: Bool) throws -> [String] {
        let hub = try SteppedHub(files: Self.files)
        for day in 0..<28 {
            let level = 90 - day
            let uptime = day == 22 || day == 25 ? 5 : day * 86_400
            try hub.say(
                ("zigbee2mqtt/door", #"{"contact":true,"battery":\#(level),"linkquality":90}"#),
                ("tele/plug/STATE", #"{"UptimeSec":\#(uptime),"Wifi":{"Signal":-60}}"#),
                ("tele/plug/LWT", "Online"))
            if killed {
                // What is under way when it is killed is not stored, and comes again.
                try hub.restart(after: .hours(24))
            } else {
                hub.outside.now = hub.outside.now + .hours(24)
                try hub.turn()
            }
        }
        let reader = try hub.reader
        let devices = try hub.home.home.devices
        let now = hub.outside.now
        let all = DeviceHealth.all(devices, latest: try reader.latestEvents(), at: now)
        return zip(all, try DeviceHistory.all(devices, in: reader, at: now)).map {
            health, history in
            let seen = health.lastSeen.map { "\((now - $0).milliseconds / 3_600_000) h" } ?? "never"
            let days = history.battery.map { "\(Int($0.days.rounded()))" } ?? "?"
            return
                "\(health.device) \(health.state) \(seen) \(health.battery ?? -1) \(days) \(history.reboots)"
        }
    }

    @Test(
        "last heard, battery and its trend, restarts and state are the same, however often it is killed"
    )
    func kills() throws {
        let whole = try health(killed: false)
        #expect(
            whole == [
                "home/plug silent 24 h -1.0 ? 2", "home/door well 24 h 63.0 42 0",
            ])
        #expect(try health(killed: true) == whole)
    }
}
