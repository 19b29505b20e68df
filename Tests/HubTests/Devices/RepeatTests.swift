import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Repeats that are noise")
struct RepeatTests {
    /// Decodes and filters as the intake does, and shows what would be stored.
    private struct Filtered {
        var rig: ProfileRig
        var filter: RepeatFilter

        init(_ rig: ProfileRig) {
            self.rig = rig
            filter = RepeatFilter(rig.decoder.directory)
        }

        init(_ line: String, time: String? = nil) throws {
            self.init(try ProfileRig.readings(line, time: time))
        }

        mutating func stores(
            _ payload: String, after seconds: Int64, topic: String = "home/door",
            retained: Bool = false
        ) -> String {
            let received = ProfileRig.noon + .seconds(seconds)
            let decoded = rig.decode(payload, topic: topic, retained: retained, at: received)
            for reset in decoded.resets { filter.reset(reset, received: received) }
            return decoded.readings
                .filter {
                    filter.keeps(
                        $0, received: received,
                        effective: effectiveTime(of: $0.reading, received: received))
                }
                .map { ProfileRig.text($0.reading) }.joined(separator: " ")
        }
    }

    @Test("every press counts, equal or not, however fast")
    func presses() throws {
        var stream = try Filtered("{capability: alarm.sos, kind: pulse, from: /v}")
        for second in [0, 0, 1, 1] as [Int64] {
            #expect(stream.stores("{\"v\":true}", after: second) == "alarm.sos=true")
        }
    }

    @Test("a press that is told as a level is one until its end comes, however often it is told")
    func untilReset() throws {
        var stream = try Filtered(
            "{capability: alarm.sos, kind: pulse, from: /v, repeats: until_reset}")
        let told = [true, true, false, true, false, false, true]
        let stored = told.enumerated().filter {
            !stream.stores("{\"v\":\($0.element)}", after: Int64($0.offset)).isEmpty
        }.map(\.offset)
        #expect(stored == [0, 3, 6])
    }

    @Test(
        "after a start nobody knows whether a press that is told as a level ended: the next one counts"
    )
    func untilResetAfterStart() throws {
        var stream = try Filtered(
            "{capability: alarm.sos, kind: pulse, from: /v, repeats: until_reset}")
        #expect(stream.stores("{\"v\":true}", after: 0) == "alarm.sos=true")
        var after = Filtered(stream.rig)
        for key in after.rig.decoder.directory.streams {
            after.filter.seed(key, value: .boolean(true), effective: ProfileRig.noon)
        }
        #expect(after.stores("{\"v\":true}", after: 1) == "alarm.sos=true")
    }

    @Test("a state is kept as often as it comes, unless equal ones are to be dropped")
    func states() throws {
        var all = try Filtered("{capability: contact.open, from: /v}")
        var changes = try Filtered("{capability: contact.open, from: /v, repeats: drop_equal}")
        var kept = (0, 0)
        for (second, value) in [
            (0, "true"), (1, "true"), (2, "false"), (3, "false"), (4, "null"), (5, "null"),
        ] {
            let payload = "{\"v\":\(value)}"
            if !all.stores(payload, after: Int64(second)).isEmpty { kept.0 += 1 }
            if !changes.stores(payload, after: Int64(second)).isEmpty { kept.1 += 1 }
        }
        #expect(kept == (6, 3))
    }

    @Test("an equal value is kept again after the profile's time, so that silence stays visible")
    func every() throws {
        var stream = try Filtered(
            "{capability: contact.open, from: /v, repeats: drop_equal, every: 10m}")
        let stored = stride(from: Int64(0), through: 1800, by: 60).filter {
            !stream.stores("{\"v\":true}", after: $0).isEmpty
        }
        #expect(stored == [0, 600, 1200, 1800])
    }

