import Foundation
public import Rules

/// What a device's past says of its health. All of it is made from the journal: a restart loses nothing.
public struct DeviceHistory: Hashable, Sendable {
    /// How the charge of a battery goes down.
    public struct Battery: Hashable, Sendable {
        /// Days until `low`, by the middle of the slopes.
        public var days: Double
        /// Days at least, by the steepest slope that is likely (95 %).
        public var atLeast: Double
        /// Days at most, by the least slope that is likely.
        public var atMost: Double
    }

    /// Percent at which a battery is to be changed.
    public static let low = 20.0
    /// A rise by so many percent, from one reading to the next, is another battery: the trend begins again.
    public static let replaced = 20.0
    /// So many days with a reading a trend needs at least …
    public static let daysAtLeast = 5
    /// … over so many days.
    public static let spanAtLeast = 7.0
    /// How far back a battery is looked at.
    public static let batterySpan = TimeSpan.hours(24 * 180)
    /// How far back all else is looked at.
    public static let span = TimeSpan.hours(24 * 7)
    /// So often its availability, or one state, changes within an hour where it flaps.
    public static let flappingChanges = 10
    /// … or so often it comes within a minute, as the worst chattering alarms are looked for (ISA-18.2 and EEMUA 191) …
    static let chatteringStarts = 3
    /// … and that so often in the week: somebody who opens a door three times in a minute does not do so again and again.
    static let chatteringMinutes = 2

    /// Nil where there is not enough to say, or it does not go down.
    public var battery: Battery?
    /// How often it began anew in a week: its uptime went back.
    public var reboots = 0
    /// Its availability, or its states, that came and went too often in the week, by name.
    public var flapping: [String] = []
    /// Whether any did.
    public var isFlapping: Bool { !flapping.isEmpty }
    /// How often in a week it told, for one and the same moment of its own clock, two values that cannot both be so.
    public var contradictions = 0
    /// How often two gateways that hear it contradicted each other, since when that was first seen; 0 where not in the week.
    public var disagreements = 0

    /// A device of which nothing is known.
    public init() {}

    /// What events say.
    ///
    /// - Parameters:
    ///   - events: of one device, by their place in the journal.
    ///   - device: that device; its profile says which states are to come and go seldom.
    public init(
        _ events: [(key: StreamKey, event: Event)], of device: Device? = nil, at now: Instant
    ) {
        let known = events.filter { $0.event.freshness != .restored }
        battery = Self.battery(
            known.compactMap { key, event in
                guard key.capability == "device.battery", case .number(let level) = event.value,
                    event.effective <= now, now - event.effective <= Self.batterySpan
                else { return nil }
                return (event.effective, level)
            }, at: now)
        var last: [StreamKey: Event] = [:]
        var told: [StreamKey: [Instant: Value]] = [:]
        var changes: [StreamKey: Changes] = [:]
        for (key, event) in known where now - event.received <= Self.span {
            if key.capability == "device.uptime", case .number(let seconds) = event.value,
                case .number(let before)? = last[key]?.value, seconds < before
            {
                reboots += 1
            }
            if event.effective != event.received, event.kind == .state, event.value != .unknown {
                // A moment of the device's own: what it tells of it twice must be the same.
                if let other = told[key]?[event.effective], other != event.value {
                    contradictions += 1
                }
                told[key, default: [:]][event.effective] = event.value
            }
            if case .boolean(let isSo) = event.value, event.freshness == .live,
                let before = last[key]?.value, before != event.value, before != .unknown,
                Self.watches(key, event.kind, of: device)
            {
                changes[key, default: Changes()].take(
                    event.received, starts: isSo != (key.capability == "device.online"))
            }
            last[key] = event
        }
        flapping = changes.filter { $0.value.isTooOften }.map {
            $0.key.channel.isEmpty
                ? $0.key.capability.rawValue : "\($0.key.capability)[\($0.key.channel)]"
        }.sorted()
    }

    /// When one state changed.
    private struct Changes {
        var all: [Instant] = []
        var starts: [Instant] = []

        mutating func take(_ moment: Instant, starts isStart: Bool) {
            all.append(moment)
            if isStart { starts.append(moment) }
        }

