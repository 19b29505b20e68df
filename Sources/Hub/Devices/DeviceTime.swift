public import Rules

/// Times as devices write them.
enum DeviceTime {
    /// What a text or number says.
    enum Reading: Hashable {
        /// A moment.
        case instant(Instant)
        /// Wall time without an offset, as the moment that it would be in UTC.
        case local(Instant)
        /// No time.
        case unreadable
    }

    /// Before 2015 no device that the hub can meet was running: its clock is not set.
    static let earliest = Instant(milliseconds: 1_420_070_400_000)
    /// A device's clock may be ahead of the hub's by so much.
    static let aheadAtMost = TimeSpan.minutes(5)

    /// ISO 8601: `2026-01-31T08:30:00.250+01:00`; a blank may stand for the `T`; a fraction of any length is cut
    /// to milliseconds; an offset is `Z`, `+01:00`, `+0100` or `+01`.
    static func iso(_ text: String) -> Reading { iso(text.utf8.span) }

    /// The same, of a text's bytes: half of all messages have a time, and a text of its own for each would cost more
    /// than the rest of the reading.
    static func iso(_ text: Span<UInt8>) -> Reading {
        var at = 0
        guard let year = digits(4, text, &at), skip("-", text, &at),
            let month = digits(2, text, &at), skip("-", text, &at),
            let day = digits(2, text, &at), skip("Tt ", text, &at), let hour = digits(2, text, &at),
            skip(":", text, &at),
            let minute = digits(2, text, &at)
        else { return .unreadable }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if skip(":", text, &at) {
            guard let value = digits(2, text, &at) else { return .unreadable }
            second = value
            if skip(".,", text, &at) {
                guard let value = thousandths(text, &at) else { return .unreadable }
                fraction = value
            }
        }
        // A leap second counts as the last second of its minute (POSIX has none).
        guard let days = days(year: year, month: month, day: day), hour < 24, minute < 60,
            second <= 60
        else { return .unreadable }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + min(second, 59)
        let wall = Instant(milliseconds: seconds * 1000 + fraction)
        if at == text.count { return .local(wall) }
        if skip("Zz", text, &at) {
            return at == text.count ? .instant(wall) : .unreadable
        }
        let west = skip("-", text, &at)
        guard west || skip("+", text, &at), let hours = digits(2, text, &at) else {
            return .unreadable
        }
        _ = skip(":", text, &at)
        let minutes = at == text.count ? 0 : digits(2, text, &at)
        guard let minutes, at == text.count, hours <= 18, minutes < 60 else { return .unreadable }
        let offset = TimeSpan.minutes(hours * 60 + minutes)
        return .instant(west ? wall + offset : wall - offset)
    }

    /// A number of so many digits.
    private static func digits(_ count: Int, _ text: Span<UInt8>, _ at: inout Int) -> Int64? {
        guard text.count - at >= count else { return nil }
        var number: Int64 = 0
        for index in at..<at + count {
            guard text[index] &- 0x30 < 10 else { return nil }
            number = number * 10 + Int64(text[index] &- 0x30)
        }
        at += count
        return number
    }

    /// Whether one of some characters follows; steps over it.
    private static func skip(
        _ characters: StaticString, _ text: Span<UInt8>, _ at: inout Int
    ) -> Bool {
        guard at < text.count, characters.withUTF8Buffer({ $0.contains(text[at]) }) else {
            return false
        }
        at += 1
        return true
    }

    /// One to eighteen digits of a fraction, cut to three.
    private static func thousandths(_ text: Span<UInt8>, _ at: inout Int) -> Int64? {
        var number: Int64 = 0
        var count = 0
        while at < text.count, text[at] &- 0x30 < 10 {
            if count < 3 { number = number * 10 + Int64(text[at] &- 0x30) }
            count += 1
            at += 1
        }
        guard (1...18).contains(count) else { return nil }
        return count == 1 ? number * 100 : count == 2 ? number * 10 : number
    }

