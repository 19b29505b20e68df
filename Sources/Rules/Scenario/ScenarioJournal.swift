/// What happens in a scenario in the order in which the hub meets it.
struct ScenarioJournal {
    /// One thing that the hub meets.
    enum Entry {
        case event(Scenario.Reading, effective: Instant, freshness: Freshness)
        case answer(Scenario.Answer)
        /// The hub is stopped: its state is what its checkpoint says.
        case stop
        /// The hub runs again; nil where it had not been away.
        case start(down: Instant?)
    }

    /// Each with the hub's clock, which never goes back.
    private(set) var entries: [(received: Instant, entry: Entry)] = []

    /// A device's clock may be ahead of the hub's by so much; a time beyond is not used.
    static let aheadAtMost = TimeSpan.minutes(5)

    init(_ scenario: Scenario) {
        // Rank: at one instant the hub stops, starts again, is given what waited, and then what comes now.
        var rows: [(received: Instant, rank: Int, entry: Entry)] = []
        var outages: [(from: Instant, to: Instant)] = []
        for fault in scenario.faults {
            switch fault {
            case .hubDown(let from, let to):
                outages.append((from, to))
                rows.append((from, 0, .stop))
                rows.append((to, 1, .start(down: from)))
            case .restart(let at):
                rows.append((at, 0, .stop))
                rows.append((at, 1, .start(down: nil)))
            case .late, .clockOff, .lost:
                break
            }
        }
        for reading in scenario.readings {
            guard let arrival = Self.arrival(of: reading, in: scenario) else { continue }
            var received = arrival.received
            var rank = 3
            if let outage = outages.first(where: { $0.from <= received && received < $0.to }) {
                received = outage.to
                rank = 2
            }
            let (effective, freshness) = Self.times(
                reading, occurred: arrival.occurred, received: received,
                clock: scenario.clocks[reading.stream.device] ?? .none)
            rows.append(
                (received, rank, .event(reading, effective: effective, freshness: freshness)))
        }
        rows += scenario.answers.map { ($0.at, 4, .answer($0)) }
        entries = rows.enumerated().sorted {
            ($0.element.received, $0.element.rank, Self.made($0.element.entry), $0.offset)
                < ($1.element.received, $1.element.rank, Self.made($1.element.entry), $1.offset)
        }.map { ($0.element.received, $0.element.entry) }
    }

    /// What waited at the broker comes in the order in which it was said.
    private static func made(_ entry: Entry) -> Instant {
        if case .event(let reading, _, _) = entry { return reading.at }
        return .distantPast
    }

    /// When a reading reaches the hub, and what its device's clock showed; nil where it is lost.
    private static func arrival(
        of reading: Scenario.Reading, in scenario: Scenario
    ) -> (received: Instant, occurred: Instant?)? {
        var received = reading.at + reading.delay
        var occurred = reading.at
        for fault in scenario.faults {
            switch fault {
            case .late(let devices, let by) where devices.contains(reading):
                received = received + by
            case .clockOff(let devices, let by) where devices.contains(reading):
                occurred = occurred + by
            case .lost(let devices) where devices.contains(reading):
                return nil
            default: break
            }
        }
        let hasClock = scenario.clocks[reading.stream.device]?.isOwn ?? false
        return (received, hasClock ? occurred : nil)
    }

    /// The effective time and freshness, as the hub's intake fixes them.
    private static func times(
        _ reading: Scenario.Reading, occurred: Instant?, received: Instant,
        clock: Scenario.DeviceClock
    ) -> (Instant, Freshness) {
        if reading.isRetained { return (received, .restored) }
        guard let occurred, occurred - received <= aheadAtMost else { return (received, .live) }
        let isLate = received - occurred > clock.maximumAge
        return (min(occurred, received), isLate ? .late : .live)
    }
}
