import Testing

@testable import Rules

/// Episodes as lines: `door 10–70`, `door 10–70 hub_down`, `door 10–…` while it goes on.
extension Rig {
    mutating func episodes() -> [String] { engine.takeEpisodes().map { Rig.line($0) } }

    /// The final ones only.
    mutating func finals() -> [String] {
        engine.takeEpisodes().filter { $0.settled != nil }.map { Rig.line($0) }
    }

    static func line(_ episode: Episode) -> String {
        func seconds(_ moment: Instant) -> String {
            let milliseconds = (moment - start).milliseconds
            return milliseconds % 1000 == 0
                ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
        }
        var line = "\(episode.trace) \(seconds(episode.start))–"
        line += episode.end.map(seconds) ?? "…"
        if let censored = episode.censored { line += " \(censored.rawValue)" }
        if episode.late { line += " late" }
        return line
    }
}

private let frailOpens = EventExpression.reading(named("frail", "contact.open"), .oneOf([true]))
private let frailCloses = EventExpression.reading(named("frail", "contact.open"), .oneOf([false]))

private func trace(
    _ id: TraceID = "t", from: EventExpression = doorOpens,
    until: [TraceRule.End] = [.event(doorCloses)], gap: TimeSpan = .zero,
    attributes: [TraceRule.NamedAttribute] = []
) -> TraceRule {
    TraceRule(id: id, from: from, until: until, mergeGap: gap, attributes: attributes)
}

private func rig(_ traces: TraceRule..., things: [Rig.Thing] = Rig.things) -> Rig {
    var rig = Rig([], traces: traces, things: things)
    for name in ["door", "window", "motion", "motion2", "frail"] { rig.say(name, false, at: 0) }
    return rig
}

@Suite("Episodes of traces")
struct EpisodeTests {
    @Test("an episode opens at the opening's effective time and closes at the ending's")
    func opensAndCloses() {
        var rig = rig(trace())
        rig.say("door", true, at: 12, effective: 10)
        #expect(rig.episodes() == ["t 10–…"])
        rig.say("door", false, at: 75, effective: 70)
        #expect(rig.episodes() == ["t 10–70"])
        rig.say("door", false, at: 80)
        #expect(rig.episodes() == [])
    }

    @Test("a further opening changes nothing but what the episode was made from")
    func furtherOpening() {
        var rig = rig(trace(from: .any([doorOpens, windowOpens])))
        rig.say("door", true, at: 10)
        rig.say("window", true, at: 20)
        rig.say("door", false, at: 30)
        let final = rig.engine.takeEpisodes().last
        #expect(final.map { Rig.line($0) } == "t 10–30")
        #expect(final?.events == 3)
        #expect(final?.first.rawValue == 6)
        #expect(final?.last.rawValue == 8)
    }

    @Test("ended by silence, it ended with the last sign; the silence is half-open")
    func silence() {
        var rig = rig(
            trace(from: pressed, until: [.quiet(someoneMoves, for: .seconds(60))]))
        rig.say("button", "single", at: 10)
        rig.say("motion", true, at: 40)
        rig.say("motion", false, at: 41)
        rig.say("motion", true, at: 99.999)
        _ = rig.episodes()
        rig.wait(until: 159.998)
        #expect(rig.episodes() == [])
        // At exactly 60 s time goes first.
        rig.say("motion", false, at: 159.999)
        #expect(rig.episodes() == ["t 10–99.999"])
    }

    @Test("an opening while open is a sign of use for every silence")
    func openingIsASign() {
        var rig = rig(
            trace(from: pressed, until: [.quiet(someoneMoves, for: .seconds(60))]))
        rig.say("button", "single", at: 10)
        rig.say("button", "single", at: 60)
        rig.wait(until: 119)
        _ = rig.episodes()
        rig.wait(until: 121)
        #expect(rig.episodes() == ["t 10–60"])
    }