        var isTooOften: Bool {
            let most = DeviceHistory.flappingChanges
            if all.indices.dropFirst(most - 1).contains(where: {
                all[$0] - all[$0 - most + 1] <= .hours(1)
            }) {
                return true
            }
            var minutes = 0
            var place = 0
            while place + DeviceHistory.chatteringStarts <= starts.count {
                let last = place + DeviceHistory.chatteringStarts - 1
                if starts[last] - starts[place] <= .minutes(1) {
                    minutes += 1
                    place = last + 1
                } else {
                    place += 1
                }
            }
            return minutes >= DeviceHistory.chatteringMinutes
        }
    }

    private static func watches(_ key: StreamKey, _ kind: ReadingKind, of device: Device?) -> Bool {
        let own = device?.capabilities.first {
            $0.capability == key.capability && ($0.isOfAnyChannel || $0.channel == key.channel)
        }
        return own?.watchesFlapping
            ?? DeviceCapability.usuallyWatchesFlapping(key.capability, kind)
    }

    /// Theil–Sen over the last reading of each day since the battery was changed.
    static func battery(
        _ readings: [(at: Instant, level: Double)], at now: Instant
    ) -> Battery? {
        var own: [(at: Instant, level: Double)] = []
        for reading in readings.sorted(by: { $0.at < $1.at }) {
            if let last = own.last, reading.level - last.level >= replaced { own = [] }
            own.append(reading)
        }
        func day(_ moment: Instant) -> Double {
            Double((moment - now).milliseconds) / 86_400_000
        }
        let daily = Dictionary(
            own.map { (day($0.at).rounded(.down), (x: day($0.at), y: $0.level)) },
            uniquingKeysWith: { _, later in later }
        ).values.sorted { $0.x < $1.x }
        guard daily.count >= daysAtLeast, let first = daily.first, let latest = daily.last,
            latest.x - first.x >= spanAtLeast, let trend = Trend(daily),
            trend.interval.upperBound < 0
        else { return nil }
        // x is now's distance, so the intercept is the charge now.
        let left = max(0, trend.intercept - low)
        return Battery(
            days: left / -trend.slope, atLeast: left / -trend.interval.lowerBound,
            atMost: left / -trend.interval.upperBound)
    }

    /// The histories of some devices, in their order.
    public static func all(
        _ devices: [Device], in reader: JournalReader, at now: Instant
    ) throws(JournalError) -> [DeviceHistory] {
        let streams = try reader.streams()
        let batteries = streams.filter { $0.key.capability == "device.battery" }
        let known = Dictionary(devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // What comes and goes all day says nothing of a device, and is most of what a home says: it is not read at all.
        let others = streams.filter {
            $0.key.capability == "device.uptime"
                || watches($0.key, $0.kind, of: known[$0.key.device])
        }
        let wanted = Set(devices.map(\.id))
        var events: [DeviceID: [(key: StreamKey, event: Event)]] = [:]
        for (chosen, span) in [(batteries, batterySpan), (others, Self.span)] {
            let own = chosen.filter { wanted.contains($0.key.device) }
            let keys = Dictionary(own.map { ($0.id, $0.key) }, uniquingKeysWith: { $1 })
            let range = (now - span)..<(now + TimeSpan(milliseconds: 1))
            for event in try reader.events(in: range, of: own, among: streams) {
                guard let key = keys[event.stream] else { continue }
                events[key.device, default: []].append((key, event))
            }
        }
        let disagreements = try reader.gatewayContradictions(since: now - Self.span)
        return devices.map { device in
            var history = DeviceHistory(events[device.id] ?? [], of: device, at: now)
            history.disagreements = disagreements[device.id] ?? 0
            return history
        }
    }
}

extension DeviceHealth {
    /// Whether somebody has to do something: it is silent or away, or its battery ends soon.
    public func needsHand(_ history: DeviceHistory) -> Bool {
        if state != .well { return true }
        if let battery, battery <= DeviceHistory.low { return true }
        return history.battery.map { $0.atLeast < 14 } ?? false
    }
}
