import Foundation
import Rules
import Testing

@testable import Hub

/// One profile, one device, and what its messages come to, as text that a test can show.
struct ProfileRig {
    var decoder: DeviceDecoder
    let profile: DeviceProfile
    /// 2026-03-01T12:00:00Z.
    static let noon = Instant(milliseconds: 1_772_366_400_000)

    /// A profile by the part of its YAML that matters; the heads are added.
    ///
    /// - Parameters:
    ///   - yaml: from `messages:` on.
    ///   - topic: the device's address.
    ///   - also: on which topics it is heard besides.
    init(
        _ yaml: String, topic: String = "home/door", also: [String] = [], zone: ZoneOffsets = .utc,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let text = yaml.hasPrefix("profile:") ? yaml : Self.head + yaml
        let (profile, diagnostics) = Self.parse(text)
        self.profile = try #require(profile, "\(diagnostics)", sourceLocation: location)
        var placement = DevicePlacement(
            name: "door", residence: "home", profile: self.profile.id, topic: topic)
        placement.also = also.map { .init($0, at: placement.location) }
        let built = DeviceDirectory.build(
            profiles: [self.profile], placements: [placement], zones: ["home": zone])
        try #require(
            built.diagnostics.isEmpty, "\(built.diagnostics)", sourceLocation: location)
        decoder = DeviceDecoder(built.directory)
    }

    static let head = "profile: 1\nid: test\ntitle: {en: Test, fr: Essai}\n"

    /// A profile with readings on the topic `home/{name}` and nothing else.
    static func readings(_ lines: String..., time: String? = nil) throws -> ProfileRig {
        var yaml = "messages:\n  - topic: \"home/{name}\"\n"
        if let time { yaml += "    time: \(time)\n" }
        yaml += "    readings:\n"
        for line in lines { yaml += "      - \(line)\n" }
        return try ProfileRig(yaml)
    }

    static func parse(_ text: String) -> (profile: DeviceProfile?, diagnostics: [Diagnostic]) {
        do {
            return ProfileParser.parse(try YAML.parse(text, file: "test.yaml"))
        } catch {
            return (nil, [error])
        }
    }

    /// What is wrong with a profile, one line each, without the file's name.
    static func problems(_ yaml: String) -> [String] {
        parse(yaml.hasPrefix("profile:") ? yaml : head + yaml).diagnostics.map {
            "\($0.location.line): \($0.code)"
        }
    }

    mutating func decode(
        _ payload: String, topic: String = "home/door", retained: Bool = false,
        at received: Instant = noon
    ) -> DecodedMessage {
        decode([UInt8](payload.utf8), topic: topic, retained: retained, at: received)
    }

    mutating func decode(
        _ payload: [UInt8], topic: String = "home/door", retained: Bool = false,
        at received: Instant = noon
    ) -> DecodedMessage {
        decoder.decode(
            MQTTMessage(topic: topic, payload: payload, retained: retained, received: received))
    }

    /// `contact.open=true alarm.sos[2]=true(late)`, or `ignored: stale`, `unknown`, `quarantined: not-json`;
    /// faults behind it, such as `!clock`.
    mutating func says(
        _ payload: String, topic: String = "home/door", retained: Bool = false,
        at received: Instant = noon
    ) -> String {
        Self.text(decode(payload, topic: topic, retained: retained, at: received))
    }

    static func text(_ decoded: DecodedMessage) -> String {
        var parts: [String] =
            switch decoded.outcome {
            case .readings(let readings): readings.map { text($0.reading) }
            case .ignored(let reason): ["ignored: \(reason)"]
            case .unknown: ["unknown"]
            case .quarantined(let failure): ["quarantined: \(failure.reason.code)"]
            }
        parts += decoded.faults.map { "!\($0.reason.code)" }
        return parts.joined(separator: " ")
    }

    static func text(_ reading: Reading) -> String {
        var text = "\(reading.capability)"
        if !reading.channel.isEmpty { text += "[\(reading.channel)]" }
        text += "=\(ProfileSamples.text(reading.value))"
        if reading.freshness != .live { text += "(\(reading.freshness))" }
        return text
    }
}

/// The repository's own folder, and the data beside it that is not part of it.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static let profiles = root + "/devices"

    /// A file of the shared data; nil where this checkout has none beside it.
    static func shared(_ name: String) -> String? {
        let path = root + "/../shared/data/" + name
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    static let library = ProfileLibrary(folders: [profiles])
}
