/// Why a condition is as it is: a tree of conditions, each with its value, since when, and the journal's entry that
/// it comes from. A value, taken from an engine at one moment; it renders in any language.
public struct Explanation: Hashable, Sendable {
    /// What a condition is to the rule that it belongs to.
    public enum Role: Hashable, Sendable {
        /// A part of another condition.
        case part
        /// What the rule waits for.
        case trigger
        /// It fires only while this holds.
        case guardCondition
        /// It does not fire while this holds.
        case unless
        /// What ends its alerts.
        case clear
        /// What makes it more urgent.
        case raise(Priority)
        /// Whether the residence is away.
        case away
    }

    /// What a condition looks at.
    public enum Kind: Hashable, Sendable {
        /// A selector that found nothing here.
        case nothing
        /// The latest value of a stream passes a test.
        case state(StreamKey, ValueTest)
        /// A stream says something that passes a test.
        case reading(StreamKey, ValueTest)
        /// A stream says anything.
        case seen(StreamKey)
        /// A device is heard of, within so long where that is expected.
        case heard(DeviceID, within: TimeSpan?)
        /// A stream changes so fast.
        case rate(StreamKey, RateLimit, over: TimeSpan)
        /// All of the parts.
        case all
        /// One of the parts.
        case any
        /// Not the part.
        case not
        /// At least so many of the parts.
        case atLeast(Int)
        /// The part, and so long after it ended.
        case released(after: TimeSpan)
        /// The part, for so long.
        case holding(for: TimeSpan)
        /// From the first part until the second.
        case dwell
        /// Nothing of the part for so long.
        case absence(for: TimeSpan)
        /// So many of the part within so long; how many there are.
        case count(Int, within: TimeSpan, now: Int)
        /// The part did not happen in the window.
        case missed
        /// The part for so long in all.
        case spent(TimeSpan)
        /// The day differs from the days before; how many of them are known.
        case baseline(days: Int)
        /// The residence is away.
        case isAway
        /// Within the window.
        case window(Window)
        /// The part begins.
        case begins
        /// The part ends.
        case ends
        /// The parts one after the other, within so long; how many have come.
        case sequence(within: TimeSpan, done: Int)
        /// The parts in any order, within so long.
        case together(within: TimeSpan)
        /// The first part, and none of the second for so long.
        case notFollowed(within: TimeSpan)
        /// The first part while the second holds.
        case eventDuring
    }

    /// How far a condition that takes time has come.
    public struct Progress: Hashable, Sendable {
        /// Since when it runs.
        public var since: Instant
        /// How long it has run.
        public var reached: TimeSpan
        /// How long it must.
        public var wanted: TimeSpan
    }

    /// What the condition is to its rule.
    public var role: Role
    /// What it looks at.
    public var kind: Kind
    /// Whether it happens rather than holds: then `value` says whether it just did, and `since` when it last did.
    public var isEvent: Bool
    /// Whether it holds.
    public var value: Truth
    /// Since when that is so; nil where it never was otherwise.
    public var since: Instant?
    /// The journal's entry that it comes from.
    public var event: SequenceNumber?
    /// How far it has come, where it takes time and runs.
    public var progress: Progress?
    /// The conditions that it is made of.
    public var parts: [Explanation]
    /// Its node, to follow it by over time.
    var node: Int32
}

extension Explanation {
    /// Why the rule did not fire: the first condition that was false or unknown, with the way to it, outermost first.
    /// Empty where nothing was wanting.
    public var wanting: [Explanation] {
        if role == .unless { return value == .yes ? [self] : [] }
        guard value != .yes else { return [] }
        switch kind {
        case .all, .notFollowed, .eventDuring, .sequence, .together, .holding, .spent:
            // Where the parts are as wanted, it is the time that is wanting.
            for part in parts where part.value != .yes {
                let deeper = part.wanting
                if !deeper.isEmpty { return [self] + deeper }
            }
            return [self]
        case .any, .atLeast:
            let deeper = parts.first { $0.value != .yes }?.wanting ?? []
            return parts.count == 1 ? [self] + deeper : [self]
        default:
            return [self]
        }
    }
}
