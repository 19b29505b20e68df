import Rules
import Testing

@testable import Hub

@Suite("Observability: when a device was watched, and why not")
struct ObservabilityTests {
    private static func at(_ hours: Int64) -> Instant { Instant(milliseconds: hours * 3_600_000) }

    private static func spans(_ observed: Observability) -> [String] {
        let watched = observed.watched.map { ($0.lowerBound, $0.upperBound, "watched") }
        let blind = observed.blind.map { ($0.from, $0.to, $0.reason.rawValue) }
        return (watched + blind).sorted { $0.0 < $1.0 }.map {
            "\($0.0.milliseconds / 3_600_000)–\($0.1.milliseconds / 3_600_000) \($0.2)"
        }
    }

    @Test(
        "before it was heard of, after it fell silent, and while the hub was down it is not watched"
    )
    func reasons() {
        let observed = Observability(
            heard: [10, 12, 40, 41].map(Self.at), silentAfter: .hours(5),
            down: [Self.at(13)..<Self.at(14), Self.at(60)..<Self.at(61)],
            in: Self.at(0)..<Self.at(100))
        #expect(
            Self.spans(observed) == [
                "0–10 unheard", "10–13 watched", "13–14 hub_down", "14–17 watched", "17–40 silent",
                "40–46 watched", "46–100 silent",
            ])
        #expect(abs(observed.coverage - 0.12) < 1e-9)
    }

    @Test("a device that fell silent after it called its battery low is told so, and no other is")
    func battery() {
        let device = Device(
            id: "home/tag", name: "tag", title: LocalizedText(english: "Tag", french: "Balise"),
            residence: "home", room: nil, person: nil, kind: "tag", labels: [], profile: "tag",
            capabilities: [], silentAfter: .hours(2))
        func observed(_ words: [(Int64, Capability, Value)]) -> [String] {
            let events = words.enumerated().map { number, word in
                (
                    key: StreamKey(device: device.id, capability: word.1),
                    event: Event(
                        sequence: SequenceNumber(rawValue: Int64(number)),
                        stream: StreamID(rawValue: 1), kind: .measurement, value: word.2,
                        received: Self.at(word.0), effective: Self.at(word.0), freshness: .live)
                )
            }
            return Self.spans(
                Observability(
                    events, of: device, down: [], closed: [], in: Self.at(0)..<Self.at(20)))
        }
        let dies = ["0–1 unheard", "1–4 watched"]
        #expect(
            observed([(1, "device.battery", .number(40)), (2, "device.battery", .number(12))])
                == dies + ["4–20 battery"])
        #expect(
            observed([
                (1, "device.battery_low", .boolean(false)),
                (2, "device.battery_low", .boolean(true)),
            ])
                == dies + ["4–20 battery"])
        #expect(
            observed([(1, "device.battery", .number(15)), (2, "device.battery", .number(90))])
                == dies + ["4–20 silent"])
        // A new battery is no reason for the silence after it.
        #expect(
            observed([
                (1, "device.battery", .number(5)), (8, "device.battery", .number(100)),
            ]) == [
                "0–1 unheard", "1–3 watched", "3–8 battery", "8–10 watched", "10–20 silent",
            ])
    }

    @Test("of spans that lie upon others the upper ones' reason counts, and nothing is lost")
    func merged() {
        func blind(_ from: Int64, _ to: Int64, _ reason: Observability.Reason)
            -> Observability.Blind
        {
            Observability.Blind(from: Self.at(from), to: Self.at(to), reason: reason)
        }
        let upper = [blind(5, 10, .paused), blind(20, 25, .noConsent)]
        #expect(
            Observability.merged(upper, upon: [blind(0, 22, .away), blind(24, 30, .movedOut)]) == [
                blind(0, 5, .away), blind(5, 10, .paused), blind(10, 20, .away),
                blind(20, 25, .noConsent), blind(25, 30, .movedOut),
            ])
        #expect(Observability.merged([], upon: upper) == upper)
        #expect(Observability.merged(upper, upon: []) == upper)
    }

    @Test(
        "watched and blind spans are the whole period, apart from one another, whatever was heard")
    func whole() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let heard = (0..<Int.random(in: 0...20, using: &random))
                .map { _ in Self.at(.random(in: -50...150, using: &random)) }.sorted()
            let down = (0..<Int.random(in: 0...4, using: &random)).map { index in
                let from = Int64(index) * 25 + .random(in: 0...10, using: &random)
                return Self.at(from)..<Self.at(from + .random(in: 1...12, using: &random))
            }
            let observed = Observability(
                heard: heard, silentAfter: .hours(.random(in: 1...30, using: &random)),
                down: down, in: Self.at(0)..<Self.at(100))
            let all =
                (observed.watched
                + observed.blind.map { $0.from..<$0.to }).sorted { $0.lowerBound < $1.lowerBound }
            #expect(all.first?.lowerBound == Self.at(0))
            #expect(all.last?.upperBound == Self.at(100))
            for (one, next) in zip(all, all.dropFirst()) {
                #expect(one.upperBound == next.lowerBound)
            }
        }
    }

    @Test(
        "a device that never speaks is unheard, and one that may be silent for ever is watched from its first word"
    )
    func ends() {
        let never = Observability(
            heard: [], silentAfter: .hours(1), down: [], in: Self.at(0)..<Self.at(10))
        #expect(Self.spans(never) == ["0–10 unheard"])
        let always = Observability(
            heard: [Self.at(4)], silentAfter: nil, down: [], in: Self.at(0)..<Self.at(10))
        #expect(Self.spans(always) == ["0–4 unheard", "4–10 watched"])
        let before = Observability(
            heard: [Self.at(-4)], silentAfter: .hours(6), down: [], in: Self.at(0)..<Self.at(10))
        #expect(Self.spans(before) == ["0–2 watched", "2–10 silent"])
    }
}

