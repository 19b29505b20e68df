/// What one reading says. `unknown` is what the device itself says when it does not know: null, NaN
/// or a sentinel; it is never false.
public enum Value: Hashable, Sendable {
    /// The device says that it does not know.
    case unknown
    /// Yes or no: a contact is open, a room is occupied.
    case boolean(Bool)
    /// A finite number in the capability's unit.
    case number(Double)
    /// One word of a set: a press (`single`), a tag, an application's name.
    case text(String)
}

/// How a reading is to be understood in time.
public enum ReadingKind: String, Hashable, Sendable, CaseIterable {
    /// Holds until the next one says otherwise: open, occupied, on.
    case state
    /// Happens in an instant: a second equal one is a second event.
    case pulse
    /// A sampled quantity: temperature, power.
    case measurement
    /// Something a person did with a device: an application started, a page spoken.
    case usage
    /// About the device itself: battery, link, availability.
    case health
}

/// How a reading may act on what is going on now.
public enum Freshness: UInt8, Hashable, Sendable, CaseIterable {
    /// It happened now, within the profile's tolerance.
    case live = 0
    /// A state already known, retained or published again: it sets signals, and is never a transition
    /// or a pulse.
    case restored = 1
    /// It happened, but long ago: a device that was offline tells now. It enters the traces at its
    /// time and never rewinds a live timer.
    case late = 2
}

/// What one message said of one capability of one device.
public struct Reading: Hashable, Sendable {
    /// What it is of.
    public var capability: Capability
    /// Which of several alike, such as `2` for a strip's second socket; empty for the only one.
    public var channel: String
    /// How it is to be understood in time.
    public var kind: ReadingKind
    /// What it says, in the capability's unit.
    public var value: Value
    /// The device's own time, where it gives one and the profile trusts it.
    public var occurred: Instant?
    /// How it may act on what is going on now.
    public var freshness: Freshness

    /// A reading of a device.
    public init(
        capability: Capability, channel: String = "", kind: ReadingKind, value: Value,
        occurred: Instant? = nil, freshness: Freshness = .live
    ) {
        self.capability = capability
        self.channel = channel
        self.kind = kind
        self.value = value
        self.occurred = occurred
        self.freshness = freshness
    }
}

/// The name of one series of readings: one capability (and channel) of one device.
public struct StreamKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The device that it comes from.
    public var device: DeviceID
    /// What it is of.
    public var capability: Capability
    /// Which of several alike; empty for the only one.
    public var channel: String

    /// A stream of a device.
    public init(device: DeviceID, capability: Capability, channel: String = "") {
        self.device = device
        self.capability = capability
        self.channel = channel
    }

    /// `lilas/front_door contact.open`, with the channel in brackets where there is one.
    public var description: String {
        "\(device) \(capability)" + (channel.isEmpty ? "" : "[\(channel)]")
    }

    /// Orders by device, then capability, then channel.
    public static func < (left: StreamKey, right: StreamKey) -> Bool {
        (left.device, left.capability.rawValue, left.channel)
            < (right.device, right.capability.rawValue, right.channel)
    }
}

/// One entry of the journal: a reading of a stream, with its place and its times.
public struct Event: Hashable, Sendable {
    /// Its place in the journal.
    public var sequence: SequenceNumber
    /// Which series it belongs to.
    public var stream: StreamID
    /// How it is to be understood in time.
    public var kind: ReadingKind
    /// What it says.
    public var value: Value
    /// When the hub took it in; never goes back from one event to the next.
    public var received: Instant
    /// The time that durations, sequences and windows use, fixed when it was taken in: the device's
    /// own where it is trusted and within tolerance, else `received`. Never after `received`.
    public var effective: Instant
    /// How it may act on what is going on now.
    public var freshness: Freshness

    /// An entry of the journal.
    public init(
        sequence: SequenceNumber, stream: StreamID, kind: ReadingKind, value: Value,
        received: Instant, effective: Instant, freshness: Freshness
    ) {
        self.sequence = sequence
        self.stream = stream
        self.kind = kind
        self.value = value
        self.received = received
        self.effective = effective
        self.freshness = freshness
    }
}
