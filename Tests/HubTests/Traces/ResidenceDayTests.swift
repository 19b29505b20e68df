import Rules
import Testing

@testable import Hub

@Suite("A residence's day")
struct ResidenceDayTests {
    private static func stretch(_ from: Int64, _ to: Int64, _ what: String = "on")
        -> ResidenceDay.Stretch
    {
        ResidenceDay.Stretch(
            from: Instant(milliseconds: from), to: Instant(milliseconds: to), what: what)
    }

    @Test("what was not for care is not drawn, and what held before is not drawn through it")
    func closed() {
        func event(_ at: Int64, _ isOn: Bool) -> Event {
            Event(
                sequence: SequenceNumber(rawValue: at), stream: StreamID(rawValue: 1), kind: .state,
                value: .boolean(isOn), received: Instant(milliseconds: at),
                effective: Instant(milliseconds: at), freshness: .live)
        }
        let events = [event(10, true), event(30, false), event(35, true), event(60, false)]
        let part = Observability.Blind(
            from: Instant(milliseconds: 20), to: Instant(milliseconds: 40), reason: .noConsent)
        let left = ResidenceDay.open(events, [part]).sorted { $0.effective < $1.effective }
        #expect(left.map(\.effective.milliseconds) == [10, 20, 60])
        #expect(left.map(\.value) == [.boolean(true), .unknown, .boolean(false)])
        #expect(ResidenceDay.open(events, []) == events)
    }

    @Test("what lies closer together than a picture shows is one stretch, and nothing else is")
    func merging() {
        let stretches = [
            Self.stretch(0, 10), Self.stretch(12, 20), Self.stretch(40, 41),
            Self.stretch(42, 43, "button"), Self.stretch(44, 45),
        ]
        #expect(
            ResidenceDay.merged(stretches, closerThan: 5)
                == [
                    Self.stretch(0, 20), Self.stretch(40, 41), Self.stretch(42, 43, "button"),
                    Self.stretch(44, 45),
                ])
        #expect(ResidenceDay.merged(stretches, closerThan: 0) == stretches)
        // One that lies within another makes that no shorter.
        #expect(
            ResidenceDay.merged([Self.stretch(0, 100), Self.stretch(10, 20)], closerThan: 5)
                == [Self.stretch(0, 100)])
    }
}
