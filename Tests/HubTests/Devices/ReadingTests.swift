import Foundation
import Rules
import Testing

@testable import Hub

@Suite("From a payload to readings")
struct ReadingTests {
    private func says(_ line: String, _ payload: String) throws -> String {
        var rig = try ProfileRig.readings(line)
        return rig.says(payload)
    }

    @Test(
        "a yes or no is read from what devices write for it",
        arguments: [
            ("true", "contact.open=true"), ("false", "contact.open=false"),
            ("1", "contact.open=true"), ("0", "contact.open=false"), ("1.0", "contact.open=true"),
            ("\"true\"", "contact.open=true"), ("\"0\"", "contact.open=false"),
            ("null", "contact.open=unknown"), ("\"\"", "contact.open=unknown"),
            ("2", "contact.open=unknown !wrong-type"),
            ("\"perhaps\"", "contact.open=unknown !wrong-type"),
            ("[]", "contact.open=unknown !wrong-type"), ("{}", "contact.open=unknown !wrong-type"),
        ])
    func boolean(raw: String, expected: String) throws {
        #expect(
            try says("{capability: contact.open, from: /v}", "{\"v\":\(raw)}") == expected)
    }

    @Test(
        "a number is scaled, shifted, and kept within what can be",
        arguments: [
            ("2985", "device.battery_voltage=2.985"),
            ("\"2985\"", "device.battery_voltage=2.985"),
            ("-0", "device.battery_voltage=unknown !out-of-range"),
            ("99999", "device.battery_voltage=unknown !out-of-range"),
            ("1e400", "device.battery_voltage=unknown !number-too-large"),
            ("-1e-400", "device.battery_voltage=unknown !out-of-range"),
            ("\"nan\"", "device.battery_voltage=unknown"),
            ("\"inf\"", "device.battery_voltage=unknown !number-too-large"),
            ("-1", "device.battery_voltage=unknown"),
            ("\"none\"", "device.battery_voltage=unknown"),
            ("true", "device.battery_voltage=unknown !wrong-type"),
            ("null", "device.battery_voltage=unknown"),
            ("\"12 V\"", "device.battery_voltage=unknown !wrong-type"),
        ])
    func number(raw: String, expected: String) throws {
        let line =
            "{capability: device.battery_voltage, from: /v, scale: 0.001, valid: [0.5, 20], sentinels: [-1, none]}"
        #expect(try says(line, "{\"v\":\(raw)}") == expected)
    }

    @Test("zero has one form: minus zero equals it, to the byte")
    func minusZero() throws {
        var rig = try ProfileRig.readings("{capability: power.active, from: /v}")
        let value = try #require(rig.decode("{\"v\":-0.0}").readings.first?.reading.value)
        #expect(value == .number(0))
        if case .number(let number) = value { #expect(number.bitPattern == 0) }
    }

    @Test("Fahrenheit becomes Celsius by scale and offset")
    func offset() throws {
        var rig = try ProfileRig.readings(
            "{capability: env.temperature, unit: Cel, from: /f, scale: 0.5555555555555556, offset: -17.77777777777778}"
        )
        let value = try #require(rig.decode("{\"f\":68}").readings.first?.reading.value)
        #expect(value.plainText.hasPrefix("20") || value.plainText.hasPrefix("19.99999"))
    }

    @Test("a number stands for yes or no above or below a limit")
    func threshold() throws {
        let bed = "{capability: bed.occupied, from: /kg, above: 25}"
        #expect(try says(bed, "{\"kg\":25}") == "bed.occupied=false")
        #expect(try says(bed, "{\"kg\":25.1}") == "bed.occupied=true")
        #expect(try says(bed, "{\"kg\":\"61\"}") == "bed.occupied=true")
        #expect(try says(bed, "{\"kg\":null}") == "bed.occupied=unknown")
        #expect(try says(bed, "{\"kg\":\"heavy\"}") == "bed.occupied=unknown !wrong-type")
        #expect(
            try says("{capability: alarm.water, from: /ohm, below: 100}", "{\"ohm\":20}")
                == "alarm.water=true")
    }

    @Test("a word means what the map says, as text, number or yes and no")
    func map() throws {
        let line =
            "{capability: bed.occupied, from: /v, map: {in: true, 0: false, true: false, gone: null}}"
        for (raw, expected) in [
            ("\"in\"", "true"), ("0", "false"), ("0.0", "false"), ("\"0\"", "false"),
            ("true", "false"), ("\"gone\"", "unknown"), ("\"IN\"", "unknown !unknown-word"),
            ("{}", "unknown !unknown-word"),
        ] {
            #expect(try says(line, "{\"v\":\(raw)}") == "bed.occupied=" + expected, "\(raw)")
        }
    }

    @Test("otherwise says what becomes of a word that the map does not have")
    func otherwise() throws {
        func line(_ word: String) -> String {
            "{capability: button.press, from: /v, map: {1: single}, otherwise: \(word)}"
        }
        #expect(try says(line("drop"), "{\"v\":\"x\"}") == "ignored: nothing")
        #expect(try says(line("unknown"), "{\"v\":\"x\"}") == "ignored: nothing")
        #expect(try says(line("keep"), "{\"v\":\"double\"}") == "button.press=\"double\"")
        #expect(
            try says("{capability: button.press, from: /v, map: {1: single}}", "{\"v\":\"x\"}")
                == "quarantined: unknown-word !unknown-word"
                || says("{capability: button.press, from: /v, map: {1: single}}", "{\"v\":\"x\"}")
                    == "quarantined: unknown-word"
        )
    }

    @Test(
        "on a press, whatever does not say that it happened is nothing",
        arguments: ["null", "\"\"", "false", "0"])
    func noPress(raw: String) throws {
        #expect(
            try says("{capability: alarm.sos, kind: pulse, from: /v}", "{\"v\":\(raw)}")
                == "ignored: nothing")
    }

    @Test("what is left out is no reading, or the default where the device leaves zeros out")
    func absent() throws {
        #expect(try says("{capability: env.humidity, from: /h}", "{}") == "ignored: nothing")
        #expect(
            try says("{capability: env.humidity, from: /h, default: 0}", "{}") == "env.humidity=0.0"
        )
        #expect(
            try says("{capability: env.humidity, from: /h, default: 0}", "{\"h\":null}")
                == "env.humidity=unknown")
    }

    @Test("each gives one reading for each element, and the instance tells them apart")
    func each() throws {
        let relays =
            "{capability: switch.on, each: {at: /relays}, from: /on, instance: /name}"
        #expect(
            try says(relays, "{\"relays\":[{\"name\":\"a\",\"on\":1},{\"name\":\"b\",\"on\":0}]}")
                == "switch.on[a]=true switch.on[b]=false")
        let keys =
            "{capability: switch.on, each: {at: \"\", keys: \"POWER*\"}, from: \"\", instance: \"{key}\", map: {ON: true, OFF: false}}"
        #expect(
            try says(keys, "{\"POWER1\":\"ON\",\"Dimmer\":3,\"POWER2\":\"OFF\"}")
                == "switch.on[POWER1]=true switch.on[POWER2]=false")
        let list = "{capability: usage.symbol, each: /said, from: \"\"}"
        #expect(
            try says(list, "{\"said\":[\"me\",\"want\",\"me\"]}")
                == "usage.symbol=\"me\" usage.symbol=\"want\" usage.symbol=\"me\"")
        let names = "{capability: access.tag, each: /near, from: \"{key}\"}"
        #expect(
            try says(names, "{\"near\":{\"t1\":{},\"t2\":{}}}")
                == "access.tag=\"t1\" access.tag=\"t2\"")
        #expect(try says(list, "{\"said\":\"me\"}") == "quarantined: wrong-type")
        #expect(try says(list, "{\"said\":null}") == "ignored: nothing")
        let many = "[" + Array(repeating: "\"a\"", count: 257).joined(separator: ",") + "]"
        #expect(try says(list, "{\"said\":\(many)}") == "quarantined: too-many-elements")
    }

    @Test("an instance comes from the topic, the payload, or the profile itself")
    func instances() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                readings: [{capability: "switch.on[main]", from: /on}]
              - topic: "home/{name}/{relay}"
                readings: [{capability: switch.on, from: /on, instance: "{relay}"}]
            """)
        #expect(rig.says("{\"on\":true}") == "switch.on[main]=true")
        #expect(rig.says("{\"on\":true}", topic: "home/door/7") == "switch.on[7]=true")
        let long = String(repeating: "x", count: 65)
        #expect(
            rig.says("{\"on\":true}", topic: "home/door/\(long)") == "quarantined: text-too-long")
    }

    @Test("a whole payload is text, or one JSON value")
    func wholePayload() throws {
        let line = "{capability: contact.open, from: \"\", map: {open: true, closed: false}}"
        #expect(try says(line, "open") == "contact.open=true")
        #expect(try says(line, " closed\r\n") == "contact.open=false")
        #expect(try says(line, "ajar") == "contact.open=unknown !unknown-word")
        #expect(
            try says("{capability: env.temperature, from: \"\"}", "21.5") == "env.temperature=21.5")
        #expect(
            try says("{capability: env.temperature, from: \"\"}", "nan")
                == "env.temperature=unknown")
        let long = String(repeating: "x", count: 257)
        #expect(
            try says("{capability: usage.voice, from: \"\"}", long) == "quarantined: text-too-long")
    }

    @Test("guards choose the message, and the reading")
    func guards() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                when: {/method: [NotifyStatus, Status]}
                readings: [{capability: contact.open, from: /open}]
              - topic: "home/{name}"
                when: {/method: {not: [Hello]}, /open: {present: true}}
                readings: [{capability: alarm.tamper, kind: state, from: /open}]
              - topic: "home/{name}"
                when: {/score: {least: 0.7, most: 1}}
                readings: [{capability: presence.motion, from: /seen, when: {/zone: {not: street}}}]
            """)
        #expect(rig.says("{\"method\":\"Status\",\"open\":1}") == "contact.open=true")
        #expect(rig.says("{\"method\":\"Other\",\"open\":1}") == "alarm.tamper=true")
        #expect(rig.says("{\"method\":\"Hello\",\"open\":1}") == "ignored: guarded")
        #expect(rig.says("{\"score\":0.7,\"seen\":true}") == "presence.motion=true")
        #expect(rig.says("{\"score\":\"0.9\",\"seen\":true}") == "presence.motion=true")
        #expect(rig.says("{\"score\":0.69,\"seen\":true}") == "ignored: guarded")
        #expect(rig.says("{\"seen\":true}") == "ignored: guarded")
        #expect(
            rig.says("{\"score\":1,\"seen\":true,\"zone\":\"street\"}").hasPrefix("ignored"))
    }

    @Test("roles: a snapshot restores, a command and what is ignored say nothing")
    func roles() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                role: snapshot
                readings:
                  - {capability: contact.open, from: /open}
                  - {capability: button.press, from: /press}
              - {topic: "home/{name}/set", role: command}
              - {topic: "home/{name}/log", role: ignore}
            """)
        #expect(rig.says("{\"open\":true,\"press\":\"single\"}") == "contact.open=true(restored)")
        #expect(rig.says("{\"press\":\"single\"}") == "ignored: retained")
        #expect(rig.says("{\"open\":true}", topic: "home/door/set") == "ignored: command")
        #expect(rig.says("not json", topic: "home/door/log") == "ignored: notData")
        #expect(rig.says("{}", topic: "home/window") == "unknown")
        #expect(!rig.decoder.directory.topicFilters.contains("home/door/set"))
    }

    @Test(
        "a wish beside a device's topic is no observation even where the profile does not name it",
        arguments: ["home/door/set", "home/door/set/open", "home/door/get"])
    func wishes(topic: String) throws {
        var rig = try ProfileRig.readings("{capability: contact.open, from: /open}")
        #expect(rig.says("{\"open\":true}", topic: topic) == "ignored: command")
    }

    @Test("a battery's charge below the profile's low is a low battery")
    func batteryLow() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                readings: [{capability: device.battery, from: /battery, valid: [0, 100]}]
            battery: {low: 20, implausible: [0]}
            """)
        #expect(rig.says("{\"battery\":19.9}") == "device.battery=19.9 device.battery_low=true")
        #expect(rig.says("{\"battery\":20}") == "device.battery=20.0 device.battery_low=false")
        #expect(
            rig.says("{\"battery\":0}") == "device.battery=unknown device.battery_low=unknown")
        #expect(
            rig.says("{\"battery\":255}")
                == "device.battery=unknown device.battery_low=unknown !out-of-range")
        #expect(rig.profile.capabilities.contains { $0.capability == "device.battery_low" })
    }

    @Test("kinds are the capability's own unless the profile chooses another that it allows")
    func kinds() throws {
        var rig = try ProfileRig.readings(
            "{capability: contact.open, from: /a}", "{capability: alarm.sos, from: /a}",
            "{capability: alarm.smoke, kind: pulse, from: /a}",
            "{capability: env.temperature, from: /t}", "{capability: usage.voice, from: /s}",
            "{capability: link.lqi, from: /t}")
        let readings = rig.decode("{\"a\":true,\"t\":3,\"s\":\"hello\"}").readings.map(\.reading)
        #expect(
            readings.map(\.kind) == [.state, .pulse, .pulse, .measurement, .usage, .health])
    }

    @Test("one bad value of a message is told, and its neighbours pass")
    func neighbours() throws {
        var rig = try ProfileRig.readings(
            "{capability: contact.open, from: /open}", "{capability: env.temperature, from: /t}")
        let decoded = rig.decode("{\"open\":\"perhaps\",\"t\":21}")
        #expect(
            ProfileRig.text(decoded) == "contact.open=unknown env.temperature=21.0 !wrong-type")
        #expect(
            decoded.faults.first.map { "\($0)" }
                == "home/door at /open: expected true or false, found \"perhaps\"")
    }
}
