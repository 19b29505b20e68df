import Rules
import Testing

@testable import Hub

@Suite("Alone, helped, prompted: what is known of a use, and from where")
struct UseSupportTests {
    static func at(_ minutes: Int64) -> Instant { Instant(milliseconds: minutes * 60_000) }

    private static func event(
        _ minutes: Int64, _ capability: Capability, _ value: Value, _ kind: ReadingKind = .pulse
    ) -> (key: StreamKey, event: Event) {
        (
            StreamKey(device: "home/tablet", capability: capability, channel: ""),
            Event(
                sequence: SequenceNumber(rawValue: minutes + 1), stream: StreamID(rawValue: 1),
                kind: kind, value: value, received: at(minutes), effective: at(minutes),
                freshness: .live)
        )
    }

    private static func app(_ minutes: Int64) -> (key: StreamKey, event: Event) {
        event(minutes, "usage.app_session", .text("music"), .usage)
    }

    static func word(
        _ from: Int64, _ to: Int64, _ author: String, alone: Bool, prompts: Int? = nil,
        at said: Int64 = 0, device: DeviceID? = "home/tablet"
    ) -> UseWord {
        UseWord(
            person: "p1", device: device, span: at(from)..<at(to), author: author, at: at(said),
            number: said, support: UseWord.Support(isAlone: alone, prompts: prompts)!)
    }

    private static func told(
        _ events: [(key: StreamKey, event: Event)], words: [UseWord] = [],
        prompters: [(key: StreamKey, event: Event)] = []
    ) -> [Use] {
        let uses = UseEpisodes.uses(
            events,
            observed: Observability(
                heard: events.map(\.event.effective), silentAfter: .hours(10), down: [],
                in: at(0)..<at(100_000)))
        return UseTelling(events, prompters: prompters, words: words).told(uses)
    }

    private static func text(_ uses: [Use]) -> [String] {
        uses.map {
            "\($0.from.milliseconds / 60_000) \($0.support.rawValue) \($0.knownFrom?.rawValue ?? "-") \($0.prompts.map { "\($0)" } ?? "-")"
        }
    }

    @Test("nobody tells: it is unknown, neither alone nor helped, and so are prompts")
    func unknown() {
        #expect(Self.text(Self.told([Self.app(5)])) == ["5 unknown - -"])
    }

