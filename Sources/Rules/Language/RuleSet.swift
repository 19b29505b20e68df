/// All rule files of a home, in typed form: names are resolved, values are parsed, places are kept.
/// What `RuleParser` gives and `Planner` takes.
public struct RuleSet: Hashable, Sendable {
    /// The rules, in the order of files (by name) and within them.
    public var rules: [Rule]
    /// The traces, in the same order.
    public var traces: [TraceRule]

    /// All rules of a home.
    public init(rules: [Rule] = [], traces: [TraceRule] = []) {
        self.rules = rules
        self.traces = traces
    }
}

/// One rule, written once for a class of things.
public struct Rule: Hashable, Sendable {
    /// One instance for each of these.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// One for each residence.
        case residence
        /// One for each room.
        case room
        /// One for each person.
        case person
        /// One for each device that its conditions select.
        case device
    }

    /// What the rule waits for.
    public enum Trigger: Hashable, Sendable {
        /// Fires when it happens.
        case event(EventExpression)
        /// Fires when it begins to hold; active while it holds.
        case signal(SignalExpression)
    }

    /// What makes a new alert rather than more of the same.
    public enum Episode: Hashable, Sendable {
        /// Each time the condition begins anew, once it had ended.
        case risingEdge
        /// Each time this signal begins anew: at most one alert while it holds.
        case signal(SignalExpression)
        /// A new one only after this long without the condition.
        case quiet(TimeSpan)
    }

    /// What a condition that is not known means for the alert.
    public enum UnknownPolicy: String, Hashable, Sendable, CaseIterable {
        /// It neither fires nor clears.
        case hold
        /// It counts as not so.
        case ignore
        /// It counts as so, once it had been known: being blind is what the rule fears.
        case alert
    }

    /// What the hub's having been down means.
    public enum GapPolicy: String, Hashable, Sendable, CaseIterable {
        /// Durations go on; what fell due is raised on start, late.
        case `continue`
        /// Durations that ran begin anew when the hub is back.
        case restart
        /// A gap of a minute or more is itself told.
        case alert
    }

    /// What the rule does while the residence is noted as away.
    public enum AwayPolicy: String, Hashable, Sendable, CaseIterable {
        /// The same as ever.
        case run
        /// It does not fire.
        case pause
        /// It fires only then.
        case only
    }

    /// A stronger priority while something holds.
    public struct Raise: Hashable, Sendable {
        /// The stronger priority.
        public var priority: Priority
        /// While this is true, and an alert of the rule is open.
        public var condition: SignalExpression

        /// A stronger priority while something holds.
        public init(priority: Priority, condition: SignalExpression) {
            self.priority = priority
            self.condition = condition
        }
    }

    /// The person is asked before staff are told.
    public struct AskFirst: Hashable, Sendable {
        /// How long the person has to answer.
        public var wait: TimeSpan
        /// What the person is asked; nil for "Is all well?".
        public var question: LocalizedText?

        /// The person is asked before staff are told.
        public init(wait: TimeSpan, question: LocalizedText? = nil) {
            self.wait = wait
            self.question = question
        }
    }

    /// Its name; unique in the home.
    public var id: RuleID
    /// One instance for each of these.
    public var scope: Scope
    /// How much its alerts matter.
    public var priority: Priority
    /// A short heading; nil where the rule gives none.
    public var title: LocalizedText?
    /// What staff should do; required from medium up.
    public var instruction: LocalizedText?
    /// What it waits for.
    public var trigger: Trigger
    /// It fires only while this is true (at the trigger's moment; for a sequence, its first event's).
    public var guardCondition: SignalExpression?
    /// It does not fire while this is true.
    public var unless: SignalExpression?
    /// What ends the condition of an alert raised by an event; nil: it ends at once.
    public var clear: Trigger?
    /// What makes a new alert.
    public var episode: Episode
    /// Stays open until somebody says what happened.
    public var latch: Bool
    /// The name of an escalation chain; nil for none.
    public var chain: String?
    /// Stronger priorities, weakest first.
    public var raises: [Raise] = []
    /// Ask the person before staff are told; nil: staff at once.
    public var askFirst: AskFirst?
    /// What a condition that is not known means.
    public var onUnknown = UnknownPolicy.hold
    /// What the hub's having been down means.
    public var onGap = GapPolicy.continue
    /// What it does while the residence is away.
    public var whileAway = AwayPolicy.run
    /// Who answers for the rule; nil where nobody is named.
    public var owner: String?
    /// A short code, for telephones and signs; nil for none.
    public var code: String?
    /// By when somebody should look at the rule again, as `2027-01-31`; nil for never.
    public var reviewBy: String?
    /// Where it stands.
    public var location: SourceLocation

    /// Whether it waits for something that holds, rather than something that happens.
    var isSignal: Bool {
        if case .signal = trigger { return true }
        return false
    }

    /// A rule.
    public init(
        id: RuleID, scope: Scope = .residence, priority: Priority, title: LocalizedText? = nil,
        instruction: LocalizedText? = nil, trigger: Trigger,
        guardCondition: SignalExpression? = nil,
        unless: SignalExpression? = nil, clear: Trigger? = nil, episode: Episode = .risingEdge,
        latch: Bool = false, chain: String? = nil,
        location: SourceLocation = SourceLocation(file: "", line: 1, column: 1)
    ) {
        self.id = id
        self.scope = scope
        self.priority = priority
        self.title = title
        self.instruction = instruction
        self.trigger = trigger
        self.guardCondition = guardCondition
        self.unless = unless
        self.clear = clear
        self.episode = episode
        self.latch = latch
        self.chain = chain
        self.location = location
    }
}

