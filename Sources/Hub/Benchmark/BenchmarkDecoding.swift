import Foundation
import Rules

/// Measures how fast messages of many conventions are understood, on one core.
struct BenchmarkDecoding {
    /// What was measured.
    struct Rates: Sendable {
        /// Messages a second by their convention alone.
        var conventions: Double
        /// Messages a second by the profiles of 1,000 placed devices.
        var profiles: Double
        /// How long a bridge's announcement of five megabytes takes, in ms.
        var announcement: Double
    }

    /// What homes' devices say, in about the shares in which they say it.
    private static let mix: [(topic: String, payload: String)] = [
        (
            "zigbee2mqtt/hall_motion",
            "{\"battery\":92,\"illuminance_lux\":14,\"linkquality\":120,\"occupancy\":true,\"voltage\":3015}"
        ),
        (
            "zigbee2mqtt/front_door",
            "{\"battery\":88,\"contact\":false,\"linkquality\":87,\"voltage\":2995}"
        ),
        (
            "zigbee2mqtt/stove",
            "{\"current\":4.12,\"energy\":212.5,\"linkquality\":150,\"power\":948,\"state\":\"ON\",\"voltage\":230}"
        ),
        ("zigbee2mqtt/cord", "{\"action\":\"emergency\",\"battery\":77,\"linkquality\":60}"),
        (
            "tele/kettle/SENSOR",
            "{\"Time\":\"2026-05-01T10:00:00\",\"ENERGY\":{\"Total\":12.1,\"Power\":1810,\"Voltage\":231,\"Current\":7.8}}"
        ),
        ("tele/kettle/LWT", "Online"), ("stat/lamp/POWER", "ON"),
        (
            "shellyplus1pm-a1/status/switch:0",
            "{\"id\":0,\"output\":true,\"apower\":12.5,\"voltage\":230.4,\"current\":0.06,\"aenergy\":{\"total\":812.2},\"temperature\":{\"tC\":41.2}}"
        ),
        ("shellies/shellydw2-1/sensor/state", "open"),
        ("homie/5/lamp/light/power", "true"),
        ("hall/binary_sensor/front_door/state", "ON"),
        ("hall/sensor/hall_temperature/state", "21.4"),
        ("zwave/bath/113/0/Access_Control/Door_state", "{\"time\":1777000000000,\"value\":22}"),
        (
            "home/gateway/BTtoMQTT/A4C138000001",
            "{\"id\":\"A4:C1:38:00:00:01\",\"name\":\"ATC\",\"rssi\":-71,\"tempc\":21.1,\"hum\":48,\"batt\":91}"
        ),
        (
            "rtl_433/pi/events",
            "{\"time\":\"2026-05-01 10:00:00\",\"model\":\"Nexus-TH\",\"id\":12,\"channel\":1,\"battery_ok\":1,\"temperature_C\":19.8,\"humidity\":51}"
        ),
        (
            "owntracks/p1/phone",
            "{\"_type\":\"location\",\"acc\":12,\"batt\":80,\"lat\":48.1,\"lon\":2.1,\"tst\":1777000000}"
        ),
        (
            "senml/x",
            "[{\"bn\":\"urn:dev:mac:1:\",\"n\":\"t\",\"u\":\"Cel\",\"v\":20.1},{\"n\":\"h\",\"u\":\"%RH\",\"v\":44}]"
        ),
    ]

    /// - Parameter folder: where a home may be written.
    static func measure(folder: String, _ stop: BenchmarkStop) throws -> Rates {
        let now = Clock.system.now()
        let messages = mix.map {
            MQTTMessage(
                topic: $0.topic, payload: Array($0.payload.utf8), retained: false, received: now)
        }
        let conventions = try rate(messages, stop) { Conventions.read($0).readings.count }
        var (decoder, placed) = try profiled(folder, at: now)
        let profiles = try rate(placed, stop) { decoder.decode($0).readings.count }
        let announcement = MQTTMessage(
            topic: BenchmarkAnnouncement.topic, payload: BenchmarkAnnouncement.payload(),
            retained: true, received: now)
        var times: [Double] = []
        for _ in 0..<5 {
            try stop.check()
            let start = ContinuousClock.now
            guard case .all(let devices)? = Announcements.read(announcement)?.change,
                devices.count > 1000
            else { throw BenchmarkError("the announcement is not read") }
            times.append((ContinuousClock.now - start).seconds * 1000)
        }
        return Rates(
            conventions: conventions, profiles: profiles,
            announcement: BenchmarkReport.median(times))
    }

    /// A residence's placed devices, and what they say.
    private static func profiled(
        _ folder: String, at now: Instant
    ) throws -> (DeviceDecoder, [MQTTMessage]) {
        let home = folder + "/decoding"
        try BenchmarkHome(residences: 50, rules: .instances(0))
            .write(to: home, port: 1, clientID: "bench")
        let loaded = try HomeFolder.load(home)
        guard !loaded.hasErrors else { throw BenchmarkError(loaded.report) }
        var traffic = BenchmarkTraffic(residences: 50)
        let messages = (0..<1000).map { _ in
            let said = traffic.next(at: now)
            return MQTTMessage(
                topic: said.topic, payload: Array(said.payload.utf8), retained: false,
                received: now)
        }
        return (DeviceDecoder(loaded.directory), messages)
    }

    /// Messages a second, the median of seven rounds.
    private static func rate(
        _ messages: [MQTTMessage], _ stop: BenchmarkStop, _ read: (MQTTMessage) -> Int
    ) throws -> Double {
        var rates: [Double] = []
        for _ in 0..<7 {
            try stop.check()
            var readings = 0
            let rounds = 50_000 / messages.count
            let start = ContinuousClock.now
            for _ in 0..<rounds {
                for message in messages { readings += read(message) }
            }
            let seconds = (ContinuousClock.now - start).seconds
            guard readings > 0 else { throw BenchmarkError("nothing was read") }
            rates.append(Double(rounds * messages.count) / seconds)
        }
        return BenchmarkReport.median(rates)
    }
}
