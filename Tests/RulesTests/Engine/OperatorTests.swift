import Testing

@testable import Rules

@Suite("The engine's operators")
struct OperatorTests {
    @Test("a holding time fires at its due time, and a repeated reading restarts nothing")
    func holding() {
        var rig = Rig([rule(when: .signal(.holding(doorIsOpen, for: .minutes(5), tolerate: .zero)))]
        )
        rig.say("door", false, at: 0)
        rig.say("door", true, at: 10)
        rig.say("door", true, at: 200)
        rig.wait(until: 309.999)
        #expect(rig.story == [])
        rig.wait(until: 400)
        rig.say("door", false, at: 500)
        #expect(rig.story == ["+310 raised rule", "+500 cleared rule", "+500 resolved rule"])
    }

    @Test("a break within the tolerance does not count, a longer one does")
    func tolerance() {
        var rig = Rig([
            rule(when: .signal(.holding(doorIsOpen, for: .seconds(100), tolerate: .seconds(10))))
        ])
        rig.say("door", true, at: 0)
        rig.say("door", false, at: 50)
        rig.say("door", true, at: 55)
        rig.wait(until: 100)
        #expect(rig.story == ["+100 raised rule"])
        rig.say("door", false, at: 110)
        rig.wait(until: 119)
        #expect(rig.story.count == 1)
        rig.wait(until: 121)
        #expect(rig.story == ["+100 raised rule", "+120 cleared rule", "+120 resolved rule"])
        rig.say("door", true, at: 200)
        rig.say("door", false, at: 250)
        rig.say("door", true, at: 261)
        rig.wait(until: 360)
        #expect(rig.story.count == 3)
        rig.wait(until: 361)
        #expect(rig.story.last == "+361 raised rule")
    }

