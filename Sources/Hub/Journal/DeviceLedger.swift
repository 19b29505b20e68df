public import Rules

/// What became of each device so far: which alarms were seen to work, who is trying it out, where it spoke last. Made of
/// its changes, and so the same after every start.
public struct DeviceLedger: Sendable {
    /// How long after somebody began a trial an alarm counts as theirs.
    public static let trial = TimeSpan.minutes(15)

    /// One device.
    struct Entry: Sendable {
        var address: (profile: String, topic: String)?
        var changed: Instant?
        var seen: Set<DeviceAlarm> = []
        var trial: (began: Instant, actor: String?, seen: Set<DeviceAlarm>)?
        var goneSince: Instant?
        var replaced: Instant?
    }

    private var entries: [DeviceID: Entry] = [:]

    /// Of no changes at all.
    public init() {}

    /// Of changes, oldest first.
    public init(_ changes: [DeviceChange]) { for change in changes { take(change) } }

    /// Takes one more change in.
    mutating func take(_ change: DeviceChange) {
        var entry = entries[change.device] ?? Entry()
        switch change.kind {
        case .placed, .replaced:
            // Another thing hangs there now: what was seen of the one before says nothing of it.
            entry = Entry()
            entry.address = (change.profile ?? "", change.topic ?? "")
            entry.changed = change.at
            if change.kind == .replaced { entry.replaced = change.at }
        case .removed: entry = Entry()
        case .vanished: entry.goneSince = change.at
        case .returned: entry.goneSince = nil
        case .testBegun: entry.trial = (change.at, change.actor, [])
        case .tested:
            guard let alarm = change.alarm else { break }
            entry.seen.insert(alarm)
            entry.trial?.seen.insert(alarm)
        }
        entries[change.device] = entry
    }

    /// Those that have a place, as far as is known.
    var placed: [DeviceID] {
        entries.filter { $0.value.address != nil }.keys.sorted { $0.rawValue < $1.rawValue }
    }

    func address(of device: DeviceID) -> (profile: String, topic: String)? {
        entries[device]?.address
    }

    /// When a device got its place, or its place another; nil where that is not known.
    func changed(_ device: DeviceID) -> Instant? { entries[device]?.changed }

    /// When another device took the place last; nil where it was always the same. What was read before is not of this one.
    public func replaced(_ device: DeviceID) -> Instant? { entries[device]?.replaced }

    /// From when on nobody announces a device any more; nil while somebody does, or never did.
    public func goneSince(_ device: DeviceID) -> Instant? { entries[device]?.goneSince }

    /// The alarms of a device, each of its channels for itself; of those that only its messages name, the ones that
    /// devices.yaml names and the ones that were seen.
    public func alarms(of device: Device) -> [DeviceAlarm] {
        let seen = entries[device.id]?.seen ?? []
        return device.alarms.flatMap { alarm -> [DeviceAlarm] in
            guard alarm.isOfAnyChannel else { return [alarm] }
            let own = seen.filter(alarm.covers).sorted { $0.channel < $1.channel }
            return own.isEmpty ? [alarm] : own
        }
    }

    /// The alarms of a device that were never seen since it has its place: the hub does not vouch for them.
    public func untested(_ device: Device) -> [DeviceAlarm] {
        let seen = entries[device.id]?.seen ?? []
        return device.alarms.filter { alarm in !seen.contains(where: alarm.covers) }
    }

    /// Who is trying a device out, and what was seen since; nil where nobody is.
    public func trial(
        of device: DeviceID, at now: Instant
    ) -> (began: Instant, actor: String?, seen: Set<DeviceAlarm>)? {
        entries[device]?.trial.flatMap { now - $0.began <= Self.trial ? $0 : nil }
    }

    /// Whether an alarm that is seen now is worth to be noted: the first one, or the first one of a trial.
    func notes(_ alarm: DeviceAlarm, of device: DeviceID, at now: Instant) -> Bool {
        if entries[device]?.seen.contains(alarm) != true { return true }
        return trial(of: device, at: now).map { !$0.seen.contains(alarm) } ?? false
    }
}
