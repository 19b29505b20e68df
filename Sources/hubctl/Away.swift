import ArgumentParser
import Hub
import Rules

/// `hubctl away`: notes that the people of a residence left for some time, or are back.
struct AwayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "away",
        abstract: "Note that the people of a residence are away, or back.",
        discussion: """
            Rules with "while_away: pause" are silent meanwhile; those with "while_away: only" watch only then. It is \
            written down in the journal, with who said it.
            """)
    @OptionGroup var home: HomeOption
    @OptionGroup var actor: AlertsCommand.Actor
    @Flag(help: "They are back.")
    var back = false
    @Argument(help: "The residence, as in hub.yaml.")
    var residence: String

    func run() throws {
        try home.control.send(.away(ResidenceID(rawValue: residence), !back, by: actor.name))
        print("\(residence): \(back ? "back" : "away"), says \(actor.name)")
    }
}
