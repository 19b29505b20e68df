import Foundation

/// How many different things, and how evenly (Shannon, "A Mathematical Theory of Communication", 1948).
public enum Diversity {
    /// The entropy of counts in bits: 0 where all is of one kind, log2 of the number of kinds where each is as frequent.
    ///
    /// - Returns: nil where nothing was counted.
    public static func bits(_ counts: [Int]) -> Double? {
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        // In one order, so that the same counts give the same bits to the last place.
        return counts.filter { $0 > 0 }.sorted().reduce(0) {
            let share = Double($1) / Double(total)
            return $0 - share * log2(share)
        }
    }
}
