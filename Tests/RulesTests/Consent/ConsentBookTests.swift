import Testing

@testable import Rules

@Suite("What may be recorded")
struct ConsentBookTests {
    static let paris = Locality(
        zone: ZoneOffsets(
            name: "Europe/Paris", changes: [.init(from: .distantPast, offset: 3600)]))
    static let start = Instant(milliseconds: 1_767_225_600_000)
    static let tablet = ConsentBook.Subject(device: "home/tablet", room: "home/r1", people: ["p1"])
    static let shared = ConsentBook.Subject(
        device: "home/tv", room: "home/living", people: ["p1", "p2"])

    static func record(
        _ decision: ConsentRecord.Decision, _ capacity: ConsentCapacity = .person,
        person: PersonID = "p1", by speaker: String? = nil, purpose: Purpose = .care,
        scope: ConsentScope = ConsentScope(),
        from: Instant = start, until: Instant? = nil, goesOn: Bool = false
    ) -> ConsentRecord {
        ConsentRecord(
            person: person, purpose: purpose, decision: decision, scope: scope,
            speaker: speaker ?? (capacity == .person ? person.rawValue : "r1"), capacity: capacity,
            information: .init(version: "1", hash: "00", form: "easy_read"), from: from,
            until: until, goesOnInPause: goesOn)
    }

    private func book(_ records: ConsentRecord...) -> ConsentBook {
        var book = ConsentBook()
        for record in records { book.add(record) }
        return book
    }

    private func refusal(
        _ book: ConsentBook, _ purpose: Purpose = .care,
        _ subject: ConsentBook.Subject = tablet, at moment: Instant = start
    ) -> ConsentBook.Refusal? {
        book.judgement(purpose, about: subject, at: moment, in: Self.paris).refusal
    }

    @Test("nothing is allowed that nobody agreed to, and each purpose is a yes of its own")
    func silence() {
        #expect(refusal(ConsentBook()) == .notAsked("p1"))
        let book = book(Self.record(.agrees))
        #expect(refusal(book) == nil)
        #expect(refusal(book, .safety) == .notAsked("p1"))
        #expect(refusal(book, .study("s1")) == .notAsked("p1"))
    }

