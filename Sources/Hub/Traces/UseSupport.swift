public import Rules

/// Whether somebody used a thing on their own, as far as it is known. What is not known stays so, and is counted as that.
public enum UseSupport: String, Hashable, Sendable, CaseIterable {
    /// Nobody helped.
    case alone
    /// Somebody helped: by a word, a gesture, a hand.
    case helped
    /// An automation began it: it is nobody's.
    case automatic
    /// Nobody and nothing tells, or people say different things.
    case unknown

    /// From where it is known.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// Residents or staff said so.
        case people
        /// The device said so, such as an application that asks.
        case device
        /// The device said what switched it.
        case control
    }
}

/// What somebody said of the uses that began in a span: that they were on one's own, or with help.
public struct UseWord: Hashable, Sendable {
    /// Whose uses.
    public var person: PersonID
    /// Of which device; nil: of all that tell of this person alone.
    public var device: DeviceID?
    /// In which span; one of no length stands for its minute, and for what went on then.
    public var span: Range<Instant>
    /// Who says it.
    public var author: String
    /// When it was said; an author's later word corrects an earlier one.
    public var at: Instant
    /// Its number, which tells apart what was said at the same moment.
    public var number: Int64
    /// What it says.
    public var support: Support
    /// Whether its author agrees that it leaves with a study's data.
    public var mayLeave: Bool

    /// Alone or helped, and by how many prompts of a person for each use.
    public struct Support: Hashable, Sendable {
        /// Whether nobody helped.
        public var isAlone: Bool
        /// How many prompts a person gave for each use; 0 where nobody helped; nil: not counted.
        public var prompts: Int?

        /// The most prompts for one use that can be said.
        public static let mostPrompts = 99

        /// Nil where the number is out of range, or where somebody was prompted and yet alone.
        public init?(isAlone: Bool, prompts: Int? = nil) {
            if let prompts, !(0...(isAlone ? 0 : Self.mostPrompts)).contains(prompts) { return nil }
            self.isAlone = isAlone
            self.prompts = isAlone ? 0 : prompts
        }
    }

    /// What somebody said.
    public init(
        person: PersonID, device: DeviceID?, span: Range<Instant>, author: String, at: Instant,
        number: Int64, support: Support, mayLeave: Bool = false
    ) {
        self.person = person
        self.device = device
        self.span = span
        self.author = author
        self.at = at
        self.number = number
        self.support = support
        self.mayLeave = mayLeave
    }

    /// Whether it is about a device's uses.
    ///
    /// - Parameter people: of whom the device tells.
    func isAbout(_ id: DeviceID, of people: [PersonID]) -> Bool {
        // What is said of one person is not said of what tells of others.
        guard let device else { return people == [person] }
        return device == id && (people.isEmpty || people.contains(person))
    }

    func covers(_ use: Use) -> Bool {
        let end = max(span.upperBound, span.lowerBound + .minutes(1))
        if span.lowerBound <= use.from, use.from < end { return true }
        return span.isEmpty && use.from <= span.lowerBound && span.lowerBound < use.to
    }
}

/// What tells of support, laid upon a device's uses. In this order: what an automation began is nobody's; then what people said;
/// then what the device said. Of each author the latest word counts. Where authors differ, it is unknown, whatever the device says.
public struct UseTelling: Sendable {
    /// A prompt belongs to the use that goes on, or to the next one within this time; a device's word without a use of its own to
    /// the last one within this time.
    public static let window = TimeSpan.minutes(10)
    /// What switched a thing is said in the same message, or within this time.
    static let sameMoment = TimeSpan.seconds(2)

    /// What the device said.
    let events: [(key: StreamKey, event: Event)]
    /// When there were prompts, its own and those of devices that prompt for it, ascending.
    let prompts: [Instant]
    /// What people said of its uses.
    let words: [UseWord]