@Suite("Uses: what is one, and how long it lasted")
struct UseEpisodesTests {
    private static func at(_ minutes: Int64) -> Instant { Instant(milliseconds: minutes * 60_000) }

    private static func key(_ capability: Capability) -> StreamKey {
        StreamKey(device: "home/thing", capability: capability, channel: "")
    }

    private static func event(
        _ minutes: Int64, _ capability: Capability, _ kind: ReadingKind, _ value: Value,
        _ freshness: Freshness = .live
    ) -> (key: StreamKey, event: Event) {
        (
            key(capability),
            Event(
                sequence: SequenceNumber(rawValue: minutes + 1), stream: StreamID(rawValue: 1),
                kind: kind, value: value, received: at(minutes), effective: at(minutes),
                freshness: freshness)
        )
    }

    private static func uses(
        _ events: [(key: StreamKey, event: Event)], silentAfter: TimeSpan = .hours(10),
        until: Int64 = 100_000
    ) -> [Use] {
        UseEpisodes.uses(
            events,
            observed: Observability(
                heard: events.map(\.event.effective), silentAfter: silentAfter, down: [],
                in: at(0)..<at(until)))
    }

    @Test(
        "what counts as one use of an appliance its profile says: from which power, how long, how close"
    )
    func power() {
        func events(_ watts: [(Int64, Double)]) -> [(key: StreamKey, event: Event)] {
            watts.map { Self.event($0.0, "power.active", .measurement, .number($0.1)) }
        }
        func uses(_ watts: [(Int64, Double)], _ power: PowerUse?) -> [Use] {
            let events = events(watts)
            return UseEpisodes.uses(
                events,
                observed: Observability(
                    heard: events.map(\.event.effective), silentAfter: .hours(10), down: [],
                    in: Self.at(0)..<Self.at(1000)), power: power)
        }
        let wash: [(Int64, Double)] = [
            (0, 0), (10, 2000), (20, 12), (24, 300), (40, 1), (60, 50), (61, 0), (100, 12),
            (130, 0),
        ]
        let power = PowerUse(above: 15, atLeast: .minutes(2), merge: .minutes(5))
        // Its pause of four minutes belongs to it; one minute is no use; 12 W is what it draws while it waits.
        #expect(uses(wash, power) == [Use(from: Self.at(10), to: Self.at(40))])
        // Without a word of the profile: 10 W.
        #expect(
            uses(wash, nil) == [
                Use(from: Self.at(10), to: Self.at(40)), Use(from: Self.at(60), to: Self.at(61)),
                Use(from: Self.at(100), to: Self.at(130)),
            ])
    }

    @Test("a door that opens and shuts is a use as long as it was open")
    func states() {
        let uses = Self.uses([
            Self.event(0, "contact.open", .state, .boolean(false)),
            Self.event(10, "contact.open", .state, .boolean(true)),
            Self.event(15, "contact.open", .state, .boolean(true)),
            Self.event(25, "contact.open", .state, .boolean(false)),
        ])
        #expect(uses == [Use(from: Self.at(10), to: Self.at(25))])
    }

    @Test(
        "a door that never shuts because its sensor died is a use without an end, and not one of weeks"
    )
    func died() {
        let uses = Self.uses(
            [
                Self.event(10, "contact.open", .state, .boolean(true)),
                Self.event(60 * 24 * 20, "contact.open", .state, .boolean(false)),
            ], silentAfter: .hours(1))
        #expect(uses == [Use(from: Self.at(10), to: Self.at(70), isCensored: true)])
    }

    @Test(
        "what was restored is no use, an application is one by its name, and power is one while it is drawn"
    )
    func kinds() {
        #expect(
            Self.uses([
                Self.event(5, "contact.open", .state, .boolean(true), .restored),
                Self.event(6, "usage.app_session", .usage, .text("pictograms")),
                Self.event(7, "usage.app_session", .usage, .text("pictograms"), .restored),
            ]) == [Use(from: Self.at(6), to: Self.at(6), what: "pictograms")])
        #expect(
            Self.uses([
                Self.event(1, "switch.on", .state, .boolean(true)),
                Self.event(2, "power.active", .measurement, .number(3)),
                Self.event(10, "power.active", .measurement, .number(1900)),
                Self.event(14, "power.active", .measurement, .number(2)),
            ]) == [Use(from: Self.at(10), to: Self.at(14))])
    }

    @Test(
        "where a device says that an application was left, a use lasts up to that, and an end that nobody saw is none"
    )
    func sessions() {
        func app(_ minute: Int64, _ name: String) -> (key: StreamKey, event: Event) {
            Self.event(minute, "usage.app_session", .usage, .text(name))
        }
        func symbol(_ minute: Int64) -> (key: StreamKey, event: Event) {
            Self.event(minute, "usage.symbol", .pulse, .text("drink"))
        }
        let apps = Self.uses([
            // Told again while it goes on, it goes on.
            app(0, "talk"), app(4, "talk"), app(9, "closed"),
            // Left for another one: that it was left is not told.
            app(20, "music"), symbol(23), app(60, "talk"), app(61, "closed"),
            // Left twice, or before it began.
            app(62, "closed"),
            // The device falls silent.
            app(100, "talk"), app(5000, "closed"),
        ]).filter { $0.what != "drink" }
        #expect(
            apps == [
                Use(from: Self.at(0), to: Self.at(9), what: "talk"),
                Use(from: Self.at(20), to: Self.at(23), isCensored: true, what: "music"),
                Use(from: Self.at(60), to: Self.at(61), what: "talk"),
                Use(from: Self.at(100), to: Self.at(100), isCensored: true, what: "talk"),
            ])
        // Nobody says when it was left.
        #expect(Self.uses([app(0, "talk"), app(4, "talk")]).map(\.to) == [Self.at(0), Self.at(4)])
    }

    @Test("movements that lie close together are one use")
    func joined() {
        let uses = Self.uses([
            Self.event(10, "presence.motion", .state, .boolean(true)),
            Self.event(11, "presence.motion", .state, .boolean(false)),
            Self.event(12, "presence.motion", .state, .boolean(true)),
            Self.event(13, "presence.motion", .state, .boolean(false)),
            Self.event(30, "presence.motion", .state, .boolean(true)),
            Self.event(31, "presence.motion", .state, .boolean(false)),
        ])
        #expect(
            uses == [
                Use(from: Self.at(10), to: Self.at(13)), Use(from: Self.at(30), to: Self.at(31)),
            ])
    }
}

