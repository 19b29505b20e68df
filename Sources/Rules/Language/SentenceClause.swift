/// What a sentence says, before it has words: who or what, what about it, when and for how long. Made from rules by
/// `SentenceComposer`; each language puts it into words.
indirect enum Clause: Hashable, Sendable {
    /// One thing that happens or holds.
    case fact(Fact, Aspect, Polarity)
    /// All of these.
    case and([Clause])
    /// Any of these.
    case or([Clause])
    /// These one after the other, or in any order.
    case sequence([Clause], within: TimeSpan, isOrdered: Bool, same: EventField?)
    /// With a time.
    case timed(Clause, Timing)
    /// The first, while the second is so.
    case whileTrue(Clause, Clause)
    /// The first, and, until now, not the second (which is negative already).
    case since(Clause, Clause)
    /// The first, and meanwhile not the second (which is negative already).
    case meanwhile(Clause, Clause)
    /// It is such a time of day, or it is not.
    case time([Window], isOutside: Bool)
    /// At least so many of these; fewer where it is denied.
    case atLeast(Int, [Clause], isDenied: Bool)
    /// How fast a measurement changes.
    case rate(Fact, RateLimit, over: TimeSpan)
    /// An absence of the residence is noted.
    case away(Polarity)
    /// All of the clause is not so, or no longer; or it does not happen.
    case denied(Clause, Aspect, Polarity)

    /// Whether something happens or holds.
    enum Aspect: Hashable, Sendable {
        case happens, holds
    }

    /// Whether something is so.
    enum Polarity: Hashable, Sendable {
        case yes, no, noMore

        var isNegative: Bool { self != .yes }
    }

    /// When, how long, how often.
    enum Timing: Hashable, Sendable {
        /// Until now, for so long.
        case lasting(TimeSpan)
        /// Without end for so long, within the time that stands around it.
        case through(TimeSpan)
        /// For so long, which differs by the time of day.
        case lastingByWindow([SpanInWindow])
        /// Within so long of what stands before.
        case soon(TimeSpan, same: EventField?)
        /// At least so often in so long; fewer times where it is denied.
        case times(Int, within: TimeSpan, distinct: EventField?, isDenied: Bool)
        /// In all, in a span or a window.
        case inAll(TimeSpan, over: TimeSpan?, during: Window?, isDenied: Bool)
        /// In one of these times of day, or in none.
        case window([Window], isOutside: Bool)
        /// Now, or less than so long ago.
        case recently(TimeSpan)
        /// More or less than usual.
        case unusual(Unusual)
    }

    /// A duration in a time of day.
    struct SpanInWindow: Hashable, Sendable {
        var span: TimeSpan
        var windows: [Window]
    }

    /// How a day differs from the days before.
    struct Unusual: Hashable, Sendable {
        enum Measure: Hashable, Sendable {
            case often, long, first, last
        }

        var measure: Measure
        var isAbove: Bool
        /// Rather than a little.
        var isClear: Bool
        var daysInRow: Int
    }
}

extension Clause {
    /// Whether it says that something is not so.
    var isDenied: Bool {
        switch self {
        case .fact(let fact, _, let polarity):
            if case .state(_, false) = fact.meaning { return !polarity.isNegative }
            return polarity.isNegative
        default: return false
        }
    }

    /// The thing that does something, where the clause begins with it, so that a pronoun may stand for it.
    var actor: Things? {
        switch self {
        case .fact(let fact, _, _):
            let capabilities: [Capability] = [
                "contact.open", "switch.on", "lock.locked", "power.active",
            ]
            return fact.meaning.capability.flatMap {
                capabilities.contains($0) ? fact.things : nil
            }
        case .timed(let inner, let timing):
            switch timing {
            case .soon, .lasting, .through: return inner.actor
            case .window: return inner.actor
            default: return nil
            }
        default: return nil
        }
    }
}

extension Clause.Timing {
    var isInAll: Bool {
        if case .inAll = self { return true }
        return false
    }

    /// The same time, of whatever device.
    var withoutSame: Clause.Timing {
        if case .soon(let span, _) = self { return .soon(span, same: nil) }
        return self
    }

    /// Whether it must be about the same device as what stands before.
    var isSameDevice: Bool {
        if case .soon(_, .device) = self { return true }
        return false
    }
}

