/// A day compared with the days before.
///
/// The node's list begins with two places of the day that runs, and goes on with the days that are over, oldest
/// first:
///
/// | place | time | place | key |
/// |---|---|---|---|
/// | 0 | when the day began; `never` where it is not watched from its beginning | ms that nobody watched | the metric so far; −1 for none |
/// | 1 | since when the signal is true; `never` | since when nobody watches; `never` | – |
/// | 2 … | when that day began | bit 0 observed, bit 1 differs | the metric |
extension Engine {
    /// A day of which more than a tenth was not watched is not compared, nor compared with.
    private static let blindShare: Int64 = 10

    mutating func baseline(_ node: Int32, _ measure: DayMeasure) {
        let list = Int(plan.listIndex[Int(node)])
        if lists[list].isEmpty { lists[list] = Self.freshDay(NodeState.never) }
        let source = child(node, 1)
        if stirred(source) { count(source, in: list, measure) }
        watch(node, list)
        let day = child(node, 0)
        guard stirred(day), value(day) == .yes else { return }
        close(node, list, measure)
        var today = Self.freshDay(step.restored ? NodeState.never : step.time)
        if measure.metric == .spent, value(source) == .yes { today[1].time = step.time }
        today[1].place = lists[list][1].place == NodeState.never ? NodeState.never : step.time
        lists[list].replaceSubrange(0..<2, with: today)
    }

    private static func freshDay(_ start: Int64) -> [TimedPlace] {
        [
            TimedPlace(time: start, place: 0, key: -1),
            TimedPlace(time: NodeState.never, place: NodeState.never),
        ]
    }

    private mutating func count(_ source: Int32, in list: Int, _ measure: DayMeasure) {
        let start = lists[list][0].time
        let isToday = start != NodeState.never && step.time >= start
        switch measure.metric {
        case .count:
            if isToday { lists[list][0].key = max(0, lists[list][0].key) + 1 }
        case .first:
            if isToday, lists[list][0].key < 0 { lists[list][0].key = step.time - start }
        case .last:
            if isToday { lists[list][0].key = max(lists[list][0].key, step.time - start) }
        case .spent:
            if value(source) == .yes {
                lists[list][1].time = step.time
            } else {
                addSpent(list)
                lists[list][1].time = NodeState.never
            }
        }
    }

    private mutating func addSpent(_ list: Int) {
        let start = lists[list][0].time
        let since = lists[list][1].time
        guard start != NodeState.never, since != NodeState.never, step.time > since else { return }
        lists[list][0].key = max(0, lists[list][0].key) + step.time - max(since, start)
    }

    /// Counts the time in which every device that could tell is dead.
    private mutating func watch(_ node: Int32, _ list: Int) {
        let alive = plan.childRange(node).dropFirst(2)
        let isBlind = !alive.isEmpty && alive.allSatisfy { value(plan.children[$0]) == .no }
        let since = lists[list][1].place
        if isBlind, since == NodeState.never {
            lists[list][1].place = step.time
        } else if !isBlind, since != NodeState.never {
            lists[list][0].place += max(0, step.time - since)
            lists[list][1].place = NodeState.never
        }
    }

    /// The hub was down: nobody watched.
    mutating func addBlindTime(_ span: Int64) {
        for node in plan.baselines {
            let list = Int(plan.listIndex[Int(node)])
            if !lists[list].isEmpty { lists[list][0].place += span }
        }
    }

    private mutating func close(_ node: Int32, _ list: Int, _ measure: DayMeasure) {
        let start = lists[list][0].time
        guard start != NodeState.never else { return }
        if measure.metric == .spent { addSpent(list) }
        var blind = lists[list][0].place
        if lists[list][1].place != NodeState.never { blind += step.time - lists[list][1].place }
        let isMoment = measure.metric == .first || measure.metric == .last
        var metric = lists[list][0].key
        let isObserved =
            blind * Self.blindShare <= step.time - start && (metric >= 0 || !isMoment)
        metric = max(0, metric)
        var differs: Bool?
        if isObserved { differs = self.differs(metric, list, measure) }
        lists[list].append(
            TimedPlace(
                time: start, place: (isObserved ? 1 : 0) | (differs == true ? 2 : 0), key: metric))
        while lists[list].count > 2 + measure.days { lists[list].remove(at: 2) }
        guard let differs else { return set(node, .unknown) }
        set(node, Truth(differs && row(list) >= measure.daysInRow))
    }

    /// Whether a day lies so many deviations off the median of the observed days before; nil where there are
    /// too few.
    private func differs(_ metric: Int64, _ list: Int, _ measure: DayMeasure) -> Bool? {
        let days = lists[list].dropFirst(2).filter { $0.place & 1 != 0 }.map(\.key)
        guard days.count >= measure.minimumDays else { return nil }
        let median = Self.doubledMedian(days)
        let spread = Self.doubledMedian(days.map { abs(2 * $0 - median) })
        // All in quarters, so that everything is whole. Where nearly all days are equal, a tenth of the median, and at
        // least half a time, or ten minutes, counts as spread. A moment is no amount: how far it lies from midnight says
        // nothing of how far it may move.
        let isMoment = measure.metric == .first || measure.metric == .last
        let share = isMoment ? 0 : 2 * abs(median) / 10
        let smallest: Int64 = measure.metric == .count ? 2 : 2_400_000
        let deviation = max(spread, share, smallest)
        let distance = (2 * metric - median) * (measure.isAbove ? 1 : -1)
        return Double(distance) * 2 * 1000 * 10_000
            > Double(deviation) * Double(measure.deviations) * 14_826
    }

    /// Twice the median, so that it is whole.
    private static func doubledMedian(_ numbers: [Int64]) -> Int64 {
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? 2 * sorted[middle] : sorted[middle - 1] + sorted[middle]
    }

    /// How many observed days differ in a row, the latest first. A day that nobody watched neither counts
    /// nor breaks the row.
    private func row(_ list: Int) -> Int {
        var count = 0
        for day in lists[list].dropFirst(2).reversed() where day.place & 1 != 0 {
            guard day.place & 2 != 0 else { return count }
            count += 1
        }
        return count
    }
}
