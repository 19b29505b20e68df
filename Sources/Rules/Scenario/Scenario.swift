/// One case of a rule test, ready to run: rules compiled over a home, what happens, and the steps of alerts that are
/// expected. A value; running it touches nothing but the engine.
public struct Scenario: Sendable {
    /// One reading of a device, as it was made.
    public struct Reading: Hashable, Sendable {
        /// When it was made.
        public var at: Instant
        /// Of which device and what.
        public var stream: StreamKey
        /// How it is to be understood in time.
        public var kind: ReadingKind
        /// What it says.
        public var value: Value
        /// A state that the broker kept: known already, not something that happens now.
        public var isRetained: Bool
        /// How long after it was made it reaches the hub.
        public var delay: TimeSpan
        /// Where the test says so.
        public var location: SourceLocation

        /// The value as the language has it: `open` rather than `true`.
        public var word: String {
            switch value {
            case .unknown: return "unknown"
            case .text(let text): return text
            case .number(let number): return Int64(exactly: number).map(String.init) ?? "\(number)"
            case .boolean(let flag):
                guard case .boolean(let yes, let no)? = entry?.type else { return "\(flag)" }
                return (flag ? yes : no).first ?? "\(flag)"
            }
        }

        private var entry: Vocabulary.Entry? {
            Vocabulary.entry(stream.capability.rawValue)
        }

        /// What is read, by its short name: `front_door contact`.
        public var subject: String {
            let device = stream.device.rawValue.split(separator: "/").last ?? ""
            let channel = stream.channel.isEmpty ? "" : "[\(stream.channel)]"
            return "\(device) \(entry?.names.first ?? stream.capability.rawValue)\(channel)"
        }
    }

    /// What somebody does.
    public struct Answer: Hashable, Sendable {
        /// What is done.
        public enum Action: String, Hashable, Sendable, CaseIterable {
            /// "I am going."
            case acknowledge = "ack"
            /// "It is over."
            case resolve
            /// The person who is asked first says that all is well.
            case fine
            /// The person who is asked first wants help.
            case help
            /// The people of the residence leave.
            case away
            /// They are back.
            case back

            /// Whether it is about an alert rather than about a residence.
            public var isAboutAlert: Bool { self != .away && self != .back }
        }

        /// When.
        public var at: Instant
        /// What is done.
        public var action: Action
        /// About the latest open alert of this rule, or this residence.
        public var about: String
        /// Of this instance of the rule; nil for any.
        public var instance: String?
        /// Who.
        public var by: String
        /// What they write.
        public var note: String?
        /// Where the test says so.
        public var location: SourceLocation
    }

    /// What goes wrong.
    public enum Fault: Hashable, Sendable {
        /// The hub stops at the first moment, from a checkpoint, and runs again from the second; the broker keeps what
        /// devices say meanwhile.
        case hubDown(from: Instant, to: Instant)
        /// The hub stops and runs again at once.
        case restart(at: Instant)
        /// What devices say in a span of time reaches the hub so much later.
        case late(Devices, by: TimeSpan)
        /// The devices' own clocks are off: ahead where positive.
        case clockOff(Devices, by: TimeSpan)
        /// What devices say in a span of time is lost.
        case lost(Devices)
    }

    /// Devices within a span of time.
    public struct Devices: Hashable, Sendable {
        /// Which; empty for all.
        public var ids: [DeviceID]
        /// From when.
        public var from: Instant
        /// Until when; not then.
        public var to: Instant

        func contains(_ reading: Reading) -> Bool {
            (ids.isEmpty || ids.contains(reading.stream.device)) && reading.at >= from
                && reading.at < to
        }
    }

    /// A step of an alert that must come.
    public struct Expectation: Hashable, Sendable {
        /// When: a timer's own due time, an event's effective time.
        public var at: Instant
        /// Of which rule.
        public var rule: RuleID
        /// What happens.
        public var step: AlertTransition.Step
        /// Of which instance; nil for any.
        public var instance: String?
        /// Whether the alert is marked late; nil for either.
        public var isLate: Bool?
        /// When the hub's clock notices it; nil for any time.
        public var noticed: Instant?
        /// Who does it; nil for anybody.
        public var by: String?
        /// With which priority; nil for any.
        public var priority: Priority?
        /// Where the test says so.
        public var location: SourceLocation

        /// Whether a step is the expected one.
        public func fits(_ transition: AlertTransition) -> Bool {
            transition.at == at && transition.alert.rule == rule && transition.step == step
                && (instance.map { Self.names($0, transition.alert.subject) } ?? true)
                && (isLate.map { $0 == transition.alert.late } ?? true)
                && (noticed.map { $0 == transition.noticed } ?? true)
                && (by.map { $0 == transition.actor } ?? true)
                && (priority.map { $0 == transition.alert.priority } ?? true)
        }

        /// Whether a text names a subject: whole (`home/front_door`), or by its last part.
        static func names(_ text: String, _ subject: Subject) -> Bool {
            let name = subject.description
            return text == name || name.hasSuffix("/" + text)
        }
    }

    /// How a device tells the time of its readings.
    public struct DeviceClock: Hashable, Sendable {
        /// It has a clock of its own, which the hub trusts within limits.
        public var isOwn: Bool
        /// What is older when it arrives is late.
        public var maximumAge: TimeSpan

        /// How a device tells the time of its readings.
        public init(isOwn: Bool, maximumAge: TimeSpan) {
            self.isOwn = isOwn
            self.maximumAge = maximumAge
        }

        /// No clock: the hub's time counts.
        public static let none = DeviceClock(isOwn: false, maximumAge: .minutes(2))
    }

    /// What it shows, in both languages.
    public var name: LocalizedText
    /// Where it stands.
    public var location: SourceLocation
    /// The rules, compiled.
    public var plan: Plan
    /// Who and what is where.
    public var home: Home
    /// The residence's zone: times are written and shown in it.
    public var zone: ZoneOffsets
    /// How devices tell the time; those that are not in it have no clock.
    public var clocks: [DeviceID: DeviceClock]
    /// When it begins.
    public var start: Instant
    /// When it ends.
    public var end: Instant
    /// What devices say, in the order of the file.
    public var readings: [Reading]
    /// What people do.
    public var answers: [Answer]
    /// What goes wrong.
    public var faults: [Fault]
    /// What must come of it, and nothing else.
    public var expectations: [Expectation]
    /// Whether it also runs with a restart behind every entry.
    public var restartsEverywhere: Bool
}
