public import Rules

/// What became of each device so far: which alarms were seen to work, who is trying it out, where it spoke last. Made of
/// its changes, and so the same after every start.
public struct DeviceLedger: Sendable {
    /// How long after somebody began a trial an alarm counts as theirs.
    public static let trial = TimeSpan.minutes(15)

    /// One device.
    struct Entry: Sendable {
        var address: (profile: String, topic: String)?
        var seen: Set<Capability> = []
        var trial: (began: Instant, actor: String?, seen: Set<Capability>)?
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
            if change.kind == .replaced { entry.replaced = change.at }
        case .removed: entry = Entry()
        case .vanished: entry.goneSince = change.at
        case .returned: entry.goneSince = nil
        case .testBegun: entry.trial = (change.at, change.actor, [])
        case .tested:
            guard let capability = change.capability else { break }
            entry.seen.insert(capability)
            entry.trial?.seen.insert(capability)
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

    /// When another device took the place last; nil where it was always the same. What was read before is not of this one.
    public func replaced(_ device: DeviceID) -> Instant? { entries[device]?.replaced }

    /// From when on nobody announces a device any more; nil while somebody does, or never did.
    public func goneSince(_ device: DeviceID) -> Instant? { entries[device]?.goneSince }

    /// The alarms of a device that were never seen since it has its place: the hub does not vouch for them.
    public func untested(_ device: Device) -> [Capability] {
        let seen = entries[device.id]?.seen ?? []
        return device.alarms.filter { !seen.contains($0) }
    }

    /// Who is trying a device out, and what was seen since; nil where nobody is.
    public func trial(
        of device: DeviceID, at now: Instant
    ) -> (began: Instant, actor: String?, seen: Set<Capability>)? {
        entries[device]?.trial.flatMap { now - $0.began <= Self.trial ? $0 : nil }
    }

    /// Whether an alarm that is seen now is worth to be noted: the first one, or the first one of a trial.
    func notes(_ capability: Capability, of device: DeviceID, at now: Instant) -> Bool {
        if entries[device]?.seen.contains(capability) != true { return true }
        return trial(of: device, at: now).map { !$0.seen.contains(capability) } ?? false
    }
}

extension Device {
    /// What it can tell that somebody must come for: its alarms but that of its own case, and the press of a call button.
    public var alarms: [Capability] { capabilities.alarms(of: kind) }
}

extension DeviceProfile {
    /// What such a device can tell that somebody must come for.
    public var alarms: [Capability] { capabilities.alarms(of: kind) }
}

extension [DeviceCapability] {
    fileprivate func alarms(of kind: String) -> [Capability] {
        var found: [Capability] = []
        for entry in self where !found.contains(entry.capability) {
            let name = entry.capability.rawValue
            let isAlarm = name.hasPrefix("alarm.") && name != "alarm.tamper"
            if isAlarm || name == "button.press" && kind == "call_button" {
                found.append(entry.capability)
            }
        }
        return found
    }
}
