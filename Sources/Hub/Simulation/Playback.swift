public import Rules

/// How fast a series is played.
public enum PlaybackSpeed: Hashable, Sendable {
    /// As fast as the broker takes it.
    case maximum
    /// So many times as fast as it happened; above 0.
    case times(Double)

    /// Reads `max`, or a number above 0, with an optional `x` behind it; nil where it is neither.
    public init?(text: String) {
        if text == "max" {
            self = .maximum
            return
        }
        let number = text.hasSuffix("x") ? String(text.dropLast()) : text
        guard let factor = Double(number), factor.isFinite, factor > 0, factor <= 1_000_000 else {
            return nil
        }
        self = .times(factor)
    }
}

/// Says when a series' moments are due.
public struct Pacer: Sendable {
    private enum Mode {
        /// Nothing waits.
        case atOnce
        /// From the first moment on, so many times as fast.
        case fromFirst(Double)
        /// When the clock, which runs so many times as fast, shows the moment.
        case byClock(Double)
    }

    private let mode: Mode
    private let clock: Clock
    private let longestGap: TimeSpan?
    private var origin: Instant?
    private var previous: Instant?
    /// The series' own time that gaps have not taken out.
    private var elapsed = TimeSpan.zero

    /// Plays a series at a speed, from its first moment on.
    ///
    /// - Parameters:
    ///   - speed: how fast.
    ///   - longestGap: a longer time without anything is played as long as this one; nil: as long as it is.
    ///   - clock: the clock that waiting is measured by.
    public init(speed: PlaybackSpeed, longestGap: TimeSpan? = nil, clock: Clock = .system) {
        mode =
            switch speed {
            case .maximum: .atOnce
            case .times(let factor): .fromFirst(factor)
            }
        self.clock = clock
        self.longestGap = longestGap
    }

    /// Plays a series whose moments are those of a clock that may itself run faster.
    ///
    /// - Parameters:
    ///   - clock: the clock that shows the series' moments.
    ///   - speed: how many of its seconds pass in one of ours.
    public init(following clock: Clock, speed: Double) {
        mode = .byClock(speed)
        self.clock = clock
        longestGap = nil
    }

    /// How long to wait, in real time, until a moment of the series is due; zero where it is.
    public mutating func delay(until moment: Instant) -> TimeSpan {
        let factor: Double
        switch mode {
        case .atOnce: return .zero
        case .byClock(let speed): return Self.real(moment - clock.now(), speed)
        case .fromFirst(let speed): factor = speed
        }
        if moment != previous {
            var step = previous.map { moment - $0 } ?? .zero
            if let longestGap { step = min(step, longestGap) }
            elapsed = elapsed + max(.zero, step)
            previous = moment
        }
        let start = origin ?? clock.now()
        origin = start
        return max(.zero, Self.real(elapsed, factor) - (clock.now() - start))
    }

    private static func real(_ span: TimeSpan, _ factor: Double) -> TimeSpan {
        // A recording's gaps may be years, a factor very small.
        let milliseconds = (Double(span.milliseconds) / factor).rounded(.up)
        return TimeSpan(milliseconds: Int64(min(max(milliseconds, 0), 1e15)))
    }
}

/// What came of playing a series.
public struct PlaybackResult: Hashable, Sendable {
    /// Messages published.
    public var published = 0
    /// Bytes of payload published.
    public var bytes = 0
    /// The series' time of the last step.
    public var reached: Instant?
    /// Whether the series was played to its end.
    public var isComplete = false
}

/// Plays a series: each step's publications when it is due. Blocks its thread, in the publisher's own waiting,
/// and looks often whether it is to stop.
///
/// - Parameters:
///   - source: what devices say.
///   - publisher: where it goes.
///   - pacer: when each step is due.
///   - clock: gives the time of publishing to the source.
///   - shouldStop: asked before each step, and at least five times a second while waiting.
///   - progress: told after each step.
/// - Returns: what was published; all of it is acknowledged.
public func play<Source: PublicationSource, Target: Publisher>(
    _ source: inout Source, to publisher: inout Target, pacer: Pacer, clock: Clock,
    shouldStop: () -> Bool, progress: (PlaybackResult) -> Void
) throws(SimulationError) -> PlaybackResult {
    var pacer = pacer
    var result = PlaybackResult()
    steps: while let moment = try source.advance() {
        while true {
            if shouldStop() { break steps }
            let delay = pacer.delay(until: moment)
            if delay <= .zero { break }
            try publisher.serve(for: min(delay, .milliseconds(200)))
        }
        for publication in source.publications(now: clock.now()) {
            try publisher.publish(publication)
            result.published += 1
            result.bytes += publication.payload.utf8.count
        }
        result.reached = moment
        progress(result)
    }
    result.isComplete = !shouldStop()
    try publisher.finish()
    return result
}
