import Testing

@testable import Rules

@Suite("Why, and why not")
struct ExplanationTests {
    private let left = rule(
        "left-open",
        when: .signal(
            .holding(.all([doorIsOpen, .not(windowIsOpen)]), for: .minutes(5), tolerate: .zero)))

    @Test("what made an alert: each condition with its value, since when and from which event")
    func why() throws {
        var rig = Rig([left])
        rig.say("window", false, at: 0)
        rig.say("door", true, at: 100)
        rig.wait(until: 400)
        let trigger = try #require(rig.engine.explain(0).first)
        #expect(trigger.role == .trigger && trigger.value == .yes)
        #expect(trigger.kind == .holding(for: .minutes(5)))
        #expect(trigger.since == Rig.at(400))
        #expect(trigger.progress == nil)
        #expect(trigger.wanting == [])
        let all = try #require(trigger.parts.first)
        #expect(all.kind == .all)
        let door = try #require(all.parts.first)
        #expect(
            door.kind
                == .state(StreamKey(device: "r/door", capability: "contact.open"), .oneOf([true])))
        #expect(door.value == .yes && door.since == Rig.at(100))
        #expect(door.event == SequenceNumber(rawValue: 2))
        #expect(all.parts.last?.parts.first?.value == .no)
    }

    @Test("what was wanting is the first condition that was false or not known, or the time")
    func wanting() throws {
        var rig = Rig([left])
        func last() -> Explanation? { rig.engine.explain(0).first?.wanting.last }
        #expect(last()?.value == .unknown)
        rig.say("window", true, at: 0)
        rig.say("door", true, at: 10)
        #expect(last()?.kind == .not)
        rig.say("window", false, at: 20)
        rig.wait(until: 272)
        let time = try #require(last())
        #expect(time.kind == .holding(for: .minutes(5)))
        #expect(time.progress?.reached == .seconds(252) && time.progress?.wanted == .minutes(5))
    }

    @Test("an unless that holds is what kept a rule from firing")
    func unless() throws {
        var rig = Rig([rule(when: .signal(doorIsOpen), unless: windowIsOpen)])
        rig.say("window", true, at: 0)
        rig.say("door", true, at: 10)
        let paths = rig.engine.explain(0).map(\.wanting)
        #expect(paths[0] == [])
        #expect(paths[1].last?.role == .unless)
    }

    @Test("a time that was broken is told with how far it had come and by which event")
    func broken() throws {
        var rig = Rig([left])
        var broken = BrokenRuns(of: rig.engine.explain(0))
        func say(_ name: String, _ value: Value, at seconds: Double) {
            rig.say(name, value, at: seconds)
            broken.look(at: rig.engine)
        }
        say("window", false, at: 0)
        say("door", true, at: 10)
        say("door", true, at: 100)
        say("window", true, at: 262)
        say("window", false, at: 270)
        say("door", false, at: 280)
        let trigger = try #require(rig.engine.explain(0).first)
        let run = try #require(broken.run(of: trigger))
        // The latest one: ten seconds, broken by the door.
        #expect(run.since == Rig.at(270) && run.reached == .seconds(10))
        #expect(run.wanted == .minutes(5) && run.by == SequenceNumber(rawValue: 6))
        #expect(run.at == Rig.at(280))
    }

    @Test("a time that was reached is not told as broken")
    func reached() throws {
        var rig = Rig([left])
        var broken = BrokenRuns(of: rig.engine.explain(0))
        for (name, value, second) in [
            ("window", false, 0.0), ("door", true, 10), ("door", false, 400),
        ] {
            rig.say(name, .boolean(value), at: second)
            broken.look(at: rig.engine)
        }
        let trigger = try #require(rig.engine.explain(0).first)
        #expect(broken.run(of: trigger) == nil)
    }

    @Test("every random rule can be explained at every moment, with conditions that are its own")
    func everything() {
        for seed in 1...UInt64(40) {
            var random = RandomRules(generator: SeededGenerator(seed: seed &* 991))
            var rig = Rig(random.rules(4))
            let entries = ReplayPropertyTests.journal(rig, count: 30, &random.generator)
            for entry in entries {
                rig.engine.take(entry, into: &rig.steps)
                for number in rig.engine.plan.instances.indices {
                    let parts = rig.engine.explain(number)
                    #expect(parts.first?.role == .trigger, "seed \(seed)")
                    let isActive = rig.engine.isActive(number)
                    let instance = rig.engine.plan.instances[number]
                    let rule = rig.engine.plan.rules[instance.rule]
                    // What is wanting names a condition that is indeed not as it must be.
                    for path in parts.map(\.wanting) {
                        guard let last = path.last else { continue }
                        #expect(last.role == .unless ? last.value == .yes : last.value != .yes)
                    }
                    if isActive, rule.isSignal, rule.clear == nil, rule.onUnknown == .ignore {
                        #expect(parts[0].value == .yes, "seed \(seed)")
                    }
                }
            }
        }
    }
}