    /// Days from 1970-01-01 in the Gregorian calendar; nil for a day that does not exist.
    ///
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        // Months of 30 and 31 days take turns, and begin anew in August.
        let length = month == 2 ? (leap ? 29 : 28) : (month + month / 8) % 2 == 1 ? 31 : 30
        guard (1...12).contains(month), (1...Int64(length)).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// A count since 1970 in a format's unit; `auto` goes by the size: seconds reach 1e11 in the year 5138,
    /// milliseconds 1e14 likewise.
    static func epoch(_ number: Double, _ format: TimeProfile.Format) -> Reading {
        let factor: Double
        switch format {
        case .seconds: factor = 1000
        case .milliseconds: factor = 1
        case .microseconds: factor = 1e-3
        case .nanoseconds: factor = 1e-6
        case .iso: return .unreadable
        case .auto:
            switch abs(number) {
            case ..<1e11: factor = 1000
            case ..<1e14: factor = 1
            case ..<1e17: factor = 1e-3
            default: factor = 1e-6
            }
        }
        let milliseconds = (number * factor).rounded()
        // 9e15 ms lie after the year 280,000: nonsense, but still an integer that cannot overflow below.
        guard milliseconds.isFinite, abs(milliseconds) < 9e15 else { return .unreadable }
        return .instant(Instant(milliseconds: Int64(milliseconds)))
    }

    /// The moment of a wall time in a zone. A time that happens twice is the first; one that is skipped moves
    /// forward by the gap.
    static func resolve(_ wall: Instant, in zone: ZoneOffsets) -> Instant {
        // An offset fits where the moment that it gives has that offset. The earlier change is tried first.
        var candidates: [Instant] = []
        for (index, change) in zone.changes.enumerated() {
            let moment = wall - .seconds(Int64(change.offset))
            let begins = index == 0 || moment >= change.from
            let ends = index + 1 < zone.changes.count && moment >= zone.changes[index + 1].from
            if begins, !ends { candidates.append(moment) }
        }
        if let first = candidates.min() { return first }
        // Skipped: the offset before the gap carries the wall time past it.
        let before = zone.changes.last { wall - .seconds(Int64($0.offset)) >= $0.from }
        return wall - .seconds(Int64((before ?? zone.changes[0]).offset))
    }
}

/// The time that durations, sequences and windows use for a reading, fixed when it is taken in.
///
/// The decoder has left the device's time only where it is plausible, and marked what is older than the
/// profile's `max_age`. So: what happens now, or happened long ago, has the device's time, never after
/// `received`; a state already known is so as of `received`.
public func effectiveTime(of reading: Reading, received: Instant) -> Instant {
    guard let occurred = reading.occurred, reading.freshness != .restored else { return received }
    return min(occurred, received)
}

extension DeviceTime {
    /// A moment as ISO 8601 in UTC, to the millisecond where it has any.
    static func text(_ instant: Instant) -> String {
        func floor(_ a: Int64, _ b: Int64) -> (Int64, Int64) {
            let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
            return rest < 0 ? (quotient - 1, rest + b) : (quotient, rest)
        }
        func pad(_ number: Int64, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let (days, inDay) = floor(instant.milliseconds, 86_400_000)
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
        let (era, dayOfEra) = floor(days + 719_468, 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let fraction = inDay % 1000 == 0 ? "" : "." + pad(inDay % 1000, 3)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(inDay / 3_600_000, 2)):"
            + "\(pad(inDay / 60_000 % 60, 2)):\(pad(inDay / 1000 % 60, 2))\(fraction)Z"
    }
}

extension Instant {
    /// A moment by its text in ISO 8601 with an offset, such as `2026-01-31T08:30:00Z`; nil where it is none.
    public init?(iso text: String) {
        guard case .instant(let instant) = DeviceTime.iso(text) else { return nil }
        self = instant
    }

    /// ISO 8601 in UTC, to the millisecond where it has any.
    public var iso: String { DeviceTime.text(self) }
}
