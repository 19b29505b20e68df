import Rules
import Testing

@testable import Hub

@Suite("Outbox: what goes out, and what need not any more")
struct OutboxChoiceTests {
    private static let now = Instant(milliseconds: 1_790_000_000_000)

    private static func notice(_ kind: Notice.Kind, _ id: String = "n") -> Notice {
        Notice(
            id: NoticeID(rawValue: id), kind: kind, recipient: .staff("marie"), residence: "home",
            alerts: ["a"], due: now, noticed: now, expires: now + .hours(1))
    }

    private static func alert(
        _ response: ResponseState = .unacknowledged, _ display: DisplayState = .shown
    ) -> Alert {
        var alert = Alert(
            id: "a", rule: "r", subject: Subject(residence: "home"), priority: .high, began: now,
            noticed: now, late: false, evidence: [])
        alert.response = response
        alert.display = display
        return alert
    }

    @Test("nobody is called after somebody answered, or while the alert is put aside")
    func over() {
        for kind in [Notice.Kind.alert, .unshelved, .drill, .reminder] {
            #expect(!Outbox.isOver(Self.notice(kind), Self.alert()))
            #expect(Outbox.isOver(Self.notice(kind), Self.alert(.resolved)))
            #expect(Outbox.isOver(Self.notice(kind), Self.alert(.onSite)))
            #expect(Outbox.isOver(Self.notice(kind), Self.alert(.unacknowledged, .shelved)))
        }
        #expect(Outbox.isOver(Self.notice(.alert), Self.alert(.acknowledged)))
    }

    @Test("who said that they go is still asked whether they are there")
    func going() {
        #expect(!Outbox.isOver(Self.notice(.reminder), Self.alert(.acknowledged)))
    }

    @Test("that somebody goes, that it is over, handovers and digests are told in any case")
    func news() {
        for kind in [Notice.Kind.answered, .resolved, .handover, .digest] {
            #expect(!Outbox.isOver(Self.notice(kind), Self.alert(.resolved)))
        }
    }

    @Test("a thousand signs to look are one, and what came back is told once")
    func landings() async {
        let landings = Outbox.Landings()
        for _ in 0..<1000 { landings.look() }
        landings.land("a", [])
        landings.land("b", [])
        landings.finish()
        let news = landings.take()
        #expect(news.isToLook)
        #expect(news.landed.map(\.notice) == ["a", "b"])
        let after = landings.take()
        #expect(!after.isToLook && after.landed.isEmpty)
        var signs = 0
        for await _ in landings.signals { signs += 1 }
        #expect(signs == 1)
    }

    @Test("what fails holds up no news, and nothing is under way twice")
    func places() {
        let failed = (0..<100).map { index in
            let notice = Self.notice(.alert, "failed\(index)")
            return (
                notice: notice,
                attempts: [
                    NoticeAttempt(
                        notice: notice.id, channel: "mail", at: Self.now, outcome: .failed,
                        detail: "", settles: false)
                ], alerts: [Self.alert()]
            )
        }
        let fresh = (0..<100).map {
            (
                notice: Self.notice(.alert, "fresh\($0)"), attempts: [NoticeAttempt](),
                alerts: [Self.alert()]
            )
        }
        var flight = Outbox.Flight()
        let first = flight.choose(failed + fresh).map(\.notice.id.rawValue)
        #expect(first.filter { $0.hasPrefix("failed") }.count == Outbox.abreastAgain)
        #expect(
            first.filter { $0.hasPrefix("fresh") }.count == Outbox.abreast - Outbox.abreastAgain)
        #expect(flight.choose(failed + fresh).isEmpty)
        flight.land("fresh0")
        #expect(flight.choose(failed + fresh).map(\.notice.id) == ["fresh0"])
    }
}
