import Rules

/// Times as a residence's clock shows them, moved by whole weeks. Without the offset from UTC: where dates are moved it would
/// tell the season.
struct WallClock {
    private let zone: ZoneOffsets
    private let moved: Int64
    private var day: Int64 = .min
    private var date: [UInt8] = []

    init(_ zone: ZoneOffsets, weeks: Int) {
        self.zone = zone
        moved = Int64(weeks) * 7 * 86_400_000
    }

    /// Milliseconds since 1970-01-01T00:00 of the wall clock.
    func milliseconds(_ moment: Instant) -> Int64 {
        moment.milliseconds + zone.offset(at: moment) + moved
    }

    /// `2027-01-11T08:00:00.123`.
    mutating func bytes(_ moment: Instant, separator: Character = "T") -> [UInt8] {
        let all = milliseconds(moment)
        let day = all >= 0 ? all / 86_400_000 : (all - 86_399_999) / 86_400_000
        if day != self.day {
            self.day = day
            date = Array(CalendarDate(daysSince1970: day).text.utf8)
        }
        var rest = all - day * 86_400_000
        let milliseconds = rest % 1000
        rest /= 1000
        var result = date
        result.reserveCapacity(23)
        result.append(separator.asciiValue ?? 0x54)
        func two(_ number: Int64) {
            result.append(UInt8(48 + number / 10))
            result.append(UInt8(48 + number % 10))
        }
        two(rest / 3600)
        result.append(0x3a)
        two(rest / 60 % 60)
        result.append(0x3a)
        two(rest % 60)
        result.append(0x2e)
        result.append(UInt8(48 + milliseconds / 100))
        two(milliseconds % 100)
        return result
    }

    mutating func text(_ moment: Instant, separator: Character = "T") -> String {
        String(decoding: bytes(moment, separator: separator), as: UTF8.self)
    }
}
