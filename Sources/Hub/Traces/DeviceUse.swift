public import Rules

/// Reads from the journal what the measures of use are made of.
public struct DeviceUse: Sendable {
    /// One device: when it was watched, its uses, its measures.
    public struct Result: Sendable {
        /// Which device.
        public var device: Device
        /// When it was watched, and why not.
        public var observed: Observability
        /// Its uses.
        public var uses: [Use]
        /// What can be said of them.
        public var measures: UseMeasures
    }

    private let home: LoadedHome
    private let reader: JournalReader

    /// The use of a home's devices.
    public init(home: LoadedHome, reader: JournalReader) {
        self.home = home
        self.reader = reader
    }

    /// When a device first said something of itself, and last; nil for an empty journal.
    public func span() throws(JournalError) -> Range<Instant>? {
        var first: Instant?
        var last: Instant?
        let online = Set(
            try reader.streams().filter { $0.key.capability == "device.online" }.map(\.id))
        try reader.replay { entry in
            if case .event(let event) = entry, event.freshness != .restored,
                !online.contains(event.stream)
            {
                first = min(first ?? event.effective, event.effective)
                last = max(last ?? event.effective, event.effective)
            }
            return true
        }
        guard let first, let last else { return nil }
        return first..<(last + TimeSpan(milliseconds: 1))
    }

    /// The measures of devices, in the order of devices.yaml.
    ///
    /// - Parameters:
    ///   - period: by when things happened.
    ///   - choose: which devices.
    ///   - words: what people said of the support that uses had.
    ///   - progress: called with the share that is done.
    public func measures(
        in period: Range<Instant>, where choose: (Device) -> Bool, words: [UseWord] = [],
        progress: (Double) -> Void = { _ in }
    ) throws(JournalError) -> [Result] {
        let devices = home.home.devices.filter(choose)
        let streams = try reader.streams()
        let down = try reader.gaps(from: period.lowerBound, to: period.upperBound)
            .map { $0.from..<$0.to }
        let consent = ConsentTimeline(
            try reader.consentEntries(), policy: home.configuration?.consent ?? .required)
        let subjects = Dictionary(
            home.home.consentSubjects(zones: home.zones).map { ($0.subject.device, $0) },
            uniquingKeysWith: { first, _ in first })
        var results: [Result] = []
        for (index, device) in devices.enumerated() {
            let closed = subjects[device.id].map { consent.closed(.care, $0, in: period) } ?? []
            let own = try events(of: device.id, in: period, but: closed, streams)
            let heard = own.filter {
                $0.event.freshness != .restored && $0.key.capability != "device.online"
            }.map(\.event.effective)
            let observed = Observability(
                heard: heard, silentAfter: device.silentAfter, down: down, closed: closed,
                in: period)
            var prompters: [(key: StreamKey, event: Event)] = []
            for other in home.home.devices
            where other.id != device.id && other.promptsFor.contains(device.id) {
                prompters += try events(
                    of: other.id, in: period,
                    but: subjects[other.id].map { consent.closed(.care, $0, in: period) } ?? [],
                    streams, only: "usage.prompt")
            }
            let people = subjects[device.id]?.subject.people ?? []
            let telling = UseTelling(
                own, prompters: prompters,
                words: words.filter { $0.isAbout(device.id, of: people) })
            let uses = telling.told(
                UseEpisodes.uses(own, observed: observed, power: device.powerUse))
            let zone =
                home.home.residences.first { $0.id == device.residence }
                .flatMap { home.zones[$0.zone] } ?? .utc
            results.append(
                Result(
                    device: device, observed: observed, uses: uses,
                    measures: UseMeasures(
                        device: device.id, uses: uses, observed: observed, zone: zone)))
            progress(Double(index + 1) / Double(devices.count))
        }
        return results
    }

    /// One device's readings, by when they happened and not by when they came: what came late belongs to its own day. One device
    /// after the other, so that memory holds one.
    private func events(
        of device: DeviceID, in period: Range<Instant>, but closed: [Observability.Blind],
        _ streams: [StreamRecord], only capability: Capability? = nil
    ) throws(JournalError) -> [(key: StreamKey, event: Event)] {
        // Nothing comes before it happens.
        let chosen = streams.filter {
            $0.key.device == device && (capability == nil || $0.key.capability == capability)
        }
        let keys = Dictionary(
            chosen.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        guard !chosen.isEmpty else { return [] }
        let all = try reader.events(
            in: period.lowerBound ..< .distantFuture, of: chosen, among: streams)
        var own: [(key: StreamKey, event: Event)] = []
        for event in all where period.contains(event.effective) {
            guard let key = keys[event.stream],
                !closed.contains(where: {
                    $0.from <= event.effective && event.effective < $0.to
                })
            else { continue }
            own.append((key, event))
        }
        own.sort {
            ($0.event.effective, $0.event.sequence) < ($1.event.effective, $1.event.sequence)
        }
        return own
    }
}
