import Testing

@testable import Rules

@Suite("Alerts beside one another")
struct AlertBookTests {
    private static let silent = SignalExpression.silent(
        StreamSelector(names: ["door"], capability: "device.online"), for: .hours(1))

    private func link(_ isDown: Bool) -> Command {
        .fault(.brokerLink, isPresent: isDown, detail: "connection refused")
    }

    @Test(
        "while the link to the broker is down, a silent device is told by that, and calls ten minutes after it is back"
    )
    func inhibition() throws {
        var rig = Rig([rule("silent", .medium, when: .signal(Self.silent))])
        rig.say("door", true, at: 0)
        rig.command(link(true), at: 1000)
        rig.wait(until: 4000)
        let link = try #require(rig.engine.alerts.sorted.first { $0.rule == "hub-broker-link" })
        let silent = try #require(rig.engine.alerts.sorted.first { $0.rule == "silent" })
        #expect(silent.display == .suppressed)
        #expect(silent.displayReason == link.id.rawValue)
        rig.command(self.link(false), at: 5000)
        #expect(rig.engine.alerts.open[silent.id]?.display == .suppressed)
        rig.wait(until: 5000 + 600)
        #expect(rig.engine.alerts.open[silent.id]?.display == .shown)
        #expect(rig.story.last == "+5600 unsuppressed silent")
    }

    @Test("a device heard again while it was suppressed needs nobody")
    func heardAgain() throws {
        var rig = Rig([rule("silent", .medium, when: .signal(Self.silent))])
        rig.say("door", true, at: 0)
        rig.wait(until: 3600)
        #expect(rig.engine.alerts.open.count == 1)
        rig.command(link(true), at: 4000)
        rig.command(link(false), at: 4100)
        rig.say("door", false, at: 4200)
        #expect(!rig.engine.alerts.sorted.contains { $0.rule == "silent" })
        #expect(rig.story.last == "+4200 resolved silent")
    }

    @Test("a call is not suppressed, whatever else is wrong")
    func vital() {
        var rig = Rig([rule("call", .critical, when: .event(pressed))])
        rig.command(link(true), at: 0)
        rig.say("button", "single", at: 5)
        #expect(rig.engine.alerts.sorted.first { $0.rule == "call" }?.display == .shown)
    }

    @Test("a fault is one alert while it lasts, and a new one after that was answered and over")
    func faults() {
        var rig = Rig([])
        rig.command(.fault(.channel("sms"), isPresent: true, detail: "no credit"), at: 0)
        rig.command(.fault(.channel("sms"), isPresent: true, detail: "no credit"), at: 10)
        rig.command(.fault(.channel("mail"), isPresent: true, detail: "refused"), at: 20)
        #expect(rig.engine.alerts.open.count == 2)
        #expect(rig.engine.knows(.channel("sms")))
        rig.command(.fault(.channel("sms"), isPresent: false, detail: ""), at: 30)
        #expect(!rig.engine.knows(.channel("sms")))
        // It wants an answer all the same.
        #expect(rig.engine.alerts.open.count == 2)
    }

    @Test("shelving ends by itself, at its own time, and the engine knows when that is due")
    func shelving() throws {
        var rig = Rig([rule("door", .high, when: .signal(doorIsOpen))])
        let id = rig.say("door", true, at: 0)[0].alert.id
        let until = try #require(rig.steps.last).noticed + .minutes(10)
        rig.command(.shelve(id, until: until, by: "marie", reason: "airing"), at: 5)
        #expect(rig.engine.nextDue() == until)
        rig.wait(until: 700)
        #expect(rig.story.suffix(2) == ["+5 shelved door", "+600 unshelved door"])
        #expect(rig.engine.alerts.open[id]?.display == .shown)
    }

    @Test("what is out of service raises its alerts as that, and they call when it works again")
    func service() throws {
        var rig = Rig([rule("door", .high, when: .signal(doorIsOpen))])
        rig.command(
            .service(.rule("door", "r"), isOut: true, by: "karim", reason: "new lock"), at: 0)
        let id = rig.say("door", true, at: 10)[0].alert.id
        #expect(rig.engine.alerts.open[id]?.display == .outOfService)
        #expect(rig.engine.alerts.open[id]?.displayReason == "new lock")
        rig.command(.service(.rule("door", "r"), isOut: false, by: "karim", reason: "-"), at: 20)
        #expect(rig.engine.alerts.open[id]?.display == .shown)
        #expect(
            rig.story == [
                "+10 raised door", "+10 out_of_service door", "+20 returned_to_service door",
            ])
    }

    @Test("which rules are vital, and which tell of silence")
    func traits() {
        #expect(
            AlertTraits(
                rule("call", .critical, when: .event(pressed)),
                kinds: ["button": ["call_button"]]
            ).isVital)
        #expect(!AlertTraits(rule("door", .critical, when: .signal(doorIsOpen))).isVital)
        #expect(AlertTraits(rule("silent", .low, when: .signal(Self.silent))).tellsOfSilence)
        #expect(!AlertTraits(rule("door", .low, when: .signal(doorIsOpen))).tellsOfSilence)
    }
}
