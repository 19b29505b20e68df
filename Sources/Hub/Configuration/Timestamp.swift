import Foundation
public import Rules

/// Moments as text.
public enum Timestamp {
    /// `2026-11-24T15:04:05.678Z`.
    public static func utc(_ moment: Instant) -> String { text(moment, offset: 0) + "Z" }

    /// Wall time in a zone, with its offset: `2026-11-24T16:04:05.678+01:00`.
    public static func local(_ moment: Instant, in zone: ZoneOffsets) -> String {
        let offset = zone.offset(at: moment)
        let minutes = abs(offset) / 60_000
        return text(moment, offset: offset) + (offset < 0 ? "-" : "+")
            + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    /// Wall time in a zone as people read it: `2026-11-24 16:04:05`.
    public static func short(_ moment: Instant, in zone: ZoneOffsets) -> String {
        String(text(moment, offset: zone.offset(at: moment)).prefix(19))
            .replacingOccurrences(of: "T", with: " ")
    }

    /// The date in UTC: `2026-11-24`.
    public static func today(_ clock: Clock = .system) -> String {
        String(utc(clock.now()).prefix(10))
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Proleptic Gregorian date from days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms").
    private static func text(_ moment: Instant, offset: Int64) -> String {
        let local = moment.milliseconds + offset
        let day = local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
        let time = local - day * 86_400_000
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let milliseconds = time % 1000
        let fraction =
            milliseconds < 10
            ? "00\(milliseconds)" : milliseconds < 100 ? "0\(milliseconds)" : "\(milliseconds)"
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1000 % 60]
            .map(twoDigits).joined(separator: ":")
        return "\(year)-\(twoDigits(month))-\(twoDigits(dayOfMonth))T\(clock).\(fraction)"
    }
}
