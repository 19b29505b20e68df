import Testing

@testable import Rules

@Suite("Operators that measure, and fields that must be the same")
struct MeasureTests {
    private static let doors = EventExpression.reading(
        StreamSelector(kinds: ["door", "window"], anywhere: true, capability: "contact.open"),
        .oneOf([true]))
    private static let anyMotion = EventExpression.reading(
        StreamSelector(kinds: ["motion"], anywhere: true, capability: "presence.motion"),
        .oneOf([true]))

    private func quiet(_ rig: inout Rig) {
        for name in ["door", "window", "motion", "motion2"] { rig.say(name, false, at: 0) }
    }

    @Test("same: a sequence counts only where both events come from one device")
    func sameDevice() {
        var rig = Rig([
            rule(
                when: .event(
                    .sequence(
                        [Self.doors, Self.doors], within: .minutes(5), until: nil, same: .device)))
        ])
        quiet(&rig)
        rig.say("door", true, at: 10)
        rig.say("window", true, at: 20)
        #expect(rig.story == [])
        rig.say("door", false, at: 30)
        rig.say("door", true, at: 40)
        #expect(rig.story.first == "+40 raised rule")
        rig.say("window", false, at: 400)
        rig.say("window", true, at: 410)
        // The window's first opening is more than five minutes ago.
        #expect(rig.story.filter { $0.contains("raised") }.count == 1)
    }

    @Test("same: after A and no B waits for each room apart")
    func sameRoom() {
        var rig = Rig([
            rule(
                when: .event(
                    .notFollowed(
                        after: Self.doors, no: Self.anyMotion, within: .minutes(1), same: .room)))
        ])
        quiet(&rig)
        rig.say("door", true, at: 10)
        rig.say("motion2", true, at: 20)
        rig.wait(until: 69)
        #expect(rig.story == [])
        rig.wait(until: 70)
        #expect(rig.story.first == "+70 raised rule")
        rig.say("door", false, at: 100)
        rig.say("door", true, at: 110)
        rig.say("motion", true, at: 120)
        rig.wait(until: 300)
        #expect(rig.story.filter { $0.contains("raised") }.count == 1)
    }

    @Test("distinct: three presses of one device are one, and a late one does not count twice")
    func distinct() {
        var rig = Rig([
            rule(
                when: .signal(
                    .count(Self.anyMotion, atLeast: 2, within: .minutes(10), distinct: .device)))
        ])
        quiet(&rig)
        for second in stride(from: 10.0, to: 60, by: 10) {
            rig.say("motion", true, at: second)
            rig.say("motion", false, at: second + 5)
        }
        #expect(rig.story == [])
        rig.say("motion2", true, at: 100)
        #expect(rig.story == ["+100 raised rule"])
        // The latest of the first device was at 50 s.
        rig.wait(until: 650)
        #expect(rig.story.contains("+650 cleared rule"))
    }

    @Test("extend_on makes a holding time count anew, before and after it fires")
    func extend() {
        var rig = Rig([
            rule(
                when: .signal(
                    .holding(doorIsOpen, for: .minutes(1), tolerate: .zero, extendOn: pressed)))
        ])
        rig.say("door", true, at: 0)
        rig.say("button", "single", at: 50)
        rig.wait(until: 109)
        #expect(rig.story == [])
        rig.wait(until: 110)
        #expect(rig.story == ["+110 raised rule"])
        rig.say("button", "single", at: 120)
        #expect(rig.story.last == "+120 resolved rule")
        rig.wait(until: 180)
        #expect(rig.story.last == "+180 raised rule")
    }

    @Test("a deadline is decided when its window ends, and what comes late clears it")
    func deadline() {
        // The rig begins at 22:13:20 UTC; the window is 23:00 to 24:00.
        var rig = Rig([
            rule(when: .signal(.missed(pressed, during: Window(from: 1380, to: 1440))))
        ])
        rig.wait(until: 6399)
        #expect(rig.story == [])
        rig.wait(until: 6400)
        #expect(rig.story == ["+6400 raised rule"])
        rig.say("button", "single", at: 7000)
        #expect(rig.story == ["+6400 raised rule", "+7000 cleared rule", "+7000 resolved rule"])
        // The next day it comes in time.
        rig.say("button", "single", at: 86_400 + 3000)
        rig.wait(until: 86_400 * 2)
        #expect(rig.story.count == 3)
        // On the third it does not.
        rig.wait(until: 86_400 * 2 + 6400)
        #expect(rig.story.count == 4)
    }

