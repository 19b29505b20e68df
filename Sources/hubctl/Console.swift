import Foundation

/// What a command could not do: what, where, and what to do about it. Unlike `ValidationError`, which is for how a
/// command was written, no usage is printed behind it.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What goes to the terminal beside a command's own output: errors, notes and a line of progress, all on
/// standard error, so that output can be piped.
enum Console {
    /// Whether standard output is a terminal that shows colours.
    static let hasColours =
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    private static let showsProgress = isatty(STDERR_FILENO) == 1

    /// Something that went wrong.
    static func error(_ text: String) { write("error: \(text)\n") }

    /// Something worth knowing.
    static func note(_ text: String) { write("\(text)\n") }

    /// The one line of progress, written over the one before; nothing where nobody looks.
    static func progress(_ text: String) {
        if showsProgress { write("\r\u{1b}[K\(text)") }
    }

    /// A bar of progress, `running the rules [#####-----] 48 %`, over the one before; nothing where nobody looks.
    static func progress(_ what: String, share: Double) {
        let done = Int((min(max(share, 0), 1) * 30).rounded())
        let bar = String(repeating: "#", count: done) + String(repeating: "-", count: 30 - done)
        progress("\(what) [\(bar)] \(Int(share * 100)) %")
    }

    /// Takes the line of progress away.
    static func endProgress() {
        if showsProgress { write("\r\u{1b}[K") }
    }

    private static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
