import Rules
import Testing

@testable import Hub

@Suite("A device that several gateways hear")
struct SeveralGatewaysTests {
    /// What gateways A, B and C hear of one device, filtered as the intake does.
    private struct Heard {
        var rig: ProfileRig
        var filter: RepeatFilter

        init(_ reading: String, more: String = "") throws {
            let yaml = """
                messages:
                  - topic: "home/{gateway}/{id}"
                \(more.isEmpty ? "" : "    \(more)\n")    readings: [\(reading)]
                """
            rig = try ProfileRig(yaml, topic: "home/A/7", also: ["home/B/7", "home/C/7"])
            filter = RepeatFilter(rig.decoder.directory)
        }

        /// Of `A true 0`, `B true 300` …, each with the milliseconds at which it comes, those that are stored; with `!` those
        /// that contradict.
        mutating func stores(_ told: String) -> String {
            told.split(separator: ";").compactMap { item -> String? in
                let parts = item.split(separator: " ").map(String.init)
                let late = parts.count > 3
                let received =
                    ProfileRig.noon + TimeSpan(milliseconds: Int64(parts[2]) ?? 0)
                let decoded = rig.decode(
                    parts[1].hasPrefix("{") ? parts[1] : "{\"v\":\(parts[1])}",
                    topic: "home/\(parts[0])/7", retained: late, at: received)
                for reset in decoded.resets { filter.reset(reset, received: received) }
                let verdicts = decoded.readings.map {
                    filter.verdict(
                        on: $0, received: received,
                        effective: effectiveTime(of: $0.reading, received: received))
                }
                if verdicts.contains(.contradiction) { return "\(parts[0])\(parts[2])!" }
                return verdicts.contains(.kept) ? "\(parts[0])\(parts[2])" : nil
            }.joined(separator: " ")
        }
    }

