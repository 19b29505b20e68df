/// The holidays of a site: single dates, spans of dates, and those of a calendar.
public struct Holidays: Hashable, Sendable {
    /// Public holidays that can be computed for any year.
    public enum Calendar: String, Hashable, Sendable, CaseIterable {
        /// France: Code du travail, article L3133-1.
        case france = "fr"
        /// France, departments of Bas-Rhin, Haut-Rhin and Moselle: besides, Good Friday and 26 December (article
        /// L3134-13).
        case alsaceMoselle = "fr-alsace-moselle"
    }

    /// Spans of dates, first and last included, as days since 1970-01-01; in order, none within or next to
    /// another.
    public let spans: [ClosedRange<Int64>]
    /// A calendar whose holidays count as well.
    public let calendar: Calendar?
    /// Dates of the calendar that do not count here, such as a day on which the site works; in order.
    public let exceptions: [Int64]

    /// Holidays; dates are days since 1970-01-01, in any order.
    public init(
        spans: [ClosedRange<Int64>] = [], calendar: Calendar? = nil, except exceptions: [Int64] = []
    ) {
        var merged: [ClosedRange<Int64>] = []
        for span in spans.sorted(by: {
            ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
        }) {
            if let last = merged.last, span.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] =
                    last.lowerBound...max(last.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        self.spans = merged
        self.calendar = calendar
        self.exceptions = Array(Set(exceptions)).sorted()
    }

    /// True where there is no holiday at all.
    public var isEmpty: Bool { spans.isEmpty && calendar == nil }

    /// Whether a date, as days since 1970-01-01, is a holiday.
    public func contains(_ day: Int64) -> Bool {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].upperBound < day { low = middle + 1 } else { high = middle }
        }
        if low < spans.count, spans[low].contains(day) { return true }
        guard let calendar, calendar.contains(day) else { return false }
        return !exceptions.contains(day)
    }

    func describe(into hash: inout StableHash) {
        hash.mix(calendar?.rawValue ?? "")
        for span in spans {
            hash.mix(span.lowerBound)
            hash.mix(span.upperBound)
        }
        hash.mix("except")
        for day in exceptions { hash.mix(day) }
    }
}

extension Holidays.Calendar {
    /// Whether a date is one of its holidays.
    func contains(_ day: Int64) -> Bool {
        let date = CalendarDate(daysSince1970: day)
        switch (date.month, date.day) {
        case (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25): return true
        case (12, 26): return self == .alsaceMoselle
        // Easter Sunday is from 22 March to 25 April, and Pentecost Monday 50 days later.
        case (3...6, _): break
        default: return false
        }
        switch day - Self.easter(of: date.year) {
        // Easter Monday, Ascension Day, Pentecost Monday.
        case 1, 39, 50: return true
        // Good Friday.
        case -2: return self == .alsaceMoselle
        default: return false
        }
    }

    /// Easter Sunday in the Gregorian calendar, as days since 1970-01-01. The anonymous algorithm of 1876, after
    /// Meeus, *Astronomical Algorithms*, chapter 8.
    static func easter(of year: Int) -> Int64 {
        let a = year % 19
        let (b, c) = (year / 100, year % 100)
        let (d, e) = (b / 4, b % 4)
        let g = (b - (b + 8) / 25 + 1) / 3
        let h = (19 * a + b - d - g + 15) % 30
        let (i, k) = (c / 4, c % 4)
        let l = (32 + 2 * e + 2 * i - h - k) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let sum = h + l - 7 * m + 114
        return CalendarDate(year: year, month: sum / 31, day: sum % 31 + 1).daysSince1970
    }
}
