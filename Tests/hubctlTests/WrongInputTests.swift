import Foundation
import Testing

@testable import Hub

@Suite("Wrong input on the command line")
struct WrongInputTests {
    /// What a user types wrongly, and the files that are wrong.
    private static let commands: [[String]] = [
        ["init"], ["init", "home"], ["init", "home"], ["init", "/proc/home"], ["bogus"],
        ["status", "--home", "home"], ["stop", "--home", "home"], ["check", "--home", "nothere"],
        ["check", "--home", "empty"], ["verify", "--home", "home"], ["run", "--home", "nothere"],
        ["run", "--home", "home", "--log-level", "loud"], ["events", "list", "--home", "home"],
        ["events", "list", "--home", "home", "--csv", "--json"],
        ["events", "list", "--home", "home", "--from", "yesterday"],
        ["events", "tail", "--home", "home", "--limit", "0"],
        ["events", "quarantine", "--home", "home", "--retry"],
        ["alerts", "list", "--home", "home", "--lang", "de"],
        ["alerts", "show", "--home", "home"], ["alerts", "ack", "x", "--home", "home"],
        ["devices", "check", "nothere.yaml"], ["devices", "check", "bad.yaml"],
        ["devices", "decode", "a"],
        ["devices", "decode", "--profile", "zigbee2mqtt-contac", "zigbee2mqtt/x", "{}"],
        ["devices", "decode", "--profile", "tasmota-plug", "zigbee2mqtt/x", "{}"],
        ["devices", "decode", "--at", "noon", "zigbee2mqtt/x", "{}"],
        ["devices", "decode", "--home", "nothere", "zigbee2mqtt/x", "{}"],
        ["simulate", "nothere.csv", "--map", "nothere.yaml"],
        ["simulate", "nothere.csv", "--map", "x.yaml", "--as", "zigbee"],
        ["simulate", "nothere.csv", "--map", "x.yaml", "--speed", "0"],
        ["simulate", "nothere.csv", "--map", "REPO/devices/maps/homeassist.yaml", "--dry-run"],
        ["check", "--home", "broken"], ["check", "--home", "broken2"], ["run", "--home", "broken"],
    ]

    private static let files: [(String, String)] = [
        ("empty/readme.txt", "nothing\n"),
        (
            "bad.yaml",
            "profile: 1\nid: bad\ntitle: {en: Bad, fr: Mauvais}\nmessages:\n  - topic: \"{base}/{name}\"\n    readings:\n      - {capability: contact.opn, from: contact}\n"
        ),
        (
            "broken/hub.yaml",
            """
            version: 1
            site: {id: site}
            zone: Europe/Pariss
            residences:
              - {id: home, rooms: [{id: hall, kind: hal}, {id: hall, kind: hall}]}
            broker: {url: "mqtts://user:secret@host", ca_fil: x}
            intake: {batch: 0, maximum_payload: 1GB}
            listen: here
            """
        ),
        ("broken/devices.yaml", "devices: [{name: a}]\n"),
        ("broken/rules/r.yaml", "version: 1\nrules:\n  - {id: x, when: nothing}\n"),
        (
            "broken2/hub.yaml",
            """
            version: 1
            site: {id: site}
            zone: Europe/Paris
            residences:
              - {id: home, rooms: [{id: hall, kind: hall}]}
            broker: {url: "mqtts://host", ca_file: ca.pem, certificate_file: hub.pem}
            """
        ),
        (
            "broken2/devices.yaml",
            """
            version: 1
            devices:
              - {name: door, residence: hom, room: hall, profile: zigbee2mqtt-contact, topic: z/door}
              - {name: door2, room: hal, profile: zigbee2mqtt-contac, topic: z/door2}
              - {name: door3, room: hall, profile: zigbee2mqtt-contact, topic: z/+}
              - {name: door4, room: hall, profile: zigbee2mqtt-contact, topic: z/a/b/c}
              - {name: door5, room: hall, profile: zigbee2mqtt-contact, topic: z/door5, titel: x}
              - {name: door6, room: hall, profile: zigbee2mqtt-contact, topic: z/door6, also: [z/#, z/door6, {a: b}]}
              - {name: door7, room: hall, profile: zigbee2mqtt-contact, topic: z/door7, also: [z/1, z/2, z/3, z/4, z/5, z/6, z/7, z/18, z/9]}
            """
        ),
        ("broken2/profiles/p.yaml", "profile: 1\nid: own\ntitle: {en: A}\nmessages: []\n"),
        ("broken2/rules/r.yaml", "version: 1\nrules:\n\t- id: x\n"),
    ]

    @Test("each mistake is answered with what, where and what to do, and nothing else")
    func transcript() throws {
        let line = try CommandLine()
        for (name, text) in Self.files { try line.write(name, text) }
        var text = ""
        for command in Self.commands {
            let arguments = command.map {
                $0.replacingOccurrences(of: "REPO", with: CommandLine.root)
            }
            let answer = try line.run(arguments)
            text += "$ hubctl \(command.joined(separator: " "))\n"
            text += line.neutral(answer.output + answer.errors)
            text += "(exit code \(answer.code))\n\n"
        }
        // The password must not be shown again.
        #expect(!text.contains("secret"))
        try expectGolden(text, "wrong-input.txt")
    }
}
