import Testing

@testable import Rules

@Suite("A person's word in the engine")
struct ConsentEngineTests {
    static let callRule = rule(when: .event(doorOpens))

    static func said(
        _ decision: ConsentRecord.Decision, _ purpose: Purpose = .safety,
        by person: PersonID = "p1",
        capacity: ConsentCapacity = .person, inPause: Bool = false, scope: ConsentScope = .init()
    ) -> Command {
        .consent(
            ConsentRecord(
                person: person, purpose: purpose, decision: decision, scope: scope,
                speaker: capacity == .person ? person.rawValue : "someone", capacity: capacity,
                information: .init(version: "1", hash: "00", form: "easy_read"),
                understanding: "said it back", checkedBy: "marie", from: Rig.start,
                goesOnInPause: inPause))
    }

    @Test("a no ends alerts at once, a yes brings them back")
    func noAndYes() {
        var rig = Rig([Self.callRule], people: ["p1"])
        rig.say("door", false, at: 1)
        rig.command(Self.said(.refuses), at: 2)
        rig.say("door", true, at: 3)
        rig.say("door", false, at: 4)
        #expect(raised(rig) == [])
        rig.command(Self.said(.agrees), at: 5)
        rig.say("door", false, at: 6)
        rig.say("door", true, at: 7)
        #expect(raised(rig) == ["+7 raised rule"])
    }

    @Test("where an answer is required, nothing is seen of whom nobody asked")
    func required() {
        var rig = Rig([Self.callRule], people: ["p1"], consent: .required)
        rig.say("door", false, at: 1)
        rig.say("door", true, at: 2)
        #expect(raised(rig) == [])
        #expect(rig.engine.refusal(of: "r/door", at: Rig.at(3)) == .notAsked("p1"))
        rig.command(Self.said(.agrees), at: 4)
        #expect(rig.engine.refusal(of: "r/door", at: Rig.at(4)) == nil)
        rig.say("door", false, at: 5)
        rig.say("door", true, at: 6)
        #expect(raised(rig) == ["+6 raised rule"])
    }

    @Test("a pause is no silence: nothing that was not to be seen is taken for missing")
    func pauseIsNotAbsence() {
        let absence = rule("still", when: .signal(.absence(of: someoneMoves, for: .minutes(10))))
        let unanswered = rule(
            "unanswered",
            when: .event(.notFollowed(after: doorOpens, no: doorCloses, within: .minutes(5))))
        var rig = Rig([absence, unanswered], people: ["p1"])
        rig.say("motion", true, at: 0)
        rig.say("door", false, at: 1)
        rig.say("door", true, at: 2)
        rig.command(.pause("p1", until: Rig.at(3600), by: "p1"), at: 60)
        rig.wait(until: 3599)
        #expect(raised(rig) == [])
        // The pause ends by itself, and time is counted from there.
        rig.wait(until: 3600 + 599)
        #expect(raised(rig) == [])
        rig.wait(until: 3600 + 600)
        #expect(raised(rig) == ["+4200 raised still"])
    }

    @Test("a device that is not to be heard is not told to be silent")
    func pauseIsNotDeath() {
        let dead = rule("dead", when: .signal(.silent(named("frail", ""), for: .minutes(10))))
        var without = Rig([dead], people: ["p1"])
        without.say("frail", true, at: 0)
        without.wait(until: 700)
        #expect(raised(without) == ["+600 raised dead"])
        var rig = Rig([dead], people: ["p1"])
        rig.say("frail", true, at: 0)
        rig.command(.pause("p1", until: Rig.at(7200), by: "p1"), at: 60)
        rig.wait(until: 7200 + 599)
        #expect(raised(rig) == [])
        rig.wait(until: 7200 + 600)
        #expect(raised(rig) == ["+7800 raised dead"])
    }

    @Test("a shorter pause does not shorten a longer one, also from a checkpoint in between")
    func longerPause() throws {
        var rig = Rig([Self.callRule], people: ["p1"])
        rig.say("door", false, at: 1)
        rig.command(.pause("p1", until: Rig.at(7200), by: "p1"), at: 2)
        try restart(&rig)
        rig.command(.pause("p1", until: Rig.at(1800), by: "marie"), at: 60)
        try restart(&rig)
        rig.wait(until: 1801)
        rig.say("door", false, at: 1802)
        rig.say("door", true, at: 1803)
        #expect(raised(rig) == [])
        rig.say("door", false, at: 7201)
        rig.say("door", true, at: 7202)
        #expect(raised(rig) == ["+7202 raised rule"])
    }