/// One thing that a device tells: what it is about, and what is said of it.
struct Fact: Hashable, Sendable {
    /// What is said.
    enum Meaning: Hashable, Sendable {
        case state(Capability, Bool)
        case changes(Capability)
        /// One of these words; none for any.
        case words(Capability, [String])
        case number(Capability, Comparison, Double)
        case numbers(Capability, [Double])
        case batteryLow(Double)
        case clockOff(Double)
        /// Any sign of life.
        case heard
        /// No sign of life from one of them.
        case silence

        var capability: Capability? {
            switch self {
            case .state(let capability, _), .changes(let capability), .words(let capability, _),
                .number(let capability, _, _), .numbers(let capability, _):
                capability
            case .batteryLow: "device.battery"
            case .clockOff: "device.clock_offset"
            case .heard, .silence: nil
            }
        }
    }

    enum Comparison: Hashable, Sendable {
        case above, below, atLeast, atMost
    }

    var things: Things
    var meaning: Meaning
}

/// What a fact is about, as people call it.
struct Things: Hashable, Sendable {
    /// How it is called.
    enum Name: Hashable, Sendable {
        /// By their titles in the home.
        case titles([LocalizedText])
        /// By the rule's own names, where the home has no title.
        case names([String])
        /// Any of these kinds.
        case kinds([String], labels: [String])
        /// The person's own, of these kinds.
        case own([String])
    }

    var name: Name
    var place: Place
    /// Whether it is one that was named, so that "it" is that one.
    var isDefinite: Bool {
        if case .kinds = name { return false }
        return true
    }
    /// What kind of thing it is, where all are of one kind.
    var kind: String?
}

/// Where something is.
enum Place: Hashable, Sendable {
    /// Said elsewhere, or of no matter.
    case none
    /// Anywhere in the residence.
    case inside
    /// In one of these rooms.
    case rooms([RoomName])
    /// In the person's own rooms.
    case own(isBedroom: Bool)
}

/// A room, as people call it.
struct RoomName: Hashable, Sendable {
    /// Its title, where the home gives one.
    var title: LocalizedText?
    /// Its kind, or its name in the rule.
    var kind: String
}

/// What sentences ask of a time of day.
extension Window {
    /// From midnight to midnight.
    var isWholeDay: Bool {
        switch (from, to) {
        case (.clock(let from), .clock(let to)): from % 1440 == to % 1440
        default: false
        }
    }

    /// The rest of the day, where that is as plain a window; nil where it is not.
    var complement: Window? {
        guard days == 0b111_1111, holidays == .ignored, !isWholeDay else { return nil }
        return Window(from: to, to: from, days: days)
    }

    /// Its days as runs from one day to another, over the week's end where they go on there; two days stay two.
    var dayRuns: [(first: Int, last: Int)] {
        let given = (0..<7).filter { days & (1 << UInt8($0)) != 0 }
        let starts = given.filter { days & (1 << UInt8(($0 + 6) % 7)) == 0 }
        return starts.flatMap { start -> [(first: Int, last: Int)] in
            var length = 1
            while days & (1 << UInt8((start + length) % 7)) != 0 { length += 1 }
            let last = (start + length - 1) % 7
            return length == 2 ? [(start, start), (last, last)] : [(start, last)]
        }
    }
}

/// What is said after the main sentence, each in a short one of its own.
enum SentenceNote: Hashable, Sendable {
    case ask(LocalizedText?)
    case unanswered(TimeSpan, chain: String?)
    case breaks(TimeSpan)
    case restartsOn(Clause)
    case staleAfter(TimeSpan)
    case presence(enter: Clause, leave: Clause)
    case comparedWith(days: Int, atLeast: Int)
    case clear(Clause)
    case sameWithin(TimeSpan)
    case onceWhile(Clause)
    case latch
    case raise(Priority, Clause)
    case unknown(Rule.UnknownPolicy)
    case gap(Rule.GapPolicy)
    case away(Rule.AwayPolicy)
    case owner(String)
    case code(String)
    case review(year: Int, month: Int, day: Int)
}

/// A rule, ready to be put into words.
struct Statement: Hashable, Sendable {
    var scope: Rule.Scope
    var condition: Clause
    var unless: Clause?
    var priority: Priority
    var chain: String?
    var notes: [SentenceNote]
    /// Whether the person is asked before staff are told.
    var asksFirst: Bool
}