    @Test("a signal that is never unknown is no before its first reading, and keeps its last one")
    func neverUnknown() {
        let open = SignalExpression.predicate(
            named("door", "contact.open"), .oneOf([true]), unknownAfter: SignalExpression.never)
        var rig = Rig([
            rule(when: .event(.begins(open))),
            rule("shut", when: .signal(.not(open))),
        ])
        rig.wait(until: 5)
        #expect(rig.story == ["+0 raised shut"])
        rig.say("door", true, at: 10)
        rig.say("door", .unknown, at: 20)
        rig.wait(until: 100)
        #expect(
            rig.story == [
                "+0 raised shut", "+10 raised rule", "+10 cleared rule", "+10 resolved rule",
                "+10 cleared shut", "+10 resolved shut",
            ])
    }

    @Test("hysteresis: on above the limit, off only below the lower one")
    func hysteresis() {
        var rig = Rig([rule(when: .signal(stoveIsOn))])
        for (index, power) in [20.0, 150, 151, 60, 41, 151, 40, 100].enumerated() {
            rig.say("plug", .number(power), at: Double(index))
        }
        #expect(rig.story == ["+2 raised rule", "+6 cleared rule", "+6 resolved rule"])
    }

    @Test("absence counts from the last event, and from the start of the watch before the first")
    func absence() {
        var rig = Rig([rule(when: .signal(.absence(of: someoneMoves, for: .hours(1))))])
        rig.wait(until: 3599)
        #expect(rig.story == [])
        rig.wait(until: 3600)
        #expect(rig.story == ["+3600 raised rule"])
        rig.say("motion", false, at: 3700)
        #expect(rig.story.count == 1)
        rig.say("motion", true, at: 4000)
        rig.say("motion2", false, at: 4001)
        rig.say("motion2", true, at: 4100)
        rig.wait(until: 10_000)
        #expect(
            rig.story == [
                "+3600 raised rule", "+4000 cleared rule", "+4000 resolved rule",
                "+7700 raised rule",
            ])
    }

    @Test("A then B within T matches before T, not at T, and not B before A")
    func sequence() {
        let expression = EventExpression.sequence(
            [doorOpens, someoneMoves], within: .seconds(2), until: nil)
        var rig = Rig([rule(.init(rawValue: "seq"), .info, when: .event(expression))])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("door", true, at: 10)
        rig.say("motion", true, at: 11.999)
        rig.say("door", false, at: 20)
        rig.say("motion", false, at: 20)
        rig.say("door", true, at: 30)
        rig.say("motion", true, at: 32)
        rig.say("motion", false, at: 40)
        rig.say("door", false, at: 40)
        rig.say("motion", true, at: 41)
        rig.say("door", true, at: 42)
        #expect(rig.story.filter { $0.contains("raised") } == ["+11.999 raised seq"])
    }

    @Test("a sequence that is broken off by its until event starts anew")
    func sequenceUntil() {
        let expression = EventExpression.sequence(
            [doorOpens, someoneMoves], within: .hours(1), until: pressed)
        var rig = Rig([rule(.init(rawValue: "seq"), .info, when: .event(expression))])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("door", true, at: 1)
        rig.say("button", "single", at: 2)
        rig.say("motion", true, at: 3)
        #expect(rig.story == [])
        rig.say("door", false, at: 4)
        rig.say("door", true, at: 5)
        rig.say("motion", false, at: 6)
        rig.say("motion", true, at: 7)
        #expect(rig.story.first == "+7 raised seq")
    }

    @Test("A and no B within T fires at A + T; B in time prevents it, B at T is too late")
    func notFollowed() {
        let expression = EventExpression.notFollowed(
            after: doorOpens, no: someoneMoves, within: .minutes(5))
        var rig = Rig([rule(.init(rawValue: "exit"), .info, when: .event(expression))])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("door", true, at: 100)
        rig.say("motion", true, at: 399.999)
        rig.wait(until: 500)
        #expect(rig.story == [])
        rig.say("door", false, at: 600)
        rig.say("motion", false, at: 600)
        rig.say("door", true, at: 700)
        rig.say("motion", true, at: 1000)
        #expect(rig.story.first == "+1000 raised exit")
        #expect(rig.steps.first?.alert.evidence == [SequenceNumber(rawValue: 7)])
    }

    @Test("a guard over A and no B is asked at A's moment")
    func guardAtFirstEvent() {
        let expression = EventExpression.notFollowed(
            after: doorOpens, no: someoneMoves, within: .minutes(5))
        var rig = Rig([rule(when: .event(expression), guard: windowIsOpen)])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("window", true, at: 1)
        rig.say("door", true, at: 10)
        rig.say("window", false, at: 20)
        rig.wait(until: 400)
        #expect(rig.story.first == "+310 raised rule")
        rig.say("door", false, at: 500)
        rig.say("door", true, at: 510)
        rig.say("window", true, at: 520)
        let before = rig.steps.count
        rig.wait(until: 1000)
        #expect(rig.steps.count == before)
    }

    @Test("count within a sliding window, half-open")
    func count() {
        let expression = SignalExpression.count(pressed, atLeast: 3, within: .seconds(60))
        var rig = Rig([rule(when: .signal(expression))])
        for second in [0.0, 30, 60, 61, 89] { rig.say("button", "single", at: second) }
        #expect(rig.story == ["+61 raised rule"])
        rig.wait(until: 200)
        #expect(
            rig.story == ["+61 raised rule", "+120 cleared rule", "+120 resolved rule"])
    }

    @Test("all of these in any order, within a span")
    func allOf() {
        let expression = EventExpression.allOf([doorOpens, windowOpens], within: .seconds(10))
        var rig = Rig([rule(.init(rawValue: "both"), .info, when: .event(expression))])
        for name in ["door", "window"] { rig.say(name, false, at: 0) }
        rig.say("window", true, at: 1)
        rig.say("door", true, at: 11)
        #expect(rig.story == [])
        rig.say("window", false, at: 12)
        rig.say("window", true, at: 13)
        #expect(rig.story.first == "+13 raised both")
    }

    @Test("three values: unknown neither fires nor clears")
    func unknown() {
        var rig = Rig([rule(when: .signal(.all([doorIsOpen, .not(windowIsOpen)])))])
        rig.say("door", true, at: 0)
        #expect(rig.story == [])
        rig.say("window", false, at: 1)
        #expect(rig.story == ["+1 raised rule"])
        rig.say("door", .unknown, at: 2)
        rig.wait(until: 100)
        #expect(rig.story == ["+1 raised rule"])
        rig.say("window", true, at: 101)
        #expect(rig.story == ["+1 raised rule", "+101 cleared rule", "+101 resolved rule"])
    }

    @Test("a device that falls silent makes its signals unknown; its silence clears nothing")
    func silence() {
        let open = SignalExpression.predicate(
            named("frail", "contact.open"), .oneOf([true]), unknownAfter: nil)
        var rig = Rig([rule(when: .signal(.holding(open, for: .minutes(15), tolerate: .zero)))])
        rig.say("frail", true, at: 0)
        rig.wait(until: 2000)
        #expect(rig.story == [])
        rig.say("frail", true, at: 2000)
        rig.say("frail", true, at: 2500)
        rig.wait(until: 2900)
        #expect(rig.story == ["+2900 raised rule"])
        rig.wait(until: 9000)
        #expect(rig.story == ["+2900 raised rule"])
    }

    @Test("dwell: in there until seen elsewhere")
    func dwell() {
        let inside = SignalExpression.dwell(enter: someoneMoves, leave: doorOpens)
        var rig = Rig([rule(when: .signal(.holding(inside, for: .minutes(30), tolerate: .zero)))])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("motion", true, at: 10)
        rig.say("motion", false, at: 20)
        rig.wait(until: 1810)
        rig.say("door", true, at: 2000)
        #expect(rig.story == ["+1810 raised rule", "+2000 cleared rule", "+2000 resolved rule"])
    }

    @Test("released: still so for a while after it ends")
    func released() {
        let expression = SignalExpression.released(doorIsOpen, after: .seconds(60))
        var rig = Rig([rule(when: .signal(expression))])
        rig.say("door", true, at: 0)
        rig.say("door", false, at: 10)
        rig.say("door", true, at: 65)
        rig.say("door", false, at: 100)
        rig.wait(until: 300)
        #expect(rig.story == ["+0 raised rule", "+160 cleared rule", "+160 resolved rule"])
    }

    @Test("a window turns on and off by itself and gates a signal")
    func window() {
        // The start is 22:13:20 UTC.
        let night = SignalExpression.during(Window(from: 22 * 60 + 30, to: 6 * 60 + 30))
        var rig = Rig([rule(when: .signal(doorIsOpen), guard: night)])
        rig.say("door", true, at: 60)
        #expect(rig.story == [])
        rig.wait(until: 40_000)
        #expect(rig.story == ["+1000 raised rule", "+29800 cleared rule", "+29800 resolved rule"])
    }

    @Test("at least two of three, with what is unknown counted neither way")
    func atLeast() {
        let expression = SignalExpression.atLeast(2, [doorIsOpen, windowIsOpen, stoveIsOn])
        var rig = Rig([rule(when: .signal(expression))])
        rig.say("door", true, at: 0)
        #expect(rig.story == [])
        rig.say("plug", 200.0, at: 1)
        #expect(rig.story == ["+1 raised rule"])
        rig.say("door", false, at: 2)
        #expect(rig.story == ["+1 raised rule"])
        rig.say("window", false, at: 3)
        #expect(rig.story.dropFirst().first == "+3 cleared rule")
    }

    @Test("what is restored sets a signal, but is no transition and no press")
    func restored() {
        var rig = Rig([
            rule(.init(rawValue: "opened"), .info, when: .event(doorOpens)),
            rule(.init(rawValue: "pressed"), .info, when: .event(pressed)),
            rule(
                .init(rawValue: "open"),
                when: .signal(.holding(doorIsOpen, for: .minutes(1), tolerate: .zero))),
        ])
        rig.say("door", false, at: 0)
        rig.say("door", true, at: 10, freshness: .restored)
        rig.say("button", "single", at: 11, freshness: .restored)
        rig.wait(until: 100)
        #expect(rig.story == ["+70 raised open"])
    }

    @Test("a late press is told as late, and never rewinds a live timer")
    func late() {
        var rig = Rig([
            rule(.init(rawValue: "pressed"), .high, when: .event(pressed)),
            rule(
                .init(rawValue: "open"),
                when: .signal(.holding(doorIsOpen, for: .minutes(1), tolerate: .zero))),
        ])
        rig.say("door", true, at: 100)
        rig.say("door", false, at: 110, effective: 50, freshness: .late)
        rig.say("button", "single", at: 7200, effective: 0, freshness: .late)
        #expect(rig.story == ["+160 raised open", "+0 raised pressed", "+0 cleared pressed"])
        #expect(rig.steps.filter { $0.step == .raised }.map(\.alert.late) == [false, true])
    }

    @Test("durations count from the device's own time where it is trusted")
    func effectiveTime() {
        var rig = Rig([rule(when: .signal(.holding(doorIsOpen, for: .minutes(1), tolerate: .zero)))]
        )
        rig.say("door", true, at: 30, effective: 10)
        rig.wait(until: 100)
        #expect(rig.story == ["+70 raised rule"])
        rig.say("door", false, at: 200)
        rig.say("door", true, at: 400, effective: 300)
        #expect(rig.story.last == "+360 raised rule")
        #expect(rig.steps.last?.noticed == Rig.at(400))
        #expect(rig.steps.last?.alert.late == true)
    }

    @Test("what fell due while the hub was down is raised on start, once, and marked late")
    func gap() {
        var rig = Rig([rule(when: .signal(.holding(doorIsOpen, for: .minutes(5), tolerate: .zero)))]
        )
        rig.say("door", true, at: 0)
        rig.command(.gap(from: Rig.at(10), to: Rig.at(4000)), at: 4000)
        rig.wait(until: 9000)
        #expect(rig.story == ["+300 raised rule"])
        #expect(rig.steps[0].alert.late)
        #expect(rig.steps[0].noticed == Rig.at(4000))
    }

    /// A door that may be open for five minutes, and a hub that was down from 10 s to 4000 s.
    private func sleepy() -> Rig {
        var rig = Rig([rule(when: .signal(.holding(doorIsOpen, for: .minutes(5), tolerate: .zero)))]
        )
        rig.say("door", true, at: 0)
        rig.command(
            .gap(from: Rig.at(10), to: Rig.at(4000), listens: Rig.at(4005)), at: 4000)
        return rig
    }

    @Test(
        "what the broker kept may say that it ended in time: then what fell due in a gap is not told"
    )
    func endedInAGap() {
        var rig = sleepy()
        rig.say("window", false, at: 4001)
        rig.say("door", false, at: 4002, effective: 100)
        rig.wait(until: 9000)
        #expect(rig.story.isEmpty)
    }

    @Test("an end without a time, or after it fell due, or none: it is told, late and once")
    func notEndedInAGap() {
        var untimed = sleepy()
        untimed.say("door", false, at: 4002)
        untimed.wait(until: 9000)
        #expect(untimed.story.first == "+300 raised rule")
        #expect(untimed.steps[0].alert.late && untimed.steps[0].noticed == Rig.at(4002))
        var after = sleepy()
        after.say("door", false, at: 4002, effective: 301)
        after.wait(until: 9000)
        #expect(after.story.first == "+300 raised rule")
        var silent = sleepy()
        silent.wait(until: 4004)
        #expect(silent.story.isEmpty)
        silent.wait(until: 9000)
        #expect(silent.story == ["+300 raised rule"])
        #expect(silent.steps[0].alert.late && silent.steps[0].noticed == Rig.at(4005))
    }
}
