import Foundation
import Testing

@testable import Hub

/// Against NumPy, SciPy, lifelines and statsmodels; the references are made by Tests/References/measures.py.
@Suite("Statistics of use")
struct StatisticsTests {
    private struct References: Decodable {
        struct Quantiles: Decodable {
            var numbers: [Double]
            var expected: [String: Double]
        }
        struct Survivals: Decodable {
            var seconds: [Double]
            var censored: [Bool]
            var steps: [[Double]]
            var median: Double?
        }
        struct Trends: Decodable {
            var x: [Double]
            var y: [Double]
            var slope: Double
            var intercept: Double
            var low: Double
            var high: Double
        }
        struct Rhythms: Decodable {
            var hours: [Double]
            var stability: Double
            var variability: Double
        }
        struct Diversities: Decodable {
            var counts: [Int]
            var bits: Double
        }
        struct Proportions: Decodable {
            var count: Int
            var total: Int
            var low: Double
            var high: Double
        }
        struct Counts: Decodable {
            var counts: [Int]
            var mean: Double
            var dispersion: Double
        }
        var proportions: [Proportions]
        var counts: [Counts]
        var quantiles: [Quantiles]
        var survivals: [Survivals]
        var trends: [Trends]
        var rhythms: [Rhythms]
        var diversities: [Diversities]
    }

    private let references: References

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "measures.json")
        references = try JSONDecoder().decode(References.self, from: Data(contentsOf: file))
    }

    private func agree(_ left: Double?, _ right: Double?, _ what: String) {
        guard let left, let right else {
            #expect(left == nil && right == nil, "\(what): \(left as Any), \(right as Any)")
            return
        }
        #expect(abs(left - right) <= 1e-9 * max(1, abs(right)), "\(what): \(left), \(right)")
    }

    @Test("the interval of a share is SciPy's")
    func proportions() {
        #expect(references.proportions.count == 7)
        for reference in references.proportions {
            let interval = Proportion.wilson(reference.count, of: reference.total)
            agree(interval?.lowerBound, reference.low, "\(reference.count)/\(reference.total)")
            agree(interval?.upperBound, reference.high, "\(reference.count)/\(reference.total)")
        }
        #expect(Proportion.wilson(0, of: 0) == nil)
        #expect(Proportion.wilson(3, of: 2) == nil)
    }

    @Test("the dispersion of counts is statsmodels', and the interval grows with it")
    func counts() throws {
        #expect(references.counts.count == 5)
        for reference in references.counts {
            let mean = try #require(CountMean(reference.counts))
            agree(mean.mean, reference.mean, "mean of \(reference.counts.count)")
            agree(mean.dispersion, reference.dispersion, "dispersion")
            let poisson = UseMeasures.rate(
                reference.counts.reduce(0, +), over: Double(reference.counts.count))
            let width = mean.interval.upperBound - mean.interval.lowerBound
            #expect(mean.interval.contains(mean.mean))
            if reference.dispersion == 1 {
                agree(mean.interval.lowerBound, poisson.low, "low")
                agree(mean.interval.upperBound, poisson.high, "high")
            } else {
                #expect(width > poisson.high - poisson.low)
            }
        }
        #expect(CountMean([]) == nil)
    }

    @Test("quantiles are NumPy's")
    func quantiles() {
        #expect(references.quantiles.count == 5)
        for reference in references.quantiles {
            let sorted = reference.numbers.sorted()
            for (share, expected) in reference.expected {
                agree(
                    Double(share).flatMap { Quantile.linear($0, ofSorted: sorted) }, expected,
                    "\(share) of \(sorted.count)")
            }
        }
        #expect(Quantile.median([]) == nil)
    }

    @Test("the survival curve, its errors and its median are lifelines'")
    func survivals() {
        #expect(references.survivals.count == 6)
        for reference in references.survivals {
            let survival = Survival(
                zip(reference.seconds, reference.censored).map {
                    Survival.Duration(seconds: $0, isCensored: $1)
                })
            #expect(survival.steps.count == reference.steps.count)
            for (step, expected) in zip(survival.steps, reference.steps) {
                agree(step.seconds, expected[0], "time")
                agree(step.share, expected[1], "share at \(step.seconds)")
                agree(step.standardError, expected[2], "error at \(step.seconds)")
            }
            agree(survival.quantile(0.5), reference.median, "median of \(survival.count)")
        }
    }

    @Test("the trend and its interval are SciPy's")
    func trends() throws {
        #expect(references.trends.count == 4)
        for reference in references.trends {
            let trend = try #require(
                Trend(zip(reference.x, reference.y).map { (x: $0, y: $1) }))
            agree(trend.slope, reference.slope, "slope")
            agree(trend.intercept, reference.intercept, "intercept")
            agree(trend.interval.lowerBound, reference.low, "low")
            agree(trend.interval.upperBound, reference.high, "high")
        }
        #expect(Trend([(x: 1, y: 1), (x: 1, y: 2)]) == nil)
    }

    @Test("stability and variability are those of their formulas, computed by NumPy")
    func rhythms() {
        #expect(references.rhythms.count == 4)
        for reference in references.rhythms {
            let rhythm = DailyRhythm(reference.hours)
            agree(rhythm.interdailyStability, reference.stability, "stability")
            agree(rhythm.intradailyVariability, reference.variability, "variability")
        }
    }

    @Test("hours that nobody watched change neither figure of days that are all alike")
    func unwatchedHours() throws {
        let day = (0..<24).map { Double($0 % 12) }
        let whole = (0..<10).flatMap { _ in day }
        var holed: [Double?] = whole
        for hour in 50..<98 { holed[hour] = nil }
        let rhythm = DailyRhythm(holed)
        #expect(rhythm.observedHours == 192)
        agree(rhythm.interdailyStability, 1, "stability")
        agree(
            rhythm.interdailyStability, DailyRhythm(whole).interdailyStability, "with and without")
        // Taken for zeros, they would have made an irregular person of a regular one.
        let zeros = try #require(DailyRhythm(holed.map { $0 ?? 0 }).interdailyStability)
        #expect(zeros < 0.9)
    }

    @Test("what is not defined is not a number: too few hours, or hours that are all alike")
    func undefinedRhythms() {
        #expect(DailyRhythm([1, 2, 3]).interdailyStability == nil)
        let flat = DailyRhythm([Double](repeating: 4, count: 96))
        #expect(flat.interdailyStability == nil)
        #expect(flat.intradailyVariability == nil)
    }

    @Test("diversity is SciPy's entropy")
    func diversities() {
        #expect(references.diversities.count == 5)
        for reference in references.diversities {
            agree(Diversity.bits(reference.counts), reference.bits, "\(reference.counts)")
        }
        #expect(Diversity.bits([0, 0]) == nil)
    }
}
