@testable import Rules

/// Moments and zones as a person writes them, for tests of time.
enum WallTime {
    /// `2025-03-30 01:30` in UTC.
    static func utc(_ text: String) -> Instant {
        let parts = text.split(separator: " ")
        let clock = parts[1].split(separator: ":").map { Int64($0)! }
        return Instant(milliseconds: day(String(parts[0])) * 86_400_000)
            + .hours(clock[0]) + .minutes(clock[1])
            + .seconds(clock.count > 2 ? clock[2] : 0)
    }

    /// A date as days since 1970.
    static func day(_ text: String) -> Int64 { CalendarDate(text: text)!.daysSince1970 }

    /// `22:30` in minutes.
    static func minutes(_ text: String) -> Int {
        let parts = text.split(separator: ":").map { Int($0)! }
        return parts[0] * 60 + parts[1]
    }

    /// A moment as `2025-03-30 01:30` in UTC.
    static func text(_ instant: Instant) -> String {
        let day = LocalDay.floorDivide(instant.milliseconds, 86_400_000)
        let minute = (instant.milliseconds - day * 86_400_000) / 60_000
        let date = CalendarDate(daysSince1970: day)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(date.year)-\(two(date.month))-\(two(date.day)) \(two(Int(minute / 60))):\(two(Int(minute % 60)))"
    }

    private static func zone(_ name: String, _ first: Int32, _ changes: [(String, Int32)])
        -> ZoneOffsets
    {
        ZoneOffsets(
            name: name,
            changes: [.init(from: Instant(milliseconds: 0), offset: first * 60)]
                + changes.map { .init(from: utc($0.0), offset: $0.1 * 60) })
    }

    /// The changes of 2025, from the rules of each country; offsets in minutes.
    static let zones: [String: ZoneOffsets] = [
        "Europe/Paris": zone(
            "Europe/Paris", 60, [("2025-03-30 01:00", 120), ("2025-10-26 01:00", 60)]),
        "Europe/London": zone(
            "Europe/London", 0, [("2025-03-30 01:00", 60), ("2025-10-26 01:00", 0)]),
        "America/New_York": zone(
            "America/New_York", -300, [("2025-03-09 07:00", -240), ("2025-11-02 06:00", -300)]),
        "Australia/Lord_Howe": zone(
            "Australia/Lord_Howe", 660, [("2025-04-05 15:00", 630), ("2025-10-04 15:30", 660)]),
    ]

    static let positions: [String: GeographicPosition] = [
        "Europe/Paris": GeographicPosition(latitude: 48.85, longitude: 2.35),
        "Europe/London": GeographicPosition(latitude: 51.5, longitude: -0.13),
        "America/New_York": GeographicPosition(latitude: 40.717, longitude: -74.017),
        "Australia/Lord_Howe": GeographicPosition(latitude: -31.55, longitude: 159.083),
    ]
}

/// What each kind of window is in a night in which the clock changes, worked out by hand. RulesTests
/// takes them with the zones written out here, HubTests (by a link to this file) with those of the machine.
enum ChangeNights {
    /// One window in one night.
    struct Row: CustomStringConvertible, Sendable {
        var zone: String
        var kind: String
        var date: String
        var window: Window
        /// In UTC; nil: the window does not exist that date.
        var expected: (start: String, end: String)?
        var description: String { "\(zone), \(date): \(kind)" }
    }

