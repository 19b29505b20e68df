/// The mean of counts, such as prompts for each use, with an interval that grows where they vary more than chance makes them.
public struct CountMean: Hashable, Sendable {
    /// The mean.
    public let mean: Double
    /// By how much the counts vary more than a Poisson number does, at least 1: Pearson's χ² over its degrees of freedom (McCullagh and
    /// Nelder, Generalized Linear Models, 2nd edition 1989, 4.5).
    public let dispersion: Double
    /// The interval that holds the mean with 95 % confidence: that of a Poisson rate on the scale of its square root (Brown,
    /// Cai, DasGupta 2003), as if there were fewer counts by the dispersion.
    public let interval: ClosedRange<Double>

    /// - Returns: nil where there are no counts.
    public init?(_ counts: [Int]) {
        guard !counts.isEmpty else { return nil }
        let n = Double(counts.count)
        let sum = Double(counts.reduce(0, +))
        let mean = sum / n
        var dispersion = 1.0
        if counts.count > 1, mean > 0 {
            let squares = counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            dispersion = max(1, squares / mean / (n - 1))
        }
        self.mean = mean
        self.dispersion = dispersion
        let effective = sum / dispersion
        let time = n / dispersion
        let low = max(0, effective.squareRoot() - 0.98)
        let high = (effective + 0.375).squareRoot() + 0.98
        interval = low * low / time...high * high / time
    }
}
