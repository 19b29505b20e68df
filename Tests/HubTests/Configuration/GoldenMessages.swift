import Foundation
import Rules
import Testing

@testable import Hub

/// Wrong inputs with the messages that they must give, in a file that reads like a manual:
///
///     === name of the case
///     input
///     ---
///     messages
///
/// With FOYER_GOLDEN=write in the environment the tests write the file anew, to be read and committed.
struct GoldenMessages {
    struct Case: Sendable, CustomStringConvertible {
        var name: String
        var input: String
        var expected: String
        var description: String { name }
    }

    let path: String
    let cases: [Case]

    init(_ file: String) throws {
        path =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden/\(file)").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        cases = text.components(separatedBy: "=== ").dropFirst().map { block in
            let head = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let parts = (head.count > 1 ? String(head[1]) : "").components(separatedBy: "---\n")
            return Case(
                name: String(head[0]), input: parts[0], expected: parts.count > 1 ? parts[1] : "")
        }
    }

    /// Compares each case's messages with what it must give, or writes them.
    func check(_ messages: (String) -> String) throws {
        let isWriting = ProcessInfo.processInfo.environment["FOYER_GOLDEN"] == "write"
        var written = ""
        for item in cases {
            let actual = messages(item.input) + "\n"
            written += "=== \(item.name)\n\(item.input)---\n\(actual)"
            if !isWriting {
                #expect(actual == item.expected, "\(item.name)")
            }
        }
        if isWriting { try written.write(toFile: path, atomically: true, encoding: .utf8) }
    }
}

/// A small home that the golden messages of rules are about.
enum SampleHome {
    static func device(
        _ name: String, kind: String, room: String, labels: [String] = [], person: String? = nil,
        _ capabilities: [(Capability, ReadingKind)]
    ) -> Device {
        Device(
            id: DeviceID(rawValue: "lilas/\(name)"), name: name,
            title: LocalizedText(english: name, french: name), residence: "lilas",
            room: RoomID(rawValue: "lilas/\(room)"), person: person.map { PersonID(rawValue: $0) },
            kind: kind, labels: labels, profile: "test",
            capabilities: capabilities.map { DeviceCapability(capability: $0.0, kind: $0.1) },
            silentAfter: nil)
    }

    static let home = Home(
        residences: [
            Residence(
                id: "lilas", title: LocalizedText(english: "Lilas", french: "Lilas"),
                zone: "Europe/Paris",
                rooms: ["hall", "kitchen", "bedroom"].map {
                    Room(
                        id: RoomID(rawValue: "lilas/\($0)"),
                        title: LocalizedText(english: $0, french: $0), kind: $0)
                }, people: ["p1"])
        ],
        devices: [
            device(
                "front_door", kind: "door", room: "hall", labels: ["outside"],
                [("contact.open", .state), ("device.battery", .measurement)]),
            device("hall_motion", kind: "motion", room: "hall", [("presence.motion", .state)]),
            device(
                "kitchen_motion", kind: "motion", room: "kitchen", [("presence.motion", .state)]),
            device(
                "stove_plug", kind: "stove", room: "kitchen",
                [("power.active", .measurement), ("switch.on", .state)]),
            device(
                "call", kind: "call_button", room: "bedroom", person: "p1",
                [("alarm.sos", .pulse), ("button.press", .pulse)]),
        ])
}