@Suite("Measures of use, on made-up use with known answers")
struct UseMeasuresTests {
    private static let day = TimeSpan.days(1)
    private static func day(_ number: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0) -> Instant {
        Instant(milliseconds: ((number * 24 + hour) * 60 + minute) * 60_000)
    }

    private static func measures(
        _ uses: [Use], days: Int64 = 70, dies: Int64? = nil
    ) -> UseMeasures {
        // It checks in each hour until it dies.
        let heard = (0..<((dies ?? days) * 24)).map { Self.day(0, $0) }
        let observed = Observability(
            heard: heard, silentAfter: .hours(2), down: [], in: day(0)..<day(days))
        return UseMeasures(device: "home/kettle", uses: uses, observed: observed, zone: .utc)
    }

    private static func daily(_ days: Range<Int64>) -> [Use] {
        days.map { Use(from: day($0, 8), to: day($0, 8, 4)) }
    }

    @Test("once each day at eight for four minutes: that is what is said")
    func regular() throws {
        let measures = Self.measures(Self.daily(0..<70))
        #expect(abs(measures.coverage - 1) < 1e-9)
        #expect(measures.observedDays == 70)
        #expect(measures.uses == 70)
        let rate = try #require(measures.usesPerDay)
        #expect(abs(rate.value - 1) < 1e-9)
        #expect(rate.low > 0.75 && rate.low < 1 && rate.high > 1 && rate.high < 1.3)
        #expect(measures.daysWithUse == 1)
        #expect(measures.medianSeconds == 240)
        #expect(measures.hours[8] == 70 && measures.hours.reduce(0, +) == 70)
        #expect(try abs(#require(measures.stability) - 1) < 1e-9)
        #expect(try abs(#require(measures.weeklyChange).value) < 1e-9)
        #expect(measures.quietSince == nil)
        #expect(measures.diversity == nil)
    }

