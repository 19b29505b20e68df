import ArgumentParser

/// The one command of Foyer: the hub itself and every tool around it.
@main
struct Hubctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hubctl",
        abstract: "Foyer: a hub for supported living.",
        subcommands: [Devices.self]
    )
}
