/// How long things last where the end of some was not seen: the product-limit estimate of Kaplan and Meier,
/// "Nonparametric Estimation from Incomplete Observations", JASA 53 (1958).
///
/// An episode whose end nobody saw counts for as long as it was seen, and is not taken for a short one.
public struct Survival: Hashable, Sendable {
    /// One length of time.
    public struct Duration: Hashable, Sendable {
        /// In seconds; at least 0.
        public var seconds: Double
        /// Whether it lasted at least so long, its end being unknown.
        public var isCensored: Bool

        /// One length of time, in seconds.
        public init(seconds: Double, isCensored: Bool) {
            self.seconds = seconds
            self.isCensored = isCensored
        }
    }

    /// One step of the curve: from this time on, this share lasts longer.
    public struct Step: Hashable, Sendable {
        /// In seconds.
        public var seconds: Double
        /// The share that lasts longer, 0 … 1.
        public var share: Double
        /// Its standard error, by Greenwood's formula.
        public var standardError: Double
    }

    /// The curve, by time. Empty where no end was seen.
    public let steps: [Step]
    /// How many lengths it was made from.
    public let count: Int
    /// How many of them are censored.
    public let censored: Int

    /// The curve of lengths, in any order. At equal times ends come before censorings, as is usual.
    public init(_ durations: [Duration]) {
        count = durations.count
        censored = durations.count(where: \.isCensored)
        let sorted = durations.sorted {
            ($0.seconds, $0.isCensored ? 1 : 0) < ($1.seconds, $1.isCensored ? 1 : 0)
        }
        var steps: [Step] = []
        var share = 1.0
        var variance = 0.0
        var index = 0
        while index < sorted.count {
            let time = sorted[index].seconds
            let atRisk = Double(sorted.count - index)
            var ended = 0.0
            while index < sorted.count, sorted[index].seconds == time {
                if !sorted[index].isCensored { ended += 1 }
                index += 1
            }
            guard ended > 0 else { continue }
            share *= (atRisk - ended) / atRisk
            if atRisk > ended { variance += ended / (atRisk * (atRisk - ended)) }
            steps.append(
                Step(
                    seconds: time, share: share, standardError: share * variance.squareRoot()))
        }
        self.steps = steps
    }

    /// The shortest time by which at least so large a share has ended; nil where the curve never comes so far, because
    /// too many ends were not seen.
    ///
    /// - Parameter share: 0 … 1; 0.5 gives the median.
    public func quantile(_ share: Double) -> Double? {
        // Products of fractions: what should be exactly one half may lie a rounding error above.
        steps.first { $0.share <= 1 - share + 1e-12 }?.seconds
    }
}
