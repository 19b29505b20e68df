import Rules

/// Spans of time, ascending and apart.
struct InstantSpans: Hashable {
    private(set) var spans: [Range<Instant>]

    init(_ spans: [Range<Instant>]) {
        var joined: [Range<Instant>] = []
        for span in spans.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, span.lowerBound <= last.upperBound {
                joined[joined.count - 1] =
                    last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        self.spans = joined
    }

    /// All of time.
    static let always = InstantSpans([.distantPast..<(.distantFuture)])

    func contains(_ moment: Instant) -> Bool { spans.contains { $0.contains(moment) } }

    func union(_ other: InstantSpans) -> InstantSpans { InstantSpans(spans + other.spans) }

    func intersection(_ other: InstantSpans) -> InstantSpans {
        var result: [Range<Instant>] = []
        var left = 0
        var right = 0
        while left < spans.count, right < other.spans.count {
            let one = spans[left].clamped(to: other.spans[right])
            if !one.isEmpty { result.append(one) }
            if spans[left].upperBound < other.spans[right].upperBound {
                left += 1
            } else {
                right += 1
            }
        }
        return InstantSpans(result)
    }
}