    @Test(
        "the device's word is of its own message's use, or of the last one within ten minutes; it is no use itself"
    )
    func device() {
        let uses = Self.told([
            Self.app(5), Self.event(5, "usage.support", .text("helped")),
            Self.app(20), Self.event(28, "usage.support", .text("alone")),
            Self.app(40), Self.event(51, "usage.support", .text("alone")),
            Self.event(300, "usage.support", .text("nonsense")),
        ])
        #expect(
            Self.text(uses) == ["5 helped device -", "20 alone device -", "40 unknown - -"])
    }

    @Test(
        "what an automation switched on is nobody's, whatever is said of the hour; a hand tells no more than a hand"
    )
    func automation() {
        let uses = Self.told(
            [
                Self.event(10, "switch.on", .boolean(true), .state),
                Self.event(10, "control.source", .text("automation")),
                Self.event(20, "switch.on", .boolean(false), .state),
                Self.event(20, "control.source", .text("person")),
                Self.event(40, "switch.on", .boolean(true), .state),
                Self.event(40, "control.source", .text("person")),
                Self.event(45, "switch.on", .boolean(false), .state),
                Self.event(45, "control.source", .text("automation")),
            ], words: [Self.word(0, 30, "m1", alone: true)])
        #expect(Self.text(uses) == ["10 automatic control -", "40 unknown - -"])
    }

    @Test(
        "what people say goes before the device; an author's later word corrects; who differ leave it unknown"
    )
    func people() {
        let events = [
            Self.app(5), Self.event(5, "usage.support", .text("helped")), Self.app(100),
            Self.app(200),
        ]
        func told(_ words: [UseWord]) -> [String] { Self.text(Self.told(events, words: words)) }
        #expect(
            told([Self.word(0, 60, "m1", alone: true)])
                == ["5 alone people -", "100 unknown - -", "200 unknown - -"].map {
                    // Nobody's help is no prompt of a person.
                    $0.hasPrefix("5") ? "5 alone people 0" : $0
                })
        let first = Self.word(90, 110, "m1", alone: true, at: 1)
        let later = Self.word(0, 300, "m1", alone: false, prompts: 2, at: 2)
        #expect(
            told([later, first]) == [
                "5 helped people 2", "100 helped people 2", "200 helped people 2",
            ])
        let contested = Self.told(
            events, words: [first, Self.word(100, 100, "p1", alone: false, at: 3)])
        #expect(Self.text(contested)[1] == "100 unknown - -")
        #expect(contested.map(\.isContested) == [false, true, false])
        // And another's word that agrees is no contest.
        #expect(
            told([first, Self.word(100, 100, "p1", alone: true, at: 3)])[1]
                == "100 alone people 0")
    }

    @Test("a word of one minute is about what went on then")
    func moment() {
        let events = [
            Self.event(10, "contact.open", .boolean(true), .state),
            Self.event(30, "contact.open", .boolean(false), .state),
        ]
        func told(_ minute: Int64) -> UseSupport? {
            Self.told(events, words: [Self.word(minute, minute, "m1", alone: true)]).first?.support
        }
        #expect(told(10) == .alone)
        #expect(told(20) == .alone)
        #expect(told(9) == .unknown)
        #expect(told(31) == .unknown)
    }

    @Test("a word without a device is about what tells of this person alone")
    func scope() {
        let all = Self.word(0, 60, "m1", alone: true, device: nil)
        #expect(all.isAbout("home/tablet", of: ["p1"]))
        #expect(!all.isAbout("home/tablet", of: ["p1", "p2"]))
        #expect(!all.isAbout("home/tablet", of: ["p2"]))
        #expect(Self.word(0, 60, "m1", alone: true).isAbout("home/tablet", of: ["p1", "p2"]))
        #expect(!Self.word(0, 60, "m1", alone: true).isAbout("home/tablet", of: ["p2"]))
        #expect(!Self.word(0, 60, "m1", alone: true).isAbout("home/kettle", of: ["p1"]))
    }

    @Test(
        "a prompt belongs to the use that goes on, or to the next one within ten minutes, and to one only"
    )
    func prompts() {
        func prompt(_ minutes: Int64) -> (key: StreamKey, event: Event) {
            Self.event(minutes, "usage.prompt", .text("drink"))
        }
        let events = [
            prompt(1), prompt(4), Self.app(5), Self.app(7), prompt(20), Self.app(31),
            Self.app(40), Self.event(40, "usage.support", .text("helped")),
        ]
        #expect(
            Self.text(Self.told(events)) == [
                "5 unknown - 2", "7 unknown - 0", "31 unknown - 0", "40 helped device -",
            ], "of what somebody helped with, nobody counted")
        // Another device reminds; what a person gave adds to it.
        let told = Self.told(
            [Self.app(5), Self.app(40)], words: [Self.word(0, 10, "m1", alone: false, prompts: 3)],
            prompters: [prompt(3), prompt(39)])
        #expect(Self.text(told) == ["5 helped people 4", "40 unknown - 1"])
        let open = Self.told([
            Self.event(10, "contact.open", .boolean(true), .state), prompt(12), prompt(29),
            Self.event(30, "contact.open", .boolean(false), .state), prompt(31),
            Self.event(35, "contact.open", .boolean(true), .state),
            Self.event(36, "contact.open", .boolean(false), .state),
        ])
        #expect(Self.text(open) == ["10 unknown - 2", "35 unknown - 1"])
    }

    @Test("nobody is prompted and yet alone, and a number of prompts has bounds")
    func words() {
        #expect(UseWord.Support(isAlone: true, prompts: 1) == nil)
        #expect(UseWord.Support(isAlone: false, prompts: -1) == nil)
        #expect(UseWord.Support(isAlone: false, prompts: 100) == nil)
        for text in ["alone", "helped", "helped 0", "helped 99"] {
            #expect(UseWord.Support(text: text)?.text == text)
        }
        for text in ["", "alone 1", "helped ", "helped x", "helped 100", "helped 1 2", " alone"] {
            #expect(UseWord.Support(text: text) == nil)
        }
    }
}

