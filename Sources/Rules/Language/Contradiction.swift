/// Finds conditions that can never hold, as far as that shows in the condition itself: a state and its opposite of
/// one device, limits that leave nothing between them, windows that never meet, a time longer than its window.
/// What it does not find may still be impossible; what it finds is.
enum Contradiction {
    /// Why a signal can never be true; nil where nothing shows.
    static func find(in signal: SignalExpression) -> String? {
        switch signal {
        case .all:
            var facts: [Fact] = []
            if let reason = collect(signal, into: &facts) { return reason }
            return clash(facts)
        case .any(let parts):
            let reasons = parts.map { find(in: $0) }
            return reasons.contains(nil) ? nil : reasons.first ?? nil
        case .predicate(let selector, let test, _):
            return outOfRange(selector.capability, test)
        case .holding(let inner, let span, _, _):
            if let reason = find(in: inner) { return reason }
            return tooLong(span, within: inner)
        case .spent(let inner, let most, .during(let window)):
            if let reason = find(in: inner) { return reason }
            return most >= longest(window)
                ? "\"\(window.name)\" is shorter than \(most.text)" : nil
        case .released(let inner, _), .spent(let inner, _, _):
            return find(in: inner)
        case .atLeast(let count, let parts):
            let possible = parts.count { find(in: $0) == nil }
            return possible < count
                ? "only \(possible) of its \(parts.count) conditions can hold" : nil
        case .not, .dwell, .absence, .missed, .count, .rate, .baseline, .silent, .away, .during:
            return nil
        }
    }

    /// Something that must hold, or must not, for the whole to hold.
    private struct Fact: Hashable {
        var signal: SignalExpression
        var holds: Bool
    }

    /// Takes an `all` apart.
    ///
    /// - Returns: why one of its parts can never hold by itself.
    private static func collect(_ signal: SignalExpression, into facts: inout [Fact]) -> String? {
        switch signal {
        case .all(let parts):
            for part in parts {
                if let reason = collect(part, into: &facts) { return reason }
            }
            return nil
        case .not(.any(let parts)):
            for part in parts {
                if let reason = collect(.not(part), into: &facts) { return reason }
            }
            return nil
        case .not(.not(let inner)):
            return collect(inner, into: &facts)
        case .not(let inner):
            facts.append(Fact(signal: inner, holds: false))
            return nil
        case .holding(let inner, _, _, _):
            if let reason = find(in: signal) { return reason }
            facts.append(Fact(signal: signal, holds: true))
            return collect(inner, into: &facts)
        default:
            if let reason = find(in: signal) { return reason }
            facts.append(Fact(signal: signal, holds: true))
            return nil
        }
    }

    private static func clash(_ facts: [Fact]) -> String? {
        // Rules are short; a long list is only looked at in part.
        let facts = facts.prefix(200)
        for (index, fact) in facts.enumerated() {
            for other in facts[..<index] {
                if let reason = clash(other, fact) { return reason }
            }
        }
        return nil
    }

    private static func clash(_ left: Fact, _ right: Fact) -> String? {
        if left.signal == right.signal, left.holds != right.holds {
            return "it asks for something and for its opposite at once"
        }
        guard left.holds, right.holds else { return nil }
        switch (left.signal, right.signal) {
        case (.predicate(let one, let test, _), .predicate(let other, let otherTest, _)):
            // Of several devices one may be so and another not.
            guard one.names.count == 1, one == other, test.excludes(otherTest) else { return nil }
            return "\"\(one.names[0])\" (\(one.capability)) cannot be both at once"
        case (.during(let one), .during(let other)):
            guard !one.meets(other) else { return nil }
            return "windows \"\(one.name)\" and \"\(other.name)\" never meet"
        default:
            return nil
        }
    }

    // MARK: Numbers

    private static let ranges: [Capability: ClosedRange<Double>] = [
        "device.battery": 0...100, "env.humidity": 0...100, "light.level": 0...100,
        "cover.position": 0...100, "link.lqi": 0...255,
    ]

    private static func outOfRange(_ capability: Capability, _ test: ValueTest) -> String? {
        guard let range = ranges[capability], let (low, high) = test.bounds,
            low.limit > range.upperBound || high.limit < range.lowerBound
                || (low.limit == range.upperBound && low.isOpen)
                || (high.limit == range.lowerBound && high.isOpen)
        else { return nil }
        return "\(capability) lies between \(RuleParser.text(range.lowerBound)) and "
            + RuleParser.text(range.upperBound)
    }

    // MARK: Time

    private static func tooLong(_ span: TimeSpan, within signal: SignalExpression) -> String? {
        let parts: [SignalExpression]
        if case .all(let inner) = signal { parts = inner } else { parts = [signal] }
        for case .during(let window) in parts where span > longest(window) {
            return "it is to hold for \(span.text), and window \"\(window.name)\" is shorter"
        }
        return nil
    }

    /// As long as a window can be: an hour more where daylight saving ends in it.
    private static func longest(_ window: Window) -> TimeSpan {
        guard let length = window.wallLength else { return .hours(100 * 24) }
        return length + .hours(1)
    }
}

extension ValueTest {
    /// One end of the numbers that pass.
    struct Bound {
        var limit: Double
        /// Whether the limit itself does not pass.
        var isOpen: Bool
    }

    /// The lowest and the highest number that can begin to pass; nil where it is not about numbers.
    var bounds: (low: Bound, high: Bound)? {
        let least = Bound(limit: -.infinity, isOpen: true)
        let most = Bound(limit: .infinity, isOpen: true)
        switch self {
        case .above(let limit, _): return (Bound(limit: limit, isOpen: true), most)
        case .atLeast(let limit, _): return (Bound(limit: limit, isOpen: false), most)
        case .below(let limit, _): return (least, Bound(limit: limit, isOpen: true))
        case .atMost(let limit, _): return (least, Bound(limit: limit, isOpen: false))
        case .any, .oneOf: return nil
        }
    }

    /// Whether no value passes both, with hysteresis taken into account.
    func excludes(_ other: ValueTest) -> Bool {
        switch (self, other) {
        case (.oneOf(let left), .oneOf(let right)): return !left.contains(where: right.contains)
        case (.any, _), (_, .any), (.oneOf, _), (_, .oneOf): return false
        default:
            // The number that keeps each one on, once it is on.
            let (low, high) = widest(with: other)
            return low.limit > high.limit
                || (low.limit == high.limit && (low.isOpen || high.isOpen))
        }
    }

    private func widest(with other: ValueTest) -> (low: Bound, high: Bound) {
        var low = Bound(limit: -.infinity, isOpen: true)
        var high = Bound(limit: .infinity, isOpen: true)
        for test in [self, other] {
            switch test {
            case .above(_, let clear) where clear > low.limit:
                low = Bound(limit: clear, isOpen: true)
            case .atLeast(_, let clear) where clear > low.limit:
                low = Bound(limit: clear, isOpen: false)
            case .below(_, let clear) where clear < high.limit:
                high = Bound(limit: clear, isOpen: true)
            case .atMost(_, let clear) where clear < high.limit:
                high = Bound(limit: clear, isOpen: false)
            default: break
            }
        }
        return (low, high)
    }
}
