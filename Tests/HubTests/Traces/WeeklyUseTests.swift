import Rules
import Testing

@testable import Hub

@Suite("Use week by week")
struct WeeklyUseTests {
    private static func at(_ day: Int64, _ hour: Int64 = 0) -> Instant {
        // 2026-11-02 is a Monday.
        Instant(
            milliseconds: (CalendarDate(year: 2026, month: 11, day: 2).daysSince1970 + day)
                * 86_400_000 + hour * 3_600_000)
    }

    @Test("a week is from Monday on, and one that was hardly watched is a gap and no zero")
    func weeks() {
        // Heard of daily in the first week, on two days of the second, not at all in the third.
        let heard = (0..<9).map { Self.at($0) }
        let observed = Observability(
            heard: heard, silentAfter: .days(1), down: [], in: Self.at(0)..<Self.at(21))
        let uses = [0, 0, 1, 6].map { Use(from: Self.at($0, 5), to: Self.at($0, 5)) }
        let weeks = WeeklyUse(uses: uses, observed: observed, zone: .utc).weeks
        #expect(weeks.map(\.monday.text) == ["2026-11-02", "2026-11-09", "2026-11-16"])
        #expect(weeks.map(\.usesPerDay) == [4.0 / 7, nil, nil])
        #expect(weeks.map { ($0.watched * 7).rounded() } == [7, 2, 0])
    }

    @Test("watched weeks without a use are zero")
    func zero() {
        let observed = Observability(
            heard: [Self.at(-1)], silentAfter: nil, down: [], in: Self.at(0)..<Self.at(14))
        let weeks = WeeklyUse(uses: [], observed: observed, zone: .utc).weeks
        #expect(weeks.map(\.usesPerDay) == [0, 0])
    }
}
