import Testing

@testable import Rules

@Suite("Who is told, and when")
struct DispatchTests {
    /// marie and paul are there by day, all week; noor is on call; claire leads. UTC, as the rig's residence.
    static let staff = StaffPlan(
        members: [
            RosterTests.member("marie"), RosterTests.member("paul"), RosterTests.member("noor"),
            RosterTests.member("claire", [.teamLeader]),
        ],
        shifts: [
            RosterTests.shift("all", 0, 24)
        ],
        rota: StaffPlan.Rota(lines: [.init(shift: "all", staff: ["marie", "paul"])]),
        onCall: StaffPlan.Rota(lines: [.init(shift: "all", staff: ["noor"])]),
        chains: [
            Chain(
                name: "default", title: LocalizedText(english: "", french: ""),
                steps: [
                    .init(notify: [.onShift], wait: .minutes(2)),
                    .init(notify: [.onCall], wait: .minutes(3)),
                    .init(
                        notify: [.contact(.init(channel: "sms", address: "+331"))],
                        wait: .minutes(5)),
                ])
        ])

    private let door = rule("door", .high, when: .signal(doorIsOpen))

    /// `+120 alert noor`, in order.
    private static func story(_ notices: [Notice]) -> [String] {
        notices.map { notice in
            let name: String =
                switch notice.recipient {
                case .staff(let id): id.rawValue
                case .contact(let contact): contact.address
                }
            return
                "+\((notice.noticed - Rig.start).milliseconds / 1000) \(notice.kind.name) \(name)"
        }
    }

    private func told(_ rig: inout Rig) -> [String] { Self.story(rig.engine.takeNotices()) }

