/// What a good linter says of rules that can be used, but probably do not say what was meant.
extension RuleParser {
    mutating func lint(_ rules: [Rule]) {
        // A file with errors is mended first; what it says is not yet what is meant.
        guard diagnostics.isEmpty else { return }
        warnOfMissingOwners(rules)
        var first: [Rule.Watch: RuleID] = [:]
        for rule in rules {
            warnOfReview(rule)
            warnOfContradictions(rule)
            if let other = first[rule.watch] {
                warning(
                    "same-rule",
                    "rule \"\(rule.id)\" watches for the same as rule \"\(other)\"; one alert would come twice",
                    at: rule.location)
            } else {
                first[rule.watch] = rule.id
            }
        }
    }

    /// One warning a file: a rule that nobody answers for is never mended.
    private mutating func warnOfMissingOwners(_ rules: [Rule]) {
        var told: Set<String> = []
        for rule in rules where rule.owner == nil && told.insert(rule.location.file).inserted {
            warning(
                "no-owner",
                "nobody owns rule \"\(rule.id)\"; write who answers for it: \"owner\" in the rule, or at the top of "
                    + "the file for all of them",
                at: rule.location)
        }
    }

    private mutating func warnOfReview(_ rule: Rule) {
        // Dates as 2026-11-25 sort as texts.
        guard let today, let reviewBy = rule.reviewBy, reviewBy < today else { return }
        warning(
            "review-due",
            "rule \"\(rule.id)\" was to be looked at again by \(reviewBy); is it still right? Then set a later "
                + "\"review_by\"",
            at: rule.location)
    }

    private mutating func warnOfContradictions(_ rule: Rule) {
        var condition: [SignalExpression] = []
        if case .signal(let signal) = rule.trigger { condition.append(signal) }
        if let guardCondition = rule.guardCondition { condition.append(guardCondition) }
        if let unless = rule.unless { condition.append(.not(unless)) }
        if let reason = Contradiction.find(in: .all(condition)) {
            warning(
                "never-holds", "rule \"\(rule.id)\" can never fire: \(reason)", at: rule.location)
        }
        if case .event(let event) = rule.trigger {
            for inner in event.conditions {
                guard let reason = Contradiction.find(in: inner) else { continue }
                warning(
                    "never-holds",
                    "rule \"\(rule.id)\", when: an event there can never count: \(reason)",
                    at: rule.location)
            }
        }
        warnOfClear(rule)
    }

    private mutating func warnOfClear(_ rule: Rule) {
        guard case .signal(let clear)? = rule.clear else { return }
        if let reason = Contradiction.find(in: clear) {
            warning(
                "clear-never-happens",
                "rule \"\(rule.id)\", clear: it can never be, so its alerts end only when somebody says so: \(reason)",
                at: rule.location)
        }
        if case .signal(clear) = rule.trigger {
            warning(
                "clears-at-once",
                "rule \"\(rule.id)\", clear: it is the same as \"when\", so each alert ends as it begins",
                at: rule.location)
        }
    }
}

extension Rule {
    /// All that decides when a rule fires, and about what.
    struct Watch: Hashable {
        var scope: Scope
        var trigger: Trigger
        var guardCondition: SignalExpression?
        var unless: SignalExpression?
        var whileAway: AwayPolicy
    }

    var watch: Watch {
        Watch(
            scope: scope, trigger: trigger, guardCondition: guardCondition, unless: unless,
            whileAway: whileAway)
    }
}

extension EventExpression {
    /// The conditions that its events are under.
    fileprivate var conditions: [SignalExpression] {
        switch self {
        case .reading, .seen: []
        case .begins(let signal), .ends(let signal): [signal]
        case .any(let parts), .sequence(let parts, _, _, _), .allOf(let parts, _):
            parts.flatMap(\.conditions)
        case .notFollowed(let after, _, _, _): after.conditions
        case .during(let inner, let condition): inner.conditions + [condition]
        }
    }
}
