public import Rules

/// Something of a device that somebody must come for, on one of its channels: of two buttons each is one.
public struct DeviceAlarm: Hashable, Sendable, CustomStringConvertible {
    /// What it is of.
    public var capability: Capability
    /// Which of several alike; empty for the only one.
    public var channel: String
    /// Stands for whichever channel its messages name; nobody said which there are.
    public var isOfAnyChannel: Bool

    /// An alarm of one channel.
    public init(_ capability: Capability, channel: String = "", isOfAnyChannel: Bool = false) {
        self.capability = capability
        self.channel = channel
        self.isOfAnyChannel = isOfAnyChannel
    }

    /// `alarm.sos`, or `button.press[2]`.
    public var description: String {
        channel.isEmpty ? capability.rawValue : "\(capability)[\(channel)]"
    }

    /// Whether one that was seen is this one.
    public func covers(_ seen: DeviceAlarm) -> Bool {
        capability == seen.capability && (isOfAnyChannel || channel == seen.channel)
    }
}

extension Device {
    /// What it can tell that somebody must come for, each channel for itself: its alarms but that of its own case, and the
    /// press of a call button.
    public var alarms: [DeviceAlarm] { capabilities.alarms(of: kind, channels: channels) }

    /// Those of its alarms that set off no rule of a plan.
    func alarms(unheardBy plan: Plan) -> [DeviceAlarm] {
        alarms.filter { plan.rulesHearing(stream(of: $0)).isEmpty }
    }

    /// The stream in which one of its alarms is told.
    func stream(of alarm: DeviceAlarm) -> StreamKey {
        StreamKey(device: id, capability: alarm.capability, channel: alarm.channel)
    }
}

extension DeviceProfile {
    /// What such a device can tell that somebody must come for.
    public var alarms: [DeviceAlarm] { capabilities.alarms(of: kind, channels: []) }
}

extension [DeviceCapability] {
    fileprivate func alarms(of kind: String, channels: [String]) -> [DeviceAlarm] {
        var found: [DeviceAlarm] = []
        for entry in self {
            let name = entry.capability.rawValue
            let isAlarm = name.hasPrefix("alarm.") && name != "alarm.tamper"
            guard isAlarm || name == "button.press" && kind == "call_button" else { continue }
            let own =
                entry.isOfAnyChannel && !channels.isEmpty
                ? channels.map { DeviceAlarm(entry.capability, channel: $0) }
                : [
                    DeviceAlarm(
                        entry.capability, channel: entry.channel,
                        isOfAnyChannel: entry.isOfAnyChannel)
                ]
            for alarm in own where !found.contains(alarm) { found.append(alarm) }
        }
        return found
    }
}
