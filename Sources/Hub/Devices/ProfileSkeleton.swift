import Foundation
import Rules

/// A profile to begin with, for a device that no profile fits: what its latest messages hold, with the capabilities that
/// names of fields tell, the rest as comments, and the messages as samples. Somebody who knows the device mends it.
public struct ProfileSkeleton: Sendable {
    /// A message as it was heard.
    public struct Heard: Sendable {
        /// Where.
        public var topic: String
        /// What, as far as it was kept.
        public var payload: [UInt8]

        /// A message.
        public init(topic: String, payload: [UInt8]) {
            self.topic = topic
            self.payload = payload
        }
    }

    /// The most topics, and the most fields of one message, that are written out.
    private static let most = (topics: 8, fields: 40)

    private let id: String
    private let title: String
    private let convention: String
    private let heard: [Heard]
    private var known: Set<String> = []
    /// The profile as far as the device announced it; nil where it is made of messages.
    private let announced: String?

    /// A skeleton.
    ///
    /// - Parameters:
    ///   - name: what the device is called; the profile's identifier is made of it.
    ///   - heard: its latest messages, one for each topic; the first that can be read is the address.
    ///   - announced: the profile that the device's announcement makes: only samples are added to it.
    init(name: String, convention: String, heard: [Heard], announced: String? = nil) {
        self.announced = announced
        let plain = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let words = String(plain).split(separator: "-").joined(separator: "-")
        id = "own-" + (words.isEmpty ? "device" : String(words.prefix(40)))
        title = name.isEmpty ? "Device" : name.legible(80)
        self.convention = convention
        // A brace in a pattern is a placeholder.
        self.heard = Array(
            heard.filter { !$0.topic.contains("{") && !$0.topic.contains("}") }
                .prefix(Self.most.topics))
    }

    /// The profile as YAML.
    public func text() -> String {
        var copy = self
        let body = announced ?? copy.body()
        return body + tests(body)
    }

