/// How regular the hours of days are: interdaily stability and intradaily variability (Witting, Kwa, Eikelenboom,
/// Mirmiran and Swaab, "Alterations in the circadian rest-activity rhythm in aging and Alzheimer's disease", Biological
/// Psychiatry 27 (1990); Van Someren et al., Chronobiology International 16 (1999)).
///
/// Hours that nobody watched are left out: of the hours that were watched, the share of variance that the hour of the day
/// explains, and the mean square step from hour to hour over the variance.
public struct DailyRhythm: Hashable, Sendable {
    /// Interdaily stability IS, 0 (no rhythm) … 1 (each day like the other). nil where it is not defined: fewer than two
    /// days' worth of hours, or no variance.
    public let interdailyStability: Double?
    /// Intradaily variability IV, around 0 (a smooth wave) … 2 (noise) and above. nil where it is not defined.
    public let intradailyVariability: Double?
    /// How many hours were watched.
    public let observedHours: Int

    /// The rhythm of hourly amounts.
    ///
    /// - Parameters:
    ///   - hours: one amount for each hour, the first of them hour 0 of a day; nil for an hour that nobody watched.
    ///   - hoursInDay: 24.
    public init(_ hours: [Double?], hoursInDay: Int = 24) {
        let observed = hours.compactMap(\.self)
        observedHours = observed.count
        guard observed.count >= 2 * hoursInDay else {
            interdailyStability = nil
            intradailyVariability = nil
            return
        }
        let count = Double(observed.count)
        let mean = observed.reduce(0, +) / count
        let total = observed.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard total > 0 else {
            interdailyStability = nil
            intradailyVariability = nil
            return
        }
        var between = 0.0
        for hour in 0..<hoursInDay {
            let same = stride(from: hour, to: hours.count, by: hoursInDay).compactMap { hours[$0] }
            guard !same.isEmpty else { continue }
            let own = same.reduce(0, +) / Double(same.count)
            between += Double(same.count) * (own - mean) * (own - mean)
        }
        interdailyStability = between / total
        var pairs = 0.0
        var steps = 0.0
        for (before, after) in zip(hours, hours.dropFirst()) {
            guard let before, let after else { continue }
            pairs += 1
            steps += (after - before) * (after - before)
        }
        intradailyVariability = pairs > 0 ? (steps / pairs) / (total / count) : nil
    }
}
