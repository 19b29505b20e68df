/// The slope of a line through points that a few odd ones do not pull: the median of the slopes of all pairs (Theil
/// 1950; Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", JASA 63 (1968)).
public struct Trend: Hashable, Sendable {
    /// The slope, in units of y per unit of x.
    public let slope: Double
    /// Where the line meets x = 0: the median of y less the slope times the median of x.
    public let intercept: Double
    /// The interval that holds the slope with the confidence asked for (Sen 1968).
    public let interval: ClosedRange<Double>

    /// The line through points.
    ///
    /// - Parameters:
    ///   - points: at most some thousands: every pair is looked at.
    ///   - z: the normal quantile of the confidence; 1.96 for 95 %.
    /// - Returns: nil where fewer than two points differ in x.
    public init?(_ points: [(x: Double, y: Double)], z: Double = 1.959963984540054) {
        var slopes: [Double] = []
        for first in points.indices {
            for second in points.indices where points[second].x > points[first].x {
                slopes.append(
                    (points[second].y - points[first].y) / (points[second].x - points[first].x))
            }
        }
        slopes.sort()
        guard let slope = Quantile.linear(0.5, ofSorted: slopes),
            let middleX = Quantile.median(points.map(\.x)),
            let middleY = Quantile.median(points.map(\.y))
        else { return nil }
        self.slope = slope
        intercept = middleY - slope * middleX
        let count = Double(points.count)
        func ties(_ values: [Double]) -> Double {
            Dictionary(grouping: values, by: \.self).values.reduce(0) {
                let number = Double($1.count)
                return $0 + number * (number - 1) * (2 * number + 5)
            }
        }
        let variance =
            (count * (count - 1) * (2 * count + 5) - ties(points.map(\.x))
                - ties(points.map(\.y))) / 18
        let spread = z * max(0, variance).squareRoot()
        let pairs = Double(slopes.count)
        let low = Int(((pairs - spread) / 2).rounded(.toNearestOrEven)) - 1
        let high = Int(((pairs + spread) / 2).rounded(.toNearestOrEven))
        let last = slopes.count - 1
        interval = slopes[max(0, min(last, low))]...slopes[max(0, min(last, high))]
    }
}
