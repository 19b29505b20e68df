import ArgumentParser
import Hub

/// `hubctl register`.
struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "The register of processing and the annex for an impact assessment, as Markdown.",
        discussion: """
            Made from hub.yaml, devices.yaml, staff.yaml and the studies: what is written there is what the hub does. Lines \
            that begin with ▢ are for whoever is responsible. It names no resident.
            """)
    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption

    func run() throws {
        print(
            ProcessingRegister(home: try home.load()).text(isFrench: language.isFrench),
            terminator: "")
    }
}
