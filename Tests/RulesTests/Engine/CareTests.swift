import Testing

@testable import Rules

@Suite("How carefully a rule is to be taken")
struct CareTests {
    private func cared(_ priority: Priority = .low, _ change: (inout Rule) -> Void) -> Rule {
        var result = rule("care", priority, when: .signal(doorIsOpen))
        change(&result)
        return result
    }

    @Test(
        "on_unknown: hold neither fires nor clears, ignore clears, alert fires once it had been known"
    )
    func onUnknown() {
        var stories: [Rule.UnknownPolicy: [String]] = [:]
        for policy in Rule.UnknownPolicy.allCases {
            var rig = Rig([cared { $0.onUnknown = policy }])
            rig.say("door", .unknown, at: 1)
            rig.say("door", false, at: 2)
            rig.say("door", .unknown, at: 3)
            rig.say("door", false, at: 4)
            rig.say("door", true, at: 5)
            rig.say("door", .unknown, at: 6)
            stories[policy] = rig.story
        }
        #expect(stories[.hold] == ["+5 raised care"])
        #expect(stories[.ignore] == ["+5 raised care", "+6 cleared care", "+6 resolved care"])
        #expect(
            stories[.alert] == [
                "+3 raised care", "+4 cleared care", "+4 resolved care", "+5 raised care",
            ])
    }

    @Test("while_away: pause is silent while the residence is away, only watches only then")
    func away() {
        var pause = Rig([cared { $0.whileAway = .pause }])
        var only = Rig([cared { $0.whileAway = .only }])
        for (second, away) in [(10.0, true), (30.0, false)] {
            for (value, offset) in [(true, 1.0), (false, 2.0)] {
                pause.say("door", .boolean(value), at: second - 5 + offset)
                only.say("door", .boolean(value), at: second - 5 + offset)
            }
            pause.command(.away("r", away, by: "a"), at: second)
            only.command(.away("r", away, by: "a"), at: second)
        }
        pause.say("door", true, at: 40)
        only.say("door", true, at: 40)
        #expect(
            pause.story.filter { $0.contains("raised") } == ["+6 raised care", "+40 raised care"])
        #expect(only.story.filter { $0.contains("raised") } == ["+26 raised care"])
    }

    @Test("leaving clears what a rule with while_away: pause had raised")
    func leavingClears() {
        var rig = Rig([cared { $0.whileAway = .pause }])
        rig.say("door", true, at: 1)
        rig.command(.away("r", true, by: "a"), at: 10)
        #expect(rig.story == ["+1 raised care", "+10 cleared care", "+10 resolved care"])
        rig.command(.away("r", false, by: "a"), at: 20)
        #expect(rig.story.last == "+20 raised care")
    }

    @Test(
        "on_gap: continue counts the gap, restart begins anew, alert tells of a gap of a minute or more"
    )
    func onGap() {
        var stories: [Rule.GapPolicy: [String]] = [:]
        for policy in Rule.GapPolicy.allCases {
            var held = rule(
                "care", when: .signal(.holding(doorIsOpen, for: .minutes(5), tolerate: .zero)))
            held.onGap = policy
            var rig = Rig([held])
            rig.say("door", true, at: 0)
            rig.command(.gap(from: Rig.at(100), to: Rig.at(200)), at: 200)
            rig.wait(until: 499)
            stories[policy] = rig.story
            rig.wait(until: 500)
            if policy == .restart { #expect(rig.story == ["+500 raised care"]) }
        }
        #expect(stories[.continue] == ["+300 raised care"])
        #expect(stories[.restart] == [])
        #expect(
            stories[.alert] == [
                "+100 raised care", "+100 cleared care", "+100 resolved care", "+300 raised care",
            ])
    }

    @Test("a short gap is not told of, and one while the guard is off neither")
    func toldGaps() {
        var guarded = cared {
            $0.onGap = .alert
            $0.guardCondition = windowIsOpen
        }
        guarded.trigger = .signal(doorIsOpen)
        var rig = Rig([guarded])
        rig.say("window", true, at: 0)
        rig.command(.gap(from: Rig.at(10), to: Rig.at(69)), at: 69)
        #expect(rig.story == [])
        rig.say("window", false, at: 70)
        rig.command(.gap(from: Rig.at(100), to: Rig.at(300)), at: 300)
        #expect(rig.story == [])
        rig.say("window", true, at: 400)
        rig.command(.gap(from: Rig.at(500), to: Rig.at(600)), at: 600)
        #expect(rig.story.first == "+500 raised care")
    }

    @Test("raise: the priority rises while the alert is open, and never falls")
    func raise() throws {
        var rig = Rig([
            cared(.medium) {
                $0.raises = [
                    Rule.Raise(priority: .high, condition: windowIsOpen),
                    Rule.Raise(priority: .critical, condition: stoveIsOn),
                ]
            }
        ])
        rig.say("window", false, at: 0)
        rig.say("door", true, at: 1)
        rig.say("window", true, at: 2)
        rig.say("plug", 200.0, at: 3)
        rig.say("window", false, at: 4)
        rig.say("plug", 0.0, at: 5)
        #expect(
            rig.story == ["+1 raised care", "+2 strengthened care", "+3 strengthened care"])
        #expect(try #require(rig.engine.alerts.sorted.first).priority == .critical)
    }

    @Test(
        "ask_first: silence tells staff, fine ends it, help tells them at once, and what ends by itself is over"
    )
    func askFirst() throws {
        func asked(_ then: (inout Rig, AlertID) -> Void) throws -> [String] {
            var rig = Rig([cared(.high) { $0.askFirst = Rule.AskFirst(wait: .minutes(2)) }])
            rig.say("door", true, at: 10)
            then(&rig, try #require(rig.engine.alerts.sorted.first).id)
            rig.wait(until: 1000)
            return rig.story
        }
        #expect(try asked { _, _ in } == ["+10 asked care", "+130 raised care"])
        #expect(
            try asked { $0.command(.answer($1, isFine: true, by: "p"), at: 60) }
                == ["+10 asked care", "+60 resolved care"])
        #expect(
            try asked { $0.command(.answer($1, isFine: false, by: "p"), at: 60) }
                == ["+10 asked care", "+60 raised care"])
        #expect(
            try asked { rig, _ in rig.say("door", false, at: 60) }
                == ["+10 asked care", "+60 cleared care", "+60 resolved care"])
        #expect(
            try asked { $0.command(.acknowledge($1, by: "s"), at: 60) }
                == ["+10 asked care", "+60 acknowledged care"])
        // Once staff know, the person's word does not call them off.
        #expect(
            try asked { $0.command(.answer($1, isFine: true, by: "p"), at: 200) }
                == ["+10 asked care", "+130 raised care"])
    }

    @Test("an event asks too, and what is noticed late is told to staff without asking")
    func askAfterEvent() {
        var press = rule("care", .high, when: .event(pressed))
        press.askFirst = Rule.AskFirst(wait: .minutes(1))
        var rig = Rig([press])
        rig.say("button", "single", at: 10)
        rig.wait(until: 70)
        #expect(rig.story == ["+10 asked care", "+10 cleared care", "+70 raised care"])
        var late = Rig([press])
        late.say("button", "single", at: 500, effective: 10, freshness: .late)
        #expect(late.story == ["+10 raised care", "+10 cleared care"])
    }

    @Test(
        "a condition is pending while a holding time runs, active, clearing in a tolerated break, normal"
    )
    func conditions() {
        var rig = Rig([
            rule(
                when: .signal(.holding(doorIsOpen, for: .minutes(5), tolerate: .seconds(30)))),
            rule(
                "after",
                when: .event(
                    .notFollowed(after: doorOpens, no: someoneMoves, within: .minutes(1)))),
        ])
        rig.engine.recordConditions()
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("door", true, at: 10)
        rig.wait(until: 400)
        rig.say("door", false, at: 400)
        rig.say("door", true, at: 420)
        rig.say("motion", true, at: 430)
        rig.say("door", false, at: 500)
        rig.wait(until: 600)
        let seen = rig.engine.takeConditions().map {
            "+\(($0.at - Rig.start).milliseconds / 1000) \($0.rule) \($0.to.name)"
        }
        #expect(
            seen.filter { $0.contains("rule") } == [
                "+10 rule pending", "+310 rule active", "+400 rule clearing", "+420 rule active",
                "+500 rule clearing", "+530 rule normal",
            ])
        #expect(
            seen.filter { $0.contains("after") } == [
                "+10 after pending", "+70 after active", "+70 after normal", "+420 after pending",
                "+430 after normal",
            ])
    }
}