    @Test("whichever way to end comes first ends it")
    func alternatives() {
        let rule = trace(
            from: pressed,
            until: [
                .event(doorOpens), .quiet(someoneMoves, for: .seconds(60)), .signal(stoveIsOn),
            ])
        var first = rig(rule)
        first.say("button", "single", at: 10)
        first.say("plug", 0.0, at: 20)
        first.say("plug", 500.0, at: 30)
        #expect(first.finals() == ["t 10–30"])
        var second = rig(rule)
        second.say("plug", 500.0, at: 5)
        second.say("button", "single", at: 10)
        second.say("door", true, at: 20)
        #expect(second.finals() == ["t 10–20"])
    }

    @Test("what ends one episode and opens another at one instant does both, unless they merge")
    func backToBack() {
        var apart = rig(trace(from: pressed, until: [.event(pressed)]))
        for time in [10.0, 30, 70] { apart.say("button", "single", at: time) }
        #expect(apart.finals() == ["t 10–30", "t 30–70"])
        var merged = rig(trace(from: pressed, until: [.event(pressed)], gap: .seconds(1)))
        for time in [10.0, 30, 70] { merged.say("button", "single", at: time) }
        #expect(merged.finals() == [])
    }

    @Test("an opening less than the merge gap after the end continues the same episode")
    func merges() {
        var rig = rig(trace(gap: .seconds(120)))
        rig.say("door", true, at: 10)
        rig.say("door", false, at: 20)
        rig.say("door", true, at: 139.999)
        rig.say("door", false, at: 200)
        #expect(rig.finals() == [])
        rig.wait(until: 319.999)
        #expect(rig.finals() == [])
        rig.wait(until: 320)
        let final = rig.engine.takeEpisodes()
        #expect(final.map { Rig.line($0) } == ["t 10–200"])
        #expect(final.first?.merges == 1)
        #expect(final.first?.settled == Rig.at(320))
    }

    @Test("an opening exactly the merge gap after the end is a new episode")
    func mergeIsHalfOpen() {
        var rig = rig(trace(gap: .seconds(120)))
        rig.say("door", true, at: 10)
        rig.say("door", false, at: 20)
        rig.say("door", true, at: 140)
        #expect(rig.episodes() == ["t 10–…", "t 10–20", "t 140–…"])
    }

    @Test(
        "a trace of a signal holds while the signal is true, and is censored where it becomes unknown"
    )
    func ofSignal() {
        let rule = TraceRule(
            id: "t",
            while: .predicate(
                named("plug", "power.active"), .above(150, clearBelow: 40),
                unknownAfter: .minutes(10)))
        var rig = rig(rule)
        rig.say("plug", 0.0, at: 5)
        rig.say("plug", 500.0, at: 10)
        rig.say("plug", 10.0, at: 50)
        rig.say("plug", 500.0, at: 100)
        rig.say("plug", 400.0, at: 160)
        rig.wait(until: 5000)
        #expect(rig.finals() == ["t 10–50", "t 100–160 state_unknown"])
    }

    @Test("what is restored opens nothing")
    func restored() {
        var rig = rig(trace())
        rig.say("door", true, at: 10, freshness: .restored)
        rig.say("door", false, at: 30)
        #expect(rig.episodes() == [])
    }

    @Test("a restored state that says it had ended censors at the last sign of the device")
    func endUnseen() {
        var rig = rig(trace())
        rig.say("door", true, at: 10)
        rig.say("door", true, at: 40)
        rig.say("door", false, at: 3000, freshness: .restored)
        #expect(rig.finals() == ["t 10–40 end_unseen"])
        rig.say("door", true, at: 3100)
        rig.say("door", false, at: 3200)
        #expect(rig.finals() == ["t 3100–3200"])
    }
}

@Suite("Censored episodes")
struct CensoredEpisodeTests {
    @Test("a lost closing: the device dies, and the episode is censored at its last sign")
    func deviceSilent() {
        var rig = rig(trace(from: frailOpens, until: [.event(frailCloses)]))
        rig.say("frail", true, at: 10)
        rig.say("frail", true, at: 300)
        rig.wait(until: 7 * 86_400)
        #expect(rig.finals() == ["t 10–300 device_silent"])
    }

