import Foundation
import Rules

/// Measures how fast messages of many conventions are understood, on one core.
struct BenchmarkDecoding {
    /// What was measured.
    struct Rates: Sendable {
        /// Messages a second by their convention alone.
        var conventions: Double
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

    static func measure(_ stop: BenchmarkStop) throws -> Rates {
        let now = Clock.system.now()
        let messages = mix.map {
            MQTTMessage(
                topic: $0.topic, payload: Array($0.payload.utf8), retained: false, received: now)
        }
        var rates: [Double] = []
        for _ in 0..<5 {
            try stop.check()
            var readings = 0
            let rounds = 3000
            let start = ContinuousClock.now
            for _ in 0..<rounds {
                for message in messages { readings += Conventions.read(message).readings.count }
            }
            let seconds = (ContinuousClock.now - start).seconds
            guard readings > 0 else { throw BenchmarkError("nothing was read") }
            rates.append(Double(rounds * messages.count) / seconds)
        }
        let device =
            "{\"friendly_name\":\"x\",\"type\":\"EndDevice\",\"power_source\":\"Battery\",\"definition\":{\"exposes\":[{\"name\":\"state\",\"access\":7,\"values\":[1,2,3]}]}}"
        let count = 5_000_000 / device.utf8.count
        let announcement = MQTTMessage(
            topic: "zigbee2mqtt/bridge/devices",
            payload: Array(
                ("[" + Array(repeating: device, count: count).joined(separator: ",") + "]").utf8),
            retained: true, received: now)
        var times: [Double] = []
        for _ in 0..<5 {
            let start = ContinuousClock.now
            guard Conventions.read(announcement).value("devices") != nil else {
                throw BenchmarkError("the announcement is not read")
            }
            times.append((ContinuousClock.now - start).seconds * 1000)
        }
        return Rates(
            conventions: BenchmarkReport.median(rates), announcement: BenchmarkReport.median(times))
    }
}