/// Which streams a predicate is about. All given parts must fit; a part that is nil or empty fits all.
/// Within an instance, only streams of the instance's residence (and room, person or device, where the
/// rule is per room, person or device, unless `anywhere`) are taken.
public struct StreamSelector: Hashable, Sendable {
    /// Devices by their name within the residence.
    public var names: [String]
    /// Devices by kind.
    public var kinds: [String]
    /// Devices that carry all these labels.
    public var labels: [String]
    /// Devices in rooms with one of these names or kinds.
    public var rooms: [String]
    /// True: all of the residence's devices, even where the rule is per room, person or device
    /// (`rooms: all`, or a device given by name).
    public var anywhere: Bool
    /// What the readings are of.
    public var capability: Capability
    /// Which of several alike; nil for any.
    public var channel: String?

    /// Which streams a predicate is about.
    public init(
        names: [String] = [], kinds: [String] = [], labels: [String] = [], rooms: [String] = [],
        anywhere: Bool = false, capability: Capability, channel: String? = nil
    ) {
        self.names = names
        self.kinds = kinds
        self.labels = labels
        self.rooms = rooms
        self.anywhere = anywhere
        self.capability = capability
        self.channel = channel
    }
}

/// Which values a predicate takes.
public enum ValueTest: Hashable, Sendable {
    /// Any value but unknown.
    case any
    /// One of these.
    case oneOf([Value])
    /// A number above the first; true until it is at or below the second (hysteresis).
    case above(Double, clearBelow: Double)
    /// A number below the first; true until it is at or above the second (hysteresis).
    case below(Double, clearAbove: Double)
    /// The first number or more; true until it is below the second (hysteresis).
    case atLeast(Double, clearBelow: Double)
    /// The first number or less; true until it is above the second (hysteresis).
    case atMost(Double, clearAbove: Double)
}

/// Something that happens, in an instant.
public indirect enum EventExpression: Hashable, Sendable {
    /// A live reading of a selected stream that passes the test. For states and measurements it counts
    /// only where the previous reading of that stream did not pass (`becomes`); a pulse, or usage,
    /// counts each time.
    case reading(StreamSelector, ValueTest)
    /// Any live reading of a selected stream, repeats too (`seen`).
    case seen(StreamSelector)
    /// A signal becomes true.
    case begins(SignalExpression)
    /// A signal that was true becomes false.
    case ends(SignalExpression)
    /// Any of these.
    case any([EventExpression])
    /// These one after the other, the last less than `within` after the first. One run at a time: a first
    /// event while a run waits for its second starts the run anew. `until` breaks a run off.
    /// With `same`, one run for each value of that field, and all of its events share it.
    case sequence(
        [EventExpression], within: TimeSpan, until: EventExpression?, same: EventField? = nil)
    /// All of these in any order, the last less than `within` after the first.
    case allOf([EventExpression], within: TimeSpan)
    /// The first, and then none of the second for `within`: happens at the first's time + `within`. With
    /// `same`, only a second that shares that field with the first counts.
    case notFollowed(
        after: EventExpression, no: EventExpression, within: TimeSpan, same: EventField? = nil)
    /// Only while the signal is true at that moment.
    case during(EventExpression, SignalExpression)
}

/// Something that holds: true, false or unknown (Kleene).
public indirect enum SignalExpression: Hashable, Sendable {
    /// The latest reading of one of the selected streams passes the test. Several streams: true where
    /// any is true, else unknown where any is unknown. Unknown before a stream's first reading, where the
    /// value is unknown, and `unknownAfter` after the latest reading.
    case predicate(StreamSelector, ValueTest, unknownAfter: TimeSpan?)
    /// Stays true this long after the signal ends.
    case released(SignalExpression, after: TimeSpan)
    /// All are true.
    case all([SignalExpression])
    /// At least one is true.
    case any([SignalExpression])
    /// It is false.
    case not(SignalExpression)
    /// At least so many are true.
    case atLeast(Int, [SignalExpression])
    /// True once the signal has been true for so long; breaks up to `tolerate` do not count, and an event of
    /// `extendOn` makes the time count anew.
    case holding(
        SignalExpression, for: TimeSpan, tolerate: TimeSpan, extendOn: EventExpression? = nil)
    /// True from `enter` until one of `leave`.
    case dwell(enter: EventExpression, leave: EventExpression)
    /// True once the event has not happened for so long. Counts from the event's last time, else from when
    /// the hub began to watch.
    case absence(of: EventExpression, for: TimeSpan)
    /// The event did not happen in the window: decided when the window ends, true until the event comes after
    /// all, or the next window begins. Unknown where the window was watched in part only.
    case missed(EventExpression, during: Window)
    /// True while at least so many events lie within the last `within`; with `distinct`, only the latest of
    /// those that share that field counts.
    case count(EventExpression, atLeast: Int, within: TimeSpan, distinct: EventField? = nil)
    /// How fast a measurement changes, over the last `over`. Unknown until half of that is measured.
    case rate(StreamSelector, RateLimit, over: TimeSpan)
    /// True while the signal was true for so long in all, in a sliding span or within a window.
    case spent(SignalExpression, moreThan: TimeSpan, Accumulation)
    /// Decided once a day: the day differs from the days before.
    case baseline(Baseline)
    /// A selected device has not been heard of for so long. The selector's capability is not looked at.
    case silent(StreamSelector, for: TimeSpan)
    /// The residence is noted as away.
    case away
    /// True within the window.
    case during(Window)
}

extension SignalExpression {
    /// `unknown_after: never`: never unknown. The latest reading counts for ever, even where its device is known to be
    /// silent or offline or says that it does not know, and before the first one it is not so. For what is compared with
    /// systems that know no better, and for devices that lie about themselves; it hides a dead sensor.
    public static let never = TimeSpan.zero
}
