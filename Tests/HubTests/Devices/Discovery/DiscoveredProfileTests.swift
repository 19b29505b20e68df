import Foundation
import Rules
import Testing

@testable import Hub

@Suite("A device that only Home Assistant's discovery tells of")
struct DiscoveredProfileTests {
    /// One device with an entity on each of two topics, and two that share a third.
    private static let door = [
        (
            "homeassistant/binary_sensor/pantry/door/config",
            #"{"name":"Door","dev_cla":"door","stat_t":"lab/pantry/door","pl_on":"OPEN","pl_off":"CLOSED","avty_t":"lab/pantry/lwt","exp_aft":3600,"dev":{"ids":["pantry-17"],"name":"Pantry","mf":"Own"}}"#
        ),
        (
            "homeassistant/binary_sensor/pantry/leak/config",
            #"{"dev_cla":"moisture","stat_t":"lab/pantry/state","val_tpl":"{{ value_json.wet }}","pl_on":true,"pl_off":false,"avty_t":"lab/pantry/lwt","dev":{"ids":["pantry-17"]}}"#
        ),
        (
            "homeassistant/sensor/pantry/temperature/config",
            #"{"dev_cla":"temperature","unit_of_meas":"°F","stat_t":"lab/pantry/state","val_tpl":"{{ value_json.env.t }}","avty_t":"lab/pantry/lwt","dev":{"ids":["pantry-17"]}}"#
        ),
        // What a template does to it cannot be told: it is left out.
        (
            "homeassistant/binary_sensor/pantry/smoke/config",
            #"{"dev_cla":"smoke","stat_t":"lab/pantry/odd","val_tpl":"{{ 'ON' if value_json.v > 3 else 'OFF' }}","dev":{"ids":["pantry-17"]}}"#
        ),
    ]

    private func announced(_ configurations: [(String, String)]) throws -> AnnouncedDevice {
        var whole: AnnouncedDevice?
        for (topic, payload) in configurations {
            let found = Announcements.read(
                MQTTMessage(topic: topic, payload: Array(payload.utf8), received: ProfileRig.noon))
            guard case .present(let device, _)? = found?.change else { continue }
            if whole == nil { whole = device } else { whole?.complete(with: device) }
        }
        return try #require(whole)
    }

    private func profile(_ device: AnnouncedDevice) throws -> DeviceProfile {
        let text = try #require(DiscoveredProfile(device)).text
        let (profile, diagnostics) = ProfileParser.parse(try YAML.parse(text, file: "x"))
        return try #require(profile, "\(diagnostics) in \(text)")
    }

    private func says(_ profile: DeviceProfile, _ topic: String, _ payload: String) -> [String] {
        let address = profile.messages.first?.topic.description ?? ""
        let placement = DevicePlacement(
            name: "d", residence: "home", profile: profile.id, topic: address)
        var decoder = DeviceDecoder(
            DeviceDirectory.build(profiles: [profile], placements: [placement]).directory)
        return decoder.decode(
            MQTTMessage(topic: topic, payload: Array(payload.utf8), received: ProfileRig.noon)
        ).readings.map {
            "\($0.reading.capability)\($0.reading.channel.isEmpty ? "" : "[\($0.reading.channel)]") \(ProfileSamples.text($0.reading.value))"
        }
    }

