/// A share of things that are so or not.
public enum Proportion {
    /// Wilson's score interval (Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927)); for
    /// small numbers it keeps what it promises, and stays within 0 … 1 (Brown, Cai and DasGupta, "Interval Estimation for a
    /// Binomial Proportion", Statistical Science 16 (2001)).
    ///
    /// - Parameters:
    ///   - count: how many are so, 0 … `total`.
    ///   - z: the normal quantile of the confidence; 1.96 for 95 %.
    /// - Returns: nil where there is nothing.
    public static func wilson(
        _ count: Int, of total: Int, z: Double = 1.959963984540054
    ) -> ClosedRange<Double>? {
        guard total > 0, (0...total).contains(count) else { return nil }
        let n = Double(total)
        let share = Double(count) / n
        let square = z * z
        let middle = (share + square / (2 * n)) / (1 + square / n)
        let spread =
            z / (1 + square / n)
            * (share * (1 - share) / n + square / (4 * n * n)).squareRoot()
        return max(0, middle - spread)...min(1, middle + spread)
    }
}
