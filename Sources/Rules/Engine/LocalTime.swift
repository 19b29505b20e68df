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
    /// The one time that the window exists for the date it starts on, half-open; nil on a date on which it does
    /// not exist: one that is not of its days, or one on which it would end before it begins.
    ///
    /// - Parameter day: the date, as days since 1970-01-01.
    public func occurrence(startingOn day: Int64, in locality: Locality) -> (
        start: Instant, end: Instant
    )? {
        guard days & (1 << UInt8(LocalDay.weekday(day))) != 0 else { return nil }
        switch holidays {
        case .ignored: break
        case .excluded: if locality.holidays.contains(day) { return nil }
        case .only: if !locality.holidays.contains(day) { return nil }
        }
        return span(startingOn: day, in: locality)
    }

    /// The occurrence of a date, whatever day it is.
    func span(startingOn day: Int64, in locality: Locality) -> (start: Instant, end: Instant)? {
        guard let start = from.moment(on: day, in: locality, repeated: .first),
            let end = to.moment(on: endsOnNextDate ? day + 1 : day, in: locality, repeated: .last)
        else { return nil }
        return start < end ? (start, end) : nil
    }

    /// How many days ahead and back `state` looks.
    static let horizon: Int64 = 8

    /// Whether a moment lies in the window, since when that is so, and until when it stays so at least. Windows
    /// that touch or overlap are one.
    ///
    /// - Returns: `since` and `until` are at most eight days away: where nothing changes before, they say so and
    ///   no more.
    public func state(at instant: Instant, in locality: Locality) -> (
        inside: Bool, since: Instant, until: Instant
    ) {
        let zone = locality.zone
        let today = zone.day(at: instant)
        let earliest = zone.instant(day: today - Self.horizon, milliseconds: 0, repeated: .first)
        let latest = zone.instant(day: today + Self.horizon, milliseconds: 0, repeated: .first)
        let days = (today - Self.horizon - 2)...(today + Self.horizon + 2)
        // No window is longer than two days and a part of one, nor begins further than that from its date.
        for day in [today, today - 1, today + 1, today - 2, today + 2, today - 3] {
            guard let span = occurrence(startingOn: day, in: locality), span.start <= instant,
                instant < span.end
            else { continue }
            var (since, until) = span
            for other in stride(from: day - 1, through: days.lowerBound, by: -1)
            where since > earliest {
                guard let before = occurrence(startingOn: other, in: locality) else { continue }
                if before.end < since { break }
                since = min(since, before.start)
            }
            for other in stride(from: day + 1, through: days.upperBound, by: 1)
            where until < latest {
                guard let after = occurrence(startingOn: other, in: locality) else { continue }
                if until < after.start { break }
                until = max(until, after.end)
            }
            return (true, max(since, earliest), min(until, latest))
        }
        var since = earliest
        for day in stride(from: today + 1, through: days.lowerBound, by: -1) {
            guard let span = occurrence(startingOn: day, in: locality), span.end <= instant
            else { continue }
            since = max(since, span.end)
            break
        }
        var until = latest
        for day in stride(from: today - 1, through: days.upperBound, by: 1) {
            guard let span = occurrence(startingOn: day, in: locality), instant < span.start
            else { continue }
            until = min(until, span.start)
            break
        }
        return (false, since, until)
    }
}

extension Window.Edge {
    /// Its moment on a date; nil where it is of the sun and nothing says where the residence is.
    func moment(
        on day: Int64, in locality: Locality, repeated: ZoneOffsets.Repeated
    ) -> Instant? {
        let offset: TimeSpan
        let edge: Sun.Edge
        switch self {
        case .clock(let minutes):
            return locality.zone.instant(
                day: day, milliseconds: Int64(minutes) * 60_000, repeated: repeated)
        case .sunrise(let span):
            guard let (sun, noon) = Self.sun(on: day, in: locality) else { return nil }
            (offset, edge) = (span, sun.rise(near: noon))
        case .sunset(let span):
            guard let (sun, noon) = Self.sun(on: day, in: locality) else { return nil }
            (offset, edge) = (span, sun.set(near: noon))
        }
        return edge.event.map { $0 + offset } ?? edge.instant
    }

    static func sun(on day: Int64, in locality: Locality) -> (sun: Sun, noon: Instant)? {
        guard let position = locality.position else { return nil }
        let noon = locality.zone.instant(
            day: day, milliseconds: LocalDay.milliseconds / 2, repeated: .first)
        return (Sun(position: position), noon)
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