@Suite("Measures of support, on made-up use with known answers")
struct SupportMeasuresTests {
    private static func day(_ number: Int64, _ hour: Int64 = 0) -> Instant {
        Instant(milliseconds: (number * 24 + hour) * 3_600_000)
    }

    private static func use(
        _ day: Int64, _ hour: Int64, _ support: UseSupport, prompts: Int? = nil
    ) -> Use {
        var use = Use(from: Self.day(day, hour), to: Self.day(day, hour), what: "music")
        use.support = support
        use.prompts = prompts
        return use
    }

    private static func support(_ uses: [Use], days: Int64 = 70) -> UseMeasures.Support {
        let observed = Observability(
            heard: [day(0)], silentAfter: nil, down: [], in: day(0)..<day(days))
        return UseMeasures(
            device: "home/tablet", uses: uses.sorted { $0.from < $1.from }, observed: observed,
            zone: .utc
        ).support
    }

    @Test("the share is of those known; the unknown are counted, and bound what it can be")
    func autonomy() throws {
        let uses: [Use] =
            (0..<6).map { Self.use($0, 8, .alone) } + (0..<2).map { Self.use($0, 9, .helped) }
            + (0..<8).map { Self.use($0, 10, .unknown) }
            + (0..<5).map { Self.use($0, 11, .automatic) }
        let support = Self.support(uses)
        #expect(
            [support.alone, support.helped, support.unknown, support.automatic] == [6, 2, 8, 5])
        #expect(support.known == 0.5)
        let autonomy = try #require(support.autonomy)
        #expect(autonomy.value == 0.75)
        // scipy.stats.binomtest(6, 8).proportion_ci(method="wilson")
        #expect(abs(autonomy.low - 0.4093) < 1e-4 && abs(autonomy.high - 0.9285) < 1e-4)
        #expect(support.autonomyBounds == 6.0 / 16...14.0 / 16)
        #expect(support.promptsPerUse == nil && support.prompted == 0)
    }

    @Test("where nothing is known nothing is said: no share, no slope from zero")
    func nothing() {
        let support = Self.support((0..<70).map { Self.use($0, 8, .unknown) })
        #expect(support.known == 0)
        #expect(support.autonomy == nil && support.appropriation == nil)
        #expect(support.autonomyBounds == 0...1)
        #expect(support.weeks == 0 && support.weeksLeftOut == 10)
        #expect(Self.support([]).known == nil)
    }

    @Test("from helped to alone: appropriation rises although use stays the same")
    func appropriation() throws {
        // Seven uses a day; each week one more of them is on one's own.
        let uses = (0..<49 as Range<Int64>).flatMap { number in
            (0..<7 as Range<Int64>).map {
                Self.use(number, 8 + $0, $0 <= number / 7 ? .alone : .helped)
            }
        }
        let support = Self.support(uses, days: 49)
        #expect(try abs(#require(support.appropriation).value - 1) < 1e-9)
        #expect(support.weeks == 7 && support.weeksLeftOut == 0)
    }

    @Test("a week of which too little is known is left out: it would tell of marking")
    func hardlyKnown() throws {
        // Always alone, once a day; in the first five weeks hardly anybody said so.
        let uses = (0..<70 as Range<Int64>).map {
            Self.use($0, 8, $0 < 35 && $0 % 7 > 0 ? .unknown : .alone)
        }
        let support = Self.support(uses)
        #expect(support.weeksLeftOut == 5 && support.weeks == 5)
        #expect(try abs(#require(support.appropriation).value) < 1e-9)
    }

    @Test("prompts for each use, of those for which they are known")
    func prompts() throws {
        let uses = (0..<40 as Range<Int64>).map {
            Self.use($0, 8, .helped, prompts: $0 < 20 ? Int($0 % 2) * 2 : nil)
        }
        let support = Self.support(uses)
        #expect(support.prompted == 20)
        let prompts = try #require(support.promptsPerUse)
        #expect(prompts.value == 1)
        #expect(prompts.low > 0.5 && prompts.low < 1 && prompts.high > 1 && prompts.high < 1.8)
    }
}
