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
