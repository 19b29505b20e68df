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
        /// Uses that lie outside of what the device presumes, to talk about; never more than what they are.
        public var divergent: [DivergentUse]
    }

    /// When one device was watched for one purpose.
    public struct Watch: Sendable {
        /// Which device.
        public var device: Device
        /// Whom its readings are about.
        public var people: [PersonID]
        /// For what.
        public var purpose: Purpose
        /// When it was watched, and why not.
        public var observed: Observability
    }

    private let home: LoadedHome
    private let reader: JournalReader
    private let stays: Stays

    /// The use of a home's devices.
    ///
    /// - Parameter stays: where people lived when.
    public init(home: LoadedHome, reader: JournalReader, stays: Stays) {
        self.home = home
        self.reader = reader
        self.stays = stays
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
        let view = try view(of: period)
        let devices = home.home.devices.filter(choose)
        var results: [Result] = []
        for (index, device) in devices.enumerated() {
            guard let subject = view.subjects[device.id] else { continue }
            let all = try events(of: device.id, in: period, view.streams)
            let own = Self.open(all, but: view.closed(.care, subject))
            let observed = watched(device, subject, for: .care, own, view)
            var prompters: [(key: StreamKey, event: Event)] = []
            for other in home.home.devices
            where other.id != device.id && other.promptsFor.contains(device.id) {
                prompters += Self.open(
                    try events(of: other.id, in: period, view.streams, only: "usage.prompt"),
                    but: view.subjects[other.id].map { view.closed(.care, $0) } ?? [])
            }
            let people = subject.subject.people
            let telling = UseTelling(
                own, prompters: prompters,
                words: words.filter { $0.isAbout(device.id, of: people) })
            let uses = telling.told(
                UseEpisodes.uses(own, observed: observed, power: device.powerUse))
            results.append(
                Result(
                    device: device, observed: observed, uses: uses,
                    measures: UseMeasures(
                        device: device.id, uses: uses, observed: observed,
                        zone: subject.locality.zone),
                    divergent: DivergentUse.all(
                        uses, script: device.script, observed: observed,
                        locality: subject.locality)))
            progress(Double(index + 1) / Double(devices.count))
        }
        return results
    }

    /// When devices were watched for purposes, in the order of devices.yaml.
    ///
    /// - Parameters:
    ///   - period: by when things happened.
    ///   - choose: which devices.
    ///   - progress: called with the share that is done.
    public func watches(
        in period: Range<Instant>, for purposes: [Purpose], where choose: (Device) -> Bool,
        progress: (Double) -> Void = { _ in }
    ) throws(JournalError) -> [Watch] {
        let view = try view(of: period)
        let devices = home.home.devices.filter(choose)
        var watches: [Watch] = []
        for (index, device) in devices.enumerated() {
            guard let subject = view.subjects[device.id] else { continue }
            let all = try events(of: device.id, in: period, view.streams)
            for purpose in purposes {
                let own = Self.open(all, but: view.closed(purpose, subject))
                watches.append(
                    Watch(
                        device: device, people: subject.subject.people, purpose: purpose,
                        observed: watched(device, subject, for: purpose, own, view)))
            }
            progress(Double(index + 1) / Double(devices.count))
        }
        return watches
    }

    /// What all devices of a period have in common.
    private struct View {
        var period: Range<Instant>
        var streams: [StreamRecord]
        var down: [Range<Instant>]
        var consent: ConsentTimeline
        var subjects: [DeviceID: ConsentSubject]

        func closed(_ purpose: Purpose, _ subject: ConsentSubject) -> [Observability.Blind] {
            if case .study(let study) = purpose {
                return consent.closed(for: study, subject, in: period)
            }
            return consent.closed(purpose, subject, in: period)
        }
    }

    private func view(of period: Range<Instant>) throws(JournalError) -> View {
        View(
            period: period, streams: try reader.streams(),
            down: try reader.gaps(from: period.lowerBound, to: period.upperBound)
                .map { $0.from..<$0.to },
            consent: ConsentTimeline(
                try reader.consentEntries(), policy: home.configuration?.consent ?? .required),
            subjects: Dictionary(
                home.home.consentSubjects(zones: home.zones).map { ($0.subject.device, $0) },
                uniquingKeysWith: { first, _ in first }))
    }

    /// When a device was watched for a purpose, by those of its readings that are open for it.
    private func watched(
        _ device: Device, _ subject: ConsentSubject, for purpose: Purpose,
        _ open: [(key: StreamKey, event: Event)], _ view: View
    ) -> Observability {
        let absent = stays.absences(
            subject, of: device, in: view.period, zone: subject.locality.zone)
        return Observability(
            open, of: device, down: view.down,
            closed: Observability.merged(view.closed(purpose, subject), upon: absent),
            in: view.period)
    }

    /// The readings that lie in no closed time.
    private static func open(
        _ events: [(key: StreamKey, event: Event)], but closed: [Observability.Blind]
    ) -> [(key: StreamKey, event: Event)] {
        events.filter { told in
            !closed.contains { $0.from <= told.event.effective && told.event.effective < $0.to }
        }
    }

    /// One device's readings, by when they happened and not by when they came: what came late belongs to its own day. One device
    /// after the other, so that memory holds one.
    private func events(
        of device: DeviceID, in period: Range<Instant>, _ streams: [StreamRecord],
        only capability: Capability? = nil
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
            if let key = keys[event.stream] { own.append((key, event)) }
        }
        own.sort {
            ($0.event.effective, $0.event.sequence) < ($1.event.effective, $1.event.sequence)
        }
        return own
    }
}
