public import Rules

/// A kind of device as data: on which topics it speaks, what its payloads mean, how often it should be heard, and
/// samples of what it says. `ProfileParser` makes one from YAML; `DeviceDirectory` puts it to work.
public struct DeviceProfile: Hashable, Sendable {
    /// Its name, such as `zigbee2mqtt-contact`.
    public var id: String
    /// What people call such a device.
    public var title: LocalizedText
    /// The convention that it follows, such as `zigbee2mqtt`.
    public var convention: String
    /// What kind of thing it is to a rule, unless devices.yaml says otherwise.
    public var kind: String
    /// Models that it is known to fit.
    public var models: [String]
    /// What it says, and on which topics. The first one's topic is the device's address.
    public var messages: [MessageProfile]
    /// Where it, or its bridge, says whether it is there.
    public var availability: [AvailabilityProfile]
    /// How often it should be heard; nil where nothing is expected.
    public var liveness: Liveness?
    /// What its battery's figures are worth.
    public var battery: BatteryProfile?
    /// What of its power counts as one use; nil where the profile does not say.
    public var powerUse: PowerUse?
    /// What the device presumes of the person who uses it.
    public var script: LocalizedText?
    /// What of that can be held beside its uses.
    public var useScript: UseScript
    /// What to try when it is put in.
    public var commissioning: [LocalizedText]
    /// Messages with what they must decode to.
    public var samples: [ProfileSample]
    /// Where the profile stands.
    public var location: SourceLocation

    /// How often a device should be heard.
    public struct Liveness: Hashable, Sendable {
        /// It reports at least this often.
        public var expect: TimeSpan
        /// It counts as silent after `expect` times this.
        public var grace: Double
        /// What its silence means.
        public var expectation: Expectation

        /// What is expected of a device between two reports.
        public enum Expectation: String, Hashable, Sendable, CaseIterable {
            /// On the mains and always reachable: its bridge notices soon that it is away.
            case alwaysOn = "always_on"
            /// On a battery, asleep between reports: that it cannot be reached means nothing, only that it stays silent.
            case sleeping
        }

        /// How long it may be silent at most.
        public var silentAfter: TimeSpan {
            TimeSpan(milliseconds: Int64(Double(expect.milliseconds) * grace))
        }
    }

    /// What a battery's figures are worth.
    public struct BatteryProfile: Hashable, Sendable {
        /// It counts as low below this, in percent.
        public var low: Double?
        /// Figures that the device gives although they cannot be so, in percent.
        public var implausible: [Double]
    }

    /// What such a device can say, without repetition, in the profile's order.
    public var capabilities: [DeviceCapability] { capabilities([:]) }

    /// What a device can say whose address fills the placeholders so.
    ///
    /// - Parameter availability: what of it is said for the device; nil: all.
    func capabilities(
        _ bindings: [String: String], availability: [AvailabilityProfile]? = nil
    ) -> [DeviceCapability] {
        var result: [DeviceCapability] = []
        for message in messages {
            for reading in message.readings {
                let channel = reading.channel.known(bindings)
                let capability = DeviceCapability(
                    capability: reading.capability, channel: channel ?? "", kind: reading.kind,
                    isOfAnyChannel: channel == nil, watchesFlapping: reading.watchesFlapping)
                if !result.contains(capability) { result.append(capability) }
            }
        }
        if messages.contains(where: { $0.time != nil }) {
            result.append(DeviceCapability(capability: .clockOffset, kind: .health))
        }
        for entry in availability ?? self.availability {
            for capability in entry.scope.capabilities {
                let capability = DeviceCapability(capability: capability, kind: .health)
                if !result.contains(capability) { result.append(capability) }
            }
        }
        return result
    }
}

/// One topic of a device, and what its messages mean. Of several on one topic the first whose guards hold is
/// used.
public struct MessageProfile: Hashable, Sendable {
    /// What a message is worth.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// It tells what happens.
        case data
        /// It tells all that is so, at start or on demand: nothing in it is a transition or a press.
        case snapshot
        /// It is a wish to the device, not an observation: known and left alone.
        case command
        /// It is known and says nothing of the device's surroundings.
        case ignore

        /// True where such messages say something of the device.
        var tells: Bool { self == .data || self == .snapshot }
    }

    /// What a message means that the broker kept from earlier.
    public enum Retained: String, Hashable, Sendable, CaseIterable {
        /// A state already known; presses in it are nothing.
        case restore
        /// The same as any other: for devices that retain everything, always.
        case event
        /// Nothing.
        case ignore
    }

    /// How copies of one message are told.
    public struct Dedupe: Hashable, Sendable {
        /// Copies come within this time.
        public var window: TimeSpan
        /// What is equal in copies only, such as a counter; nil: everything but `ignore`.
        public var id: JSONPointer?
        /// What differs between copies.
        public var ignore: [JSONPointer]
    }

    /// Where it is said.
    public var topic: TopicPattern
    /// What a message is worth.
    public var role: Role
    /// What a retained message means.
    public var retained: Retained
    /// Where the device's own time stands; nil where it gives none.
    public var time: TimeProfile?
    /// What must be so in the payload.
    public var guards: [Guard]
    /// How copies are told; nil where there are none.
    public var dedupe: Dedupe?
    /// What it says.
    public var readings: [ReadingProfile]
    /// Where it stands in the profile.
    public var location: SourceLocation

    /// True where the payload is plain text, not JSON.
    public var isText: Bool { readings.contains { $0.source == .payload } }
}