    @Test(
        "step by step until somebody answers, and again from the first; then those who were told hear of it"
    )
    func chain() {
        var rig = Rig([door], staff: Self.staff)
        let id = rig.say("door", true, at: 0)[0].alert.id
        rig.wait(until: 700)
        #expect(
            told(&rig) == [
                "+0 alert marie", "+0 alert paul", "+120 alert noor", "+300 alert +331",
                "+600 reminder marie", "+600 reminder paul",
            ])
        rig.command(.acknowledge(id, by: "paul"), at: 701)
        #expect(told(&rig) == ["+701 answered marie", "+701 answered noor", "+701 answered +331"])
        rig.command(.arrive(id, by: "paul"), at: 800)
        rig.wait(until: 100_000)
        #expect(told(&rig) == [])
        #expect(rig.engine.nextDue() == nil || !rig.engine.alerts.open.isEmpty)
    }

    @Test(
        "who said \"I am going\" and is not heard of is asked, again and again; nobody else is called"
    )
    func going() {
        var rig = Rig([door], staff: Self.staff)
        let id = rig.say("door", true, at: 0)[0].alert.id
        rig.command(.acknowledge(id, by: "marie"), at: 10)
        rig.wait(until: 10 + 1300)
        #expect(
            told(&rig) == [
                "+0 alert marie", "+0 alert paul", "+10 answered paul", "+610 reminder marie",
                "+1210 reminder marie",
            ])
    }

    @Test("put aside it is quiet; when that ends and it is still so, it is told at once")
    func shelving() throws {
        var rig = Rig([door], staff: Self.staff)
        let id = rig.say("door", true, at: 0)[0].alert.id
        rig.command(
            .shelve(id, until: Rig.at(600), by: "marie", reason: "airing"), at: 30)
        rig.wait(until: 650)
        #expect(
            told(&rig) == [
                "+0 alert marie", "+0 alert paul", "+600 unshelved marie", "+600 unshelved paul",
            ])
    }

    @Test("a rising priority is told again at once, from the first step on")
    func strengthened() {
        var rising = rule("door", .medium, when: .signal(doorIsOpen))
        rising.raises = [
            Rule.Raise(
                priority: .critical,
                condition: .holding(doorIsOpen, for: .seconds(150), tolerate: .zero))
        ]
        var rig = Rig([rising], staff: Self.staff)
        rig.say("door", true, at: 0)
        rig.wait(until: 200)
        #expect(
            told(&rig) == [
                "+0 alert marie", "+0 alert paul", "+120 alert noor", "+150 strengthened marie",
                "+150 strengthened paul",
            ])
    }

    @Test(
        "what fell due while the hub was down is told once, now, and what follows counts from now")
    func gap() {
        var rig = Rig([door], staff: Self.staff)
        rig.say("door", true, at: 0)
        _ = rig.engine.takeNotices()
        rig.command(.gap(from: Rig.at(60), to: Rig.at(5000)), at: 5000)
        rig.wait(until: 5180)
        #expect(told(&rig) == ["+5000 alert noor", "+5180 alert +331"])
    }

    @Test("low is told in a digest, once a day; info is told to nobody")
    func digest() {
        var staff = Self.staff
        staff.digest = 8 * 60
        var rig = Rig(
            [
                rule("low", .low, when: .signal(doorIsOpen)),
                rule("info", .info, when: .signal(doorIsOpen)),
            ], staff: staff)
        rig.say("door", true, at: 0)
        rig.wait(until: 86_400)
        let notices = rig.engine.takeNotices()
        #expect(notices.map(\.kind.name) == ["digest", "digest", "digest"])
        #expect(Set(notices.map(\.alerts.count)) == [1])
        // 22:13:20 on the first day.
        #expect(notices.first?.noticed == Rig.start + .hours(9) + .minutes(46) + .seconds(40))
    }

    @Test(
        "a new team takes over what is open; nobody accepting becomes an alert, and accepting ends it"
    )
    func handover() throws {
        var staff = Self.staff
        staff.shifts = [RosterTests.shift("night", 0, 23), RosterTests.shift("late", 23, 24)]
        staff.rota = StaffPlan.Rota(lines: [
            .init(shift: "night", staff: ["marie"]), .init(shift: "late", staff: ["paul"]),
        ])
        var rig = Rig([door], staff: staff)
        let open = rig.say("door", true, at: 0)[0].alert.id
        rig.command(.acknowledge(open, by: "marie"), at: 1)
        rig.command(.arrive(open, by: "marie"), at: 2)
        _ = rig.engine.takeNotices()
        // 23:00 is 2,800 s after 22:13:20.
        rig.wait(until: 2800)
        let begun = rig.engine.takeHandovers()
        #expect(begun.map(\.incoming) == [["paul"]])
        #expect(begun.map(\.outgoing) == [["marie"]])
        #expect(begun.map(\.alerts) == [[open]])
        #expect(told(&rig) == ["+2800 handover paul"])
        rig.wait(until: 3400)
        #expect(rig.story.last == "+3400 raised handover")
        rig.command(.acceptHandover(try #require(begun.first).id, by: "paul"), at: 3500)
        #expect(rig.story.last == "+3500 resolved handover")
        #expect(rig.engine.takeHandovers().map(\.acceptedBy) == ["paul"])
        #expect(rig.engine.waitingHandovers.isEmpty)
    }

    @Test("a drill goes through the whole chain and is over when somebody answers")
    func drill() throws {
        var rig = Rig([], staff: Self.staff)
        let id = try #require(rig.command(.drill("r", by: "claire"), at: 0).first).alert.id
        rig.wait(until: 130)
        #expect(told(&rig) == ["+0 drill marie", "+0 drill paul", "+120 drill noor"])
        rig.command(.acknowledge(id, by: "noor"), at: 140)
        #expect(rig.engine.alerts.open.isEmpty)
        #expect(told(&rig) == ["+140 resolved marie", "+140 resolved paul"])
    }

    @Test(
        "over random lives: an answered alert calls nobody, an unanswered one always has a next step, and any split into batches, any restart from a checkpoint, gives the same notices",
        arguments: 0..<60)
    func random(seed: Int) throws {
        let script = Self.script(seed)
        var whole = Rig([door, rule("call", .critical, when: .event(pressed))], staff: Self.staff)
        var split = whole
        var told: [Notice] = []
        var toldSplit: [Notice] = []
        var chopper = Shuffle(state: UInt64(seed) &* 77)
        for act in script {
            Self.play(act, &whole)
            told += whole.engine.takeNotices()
            // The other one is driven in many small steps, and starts from a checkpoint now and then.
            let from = (split.engine.now - Rig.start).milliseconds / 1000
            for second in stride(
                from: Double(from), to: act.at, by: Double.random(in: 7...90, using: &chopper))
            {
                split.wait(until: second)
            }
            Self.play(act, &split)
            toldSplit += split.engine.takeNotices()
            if Int.random(in: 0..<4, using: &chopper) == 0 {
                split.engine = try Engine.restored(
                    from: split.engine.checkpoint(), plan: split.engine.plan
                ).engine
                split.declareAll()
            }
            for alert in whole.engine.alerts.sorted where alert.priority >= .medium {
                let next = whole.engine.dispatch.escalations[alert.id]
                if alert.display == .shown, alert.response == .unacknowledged {
                    #expect(next?.due != nil, "seed \(seed): \(alert.id) calls nobody")
                } else {
                    #expect(next?.phase != .calling, "seed \(seed): \(alert.id) calls on")
                }
            }
        }
        #expect(told == toldSplit, "seed \(seed)")
        #expect(whole.story == split.story, "seed \(seed)")
        #expect(
            Set(told.map(\.id)).count == told.count, "seed \(seed): two notices of one identifier")
        #expect(told.count > 5)
    }

    private enum Act {
        case say(String, Value, Double)
        case people(Int, Double)
        case wait(Double)

        var at: Double {
            switch self {
            case .say(_, _, let at), .people(_, let at), .wait(let at): at
            }
        }
    }

    private static func script(_ seed: Int) -> [Act] {
        var random = Shuffle(state: UInt64(seed))
        var time = 0.0
        return (0..<60).map { _ in
            time += Double.random(in: 1...400, using: &random).rounded()
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return .say("door", true, time)
            case 1: return .say("door", false, time)
            case 2: return .say("button", "single", time)
            case 3: return .wait(time)
            default: return .people(Int.random(in: 0..<1000, using: &random), time)
            }
        }
    }

    private static func play(_ act: Act, _ rig: inout Rig) {
        switch act {
        case .say(let name, let value, let at): rig.say(name, value, at: at)
        case .wait(let at): rig.wait(until: at)
        case .people(let number, let at):
            let open = rig.engine.alerts.sorted
            guard !open.isEmpty else { return }
            let id = open[number % open.count].id
            let commands: [Command] = [
                .acknowledge(id, by: "marie"), .arrive(id, by: "paul"),
                .resolve(id, by: "claire", outcome: .real, note: nil),
                .shelve(id, until: Rig.at(at + 300), by: "marie", reason: "x"),
                .unshelve(id, by: "marie"),
                .service(.rule("door", "r"), isOut: number % 2 == 0, by: "karim", reason: "x"),
            ]
            rig.command(commands[number / 7 % commands.count], at: at)
        }
    }
}
