extension EventExpression {
    /// The selectors of the readings that it waits for; without those of `seen`.
    var readingSelectors: [StreamSelector] {
        switch self {
        case .reading(let selector, _): [selector]
        case .any(let parts), .sequence(let parts, _, _, _), .allOf(let parts, _):
            parts.flatMap(\.readingSelectors)
        case .notFollowed(let after, _, _, _): after.readingSelectors
        case .during(let inner, _): inner.readingSelectors
        case .seen, .begins, .ends: []
        }
    }

    /// Whether each of its occurrences is a reading of one device, so that it has a device, a room, a value.
    var isOfReadings: Bool {
        switch self {
        case .reading, .seen: true
        case .any(let parts): parts.allSatisfy(\.isOfReadings)
        case .during(let inner, _): inner.isOfReadings
        case .begins, .ends, .sequence, .allOf, .notFollowed: false
        }
    }
}
