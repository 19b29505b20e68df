/// A moment in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX time).
///
/// The hub knows no finer grain: MQTT devices do not either, and integers replay to the byte.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    /// A moment, by its milliseconds since 1970.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Before every moment that the hub can meet.
    public static let distantPast = Instant(milliseconds: -(1 << 62))
    /// After every moment that the hub can meet.
    public static let distantFuture = Instant(milliseconds: 1 << 62)

    /// Orders moments by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
    /// The moment that lies a span after this one.
    public static func + (left: Instant, right: TimeSpan) -> Instant {
        Instant(milliseconds: left.milliseconds + right.milliseconds)
    }
    /// The moment that lies a span before this one.
    public static func - (left: Instant, right: TimeSpan) -> Instant {
        Instant(milliseconds: left.milliseconds - right.milliseconds)
    }
    /// The elapsed time between two moments; negative where the left one is the earlier.
    public static func - (left: Instant, right: Instant) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
    }
}

/// An elapsed time in milliseconds. Named apart from the standard library's `Duration`, whose
/// attoseconds the hub does not need, and whose arithmetic costs more.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// The length in milliseconds; may be negative.
    public var milliseconds: Int64

    /// A span, by its milliseconds.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// No time at all.
    public static let zero = TimeSpan(milliseconds: 0)
    /// A span of milliseconds.
    public static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count) }
    /// A span of seconds.
    public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1000) }
    /// A span of minutes.
    public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }
    /// A span of hours.
    public static func hours(_ count: Int64) -> TimeSpan { .minutes(count * 60) }
    /// A span of 24-hour days.
    public static func days(_ count: Int64) -> TimeSpan { .hours(count * 24) }

    /// Orders spans by length.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
    /// The sum of two spans.
    public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds + right.milliseconds)
    }
    /// The difference of two spans.
    public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
    }
}

extension TimeSpan {
    /// Reads a span as people write it in configuration: one or more numbers with a unit, largest
    /// first, such as `500ms`, `40s`, `5m`, `1h30m`, `28d`. A unit is needed; blanks are not allowed.
    ///
    /// - Returns: nil where the text is not a span or overflows 100 years.
    public init?(text: some StringProtocol) {
        var total: Int64 = 0
        var digits: Int64?
        var unit = ""
        var smallest = Int64.max
        func factor(_ unit: String) -> Int64? {
            switch unit {
            case "ms": 1
            case "s": 1000
            case "m", "min": 60_000
            case "h": 3_600_000
            case "d": 86_400_000
            case "w": 604_800_000
            default: nil
            }
        }
        func close() -> Bool {
            guard let count = digits, let factor = factor(unit), factor < smallest else {
                return false
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow, product <= 3_155_760_000_000 - total else { return false }
            total += product
            smallest = factor
            digits = nil
            unit = ""
            return true
        }
        for character in text {
            if let digit = character.wholeNumberValue, character.isASCII {
                if !unit.isEmpty, !close() { return nil }
                let grown = (digits ?? 0).multipliedReportingOverflow(by: 10)
                guard !grown.overflow, grown.partialValue < 1 << 53 else { return nil }
                digits = grown.partialValue + Int64(digit)
            } else {
                guard digits != nil else { return nil }
                unit.append(character)
            }
        }
        guard close() else { return nil }
        milliseconds = total
    }

    /// The span as people write it, such as `1h30m`; `0s` for none, with a leading minus where
    /// negative. Reads back to the same span.
    public var text: String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds.magnitude
        var result = milliseconds < 0 ? "-" : ""
        for (unit, size) in [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
            as [(String, UInt64)] where rest >= size
        {
            result += "\(rest / size)\(unit)"
            rest %= size
        }
        return result
    }
}
