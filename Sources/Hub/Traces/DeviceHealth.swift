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

    /// How each device of a home is.
    ///
    /// - Parameters:
    ///   - latest: the latest event of each stream.
    ///   - now: the hub's clock.
    public static func all(
        _ devices: [Device], latest: [(key: StreamKey, event: Event)], at now: Instant
    ) -> [DeviceHealth] {
        var events: [DeviceID: [(key: StreamKey, event: Event)]] = [:]
        for entry in latest { events[entry.key.device, default: []].append(entry) }
        return devices.map { device in
            let own = events[device.id] ?? []
            let isOffline = own.contains {
                $0.key.capability == "device.online" && $0.event.value == .boolean(false)
            }
            // What a restart of the broker told again is no sign of life.
            let seen =
                own.filter {
                    $0.key.capability != "device.online" && $0.event.freshness != .restored
                }.map(\.event.effective).max() ?? own.map(\.event.effective).max()
            var battery: Double?
            if case .number(let level)? = own.first(where: {
                $0.key.capability == "device.battery"
            })?.event.value {
                battery = level
            }
            let state: State
            if isOffline {
                state = .offline
            } else if let seen {
                state = device.silentAfter.map { now - seen > $0 } == true ? .silent : .well
            } else {
                state = .unheard
            }
            return DeviceHealth(
                device: device.id, state: state, lastSeen: seen, battery: battery)
        }
    }
}
