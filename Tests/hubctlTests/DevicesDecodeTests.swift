import Foundation
import Testing

@testable import hubctl

@Suite("A message is explained")
struct DevicesDecodeTests {
    private let line: CommandLine

    init() throws { line = try CommandLine() }

    private static let old =
        #"{"contact":true,"action":"emergency","last_seen":"2026-01-01T11:59:00Z"}"#

    @Test("--at says when the hub takes it in, by the convention alone too, also line by line")
    func at() throws {
        try line.write(
            "in.jsonl",
            #"{"topic":"zigbee2mqtt/x","payload":"{\"contact\":true,\"last_seen\":\"2026-01-01T11:59:00Z\"}"}"#
                + "\n")
        func freshness(_ answer: CommandLine.Answer) -> String? {
            answer.output.firstMatch(of: /"freshness":"(\w+)"/).map { String($0.1) }
        }
        for (at, expected) in [
            ("2026-01-01T12:00:00Z", "live"), ("2026-01-05T12:00:00Z", "restored"),
        ] {
            let one = try line.hubctl(
                "devices", "decode", "zigbee2mqtt/x", Self.old, "--json", "--at", at)
            #expect(freshness(one) == expected, "\(one)")
            #expect(one.output.contains("alarm.sos") == (expected == "live"), "\(one)")
            let many = try line.run(
                ["devices", "decode", "--stdin", "--at", at],
                input: line.folder + "/in.jsonl")
            #expect(freshness(many) == expected, "\(many)")
        }
        // Nobody said when: the convention does not judge it.
        let none = try line.hubctl("devices", "decode", "zigbee2mqtt/x", Self.old, "--json")
        #expect(freshness(none) == "live", "\(none)")
    }

    @Test("profiles that have nothing to say are counted and not listed")
    func nothing() throws {
        func decode(_ arguments: String...) throws -> String {
            try line.run(["devices", "decode"] + arguments).output
        }
        let none = try decode("zigbee2mqtt/x", #"{"foo":1}"#)
        #expect(none.contains("profiles that have such a topic reads anything of it"))
        #expect(none.contains(#"by its convention: {"convention":"zigbee2mqtt""#))
        #expect(!none.contains("result: nothing"), "\(none)")
        let door = try decode("zigbee2mqtt/living/door", #"{"contact":true,"linkquality":9}"#)
        #expect(door.contains("as zigbee2mqtt-contact\n") && !door.contains("as zigbee2mqtt-plug"))
        #expect(door.contains("the others read nothing of it"), "\(door)")
        // Asked for one, it says why.
        let one = try decode("zigbee2mqtt/x", #"{"foo":1}"#, "--profile", "zigbee2mqtt-contact")
        #expect(one.contains("no /contact in the payload") && one.contains("result: nothing"))
        let wish = try decode("zigbee2mqtt/living/door/set", #"{"contact":true}"#)
        #expect(wish.contains(#""flags":["command"]"#) && !wish.contains("contact.open"))
    }

    @Test("FOYER_HOME names the home, as for every other command")
    func home() throws {
        try line.hubctl("init", "home")
        try line.write(
            "home/devices.yaml",
            "version: 1\ndevices:\n  - {name: living, residence: home, room: hall, profile: zigbee2mqtt-contact, topic: zigbee2mqtt/living/door}\n"
        )
        line.environment = ["FOYER_HOME": "home"]
        let read = try line.hubctl(
            "devices", "decode", "zigbee2mqtt/living/door", #"{"contact":true}"#)
        #expect(read.output.contains("home/living, profile zigbee2mqtt-contact"), "\(read)")
        #expect(read.output.contains("contact.open = false"), "\(read)")
        for wish in ["set", "get"] {
            let answer = try line.hubctl(
                "devices", "decode", "zigbee2mqtt/living/door/\(wish)", #"{"contact":true}"#)
            #expect(answer.output.contains("a command to the device"), "\(answer)")
        }
        let away = try line.hubctl(
            "devices", "decode", "zigbee2mqtt/living/door/availability", "offline")
        #expect(away.output.contains("device.online = false"), "\(away)")
    }
}