    @Test("a deadline whose window was watched in part only is not known")
    func partialDeadline() {
        var rig = Rig([
            rule(when: .signal(.missed(pressed, during: Window(from: 1320, to: 1440))))
        ])
        rig.wait(until: 80_000)
        #expect(rig.story == [])
        rig.wait(until: 86_400 + 6400)
        #expect(rig.story == ["+92800 raised rule"])
    }

    @Test(
        "a rate is not known until half its time is measured, and counts the change, not the value")
    func rate() {
        var rig = Rig([
            rule(
                when: .signal(
                    .rate(
                        named("plug", "power.active"),
                        RateLimit(isAbove: true, amount: 60, per: .hours(1)), over: .minutes(30))))
        ])
        rig.say("plug", 1000.0, at: 0)
        rig.say("plug", 1100.0, at: 600)
        #expect(rig.story == [])
        // 15 in 15 minutes is 60 an hour: not above.
        rig.say("plug", 1015.0, at: 900)
        #expect(rig.story == [])
        rig.say("plug", 1020.5, at: 1200)
        #expect(rig.story == ["+1200 raised rule"])
        rig.say("plug", 1000.0, at: 1500)
        #expect(rig.story.last == "+1500 resolved rule")
    }

    @Test("time in all is told at the instant it is reached, and slides")
    func spent() {
        var rig = Rig([
            rule(
                when: .signal(
                    .spent(doorIsOpen, moreThan: .seconds(100), .over(.seconds(1000)))))
        ])
        rig.say("door", false, at: 0)
        for start in [0.0, 200, 400] {
            rig.say("door", true, at: start)
            rig.say("door", false, at: start + 30)
        }
        rig.say("door", true, at: 600)
        rig.wait(until: 609.999)
        #expect(rig.story == [])
        rig.wait(until: 610)
        #expect(rig.story == ["+610 raised rule"])
        rig.say("door", false, at: 620)
        // 110 s lie within 1000 s; the first 30 s slide out from 1000 s on, 10.001 of them at 1010.001.
        rig.wait(until: 1010)
        #expect(rig.story.count == 1)
        rig.wait(until: 1010.001)
        #expect(rig.story.last == "+1010.001 resolved rule")
    }

    @Test("time in all within a window begins from nothing each time")
    func spentDuring() {
        var rig = Rig([
            rule(
                when: .signal(
                    .spent(
                        doorIsOpen, moreThan: .minutes(10), .during(Window(from: 1380, to: 1410)))))
        ])
        // 23:00 is at 2800 s, 23:30 at 4600 s.
        rig.say("door", true, at: 100)
        rig.wait(until: 3399)
        #expect(rig.story == [])
        rig.wait(until: 3400)
        #expect(rig.story == ["+3400 raised rule"])
        rig.wait(until: 5000)
        #expect(rig.story.last == "+4600 resolved rule")
        rig.say("door", false, at: 86_400 + 3000)
        rig.wait(until: 86_400 + 5000)
        #expect(rig.story.count == 3)
    }

    @Test("silence is of the device, whatever it says")
    func silent() {
        var rig = Rig([
            rule(when: .signal(.silent(named("frail", ""), for: .minutes(3))))
        ])
        rig.say("frail", false, at: 100)
        rig.wait(until: 279)
        #expect(rig.story == [])
        rig.wait(until: 280)
        #expect(rig.story == ["+280 raised rule"])
        rig.say("frail", false, at: 300)
        #expect(rig.story.last == "+300 resolved rule")
    }

    @Test("how long something was true in all, against a sum over every millisecond")
    func spentTime() {
        var generator = SeededGenerator(seed: 3)
        for seed in 0..<300 {
            var spans: [TimedPlace] = []
            var time: Int64 = 0
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let start = time + Int64.random(in: 1...20, using: &generator)
                let end = start + Int64.random(in: 1...20, using: &generator)
                spans.append(TimedPlace(time: start, place: end))
                time = end
            }
            let isOpen = Bool.random(using: &generator)
            let since =
                isOpen ? time + Int64.random(in: 1...10, using: &generator) : NodeState.never
            let over = Int64.random(in: 10...60, using: &generator)
            let most = Int64.random(in: 1..<over, using: &generator)
            let total = SpentTime(spans: spans, since: since, over: over)
            let now = max(time, since)
            func slow(_ time: Int64) -> Int64 {
                Int64(
                    ((time - over)..<time).count { moment in
                        spans.contains { $0.time <= moment && moment < $0.place }
                            || (isOpen && moment >= since)
                    })
            }
            let reached = total.at(now) >= most
            for moment in now..<(now + 200) {
                #expect(total.at(moment) == slow(moment), "seed \(seed)")
            }
            let change = ((now + 1)..<(now + 200)).first { (slow($0) >= most) != reached }
            #expect(
                total.change(after: now, most: most, reached: reached) == change, "seed \(seed)")
        }
    }
}