    @Test(
        "is read as its entities say: words, units, fields, availability; what cannot be told is left out"
    )
    func entities() throws {
        let profile = try profile(try announced(Self.door))
        #expect(profile.kind == "leak")
        #expect(profile.messages.first?.topic.description == "lab/pantry/state")
        #expect(says(profile, "lab/pantry/door", "OPEN") == ["contact.open true"])
        #expect(says(profile, "lab/pantry/door", "CLOSED") == ["contact.open false"])
        // A word that nobody announced is no calm.
        #expect(says(profile, "lab/pantry/door", "ajar") == ["contact.open unknown"])
        #expect(
            says(profile, "lab/pantry/state", #"{"wet":true,"env":{"t":68}}"#) == [
                "alarm.water true", "env.temperature 20.0",
            ])
        #expect(says(profile, "lab/pantry/lwt", "offline") == ["device.online false"])
        #expect(says(profile, "lab/pantry/odd", #"{"v":9}"#).isEmpty)
        #expect(profile.liveness?.expect == .hours(1))
    }

    @Test(
        "a button's words are one reading; two of a kind have channels; a whole device in one message is the same"
    )
    func others() throws {
        let device =
            #"{"dev":{"ids":"x1","name":"Fob"},"o":{"name":"y"},"cmps":{"a":{"p":"device_automation","atype":"trigger","t":"lab/fob","pl":"one","type":"button_short_press","stype":"button_1"},"b":{"p":"device_automation","atype":"trigger","t":"lab/fob","pl":"two","type":"button_double_press","stype":"button_1"},"left":{"p":"switch","stat_t":"lab/left","cmd_t":"lab/left/set"},"right":{"p":"switch","stat_t":"lab/right","cmd_t":"lab/right/set"}}}"#
        let profile = try profile(try announced([("homeassistant/device/x1/config", device)]))
        #expect(says(profile, "lab/fob", "two") == ["button.press \"button_double_press\""])
        #expect(says(profile, "lab/fob", "").isEmpty && says(profile, "lab/fob", "three").isEmpty)
        #expect(says(profile, "lab/left", "ON") == ["switch.on[left] true"])
        #expect(says(profile, "lab/right", "OFF") == ["switch.on[right] false"])
        #expect(says(profile, "lab/left/set", "ON").isEmpty)
        let battery =
            #"{"dev_cla":"battery","unit_of_meas":"%","stat_t":"lab/b","dev":{"ids":"b"}}"#
        let only = try announced([("homeassistant/sensor/b/b/config", battery)])
        #expect(DiscoveredProfile(only) == nil)
    }

    @Test("it is proposed with a profile of its own, placed by it, and heard")
    func placed() throws {
        let hub = try SteppedHub(files: ["devices.yaml": "version: 1\ndevices: []\n"])
        for (topic, payload) in Self.door { try hub.say((topic, payload)) }
        // No shipped profile is taken for one that it never named, only because its topics fit all.
        let before = try DeviceProposals(try hub.reader, home: try hub.home).open
        #expect(before.count == 1)
        #expect(before.first?.choices(Repository.library.profiles).map(\.profile.id) == [])
        func proposal() throws -> DeviceProposal {
            try #require(
                DeviceProposals(try hub.reader, home: try hub.home).open.first {
                    $0.device.name == "Pantry"
                })
        }
        try hub.say(("lab/pantry/state", #"{"wet":false,"env":{"t":68}}"#))
        let text = try #require(try proposal().announcedProfile)
        // What was heard became a sample of it.
        #expect(text.contains("tests:") && text.contains("\"alarm.water\": false"), "\(text)")
        let id = try ProfileSaving(text).save(
            in: hub.folder.path, shippedProfiles: Repository.profiles)
        var library = ProfileLibrary(folders: [Repository.profiles])
        library.add(folder: hub.folder.file("profiles"))
        let first = try #require(try proposal().choices(library.profiles).first)
        #expect(first.profile.id == id && first.topic == "lab/pantry/state")
        _ = try DevicePlacing(
            profile: id, topic: first.topic, name: "pantry", residence: "home",
            room: "home/hall", person: nil, title: "Pantry"
        ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        try hub.restart()
        try hub.say(("lab/pantry/state", #"{"wet":true,"env":{"t":68}}"#))
        #expect(
            try hub.reader.latestEvents().contains {
                $0.key == StreamKey(device: "home/pantry", capability: "alarm.water")
                    && $0.event.value == .boolean(true)
            })
    }
}
