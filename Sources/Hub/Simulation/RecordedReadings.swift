public import Rules

/// A recorded home as readings, straight from the file: no broker, no profile, no journal.
///
/// A line is an event that was received at its own time and whose place in the journal is its number in the file, so
/// that evidence can be looked up there.
public struct RecordedReadings {
    private struct Route {
        var stream: StreamID
        var channel: RecordingMap.Channel
        /// What texts meant before: a channel says few different ones.
        var meanings: [ArraySlice<UInt8>: FieldValue] = [:]
    }

    private static let maximumMeanings = 1024

    /// The streams that the lines belong to, by number.
    public let streams: [(id: StreamID, key: StreamKey)]
    /// Lines of channels that the map leaves out.
    public private(set) var ignored = 0
    /// Lines of channels that the map does not know, by channel; 100 channels at most.
    public private(set) var unmapped: [String: Int] = [:]

    private var recording: Recording
    private let file: String
    private var faults = RecordingFaults()
    private var routeNumbers: [ArraySlice<UInt8>: Int] = [:]
    private var routes: [Route] = []
    private let ignoredChannels: Set<ArraySlice<UInt8>>
    private var latest = Instant.distantPast

    /// Opens a recording.
    public init(path: String, map: RecordingMap, zone: ZoneOffsets) throws(SimulationError) {
        recording = try Recording(path: path, zone: zone)
        file = path
        ignoredChannels = Set(map.ignored.map { Array($0.utf8)[...] })
        var streams: [(StreamID, StreamKey)] = []
        for device in map.devices {
            for channel in device.channels {
                let id = StreamID(rawValue: Int32(streams.count + 1))
                streams.append(
                    (
                        id,
                        StreamKey(
                            device: map.deviceID(of: device), capability: channel.field.capability)
                    ))
                routeNumbers[Array(channel.name.utf8)[...]] = routes.count
                routes.append(Route(stream: id, channel: channel))
            }
        }
        self.streams = streams
    }

    /// Lines read so far.
    public var lines: Int { recording.lines }

    /// All faults: of the file's lines and of their values.
    public var allFaults: (count: Int, first: [RecordingFaults.Fault]) {
        let first = (recording.faults.first + faults.first).sorted { $0.line < $1.line }
        return (recording.faults.count + faults.count, Array(first.prefix(RecordingFaults.kept)))
    }

    /// The next event of a device; nil at the end of the file.
    public mutating func next() throws(SimulationError) -> Event? {
        while let line = try recording.nextFields() {
            guard let number = routeNumbers[recording.bytes(line.channel)] else {
                leaveOut(line)
                continue
            }
            guard let value = meaning(of: line, number) else {
                faults.add(
                    file: file, line: line.line,
                    "\"\(recording.text(line.value).prefix(40))\" is nothing that "
                        + "\(routes[number].channel.name) can say"
                        + " (\(routes[number].channel.field.rawValue))")
                continue
            }
            latest = max(latest, line.at)
            return Event(
                sequence: SequenceNumber(rawValue: Int64(line.line)),
                stream: routes[number].stream, kind: routes[number].channel.field.kind,
                value: value.value, received: latest, effective: line.at, freshness: .live)
        }
        return nil
    }

    private mutating func meaning(of line: Recording.Line, _ number: Int) -> FieldValue? {
        if let known = routes[number].meanings[recording.bytes(line.value)] { return known }
        guard let value = routes[number].channel.value(of: recording.text(line.value)) else {
            return nil
        }
        if routes[number].meanings.count < Self.maximumMeanings {
            // A copy: the slice would hold the whole block.
            routes[number].meanings[Array(recording.bytes(line.value))[...]] = value
        }
        return value
    }

    private mutating func leaveOut(_ line: Recording.Line) {
        if ignoredChannels.contains(recording.bytes(line.channel)) {
            ignored += 1
            return
        }
        let channel = recording.text(line.channel)
        if unmapped[channel] != nil || unmapped.count < 100 {
            unmapped[channel, default: 0] += 1
        }
    }
}

extension RecordingMap {
    func deviceID(of device: Device) -> DeviceID {
        DeviceID(rawValue: "\(residence)/\(device.name)")
    }

    /// The recorded home as rules see it. Its devices can say what the map says that they say.
    public var home: Home {
        let id = ResidenceID(rawValue: residence)
        func room(_ name: String) -> RoomID { RoomID(rawValue: "\(residence)/\(name)") }
        return Home(
            residences: [
                Residence(
                    id: id, title: title, zone: zone,
                    rooms: rooms.map {
                        Rules.Room(id: room($0.id), title: $0.title, kind: $0.kind)
                    },
                    people: [PersonID(rawValue: "p1")])
            ],
            devices: devices.map { device in
                Rules.Device(
                    id: deviceID(of: device), name: device.name,
                    title: device.title
                        ?? LocalizedText(english: device.name, french: device.name),
                    residence: id, room: device.room.map(room), person: nil,
                    kind: device.kind ?? device.sort.kind, labels: device.labels,
                    profile: "recording",
                    capabilities: device.channels.map {
                        DeviceCapability(capability: $0.field.capability, kind: $0.field.kind)
                    },
                    silentAfter: nil)
            })
    }
}

extension RecordedSort {
    /// What such a device is to rules where the map does not say, as its profile says it.
    fileprivate var kind: String { self == .contact ? "door" : rawValue }
}

extension RecordedField {
    /// What the field is to rules.
    var capability: Capability {
        switch self {
        case .contact: "contact.open"
        case .motion: "presence.motion"
        case .power: "power.active"
        case .state: "switch.on"
        case .temperature: "env.temperature"
        case .humidity: "env.humidity"
        case .battery: "device.battery"
        case .online: "device.online"
        }
    }

    /// How it is to be understood in time.
    var kind: ReadingKind {
        switch self {
        case .contact, .motion, .state: .state
        case .power, .temperature, .humidity: .measurement
        case .battery, .online: .health
        }
    }
}

extension FieldValue {
    fileprivate var value: Value {
        switch self {
        case .flag(let flag): .boolean(flag)
        case .number(let number): .number(number)
        }
    }
}
