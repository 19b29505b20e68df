extension UseMeasures {
    /// What is known of how far uses were on one's own. Uses that an automation began are nobody's, and count in none of it.
    public struct Support: Hashable, Sendable {
        /// Uses on one's own.
        public var alone: Int
        /// Uses with somebody's help.
        public var helped: Int
        /// Uses that an automation began.
        public var automatic: Int
        /// Uses of which it is not known.
        public var unknown: Int
        /// Those of them of which people say different things.
        public var contested: Int
        /// The share of which it is known whether somebody helped, 0 … 1; nil without uses.
        public var known: Double?
        /// The share on one's own, of those of which it is known, 0 … 1, with Wilson's interval.
        public var autonomy: Estimate?
        /// The least and the greatest share that is on one's own, whatever the unknown ones are: had all been helped, or none.
        public var autonomyBounds: ClosedRange<Double>?
        /// Prompts for each use, of the uses for which they are known.
        public var promptsPerUse: Estimate?
        /// For how many uses prompts are known.
        public var prompted: Int
        /// How the number of uses on one's own a watched day changes from week to week (Theil–Sen).
        public var appropriation: Estimate?
        /// Over how many weeks that is said.
        public var weeks: Int
        /// How many weeks were watched, but too few of their uses known.
        public var weeksLeftOut: Int

        /// A week of whose uses less is known tells of marking, not of use.
        public static let leastKnown = 0.8

        /// One week: how much of it was watched, in days, and its uses.
        struct Week {
            var days: Double
            var uses: [Use]

            /// Uses on one's own a watched day; nil where it was hardly watched, or where of too many uses it is not known.
            var alonePerDay: Double? {
                guard days >= UseMeasures.leastDays, !isHardlyKnown else { return nil }
                return Double(uses.count { $0.support == .alone }) / days
            }

            var isHardlyKnown: Bool {
                let own = uses.filter { $0.support != .automatic }
                let unknown = own.count { $0.support == .unknown }
                return Double(own.count - unknown) < Support.leastKnown * Double(own.count)
            }
        }

        init(_ uses: [Use], weeks all: [Week]) {
            func count(_ support: UseSupport) -> Int { uses.count { $0.support == support } }
            alone = count(.alone)
            helped = count(.helped)
            automatic = count(.automatic)
            unknown = count(.unknown)
            contested = uses.count(where: \.isContested)
            let told = alone + helped
            let ownUses = alone
            if told + unknown > 0 {
                let all = Double(told + unknown)
                known = Double(told) / all
                autonomyBounds = Double(alone) / all...Double(alone + unknown) / all
            }
            autonomy = Proportion.wilson(alone, of: told).map {
                Estimate(
                    value: Double(ownUses) / Double(told), low: $0.lowerBound, high: $0.upperBound)
            }
            let prompts = uses.compactMap(\.prompts)
            prompted = prompts.count
            promptsPerUse = CountMean(prompts).map {
                Estimate(
                    value: $0.mean, low: $0.interval.lowerBound, high: $0.interval.upperBound)
            }
            let points = all.enumerated().compactMap { index, week in
                week.alonePerDay.map { (x: Double(index), y: $0) }
            }
            weeks = points.count
            weeksLeftOut = all.count { $0.days >= UseMeasures.leastDays } - points.count
            // Where nothing is known of any use there is no zero to begin with.
            appropriation = told > 0 ? UseMeasures.slope(points) : nil
        }
    }
}
