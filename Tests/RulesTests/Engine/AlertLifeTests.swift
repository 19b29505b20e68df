import Testing

@testable import Rules

@Suite("Alerts that rules raise")
struct AlertLifeTests {
    let open = Rule.Trigger.signal(doorIsOpen)

    @Test("below medium an alert ends with its condition; from medium up it waits for an answer")
    func priorities() {
        for priority in Priority.allCases {
            var rig = Rig([rule("door", priority, when: open)])
            rig.say("door", true, at: 0)
            rig.say("door", false, at: 10)
            #expect(rig.engine.alerts.open.isEmpty == (priority < .medium), "\(priority)")
        }
    }

    @Test("acknowledged, then over by itself when the condition ends")
    func acknowledged() {
        var rig = Rig([rule("door", .high, when: open)])
        let id = rig.say("door", true, at: 0)[0].alert.id
        rig.command(.acknowledge(id, by: "marie"), at: 5)
        rig.command(.acknowledge(id, by: "paul"), at: 6)
        rig.say("door", false, at: 10)
        #expect(
            rig.story == [
                "+0 raised door", "+5 acknowledged door", "+10 cleared door", "+10 resolved door",
            ])
        #expect(rig.steps.last?.alert.acknowledgedBy == "marie")
        #expect(rig.steps.last?.alert.resolvedBy == nil)
    }

    @Test("a latched alert stays until somebody says that it is over")
    func latched() {
        var rig = Rig([rule("door", .high, when: open, latch: true)])
        let id = rig.say("door", true, at: 0)[0].alert.id
        rig.command(.acknowledge(id, by: "marie"), at: 5)
        rig.say("door", false, at: 10)
        #expect(rig.engine.alerts.open.count == 1)
        rig.command(.resolve(id, by: "marie", note: "smoke from toast"), at: 20)
        #expect(rig.engine.alerts.open.count == 1, "nobody said what it was")
        rig.command(
            .resolve(id, by: "marie", outcome: .false, note: "smoke from toast"), at: 21)
        #expect(rig.engine.alerts.open.isEmpty)
        #expect(rig.steps.last?.alert.outcome == .false)
        #expect(rig.steps.last?.alert.note == "smoke from toast")
    }

    @Test(
        "a press repeated in an unanswered call adds to its count; after an answer it is a new call"
    )
    func presses() {
        var rig = Rig([rule("call", .critical, when: .event(pressed))])
        let first = rig.say("button", "single", at: 0)[0].alert.id
        rig.say("button", "single", at: 3)
        #expect(rig.engine.alerts.open[first]?.count == 2)
        rig.command(.acknowledge(first, by: "marie"), at: 10)
        let second = rig.say("button", "single", at: 20)[0]
        #expect(second.step == .raised)
        #expect(second.alert.id != first)
        #expect(rig.steps.filter { $0.step == .raised }.count == 2)
    }

    @Test("a condition that returns before anybody answered is the same alert")
    func reactivated() {
        var rig = Rig([rule("door", .medium, when: open)])
        rig.say("door", true, at: 0)
        rig.say("door", false, at: 1)
        rig.say("door", true, at: 2)
        #expect(
            rig.story == ["+0 raised door", "+1 cleared door", "+2 reactivated door"])
        #expect(Set(rig.steps.map(\.alert.id)).count == 1)
    }

    @Test("an event's alert stays active until its clearing event")
    func clearing() {
        let returned = rule(
            "exit", .high, when: .event(doorOpens), clear: .event(someoneMoves))
        var rig = Rig([returned])
        for name in ["door", "motion"] { rig.say(name, false, at: 0) }
        rig.say("door", true, at: 1)
        rig.say("motion", true, at: 60)
        #expect(rig.story == ["+1 raised exit", "+60 cleared exit"])
    }

    @Test("an unless that is true excuses; one that is unknown does not")
    func unless() {
        var rig = Rig([rule("door", when: open, unless: windowIsOpen)])
        rig.say("door", true, at: 0)
        #expect(rig.story == ["+0 raised door"])
        rig.say("window", true, at: 1)
        #expect(rig.story.last == "+1 resolved door")
        rig.say("door", false, at: 2)
        rig.say("door", true, at: 3)
        #expect(rig.steps.count == 3)
    }

    @Test("an episode of a signal raises one alert while that signal holds")
    func episodeOfSignal() {
        let both = SignalExpression.all([doorIsOpen, .not(stoveIsOn)])
        var rig = Rig([rule("door", when: .signal(both), episode: .signal(doorIsOpen))])
        rig.say("plug", 0.0, at: 0)
        rig.say("door", true, at: 1)
        for second in stride(from: 2.0, to: 20, by: 2) {
            rig.say("plug", 500.0, at: second)
            rig.say("plug", 0.0, at: second + 1)
        }
        #expect(rig.steps.filter { $0.step == .raised }.count == 1)
        rig.say("door", false, at: 30)
        rig.say("door", true, at: 31)
        #expect(rig.steps.filter { $0.step == .raised }.count == 2)
    }

    @Test("a quiet episode: a new alert only after long enough without the condition")
    func quietEpisode() {
        var rig = Rig([rule("door", when: open, episode: .quiet(.minutes(10)))])
        for second in [0.0, 100, 200] {
            rig.say("door", true, at: second)
            rig.say("door", false, at: second + 10)
        }
        #expect(rig.steps.filter { $0.step == .raised }.count == 1)
        rig.say("door", true, at: 811)
        #expect(rig.steps.filter { $0.step == .raised }.count == 2)
    }

    @Test(
        "an alert's identifier comes from rule, instance and opening, and is the same in a replay")
    func identifiers() {
        func run() -> [String] {
            var rig = Rig([
                rule("door", .high, when: open), rule("call", .high, when: .event(pressed)),
            ])
            rig.say("door", true, at: 0)
            rig.say("button", "single", at: 3)
            return rig.steps.map(\.alert.id.rawValue)
        }
        #expect(run() == run())
        #expect(Set(run()).count == 2)
        #expect(run().allSatisfy { $0.count == 12 })
    }

    @Test("commands about alerts that are not open change nothing")
    func strangers() {
        var rig = Rig([rule("door", .high, when: open)])
        rig.command(.acknowledge("nonesuch", by: "x"), at: 0)
        rig.command(.resolve("nonesuch", by: "x", note: nil), at: 1)
        #expect(rig.steps.isEmpty)
    }
}
