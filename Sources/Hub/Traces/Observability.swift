public import Rules

/// When a device was watched, and why not: everything that is said of its use is said of these spans. A device that died
/// is not one that is used no more.
public struct Observability: Hashable, Sendable {
    /// Why a device was not watched.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It had not been heard of yet.
        case unheard
        /// It was silent for longer than its profile expects: broken, or out of reach.
        case silent
        /// It was silent, and the last that it said of its battery was that it is low.
        case battery
        /// The hub itself was down.
        case hubDown = "hub_down"
        /// The person paused.
        case paused
        /// Nobody agreed, or somebody said no.
        case noConsent = "no_consent"
        /// Whom it tells of lived there no more, or not yet.
        case movedOut = "moved_out"
        /// Whom it tells of was away: a holiday, a hospital.
        case away
    }

    /// A time in which it was not watched.
    public struct Blind: Hashable, Sendable {
        /// From when.
        public var from: Instant
        /// To when, not within.
        public var to: Instant
        /// Why not.
        public var reason: Reason
    }

    /// When it was watched, in order, apart from one another.
    public private(set) var watched: [Range<Instant>] = []
    /// When not, in order.
    public private(set) var blind: [Blind] = []
    /// The period.
    public let period: Range<Instant>
    private var closed: [Blind] = []

    /// - Parameters:
    ///   - heard: when the device was heard of, ascending; what a broker had kept is no sign of life.
    ///   - batteries: what it said of its battery, ascending: whether it is to be changed.
    ///   - silentAfter: how long it may be silent; nil: for ever, once it was heard of.
    ///   - down: when the hub was down, ascending.
    ///   - closed: when it was not to be watched, ascending, apart from one another. It comes before all else: what was
    ///     not to be seen was not missed.
    public init(
        heard: [Instant], batteries: [(at: Instant, isLow: Bool)] = [], silentAfter: TimeSpan?,
        down: [Range<Instant>], closed: [Blind] = [], in period: Range<Instant>
    ) {
        self.period = period
        var lit: [Range<Instant>] = []
        for moment in heard where moment < period.upperBound {
            // The time before the first word is not known of; each word vouches for what follows.
            let end = silentAfter.map { moment + $0 } ?? .distantFuture
            if let last = lit.last, moment <= last.upperBound {
                lit[lit.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                lit.append(moment..<end)
            }
        }
        self.closed = closed.filter { $0.to > period.lowerBound && $0.from < period.upperBound }
        func silence(_ from: Instant) -> Reason {
            batteries.last { $0.at <= from }?.isLow == true ? .battery : .silent
        }
        var at = period.lowerBound
        let first = lit.first?.lowerBound ?? .distantFuture
        for span in lit {
            let from = max(span.lowerBound, period.lowerBound)
            let to = min(span.upperBound, period.upperBound)
            guard from < to else { continue }
            if at < from { note(at..<from, from <= first ? .unheard : silence(at)) }
            split(from..<to, by: down)
            at = to
        }
        if at < period.upperBound {
            note(at..<period.upperBound, lit.isEmpty || at < first ? .unheard : silence(at))
        }
    }

    /// A device's own words, and what is known of the time around them.
    ///
    /// - Parameters:
    ///   - events: of the device, by when they happened.
    ///   - down: when the hub was down, ascending.
    ///   - closed: when it was not to be watched.
    init(
        _ events: [(key: StreamKey, event: Event)], of device: Device, down: [Range<Instant>],
        closed: [Blind], in period: Range<Instant>
    ) {
        var heard: [Instant] = []
        var batteries: [(at: Instant, isLow: Bool)] = []
        var level: Double?
        var isCalledLow = false
        for (key, event) in events
        where event.freshness != .restored && key.capability != "device.online" {
            heard.append(event.effective)
            switch (key.capability, event.value) {
            case ("device.battery", .number(let percent)): level = percent
            case ("device.battery_low", .boolean(let isLow)): isCalledLow = isLow
            default: continue
            }
            let isLow = isCalledLow || level.map { $0 <= DeviceHistory.low } == true
            batteries.append((event.effective, isLow))
        }
        self.init(
            heard: heard, batteries: batteries, silentAfter: device.silentAfter, down: down,
            closed: closed, in: period)
    }

    /// Spans that are laid upon others: where both are, the upper ones' reason counts.
    static func merged(_ upper: [Blind], upon lower: [Blind]) -> [Blind] {
        guard !upper.isEmpty, !lower.isEmpty else { return upper + lower }
        var result = upper
        for span in lower where span.from < span.to {
            for part in stretches(of: span.from..<span.to, under: upper) where part.reason == nil {
                result.append(Blind(from: part.from, to: part.to, reason: span.reason))
            }
        }
        return result.sorted { $0.from < $1.from }
    }

    /// A stretch that goes on for the same reason is one.
    private mutating func hide(_ from: Instant, _ to: Instant, _ reason: Reason) {
        if let last = blind.last, last.to == from, last.reason == reason {
            blind[blind.count - 1].to = to
        } else {
            blind.append(Blind(from: from, to: to, reason: reason))
        }
    }

    /// The parts of a span in order: those that others lie upon, with the reason, and those between.
    private static func stretches(
        of span: Range<Instant>, under upper: [Blind]
    ) -> [(from: Instant, to: Instant, reason: Reason?)] {
        var parts: [(from: Instant, to: Instant, reason: Reason?)] = []
        var at = span.lowerBound
        for cover in upper where cover.to > at && cover.from < span.upperBound {
            if at < cover.from { parts.append((at, cover.from, nil)) }
            let from = max(at, cover.from)
            at = min(cover.to, span.upperBound)
            parts.append((from, at, cover.reason))
        }
        if at < span.upperBound { parts.append((at, span.upperBound, nil)) }
        return parts
    }

    private mutating func note(_ span: Range<Instant>, _ reason: Reason) {
        for part in Self.stretches(of: span, under: closed) {
            hide(part.from, part.to, part.reason ?? reason)
        }
    }

    private mutating func see(_ span: Range<Instant>) {
        for part in Self.stretches(of: span, under: closed) {
            if let reason = part.reason {
                hide(part.from, part.to, reason)
            } else {
                watched.append(part.from..<part.to)
            }
        }
    }

    private mutating func split(_ span: Range<Instant>, by down: [Range<Instant>]) {
        var at = span.lowerBound
        for gap in down where gap.upperBound > at && gap.lowerBound < span.upperBound {
            let from = max(gap.lowerBound, at)
            let to = min(gap.upperBound, span.upperBound)
            if at < from { see(at..<from) }
            note(from..<to, .hubDown)
            at = to
        }
        if at < span.upperBound { see(at..<span.upperBound) }
    }

    /// How much of a span was watched.
    public func watched(in span: Range<Instant>) -> TimeSpan {
        var sum = TimeSpan.zero
        for part in watched {
            let from = max(part.lowerBound, span.lowerBound)
            let to = min(part.upperBound, span.upperBound)
            if from < to { sum = sum + (to - from) }
        }
        return sum
    }

    /// The share of the period that was watched, 0 … 1.
    public var coverage: Double {
        let all = (period.upperBound - period.lowerBound).milliseconds
        return all > 0 ? Double(watched(in: period).milliseconds) / Double(all) : 0
    }

    /// When the watching that goes on at a moment ends; nil where nothing is watched then.
    public func end(ofWatchAt moment: Instant) -> Instant? {
        watched.first { $0.contains(moment) }?.upperBound
    }
}
