public import Rules

/// Runs the samples of a profile: each message must decode to exactly what the profile says.
public enum ProfileSamples {
    /// A sample that did not come out as it says.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// Where the sample stands.
        public var location: SourceLocation
        /// The profile that it belongs to.
        public var profile: String
        /// The sample's topic.
        public var topic: String
        /// What was asked for and what came instead, one line each.
        public var differences: [String]

        /// `devices/x.yaml:41:5: error: sample on "zigbee2mqtt/door" …` with one line for each difference.
        public var description: String {
            "\(location): error: profile \"\(profile)\": the sample on \"\(printable(topic))\" does not come out as it says"
                + differences.map { "\n    \($0)" }.joined()
        }
    }

    /// Runs every sample of a profile.
    ///
    /// - Returns: those that failed, in the order of the profile.
    public static func run(_ profile: DeviceProfile) -> [Failure] {
        profile.samples.compactMap { sample in
            let differences = differences(sample, profile)
            if differences.isEmpty { return nil }
            return Failure(
                location: sample.location, profile: profile.id, topic: sample.topic,
                differences: differences)
        }
    }

    /// A decoder that knows one device of the profile, which has the topic; nil where the topic is none of the
    /// profile's.
    public static func decoder(for profile: DeviceProfile, topic: String) -> DeviceDecoder? {
        candidate(for: profile, topic: topic).map { DeviceDecoder($0.directory) }
    }

    /// The address that a device of the profile would have, so that the topic is one of its own, and a directory of this
    /// device alone; nil where the topic is none of the profile's.
    static func candidate(
        for profile: DeviceProfile, topic: String
    ) -> (address: String, directory: DeviceDirectory)? {
        // Of several that fit, the one with the most literal levels says most: {path...} fits everything.
        let patterns = (profile.messages.map(\.topic) + profile.availability.map(\.topic))
            .enumerated().sorted {
                ($1.element.literalCount, $0.offset) < ($0.element.literalCount, $1.offset)
            }
            .map(\.element)
        guard let first = profile.messages.first else { return nil }
        for pattern in patterns {
            guard var bindings = pattern.match(topic) else { continue }
            // What the topic does not say of the device's address does not matter for what it means.
            for name in first.topic.placeholders where bindings[name] == nil {
                bindings[name] = "sample"
            }
            guard let address = first.topic.filled(bindings).topic else { continue }
            let placement = DevicePlacement(
                name: "device", residence: "sample", profile: profile.id, topic: address)
            let built = DeviceDirectory.build(profiles: [profile], placements: [placement])
            if built.diagnostics.isEmpty { return (address, built.directory) }
        }
        // A command stands below a topic of the device.
        return DeviceAddress.beforeWish(topic).flatMap { candidate(for: profile, topic: $0) }
    }

    private static func differences(
        _ sample: ProfileSample, _ profile: DeviceProfile
    ) -> [String] {
        guard var decoder = decoder(for: profile, topic: sample.topic) else {
            return ["the topic fits none of the profile's"]
        }
        let message = MQTTMessage(
            topic: sample.topic, payload: sample.payload, retained: sample.retained,
            received: sample.received)
        let decoded = decoder.decode(message)
        var differences: [String] = []
        switch (sample.expectation, decoded.outcome) {
        case (.ignored, .ignored), (.quarantined, .quarantined): break
        case (.readings(let expected), .readings(let found)):
            // How far a wrong clock is off is told beside what the message says: `clock_fault` asks for it.
            let told = found.map(\.reading).filter {
                !sample.clockFault || $0.capability != .clockOffset
            }
            differences = compare(expected, told, sample)
        case (.readings(let expected), .ignored) where expected.isEmpty: break
        case (.readings, let outcome), (.ignored, let outcome), (.quarantined, let outcome):
            differences = ["expected \(words(sample.expectation)), found \(words(outcome))"]
        }
        let clock = decoded.faults.contains { if case .clock = $0.reason { true } else { false } }
        if clock != sample.clockFault {
            differences.append(
                clock
                    ? "the device's clock is found to be wrong; write \"clock_fault: true\" where it is meant"
                    : "expected a wrong clock, found none")
        }
        for fault in decoded.faults where !sample.clockFault && fault.reason.isUnreadable {
            differences.append("\(fault)")
        }
        return differences
    }

    private static func compare(
        _ expected: [ProfileSample.Expected], _ found: [Reading], _ sample: ProfileSample
    ) -> [String] {
        var differences: [String] = []
        var left = found
        for want in expected {
            guard let place = left.firstIndex(where: { name($0) == want.name }) else {
                differences.append("expected \(want.name): \(text(want.value)), found nothing")
                continue
            }
            let reading = left.remove(at: place)
            if !isSame(reading.value, want.value) {
                differences.append(
                    "expected \(want.name): \(text(want.value)), found \(text(reading.value))")
            }
            if reading.freshness != sample.freshness {
                differences.append(
                    "\(want.name): expected freshness \(sample.freshness), found \(reading.freshness)"
                )
            }
            if let occurred = sample.occurred, reading.occurred != occurred {
                differences.append(
                    "\(want.name): expected occurred \(DeviceTime.text(occurred)), found \(reading.occurred.map(DeviceTime.text) ?? "none")"
                )
            }
        }
        for reading in left {
            differences.append("found \(name(reading)): \(text(reading.value)), not expected")
        }
        return differences
    }

    /// Equal, but for the last digits that a scale may change.
    private static func isSame(_ left: Value, _ right: Value) -> Bool {
        if case .number(let a) = left, case .number(let b) = right {
            return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))
        }
        return left == right
    }

    private static func name(_ reading: Reading) -> String {
        "\(reading.capability)" + (reading.channel.isEmpty ? "" : "[\(reading.channel)]")
    }

    private static func words(_ expectation: ProfileSample.Expectation) -> String {
        switch expectation {
        case .readings(let expected): "\(expected.map(\.name).joined(separator: ", "))"
        case .ignored: "nothing (ignored)"
        case .quarantined: "a message that cannot be read (quarantined)"
        }
    }

    private static func words(_ outcome: DecodedMessage.Outcome) -> String {
        switch outcome {
        case .readings(let readings):
            readings.map { "\(name($0.reading)): \(text($0.reading.value))" }
                .joined(separator: ", ")
        case .ignored(let reason): "nothing: \(reason.text)"
        case .unknown: "no device"
        case .quarantined(let failure): "\(failure)"
        }
    }

    /// A value as a profile writes it.
    public static func text(_ value: Value) -> String {
        switch value {
        case .unknown: "unknown"
        case .boolean(let value): value ? "true" : "false"
        case .number(let value): "\(value)"
        case .text(let text): "\"\(printable(text))\""
        }
    }
}
