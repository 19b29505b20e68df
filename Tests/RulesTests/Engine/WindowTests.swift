import Testing

@testable import Rules

@Suite("Windows in wall time")
struct WindowTests {
    private static let paris = Locality(
        zone: WallTime.zones["Europe/Paris"]!, position: WallTime.positions["Europe/Paris"])

    @Test(
        "each kind of window is what it should be in each night of a change",
        arguments: ChangeNights.rows)
    func changeNights(_ row: ChangeNights.Row) throws {
        let locality = Locality(
            zone: try #require(WallTime.zones[row.zone]), position: WallTime.positions[row.zone])
        #expect(ChangeNights.problem(row, in: locality) == nil)
    }

    @Test(
        "a window limited to days or by holidays goes by the date it starts on, in a change night too"
    )
    func limited() {
        // 29 March 2025 is a Saturday; the clock changes in the night to Sunday.
        let saturday = WallTime.day("2025-03-29")
        var place = Self.paris
        place.holidays = Holidays(spans: [(saturday + 1)...(saturday + 1)])
        func exists(_ window: Window, _ day: Int64) -> Bool {
            window.occurrence(startingOn: day, in: place) != nil
        }
        let saturdays = Window(from: 1350, to: 390, days: 1 << 5)
        #expect(
            [saturday - 1, saturday, saturday + 1].map { exists(saturdays, $0) } == [
                false, true, false,
            ])
        let workdays = Window(from: 1350, to: 390, holidays: .excluded)
        #expect(
            [saturday, saturday + 1, saturday + 2].map { exists(workdays, $0) } == [
                true, false, true,
            ])
        let holidays = Window(from: 1350, to: 390, holidays: .only)
        #expect(
            [saturday, saturday + 1, saturday + 2].map { exists(holidays, $0) } == [
                false, true, false,
            ])
        // Sunday at 05:00 lies in Saturday's window, though Sunday is a holiday.
        let sundayMorning = WallTime.utc("2025-03-30 03:00")
        #expect(workdays.state(at: sundayMorning, in: place).inside)
        #expect(!holidays.state(at: sundayMorning, in: place).inside)
    }

    @Test(
        "an end in the morning is the next date's; else a window that would end first does not exist"
    )
    func nextDate() {
        let winter = WallTime.day("2025-01-10")
        let summer = WallTime.day("2025-06-20")
        func exists(_ from: Window.Edge, _ to: Window.Edge, _ day: Int64) -> Bool {
            Window(from: from, to: to).occurrence(startingOn: day, in: Self.paris) != nil
        }
        // The sun sets in Paris at 17:15 and at 21:57.
        #expect(!exists(.clock(18 * 60), .sunset(.zero), winter))
        #expect(exists(.clock(18 * 60), .sunset(.zero), summer))
        #expect(exists(.sunset(.zero), .clock(20 * 60), winter))
        #expect(!exists(.sunset(.zero), .clock(20 * 60), summer))
        #expect(exists(.sunset(.zero), .clock(6 * 60), summer))
        #expect(Window(from: .sunset(.zero), to: .clock(6 * 60)).endsOnNextDate)
        #expect(Window(from: .clock(23 * 60), to: .sunrise(.hours(-1))).endsOnNextDate)
        #expect(!Window(from: .sunrise(.zero), to: .sunset(.zero)).endsOnNextDate)
        #expect(!Window(from: .sunrise(.zero), to: .sunrise(.hours(1))).endsOnNextDate)
    }

    @Test("without a place the sun's windows do not exist")
    func noPlace() {
        let dark = Window(from: .sunset(.zero), to: .sunrise(.zero))
        let place = Locality(zone: .utc)
        #expect(dark.occurrence(startingOn: 20_000, in: place) == nil)
        #expect(!dark.state(at: Instant(milliseconds: 0), in: place).inside)
    }

    @Test(
        "what state says is what all the windows around say, changes when it says, and never stands still"
    )
    func slowForm() {
        for seed in UInt64(1)...20 {
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<30 {
                let (window, locality) = Self.random(&generator)
                let time =
                    WallTime.utc(
                        [
                            "2025-03-30 01:00", "2025-10-26 01:00", "2025-06-20 12:00",
                            "2025-12-20 12:00",
                        ]
                        .randomElement(using: &generator)!)
                    + .minutes(Int64.random(in: -4000...4000, using: &generator))
                let fast = window.state(at: time, in: locality)
                let slow = Self.slowState(window, at: time, in: locality)
                #expect(
                    fast == slow,
                    "seed \(seed): \(window) at \(WallTime.text(time)) in \(locality.zone.name)")
                #expect(fast.since <= time && time < fast.until)
                let last = window.state(at: fast.until - .milliseconds(1), in: locality)
                #expect(last.inside == fast.inside, "seed \(seed)")
            }
        }
    }

    private static func random(_ generator: inout SeededGenerator) -> (Window, Locality) {
        func edge(_ last: Int) -> Window.Edge {
            let span = TimeSpan.minutes(Int64.random(in: -360...360, using: &generator))
            return switch Int.random(in: 0..<5, using: &generator) {
            case 0: .sunrise(span)
            case 1: .sunset(span)
            case 2: .clock(Int.random(in: 0...4, using: &generator) * 60)
            default: .clock(Int.random(in: 0...last, using: &generator))
            }
        }
        let window = Window(
            from: edge(1439), to: edge(1440),
            days: Bool.random(using: &generator)
                ? 127 : UInt8.random(in: 1...127, using: &generator),
            holidays: [.ignored, .ignored, .excluded, .only].randomElement(using: &generator)!)
        let name = WallTime.zones.keys.sorted().randomElement(using: &generator)!
        let far = GeographicPosition(
            latitude: 69.65, longitude: WallTime.positions[name]!.longitude)
        return (
            window,
            Locality(
                zone: WallTime.zones[name]!,
                position: Bool.random(using: &generator) ? far : WallTime.positions[name],
                holidays: Holidays(calendar: .france))
        )
    }

    /// All windows of ten days before and after, joined where they touch.
    private static func slowState(_ window: Window, at instant: Instant, in locality: Locality) -> (
        inside: Bool, since: Instant, until: Instant
    ) {
        let today = locality.zone.day(at: instant)
        var spans: [(start: Instant, end: Instant)] = []
        for day in (today - 10)...(today + 10) {
            guard let span = window.occurrence(startingOn: day, in: locality) else { continue }
            if let last = spans.last, span.start <= last.end {
                spans[spans.count - 1].end = max(last.end, span.end)
            } else {
                spans.append(span)
            }
        }
        let earliest = locality.zone.instant(day: today - 8, milliseconds: 0, repeated: .first)
        let latest = locality.zone.instant(day: today + 8, milliseconds: 0, repeated: .first)
        if let span = spans.first(where: { $0.start <= instant && instant < $0.end }) {
            return (true, max(span.start, earliest), min(span.end, latest))
        }
        return (
            false, max(spans.last { $0.end <= instant }?.end ?? earliest, earliest),
            min(spans.first { instant < $0.start }?.start ?? latest, latest)
        )
    }
}