    @Test("alerts go on in a pause where the person said so")
    func goesOnInPause() {
        var rig = Rig([Self.callRule], people: ["p1"])
        rig.say("door", false, at: 1)
        rig.command(Self.said(.agrees, inPause: true), at: 2)
        rig.command(.pause("p1", until: Rig.at(900), by: "p1"), at: 3)
        rig.say("door", true, at: 4)
        #expect(raised(rig) == ["+4 raised rule"])
    }

    @Test("a call for help goes through in a pause, and not against a no")
    func callInPause() {
        var rig = Rig([rule("call", when: .event(pressed))], people: ["p1"])
        rig.command(.pause("p1", until: Rig.at(900), by: "p1"), at: 1)
        rig.say("button", "single", at: 2)
        #expect(raised(rig) == ["+2 raised call"])
        rig.command(Self.said(.refuses), at: 3)
        rig.say("button", "single", at: 4)
        #expect(raised(rig) == ["+2 raised call"])
    }

    @Test("a yes to care feeds no alert, and a yes to safety no trace")
    func purposesAreApart() {
        let trace = TraceRule(
            id: "open", scope: .residence, from: doorOpens, until: [.event(doorCloses)])
        func run(_ refused: Purpose) -> (alerts: [String], episodes: Int) {
            var rig = Rig([Self.callRule], traces: [trace], people: ["p1"])
            rig.command(Self.said(.refuses, refused), at: 1)
            rig.say("door", false, at: 2)
            rig.say("door", true, at: 3)
            rig.say("door", false, at: 60)
            return (raised(rig), rig.engine.takeEpisodes().filter { $0.end != nil }.count)
        }
        #expect(run(.safety).alerts == [])
        #expect(run(.safety).episodes > 0)
        #expect(run(.care).alerts == ["+3 raised rule"])
        #expect(run(.care).episodes == 0)
    }

    @Test("a pause ends an episode as paused, at its beginning")
    func pausedEpisode() throws {
        let trace = TraceRule(
            id: "open", scope: .residence, from: doorOpens, until: [.event(doorCloses)])
        var rig = Rig([], traces: [trace], people: ["p1"])
        rig.say("door", false, at: 2)
        rig.say("door", true, at: 3)
        rig.command(.pause("p1", until: Rig.at(900), by: "p1"), at: 30)
        let episode = try #require(rig.engine.takeEpisodes().last)
        #expect(episode.censored == .paused)
        #expect(episode.end == Rig.at(30))
    }

    @Test("one person's no takes nothing from another's safety")
    func othersGoOn() {
        // The kitchen is p2's; the hall concerns both.
        let anybody = rule("moves", when: .event(someoneMoves))
        var rig = Rig([anybody], people: ["p1", "p2"])
        rig.command(Self.said(.refuses, by: "p1"), at: 1)
        rig.say("motion", false, at: 2)
        rig.say("motion2", false, at: 2)
        rig.say("motion", true, at: 3)
        #expect(raised(rig) == [])
        rig.say("motion2", true, at: 4)
        #expect(raised(rig) == ["+4 raised moves"])
    }

    @Test("the person's no wins in every order of words")
    func noWinsInEveryOrder() {
        let words: [Command] = [
            Self.said(.refuses), Self.said(.agrees, capacity: .tutor),
            Self.said(.agrees, capacity: .curator), Self.said(.agrees, capacity: .mandatedPerson),
        ]
        for order in permutations(words) {
            var rig = Rig([Self.callRule], people: ["p1"])
            rig.say("door", false, at: 1)
            for (index, word) in order.enumerated() { rig.command(word, at: Double(2 + index)) }
            rig.say("door", true, at: 20)
            #expect(raised(rig) == [])
        }
    }

    @Test("hours of a no are kept to the millisecond, without any entry at their edges")
    func hours() {
        // 22:13:20 UTC at the start; the hours begin at 22:30.
        var rig = Rig([Self.callRule], people: ["p1"])
        let from = 22 * 60 + 30
        rig.command(
            Self.said(.refuses, scope: ConsentScope(hours: Window(from: from, to: from + 30))),
            at: 1)
        rig.say("door", false, at: 2)
        rig.say("door", true, at: 999)
        rig.say("door", false, at: 1000.001)
        rig.say("door", true, at: 1100)
        #expect(raised(rig) == ["+999 raised rule"])
        #expect(rig.engine.refusal(of: "r/door", at: Rig.at(1000.001)) == nil, "care goes on")
    }

    private func restart(_ rig: inout Rig) throws {
        rig.engine = try Engine.restored(from: rig.engine.checkpoint(), plan: rig.engine.plan)
            .engine
        rig.declareAll()
    }

    private func raised(_ rig: Rig) -> [String] { rig.story.filter { $0.contains("raised") } }

    private func permutations(_ words: [Command]) -> [[Command]] {
        guard words.count > 1 else { return [words] }
        return words.indices.flatMap { index in
            var rest = words
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
