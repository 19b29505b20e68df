public import Rules

/// A date and time as written, before it is known which moment it is: a recording's local times carry no
/// offset.
public struct LocalTimestamp: Hashable, Sendable {
    /// Days since 1970-01-01.
    public var day: Int64
    /// Milliseconds since that day's midnight, below 24 hours.
    public var milliseconds: Int64
    /// Local time minus UTC in seconds, where it is written: `Z` or `+02:00`.
    public var offset: Int64?

    /// A date and time.
    public init(day: Int64, milliseconds: Int64, offset: Int64? = nil) {
        self.day = day
        self.milliseconds = milliseconds
        self.offset = offset
    }

    /// Reads `2017-03-26T08:05:09.864`, with a blank instead of the `T`, without seconds or fractions, with
    /// `Z` or an offset such as `+02:00`; nil where it is none of these. Digits past the third of a
    /// fraction are dropped.
    public init?(text: some StringProtocol) {
        self.init(bytes: Array(text.utf8.prefix(41))[...])
    }

    /// Reads the same from bytes.
    init?(bytes: ArraySlice<UInt8>) {
        var digits = Scanner(bytes: bytes)
        guard bytes.count <= 40,
            let year = digits.number(4), digits.skip("-"),
            let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2), digits.skip("T") || digits.skip(" "),
            let hour = digits.number(2), digits.skip(":"),
            let minute = digits.number(2),
            (1...12).contains(month), day >= 1, day <= CivilDate.days(in: month, of: year),
            hour <= 23, minute <= 59
        else { return nil }
        var rest: Int64 = 0
        if digits.skip(":") {
            guard let seconds = digits.number(2), seconds <= 60 else { return nil }
            // A leap second is the last one said twice, as in POSIX time.
            rest = min(seconds, 59) * 1000
            if digits.skip(".") {
                guard let fraction = digits.fraction() else { return nil }
                rest += fraction
            }
        }
        guard let offset = digits.offset(), digits.isAtEnd else { return nil }
        self.day = CivilDate(year: year, month: month, day: day).daysSince1970
        self.milliseconds = (hour * 60 + minute) * 60_000 + rest
        self.offset = offset == .none ? nil : offset.seconds
    }

    /// Reads the same, or a date alone, which is its midnight.
    public init?(lenient text: String) {
        if let time = LocalTimestamp(text: text) ?? LocalTimestamp(text: text + "T00:00") {
            self = time
        } else {
            return nil
        }
    }

    private struct Scanner {
        struct Offset: Equatable {
            var seconds: Int64
            var isGiven: Bool
            static let none = Offset(seconds: 0, isGiven: false)
        }

        let bytes: ArraySlice<UInt8>
        var position: Int

        init(bytes: ArraySlice<UInt8>) {
            self.bytes = bytes
            position = bytes.startIndex
        }

        var isAtEnd: Bool { position == bytes.endIndex }

        mutating func digit() -> Int64? {
            guard position < bytes.endIndex, (48...57).contains(bytes[position]) else { return nil }
            defer { position += 1 }
            return Int64(bytes[position]) - 48
        }

        mutating func number(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var scale: Int64 = 100
            guard let first = digit() else { return nil }
            value = first * scale
            while let digit = digit() {
                scale /= 10
                value += digit * scale
            }
            return value
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.endIndex, UInt32(bytes[position]) == character.value else {
                return false
            }
            position += 1
            return true
        }

        /// The offset, `.none` where none is written; nil where what stands there is no offset.
        mutating func offset() -> Offset? {
            if isAtEnd { return Offset.none }
            if skip("Z") || skip("z") { return Offset(seconds: 0, isGiven: true) }
            let sign: Int64
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard let hours = number(2), hours <= 18 else { return nil }
            _ = skip(":")
            let minutes = isAtEnd ? 0 : number(2)
            guard let minutes, minutes <= 59 else { return nil }
            return Offset(seconds: sign * (hours * 3600 + minutes * 60), isGiven: true)
        }
    }
}