/// Where a device's own time stands in a message, and what it is worth.
public struct TimeProfile: Hashable, Sendable {
    /// How the time is written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// Text is ISO 8601, a number is seconds, milliseconds, microseconds or nanoseconds by its size.
        case auto
        /// ISO 8601, with or without an offset.
        case iso
        /// Seconds since 1970, possibly with a fraction.
        case seconds = "epoch_s"
        /// Milliseconds since 1970.
        case milliseconds = "epoch_ms"
        /// Microseconds since 1970.
        case microseconds = "epoch_us"
        /// Nanoseconds since 1970.
        case nanoseconds = "epoch_ns"
    }

    /// What the time is of.
    public enum Meaning: String, Hashable, Sendable, CaseIterable {
        /// Of what the message tells.
        case event
        /// Of the last contact with the device: the message may repeat what was so long before.
        case lastContact = "last_contact"
    }

    /// What an old message is worth.
    public enum Stale: String, Hashable, Sendable, CaseIterable {
        /// It tells a state already known; presses in it are nothing.
        case stateOnly = "state_only"
        /// It tells of something past: stored at its time, told as late.
        case late
        /// Nothing.
        case ignore
    }

    /// What a time without an offset means.
    public enum Zone: String, Hashable, Sendable, CaseIterable {
        /// Nothing: the hub's own time is taken.
        case none
        /// The wall time of the device's residence.
        case local
        /// UTC.
        case utc
    }

    /// Where it stands; the first that is there counts.
    public var at: [JSONPointer]
    /// How it is written.
    public var format: Format
    /// What it is of.
    public var means: Meaning
    /// False for a device whose clock is known to be wrong: its time only tells copies of a message apart.
    public var isTrusted: Bool
    /// So far the device's clock may be ahead of the hub's.
    public var ahead: TimeSpan
    /// An older message is stale.
    public var maxAge: TimeSpan
    /// What an old message is worth.
    public var stale: Stale
    /// What a time without an offset means.
    public var zone: Zone
}

/// A condition on a payload.
public struct Guard: Hashable, Sendable {
    /// What must be so.
    public enum Test: Hashable, Sendable {
        /// The value is one of these.
        case oneOf([String])
        /// The value is none of these, or not there.
        case noneOf([String])
        /// The value is there (and not null), or is not.
        case present(Bool)
        /// The value is a number in this range; `least: 0.7` is a range without an upper end.
        case within(ClosedRange<Double>)
    }

    /// Where.
    public var at: JSONPointer
    /// What must be so.
    public var test: Test
}

/// Where a device, or the bridge that it hangs on, says whether it is there.
public struct AvailabilityProfile: Hashable, Sendable {
    /// Whom it is about.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// The device.
        case device
        /// The bridge, and so every device behind it.
        case bridge

        /// What it is read into. While a bridge is away nobody knows whether its devices are there: their
        /// `device.online` becomes unknown, not false.
        var capabilities: [Capability] {
            switch self {
            case .device: ["device.online"]
            case .bridge: ["bridge.online"]
            }
        }
    }

    /// Where it is said.
    public var topic: TopicPattern
    /// Where in the payload; a payload that is no JSON object counts as a whole.
    public var at: JSONPointer
    /// Words for being there.
    public var online: [String]
    /// Words for being away.
    public var offline: [String]
    /// Whom it is about.
    public var scope: Scope
    /// Where it stands in the profile.
    public var location: SourceLocation
}

/// A message with what it must decode to.
public struct ProfileSample: Hashable, Sendable {
    /// What must come of it.
    public enum Expectation: Hashable, Sendable {
        /// These readings and no others, by `capability` or `capability[channel]`.
        case readings([Expected])
        /// Nothing; it is not worth a reading.
        case ignored
        /// It cannot be read.
        case quarantined
    }

    /// One reading that must come.
    public struct Expected: Hashable, Sendable {
        /// `capability` or `capability[channel]`.
        public var name: String
        /// What it must say.
        public var value: Value
    }

    /// Its topic.
    public var topic: String
    /// Its payload.
    public var payload: [UInt8]
    /// Whether the broker had kept it.
    public var retained: Bool
    /// When the hub takes it in.
    public var received: Instant
    /// What must come of it.
    public var expectation: Expectation
    /// How its readings may act on what is going on now.
    public var freshness: Freshness
    /// The device's own time in its readings; nil where the sample does not ask.
    public var occurred: Instant?
    /// Whether it must be told that the device's clock is wrong.
    public var clockFault: Bool
    /// Where it stands in the profile.
    public var location: SourceLocation
}
