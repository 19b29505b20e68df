import GRDB
public import Rules

/// Something that became of a device that has a place.
public struct DeviceChange: Hashable, Sendable {
    /// What it was.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// It got its place.
        case placed
        /// Another device, another address or another profile has its place.
        case replaced
        /// It stands in devices.yaml no more.
        case removed
        /// Nobody announces it any more.
        case vanished
        /// It is announced again.
        case returned
        /// Somebody began to try it out.
        case testBegun = "test_begun"
        /// One of its alarms was seen.
        case tested
    }

    /// Which device.
    public var device: DeviceID
    /// When the hub took it in.
    public var at: Instant
    /// What it was.
    public var kind: Kind
    /// Which of its alarms, of `tested`.
    public var alarm: DeviceAlarm?
    /// Who, where somebody is known to have done it.
    public var actor: String?
    /// The profile from then on, of `placed` and `replaced`.
    public var profile: String?
    /// The topic from then on, of `placed` and `replaced`.
    public var topic: String?
    /// In words, or the message that was seen.
    public var detail: String

    init(
        _ kind: Kind, _ device: DeviceID, at moment: Instant, alarm: DeviceAlarm? = nil,
        actor: String? = nil, profile: String? = nil, topic: String? = nil, detail: String = ""
    ) {
        self.device = device
        at = moment
        self.kind = kind
        self.alarm = alarm
        self.actor = actor
        self.profile = profile
        self.topic = topic
        self.detail = detail
    }
}

enum DeviceChangeRows {
    static func change(_ row: Row) -> DeviceChange? {
        guard let kind = DeviceChange.Kind(rawValue: row["kind"]) else { return nil }
        return DeviceChange(
            kind, DeviceID(rawValue: row["device"]), at: Instant(milliseconds: row["at"]),
            alarm: (row["capability"] as String?).map {
                DeviceAlarm(Capability(rawValue: $0), channel: row["channel"])
            },
            actor: row["actor"], profile: row["profile"], topic: row["topic"],
            detail: row["detail"])
    }
}

extension JournalWriter {
    /// Notes what became of a device.
    func record(_ change: DeviceChange) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO device_changes (device, at, kind, capability, channel, actor, profile, topic, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            change.device.rawValue, change.at.milliseconds, change.kind.rawValue,
            change.alarm?.capability.rawValue, change.alarm?.channel ?? "", change.actor,
            change.profile, change.topic,
            change.detail.legible(1000),
        ])
    }
}

extension JournalReader {
    /// What became of devices, oldest first.
    ///
    /// - Parameter device: of this one alone; nil for all.
    public func deviceChanges(of device: DeviceID? = nil) throws(JournalError) -> [DeviceChange] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM device_changes WHERE ?1 IS NULL OR device = ?1 ORDER BY id",
                arguments: [device?.rawValue]
            ).compactMap(DeviceChangeRows.change)
        }
    }
}
