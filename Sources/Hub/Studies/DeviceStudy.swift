import Rules

/// What a study holds of one device: its readings, uses and measures, of the time that people agreed to.
struct DeviceStudy {
    let selected: SelectedDevice
    /// By when they happened.
    let events: [(key: StreamKey, event: Event)]
    let observed: Observability
    let uses: [Use]

    init(
        _ selected: SelectedDevice, reader: JournalReader, streams: [StreamRecord],
        down: [Range<Instant>]
    ) throws(JournalError) {
        self.selected = selected
        let id = selected.device.id
        // Nothing comes before it happens, so what came before the study's time is none of its business.
        let own = streams.filter { $0.key.device == id }
        let keys = Dictionary(
            own.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        let all = try reader.events(
            in: selected.period.lowerBound ..< .distantFuture, of: own, among: streams)
        var events: [(key: StreamKey, event: Event)] = []
        events.reserveCapacity(all.count)
        for event in all {
            guard selected.period.contains(event.effective),
                !selected.leavesOut(event.effective), let key = keys[event.stream]
            else { continue }
            events.append((key, event))
        }
        events.sort {
            ($0.event.effective, $0.event.sequence) < ($1.event.effective, $1.event.sequence)
        }
        self.events = events
        observed = Self.observed(selected, events, down, in: selected.period)
        uses = UseEpisodes.uses(
            events, observed: observed, power: selected.device.powerUse)
    }

    static func observed(
        _ selected: SelectedDevice, _ events: [(key: StreamKey, event: Event)],
        _ down: [Range<Instant>], in period: Range<Instant>
    ) -> Observability {
        Observability(
            heard: events.filter {
                $0.event.freshness != .restored && $0.key.capability != "device.online"
            }.map(\.event.effective), silentAfter: selected.device.silentAfter, down: down,
            closed: selected.closed, in: period)
    }

    /// The measures of a part of the study's time.
    func measures(in period: Range<Instant>, down: [Range<Instant>]) -> UseMeasures {
        UseMeasures(
            device: selected.device.id, uses: uses.filter { period.contains($0.from) },
            observed: period == selected.period
                ? observed : Self.observed(selected, events, down, in: period),
            zone: selected.zone)
    }
}

extension UseMeasures {
    /// One measure as a row has it.
    struct Named {
        var measure: String
        var value: Double
        var low: Double?
        var high: Double?
    }

    /// Its values by the names that a protocol knows them by.
    ///
    /// - Parameter end: the end of the time that was measured.
    func named(until end: Instant) -> [Named] {
        func one(_ name: String, _ value: Double?) -> Named? {
            value.map { Named(measure: name, value: $0) }
        }
        func one(_ name: String, _ estimate: Estimate?) -> Named? {
            estimate.map {
                Named(measure: name, value: $0.value, low: $0.low, high: $0.high)
            }
        }
        return [
            one("coverage", coverage), one("uses_per_day", usesPerDay),
            one("days_with_use", daysWithUse),
            medianSeconds.map {
                Named(measure: "median_s", value: $0, low: nil, high: nil)
            },
            one("stability", stability), one("variability", variability),
            one("diversity_bits", diversity), one("weekly_change", weeklyChange),
            one("quiet", quietSince.map { Double((end - $0).milliseconds) / 86_400_000 }),
        ].compactMap { $0 }
    }
}