    @Test("a device that its bridge calls offline censors at its last sign")
    func deviceOffline() {
        var things = Rig.things
        things.append(
            Rig.Thing(name: "online", kind: "x", capability: "device.online", reading: .health))
        // One device with two capabilities.
        var rig = Rig([], things: things)
        var home = rig.home
        home.devices[0].capabilities.append(
            DeviceCapability(capability: "device.online", kind: .health))
        let plan = Planner.plan(RuleSet(traces: [trace()]), home: home, zones: [:])
        rig.engine = Engine(plan: plan)
        let online = StreamID(rawValue: 90)
        rig.declareAll()
        rig.engine.declare(
            online, StreamKey(device: "r/door", capability: "device.online"))
        rig.say("door", false, at: 0)
        rig.say("door", true, at: 10)
        var steps: Steps = []
        rig.engine.take(
            Event(
                sequence: SequenceNumber(rawValue: 50), stream: online, kind: .health, value: false,
                received: Rig.at(500), effective: Rig.at(500), freshness: .live), into: &steps)
        #expect(rig.finals() == ["t 10–10 device_offline"])
    }

    @Test("one of two witnesses is enough: nothing is censored while one of them lives")
    func oneWitness() {
        var rig = rig(trace(from: frailOpens, until: [.event(.any([frailCloses, doorCloses]))]))
        rig.say("door", true, at: 5)
        rig.say("frail", true, at: 10)
        rig.wait(until: 86_400)
        #expect(rig.finals() == [])
        rig.say("door", false, at: 86_500)
        #expect(rig.finals() == ["t 10–86500"])
    }

    @Test("where the hub was down, what was open is censored at the beginning of the gap")
    func hubDown() {
        var rig = rig(
            trace("door"),
            trace("quiet", from: pressed, until: [.quiet(someoneMoves, for: .seconds(60))]))
        rig.say("door", true, at: 10)
        rig.say("button", "single", at: 20)
        rig.wait(until: 50)
        _ = rig.episodes()
        rig.command(.gap(from: Rig.at(50), to: Rig.at(600)), at: 600)
        #expect(rig.episodes() == ["door 10–50 hub_down", "quiet 20–50 hub_down"])
        // The closing of a censored episode closes nothing.
        rig.say("door", false, at: 700)
        #expect(rig.episodes() == [])
    }

    @Test(
        "a gap of the hub shorter than the merge gap is bridged; a longer one makes an ended episode final"
    )
    func shortGap() {
        var rig = rig(trace(gap: .seconds(120)))
        rig.say("door", true, at: 10)
        rig.wait(until: 50)
        rig.command(.gap(from: Rig.at(50), to: Rig.at(60)), at: 60)
        rig.say("door", false, at: 100)
        rig.wait(until: 110)
        #expect(rig.finals() == [])
        rig.command(.gap(from: Rig.at(110), to: Rig.at(600)), at: 600)
        #expect(rig.finals() == ["t 10–100"])
    }
}

@Suite("Episodes told late")
struct LateEpisodeTests {
    @Test(
        "an episode wholly from late events is recorded at its time, and the live one goes on untouched"
    )
    func late() {
        let rule = trace(
            from: .any([doorOpens, windowOpens]), until: [.event(.any([doorCloses]))])
        var rig = rig(rule)
        rig.say("window", true, at: 5000)
        _ = rig.episodes()
        rig.say("door", true, at: 6000, effective: 1000, freshness: .late)
        rig.say("door", false, at: 6001, effective: 1100, freshness: .late)
        #expect(rig.finals() == ["t 1000–1100 late"])
        rig.say("door", true, at: 7000)
        rig.say("door", false, at: 7100)
        #expect(rig.finals() == ["t 5000–7100"])
    }

    @Test("silence among late events is measured by their own times")
    func lateSilence() {
        var rig = rig(trace(from: pressed, until: [.quiet(pressed, for: .seconds(60))]))
        for time in [1000.0, 1030, 1080, 1500, 1520] {
            rig.say("button", "single", at: 9000, effective: time, freshness: .late)
        }
        #expect(rig.finals() == ["t 1000–1080 late"])
        rig.wait(until: 9121)
        #expect(rig.finals() == ["t 1500–1520 late"])
    }

