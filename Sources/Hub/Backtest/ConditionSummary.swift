public import Rules

/// How often each rule held in a backtest, and how long.
public struct ConditionSummary {
    private struct Row {
        var times = 0
        var first: Instant?
        var last: Instant?
        var longest = TimeSpan.zero
        var longestFrom: Instant?
        var holding = 0
    }

    private struct Key: Hashable {
        var rule: RuleID
        var instance: Subject
    }

    private let rules: [RuleID]
    private var rows: [RuleID: Row] = [:]
    private var open: [Key: Instant] = [:]

    /// Counts for the rules of a plan, in its order.
    public init(plan: Plan) { rules = plan.rules.map(\.id) }

    /// Takes in the next transition.
    public mutating func add(_ transition: BacktestTransition) {
        let key = Key(rule: transition.rule, instance: transition.instance)
        var row = rows[transition.rule] ?? Row()
        switch transition.to {
        case .pending, .clearing: return
        case .active:
            guard open[key] == nil else { return }
            row.times += 1
            row.first = row.first ?? transition.at
            row.last = transition.at
            row.holding += 1
            open[key] = transition.at
        case .normal:
            guard let began = open.removeValue(forKey: key) else { return }
            row.holding -= 1
            if transition.at - began > row.longest {
                row.longest = transition.at - began
                row.longestFrom = began
            }
        }
        rows[transition.rule] = row
    }

    /// One line a rule: how often, from when to when, the longest; rules that never held too.
    public func lines(in zone: ZoneOffsets) -> [String] {
        let width = rules.map(\.rawValue.count).max() ?? 0
        return rules.map { rule in
            let name =
                rule.rawValue + String(repeating: " ", count: width - rule.rawValue.count)
            guard let row = rows[rule], let first = row.first, let last = row.last else {
                return "\(name)  never"
            }
            var line = "\(name)  \(row.times) × from \(Timestamp.short(first, in: zone)) to "
            line += Timestamp.short(last, in: zone)
            if let from = row.longestFrom {
                line +=
                    "; longest \(row.longest.text) from \(Timestamp.short(from, in: zone))"
            }
            if row.holding > 0 { line += "; \(row.holding) still so at the end" }
            return line
        }
    }
}
