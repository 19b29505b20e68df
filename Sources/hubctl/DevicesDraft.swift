import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices draft`: a profile to begin with, for a device that none fits.
struct DevicesDraft: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft",
        abstract:
            "Write a profile to begin with, from the messages of a device that no profile fits.",
        discussion: """
            Fields whose names tell what they are become readings, the others are comments, and the messages become samples. \
            Write it into a file, mend each line, and try it with 'hubctl devices check FILE'; then copy it into the home's \
            profiles/ folder, and 'hubctl devices adopt' places the device by it.
            """)

    @OptionGroup var home: HomeOption
    @Argument(help: "Its topic, as 'hubctl devices proposed' shows it, or its identity or name.")
    var topic: String

    func run() throws {
        let loaded = try home.load()
        let proposal = try Proposed.find(topic, home: home, loaded: loaded)
        guard !proposal.messages.isEmpty || proposal.announcedProfile != nil else {
            throw CommandFailure(
                "\(printable(topic)) announced itself, and has not spoken yet: let it speak first")
        }
        print(proposal.skeleton, terminator: "")
    }
}
