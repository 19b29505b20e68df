import Rules

/// What a study holds of one device: its readings, uses and measures, of the time that people agreed to.
struct DeviceStudy {
    let selected: SelectedDevice
    /// By when they happened.
    let events: [(key: StreamKey, event: Event)]
    let observed: Observability
    let uses: [Use]

    init(
        _ selected: SelectedDevice, in run: StudyExportRun
    ) throws(JournalError) {
        self.selected = selected
        let id = selected.device.id
        events = try Self.events(selected, run)
        observed = Self.observed(selected, events, run.down, in: selected.period)
        // Who prompts has to take part as the device does.
        var prompters: [(key: StreamKey, event: Event)] = []
        for other in run.selection.devices
        where other.device.id != id && other.device.promptsFor.contains(id) {
            prompters += try Self.events(other, run, only: "usage.prompt")
        }
        uses = UseTelling(
            events, prompters: prompters,
            words: run.useWords.filter { $0.isAbout(id, of: selected.people) }
        ).told(
            UseEpisodes.uses(events, observed: observed, power: selected.device.powerUse))
    }

    private static func events(
        _ selected: SelectedDevice, _ run: StudyExportRun, only capability: Capability? = nil
    ) throws(JournalError) -> [(key: StreamKey, event: Event)] {
        // Nothing comes before it happens, so what came before the study's time is none of its business.
        let own = run.streams.filter {
            $0.key.device == selected.device.id
                && (capability == nil || $0.key.capability == capability)
        }
        guard !own.isEmpty else { return [] }
        let keys = Dictionary(
            own.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        let all = try run.reader.events(
            in: selected.period.lowerBound ..< .distantFuture, of: own, among: run.streams)
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
        return events
    }

    static func observed(
        _ selected: SelectedDevice, _ events: [(key: StreamKey, event: Event)],
        _ down: [Range<Instant>], in period: Range<Instant>
    ) -> Observability {
        Observability(
            events, of: selected.device, down: down,
            closed: Observability.merged(selected.closed, upon: selected.away), in: period)
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
            one("support_known", support.known), one("autonomy", support.autonomy),
            one("prompts_per_use", support.promptsPerUse),
            one("appropriation", support.appropriation),
        ].compactMap { $0 }
    }
}
