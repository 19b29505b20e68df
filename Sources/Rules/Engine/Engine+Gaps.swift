/// What the hub's having been down means to conditions and rules.
extension Engine {
    /// Gaps shorter than this are not told of: an upgrade is no blindness.
    public static let toldGap = TimeSpan.minutes(1)

    /// `on_gap: restart`: durations that run begin anew when the hub is back.
    mutating func restartTimes(at moment: Instant) {
        guard now != .distantPast else { return }
        let time = moment.milliseconds
        for node in plan.restartedByGap {
            let index = Int(node)
            switch plan.operations[index] {
            case .holding(let span, _):
                guard value(node) != .yes, states[index].mark != NodeState.never else { continue }
                states[index].mark = time
                states[index].last = NodeState.never
                timers.set(node, Instant(milliseconds: time + span))
            case .absence(let span):
                guard value(node) != .yes else { continue }
                states[index].mark = time
                timers.set(node, Instant(milliseconds: time + span))
            case .notFollowed:
                states[index].mark = NodeState.never
                timers.cancel(node)
                if plan.listIndex[index] >= 0 { lists[Int(plan.listIndex[index])] = [] }
            case .count, .sequence, .allOf, .spent:
                guard value(node) != .yes else { continue }
                lists[Int(plan.listIndex[index])] = []
            default: continue
            }
        }
    }

    /// Counts the gap where time is measured, and tells of it where a rule asks for that.
    mutating func noteGap(
        from: Instant, to: Instant, at entry: CommandEntry, into steps: inout Steps
    ) {
        addBlindTime(max(0, (to - from).milliseconds))
        guard to - from >= Self.toldGap, !plan.toldOfGaps.isEmpty else { return }
        begin(
            at: from, noticed: entry.received, late: true, restored: false, place: entry.sequence)
        for number in plan.toldOfGaps { tell(ofGapFrom: from, Int(number), into: &steps) }
    }
}

extension Value {
    /// The value as a stable number, to compare by; 0 for unknown.
    var key: Int64 {
        switch self {
        case .unknown: return 0
        case .boolean(let flag): return flag ? 1 : 2
        case .number(let number): return Int64(bitPattern: number.bitPattern)
        case .text(let text):
            var hash = StableHash()
            hash.mix(text)
            return Int64(bitPattern: hash.value)
        }
    }
}
