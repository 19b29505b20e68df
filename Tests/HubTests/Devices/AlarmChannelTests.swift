import Rules
import Testing

@testable import Hub

@Suite("Alarms by channel")
struct AlarmChannelTests {
    private static func files(_ more: String = "") -> [String: String] {
        [
            "devices.yaml": """
            version: 1
            devices:
              - {name: wall, residence: home, room: hall, kind: call_button, profile: shelly-button, topic: wall/events/rpc\(more)}

            """,
            "rules/call.yaml": """
            version: 1
            events:
              pressed: {device: wall, reading: button.press, seen: true}
              first: {device: wall, reading: button.press, channel: "input:0", seen: true}
            rules:
              - {id: call, priority: high, when: pressed, do: {en: Go., fr: Aller.}}
              - {id: first, priority: high, when: first, do: {en: Go., fr: Aller.}}
            """,
        ]
    }

    private static func press(_ input: Int) -> (String, String) {
        (
            "wall/events/rpc",
            #"{"method":"NotifyEvent","params":{"events":[{"component":"input:\#(input)","event":"single_push"}]}}"#
        )
    }

    private func untested(_ hub: SteppedHub) throws -> [String] {
        let device = try #require(try hub.home.home.devices.first)
        return DeviceLedger(try hub.reader.deviceChanges()).untested(device).map(\.description)
    }

    @Test("of two buttons that devices.yaml names each waits for its own test")
    func named() throws {
        let hub = try SteppedHub(files: Self.files(", channels: [\"input:0\", \"input:1\"]"))
        #expect(try untested(hub) == ["button.press[input:0]", "button.press[input:1]"])
        try hub.ask(.tryOut("home/wall", by: "Ann"))
        try hub.say(Self.press(1))
        #expect(try untested(hub) == ["button.press[input:0]"])
        let seen = try #require(try hub.reader.deviceChanges().last)
        #expect(seen.alarm == DeviceAlarm("button.press", channel: "input:1"))
        try hub.restart()
        #expect(try untested(hub) == ["button.press[input:0]"])
        // One that nobody named is seen, too, and stands for no other.
        try hub.say(Self.press(3))
        #expect(try untested(hub) == ["button.press[input:0]"])
        let warnings = UntestedAlarms.diagnostics(try hub.home)
        #expect(warnings.map(\.code) == ["alarm-not-tested"])
        #expect(warnings.first?.severity == .warning && warnings.first?.location.line == 3)
        #expect(warnings.first?.message.contains("button.press[input:0] was never seen") == true)
        try hub.say(Self.press(0))
        #expect(UntestedAlarms.diagnostics(try hub.home).isEmpty)
    }

    @Test(
        "where nobody named them, one press of whichever is the test, and each that was seen is told"
    )
    func open() throws {
        let hub = try SteppedHub(files: Self.files())
        #expect(try untested(hub) == ["button.press"])
        try hub.say(Self.press(2))
        #expect(try untested(hub).isEmpty)
        try hub.say(Self.press(0))
        let device = try #require(try hub.home.home.devices.first)
        let ledger = DeviceLedger(try hub.reader.deviceChanges())
        #expect(
            ledger.alarms(of: device).map(\.description) == [
                "button.press[input:0]", "button.press[input:2]",
            ])
    }

    @Test(
        "a rule hears a press whichever channel its message names, and one channel where it names it"
    )
    func rules() throws {
        let hub = try SteppedHub(files: Self.files())
        try hub.say(Self.press(1))
        #expect(try hub.reader.alerts(openOnly: false).map(\.rule) == ["call"])
        try hub.say(Self.press(0))
        #expect(
            Set(try hub.reader.alerts(openOnly: false).map(\.rule)) == ["call", "first"])
        #expect(try hub.reader.verify().allSatisfy(\.holds))
    }

    @Test("channels are names, each once")
    func wrong() throws {
        for list in ["[\"\"]", "[a, a]"] {
            let hub = try SteppedHub(files: Self.files(", channels: \(list)"), starting: false)
            #expect(try hub.home.diagnostics.first?.code == "bad-channel")
        }
    }

    @Test(
        "who gave a device its place, or another's, stands in its history; of an edit by hand nobody does"
    )
    func authors() throws {
        let hub = try SteppedHub(files: Self.files(), starting: false)
        try hub.start()
        let now = hub.outside.now
        try DeviceReplacing(device: "home/wall", profile: "shelly-button", topic: "new/events/rpc")
            .save(
                in: hub.folder.path,
                by: PlacementAuthor(by: "claire", why: "fell\n down ", at: now),
                shippedProfiles: Repository.profiles)
        _ = try DevicePlacing(
            profile: "json-sos", topic: "a/b", name: "sos", residence: "home", room: "home/hall",
            person: nil, title: "SOS"
        ).save(
            in: hub.folder.path, by: PlacementAuthor(by: "noor", at: now),
            shippedProfiles: Repository.profiles)
        try hub.restart()
        let changes = try hub.reader.deviceChanges()
        #expect(changes.map(\.kind) == [.placed, .replaced, .placed])
        #expect(changes.map(\.actor) == [nil, "claire", "noor"])
        #expect(changes[1].detail.hasPrefix("fell\u{fffd} down – before: shelly-button on wall"))
        // Back and forth by hand: what was noted for another time is not told of this one.
        for topic in ["wall/events/rpc", "new/events/rpc"] {
            try DeviceReplacing(device: "home/wall", profile: "shelly-button", topic: topic)
                .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
            try hub.restart(after: .minutes(1))
        }
        #expect(try hub.reader.deviceChanges(of: "home/wall").suffix(2).map(\.actor) == [nil, nil])
    }
}
