import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Consent in the configuration")
struct ConsentSettingsTests {
    private static func load(consent: String = "", device: String) throws -> LoadedHome {
        let folder = try TemporaryFolder()
        let hub = """
            version: 1
            site: {id: test}
            zone: Europe/Paris
            \(consent)
            residences:
              - {id: home, people: [p1], rooms: [{id: bedroom, kind: bedroom}, {id: hall, kind: hall}]}
            """
        try hub.write(toFile: folder.file("hub.yaml"), atomically: true, encoding: .utf8)
        try "version: 1\ndevices:\n  - \(device)\n".write(
            toFile: folder.file("devices.yaml"), atomically: true, encoding: .utf8)
        let devices = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "devices")
        return try HomeFolder.load(folder.path, shippedProfiles: devices.path)
    }

    private static func camera(_ room: String, _ more: String = "") -> String {
        "{name: cam, residence: home, room: \(room), kind: camera, profile: json-motion, topic: x/cam\(more)}"
    }

    @Test("a camera in a private room is an error, in a hall it is none")
    func privateRoom() throws {
        let home = try Self.load(device: Self.camera("bedroom"))
        #expect(home.diagnostics.contains { $0.code == "camera-in-private-room" })
        #expect(home.hasErrors)
        #expect(try !Self.load(device: Self.camera("hall")).hasErrors)
    }

    @Test("an exception needs reason, date, name and end, and nothing is taken in after its end")
    func exception() throws {
        let whole =
            ", exception: {reason: seizures, decided: 2026-11-03, by: team, until: 2027-02-28}"
        let home = try Self.load(device: Self.camera("bedroom", whole))
        #expect(!home.hasErrors, "\(home.report)")
        var engine = Engine(plan: home.plan)
        var steps: Steps = []
        let end = try #require(Instant(iso: "2027-02-28T00:00:00Z"))
        engine.advance(to: end - .days(1), into: &steps)
        #expect(engine.refusal(of: "home/cam", at: end - .milliseconds(1)) == nil)
        #expect(engine.refusal(of: "home/cam", at: end) == .nobody)
        let without = try Self.load(
            device: Self.camera(
                "bedroom", ", exception: {reason: seizures, decided: soon, by: team}"))
        #expect(without.diagnostics.contains { $0.code == "bad-date" })
        #expect(without.diagnostics.contains { $0.message.contains("until") })
    }

    @Test("an exception that ended is told with its day, and one that ends within 30 days too")
    func exceptionEnds() throws {
        let whole =
            ", exception: {reason: seizures, decided: 2026-11-03, by: team, until: 2027-02-28}"
        let home = try Self.load(device: Self.camera("bedroom", whole)).home
        let end = try #require(Instant(iso: "2027-02-28T00:00:00Z"))
        func told(_ now: Instant) -> [String] {
            PrivateRooms.diagnostics(home, [], now: now).map {
                "\($0.severity) \($0.code): \($0.message)"
            }
        }
        #expect(told(end - .days(31)).isEmpty)
        #expect(told(end - .days(30)).first?.hasPrefix("warning exception-ends: ") == true)
        let ended = try #require(told(end).first)
        for text in [
            "warning exception-ended: ", "\"home/cam\"", "\"home/bedroom\"", "ended on 2027-02-28",
            "take the device away, or decide anew",
        ] { #expect(ended.contains(text), "\(ended)") }
        // In a hall nobody needs one.
        let hall = try Self.load(device: Self.camera("hall", whole)).home
        #expect(PrivateRooms.diagnostics(hall, [], now: end + .days(400)).isEmpty)
    }

    @Test("an unknown policy is refused, with what there is")
    func policy() throws {
        let device = Self.camera("hall")
        #expect(
            try Self.load(consent: "consent: required", device: device).plan.consentPolicy
                == .required)
        #expect(try Self.load(device: device).plan.consentPolicy == .optOut)
        let wrong = try Self.load(consent: "consent: requird", device: device)
        #expect(wrong.diagnostics.contains { $0.code == "unknown-policy" })
    }
}
