public import Rules

/// Which profiles understand what an unknown device says.
public struct ProfileSuggestion: Sendable {
    /// The profile.
    public var profile: DeviceProfile
    /// The address that the device would have in devices.yaml.
    public var topic: String
    /// What it reads in the message.
    public var readings: [DecodedReading]

    /// How many of the readings tell what the device is for: not its battery, its link, or whether it is there.
    private var own: Int { readings.count { !$0.reading.capability.isOfTheDeviceItself } }

    /// Whether the message speaks for this profile: it reads what the device is for, or is for nothing else.
    public var isTelling: Bool {
        own > 0 || profile.capabilities.allSatisfy { $0.capability.isOfTheDeviceItself }
    }

    /// What speaks against it, where others read as much.
    private var oddities: Int {
        let alarms = profile.capabilities.map(\.capability).filter {
            $0.rawValue.hasPrefix("alarm.") && $0 != "alarm.tamper"
        }
        let told = readings.map(\.reading.capability)
        return (profile.models.isEmpty ? 1 : 0) + (alarms.allSatisfy(told.contains) ? 0 : 1)
    }

    /// The profiles whose topics fit and that read something; those that read most first, batteries and links apart.
    public static func all(
        for message: MQTTMessage, among profiles: [DeviceProfile]
    ) -> [ProfileSuggestion] {
        let found = profiles.compactMap { profile -> ProfileSuggestion? in
            guard
                let candidate = ProfileSamples.candidate(for: profile, topic: message.topic)
            else { return nil }
            var decoder = DeviceDecoder(candidate.directory)
            let readings = decoder.decode(message).readings
            guard !readings.isEmpty else { return nil }
            return ProfileSuggestion(
                profile: profile, topic: candidate.address, readings: readings)
        }
        // Most devices have a battery: what only that says tells little of what a device is.
        func own(_ suggestion: ProfileSuggestion) -> Int { suggestion.own }
        let isKnown = found.contains { own($0) > 0 }
        return found.filter { !isKnown || own($0) > 0 }.enumerated().sorted { left, right in
            let a = (own(left.element), left.element.readings.count)
            let b = (own(right.element), right.element.readings.count)
            if a != b { return a > b }
            // A pad that shows itself as a contact has no models of its own: a contact is a door before it is a bed.
            // And what would tell an alarm that this message does not speak of is less likely than what would not.
            let odd = (left.element.oddities, right.element.oddities)
            return odd.0 != odd.1 ? odd.0 < odd.1 : left.offset < right.offset
        }.map(\.element)
    }
}

extension Capability {
    /// Whether it tells how the device is, as of any device: its battery, its link, whether it or its bridge is there.
    public var isOfTheDeviceItself: Bool {
        ["device.", "link.", "bridge."].contains { rawValue.hasPrefix($0) }
    }
}
