public import Rules

/// When a device was watched, and why not: everything that is said of its use is said of these spans. A device that died
/// is not one that is used no more.
public struct Observability: Hashable, Sendable {
    /// Why a device was not watched.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It had not been heard of yet.
        case unheard
        /// It was silent for longer than its profile expects: broken, out of reach, its battery empty.
        case silent
        /// The hub itself was down.
        case hubDown = "hub_down"
        /// The person paused.
        case paused
        /// Nobody agreed, or somebody said no.
        case noConsent = "no_consent"
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
    ///   - silentAfter: how long it may be silent; nil: for ever, once it was heard of.
    ///   - down: when the hub was down, ascending.
    ///   - closed: when it was not to be watched, ascending, apart from one another. It comes before all else: what was
    ///     not to be seen was not missed.
    public init(
        heard: [Instant], silentAfter: TimeSpan?, down: [Range<Instant>],
        closed: [Blind] = [], in period: Range<Instant>
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
        var at = period.lowerBound
        let first = lit.first?.lowerBound ?? .distantFuture
        for span in lit {
            let from = max(span.lowerBound, period.lowerBound)
            let to = min(span.upperBound, period.upperBound)
            guard from < to else { continue }
            if at < from { note(at..<from, from <= first ? .unheard : .silent) }
            split(from..<to, by: down)
            at = to
        }
        if at < period.upperBound {
            note(at..<period.upperBound, lit.isEmpty || at < first ? .unheard : .silent)
        }
    }

    private mutating func note(_ span: Range<Instant>, _ reason: Reason) {
        var at = span.lowerBound
        for part in closed where part.to > at && part.from < span.upperBound {
            if at < part.from { blind.append(Blind(from: at, to: part.from, reason: reason)) }
            at = max(at, part.from)
            let to = min(part.to, span.upperBound)
            blind.append(Blind(from: at, to: to, reason: part.reason))
            at = to
        }
        if at < span.upperBound {
            blind.append(Blind(from: at, to: span.upperBound, reason: reason))
        }
    }

    private mutating func see(_ span: Range<Instant>) {
        var at = span.lowerBound
        for part in closed where part.to > at && part.from < span.upperBound {
            if at < part.from { watched.append(at..<part.from) }
            at = max(at, part.from)
            let to = min(part.to, span.upperBound)
            blind.append(Blind(from: at, to: to, reason: part.reason))
            at = to
        }
        if at < span.upperBound { watched.append(at..<span.upperBound) }
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
