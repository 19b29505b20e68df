import Foundation
public import Rules

/// The system's offsets of a zone.
public enum SimulationZone {
    /// The offsets of a zone from 2000 to 2050; nil where the system does not know it.
    public static func offsets(of name: String) -> ZoneOffsets? {
        guard let zone = TimeZone(identifier: name) else { return nil }
        var moment = Date(timeIntervalSince1970: 946_684_800)
        var changes = [
            ZoneOffsets.Change(from: .distantPast, offset: Int32(zone.secondsFromGMT(for: moment)))
        ]
        while let next = zone.nextDaylightSavingTimeTransition(after: moment),
            next.timeIntervalSince1970 < 2_524_608_000
        {
            changes.append(
                ZoneOffsets.Change(
                    from: Instant(milliseconds: Int64(next.timeIntervalSince1970) * 1000),
                    offset: Int32(zone.secondsFromGMT(for: next.addingTimeInterval(1)))))
            moment = next.addingTimeInterval(1)
        }
        return ZoneOffsets(name: name, changes: changes)
    }
}