    private mutating func body() -> String {
        var lines = [
            "# Made of messages that were heard. Look at each line, take away what the device does not mean, give the rest a",
            "# capability (docs/profiles.md has them all), and run: hubctl devices check FILE",
            "profile: 1", "id: \(id)",
            "title: {en: \(JSONText.string(title)), fr: \(JSONText.string(title))}",
            "convention: \(JSONText.string(convention.isEmpty ? "json" : convention))",
            "# What it is to rules, such as door, motion, call_button, bed, plug:", "kind: device",
            "messages:",
        ]
        let all = heard.enumerated().map {
            (topic: pattern($0.offset), lines: readings($0.element))
        }
        // The first is the device's address, and must tell something.
        for message in all.filter({ !$0.lines.active.isEmpty })
            + all.filter({ $0.lines.active.isEmpty })
        {
            lines.append("  - topic: \(JSONText.string(message.topic))")
            let (active, open) = message.lines
            if active.isEmpty {
                lines.append("    role: ignore  # until one of these is a reading: then readings:")
            } else {
                lines.append("    readings:")
            }
            lines += active.map { "      - \($0)" } + open.map { "      # - \($0)" }
        }
        lines += [
            "# How often it is heard at least, so that its silence is seen; without it nothing is expected:",
            "# liveness: {expect: 25h, grace: 1.2, class: sleeping}",
            "# What it presumes of the person who uses it, and what to try when it is put in:",
            "# script: {en: , fr: }", "# commissioning:", "#   - {en: , fr: }",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Topics

    /// What all topics begin with is the device's own; the rest says which message it is.
    private func pattern(_ number: Int) -> String {
        let all = heard.map {
            $0.topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        }
        let shortest = all.map(\.count).min() ?? 1
        let shared =
            (0..<max(0, shortest - 1)).first { level in
                Set(all.map { $0[level] }).count > 1
            } ?? max(0, shortest - 1)
        let own = all[number]
        guard shared > 0 else { return own.joined(separator: "/") }
        return (["{base...}"] + own.dropFirst(shared)).joined(separator: "/")
    }

    // MARK: Readings

    private mutating func readings(_ message: Heard) -> (active: [String], open: [String]) {
        var active: [String] = []
        var open: [String] = []
        func add(_ pointer: String, _ name: String, _ value: JSONValue) {
            let now = Self.shown(value)
            if let reading = reading(pointer, name, value) {
                active.append("\(reading)  # now: \(now)")
            } else {
                open.append("{capability: , from: \(JSONText.string(pointer))}  # now: \(now)")
            }
        }
        if let json = try? JSONValue(message.payload), json.isObject {
            var fields: [(pointer: String, name: String, value: JSONValue)] = []
            Self.leaves(json, "", 0, &fields)
            for field in fields.prefix(Self.most.fields) {
                add(field.pointer, field.name, field.value)
            }
        } else if let json = try? JSONValue(message.payload), SenMLConvention.fits(json) {
            pack(json, &active, &open)
        } else if [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(message.payload.first) {
            open.append("this message was too long to be kept whole, or is no JSON")
        } else {
            let text = String(decoding: message.payload, as: UTF8.self)
            let name = message.topic.split(separator: "/").last.map(String.init) ?? ""
            add("", name, Double(text).map { .number($0) } ?? .string(text))
        }
        return (active, open)
    }

    /// The records of a SenML pack (RFC 8428), each by its name; their base units stand in the lines, for a profile reads each
    /// record for itself.
    private mutating func pack(
        _ json: JSONValue, _ active: inout [String], _ open: inout [String]
    ) {
        var unit = ""
        for record in json.elements.prefix(Self.most.fields) {
            if let base = record["bu"]?.text { unit = base }
            if record["bv"]?.number != nil {
                open.append("this pack has base values, which no profile adds")
            }
            guard let name = record["n"]?.text, let value = record["v"] ?? record["vb"] else {
                continue
            }
            let when = "each: \"\", when: {/n: \(JSONText.string(name.legible(60)))}"
            let from = record["v"] == nil ? "/vb" : "/v"
            let own = record["u"]?.text ?? unit
            let now = "now: \(Self.shown(value)) \(own.legible(10))"
            guard from == "/v", let meaning = SenMLConvention.byUnit[own],
                known.insert(meaning.capability).inserted
            else {
                open.append("{capability: , from: \(from), \(when)}  # \(now)")
                continue
            }
            let scale = meaning.scale == 1 ? "" : ", scale: \(meaning.scale)"
            let offset = meaning.offset == 0 ? "" : ", offset: \(meaning.offset)"
            active.append(
                "{capability: \(meaning.capability), from: \(from), \(when)\(scale)\(offset)}  # \(now)"
            )
        }
    }

    /// A line for a field whose name tells what it is; nil for others, and for what stands there already.
    private mutating func reading(
        _ pointer: String, _ name: String, _ value: JSONValue
    ) -> String? {
        guard let meaning = FieldVocabulary.meaning(of: name) else {
            return nil
        }
        let capability: String
        var more = ""
        switch meaning {
        case .number(let id, let factor):
            guard case .number = value else { return nil }
            capability = id
            if factor != 1 { more = ", scale: \(factor)" }
        case .boolean(let id), .inverted(let id):
            var isInverted = false
            if case .inverted = meaning { isInverted = true }
            capability = id
            switch value {
            case .boolean:
                if isInverted { more = ", map: {true: false, false: true}" }
            case .string(let text):
                guard let truth = FieldVocabulary.truth(text) else { return nil }
                more = ", map: {\(JSONText.string(text.legible(60))): \(truth != isInverted)}"
            case .number(let number):
                guard number == 0 || number == 1 else { return nil }
                more = isInverted ? ", map: {1: false, 0: true}" : ", map: {1: true, 0: false}"
            default: return nil
            }
        case .text(let id), .pulse(let id):
            guard case .string = value else { return nil }
            capability = id
        }
        guard known.insert(capability).inserted else { return nil }
        return "{capability: \(capability), from: \(JSONText.string(pointer))\(more)}"
    }

    private static func leaves(
        _ value: JSONValue, _ pointer: String, _ depth: Int,
        _ found: inout [(pointer: String, name: String, value: JSONValue)]
    ) {
        guard case .object(let members) = value, depth < 6 else { return }
        for member in members where found.count < most.fields {
            let key = JSONPointer.escaped(member.key)
            let place = "\(pointer)/\(key)"
            switch member.value {
            case .object: leaves(member.value, place, depth + 1, &found)
            case .array, .null: break
            default: found.append((place, member.key, member.value))
            }
        }
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .boolean(let flag): "\(flag)"
        case .number(let number): Rules.Value.number(number).plainText
        case .string(let text): text.legible(60)
        default: "?"
        }
    }

    // MARK: Samples

    /// The messages with what the lines above make of them: whoever mends a line sees what changes.
    private func tests(_ body: String) -> String {
        guard let tree = try? YAML.parse(body, file: id),
            let profile = ProfileParser.parse(tree).profile
        else { return "" }
        var lines: [String] = []
        for message in heard {
            guard let payload = String(validating: message.payload, as: UTF8.self),
                payload == payload.legible(1000),
                var decoder = ProfileSamples.decoder(for: profile, topic: message.topic)
            else { continue }
            let readings = decoder.decode(
                MQTTMessage(topic: message.topic, payload: message.payload, received: .distantPast)
            ).readings
            let expected = readings.map { decoded -> String in
                let reading = decoded.reading
                let value =
                    reading.value == .unknown ? "null" : ProfileSamples.text(reading.value)
                return "\(JSONText.string("\(reading.capability)")): \(value)"
            }
            let says =
                expected.isEmpty
                ? "ignored: true" : "readings: {\(expected.joined(separator: ", "))}"
            let text = payload.replacing("'", with: "''")
            lines.append(
                "  - {topic: \(JSONText.string(message.topic)), payload: '\(text)', \(says)}")
        }
        return lines.isEmpty ? "" : "tests:\n" + lines.joined(separator: "\n") + "\n"
    }
}
