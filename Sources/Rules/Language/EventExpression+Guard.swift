extension EventExpression {
    /// The same event under a guard, which acts at the moment of the first event: of a sequence that of its first part.
    func guarded(by condition: SignalExpression) -> EventExpression {
        switch self {
        case .sequence(let steps, let within, let until, let same):
            guard let first = steps.first else { return self }
            return .sequence(
                [first.guarded(by: condition)] + steps.dropFirst(), within: within, until: until,
                same: same)
        case .notFollowed(let after, let no, let within, let same):
            return .notFollowed(
                after: after.guarded(by: condition), no: no, within: within, same: same)
        case .any(let events) where events.contains(where: \.takesTime):
            return .any(events.map { $0.guarded(by: condition) })
        default:
            return .during(self, condition)
        }
    }

    /// Whether it begins at another moment than it happens.
    private var takesTime: Bool {
        switch self {
        case .sequence, .notFollowed: true
        case .any(let events): events.contains(where: \.takesTime)
        default: false
        }
    }
}
