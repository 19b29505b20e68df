import Foundation
public import Rules

/// What happened in a residence over a span: what devices said, episodes, alerts, and what nobody saw.
public struct ResidenceDay: Sendable {
    /// A stretch of something.
    public struct Stretch: Hashable, Sendable {
        /// From when.
        public var from: Instant
        /// To when, not within.
        public var to: Instant
        /// What, in short: a value, a rule, a trace, a reason.
        public var what: String
        /// The alert, where it is one.
        public var alert: AlertID?
        /// How much it matters, where it is an alert.
        public var priority: Priority?
    }

    /// One line of the picture.
    public struct Line: Hashable, Sendable {
        /// What kind of line.
        public enum Kind: String, Hashable, Sendable {
            case alerts, episodes, device, blind
        }

        /// What kind.
        public var kind: Kind
        /// The device, where it is one's.
        public var device: DeviceID?
        /// The trace, where it is one's.
        public var trace: TraceID?
        /// What happened, by time.
        public var stretches: [Stretch]
    }

    /// From when.
    public var from: Instant
    /// To when, not within.
    public var to: Instant
    /// The lines, from top to bottom.
    public var lines: [Line]

    /// The most events of a residence's day that are drawn; more make no clearer picture.
    public static let mostEvents = 50_000

    /// How many parts of a line a picture can show apart.
    static let finest: Int64 = 500

    /// From this power on something is in use, in watts: above what televisions and chargers draw while they wait.
    static let inUse = 10.0

    /// Reads a residence's day.
    ///
    /// - Parameters:
    ///   - now: nothing is drawn after this.
    ///   - closed: when a device's readings were not for care: what was stored for another purpose is not shown.
    public static func read(
        _ residence: ResidenceID, from: Instant, to: Instant, devices: [Device], now: Instant,
        closed: [DeviceID: [Observability.Blind]] = [:], reader: JournalReader
    ) throws(JournalError) -> ResidenceDay {
        let end = min(to, max(from, now))
        var lines: [Line] = []
        let alerts = try reader.alerts(
            AlertFilter(residences: [residence], from: from - .days(1), to: to), limit: 2000)
        let shown = alerts.filter { ($0.resolved ?? end) >= from }.sorted { $0.began < $1.began }
        let stretches = shown.map {
            Stretch(
                from: max(from, $0.began),
                to: max(min(end, $0.resolved ?? end), max(from, $0.began)),
                what: $0.rule.rawValue, alert: $0.id, priority: $0.priority)
        }
        lines += lanes(stretches).map { Line(kind: .alerts, stretches: $0) }
        var filter = EpisodeFilter(residence: residence)
        filter.span = from..<max(end, from + TimeSpan(milliseconds: 1))
        let episodes = try reader.episodes(filter, limit: 5000)
        for (trace, group) in Dictionary(grouping: episodes, by: \.trace).sorted(by: {
            $0.key < $1.key
        }) {
            lines.append(
                Line(
                    kind: .episodes, trace: trace,
                    stretches: group.map {
                        Stretch(
                            from: max(from, $0.start), to: min(end, $0.end ?? end),
                            what: $0.censored.map { "\(trace) (\($0.rawValue))" }
                                ?? trace.rawValue)
                    }))
        }
        lines += try deviceLines(residence, from, end, devices, closed, reader)
        lines.append(Line(kind: .blind, stretches: try blind(from, end, reader)))
        // Why one device's line is empty there; the same for all devices of a person.
        let reasons = Set(devices.flatMap { closed[$0.id] ?? [] }).sorted {
            ($0.from, $0.to, $0.reason.rawValue) < ($1.from, $1.to, $1.reason.rawValue)
        }
        let words = reasons.filter { $0.from < end }.map {
            Stretch(from: max(from, $0.from), to: min(end, $0.to), what: $0.reason.rawValue)
        }
        lines += lanes(words).filter { !$0.isEmpty }.map { Line(kind: .blind, stretches: $0) }
        return ResidenceDay(from: from, to: to, lines: lines)
    }

    /// Stretches that overlap go on lines of their own, so that none hides another.
    private static func lanes(_ stretches: [Stretch]) -> [[Stretch]] {
        var lanes: [[Stretch]] = []
        for stretch in stretches {
            if let free = lanes.firstIndex(where: { $0.last.map { $0.to <= stretch.from } ?? true })
            {
                lanes[free].append(stretch)
            } else if lanes.count < 12 {
                lanes.append([stretch])
            } else {
                lanes[11].append(stretch)
            }
        }
        return lanes.isEmpty ? [[]] : lanes
    }