    /// `zone | date | kind | from to | start – end in UTC`. Sun times of New York and Lord Howe are
    /// timeanddate.com's of 2023 (see SunTests), those of Paris and London were found by halving, on the sun's height
    /// reckoned from sidereal time (Meeus, 12.4 and 13.6) rather than from the equation of time.
    private static let table = """
        Europe/Paris | 2025-03-30 | plain | 06:30 09:30 | 2025-03-30 04:30 – 2025-03-30 07:30
        Europe/Paris | 2025-03-29 | over midnight, 7 hours | 22:30 06:30 | 2025-03-29 21:30 – 2025-03-30 04:30
        Europe/Paris | 2025-03-30 | begins in the gap | 02:30 04:00 | 2025-03-30 01:30 – 2025-03-30 02:00
        Europe/Paris | 2025-03-30 | ends in the gap | 01:00 02:30 | 2025-03-30 00:00 – 2025-03-30 01:30
        Europe/Paris | 2025-03-30 | all in the gap | 02:15 02:45 | 2025-03-30 01:15 – 2025-03-30 01:45
        Europe/Paris | 2025-03-30 | moved behind its end | 02:30 03:15 | none
        Europe/Paris | 2025-03-30 | whole day, 23 hours | 00:00 24:00 | 2025-03-29 23:00 – 2025-03-30 22:00
        Europe/Paris | 2025-03-29 | over midnight, into the gap | 22:00 02:30 | 2025-03-29 21:00 – 2025-03-30 01:30
        Europe/Paris | 2025-03-29 | dark | sunset sunrise | 2025-03-29 18:17 – 2025-03-30 05:32
        Europe/Paris | 2025-03-29 | sunset to the clock | sunset 06:30 | 2025-03-29 18:17 – 2025-03-30 04:30
        Europe/Paris | 2025-03-30 | the gap to sunrise | 02:30 sunrise | 2025-03-30 01:30 – 2025-03-30 05:32
        Europe/Paris | 2025-10-26 | plain | 06:30 09:30 | 2025-10-26 05:30 – 2025-10-26 08:30
        Europe/Paris | 2025-10-25 | over midnight, 9 hours | 22:30 06:30 | 2025-10-25 20:30 – 2025-10-26 05:30
        Europe/Paris | 2025-10-26 | begins in the repeated hour | 02:30 04:00 | 2025-10-26 00:30 – 2025-10-26 03:00
        Europe/Paris | 2025-10-26 | ends in the repeated hour | 01:00 02:30 | 2025-10-25 23:00 – 2025-10-26 01:30
        Europe/Paris | 2025-10-26 | all in the repeated hour | 02:15 02:45 | 2025-10-26 00:15 – 2025-10-26 01:45
        Europe/Paris | 2025-10-26 | the repeated hour itself | 02:00 03:00 | 2025-10-26 00:00 – 2025-10-26 02:00
        Europe/Paris | 2025-10-26 | whole day, 25 hours | 00:00 24:00 | 2025-10-25 22:00 – 2025-10-26 23:00
        Europe/Paris | 2025-10-25 | over midnight, into the repeated hour | 22:00 02:30 | 2025-10-25 20:00 – 2025-10-26 01:30
        Europe/Paris | 2025-10-25 | dark | sunset sunrise | 2025-10-25 16:42 – 2025-10-26 06:28
        Europe/London | 2025-03-30 | plain | 06:30 09:30 | 2025-03-30 05:30 – 2025-03-30 08:30
        Europe/London | 2025-03-29 | over midnight, 7 hours | 22:30 06:30 | 2025-03-29 22:30 – 2025-03-30 05:30
        Europe/London | 2025-03-30 | begins in the gap | 01:30 03:00 | 2025-03-30 01:30 – 2025-03-30 02:00
        Europe/London | 2025-03-30 | ends in the gap | 00:15 01:30 | 2025-03-30 00:15 – 2025-03-30 01:30
        Europe/London | 2025-03-30 | whole day, 23 hours | 00:00 24:00 | 2025-03-30 00:00 – 2025-03-30 23:00
        Europe/London | 2025-03-29 | dark | sunset sunrise | 2025-03-29 18:27 – 2025-03-30 05:42
        Europe/London | 2025-10-26 | plain | 06:30 09:30 | 2025-10-26 06:30 – 2025-10-26 09:30
        Europe/London | 2025-10-25 | over midnight, 9 hours | 22:30 06:30 | 2025-10-25 21:30 – 2025-10-26 06:30
        Europe/London | 2025-10-26 | begins in the repeated hour | 01:30 03:00 | 2025-10-26 00:30 – 2025-10-26 03:00
        Europe/London | 2025-10-26 | ends in the repeated hour | 00:15 01:30 | 2025-10-25 23:15 – 2025-10-26 01:30
        Europe/London | 2025-10-26 | whole day, 25 hours | 00:00 24:00 | 2025-10-25 23:00 – 2025-10-27 00:00
        Europe/London | 2025-10-25 | dark | sunset sunrise | 2025-10-25 16:47 – 2025-10-26 06:43
        America/New_York | 2025-03-09 | plain | 06:30 09:30 | 2025-03-09 10:30 – 2025-03-09 13:30
        America/New_York | 2025-03-08 | over midnight, 7 hours | 22:30 06:30 | 2025-03-09 03:30 – 2025-03-09 10:30
        America/New_York | 2025-03-09 | begins in the gap | 02:30 04:00 | 2025-03-09 07:30 – 2025-03-09 08:00
        America/New_York | 2025-03-09 | ends in the gap | 01:00 02:30 | 2025-03-09 06:00 – 2025-03-09 07:30
        America/New_York | 2025-03-09 | whole day, 23 hours | 00:00 24:00 | 2025-03-09 05:00 – 2025-03-10 04:00
        America/New_York | 2025-03-08 | dark | sunset sunrise | 2025-03-08 22:55 – 2025-03-09 11:18
        America/New_York | 2025-11-02 | plain | 06:30 09:30 | 2025-11-02 11:30 – 2025-11-02 14:30
        America/New_York | 2025-11-01 | over midnight, 9 hours | 22:30 06:30 | 2025-11-02 02:30 – 2025-11-02 11:30
        America/New_York | 2025-11-02 | begins in the repeated hour | 01:30 04:00 | 2025-11-02 05:30 – 2025-11-02 09:00
        America/New_York | 2025-11-02 | ends in the repeated hour | 00:15 01:30 | 2025-11-02 04:15 – 2025-11-02 06:30
        America/New_York | 2025-11-02 | whole day, 25 hours | 00:00 24:00 | 2025-11-02 04:00 – 2025-11-03 05:00
        America/New_York | 2025-11-01 | dark | sunset sunrise | 2025-11-01 21:53 – 2025-11-02 11:26
        Australia/Lord_Howe | 2025-10-05 | plain | 06:30 09:30 | 2025-10-04 19:30 – 2025-10-04 22:30
        Australia/Lord_Howe | 2025-10-04 | over midnight, 7½ hours | 22:30 06:30 | 2025-10-04 12:00 – 2025-10-04 19:30
        Australia/Lord_Howe | 2025-10-05 | begins in the half hour's gap | 02:15 04:00 | 2025-10-04 15:45 – 2025-10-04 17:00
        Australia/Lord_Howe | 2025-10-05 | ends in the half hour's gap | 01:00 02:15 | 2025-10-04 14:30 – 2025-10-04 15:45
        Australia/Lord_Howe | 2025-10-05 | whole day, 23½ hours | 00:00 24:00 | 2025-10-04 13:30 – 2025-10-05 13:00
        Australia/Lord_Howe | 2025-10-04 | dark | sunset sunrise | 2025-10-04 07:27 – 2025-10-04 18:57
        Australia/Lord_Howe | 2025-04-06 | plain | 06:30 09:30 | 2025-04-05 20:00 – 2025-04-05 23:00
        Australia/Lord_Howe | 2025-04-05 | over midnight, 8½ hours | 22:30 06:30 | 2025-04-05 11:30 – 2025-04-05 20:00
        Australia/Lord_Howe | 2025-04-06 | begins in the repeated half hour | 01:45 04:00 | 2025-04-05 14:45 – 2025-04-05 17:30
        Australia/Lord_Howe | 2025-04-06 | ends in the repeated half hour | 00:15 01:45 | 2025-04-05 13:15 – 2025-04-05 15:15
        Australia/Lord_Howe | 2025-04-06 | whole day, 24½ hours | 00:00 24:00 | 2025-04-05 13:00 – 2025-04-06 13:30
        Australia/Lord_Howe | 2025-04-05 | dark | sunset sunrise | 2025-04-05 07:16 – 2025-04-05 19:38
        """