    @Test("a late closing closes the episode that is still open, at its time")
    func lateClosing() {
        var rig = rig(trace())
        rig.say("door", true, at: 10)
        rig.say("door", false, at: 5000, effective: 70, freshness: .late)
        #expect(rig.finals() == ["t 10–70"])
    }

    @Test("an episode told late without its end goes on, and what happens now ends it")
    func lateGoesOn() {
        var rig = rig(trace())
        rig.say("door", true, at: 5000, effective: 1000, freshness: .late)
        rig.wait(until: 6000)
        rig.say("door", false, at: 6100)
        #expect(rig.finals() == ["t 1000–6100 late"])
    }
}

@Suite("What an episode carries")
struct EpisodeContentTests {
    @Test(
        "attributes are fixed at the opening: the last room, a signal in three values, the value, a text"
    )
    func attributes() {
        var rig = rig(
            trace(
                from: pressed,
                attributes: [
                    .init(name: "room", source: .lastRoom), .init(name: "value", source: .value),
                    .init(name: "stove", source: .signal(stoveIsOn)),
                    .init(name: "window", source: .signal(windowIsOpen)),
                    .init(name: "kind", source: .text("call")),
                ]))
        rig.say("motion", true, at: 5)
        rig.say("motion2", true, at: 8)
        rig.say("button", "hold", at: 10)
        rig.say("motion", false, at: 11)
        rig.say("motion", true, at: 12)
        rig.say("window", true, at: 13)
        rig.say("door", true, at: 20)
        rig.say("door", false, at: 21)
        let final = rig.engine.takeEpisodes().last
        #expect(final?.settled != nil)
        #expect(
            final?.attributes.map { "\($0.name)=\($0.value)" } == [
                "kind=text(\"call\")", "room=text(\"r/kitchen\")", "stove=unknown",
                "value=text(\"hold\")", "window=boolean(false)",
            ])
    }

    @Test("the version changes with the meaning, and with nothing else")
    func version() {
        let one = trace(gap: .seconds(60))
        var same = one
        same.title = LocalizedText(english: "a", french: "b")
        same.location = SourceLocation(file: "x", line: 7, column: 7)
        same.owner = "team"
        #expect(one.version == same.version)
        #expect(one.version != trace(gap: .seconds(61)).version)
        #expect(one.version != trace(from: windowOpens, gap: .seconds(60)).version)
    }

    @Test("identifiers differ by trace, subject and opening, and are the same again")
    func identifiers() {
        func ids() -> [String] {
            var rig = rig(trace("a"), trace("b"))
            for time in stride(from: 10.0, to: 100, by: 10) {
                rig.say("door", true, at: time)
                rig.say("door", false, at: time + 5)
            }
            return rig.engine.takeEpisodes().filter { $0.settled != nil }.map(\.id.rawValue)
        }
        #expect(ids() == ids())
        #expect(Set(ids()).count == 18)
    }

    @Test("the largest instance takes 2 KB at most")
    func size() {
        let text = String(repeating: "é", count: 200)
        let attributes = (0..<TraceRule.maximumAttributes).map {
            TraceRule.NamedAttribute(name: "a\($0)", source: .value)
        }
        let until = (0..<TraceRule.maximumEnds).map {
            TraceRule.End.quiet(doorOpens, for: .minutes(Int64(10_000 + $0)))
        }
        var empty = Rig([], traces: [trace(from: pressed, until: until, attributes: attributes)])
        let before = empty.engine.checkpoint().count
        empty.say("button", .text(text), at: 50_000, effective: 100, freshness: .late)
        empty.say("button", .text(text), at: 50_001)
        // Both an episode that goes on and one that is told late, as far apart as can be.
        empty.say("button", .text(text), at: 50_002, effective: 50, freshness: .late)
        #expect(empty.engine.openEpisodes.count >= 1)
        let size = empty.engine.checkpoint().count - before
        #expect(size <= 2048)
        #expect(size > 600)
    }
}
