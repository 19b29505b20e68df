import Foundation
import Rules
import Testing

@testable import Hub

@Suite("A profile to begin with")
struct ProfileSkeletonTests {
    private func skeleton(_ messages: (String, String)...) -> String {
        ProfileSkeleton(
            name: "Super Gadget", convention: "json",
            heard: messages.map {
                ProfileSkeleton.Heard(topic: $0.0, payload: Array($0.1.utf8))
            }
        ).text()
    }

    private func profile(_ text: String) throws -> DeviceProfile {
        let (profile, diagnostics) = ProfileParser.parse(try YAML.parse(text, file: "x"))
        return try #require(profile, "\(diagnostics) in \(text)")
    }

    @Test("names of fields become readings, others comments, and its samples hold as they stand")
    func fields() throws {
        let text = skeleton(
            ("lab/gadget/odd", "hello"),
            (
                "lab/gadget/state",
                #"{"env":{"temperature":21.5,"a/b":7},"tamper":"OFF","who":"it's"}"#
            ),
            ("lab/gadget/battery", "88"))
        let profile = try profile(text)
        #expect(profile.id == "own-super-gadget")
        #expect(
            profile.capabilities.map(\.capability) == [
                "env.temperature", "alarm.tamper", "device.battery",
            ])
        #expect(
            profile.messages.map { "\($0.topic)" } == [
                "{base...}/state", "{base...}/battery", "{base...}/odd",
            ])
        #expect(text.contains(#"# - {capability: , from: "/env/a~1b"}  # now: 7"#))
        #expect(profile.samples.count == 3 && ProfileSamples.run(profile).isEmpty)
        let wrong = try self.profile(
            text.replacing("21.5}", with: "22.5}").replacing(
                #""env.temperature": 21.5"#, with: #""env.temperature": 99.0"#))
        #expect(!ProfileSamples.run(wrong).isEmpty)
    }

    @Test("a SenML pack is read record by record, in the capabilities' units")
    func senml() throws {
        let text = skeleton(
            (
                "lab/pack",
                #"[{"bn":"urn:dev:1:","n":"t","u":"K","v":295.15},{"n":"p","u":"Pa","v":101325},{"n":"door","vb":true}]"#
            ))
        let profile = try profile(text)
        #expect(profile.capabilities.map(\.capability) == ["env.temperature", "env.pressure"])
        #expect(text.contains(#"{capability: , from: /vb, each: "", when: {/n: "door"}}"#))
        #expect(ProfileSamples.run(profile).isEmpty && text.contains("\"env.pressure\": 1013.25"))
    }

    @Test("what it does not know it leaves to people, and a hostile message stays a text")
    func unknown() throws {
        let text = skeleton(
            ("x/y", "{\"k\":\"a\\n# b: [\",\"q'\":1}"), ("x/{z}", "1"), ("x/w", "\u{1}\u{2}"))
        let (profile, diagnostics) = ProfileParser.parse(try YAML.parse(text, file: "x"))
        #expect(profile == nil && !text.contains("{z}"))
        #expect(diagnostics.map(\.message).allSatisfy { $0.contains("must tell something") })
        #expect(throws: PlacingError.self) {
            try ProfileSaving(text).save(in: "/nowhere", shippedProfiles: Repository.profiles)
        }
    }

    @Test("a device that no profile fits is written a profile, and placed by it")
    func placed() throws {
        let hub = try SteppedHub(files: ["devices.yaml": "version: 1\ndevices: []\n"])
        try hub.say(("lab/7/up", #"{"bed_occupied":true,"level":3}"#))
        func proposal() throws -> DeviceProposal {
            try #require(DeviceProposals(try hub.reader, home: try hub.home).find("lab/7/up"))
        }
        var library = ProfileLibrary(folders: [Repository.profiles])
        let own = try proposal().skeleton
        for text in ["profile: 1", own.replacing("bed.occupied", with: "bed.ocupied")] {
            #expect(throws: PlacingError.self) {
                try ProfileSaving(text).save(
                    in: hub.folder.path, shippedProfiles: Repository.profiles)
            }
        }
        let id = try ProfileSaving(own.replacing("\n", with: "\r\n")).save(
            in: hub.folder.path, shippedProfiles: Repository.profiles)
        // Not a second time under the same name.
        #expect(throws: PlacingError.self) {
            try ProfileSaving(own).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        }
        library.add(folder: hub.folder.file("profiles"))
        let choice = try #require(
            try proposal().choices(library.profiles).first { $0.profile.id == id })
        _ = try DevicePlacing(
            profile: id, topic: choice.topic, name: "mat", residence: "home", room: "home/hall",
            person: nil, title: "Mat"
        ).save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        try hub.restart()
        try hub.say(("lab/7/up", #"{"bed_occupied":false}"#))
        let latest = try hub.reader.latestEvents()
        #expect(
            latest.contains {
                $0.key == StreamKey(device: "home/mat", capability: "bed.occupied")
                    && $0.event.value == .boolean(false)
            })
    }
}