    @Test("a device that died is not one that is used no more; one that lives and is left alone is")
    func discontinuance() {
        let died = Self.measures(Self.daily(0..<30), dies: 30)
        #expect(died.quietSince == nil)
        #expect(abs(died.coverage - 30.0 / 70) < 0.01)
        #expect(died.usesPerDay.map { abs($0.value - 1) < 0.01 } == true)
        let left = Self.measures(Self.daily(0..<30))
        #expect(left.quietSince == Self.day(29, 8, 4))
        #expect(left.daysWithUse.map { abs($0 - 30.0 / 70) < 1e-9 } == true)
        let short = Self.measures(Self.daily(0..<60))
        #expect(short.quietSince == nil, "ten days are no discontinuance")
    }

    @Test("one use more a day each week is a change of one a week")
    func change() throws {
        let uses = (0..<70 as Range<Int64>).flatMap { number in
            (0...(number / 7)).map {
                Use(from: Self.day(number, 9, $0 * 5), to: Self.day(number, 9, $0 * 5 + 1))
            }
        }
        let change = try #require(Self.measures(uses).weeklyChange)
        #expect(abs(change.value - 1) < 1e-9)
    }

    @Test("two applications, each as often as the other, are one bit")
    func diversity() throws {
        let uses = (0..<40 as Range<Int64>).map {
            Use(
                from: Self.day($0, 10), to: Self.day($0, 10), what: $0 % 2 == 0 ? "music" : "photos"
            )
        }
        #expect(try abs(#require(Self.measures(uses).diversity) - 1) < 1e-9)
        #expect(Self.measures(uses).medianSeconds == nil, "a start has no length")
    }

    @Test("uses without an end that was seen count for as long as they were seen")
    func censored() throws {
        var uses = Self.daily(0..<10)
        for index in uses.indices where index % 2 == 0 {
            uses[index].to = Self.day(Int64(index), 8, 2)
            uses[index].isCensored = true
        }
        let measures = Self.measures(uses)
        #expect(measures.censored == 5)
        #expect(
            measures.medianSeconds == 240,
            "five that were cut off at two minutes make it no shorter")
    }

    @Test("the rate's interval holds the truth as often as it says")
    func interval() {
        var random = SeededGenerator(seed: 5)
        var held = 0
        let rounds = 2000
        for _ in 0..<rounds {
            // A Poisson number of 12, by its waiting times.
            var time = 0.0
            var count = 0
            while true {
                time -= Double.random(in: 0..<1, using: &random).logarithm
                if time > 12 { break }
                count += 1
            }
            let estimate = UseMeasures.rate(count, over: 1)
            if estimate.low <= 12, 12 <= estimate.high { held += 1 }
        }
        #expect(Double(held) / Double(rounds) > 0.93 && Double(held) / Double(rounds) < 0.98)
    }
}

extension Double {
    /// Natural logarithm, by the series of (x − 1)/(x + 1); this file has no Foundation.
    fileprivate var logarithm: Double {
        guard self > 0 else { return -40 }
        var number = self
        var shift = 0.0
        while number < 0.5 {
            number *= 2
            shift -= 0.6931471805599453
        }
        let ratio = (number - 1) / (number + 1)
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, to: 40, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return shift + 2 * sum
    }
}