/// A date of the Gregorian calendar, without a zone.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day. Howard Hinnant, "chrono-compatible low-level date algorithms".
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Finds the moments of a recording's local times. A time that daylight saving skips moves forward by the
/// gap. Of a time that happens twice the first is meant until the recording goes back in time, and the
/// second from there on: a recording is written in the order of time.
public struct LocalTimeResolver: Sendable {
    private let zone: ZoneOffsets
    private var latest: Instant?
    /// A day around which the offset does not change, and that offset in milliseconds: most lines are of the same
    /// day as the one before.
    private var plainDay: (day: Int64, offset: Int64)?
    /// Lines of two sensors may stand the wrong way round by less than this: that is no return to the
    /// hour before.
    private static let disorder = TimeSpan.minutes(2)

    /// Finds moments in a zone.
    public init(zone: ZoneOffsets) { self.zone = zone }

    /// The moment of the next time in the recording.
    public mutating func resolve(_ time: LocalTimestamp) -> Instant {
        let found: Instant
        if let offset = time.offset {
            found = Instant(
                milliseconds: time.day * 86_400_000 + time.milliseconds - offset * 1000)
        } else if let offset = offset(around: time.day) {
            found = Instant(milliseconds: time.day * 86_400_000 + time.milliseconds - offset)
        } else {
            let first = zone.instant(
                day: time.day, milliseconds: time.milliseconds, repeated: .first)
            if let latest, first < latest - Self.disorder {
                let last = zone.instant(
                    day: time.day, milliseconds: time.milliseconds, repeated: .last)
                found = last
            } else {
                found = first
            }
        }
        latest = max(found, latest ?? found)
        return found
    }

    /// The offset of a day's local times where it is the same for all of them and for a day on either side, within
    /// which no zone changes twice.
    private mutating func offset(around day: Int64) -> Int64? {
        if let plainDay, plainDay.day == day { return plainDay.offset }
        let before = zone.offset(at: Instant(milliseconds: (day - 1) * 86_400_000))
        let after = zone.offset(at: Instant(milliseconds: (day + 2) * 86_400_000))
        guard before == after else { return nil }
        plainDay = (day, before)
        return before
    }
}

extension Instant {
    /// `2026-03-10T05:04:09.007Z`.
    var utcText: String {
        let day = CivilDate.floor(milliseconds, 86_400_000)
        return CivilDate.text(day: day, milliseconds: milliseconds - day * 86_400_000) + "Z"
    }

    /// `2026-03-10T06:04:09` in local time, without an offset, as Tasmota writes it.
    public func localText(in zone: ZoneOffsets) -> String {
        let local = milliseconds + zone.offset(at: self)
        let day = CivilDate.floor(local, 86_400_000)
        return String(
            CivilDate.text(day: day, milliseconds: local - day * 86_400_000).dropLast(4))
    }

    /// `06:04` in local time, for people.
    public func clockText(in zone: ZoneOffsets) -> String {
        String(localText(in: zone).dropFirst(11).prefix(5))
    }
}

extension CivilDate {
    static func floor(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }

    /// `2026-03-10T06:04:09.007`.
    static func text(day: Int64, milliseconds: Int64) -> String {
        let date = CivilDate(daysSince1970: day)
        var result: [UInt8] = []
        result.reserveCapacity(24)
        func put(_ number: Int64, _ width: Int) {
            var divisor: Int64 = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                result.append(UInt8(truncatingIfNeeded: 48 + number / divisor % 10))
                divisor /= 10
            }
        }
        put(max(0, date.year), 4)
        result.append(UInt8(ascii: "-"))
        put(date.month, 2)
        result.append(UInt8(ascii: "-"))
        put(date.day, 2)
        result.append(UInt8(ascii: "T"))
        put(milliseconds / 3_600_000, 2)
        result.append(UInt8(ascii: ":"))
        put(milliseconds / 60_000 % 60, 2)
        result.append(UInt8(ascii: ":"))
        put(milliseconds / 1000 % 60, 2)
        result.append(UInt8(ascii: "."))
        put(milliseconds % 1000, 3)
        return String(decoding: result, as: UTF8.self)
    }
}