    /// - Parameters:
    ///   - events: of the device, by their effective time.
    ///   - prompters: of the devices that prompt for it, in any order.
    ///   - words: about this device.
    public init(
        _ events: [(key: StreamKey, event: Event)],
        prompters: [(key: StreamKey, event: Event)] = [], words: [UseWord] = []
    ) {
        self.events = events
        self.words = words
        prompts = (events + prompters).filter {
            $0.key.capability == "usage.prompt" && $0.event.freshness != .restored
        }.map(\.event.effective).sorted()
    }

    /// The uses with what is known of each.
    ///
    /// - Parameter uses: by their beginning.
    public func told(_ uses: [Use]) -> [Use] {
        var told = uses
        tellByDevice(&told)
        if !words.isEmpty { for index in told.indices { tellByPeople(&told[index]) } }
        if !prompts.isEmpty { count(&told) }
        return told
    }

    /// The first use that begins at or after a moment.
    private func first(_ uses: [Use], from moment: Instant) -> Int {
        var low = 0
        var high = uses.count
        while low < high {
            let middle = (low + high) / 2
            if uses[middle].from < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func tellByDevice(_ uses: inout [Use]) {
        for (key, event) in events where event.freshness != .restored {
            guard case .text(let word) = event.value else { continue }
            switch (key.capability.rawValue, word) {
            case ("usage.support", "alone"), ("usage.support", "helped"):
                for index in meant(event.effective, uses) where uses[index].support != .automatic {
                    uses[index].support = word == "alone" ? .alone : .helped
                    uses[index].knownFrom = .device
                }
            case ("control.source", "automation"):
                var index = first(uses, from: event.effective - Self.sameMoment)
                while index < uses.count, uses[index].from <= event.effective + Self.sameMoment {
                    uses[index].support = .automatic
                    uses[index].knownFrom = .control
                    index += 1
                }
            default: continue
            }
        }
    }

    /// The uses of a message, or else the latest one before it.
    private func meant(_ moment: Instant, _ uses: [Use]) -> Range<Int> {
        let next = first(uses, from: moment + .milliseconds(1))
        guard next > 0 else { return 0..<0 }
        let last = uses[next - 1]
        guard last.from == moment || moment <= last.to || moment - last.from <= Self.window else {
            return 0..<0
        }
        return first(uses, from: last.from)..<next
    }

    private func tellByPeople(_ use: inout Use) {
        guard use.support != .automatic else { return }
        var latest: [String: UseWord] = [:]
        for word in words where word.covers(use) {
            if let other = latest[word.author],
                (word.at, word.number) < (other.at, other.number)
            {
                continue
            }
            latest[word.author] = word
        }
        let said = latest.values.sorted { ($0.at, $0.number) < ($1.at, $1.number) }
        guard let last = said.last else { return }
        guard said.allSatisfy({ $0.support.isAlone == last.support.isAlone }) else {
            use.support = .unknown
            use.knownFrom = nil
            use.isContested = true
            return
        }
        use.support = last.support.isAlone ? .alone : .helped
        use.knownFrom = .people
        use.prompts = said.last { $0.support.prompts != nil }?.support.prompts
    }

    /// Each prompt belongs to one use at most.
    private func count(_ uses: inout [Use]) {
        // Of what somebody helped with nobody knows how much, unless they counted.
        for index in uses.indices where [.alone, .unknown].contains(uses[index].support) {
            uses[index].prompts = uses[index].prompts ?? 0
        }
        for prompt in prompts {
            let next = first(uses, from: prompt)
            var meant: Int?
            // Uses that last are apart from one another: only the one before can still go on.
            if next > 0, prompt < uses[next - 1].to, uses[next - 1].support != .automatic {
                meant = next - 1
            } else if let index = uses[next...].firstIndex(where: { $0.support != .automatic }),
                uses[index].from - prompt <= Self.window
            {
                meant = index
            }
            if let meant, let known = uses[meant].prompts { uses[meant].prompts = known + 1 }
        }
    }
}
