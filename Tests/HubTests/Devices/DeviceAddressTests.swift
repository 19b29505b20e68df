import Rules
import Testing

@testable import Hub

@Suite("Addresses with / in the name")
struct DeviceAddressTests {
    private static let contact = Repository.library["zigbee2mqtt-contact"]

    private static func build(_ topics: String...) throws -> (
        directory: DeviceDirectory, diagnostics: [Diagnostic]
    ) {
        let placements = topics.enumerated().map {
            DevicePlacement(
                name: "d\($0.offset)", residence: "home", profile: "zigbee2mqtt-contact",
                topic: $0.element)
        }
        return DeviceDirectory.build(profiles: [try #require(contact)], placements: placements)
    }

    private static func says(
        _ topic: String, _ payload: String, _ directory: DeviceDirectory
    ) -> [String] {
        var decoder = DeviceDecoder(directory)
        let decoded = decoder.decode(
            MQTTMessage(topic: topic, payload: Array(payload.utf8), received: ProfileRig.noon))
        if case .ignored(let reason) = decoded.outcome { return [reason.rawValue] }
        if case .unknown = decoded.outcome { return ["unknown"] }
        return decoded.readings.map {
            "\(directory.devices[$0.device].name) \($0.reading.capability) \($0.reading.value.plainText)"
        }
    }

    @Test(
        "a friendly name with / is placed and read; what is wished of it stays a wish, and availability is its own"
    )
    func read() throws {
        let directory = try Self.build("zigbee2mqtt/living/door", "zigbee2mqtt/living").directory
        let open = #"{"contact":false}"#
        let cases = [
            ("zigbee2mqtt/living/door", open, ["d0 contact.open true"]),
            ("zigbee2mqtt/living", open, ["d1 contact.open true"]),
            ("zigbee2mqtt/living/door/set", open, ["command"]),
            ("zigbee2mqtt/living/door/get", open, ["command"]),
            ("zigbee2mqtt/living/door/set/state", "ON", ["command"]),
            ("zigbee2mqtt/living/other", open, ["unknown"]),
            (
                "zigbee2mqtt/living/door/availability", #"{"state":"offline"}"#,
                ["d0 device.online false"]
            ),
            ("zigbee2mqtt/living/availability", "online", ["d1 device.online true"]),
        ]
        for (topic, payload, expected) in cases {
            #expect(Self.says(topic, payload, directory) == expected, "\(topic)")
        }
        #expect(directory.topicFilters.contains("zigbee2mqtt/living/door"))
        #expect(!directory.topicFilters.contains { $0.contains("#") || $0.contains("+") })
    }

    @Test("a wish is told with the device that it is for")
    func wishes() {
        for (topic, device) in [
            ("zigbee2mqtt/door/set", "door"), ("zigbee2mqtt/living/door/get", "living/door"),
            ("zigbee2mqtt/living/door/set/state", "living/door"),
        ] {
            let message = Conventions.read(
                MQTTMessage(
                    topic: topic, payload: Array("{}".utf8), received: Instant(milliseconds: 1)))
            #expect(message.device == device)
            #expect(message.flags == ["command"])
            #expect(message.readings.isEmpty)
        }
    }

    @Test(
        "no address is a wish, another topic of a device, the bridge's, or another convention's",
        arguments: [
            (
                "zigbee2mqtt/living/door/set",
                "told what to do; did you mean \"zigbee2mqtt/living/door\"?"
            ),
            ("zigbee2mqtt/door/get", "did you mean \"zigbee2mqtt/door\"?"),
            ("zigbee2mqtt/door/set/state", "did you mean \"zigbee2mqtt/door\"?"),
            ("zigbee2mqtt/living/door/availability", "did you mean \"zigbee2mqtt/living/door\"?"),
            ("zigbee2mqtt/bridge/state", "another topic of such a device"),
            ("zigbee2mqtt/bridge/devices", "the bridge's"),
            ("zigbee2mqtt/bridge/request/device/remove", "the bridge's"),
            ("tele/x/SENSOR", "one of tasmota"), ("stat/x/RESULT", "one of tasmota"),
            ("homie/x/door/open", "one of homie"), ("node/sensor/door/state", "one of esphome"),
            ("shellies/dw-1/sensor/state", "one of Shelly"),
            ("zwave/hall/113/0/Access_Control/Door_state", "one of zwave_js_ui"),
            ("home/attic/BTtoMQTT/A4C138000001", "one of "),
            ("frigate/door/person", "one of frigate"),
        ])
    func noAddress(_ topic: String, _ why: String) throws {
        let built = try Self.build(topic)
        #expect(built.directory.devices.isEmpty)
        let found = built.diagnostics.first
        #expect(found?.code == "topic-does-not-fit")
        #expect(found?.message.contains(why) == true, "\(found?.message ?? "")")
        let profile = try #require(Self.contact)
        // Nor is it proposed as one.
        #expect(ProfileSamples.candidate(for: profile, topic: topic)?.address != topic)
    }

    @Test("what a topic without a place says is proposed for the device, not for its wishes")
    func proposed() throws {
        let hub = try SteppedHub(files: ["devices.yaml": "version: 1\ndevices: []\n"])
        try hub.say(
            ("zigbee2mqtt/living/door", #"{"contact":true,"linkquality":9}"#),
            ("zigbee2mqtt/living/door/set", #"{"contact":true}"#),
            ("z2m/attic/north/door", #"{"contact":true,"linkquality":9}"#))
        let open = try DeviceProposals(try hub.reader, home: try hub.home).open
        #expect(
            Set(open.map(\.key)) == ["zigbee2mqtt/living/door", "z2m/attic/north/door"])
        for proposal in open {
            let choice = try #require(proposal.choices(Repository.library.profiles).first)
            #expect(choice.profile.id == "zigbee2mqtt-contact" && choice.topic == proposal.key)
            _ = try DevicePlacing(
                profile: choice.profile.id, topic: choice.topic,
                name: proposal.key.hasPrefix("z2m") ? "attic" : "living", residence: "home",
                room: "home/hall", person: nil, title: "Door"
            ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        }
        try hub.restart()
        try hub.say(("zigbee2mqtt/living/door", #"{"contact":false}"#))
        #expect(
            try hub.reader.latestEvents().contains {
                $0.key == StreamKey(device: "home/living", capability: "contact.open")
                    && $0.event.value == .boolean(true)
            })
    }

    @Test("by its convention, a device may even be called bridge")
    func bridge() {
        func device(_ topic: String, _ payload: String) -> ConventionMessage {
            Conventions.read(
                MQTTMessage(topic: topic, payload: Array(payload.utf8), received: ProfileRig.noon))
        }
        #expect(device("zigbee2mqtt/house/bridge", #"{"contact":true}"#).device == "house/bridge")
        #expect(
            device("zigbee2mqtt/house/bridge/availability", "online").value("device.online")
                == .boolean(true))
        #expect(
            device("zigbee2mqtt/house/bridge/state", "online").value("bridge.online")
                == .boolean(true))
        #expect(device("door", "open").device == "door")
    }
}
