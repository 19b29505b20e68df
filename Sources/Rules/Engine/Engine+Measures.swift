/// Operators that measure: a deadline kept or not, a rate, time in all.
extension Engine {
    // MARK: Deadline

    /// `no: E, during: W`. `mark` is when the window began, `never` where it is not watched from its beginning;
    /// `last` is when the event came last.
    mutating func missed(_ node: Int32) {
        let index = Int(node)
        let window = child(node, 0)
        let event = child(node, 1)
        if stirred(event) {
            states[index].last = max(states[index].last, step.time)
            states[index].evidence = place(event)
            // In time, or after all.
            if value(node) != .no, step.time >= states[index].mark { set(node, .no) }
        }
        guard stirred(window) else { return }
        if value(window) == .yes {
            // Where the watch begins within the window, the event may have come before.
            states[index].mark = step.restored ? NodeState.never : step.time
            set(node, step.restored && states[index].last == NodeState.never ? .unknown : .no)
        } else if states[index].mark != NodeState.never {
            let came = states[index].last >= states[index].mark
            let alive = plan.childRange(node).dropFirst(2)
            let isBlind =
                !alive.isEmpty && alive.allSatisfy { value(plan.children[$0]) == .no }
            states[index].mark = NodeState.never
            set(node, came ? .no : isBlind || blinded[index] > 0 ? .unknown : .yes)
        }
    }

    // MARK: Rate

    private static let maximumSamples: Int64 = 24

    mutating func measureRate(_ node: Int32, _ event: Event, _ limit: RateLimit, over: Int64) {
        let list = Int(plan.listIndex[Int(node)])
        guard case .number(let number) = event.value else { return forgetRate(node) }
        let sample = TimedPlace(
            time: step.time, place: event.sequence.rawValue,
            key: Int64(bitPattern: number.bitPattern))
        let time = step.time
        lists[list].removeAll { $0.time <= time - over }
        let count = lists[list].count
        // Samples that lie close together are one, or a chatty sensor would fill the memory.
        if count >= 2, time - lists[list][count - 2].time < over / Self.maximumSamples {
            lists[list][count - 1] = sample
        } else {
            lists[list].append(sample)
        }
        timers.set(node, Instant(milliseconds: time + over))
        let first = lists[list][0]
        let elapsed = time - first.time
        guard elapsed * 2 >= over else { return set(node, .unknown) }
        let change = number - Double(bitPattern: UInt64(bitPattern: first.key))
        let left = change * Double(limit.per.milliseconds)
        let right = limit.amount * Double(elapsed)
        set(node, Truth(limit.isAbove ? left > right : left < right))
    }

    mutating func forgetRate(_ node: Int32) {
        lists[Int(plan.listIndex[Int(node)])] = []
        set(node, .unknown)
    }

    // MARK: Time in all

    private static let maximumSpans = 64

    /// `spent: S, more_than: D, over: T`. The list holds the spans in which the signal was true: `time` to
    /// `place`; `mark` is since when it is true now. What is unknown is not counted.
    mutating func spent(_ node: Int32, most: Int64, over: Int64) {
        let index = Int(node)
        let list = Int(plan.listIndex[index])
        let inner = child(node, 0)
        if stirred(inner) {
            if value(inner) == .yes {
                if states[index].mark == NodeState.never {
                    states[index].mark = states[Int(inner)].since
                }
            } else if states[index].mark != NodeState.never {
                if step.time > states[index].mark {
                    lists[list].append(TimedPlace(time: states[index].mark, place: step.time))
                }
                states[index].mark = NodeState.never
            }
        }
        let time = step.time
        lists[list].removeAll { $0.place <= time - over }
        if lists[list].count > Self.maximumSpans {
            // Two become one of the same length, at the end of the later one: exact until they run out.
            let length = lists[list][0].place - lists[list][0].time
            lists[list][1].time -= length
            lists[list].removeFirst()
        }
        let total = SpentTime(spans: lists[list], since: states[index].mark, over: over)
        let reached = total.at(time) >= most
        if let next = total.change(after: time, most: most, reached: reached) {
            timers.set(node, Instant(milliseconds: next))
        } else {
            timers.cancel(node)
        }
        set(node, value(inner) == .unknown && !reached ? .unknown : Truth(reached))
    }

    /// `spent: S, more_than: D, during: W`. `mark` is since when the signal is true within the window, `last`
    /// what was spent before, in ms after 0.
    mutating func spentDuring(_ node: Int32, most: Int64) {
        let index = Int(node)
        let inner = child(node, 0)
        let window = child(node, 1)
        if stirred(window), value(window) == .yes {
            states[index].last = 0
            states[index].mark = NodeState.never
        }
        if states[index].mark != NodeState.never, value(inner) != .yes || value(window) != .yes {
            states[index].last = max(0, states[index].last) + step.time - states[index].mark
            states[index].mark = NodeState.never
        }
        guard value(window) == .yes else {
            timers.cancel(node)
            return set(node, value(window) == .no ? .no : .unknown)
        }
        let before = max(0, states[index].last)
        if value(inner) == .yes, states[index].mark == NodeState.never {
            states[index].mark = max(
                states[Int(inner)].since, stirred(window) ? step.time : NodeState.never)
        }
        let running = states[index].mark == NodeState.never ? 0 : step.time - states[index].mark
        let reached = before + running >= most
        if !reached, states[index].mark != NodeState.never {
            timers.set(node, Instant(milliseconds: states[index].mark + most - before))
        } else {
            timers.cancel(node)
        }
        set(node, value(inner) == .unknown && !reached ? .unknown : Truth(reached))
    }
}

/// How long something was true within the last so long, as a function of time: piecewise linear, so that the
/// instant at which it reaches a limit can be told ahead.
struct SpentTime {
    /// Closed spans, oldest first: `time` to `place`.
    let spans: [TimedPlace]
    /// Since when it is true; `NodeState.never` where it is not.
    let since: Int64
    let over: Int64

    /// What was spent within `over` before an instant, if nothing changes until then.
    func at(_ time: Int64) -> Int64 {
        let start = time - over
        var total: Int64 = 0
        for span in spans { total += max(0, min(span.place, time) - max(span.time, start)) }
        if since != NodeState.never { total += max(0, time - max(since, start)) }
        return total
    }

    /// When it will reach the limit, or fall below it, if nothing else changes; nil for never.
    func change(after time: Int64, most: Int64, reached: Bool) -> Int64? {
        var corners = spans.flatMap { [$0.time + over, $0.place + over] }
        if since != NodeState.never { corners.append(since + over) }
        corners = corners.filter { $0 > time }.sorted()
        // Behind the last corner nothing changes; one more piece shows the slope before the first.
        var from = time
        var value = at(time)
        for corner in corners {
            let next = at(corner)
            if let crossing = Self.crossing(from, value, corner, next, most, reached) {
                return crossing
            }
            (from, value) = (corner, next)
        }
        return nil
    }

    private static func crossing(
        _ from: Int64, _ before: Int64, _ until: Int64, _ after: Int64, _ most: Int64,
        _ reached: Bool
    ) -> Int64? {
        // Within a piece it rises or falls by one millisecond a millisecond, or stands.
        if !reached, before < most, after >= most { return from + (most - before) }
        if reached, before >= most, after < most { return from + (before - most) + 1 }
        return nil
    }
}
