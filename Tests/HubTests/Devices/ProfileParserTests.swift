import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Reading a profile")
struct ProfileParserTests {
    private static func message(_ rest: String) -> String {
        "messages:\n  - topic: \"a/{b}\"\n    \(rest)\n"
    }

    private static func reading(_ line: String) -> String {
        message("readings: [\(line)]")
    }

    @Test(
        "each mistake is told with its line and its kind",
        arguments: [
            ("messages: []", ["4: no-messages"]), ("id: other", ["4: yaml-duplicate-key"]),
            (message("role: dta\n    readings: []"), ["6: unknown-word"]),
            (message("readings: []\n    retaned: restore"), ["7: unknown-key"]),
            (message("retained: maybe\n    readings: []"), ["6: unknown-word"]),
            (reading("{capability: contact.opn, from: /a}"), ["6: unknown-capability"]),
            (reading("{capability: contact.open}"), ["6: missing-key"]),
            (reading("{capability: contact.open, from: a}"), ["6: bad-pointer"]),
            (reading("{capability: contact.open, kind: pulse, from: /a}"), ["6: bad-kind"]),
            (reading("{capability: env.temperature, from: /a, unit: F}"), ["6: bad-unit"]),
            (reading("{capability: contact.open, from: /a, scale: 2}"), ["6: not-a-number"]),
            (reading("{capability: power.active, from: /a, scale: 0}"), ["6: bad-number"]),
            (reading("{capability: power.active, from: /a, valid: [2, 1]}"), ["6: bad-range"]),
            (
                reading("{capability: contact.open, from: /a, otherwise: drop}"),
                ["6: otherwise-without-map"]
            ),
            (reading("{capability: contact.open, from: \"{key}\"}"), ["6: key-without-each"]),
            (
                reading("{capability: button.press, from: /a, repeats: drop_equal}"),
                ["6: pulse-repeats"]
            ),
            (
                reading("{capability: button.press, from: /a, repeat_window: 5s}"),
                ["6: window-without-id"]
            ),
            (
                reading("{capability: contact.open, from: /a, repeat_window: 5s}"),
                ["6: bad-window", "6: window-without-id"]
            ),
            (reading("{capability: contact.open, from: /a, every: 5s}"), ["6: needs-drop-equal"]),
            (reading("{capability: power.active, from: /a, above: 5}"), ["6: bad-threshold"]),
            (
                reading("{capability: bed.occupied, from: /a, above: 5, below: 2}"),
                ["6: bad-threshold"]
            ),
            (
                reading("{capability: \"switch.on[1]\", from: /a, instance: \"2\"}"),
                ["6: two-instances"]
            ),
            (
                reading("{capability: switch.on, from: /a, instance: \"{c}\"}"),
                ["6: unknown-placeholder"]
            ),
            (
                reading("{capability: contact.open, from: /a, when: {/b: {least: 2, most: 1}}}"),
                ["6: bad-range"]
            ),
            (
                reading(
                    "{capability: alarm.sos, from: /a}, {capability: alarm.sos, kind: state, from: /b}"
                ), ["6: two-kinds"]
            ),
            (
                reading(
                    "{capability: contact.open, from: \"\"}, {capability: alarm.tamper, from: /a}"),
                ["6: text-and-json"]
            ),
            (message("dedupe: {window: 5s}\n    readings: []"), ["6: missing-key"]),
            (message("time: {format: iso}\n    readings: []"), ["6: missing-key"]),
            (message("time: {at: /t, zone: paris}\n    readings: []"), ["6: unknown-word"]),
            (
                message("readings: []") + "availability: [{topic: \"a/{c}\"}]",
                ["7: unknown-placeholder"]
            ),
            (
                message("readings: []")
                    + "availability: [{topic: \"a/{b}/x\", online: [a], offline: [a]}]",
                ["7: ambiguous"]
            ),
            (message("readings: []") + "liveness: {expect: 0s}", ["7: bad-duration"]),
            (message("readings: []") + "liveness: {expect: 1h, grace: 0.5}", ["7: bad-number"]),
            (
                message("readings: []") + "usage: [{capability: power.active, above: 15}]",
                ["7: bad-usage"]
            ),
            (
                message("readings: [{capability: power.active, from: /w}]")
                    + "usage: [{capability: power.active, above: 0}]", ["7: bad-number"]
            ),
            (
                message("readings: [{capability: power.active, from: /w}]")
                    + "liveness: {expect: 1h, class: asleep}", ["7: unknown-word"]
            ),
            (message("readings: []") + "tests: [{topic: a/b, payload: x}]", ["7: missing-key"]),
            (
                message("readings: []") + "tests: [{topic: a/b, payload_hex: 0g, ignored: true}]",
                ["7: bad-hex"]
            ),
            (
                message("readings: []")
                    + "tests: [{topic: a/b, payload: x, received: noon, ignored: true}]",
                ["7: bad-time"]
            ),
            ("messages:\n  - {topic: \"a/+\", readings: []}", ["5: bad-topic", "5: no-messages"]),
        ] as [(String, [String])])
    func mistakes(yaml: String, expected: [String]) {
        #expect(Set(ProfileRig.problems(yaml)) == Set(expected))
    }

