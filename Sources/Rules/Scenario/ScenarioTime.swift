/// A moment as a rule test writes it: so long after the start (`+1h2m`), or wall time in the residence (`22:50`,
/// `2026-10-25 02:30`, `2026-10-25 02:30+01:00`).
public enum ScenarioTime: Hashable, Sendable {
    /// So long after the start.
    case offset(TimeSpan)
    /// Wall time: a day (since 1970; nil for the first such time from the start on), milliseconds after its midnight,
    /// and local time minus UTC in milliseconds where the text says which.
    case wall(day: Int64?, milliseconds: Int64, offset: Int64?)

    /// Reads a time; nil where the text is none.
    public init?(text: String) {
        if text.hasPrefix("+") {
            guard let span = TimeSpan(text: text.dropFirst()) else { return nil }
            self = .offset(span)
            return
        }
        var rest = Substring(text)
        let day = Self.day(&rest)
        guard let milliseconds = Self.timeOfDay(&rest), let offset = Self.offset(rest) else {
            return nil
        }
        self = .wall(day: day, milliseconds: milliseconds, offset: offset.value)
    }

    /// What a time would be where the text has no moment.
    public enum Problem: Error, Hashable, Sendable {
        /// Daylight saving skips it that day.
        case skipped
        /// It happens twice that day; the texts of both, with their offsets.
        case repeated(first: String, second: String)
        /// It lies before the start.
        case beforeStart
    }

    /// The moment.
    ///
    /// - Throws: where daylight saving leaves out the time or repeats it: a test says which it means.
    public func moment(from start: Instant, in zone: ZoneOffsets) throws(Problem) -> Instant {
        switch self {
        case .offset(let span):
            return start + span
        case .wall(let day, let milliseconds, let offset):
            if let day {
                let moment = try Self.moment(day, milliseconds, offset, zone)
                guard moment >= start else { throw .beforeStart }
                return moment
            }
            let today = zone.day(at: start)
            let moment = try Self.moment(today, milliseconds, offset, zone)
            return moment >= start ? moment : try Self.moment(today + 1, milliseconds, offset, zone)
        }
    }

    private static func moment(
        _ day: Int64, _ milliseconds: Int64, _ offset: Int64?, _ zone: ZoneOffsets
    ) throws(Problem) -> Instant {
        let local = day * millisecondsADay + milliseconds
        if let offset { return Instant(milliseconds: local - offset) }
        // No zone is further from UTC than 26 hours, nor changes twice within two days.
        let offsets = [-millisecondsADay, millisecondsADay].map {
            zone.offset(at: Instant(milliseconds: local + $0))
        }
        let fitting = offsets.filter {
            zone.offset(at: Instant(milliseconds: local - $0)) == $0
        }
        guard let first = fitting.first else { throw .skipped }
        if fitting.count == 2, fitting[0] != fitting[1] {
            let text = Self.text(milliseconds)
            throw .repeated(
                first: text + Self.text(offset: max(fitting[0], fitting[1])),
                second: text + Self.text(offset: min(fitting[0], fitting[1])))
        }
        return Instant(milliseconds: local - first)
    }

    // MARK: Reading

    private static let millisecondsADay: Int64 = 86_400_000

    private static func digits(_ rest: inout Substring, _ count: ClosedRange<Int>) -> Int64? {
        let part = rest.prefix { $0.isASCII && $0.isNumber }
        guard count.contains(part.count) else { return nil }
        rest = rest.dropFirst(part.count)
        return Int64(part)
    }

    private static func skip(_ rest: inout Substring, _ characters: String) -> Bool {
        guard let first = rest.first, characters.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `2026-10-25` and the blank or `T` behind it; nil, with nothing taken, where there is none.
    private static func day(_ rest: inout Substring) -> Int64? {
        var copy = rest
        guard let year = digits(&copy, 4...4), skip(&copy, "-"), let month = digits(&copy, 2...2),
            skip(&copy, "-"), let day = digits(&copy, 2...2), skip(&copy, " T"),
            let days = days(year: year, month: month, day: day)
        else { return nil }
        rest = copy
        return days
    }

    private static func timeOfDay(_ rest: inout Substring) -> Int64? {
        guard let hour = digits(&rest, 1...2), skip(&rest, ":"),
            let minute = digits(&rest, 2...2), hour < 24, minute < 60
        else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard skip(&rest, ":") else { return milliseconds }
        guard let second = digits(&rest, 2...2), second < 60 else { return nil }
        milliseconds += second * 1000
        guard skip(&rest, ".") else { return milliseconds }
        guard let fraction = digits(&rest, 3...3) else { return nil }
        return milliseconds + fraction
    }

    /// Nothing, `Z` or `+01:00`; nil where the rest is something else.
    private static func offset(_ rest: Substring) -> (value: Int64?, Void)? {
        if rest.isEmpty { return (nil, ()) }
        if rest == "Z" { return (0, ()) }
        var rest = rest
        let west = rest.first == "-"
        guard skip(&rest, "+-"), let hours = digits(&rest, 2...2), skip(&rest, ":"),
            let minutes = digits(&rest, 2...2), rest.isEmpty, hours <= 18, minutes < 60
        else { return nil }
        let size = (hours * 60 + minutes) * 60_000
        return (west ? -size : size, ())
    }

    /// Days from 1970-01-01 in the Gregorian calendar; nil for a day that does not exist (Howard Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1970, (1...12).contains(month),
            (1...lengths[Int(month) - 1]).contains(day)
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func text(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func text(offset: Int64) -> String {
        (offset < 0 ? "-" : "+") + text(abs(offset))
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
