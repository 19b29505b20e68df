import ArgumentParser

/// `hubctl rules`: what has to do with rules, without running a hub.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract:
            "Check rules, say them in plain words, test them, try them on what was recorded, and replay the journal.",
        subcommands: [
            RulesCheck.self, RulesTest.self, RulesBacktest.self, RulesWhy.self, RulesWhyNot.self,
            RulesReplay.self, RulesBench.self, RulesSay.self, RulesLibrary.self,
        ])
}
