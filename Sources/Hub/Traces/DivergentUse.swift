import Rules

/// A use that lies outside of what its device presumes (`UseScript`): something to talk about with the person, who may have every
/// reason for it. It is told use by use; nothing is counted against anybody, and it stands in no table of measures.
public struct DivergentUse: Hashable, Sendable {
    /// In what a use lies outside.
    public enum Way: String, Hashable, Sendable, CaseIterable {
        /// It began at other hours.
        case hours
        /// It was shorter.
        case shorter
        /// It was longer, as far as it was seen.
        case longer
        /// That day there were more uses, and this is one of those beyond.
        case oftener
        /// Another thing was used.
        case thing
        /// Somebody helped.
        case helped
    }

    /// The use.
    public var use: Use
    /// In what it lies outside, in the order of `Way`.
    public var ways: [Way]

    /// The uses that lie outside of a script.
    ///
    /// - Parameters:
    ///   - uses: by their beginning. What an automation began is nobody's use.
    ///   - observed: what lies outside of watched time is left out, as in the measures.
    ///   - locality: where the residence is: its days and hours.
    static func all(
        _ uses: [Use], script: UseScript, observed: Observability, locality: Locality
    ) -> [DivergentUse] {
        guard !script.isEmpty else { return [] }
        var counts: [Int64: Int] = [:]
        return uses.compactMap { use in
            guard use.support != .automatic, observed.end(ofWatchAt: use.from) != nil else {
                return nil
            }
            let day = locality.zone.day(at: use.from)
            counts[day, default: 0] += 1
            let isWithin: (Way) -> Bool = { way in
                switch way {
                case .hours: script.hours?.state(at: use.from, in: locality).inside ?? true
                // What has no length, or of which the end was not seen, was not short.
                case .shorter:
                    use.isCensored || use.to == use.from
                        || script.atLeast.map { use.to - use.from >= $0 } ?? true
                case .longer: script.atMost.map { use.to - use.from <= $0 } ?? true
                case .oftener: script.aDay.map { counts[day] ?? 0 <= $0 } ?? true
                case .thing:
                    use.what.isEmpty || script.things.isEmpty || script.things.contains(use.what)
                case .helped: !script.isAlone || use.support != .helped
                }
            }
            let ways = Way.allCases.filter { !isWithin($0) }
            return ways.isEmpty ? nil : DivergentUse(use: use, ways: ways)
        }
    }
}
