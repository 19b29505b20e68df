import ArgumentParser

/// The one command of Foyer: the hub itself and every tool around it.
@main
struct Hubctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hubctl",
        abstract: "Foyer: a hub for supported living.",
        discussion: """
            Start with 'hubctl demo', or with a home of your own: 'hubctl run --home DIR'. Every command says more with \
            --help.
            """,
        subcommands: [
            InitCommand.self, RunCommand.self, StopCommand.self, ReloadCommand.self,
            StatusCommand.self,
            CheckCommand.self,
            AlertsCommand.self, AccountsCommand.self, NotifyCommand.self, StaffCommand.self,
            HandoverCommand.self,
            DrillCommand.self,
            AwayCommand.self, PeopleCommand.self, PersonCommand.self, RetentionCommand.self,
            AnnotationsCommand.self,
            RegisterCommand.self,
            ConsentCommand.self,
            PauseCommand.self,
            ResumeCommand.self,
            TracesCommand.self, MeasuresCommand.self, EventsCommand.self,
            StudyCommand.self,
            Devices.self,
            RulesCommand.self,
            VerifyCommand.self, Doctor.self,
            Simulate.self, Demo.self,
            Bench.self,
        ]
    )
}
