import Foundation
public import Rules

/// How a device is, from what it last said.
public struct DeviceHealth: Hashable, Sendable {
    /// Whether it can be relied upon.
    public enum State: String, Hashable, Sendable {
        /// Heard of in time.
        case well
        /// Not heard of for longer than its profile says.
        case silent
        /// Its bridge or broker says that it cannot be reached.
        case offline
        /// The bridge that it hangs on is away: nobody knows how it is.
        case bridgeAway
        /// Never heard of.
        case unheard
    }

    /// Which device.
    public var device: DeviceID
    /// Whether it can be relied upon.
    public var state: State
    /// When it was last heard of.
    public var lastSeen: Instant?
    /// Its battery in per cent, where it tells.
    public var battery: Double?
    /// How strong its link is, where it tells: 0 to 255 for `link.lqi`, dBm for `link.rssi`.
    public var link: (capability: Capability, value: Double)? {
        linkCapability.flatMap { name in linkValue.map { (name, $0) } }
    }
    private var linkCapability: Capability?
    private var linkValue: Double?
    /// By how many seconds its clock was ahead of the hub's when it last was found wrong, within a day; negative: behind.
    public var clockOffset: Double?

    /// How each device of a home is.
    ///
    /// - Parameters:
    ///   - reader: the home's journal.
    ///   - now: the hub's clock.
    /// - Throws: `JournalError`.
    public static func all(
        _ devices: [Device], in reader: JournalReader, at now: Instant
    ) throws -> [DeviceHealth] {
        var filter = AlertFilter()
        filter.rule = BuiltInRule.bridgeAway.id
        filter.isOpen = true
        return all(
            devices, latest: try reader.latestEvents(),
            away: bridges(awayBy: try reader.alerts(filter)), at: now)
    }

    /// The bridges that alerts tell of.
    static func bridges(awayBy alerts: [Alert]) -> Set<DeviceID> {
        Set(
            alerts.filter { $0.rule == BuiltInRule.bridgeAway.id && $0.condition == .active }
                .compactMap(\.subject.device))
    }

    /// How each device of a home is.
    ///
    /// - Parameters:
    ///   - latest: the latest event of each stream.
    ///   - away: the bridges that are known to be away, also those that did not say so.
    ///   - now: the hub's clock.
    static func all(
        _ devices: [Device], latest: [(key: StreamKey, event: Event)], away: Set<DeviceID> = [],
        at now: Instant
    ) -> [DeviceHealth] {
        var events: [DeviceID: [(key: StreamKey, event: Event)]] = [:]
        for entry in latest { events[entry.key.device, default: []].append(entry) }
        return devices.map { device in
            let own = events[device.id] ?? []
            // Since several gateways hear it, what one of them said before is no word on it.
            func isAway(_ capability: Capability) -> Bool {
                device.capabilities.contains { $0.capability == capability }
                    && own.contains {
                        $0.key.capability == capability && $0.event.value == .boolean(false)
                    }
            }
            let hasNoBridge =
                device.bridgeID.map(away.contains) ?? false || isAway("bridge.online")
            let isUnreachable = isAway("device.online")
            // What a restart of the broker told again is no sign of life, unless nothing else is known; what a bridge says of
            // a device never is.
            let spoken = own.filter { !Self.saidOfIt.contains($0.key.capability) }
            let seen =
                spoken.filter { $0.event.freshness != .restored }.map(\.event.effective).max()
                ?? spoken.map(\.event.effective).max()
            var battery: Double?
            if case .number(let level)? = own.first(where: {
                $0.key.capability == "device.battery"
            })?.event.value {
                battery = level
            }
            let isSilent = seen.flatMap { seen in device.silentAfter.map { now - seen > $0 } }
            let state: State
            if hasNoBridge {
                state = .bridgeAway
            } else if isUnreachable, !device.sleeps || isSilent != false {
                // What sleeps cannot be reached, and is well until it is silent.
                state = .offline
            } else if seen != nil {
                state = isSilent == true ? .silent : .well
            } else {
                state = .unheard
            }
            var health = DeviceHealth(
                device: device.id, state: state, lastSeen: seen, battery: battery)
            for name: Capability in ["link.lqi", "link.rssi"] where health.linkValue == nil {
                if case .number(let value)? = own.first(where: { $0.key.capability == name })?
                    .event.value
                {
                    (health.linkCapability, health.linkValue) = (name, value)
                }
            }
            if let offset = own.first(where: { $0.key.capability == .clockOffset })?.event,
                case .number(let seconds) = offset.value, now - offset.received < .hours(24)
            {
                health.clockOffset = seconds
            }
            return health
        }
    }

    /// What a bridge or broker says of a device: no sign of life.
    private static let saidOfIt: Set<Capability> = ["device.online", "bridge.online"]

    private init(device: DeviceID, state: State, lastSeen: Instant?, battery: Double?) {
        self.device = device
        self.state = state
        self.lastSeen = lastSeen
        self.battery = battery
    }
}
