import Foundation
import Rules
import Testing

@testable import Hub

/// Runs the built hubctl as a user would, in a folder of its own.
final class CommandLine {
    struct Answer {
        var code: Int32
        var output: String
        var errors: String
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let program = root + "/.build/debug/hubctl"

    /// The folder that commands run in.
    let folder: String
    /// Variables of the environment besides those that every command has.
    var environment: [String: String] = [:]

    init() throws {
        folder = NSTemporaryDirectory() + "foyer-cli-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ text: String) throws {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
            withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    private func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = [
            "FOYER_DEVICES": Self.root + "/devices", "LANG": "en_US.UTF-8", "USER": "somebody",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "COLUMNS": "100",
        ].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs hubctl, or another program, to its end.
    ///
    /// - Parameter input: a file to read as standard input; nothing where left out.
    @discardableResult
    func run(
        _ arguments: [String], program: String = program, input: String? = nil
    ) throws -> Answer {
        // Through files: two pipes that fill up could each wait for the other.
        let names = ["out", "err"].map { folder + "/.\($0)-\(UUID().uuidString)" }
        for name in names { try Data().write(to: URL(fileURLWithPath: name)) }
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
        let process = process(program, arguments)
        if let input { process.standardInput = FileHandle(forReadingAtPath: input) }
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        try process.run()
        return Answer(
            code: try Self.status(of: process),
            output: try String(contentsOfFile: names[0], encoding: .utf8),
            errors: try String(contentsOfFile: names[1], encoding: .utf8))
    }

    /// Waits for a program's end. Process.waitUntilExit now and then misses the end of one that was quick: the system is
    /// asked itself.
    private static func status(of process: Process) throws -> Int32 {
        var state = siginfo_t()
        try wait(300, "the end of \(process.arguments ?? [])") {
            !process.isRunning
                || waitid(
                    P_PID, id_t(process.processIdentifier), &state, WEXITED | WNOHANG | WNOWAIT)
                    == 0
                    && state.si_signo == SIGCHLD
        }
        for _ in 0..<50 where process.isRunning { usleep(20_000) }
        return process.isRunning ? state._sifields._sigchld.si_status : process.terminationStatus
    }

    @discardableResult
    func hubctl(_ arguments: String...) throws -> Answer { try run(arguments) }

    /// Starts hubctl and lets it run; the caller ends it.
    func start(_ arguments: String..., output: String = "log") throws -> Process {
        let process = process(Self.program, arguments)
        let path = folder + "/" + output
        try Data().write(to: URL(fileURLWithPath: path))
        process.standardOutput = FileHandle(forWritingAtPath: path)
        process.standardError = process.standardOutput
        try process.run()
        return process
    }

    /// A text without what differs from machine to machine.
    func neutral(_ text: String) -> String {
        text.replacingOccurrences(of: folder, with: "FOLDER")
            .replacingOccurrences(of: Self.root, with: "REPO")
    }
}

/// Asks again and again, 20 ms apart, until the answer is yes or the limit is over.
func eventually(_ seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
        if try condition() { return true }
        usleep(20_000)
    }
    return try condition()
}

/// A text that must stay as it is in Tests/Golden; with FOYER_GOLDEN=write in the environment it is written anew, to be
/// read and committed.
func expectGolden(
    _ text: String, _ file: String, at location: Testing.SourceLocation = #_sourceLocation
) throws {
    let path = CommandLine.root + "/Tests/Golden/" + file
    if ProcessInfo.processInfo.environment["FOYER_GOLDEN"] == "write" {
        return try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let golden = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    #expect(
        text == golden, "differs from Tests/Golden/\(file); FOYER_GOLDEN=write writes it anew",
        sourceLocation: location)
}
