import Rules

/// One person's value of a measure.
struct MeasuredPerson {
    var person: String
    var kind: String
    var phase: String
    var measure: String
    var value: Double

    /// Quartiles over people, each with the median of their devices of a kind.
    ///
    /// - Parameter dropped: how many rows stood for fewer people than the threshold.
    static func aggregates(
        _ all: [MeasuredPerson], threshold: Int, dropped: inout Int
    ) -> [[String]] {
        let cells = Dictionary(grouping: all) { [$0.kind, $0.phase, $0.measure] }
        var rows: [[String]] = []
        for (cell, values) in cells.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let own = Dictionary(grouping: values) { $0.person }.values
                .compactMap { Quantile.median($0.map(\.value)) }.sorted()
            guard own.count >= threshold else {
                dropped += 1
                continue
            }
            let quartiles = [0.25, 0.5, 0.75].compactMap {
                Quantile.linear($0, ofSorted: own).map { "\($0)" }
            }
            rows.append(cell + ["\(own.count)"] + quartiles)
        }
        return rows
    }
}