    @Test("where there is a representative both must say yes")
    func both() {
        #expect(refusal(book(Self.record(.agrees, .tutor))) == .notAsked("p1"))
        #expect(refusal(book(Self.record(.agrees, .tutor), Self.record(.agrees))) == nil)
        var named = book(Self.record(.agrees))
        named.setRepresented("p1", true)
        #expect(refusal(named) == .representativeNotAsked("p1"))
        #expect(
            refusal(book(Self.record(.agrees), Self.record(.refuses, .curator)))
                == .representativeRefused("p1"))
    }

    @Test("a yes ends with its time, and what was said before it does not come back")
    func expiry() {
        let book = book(
            Self.record(.agrees), Self.record(.agrees, until: Self.start + .days(30)))
        #expect(refusal(book, at: Self.start + .days(29)) == nil)
        #expect(refusal(book, at: Self.start + .days(30)) == .notAsked("p1"))
        let judgement = book.judgement(
            .care, about: Self.tablet, at: Self.start, in: Self.paris)
        #expect(judgement.holdsUntil == Self.start + .days(30))
    }

    @Test(
        "a yes from next month on says nothing of today, and the answer tells until when it holds")
    func beginning() {
        let book = book(Self.record(.agrees, from: Self.start + .days(30)))
        let judgement = book.judgement(
            .care, about: Self.tablet, at: Self.start, in: Self.paris)
        #expect(judgement.refusal == .notAsked("p1"))
        #expect(judgement.holdsUntil == Self.start + .days(30))
        #expect(refusal(book, at: Self.start + .days(30)) == nil)
    }

    @Test("a yes works from when it was said at the earliest, a no from when it is to hold")
    func afterwards() {
        let said = Self.start + .days(2)
        var book = ConsentBook()
        book.take(.consent(Self.record(.agrees)), at: said)
        #expect(refusal(book, at: Self.start + .days(1)) == .notAsked("p1"))
        #expect(refusal(book, at: said) == nil)
        book.take(.consent(Self.record(.refuses, from: said + .days(1))), at: said + .days(2))
        #expect(refusal(book, at: said) == nil)
        #expect(refusal(book, at: said + .days(1)) == .refused("p1"))
        // What is to hold from next month on leaves what holds until then.
        book.take(.consent(Self.record(.agrees, from: said + .days(30))), at: said + .days(3))
        #expect(refusal(book, at: said + .days(4)) == .refused("p1"))
        #expect(refusal(book, at: said + .days(30)) == nil)
    }

    @Test("of two pauses the longer end holds, until somebody ends them")
    func twoPauses() {
        var book = ConsentBook()
        book.pause("p1", from: Self.start, until: Self.start + .hours(3))
        book.pause("p1", from: Self.start + .hours(1), until: Self.start + .hours(2))
        #expect(book.pausedUntil("p1", at: Self.start + .hours(2)) == Self.start + .hours(3))
        book.pause("p1", from: Self.start + .hours(2), until: Self.start + .hours(5))
        #expect(book.pauses["p1"] == [Self.start..<Self.start + .hours(5)])
        book.resume("p1", at: Self.start + .hours(4))
        #expect(book.pausedUntil("p1", at: Self.start + .hours(4)) == nil)
        book.pause("p1", from: Self.start + .hours(4), until: Self.start + .hours(6))
        #expect(book.pausedUntil("p1", at: Self.start + .hours(3)) == Self.start + .hours(4))
        #expect(book.pausedUntil("p1", at: Self.start + .hours(5)) == Self.start + .hours(6))
    }

    @Test("a no to one room leaves the others, and a no at night leaves the day")
    func scopes() {
        let night = Window(from: 22 * 60, to: 7 * 60)
        let book = book(
            Self.record(.agrees),
            Self.record(.refuses, scope: ConsentScope(rooms: ["home/r1"], hours: night)))
        // 01:00, then 12:00 in Paris.
        #expect(refusal(book, at: Self.start) == .refused("p1"))
        #expect(refusal(book, at: Self.start + .hours(11)) == nil)
        let elsewhere = ConsentBook.Subject(
            device: "home/watch", room: "home/hall", people: ["p1"])
        #expect(refusal(book, .care, elsewhere) == nil)
        let judgement = book.judgement(
            .care, about: Self.tablet, at: Self.start, in: Self.paris)
        #expect(judgement.holdsUntil == Self.start + .hours(6))
    }

    @Test("in a shared room each person must agree, and a no is told before what was not asked")
    func together() {
        #expect(refusal(book(Self.record(.agrees)), .care, Self.shared) == .notAsked("p2"))
        #expect(
            refusal(book(Self.record(.refuses, person: "p2")), .care, Self.shared)
                == .refused("p2"))
        #expect(
            refusal(
                book(Self.record(.agrees), Self.record(.agrees, person: "p2")), .care,
                Self.shared) == nil)
        let nobody = ConsentBook.Subject(device: "home/x", room: nil, people: [])
        #expect(refusal(book(Self.record(.agrees)), .care, nobody) == .nobody)
    }

    @Test("a pause stops traces, and stops alerts unless the person agreed that they go on")
    func pauses() {
        var book = book(Self.record(.agrees), Self.record(.agrees, purpose: .safety))
        book.pause("p1", from: Self.start + .minutes(10), until: Self.start + .hours(2))
        let within = Self.start + .minutes(10)
        #expect(refusal(book, at: within) == .paused("p1"))
        #expect(refusal(book, .safety, at: within) == .paused("p1"))
        #expect(refusal(book, at: Self.start + .hours(2)) == nil)
        book.add(Self.record(.agrees, purpose: .safety, goesOn: true))
        #expect(refusal(book, .safety, at: within) == nil)
        book.resume("p1", at: Self.start + .hours(1))
        #expect(refusal(book, at: Self.start + .hours(1)) == nil)
        // What happened in it was in a pause, whenever that is told.
        #expect(refusal(book, at: Self.start + .minutes(59)) == .paused("p1"))
        #expect(refusal(book, at: Self.start + .minutes(9)) == nil)
    }

    @Test("the person's no wins in every order of records, whoever says yes how often")
    func everyOrder() {
        let others = [
            Self.record(.agrees, .tutor), Self.record(.agrees, .curator),
            Self.record(.agrees, .mandatedPerson), Self.record(.agrees, person: "p2"),
            Self.record(.agrees, purpose: .safety), Self.record(.agrees, by: "anne"),
            Self.record(.agrees, .tutor, by: "p1"),
        ]
        for decision in [ConsentRecord.Decision.refuses, .withdraws] {
            for place in 0...others.count {
                var records = [Self.record(.agrees)] + others
                records.insert(Self.record(decision), at: place + 1)
                var book = ConsentBook()
                for record in records { book.add(record) }
                #expect(refusal(book) == .refused("p1"), "\(decision) at \(place)")
                book.add(Self.record(.agrees))
                #expect(refusal(book) == nil)
            }
        }
    }

    @Test("nobody says yes in another's place, and a no is obeyed whoever says it")
    func speakers() {
        #expect(refusal(book(Self.record(.agrees, by: "anne"))) == .notAsked("p1"))
        #expect(
            refusal(book(Self.record(.refuses), Self.record(.agrees, by: "anne")))
                == .refused("p1"))
        #expect(
            refusal(book(Self.record(.agrees), Self.record(.agrees, .tutor, by: "p1")))
                == .representativeNotAsked("p1"))
        #expect(
            refusal(book(Self.record(.agrees), Self.record(.refuses, by: "anne")))
                == .refused("p1"))
        // The person's no stays theirs, in whatever capacity it was written down: no tutor's yes ends it.
        let own = book(
            Self.record(.agrees), Self.record(.refuses, .tutor, by: "p1"),
            Self.record(.agrees, .tutor))
        #expect(refusal(own) == .refused("p1"))
        var again = own
        again.add(Self.record(.agrees))
        #expect(refusal(again) == nil)
    }

    @Test(
        "over random histories, nothing is allowed after a person's no, and what is told of how long it holds is true",
        arguments: 0..<40)
    func random(seed: Int) {
        var random = Generator(state: UInt64(seed))
        var book = ConsentBook()
        var latest: [PersonID: ConsentRecord.Decision] = [:]
        for step in 0..<60 {
            let person: PersonID = Bool.random(using: &random) ? "p1" : "p2"
            let capacity = ConsentCapacity.allCases.randomElement(using: &random) ?? .person
            let decision = ConsentRecord.Decision.allCases.randomElement(using: &random) ?? .agrees
            let speaker = ["p1", "p2", "anne"].randomElement(using: &random) ?? "anne"
            book.add(Self.record(decision, capacity, person: person, by: speaker))
            let isOwn = speaker == person.rawValue
            if isOwn ? capacity == .person || decision.isNo : capacity == .person && decision.isNo {
                latest[person] = decision
            }
            let moment = Self.start + .hours(Int64(step))
            if Int.random(in: 0..<5, using: &random) == 0 {
                book.pause(person, from: moment, until: moment + .minutes(90))
            }
            let judgement = book.judgement(
                .care, about: Self.shared, at: moment, in: Self.paris)
            if ["p1", "p2"].contains(where: { latest[$0] != .agrees }) {
                #expect(judgement.refusal != nil, "seed \(seed), step \(step)")
            }
            let last = min(judgement.holdsUntil, moment + .days(2)) - .seconds(1)
            #expect(
                book.judgement(.care, about: Self.shared, at: last, in: Self.paris).refusal
                    == judgement.refusal, "seed \(seed), step \(step)")
        }
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
