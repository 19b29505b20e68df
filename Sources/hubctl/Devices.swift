import ArgumentParser
import Foundation
import Hub

/// What has to do with devices and their profiles.
struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check device profiles, see how a message is understood, place what is new, try it out, and see which device is odd.",
        subcommands: [
            DevicesCheck.self, DevicesDecode.self, DevicesFaults.self, DevicesHealth.self,
            DevicesProfiles.self,
            DevicesList.self, DevicesProposed.self, DevicesDraft.self, DevicesAdopt.self,
            DevicesReplace.self, DevicesTest.self,
        ])
}

/// Which profiles a command works with.
struct ProfileChoice: ParsableArguments {
    @Option(
        help:
            "The hub's home; its own profiles/ folder is added to the shipped ones. Default: $FOYER_HOME, else none."
    )
    var home: String?

    /// The home that was named here or in the environment.
    var folder: String? {
        home ?? ProcessInfo.processInfo.environment["FOYER_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The shipped profiles and those of the home.
    func library() throws -> ProfileLibrary {
        guard let shipped = SharedFiles.devices() else {
            let given = ProcessInfo.processInfo.environment[SharedFiles.devicesVariable]
            throw CommandFailure(
                given.map { "\(SharedFiles.devicesVariable): \($0) is not a folder" }
                    ?? "the folder of the shipped device profiles is not found; name it with \(SharedFiles.devicesVariable)=DIR"
            )
        }
        var library = ProfileLibrary(folders: [shipped])
        if let home = folder {
            guard FileManager.default.fileExists(atPath: home) else {
                throw CommandFailure("there is no folder \(home)")
            }
            library.add(folder: "\(home)/profiles")
        }
        return library
    }
}
