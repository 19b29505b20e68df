import Foundation
import Hub
import Rules

/// How one message is understood by one profile, as text or JSON.
struct DecodeExplanation {
    /// Whose reading of the message this is: a profile, or the devices of a home.
    let reader: String
    private let directory: DeviceDirectory
    private let message: MQTTMessage
    private let decoded: DecodedMessage
    private let notes: [DecodingNote]

    /// How the devices of a home understand it.
    init(_ message: MQTTMessage, _ directory: DeviceDirectory) {
        self.init(message, DeviceDecoder(directory), reader: "the home's devices")
    }

    private init(_ message: MQTTMessage, _ decoder: DeviceDecoder, reader: String) {
        var decoder = decoder
        (decoded, notes) = decoder.explain(message)
        directory = decoder.directory
        self.message = message
        self.reader = reader
    }

    /// One for each profile that has such a topic; those that understand most of it first.
    static func all(_ message: MQTTMessage, _ profiles: [DeviceProfile]) -> [DecodeExplanation] {
        let found = profiles.compactMap { profile -> DecodeExplanation? in
            ProfileSamples.decoder(for: profile, topic: message.topic).map {
                DecodeExplanation(message, $0, reader: profile.id)
            }
        }
        return found.enumerated().sorted { left, right in
            let a = left.element.decoded.readings.count
            let b = right.element.decoded.readings.count
            return a != b ? a > b : left.offset < right.offset
        }.map(\.element)
    }

    /// Whether there is more to say than that nothing was read, or only what any device tells: its battery, its link.
    var isUseful: Bool { decoded.readings.contains { !$0.reading.capability.isOfTheDeviceItself } }

    /// Whether anything was read.
    var hasReadings: Bool { !decoded.readings.isEmpty }

    /// The explanation for a person.
    var text: String {
        var lines = ["as \(reader)"]
        for note in notes { lines.append("  " + line(note)) }
        switch decoded.outcome {
        case .readings(let readings):
            lines.append(
                "  result: \(readings.count) \(readings.count == 1 ? "reading" : "readings")")
            for reading in readings {
                let effective = effectiveTime(of: reading.reading, received: message.received)
                lines.append(
                    "    \(name(reading.reading)) = \(value(reading.reading)), \(reading.reading.kind.rawValue), \(reading.reading.freshness), at \(effective.iso)"
                )
            }
        case .ignored(let reason): lines.append("  result: nothing: \(reason.text)")
        case .unknown: lines.append("  result: no device has this topic")
        case .quarantined(let failure): lines.append("  result: quarantined: \(failure)")
        }
        for fault in decoded.faults { lines.append("  fault: \(fault)") }
        return lines.joined(separator: "\n")
    }

    private func line(_ note: DecodingNote) -> String {
        switch note {
        case .matched(let device, let topic, let location):
            "\(directory.devices[device].id), profile \(directory.devices[device].profile): matched \(topic) (\(location))"
        case .guarded(let guarded): "left out: not so that \(guarded)"
        case .time(let pointer, let text, let moment, let isOld):
            "time \(pointer): \(printable(text)) "
                + (moment.map { "is \($0.iso)" + (isOld ? ", too old to be now" : "") }
                    ?? "is not used")
        case .readingGuarded(let reading, let guarded):
            "\(reading.capability): left out: not so that \(guarded)"
        case .absent(let reading, let pointer):
            "\(reading.capability): \(pointer.isEmpty ? "nothing" : "no \(printable(pointer))") in the payload"
        case .nothing(let reading, let pointer, let raw, let why):
            "\(reading.capability): \(place(pointer)) is \(raw): no reading: \(why)"
        case .reading(let reading, let pointer, let raw):
            "\(name(reading)): \(place(pointer)) is \(raw): \(value(reading))"
        case .availability(_, let word, let value):
            "availability: \"\(printable(word))\": \(ProfileSamples.text(value))"
        }
    }

    private func place(_ pointer: String?) -> String {
        pointer.map(printable) ?? "the payload"
    }

    private func name(_ reading: Reading) -> String {
        "\(reading.capability)"
            + (reading.channel.isEmpty ? "" : "[\(printable(reading.channel))]")
    }

    private func value(_ reading: Reading) -> String {
        let unit = CapabilityVocabulary.entry(reading.capability.rawValue)?.unit ?? ""
        let text = ProfileSamples.text(reading.value)
        return unit.isEmpty || reading.value == .unknown ? text : "\(text) \(unit)"
    }

    /// The explanation for a program, in one line.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let output = Output(
            reader: reader, outcome: outcome,
            readings: decoded.readings.map { item in
                Output.Item(
                    device: directory.devices[item.device].id.rawValue,
                    capability: item.reading.capability.rawValue, channel: item.reading.channel,
                    kind: item.reading.kind.rawValue,
                    value: Output.Scalar(value: item.reading.value),
                    freshness: "\(item.reading.freshness)", occurred: item.reading.occurred?.iso,
                    effective: effectiveTime(of: item.reading, received: message.received).iso)
            },
            faults: decoded.faults.map { "\($0)" }, notes: notes.map(line))
        // The values are texts, booleans and finite numbers: they can be encoded.
        let data = (try? encoder.encode(output)) ?? Data("{}".utf8)
        return String(decoding: data, as: UTF8.self)
    }

    private var outcome: String {
        switch decoded.outcome {
        case .readings: "readings"
        case .ignored(let reason): "ignored: \(reason.rawValue)"
        case .unknown: "unknown"
        case .quarantined(let failure): "quarantined: \(failure.reason.code)"
        }
    }

    private struct Output: Encodable {
        let reader: String
        let outcome: String
        let readings: [Item]
        let faults: [String]
        let notes: [String]

        struct Item: Encodable {
            let device: String
            let capability: String
            let channel: String
            let kind: String
            let value: Scalar
            let freshness: String
            let occurred: String?
            let effective: String
        }

        /// A value as JSON has it; null where it is unknown.
        struct Scalar: Encodable {
            let value: Value

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch value {
                case .unknown: try container.encodeNil()
                case .boolean(let value): try container.encode(value)
                case .number(let value): try container.encode(value)
                case .text(let text): try container.encode(text)
                }
            }
        }
    }
}
