public import Rules

/// A recorded home as a series of publications: what each line of the recording says, its device says over
/// MQTT.
public struct RecordingSource: PublicationSource {
    /// Which time the payloads carry.
    public enum Times: String, Hashable, Sendable, CaseIterable {
        /// The recording's.
        case recorded
        /// That of publishing.
        case now
    }

    /// What of the recording is played.
    public struct Options: Hashable, Sendable {
        /// How the devices speak.
        public var convention: Convention
        /// Which time the payloads carry.
        public var times: Times
        /// Events before this one are left out.
        public var from: Instant?
        /// Events from this one on are left out.
        public var to: Instant?

        /// What of the recording is played.
        public init(
            convention: Convention, times: Times = .recorded, from: Instant? = nil,
            to: Instant? = nil
        ) {
            self.convention = convention
            self.times = times
            self.from = from
            self.to = to
        }
    }

    /// What became of the recording's lines.
    public struct Tally: Hashable, Sendable {
        /// Lines that a device said.
        public var said = 0
        /// Lines before `from` or after `to`.
        public var outside = 0
        /// Lines of channels that the map leaves out.
        public var ignored = 0
        /// Lines that the convention has no words for, by field.
        public var unspeakable: [String: Int] = [:]
        /// Lines of channels that the map does not know, by channel; 100 channels at most.
        public var unmapped: [String: Int] = [:]
    }

    private struct Route {
        var device: Int
        var channel: RecordingMap.Channel
    }

    /// What became of the lines so far.
    public private(set) var tally = Tally()
    /// Lines whose time or value could not be read.
    public private(set) var faults = RecordingFaults()

    private var recording: Recording
    private let file: String
    private let options: Options
    private let zone: ZoneOffsets
    private let routes: [String: Route]
    private let ignored: Set<String>
    private var voices: [DeviceVoice]
    private var current: (event: RecordedEvent, route: Route, value: FieldValue)?

    /// Opens a recording.
    public init(
        path: String, map: RecordingMap, zone: ZoneOffsets, options: Options
    ) throws(SimulationError) {
        recording = try Recording(path: path, zone: zone)
        file = path
        self.options = options
        self.zone = zone
        ignored = Set(map.ignored)
        voices = map.devices.map {
            DeviceVoice(
                convention: options.convention, base: map.base, name: $0.name, sort: $0.sort)
        }
        var routes: [String: Route] = [:]
        for (index, device) in map.devices.enumerated() {
            for channel in device.channels {
                routes[channel.name] = Route(device: index, channel: channel)
            }
        }
        self.routes = routes
    }

    /// All faults: of the file's lines and of their values.
    public var allFaults: (count: Int, first: [RecordingFaults.Fault]) {
        let first = (recording.faults.first + faults.first).sorted { $0.line < $1.line }
        return (
            recording.faults.count + faults.count, Array(first.prefix(RecordingFaults.kept))
        )
    }

    /// Lines read so far.
    public var lines: Int { recording.lines }

    /// Goes to the next line that a device says.
    public mutating func advance() throws(SimulationError) -> Instant? {
        while let event = try recording.next() {
            if let from = options.from, event.at < from {
                tally.outside += 1
                continue
            }
            if let to = options.to, event.at >= to {
                tally.outside += 1
                continue
            }
            guard let route = routes[event.channel] else {
                leaveOut(event)
                continue
            }
            guard let value = route.channel.value(of: event.value) else {
                faults.add(
                    file: file, line: event.line,
                    "\"\(event.value.prefix(40))\" is nothing that \(event.channel) can say"
                        + " (\(route.channel.field.rawValue))")
                continue
            }
            current = (event, route, value)
            return event.at
        }
        current = nil
        return nil
    }

    /// What the line's device publishes.
    public mutating func publications(now: Instant) -> [Publication] {
        guard let current else { return [] }
        let stamp = options.times == .recorded ? current.event.at : now
        let field = current.route.channel.field
        guard
            let publication = voices[current.route.device].say(
                field, current.value, at: stamp, zone: zone)
        else {
            tally.unspeakable[field.rawValue, default: 0] += 1
            return []
        }
        tally.said += 1
        return [publication]
    }

    private mutating func leaveOut(_ event: RecordedEvent) {
        if ignored.contains(event.channel) {
            tally.ignored += 1
        } else if tally.unmapped[event.channel] != nil || tally.unmapped.count < 100 {
            tally.unmapped[event.channel, default: 0] += 1
        }
    }
}
