/// What a good linter says of rules that can be used, but probably do not say what was meant.
extension RuleParser {
    mutating func lint(_ rules: [Rule]) {}
}
