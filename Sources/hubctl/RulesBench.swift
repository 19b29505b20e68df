import ArgumentParser
import Hub

/// `hubctl rules bench`: how fast rules are on this machine.
struct RulesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the rule engine on this machine, on one core. Use a release build.",
        discussion: """
            The time of a recorded home, whole, is that of 'time hubctl rules backtest --csv …'.
            """,
        shouldDisplay: false)

    @Option(help: "Events of each part.")
    var events = 1_000_000
    @Option(help: "Homes, with twenty devices and fifty rules each.")
    var homes = 20
    @Option(help: "Rules that look at something else.")
    var unrelated = 10_000
    @Option(help: "Where the temporary journal is made.")
    var folder = "."

    func validate() throws {
        guard events >= 10_000, (1...1000).contains(homes), (10...100_000).contains(unrelated)
        else {
            throw ValidationError(
                "--events 10000 or more, --homes 1 to 1000, --unrelated 10 to 100000")
        }
    }

    func run() throws {
        let benchmark = RuleBenchmark()
        show(try benchmark.replay(events: events, homes: homes, folder: folder))
        show(benchmark.unrelated(events: events, rules: unrelated))
        show(benchmark.state(events: events, homes: homes))
    }

    private func show(_ figure: RuleBenchmark.Figure) {
        let value =
            figure.value < 100
            ? "\((figure.value * 100).rounded() / 100)" : "\(Int(figure.value.rounded()))"
        print("\(figure.name): \(value) \(figure.unit) (to reach: \(figure.goal))")
    }
}
