import Foundation
import Hub
import Rules

/// How one profile understands one message: as text for a person, or as one JSON object.
struct DecodeExplanation {
    let profile: DeviceProfile
    let message: DecodedMessage
    let notes: [DecodingNote]

    /// Every profile that has such a topic, those that give readings first.
    static func all(_ message: MQTTMessage, _ profiles: [DeviceProfile]) -> [DecodeExplanation] {
        let all = profiles.compactMap { profile -> DecodeExplanation? in
            guard var decoder = ProfileSamples.decoder(for: profile, topic: message.topic) else {
                return nil
            }
            let explained = decoder.explain(message)
            return DecodeExplanation(
                profile: profile, message: explained.message, notes: explained.notes)
        }
        let telling = all.filter { !$0.message.readings.isEmpty }
        return telling + all.filter { $0.message.readings.isEmpty }
    }

    var text: String {
        var lines = ["profile \(profile.id)"]
        for note in notes { lines.append("  " + Self.line(note)) }
        switch message.outcome {
        case .readings(let readings):
            lines.append(readings.count == 1 ? "1 reading" : "\(readings.count) readings")
        case .ignored(let reason): lines.append("no reading: \(reason)")
        case .unknown: lines.append("no device has this topic")
        case .quarantined(let failure): lines.append("quarantined: \(failure)")
        }
        for fault in message.faults { lines.append("  odd: \(fault)") }
        return lines.map(printable).joined(separator: "\n")
    }

    private static func line(_ note: DecodingNote) -> String {
        switch note {
        case .matched(_, let topic, let location):
            return "topic fits \(topic) (\(location))"
        case .guarded(let test): return "left out: not so that \(test)"
        case .time(let pointer, let text, let moment, let isOld):
            let used =
                moment.map { "= \(Timestamp.utc($0))" } ?? "not used; the hub's time is taken"
            return
                "time \(pointer) \"\(text)\" \(used)\(isOld ? ", older than the profile allows" : "")"
        case .readingGuarded(let reading, let test):
            return "\(reading.capability): left out: not so that \(test)"
        case .absent(let reading, let pointer):
            return "\(reading.capability): nothing at \(pointer)"
        case .nothing(let reading, let pointer, let raw, let why):
            return "\(reading.capability): \(pointer ?? "payload") \(raw): no reading, \(why)"
        case .reading(let reading, let pointer, let raw):
            let channel = reading.channel.isEmpty ? "" : "[\(reading.channel)]"
            return
                "\(reading.capability)\(channel) = \(reading.value.plainText) (\(reading.kind.rawValue), "
                + "\(reading.freshness)) from \(pointer ?? "payload") \(raw)"
        case .availability(_, let word, let value):
            return "availability \"\(word)\" = \(value.plainText)"
        }
    }

    private struct Wire: Encodable {
        struct Item: Encodable {
            var capability: String
            var channel: String?
            var kind: String
            var value: String?
            var time: String?
            var freshness: String
        }
        var profile: String
        var readings: [Item]
        var faults: [String]
        var ignored: String?
        var quarantined: String?
    }

    var json: String {
        var wire = Wire(
            profile: profile.id,
            readings: message.readings.map(\.reading).map { reading in
                Wire.Item(
                    capability: reading.capability.rawValue,
                    channel: reading.channel.isEmpty ? nil : reading.channel,
                    kind: reading.kind.rawValue,
                    value: reading.value == .unknown ? nil : reading.value.plainText,
                    time: reading.occurred.map(Timestamp.utc), freshness: "\(reading.freshness)")
            },
            faults: message.faults.map(\.description))
        if case .ignored(let reason) = message.outcome { wire.ignored = "\(reason)" }
        if case .quarantined(let failure) = message.outcome { wire.quarantined = "\(failure)" }
        return (try? jsonText(wire)) ?? "{}"
    }
}
