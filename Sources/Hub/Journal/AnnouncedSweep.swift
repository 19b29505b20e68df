import GRDB
import Rules

/// What announces itself retained and did not do so again when everything that the broker keeps was sent anew.
extension JournalWriter {
    /// By these conventions a device's announcement is kept by the broker: what is still there comes with each new session
    /// (MQTT 5, 3.3.1.3). Zigbee2MQTT and Tasmota say so in their documentation, Home Assistant and Homie ask for it.
    private static let kept = ["zigbee2mqtt", "ha_discovery", "tasmota", "homie4", "homie5"]
    /// `announced.last` may lag behind by this: what is said again at once is not written again.
    private static let lag = TimeSpan.minutes(1)

    /// What a sweep found.
    struct Sweep {
        /// What is not announced any more, though others of the same announcer are.
        var gone: [TouchedDevice] = []
        /// Announcers of which nothing came again: whether their devices are gone nobody can tell.
        var mute: [String] = []
    }

    /// Marks what was not announced again since everything kept was asked for.
    ///
    /// - Parameter start: when the session began.
    mutating func sweepAnnounced(since start: Instant, at now: Instant) throws -> Sweep {
        struct Entry {
            var source: String
            var identity: String
            var isHere: Bool
        }
        let limit = start - Self.lag
        var groups: [String: [Entry]] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT source, identity, convention, last FROM announced WHERE vanished IS NULL
                ORDER BY source, identity
                """)
        while let row = try rows.next() {
            guard Self.kept.contains(row["convention"]) else { continue }
            let source: String = row["source"]
            // Zigbee2MQTT's list is one message: it tells by itself what is gone. Others are one topic for each device.
            let announcer =
                source.hasSuffix("/bridge/devices")
                ? source : source.prefix { $0 != "/" } + "/"
            groups[String(announcer), default: []].append(
                Entry(
                    source: source, identity: row["identity"],
                    isHere: Instant(milliseconds: row["last"]) >= limit))
        }
        var sweep = Sweep()
        for (announcer, entries) in groups.sorted(by: { $0.key < $1.key }) {
            guard entries.contains(where: \.isHere) else {
                sweep.mute.append(announcer)
                continue
            }
            for entry in entries where !entry.isHere {
                if let gone = try vanish(entry.source, entry.identity, now) {
                    sweep.gone.append(gone)
                }
            }
        }
        return sweep
    }
}
