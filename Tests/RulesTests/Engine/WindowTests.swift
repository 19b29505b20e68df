import Testing

@testable import Rules

@Suite("Windows in wall time")
struct WindowTests {
    /// Europe/Paris around its changes of 2025: 30 March 01:00 UTC to +2 h, 26 October 01:00 UTC to +1 h.
    static let paris = ZoneOffsets(
        name: "Europe/Paris",
        changes: [
            .init(from: Instant(milliseconds: 0), offset: 3600),
            .init(from: Instant(milliseconds: 1_743_296_400_000), offset: 7200),
            .init(from: Instant(milliseconds: 1_761_440_400_000), offset: 3600),
        ])
    /// 30 March and 26 October 2025 as days since 1970.
    static let springDay: Int64 = 20177
    static let autumnDay: Int64 = 20387

    @Test(
        "a time that is skipped moves forward by the gap, one that comes twice is the first for from and the last for to"
    )
    func changes() {
        let paris = Self.paris
        let half = Window(from: 2 * 60 + 30, to: 3 * 60 + 30)
        // 02:30 does not exist and becomes 03:30 summer time, which is where the window ends: it is empty.
        #expect(half.occurrence(startingOn: Self.springDay, in: paris) == nil)
        let toFour = Window(from: 2 * 60 + 30, to: 4 * 60)
            .occurrence(startingOn: Self.springDay, in: paris)!
        #expect(toFour.end - toFour.start == .minutes(30))
        let autumn = half.occurrence(startingOn: Self.autumnDay, in: paris)!
        // 02:30 summer time is 00:30 UTC; 03:30 winter time is 02:30 UTC: two hours.
        #expect(autumn.end - autumn.start == .hours(2))
        let night = Window(from: 22 * 60 + 30, to: 6 * 60 + 30)
        let shortNight = night.occurrence(startingOn: Self.springDay - 1, in: paris)!
        let longNight = night.occurrence(startingOn: Self.autumnDay - 1, in: paris)!
        #expect(shortNight.end - shortNight.start == .hours(7))
        #expect(longNight.end - longNight.start == .hours(9))
    }

    @Test("a window that wraps midnight belongs to the day it starts on")
    func days() {
        // Friday nights only; 28 March 2025 is a Friday.
        let night = Window(from: 22 * 60, to: 6 * 60, days: 1 << 4)
        let friday = Self.springDay - 2
        #expect(LocalDay.weekday(friday) == 4)
        let saturdayMorning = Self.paris.instant(
            day: friday + 1, milliseconds: 5 * 3_600_000, repeated: .first)
        let sundayMorning = Self.paris.instant(
            day: friday + 2, milliseconds: 5 * 3_600_000, repeated: .first)
        #expect(night.state(at: saturdayMorning, in: Self.paris).inside)
        #expect(!night.state(at: sundayMorning, in: Self.paris).inside)
        #expect(
            night.state(at: sundayMorning, in: Self.paris).until
                == Self.paris.instant(
                    day: friday + 7, milliseconds: 22 * 3_600_000, repeated: .first))
    }

    @Test("what state says holds at every minute, and changes exactly when it says")
    func consistency() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let window = Window(
                from: Int.random(in: 0..<1440, using: &generator),
                to: Int.random(in: 0...1440, using: &generator),
                days: UInt8.random(in: 1...127, using: &generator))
            let day = [Self.springDay, Self.autumnDay].randomElement(using: &generator)!
            let time = Self.paris.instant(
                day: day,
                milliseconds: Int64.random(in: -90_000_000...90_000_000, using: &generator),
                repeated: .first)
            let state = window.state(at: time, in: Self.paris)
            #expect(state.since <= time && time < state.until)
            if state.until != .distantFuture {
                #expect(window.state(at: state.until, in: Self.paris).inside != state.inside)
                let before = window.state(at: state.until - .milliseconds(1), in: Self.paris)
                #expect(before.inside == state.inside)
            }
        }
    }
}