    @Test("a number that hardly changes counts as equal, measured from the last one stored")
    func changeMin() throws {
        var stream = try Filtered(
            "{capability: env.temperature, from: /v, repeats: drop_equal, change_min: 0.5}")
        let values = [20.0, 20.2, 20.4, 20.5, 20.3, 20.0, 19.9]
        let stored = values.enumerated().filter {
            !stream.stores("{\"v\":\($0.element)}", after: Int64($0.offset)).isEmpty
        }.map(\.element)
        #expect(stored == [20.0, 20.5, 20.0])
    }

    @Test("copies of one press share a counter and are one; the next press has the next")
    func counter() throws {
        var stream = Filtered(
            try ProfileRig(
                """
                messages:
                  - topic: "home/{name}"
                    dedupe: {window: 10s, id: /pid}
                    readings: [{capability: button.press, from: /press}]
                """))
        func press(_ number: Int, _ second: Int64) -> Bool {
            !stream.stores("{\"press\":\"single\",\"pid\":\(number)}", after: second).isEmpty
        }
        #expect(press(7, 0))
        #expect(!press(7, 1))
        #expect(press(8, 1))
        #expect(!press(7, 2))
        #expect(!press(8, 9))
        #expect(press(7, 10))
        #expect(!stream.stores("{\"press\":\"single\"}", after: 10).isEmpty)
        #expect(!stream.stores("{\"press\":\"single\"}", after: 10).isEmpty)
    }

    @Test("copies that differ only where the profile says so are one")
    func ignore() throws {
        var stream = Filtered(
            try ProfileRig(
                """
                messages:
                  - topic: "home/{name}"
                    dedupe: {window: 2s, ignore: [/time, /rssi]}
                    readings: [{capability: remote.code, from: /code}]
                """))
        func code(_ code: Int, _ time: Int, _ rssi: Int, _ second: Int64) -> Bool {
            !stream.stores(
                "{\"time\":\(time),\"code\":\(code),\"rssi\":\(rssi)}", after: second
            ).isEmpty
        }
        #expect(code(41, 100, -60, 0))
        #expect(!code(41, 101, -61, 1))
        #expect(code(42, 101, -61, 1))
        #expect(code(41, 102, -61, 3))
    }

    @Test("the device's own time tells copies apart, even where it is not trusted")
    func repeatWindow() throws {
        for time in ["{at: /ts}", "{at: /ts, trusted: false}"] {
            var stream = try Filtered(
                "{capability: button.press, from: /v, repeat_window: 10s}", time: time)
            func press(_ stamp: Int, _ second: Int64) -> Bool {
                !stream.stores("{\"v\":\"single\",\"ts\":\(1_772_366_400 + stamp)}", after: second)
                    .isEmpty
            }
            #expect(press(0, 0))
            #expect(!press(0, 1))
            #expect(press(1, 1))
            #expect(press(0, 12))
        }
    }

    @Test("what is told late is kept beside the present and does not become it")
    func late() throws {
        var stream = try Filtered(
            "{capability: contact.open, from: /v, repeats: drop_equal}", time: "{at: /ts}")
        #expect(stream.stores("{\"v\":true}", after: 0) == "contact.open=true")
        #expect(
            stream.stores("{\"v\":false,\"ts\":1772360000}", after: 1) == "contact.open=false(late)"
        )
        #expect(stream.stores("{\"v\":true}", after: 2) == "")
    }

    @Test("a live value after a restored one is kept: only now it is known to hold")
    func restored() throws {
        var stream = try Filtered("{capability: contact.open, from: /v, repeats: drop_equal}")
        #expect(
            stream.stores("{\"v\":true}", after: 0, retained: true) == "contact.open=true(restored)"
        )
        #expect(stream.stores("{\"v\":true}", after: 1) == "contact.open=true")
        #expect(stream.stores("{\"v\":true}", after: 2, retained: true) == "")
    }

    @Test(
        "shown the last stored event at start, it drops what it would have dropped without a restart"
    )
    func seeded() throws {
        let rig = try ProfileRig.readings(
            "{capability: contact.open, from: /v, repeats: drop_equal}")
        var stream = Filtered(rig)
        stream.filter.seed(
            StreamKey(device: "home/door", capability: "contact.open"), value: .boolean(true),
            effective: ProfileRig.noon)
        #expect(stream.stores("{\"v\":true}", after: 5) == "")
        #expect(stream.stores("{\"v\":false}", after: 6) == "contact.open=false")
    }
}

