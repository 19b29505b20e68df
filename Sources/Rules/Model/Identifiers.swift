/// The name of something in the configuration. Identifiers are opaque: they carry no person's name.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Sendable,
    CustomStringConvertible, ExpressibleByStringLiteral
where RawValue == String {
    /// An identifier, by its text.
    init(rawValue: String)
}

extension Identifier {
    /// Orders identifiers by their text's Unicode scalars, the same in every locale and process.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    /// The identifier's own text.
    public var description: String { rawValue }
    /// An identifier written as a literal, in tests and examples.
    public init(stringLiteral value: String) { self.init(rawValue: value) }
}

/// One residence: a home, or one unit of a house, with its own rooms, people and time zone.
public struct ResidenceID: Identifier {
    /// The text as in hub.yaml.
    public let rawValue: String
    /// A residence, by its text in hub.yaml.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One room, unique within the whole site: `residence/room`.
public struct RoomID: Identifier {
    /// The text: `residence/room`.
    public let rawValue: String
    /// A room, by its text `residence/room`.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One person, by an opaque identifier such as `p1`; never a name.
public struct PersonID: Identifier {
    /// The text as in hub.yaml.
    public let rawValue: String
    /// A person, by the opaque identifier in hub.yaml.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One device, unique within the whole site: `residence/device`.
public struct DeviceID: Identifier {
    /// The text: `residence/device`.
    public let rawValue: String
    /// A device, by its text `residence/device`.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One rule, by its `id` in `rules/*.yaml`.
public struct RuleID: Identifier {
    /// The text as in the rule file.
    public let rawValue: String
    /// A rule, by its `id`.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One alert. Derived from the rule, its instance and the episode's opening, never random, so that a
/// replay gives the same identifier and a repeated publication is harmless.
public struct AlertID: Identifier {
    /// Twelve characters of Crockford's base 32.
    public let rawValue: String
    /// An alert, by its text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a reading is of, as a dotted name in a fixed vocabulary: `contact.open`, `power.active`.
public struct Capability: Identifier {
    /// The dotted name.
    public let rawValue: String
    /// A capability, by its dotted name.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The place of an entry in the journal: 1, 2, 3 … without holes. Events and commands share it.
public struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself; 0 is before the first entry.
    public var rawValue: Int64
    /// A place in the journal.
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// Orders by place in the journal.
    public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A stream's small integer, given by the journal when the stream is first seen: 1, 2, 3 …
public struct StreamID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int32
    /// A stream, by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Orders by number, that is, by first appearance.
    public static func < (left: StreamID, right: StreamID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One trace rule, by its `id` in `traces:` of `rules/*.yaml`.
public struct TraceID: Identifier {
    /// The text as in the rule file.
    public let rawValue: String
    /// A trace rule, by its `id`.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One episode of a trace. Derived from the trace rule, its instance and the opening event, so that a replay gives the
/// same identifier.
public struct EpisodeID: Identifier {
    /// Twelve characters of Crockford's base 32.
    public let rawValue: String
    /// An episode, by its text.
    public init(rawValue: String) { self.rawValue = rawValue }
}
