import Foundation
import Hub
import Rules

/// A message that was understood by its convention, as one line of JSON.
struct ConventionLine: Encodable {
    private struct Reading: Encodable {
        var capability: String
        var kind: String
        var value: Value
        var unit: String
        var time: String?
        var freshness: String

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(capability, forKey: .capability)
            try container.encode(kind, forKey: .kind)
            try container.encode(value, forKey: .value)
            try container.encode(unit.isEmpty ? nil : unit, forKey: .unit)
            try container.encode(time, forKey: .time)
            try container.encode(freshness, forKey: .freshness)
        }

        private enum Key: String, CodingKey { case capability, kind, value, unit, time, freshness }
    }

    private enum Value: Encodable {
        case boolean(Bool)
        case number(Double)
        case text(String)
        case unknown

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .boolean(let value): try container.encode(value)
            case .number(let value):
                // Beyond 2^53 there are no whole numbers to tell apart.
                if value == value.rounded(), abs(value) < 9e15 {
                    try container.encode(Int64(value))
                } else {
                    try container.encode(value)
                }
            case .text(let value): try container.encode(value)
            case .unknown: try container.encodeNil()
            }
        }
    }

    private let message: ConventionMessage

    init(_ message: ConventionMessage) { self.message = message }

    private enum Key: String, CodingKey { case convention, device, readings, flags, quarantined }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(message.convention, forKey: .convention)
        try container.encode(message.device, forKey: .device)
        try container.encode(message.readings.map(Self.reading), forKey: .readings)
        try container.encode(message.flags, forKey: .flags)
        try container.encode(message.quarantined, forKey: .quarantined)
    }

    private static func reading(_ reading: ConventionMessage.Reading) -> Reading {
        let value: Value =
            switch reading.value {
            case .boolean(let value): .boolean(value)
            case .number(let value): .number(value)
            case .text(let value): .text(value)
            case .unknown: .unknown
            }
        return Reading(
            capability: reading.capability, kind: reading.kind.rawValue, value: value,
            unit: reading.unit, time: reading.time?.iso, freshness: "\(reading.freshness)")
    }

    /// The line.
    var text: String {
        get throws { try jsonText(self) }
    }

    /// One line of standard input: `{"topic", "payload", "enc"?: "hex", "retain"?}`.
    private struct Input: Decodable {
        var topic: String
        var payload: String
        var enc: String?
        var retain: Bool?
    }

    /// Reads a line, and gives what is to be written for it; a line that cannot be read is told in its place.
    ///
    /// - Parameter judgesAge: whether `received` is when the message was taken in, and not just now.
    static func answer(
        to line: String, received: Instant, judgesAge: Bool
    ) throws -> String {
        let input: Input
        do { input = try JSONDecoder().decode(Input.self, from: Data(line.utf8)) } catch {
            return try refusal("this line is no JSON object with \"topic\" and \"payload\"")
        }
        var payload = Array(input.payload.utf8)
        if let form = input.enc {
            guard form == "hex", let bytes = Self.bytes(input.payload) else {
                return try refusal("the payload is not hexadecimal")
            }
            payload = bytes
        }
        return try ConventionLine(
            Conventions.read(
                MQTTMessage(
                    topic: input.topic, payload: payload, retained: input.retain ?? false,
                    received: received), judgesAge: judgesAge)
        ).text
    }

    private static func refusal(_ reason: String) throws -> String {
        var message = ConventionMessage(convention: "raw", device: "")
        message.quarantined = reason
        message.flags = ["bad_line"]
        return try ConventionLine(message).text
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard
                let byte = UInt8(String(decoding: digits[at..<(at + 2)], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