    @Test("all mistakes of a file are told at once, in its order")
    func allAtOnce() {
        let problems = ProfileRig.problems(
            Self.message(
                "retained: x\n    readings: [{capability: a.b, from: /a}, {capability: contact.open, from: b}]"
            ))
        #expect(problems == ["6: unknown-word", "7: unknown-capability", "7: bad-pointer"])
    }

    @Test("a misspelt word gets the one that was meant")
    func suggestions() {
        let text = ProfileRig.parse(
            ProfileRig.head + Self.reading("{capability: contact.opn, from: /a}")
        ).diagnostics.map(\.message)
        #expect(text == ["there is no capability \"contact.opn\"; did you mean \"contact.open\"?"])
    }

    @Test("a version that this hub does not know is refused")
    func version() {
        let text = ProfileRig.head.replacingOccurrences(of: "profile: 1", with: "profile: 2")
        #expect(
            ProfileRig.problems(text + Self.message("readings: []")).contains("1: profile-version"))
    }

    @Test("every shipped profile is sound, has samples of its own, and they come out as they say")
    func shipped() {
        let library = Repository.library
        #expect(library.diagnostics.isEmpty, "\(library.diagnostics)")
        #expect(library.profiles.count >= 29)
        for profile in library.profiles {
            #expect(profile.samples.count >= 3, "\(profile.id)")
            #expect(!profile.title.french.isEmpty && profile.title.french != profile.title.english)
            for failure in ProfileSamples.run(profile) { Issue.record("\(failure)") }
        }
    }

    @Test("a sample that does not come out as it says is told with what came instead")
    func failingSample() throws {
        let rig = try ProfileRig(
            Self.reading("{capability: contact.open, from: /a}")
                + "tests:\n  - {topic: a/b, payload: '{\"a\":true}', readings: {contact.open: false}}\n  - {topic: a/b, payload: '{\"a\":true}', ignored: true}\n  - {topic: x/b, payload: '1', ignored: true}\n",
            topic: "a/b")
        #expect(
            ProfileSamples.run(rig.profile).map(\.differences) == [
                ["expected contact.open: false, found true"],
                ["expected nothing (ignored), found contact.open: true"],
                ["the topic fits none of the profile's"],
            ])
    }

    @Test("a home's profile takes the place of a shipped one; two of one folder are a mistake")
    func override() throws {
        func text(_ title: String) -> String {
            ProfileRig.head.replacingOccurrences(of: "Test", with: title)
                + Self.message("readings: []")
        }
        let shipped = try TemporaryFolder()
        let own = try TemporaryFolder()
        try text("A").write(toFile: shipped.file("a.yaml"), atomically: true, encoding: .utf8)
        try text("B").write(toFile: own.file("b.yaml"), atomically: true, encoding: .utf8)
        var library = ProfileLibrary(folders: [shipped.path, own.path])
        #expect(library.profiles.map(\.title.english) == ["B"])
        try text("C").write(toFile: own.file("c.yaml"), atomically: true, encoding: .utf8)
        library = ProfileLibrary(folders: [shipped.path, own.path])
        #expect(library.diagnostics.map(\.code) == ["duplicate-profile"])
    }
}

@Suite("Putting devices and profiles together")
struct DeviceDirectoryTests {
    private func problems(_ topic: String, profile: String = "test") throws -> [String] {
        let rig = try ProfileRig(
            """
            messages:
              - {topic: "tele/{device}/SENSOR", readings: [{capability: contact.open, from: /o}]}
              - {topic: "stat/{device}/RESULT", readings: [{capability: contact.open, from: /o}]}
            """, topic: "tele/x/SENSOR")
        let placement = DevicePlacement(
            name: "door", residence: "home", profile: profile, topic: topic)
        return DeviceDirectory.build(profiles: [rig.profile], placements: [placement]).diagnostics
            .map(\.message)
    }

    @Test("another of the device's topics is answered with the one that is its address")
    func otherTopic() throws {
        let text = try problems("stat/plug/RESULT").joined()
        #expect(text.contains("did you mean \"tele/plug/SENSOR\"?"), "\(text)")
        #expect(try problems("tele/plug/SENSOR").isEmpty)
        #expect(try problems("tele/+/SENSOR").joined().contains("write the topic"))
        #expect(try problems("a", profile: "tst").joined().contains("did you mean \"test\"?"))
    }

    @Test("a thousand devices of one bridge are found by their topics, each its own")
    func many() throws {
        let profile = try ProfileRig.readings("{capability: contact.open, from: /o}").profile
        let placements = (0..<1000).map {
            DevicePlacement(
                name: "d\($0)", residence: "home", profile: "test", topic: "home/d\($0)")
        }
        let built = DeviceDirectory.build(profiles: [profile], placements: placements)
        var decoder = DeviceDecoder(built.directory)
        for number in [0, 1, 500, 999] {
            let decoded = decoder.decode(
                MQTTMessage(
                    topic: "home/d\(number)", payload: Array("{\"o\":1}".utf8),
                    received: ProfileRig.noon))
            #expect(decoded.readings.map(\.device) == [number])
            #expect(built.directory.devices[number].id == DeviceID(rawValue: "home/d\(number)"))
        }
    }
}