@Suite("What a retained message means")
struct RetainedTests {
    private func rig(_ retained: String) throws -> ProfileRig {
        try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                retained: \(retained)
                readings:
                  - {capability: contact.open, from: /open}
                  - {capability: button.press, from: /press}
            """)
    }

    @Test(
        "it restores a state, is an event where everything is retained, or nothing",
        arguments: [
            ("restore", "contact.open=true(restored)"),
            ("event", "contact.open=true button.press=\"single\""), ("ignore", "ignored: retained"),
        ])
    func meaning(word: String, expected: String) throws {
        var rig = try rig(word)
        #expect(rig.says("{\"open\":true,\"press\":\"single\"}", retained: true) == expected)
    }

    @Test("a press that the broker had kept is no press")
    func press() throws {
        var rig = try rig("restore")
        #expect(rig.says("{\"press\":\"single\"}", retained: true) == "ignored: retained")
    }

    @Test("an empty payload takes a retained message back, and says nothing")
    func empty() throws {
        var rig = try rig("restore")
        #expect(rig.says("") == "ignored: empty")
        #expect(rig.says("", retained: true) == "ignored: empty")
    }
}

@Suite("Availability")
struct AvailabilityTests {
    private func rig() throws -> ProfileRig {
        try ProfileRig(
            """
            messages:
              - topic: "{base}/{name}"
                readings: [{capability: contact.open, from: /open}]
            availability:
              - {topic: "{base}/{name}/availability", at: /state, online: [online, "1"], offline: [offline]}
              - {topic: "{base}/bridge/state", at: /state, scope: bridge}
            """)
    }

    @Test(
        "a device says whether it is there, as text or in JSON",
        arguments: [
            ("online", "device.online=true"), ("{\"state\":\"offline\"}", "device.online=false"),
            (" 1\n", "device.online=true"), ("Online", "device.online=unknown !unknown-word"),
            ("{\"state\":null}", "device.online=unknown !unknown-word"),
            ("{}", "ignored: nothing"), ("{\"state\":", "quarantined: not-json"),
            ("", "ignored: empty"),
        ])
    func device(payload: String, expected: String) throws {
        var rig = try rig()
        #expect(rig.says(payload, topic: "home/door/availability") == expected)
    }

    @Test("kept by the broker it is so already")
    func retained() throws {
        var rig = try rig()
        #expect(
            rig.says("offline", topic: "home/door/availability", retained: true)
                == "device.online=false(restored)")
    }

    @Test("while the bridge is away nobody knows whether its devices are there")
    func bridge() throws {
        var rig = try rig()
        #expect(
            rig.says("{\"state\":\"offline\"}", topic: "home/bridge/state")
                == "bridge.online=false device.online=unknown")
        #expect(rig.says("online", topic: "home/bridge/state") == "bridge.online=true")
    }

    @Test("one bridge's word goes to every device behind it")
    func allDevices() throws {
        let profile = try rig().profile
        let placements = ["a", "b", "c"].map {
            DevicePlacement(name: $0, residence: "home", profile: "test", topic: "home/\($0)")
        }
        let built = DeviceDirectory.build(profiles: [profile], placements: placements)
        var decoder = DeviceDecoder(built.directory)
        let decoded = decoder.decode(
            MQTTMessage(
                topic: "home/bridge/state", payload: Array("online".utf8),
                received: ProfileRig.noon))
        #expect(decoded.readings.map(\.device) == [0, 1, 2])
    }

    @Test("liveness: how long a device may be silent is what is expected times grace")
    func liveness() throws {
        let text =
            "messages:\n  - {topic: \"a/{b}\", readings: [{capability: contact.open, from: /o}]}\nliveness: {expect: 25h, grace: 1.2}\n"
        let rig = try ProfileRig(text, topic: "a/b")
        #expect(rig.decoder.directory.devices[0].silentAfter == .hours(30))
    }
}
