public import Rules

/// Decides which readings are noise: equal values that say nothing new, and copies of one press. Deterministic: it
/// knows only what it was shown, and can be shown the journal's last events at start.
///
/// A press is never taken for a copy by its value alone, only where the profile names a counter or time that copies
/// share. An equal state, measurement or health reading is dropped only where the profile says so, and not for longer than
/// its `every`, so that a silent device does not look like one that repeats itself.
public struct RepeatFilter: Sendable {
    /// The most streams with a channel of the message's own that are remembered; beyond it nothing of a new
    /// one is dropped.
    public static let maximumVaryingStreams = 100_000
    /// What two gateways tell of one device within this time may be one and the same.
    public static let betweenGateways = TimeSpan.seconds(2)

    /// What becomes of a reading.
    public enum Verdict: Hashable, Sendable {
        /// It is stored.
        case kept
        /// It says nothing new.
        case noise
        /// Another gateway has just told otherwise: nobody knows yet which of them lags.
        case contradiction
    }

    fileprivate struct Memory: Sendable {
        var value: Value
        var effective: Instant
        var freshness: Freshness
        /// A press that is told as a level, and whose end did not come yet. Not known after a start: then the next one
        /// counts, for a call that is told twice is better than one that is not told.
        var isHeld = false
        /// Marks of the latest presses, oldest first; copies of two presses may come mixed.
        var marks: [(mark: UInt64, value: Value, received: Instant)] = []
    }

    private var fixed: [Memory?]
    private var varying: [StreamKey: Memory] = [:]
    /// Of streams of devices that several gateways hear; no other costs anything.
    private var gateways: [StreamKey: GatewayMemory] = [:]
    private let devices: [DeviceID]

    /// A filter that has not seen anything yet.
    public init(_ directory: DeviceDirectory) {
        fixed = Array(repeating: nil, count: directory.streams.count)
        devices = directory.devices.map(\.id)
        places = Dictionary(
            directory.streams.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }
        )
    }

    private let places: [StreamKey: Int]

    /// Tells it the last stored event of a stream, at start. Streams of devices that are gone are left out.
    public mutating func seed(
        _ key: StreamKey, value: Value, effective: Instant, freshness: Freshness = .live
    ) {
        let memory = Memory(value: value, effective: effective, freshness: freshness)
        if let place = places[key] {
            fixed[place] = memory
        } else if varying.count < Self.maximumVaryingStreams {
            varying[key] = memory
        }
    }

    /// Whether a reading is to be stored. One that is becomes the last of its stream.
    ///
    /// - Parameter effective: its `effectiveTime`.
    public mutating func keeps(
        _ decoded: DecodedReading, received: Instant, effective: Instant
    ) -> Bool {
        verdict(on: decoded, received: received, effective: effective) == .kept
    }

    /// What becomes of a reading. One that is stored becomes the last of its stream.
    ///
    /// - Parameter effective: its `effectiveTime`.
    public mutating func verdict(
        on decoded: DecodedReading, received: Instant, effective: Instant
    ) -> Verdict {
        if decoded.address == 0 {
            return keepsOfOne(decoded, received, effective) ? .kept : .noise
        }
        let key = key(of: decoded)
        guard gateways[key] != nil || gateways.count < Self.maximumVaryingStreams else {
            return keepsOfOne(decoded, received, effective) ? .kept : .noise
        }
        let last = decoded.stream.map { fixed[$0]?.value } ?? varying[key]?.value
        let moment = decoded.reading.freshness == .late ? effective : received
        let verdict = gateways[key, default: GatewayMemory()].verdict(
            on: decoded, last: last, at: moment)
        guard verdict == .kept else {
            remember(decoded, received)
            return verdict
        }
        guard keepsOfOne(decoded, received, effective) else { return .noise }
        gateways[key]?.keep(decoded, last: last, at: moment)
        return .kept
    }

    private func key(of decoded: DecodedReading) -> StreamKey {
        StreamKey(
            device: devices[decoded.device], capability: decoded.reading.capability,
            channel: decoded.reading.channel)
    }

    private mutating func keepsOfOne(
        _ decoded: DecodedReading, _ received: Instant, _ effective: Instant
    ) -> Bool {
        if let place = decoded.stream {
            return Self.keeps(decoded, received, effective, &fixed[place])
        }
        let key = key(of: decoded)
        guard varying[key] != nil || varying.count < Self.maximumVaryingStreams else { return true }
        return Self.keeps(decoded, received, effective, &varying[key])
    }

    /// A radio sends one press several times, and each gateway passes on several: those after its first one are known by this.
    private mutating func remember(_ decoded: DecodedReading, _ received: Instant) {
        if let place = decoded.stream {
            fixed[place]?.remember(decoded, received)
        } else {
            varying[key(of: decoded)]?.remember(decoded, received)
        }
    }

    /// Takes in the end of a press that is told as a level.
    public mutating func reset(_ decoded: DecodedReading, received: Instant) {
        if decoded.address > 0,
            gateways[key(of: decoded)]?.releases(decoded, at: received) == false
        {
            return
        }
        if let place = decoded.stream {
            fixed[place]?.isHeld = false
        } else {
            varying[key(of: decoded)]?.isHeld = false
        }
    }

    private static func keeps(
        _ decoded: DecodedReading, _ received: Instant, _ effective: Instant,
        _ memory: inout Memory?
    ) -> Bool {
        let happens = decoded.reading.kind == .pulse || decoded.reading.kind == .usage
        // What is late belongs to the past, and is neither measured by the present nor becomes it.
        if decoded.reading.freshness == .late, !happens { return true }
        let isNoise =
            happens
            ? memory?.hasCopy(of: decoded, received) == true
                || decoded.repeats.untilReset && memory?.isHeld == true
            : memory?.hasEqual(decoded, effective)
        if isNoise == true { return false }
        if memory == nil {
            memory = Memory(
                value: decoded.reading.value, effective: effective,
                freshness: decoded.reading.freshness)
        } else {
            memory?.value = decoded.reading.value
            memory?.effective = effective
            memory?.freshness = decoded.reading.freshness
        }
        memory?.isHeld = decoded.repeats.untilReset
        memory?.remember(decoded, received)
        return true
    }
}

extension RepeatFilter.Memory {
    fileprivate func hasEqual(_ decoded: DecodedReading, _ effective: Instant) -> Bool {
        let elapsed = effective - self.effective
        return decoded.repeats.dropsEqual && elapsed >= .zero && elapsed < decoded.repeats.every
            && Self.isEqual(decoded.reading.value, value, decoded.repeats.changeMin)
            && (freshness == .live || decoded.reading.freshness == .restored)
    }

    fileprivate func hasCopy(of decoded: DecodedReading, _ received: Instant) -> Bool {
        guard let mark = decoded.copyMark, decoded.repeats.copyWindow > .zero else { return false }
        return marks.contains {
            let elapsed = received - $0.received
            return $0.mark == mark && $0.value == decoded.reading.value && elapsed >= .zero
                && elapsed < decoded.repeats.copyWindow
        }
    }

    fileprivate mutating func remember(_ decoded: DecodedReading, _ received: Instant) {
        guard let mark = decoded.copyMark, decoded.repeats.copyWindow > .zero else { return }
        if marks.count >= 16 { marks.removeFirst() }
        marks.append((mark, decoded.reading.value, received))
    }

    private static func isEqual(_ left: Value, _ right: Value, _ changeMin: Double) -> Bool {
        if case .number(let a) = left, case .number(let b) = right, changeMin > 0 {
            return abs(a - b) < changeMin
        }
        return left == right
    }
}