@Suite("A day compared with the days before")
struct BaselineTests {
    private func rig(_ metric: Baseline.Metric, isAbove: Bool = false, inRow: Int = 1) -> Rig {
        Rig([
            rule(
                when: .signal(
                    .baseline(
                        Baseline(
                            metric: metric, days: 14, minimumDays: 5, isAbove: isAbove,
                            deviations: 3000, daysInRow: inRow))))
        ])
    }

    /// The first midnight is 6400 s after the rig's start.
    private func day(_ number: Int) -> Double { 6400 + Double(number) * 86_400 }

    private func press(_ rig: inout Rig, _ times: Int, on number: Int) {
        for press in 0..<times {
            rig.say("button", "single", at: day(number) + 30_000 + Double(press) * 60)
        }
    }

    @Test("a day with far fewer presses than usual is told at its end, once")
    func fewer() {
        var rig = rig(.count(pressed))
        for (number, times) in [10, 11, 9, 10, 12, 10, 11].enumerated() {
            press(&rig, times, on: number)
        }
        #expect(rig.story == [])
        press(&rig, 3, on: 7)
        rig.wait(until: day(8))
        #expect(rig.story == ["+\(Int(day(8))) raised rule"])
        press(&rig, 10, on: 8)
        rig.wait(until: day(9))
        #expect(rig.story.last == "+\(Int(day(9))) resolved rule")
    }

    @Test("with days_in_row a single odd day says nothing")
    func inRow() {
        var rig = rig(.count(pressed), inRow: 2)
        for number in 0..<7 { press(&rig, 10, on: number) }
        press(&rig, 2, on: 7)
        press(&rig, 10, on: 8)
        press(&rig, 2, on: 9)
        rig.wait(until: day(10))
        #expect(rig.story == [])
        press(&rig, 2, on: 10)
        rig.wait(until: day(11))
        #expect(rig.story == ["+\(Int(day(11))) raised rule"])
    }

    @Test("before enough observed days nothing is known")
    func tooFew() {
        var rig = rig(.count(pressed))
        for number in 0..<4 { press(&rig, 10, on: number) }
        rig.wait(until: day(5))
        #expect(rig.story == [])
    }

    @Test("a day that the hub hardly saw is neither compared nor compared with")
    func blind() {
        var rig = rig(.count(pressed))
        for number in 0..<7 { press(&rig, 10, on: number) }
        rig.command(
            .gap(from: Rig.at(day(7) + 1000), to: Rig.at(day(7) + 50_000)), at: day(7) + 50_000)
        rig.wait(until: day(8))
        #expect(rig.story == [])
        rig.wait(until: day(9))
        #expect(rig.story == ["+\(Int(day(9))) raised rule"])
    }

    @Test("first: getting up much later than on other days")
    func first() {
        var rig = rig(.first(pressed), isAbove: true)
        for (number, minutes) in [0, 5, 10, 5, 0, 5].enumerated() {
            rig.say("button", "single", at: day(number) + 25_000 + Double(minutes) * 60)
            rig.say("button", "single", at: day(number) + 60_000)
        }
        rig.say("button", "single", at: day(6) + 40_000)
        rig.wait(until: day(7) - 1)
        #expect(rig.story == [])
        rig.wait(until: day(7))
        #expect(rig.story == ["+\(Int(day(7))) raised rule"])
    }

    @Test("spent: a signal that is true over midnight counts on both days")
    func spent() {
        var rig = rig(.spent(doorIsOpen), isAbove: true)
        rig.say("door", false, at: 1)
        for number in 0..<6 {
            rig.say("door", true, at: day(number) + 30_000)
            rig.say("door", false, at: day(number) + 33_600)
        }
        // Four hours on either side of the midnight between days 6 and 7.
        rig.say("door", true, at: day(7) - 4 * 3600)
        rig.wait(until: day(7))
        #expect(rig.story == ["+\(Int(day(7))) raised rule"])
        rig.say("door", false, at: day(7) + 4 * 3600)
        rig.wait(until: day(8))
        #expect(rig.story.count == 1)
        rig.wait(until: day(9))
        #expect(rig.story.last == "+\(Int(day(9))) resolved rule")
    }
}