    @Test("is one device with one stream for each reading, and says through which address it came")
    func directory() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "{base}/{gateway}/{id}"
                readings:
                  - {capability: contact.open, from: /open}
                  - {capability: button.press, from: /press, instance: "{id}"}
              - topic: "{base}/all"
                readings: [{capability: env.temperature, from: /t}]
            """, topic: "home/A/7", also: ["home/B/7", "yard/C/8"])
        let directory = rig.decoder.directory
        #expect(directory.addresses(of: 0) == ["home/A/7", "home/B/7", "yard/C/8"])
        #expect(directory.streams.count == 3)
        #expect(
            directory.topicFilters == ["home/A/7", "home/B/7", "home/all", "yard/C/8", "yard/all"])
        for (topic, address) in [("home/A/7", 1), ("home/B/7", 2), ("yard/C/8", 3)] {
            let readings = rig.decode("{\"open\":true,\"press\":\"x\"}", topic: topic).readings
            #expect(readings.map(\.stream) == [0, 1] && readings.map(\.device) == [0, 0])
            #expect(readings.map { Int($0.address) } == [address, address])
            #expect(readings.map(\.reading.channel) == ["", "7"])
        }
        // A topic that two addresses share is one.
        #expect(rig.says("{\"t\":20}", topic: "home/all") == "env.temperature=20.0")
        var alone = try ProfileRig.readings("{capability: contact.open, from: /open}")
        #expect(alone.decode("{\"open\":true}").readings.map(\.address) == [0])
    }

    @Test("hangs on a bridge only where all its addresses do; the word of one of several is none")
    func availability() throws {
        let yaml = """
            messages:
              - topic: "{base}/{gateway}/{id}"
                readings: [{capability: contact.open, from: /open}]
            availability:
              - {topic: "{base}/{gateway}/LWT", scope: bridge}
              - {topic: "{base}/{id}/there"}
            """
        var two = try ProfileRig(yaml, topic: "home/A/7", also: ["home/B/7"])
        #expect(two.says("offline", topic: "home/A/LWT") == "unknown")
        #expect(two.says("offline", topic: "home/7/there") == "device.online=false")
        var device = two.decoder.directory.devices[0]
        #expect(device.bridge == nil)
        #expect(
            device.capabilities.map(\.capability.rawValue) == ["contact.open", "device.online"])
        // What its only gateway said before it had a second one is no word on it any more.
        let event = Event(
            sequence: SequenceNumber(rawValue: 1), stream: StreamID(rawValue: 1), kind: .health,
            value: .boolean(false),
            received: ProfileRig.noon,
            effective: ProfileRig.noon, freshness: .live)
        let said = [(key: StreamKey(device: device.id, capability: "bridge.online"), event: event)]
        func state() -> DeviceHealth.State? {
            DeviceHealth.all([device], latest: said, at: ProfileRig.noon).first?.state
        }
        #expect(state() != .bridgeAway)
        var same = try ProfileRig(yaml, topic: "home/A/7", also: ["home/A/8"])
        #expect(same.says("offline", topic: "home/A/LWT").hasPrefix("bridge.online=false"))
        device = same.decoder.directory.devices[0]
        #expect(device.bridge == "home/A/LWT" && state() == .bridgeAway)
    }

    @Test(
        "a press that a second gateway passes on is a copy; two through one gateway are two",
        arguments: [
            ("A true 0; B true 100; C true 300", "A0"),
            ("A true 0; B true 100; A true 1000; B true 1100", "A0 A1000"),
            ("A true 0; A true 1000; B true 1200; B true 1900", "A0 A1000"),
            // What B hears a second time A did not hear.
            ("A true 0; B true 100; B true 1000", "A0 B1000"),
            ("A true 0; B true 1999", "A0"), ("A true 0; B true 2000", "A0 B2000"),
            ("A true 0; A true 0; A true 1", "A0 A0 A1"),
        ])
    func presses(told: String, stored: String) throws {
        var heard = try Heard("{capability: alarm.sos, kind: pulse, from: /v}")
        #expect(heard.stores(told) == stored)
    }

    @Test("another press is never a copy, and after a restart of the hub each is told")
    func otherPress() throws {
        var heard = try Heard("{capability: button.press, from: /v}")
        #expect(
            heard.stores(#"A "single" 0; B "double" 100; A "double" 200; B "single" 300"#)
                == "A0 B100")
        var after = heard
        after.filter = RepeatFilter(heard.rig.decoder.directory)
        after.filter.seed(
            StreamKey(device: "home/door", capability: "button.press"), value: .text("single"),
            effective: ProfileRig.noon)
        #expect(after.stores(#"B "single" 400; A "single" 500"#) == "B400")
    }

    @Test("the eight copies that a radio sends are one press, through two gateways too")
    func radio() throws {
        var heard = try Heard(
            "{capability: remote.code, kind: usage, from: /v}",
            more: "dedupe: {window: 2s, ignore: [/at]}")
        func press(_ start: Int) -> String {
            (0..<8).map {
                #"A {"v":"41","by":"a","at":\#($0)} \#(start + $0 * 20); B {"v":"41","by":"b","at":\#($0)} \#(start + $0 * 20 + 9)"#
            }.joined(separator: "; ")
        }
        #expect(heard.stores("\(press(0)); \(press(3000))") == "A0 A3000")
    }

    @Test("where the device counts its presses the counter decides, not the time")
    func counter() throws {
        var heard = try Heard(
            "{capability: button.press, from: /v}", more: "dedupe: {window: 30s, id: /pid}")
        #expect(
            heard.stores(
                #"A {"v":"x","pid":1} 0; C {"v":"x","pid":1} 100; B {"v":"x","pid":2} 900; A {"v":"x","pid":2} 5000"#
            ) == "A0 B900")
    }

    @Test(
        "a press that is told as a level is one, however the gateways lag behind each other",
        arguments: [
            ("A true 0; B false 100; A true 500; B true 600; A false 4000; B true 4200", "A0"),
            ("A true 0; B true 200; A false 300; B true 400; B false 600; A true 1000", "A0 A1000"),
            ("A true 0; A false 300; B true 400; B true 2500", "A0 B2500"),
        ])
    func levels(told: String, stored: String) throws {
        var heard = try Heard(
            "{capability: alarm.sos, kind: pulse, from: /v, repeats: until_reset}")
        #expect(heard.stores(told) == stored)
    }

    @Test(
        "a state that another gateway tells otherwise within two seconds is none until it is still told",
        arguments: [
            ("A true 0; B false 500", "A0 B500!"),
            ("A true 0; B false 500; B false 1900; B false 2000", "A0 B500! B1900! B2000"),
            // One that told the change itself does not lag.
            ("A true 0; B true 100; B false 1000; A true 1100; A false 1200", "A0 B1000 A1100!"),
            ("A true 0; A false 500; A true 900", "A0 A500 A900"),
            ("A true 0; B false 5000; A true 5500; A true 7000", "A0 B5000 A5500! A7000"),
            // Not to know is no contradiction.
            ("A true 0; B null 500", "A0 B500"),
        ])
    func states(told: String, stored: String) throws {
        var heard = try Heard("{capability: contact.open, from: /v, repeats: drop_equal}")
        #expect(heard.stores(told) == stored)
        var number = try Heard("{capability: presence.count, from: /v, repeats: drop_equal}")
        #expect(number.stores("A 1 0; B 2 500") == "A0 B500")
    }

    @Test("how well it is heard is told by one gateway, and by another where that one is silent")
    func link() throws {
        var heard = try Heard("{capability: link.rssi, from: /v, unit: dBm}")
        #expect(
            heard.stores("A -50 0; B -80 100; A -52 300000; B -81 899999; B -82 900000")
                == "A0 A300000 B900000")
    }
}
