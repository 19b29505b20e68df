import ArgumentParser
import Foundation
import Hub
import Rules

/// Runs the samples that profiles carry.
struct DevicesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check profiles, and that their sample messages decode to what they say.",
        discussion: """
            Without FILES it checks the shipped profiles, and with --home those in the home's profiles/ folder too. \
            Exit code 1 where anything is wrong.
            """)

    @OptionGroup var choice: ProfileChoice

    @Argument(help: "Profiles (.yaml), or folders of them.")
    var files: [String] = []

    func run() throws {
        var library = ProfileLibrary()
        if files.isEmpty {
            library = try choice.library()
        }
        for file in files {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
            if isFolder.boolValue { library.add(folder: file) } else { library.add(file: file) }
        }
        let report = CheckReport(library)
        for line in report.lines { print(line) }
        print(report.summary)
        if report.failed { throw ExitCode.failure }
    }
}

/// What a check found.
struct CheckReport {
    /// One for each thing that is wrong or doubtful.
    let lines: [String]
    /// How much was looked at.
    let summary: String
    /// Whether anything is wrong.
    let failed: Bool

    init(_ library: ProfileLibrary) {
        var lines = library.diagnostics.map(\.description)
        var failed = library.diagnostics.contains { $0.severity == .error }
        for profile in library.profiles where profile.samples.isEmpty {
            lines.append(
                "\(profile.location): warning: profile \"\(profile.id)\" has no samples (tests)")
        }
        let failures = library.profiles.flatMap { ProfileSamples.run($0) }
        lines += failures.map(\.description)
        failed = failed || !failures.isEmpty || library.profiles.isEmpty
        let samples = library.profiles.reduce(0) { $0 + $1.samples.count }
        let good = samples - failures.count
        self.lines = lines
        self.failed = failed
        summary =
            library.profiles.isEmpty
            ? "no sound profile was found"
            : "\(library.profiles.count) \(library.profiles.count == 1 ? "profile" : "profiles"), \(samples) samples: \(good) as they say, \(failures.count) not"
    }
}
