import Foundation
public import Rules

/// Takes time zones out of the system's zone data, as values.
public enum ZoneLoader {
    /// The names that this machine knows.
    static let names = TimeZone.knownTimeZoneIdentifiers

    private static let known = Set(names)

    /// Whether this machine knows a zone by that name. Names are matched exactly; `UTC` is always known.
    public static func isKnown(_ name: String) -> Bool {
        if name == "UTC" || known.contains(name) { return true }
        // Older names that still stand in the data (`Asia/Calcutta`, `Etc/GMT+5`), but no abbreviations, whose
        // meaning is the library's guess.
        return name.contains("/") && name.utf8.count < 64 && !name.contains("..")
            && !name.hasPrefix("/") && TimeZone(identifier: name) != nil
    }

    /// A zone's offsets and their changes from one year's beginning to another's.
    ///
    /// The search goes through the years by offset: a zone may change its offset without daylight saving
    /// (Asia/Pyongyang in 2015), and only the offset matters here.
    ///
    /// - Returns: nil where the machine does not know the zone.
    public static func load(_ name: String, from first: Int = 2000, to last: Int = 2050)
        -> ZoneOffsets?
    {
        guard isKnown(name), let zone = TimeZone(identifier: name), first < last else { return nil }
        var moment = start(of: first)
        let end = start(of: last)
        var offset = self.offset(zone, moment)
        var changes = [change(moment, offset)]
        // A zone has changed and changed back within four weeks (Ramadan in Morocco), never within one.
        let step: Int64 = 7 * 86_400
        while moment < end {
            let next = min(moment + step, end)
            let after = self.offset(zone, next)
            if after != offset {
                let second = boundary(zone, low: moment, high: next, offset: offset)
                offset = self.offset(zone, second)
                changes.append(change(second, offset))
                moment = second
            } else {
                moment = next
            }
        }
        return ZoneOffsets(name: name, changes: changes)
    }

    /// The offsets of every zone of some residences, by name.
    public static func load(for residences: [Residence]) -> [String: ZoneOffsets] {
        var zones: [String: ZoneOffsets] = [:]
        for residence in residences where zones[residence.zone] == nil {
            zones[residence.zone] = load(residence.zone)
        }
        return zones
    }

    /// The first second whose offset is another, between one that has `offset` and one that has not.
    private static func boundary(
        _ zone: TimeZone, low: Int64, high: Int64, offset: Int32
    ) -> Int64 {
        var low = low
        var high = high
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(zone, middle) == offset { low = middle } else { high = middle }
        }
        return high
    }

    private static func offset(_ zone: TimeZone, _ second: Int64) -> Int32 {
        Int32(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }

    private static func change(_ second: Int64, _ offset: Int32) -> ZoneOffsets.Change {
        ZoneOffsets.Change(from: Instant(milliseconds: second * 1000), offset: offset)
    }

    /// The first second of a year, UTC; years from 1970 on.
    private static func start(of year: Int) -> Int64 {
        let before = Int64(year - 1)
        let leapDays = before / 4 - before / 100 + before / 400
        let days = before * 365 + leapDays - 719_162
        return days * 86_400
    }
}
