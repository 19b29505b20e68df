/// Quantiles of numbers.
public enum Quantile {
    /// The quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan, "Sample Quantiles in
    /// Statistical Packages", The American Statistician 50 (1996), as NumPy and R have it by default.
    ///
    /// - Parameters:
    ///   - share: 0 … 1; 0.5 is the median.
    ///   - sorted: ascending.
    /// - Returns: nil where there are no numbers.
    public static func linear(_ share: Double, ofSorted sorted: [Double]) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let place = max(0, min(1, share)) * Double(last)
        let low = Int(place.rounded(.down))
        let high = min(low + 1, last)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }

    /// The middle of numbers; nil where there are none.
    public static func median(_ numbers: [Double]) -> Double? {
        linear(0.5, ofSorted: numbers.sorted())
    }
}