    private static func edge(_ text: String) -> Window.Edge {
        switch text {
        case "sunset": .sunset(.zero)
        case "sunrise": .sunrise(.zero)
        default: .clock(WallTime.minutes(text))
        }
    }

    static let rows: [Row] = table.split(separator: "\n").map { line in
        let cells = line.split(separator: "|").map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let edges = cells[3].split(separator: " ").map(String.init)
        let times = cells[4].split(separator: "–").map { cell in
            String(cell.drop { $0 == " " }.prefix(16))
        }
        return Row(
            zone: cells[0], kind: cells[2], date: cells[1],
            window: Window(from: edge(edges[0]), to: edge(edges[1])),
            expected: times.count == 2 ? (times[0], times[1]) : nil)
    }

    /// What is wrong with a row in some zone; nil where nothing is. Times of the clock must be right to the
    /// millisecond, those of the sun to two minutes.
    static func problem(_ row: Row, in locality: Locality) -> String? {
        let found = row.window.occurrence(startingOn: WallTime.day(row.date), in: locality)
        guard let found, let expected = row.expected else {
            return found == nil && row.expected == nil
                ? nil
                : "found \(String(describing: found)), not \(String(describing: row.expected))"
        }
        func fits(_ edge: Window.Edge, _ moment: Instant, _ text: String) -> Bool {
            let apart = (moment - WallTime.utc(text)).milliseconds.magnitude
            return apart <= (edge.isOfTheSun ? 120_000 : 0)
        }
        if fits(row.window.from, found.start, expected.start),
            fits(row.window.to, found.end, expected.end)
        {
            return nil
        }
        return "found \(WallTime.text(found.start)) – \(WallTime.text(found.end)), not "
            + "\(expected.start) – \(expected.end)"
    }
}
