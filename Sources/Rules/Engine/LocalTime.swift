extension ZoneOffsets {
    /// Local time minus UTC at a moment, in milliseconds.
    public func offset(at instant: Instant) -> Int64 {
        Int64(changes[index(at: instant)].offset) * 1000
    }

    private func index(at instant: Instant) -> Int {
        var low = 0
        var high = changes.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].from <= instant { low = middle } else { high = middle }
        }
        return low
    }

    /// Which of two moments is meant where daylight saving makes a local time happen twice.
    public enum Repeated: Sendable {
        /// The earlier one.
        case first
        /// The later one.
        case last
    }

    /// The moment of a local time. A local time that daylight saving skips moves forward by the gap; one
    /// that happens twice is the first or the last, as asked.
    ///
    /// - Parameters:
    ///   - day: days since 1970-01-01 in local time.
    ///   - milliseconds: since that day's local midnight.
    public func instant(day: Int64, milliseconds: Int64, repeated: Repeated) -> Instant {
        let local = day * LocalDay.milliseconds + milliseconds
        // No zone is further from UTC than 26 hours, nor changes twice within two days.
        let before = offset(at: Instant(milliseconds: local - LocalDay.milliseconds))
        let after = offset(at: Instant(milliseconds: local + LocalDay.milliseconds))
        let early = Instant(milliseconds: local - before)
        if before == after { return early }
        let late = Instant(milliseconds: local - after)
        let earlyFits = offset(at: early) == before
        let lateFits = offset(at: late) == after
        switch (earlyFits, lateFits) {
        case (true, true): return repeated == .first ? min(early, late) : max(early, late)
        case (true, false): return early
        case (false, true): return late
        // Skipped: read with the offset before the change, it lands behind the gap by as much as it lay
        // within it.
        case (false, false): return early
        }
    }

    /// The local day of a moment, as days since 1970-01-01.
    public func day(at instant: Instant) -> Int64 {
        LocalDay.floorDivide(instant.milliseconds + offset(at: instant), LocalDay.milliseconds)
    }
}

extension Window {
    /// The one time that the window exists for the date it starts on, half-open; nil on a day that is not one
    /// of its days.
    public func occurrence(startingOn day: Int64, in zone: ZoneOffsets) -> (
        start: Instant, end: Instant
    )? {
        guard days & (1 << UInt8(LocalDay.weekday(day))) != 0 else { return nil }
        let wraps = to <= from
        let start = zone.instant(day: day, milliseconds: Int64(from) * 60_000, repeated: .first)
        let end = zone.instant(
            day: wraps ? day + 1 : day, milliseconds: Int64(to) * 60_000, repeated: .last)
        return start < end ? (start, end) : nil
    }

    /// Whether a moment lies in the window, since when that is so, and until when it stays so. Windows that
    /// touch or overlap are one.
    ///
    /// - Returns: `since` is `.distantPast` and `until` `.distantFuture` where nothing changes within
    ///   eight days on that side.
    public func state(at instant: Instant, in zone: ZoneOffsets) -> (
        inside: Bool, since: Instant, until: Instant
    ) {
        let today = zone.day(at: instant)
        var spans: [(start: Instant, end: Instant)] = []
        for day in (today - 8)...(today + 8) {
            guard let span = occurrence(startingOn: day, in: zone) else { continue }
            if let last = spans.last, span.start <= last.end {
                spans[spans.count - 1].end = max(last.end, span.end)
            } else {
                spans.append(span)
            }
        }
        if let span = spans.first(where: { $0.start <= instant && instant < $0.end }) {
            return (true, span.start, span.end)
        }
        return (
            false, spans.last { $0.end <= instant }?.end ?? .distantPast,
            spans.first { instant < $0.start }?.start ?? .distantFuture
        )
    }
}

/// Arithmetic of days.
enum LocalDay {
    static let milliseconds: Int64 = 86_400_000

    static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }

    /// 0 for Monday … 6 for Sunday.
    static func weekday(_ day: Int64) -> Int64 { ((day + 3) % 7 + 7) % 7 }
}