    private static func deviceLines(
        _ residence: ResidenceID, _ from: Instant, _ end: Instant, _ devices: [Device],
        _ closed: [DeviceID: [Observability.Blind]], _ reader: JournalReader
    ) throws(JournalError) -> [Line] {
        let streams = try reader.streams()
        let keys = Dictionary(
            streams.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        let events = try reader.events(in: from..<max(end, from), limit: mostEvents) {
            $0.residence == residence && !$0.key.capability.rawValue.hasPrefix("device.")
                && !$0.key.capability.rawValue.hasPrefix("link.")
        }
        var byDevice: [DeviceID: [Event]] = [:]
        for event in events {
            guard let key = keys[event.stream] else { continue }
            byDevice[key.device, default: []].append(event)
        }
        return devices.compactMap { device in
            guard var own = byDevice[device.id] else { return nil }
            own = open(own, closed[device.id] ?? [])
            // A plug that is on says nothing; what is drawn through it does.
            let measuresPower = device.capabilities.contains { $0.capability == "power.active" }
            if measuresPower {
                own = own.compactMap { event in
                    guard keys[event.stream]?.capability == "power.active" else { return nil }
                    var event = event
                    event.kind = .state
                    switch event.value {
                    case .number(let watts): event.value = .boolean(watts >= inUse)
                    case .unknown: break
                    default: return nil
                    }
                    return event
                }
            }
            let stretches = merged(
                stretches(own.sorted { $0.effective < $1.effective }, from, end),
                closerThan: (end - from).milliseconds / finest)
            return stretches.isEmpty
                ? nil : Line(kind: .device, device: device.id, stretches: stretches)
        }
    }

    /// The events outside of closed times. What held when one began is not known from there on.
    static func open(_ events: [Event], _ closed: [Observability.Blind]) -> [Event] {
        guard !closed.isEmpty else { return events }
        var result = events.filter { event in
            !closed.contains { $0.from <= event.effective && event.effective < $0.to }
        }
        var streams: Set<StreamID> = []
        for event in events where event.kind == .state || event.kind == .measurement {
            guard streams.insert(event.stream).inserted else { continue }
            result += closed.map { part in
                var end = event
                end.effective = part.from
                end.value = .unknown
                return end
            }
        }
        return result
    }

    /// What a picture cannot show apart is one stretch; an hour's picture shows it apart.
    static func merged(_ stretches: [Stretch], closerThan gap: Int64) -> [Stretch] {
        var merged: [Stretch] = []
        for stretch in stretches {
            if let last = merged.last, last.what == stretch.what,
                (stretch.from - last.to).milliseconds < gap
            {
                merged[merged.count - 1].to = max(last.to, stretch.to)
            } else {
                merged.append(stretch)
            }
        }
        return merged
    }

    /// States become stretches while they are so; what happened becomes a point.
    private static func stretches(
        _ events: [Event], _ from: Instant, _ end: Instant
    ) -> [Stretch] {
        var stretches: [Stretch] = []
        var open: [StreamID: (from: Instant, what: String)] = [:]
        for event in events {
            let moment = min(max(event.effective, from), end)
            switch (event.kind, event.value) {
            case (.state, .boolean(true)):
                if open[event.stream] == nil { open[event.stream] = (moment, "on") }
            case (.state, .boolean(false)), (.state, .unknown):
                if let begun = open.removeValue(forKey: event.stream) {
                    stretches.append(Stretch(from: begun.from, to: moment, what: begun.what))
                }
            case (.measurement, _), (.health, _): continue
            default:
                stretches.append(
                    Stretch(from: moment, to: moment, what: event.value.plainText))
            }
        }
        for begun in open.values {
            stretches.append(Stretch(from: begun.from, to: end, what: begun.what))
        }
        return stretches.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// When the hub itself was not there.
    private static func blind(
        _ from: Instant, _ end: Instant, _ reader: JournalReader
    ) throws(JournalError) -> [Stretch] {
        try reader.gaps(from: from, to: end).map {
            Stretch(from: max(from, $0.from), to: min(end, $0.to), what: "hub_down")
        }
    }
}
