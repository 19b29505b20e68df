import Testing

@testable import Rules

@Suite("A person's own call for help")
struct OwnCallTests {
    static let staff = StaffPlan(members: [
        StaffMember(id: "marie", name: "Marie", roles: [.carer]),
        StaffMember(id: "leader", name: "Leader", roles: [.teamLeader]),
    ])

    private func rig() -> Rig { Rig([], staff: Self.staff, people: ["p1", "p2"]) }

    private func says(_ word: Saying.Word, _ person: PersonID = "p1") -> Command {
        .says(Saying(person: person, residence: "r", word: word))
    }

    private func calls(_ rig: Rig) -> [Alert] {
        rig.engine.alerts.sorted.filter { $0.rule == BuiltInRule.ownCall.id }
    }

    @Test("a call is critical, vital and latched, and about the person; a double touch is the same")
    func doubleTouch() throws {
        var rig = rig()
        rig.command(says(.help), at: 1)
        rig.command(says(.help), at: 1.2)
        rig.command(says(.help), at: 300)
        let call = try #require(calls(rig).first)
        #expect(calls(rig).count == 1)
        #expect(call.priority == .critical)
        #expect(call.count == 3)
        #expect(call.subject == Subject(residence: "r", person: "p1"))
        #expect(rig.steps.filter { $0.step == .raised }.count == 1)
        #expect(rig.engine.plan.alertTraits(call.rule).isVital)
        // "I am going" does not end it; nor is it over without a word what it was.
        rig.command(.acknowledge(call.id, by: "marie"), at: 310)
        rig.command(.resolve(call.id, by: "marie", note: nil), at: 320)
        #expect(calls(rig).count == 1)
        rig.command(.resolve(call.id, by: "marie", outcome: .real, note: nil), at: 330)
        #expect(calls(rig).isEmpty)
    }

    @Test(
        "after an answer a touch within seconds is still the same call, and a later one a new one")
    func afterAnAnswer() throws {
        var rig = rig()
        rig.command(says(.help), at: 1)
        let first = try #require(calls(rig).first?.id)
        rig.command(.acknowledge(first, by: "marie"), at: 10)
        rig.command(says(.help), at: 29)
        #expect(calls(rig).count == 1)
        rig.command(says(.help), at: 31)
        #expect(calls(rig).count == 2)
        // That one takes the touches now.
        rig.command(says(.help), at: 40)
        #expect(calls(rig).count == 2)
    }

    @Test("two people's calls are two, and what is put aside calls again")
    func others() throws {
        var rig = rig()
        rig.command(says(.help), at: 1)
        rig.command(says(.help, "p2"), at: 2)
        #expect(calls(rig).count == 2)
        let own = try #require(calls(rig).first { $0.subject.person == "p1" }?.id)
        rig.command(.shelve(own, until: Rig.at(1000), by: "marie", reason: "x"), at: 3)
        #expect(rig.engine.alerts.open[own]?.display == .shelved)
        rig.command(says(.help), at: 4)
        #expect(rig.engine.alerts.open[own]?.display == .shown)
    }

    @Test("it goes through the chain like every alert, also in a pause and after a no")
    func told() {
        var rig = rig()
        rig.command(.pause("p1", until: Rig.at(9000), by: "p1"), at: 0)
        rig.command(ConsentEngineTests.said(.refuses), at: 0)
        rig.command(says(.help), at: 1)
        rig.wait(until: 3600)
        let told = rig.engine.takeNotices()
        #expect(told.contains { $0.recipient == .staff("leader") }, "\(told)")
    }

    @Test("\"I am fine\" and a wish change nothing: no alert, no yes")
    func words() {
        var rig = rig()
        let shown = ConsentRecord.Information(version: "1", hash: "00", form: "easy_read")
        rig.command(says(.fine), at: 1)
        rig.command(says(.wishes(.study("s"), shown)), at: 2)
        #expect(rig.steps.isEmpty)
        #expect(rig.engine.consent.history.isEmpty)
    }
}
