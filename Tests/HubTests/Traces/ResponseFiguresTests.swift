import Rules
import Testing

@testable import Hub

@Suite("How alerts were answered: of a residence, never of people")
struct ResponseFiguresTests {
    private static let start = Instant(milliseconds: 0)

    private static func alert(
        _ minute: Int64, answeredAfter: Int64? = nil, thereAfter: Int64? = nil,
        resolvedAfter: Int64? = nil, outcome: Outcome? = nil, priority: Priority = .high
    ) -> Alert {
        let at = start + .minutes(minute)
        var alert = Alert(
            id: AlertID(rawValue: "a\(minute)"), rule: "fall", subject: Subject(residence: "home"),
            priority: priority, began: at, noticed: at, late: false, evidence: [])
        alert.acknowledged = answeredAfter.map { at + .seconds($0) }
        alert.onSite = thereAfter.map { at + .seconds($0) }
        alert.resolved = resolvedAfter.map { at + .seconds($0) }
        alert.outcome = outcome
        return alert
    }

    @Test("times are medians in which what nobody answered lasts on, and shares are of all")
    func times() {
        let alerts = [
            Self.alert(0, answeredAfter: 30, thereAfter: 100, resolvedAfter: 300, outcome: .false),
            Self.alert(100, answeredAfter: 50, thereAfter: 200, resolvedAfter: 400, outcome: .real),
            Self.alert(200, answeredAfter: 170, resolvedAfter: 500),
            // Nobody answered: it counts as longer than any that was answered.
            Self.alert(300),
            // Below medium nobody is called.
            Self.alert(400, answeredAfter: 1, priority: .low),
        ]
        let figures = ResponseFigures(alerts, hours: 8, at: Self.start + .hours(8))
        #expect(figures.count == 4)
        #expect(figures.anHour == 0.5)
        #expect(figures.medianToAcknowledge == 50)
        #expect(figures.ninetiethToAcknowledge == nil, "one of four has no answer")
        #expect(figures.within60 == 0.5)
        #expect(figures.within180 == 0.75)
        #expect(figures.falseShare == 0.5)
        #expect(figures.chattering == 0)
        #expect(figures.standing == 0)
        #expect(ResponseFigures(alerts, hours: 8, at: Self.start + .hours(40)).standing == 1)
    }

    @Test("a call from a person's own page counts, and what the hub tells of itself does not")
    func builtIn() {
        let alerts = BuiltInRule.allCases.enumerated().map { number, rule in
            var alert = Self.alert(Int64(number), answeredAfter: 20)
            alert.rule = RuleID(rawValue: rule.rawValue)
            return alert
        }
        let figures = ResponseFigures(alerts, hours: 1, at: Self.start + .hours(2))
        #expect(figures.count == 1)
        #expect(figures.medianToAcknowledge == 20)
    }

    @Test("three of one rule and subject within ten minutes chatter")
    func chattering() {
        let figures = ResponseFigures(
            [0, 4, 8, 60].map { Self.alert($0) }, hours: 2, at: Self.start + .hours(2))
        #expect(figures.chattering == 0.75)
    }

    @Test("without alerts there is nothing to say")
    func none() {
        let figures = ResponseFigures([], hours: 8, at: Self.start)
        #expect(figures == ResponseFigures([], hours: 1, at: Self.start))
        #expect(figures.count == 0 && figures.anHour == nil && figures.within60 == nil)
    }
}
