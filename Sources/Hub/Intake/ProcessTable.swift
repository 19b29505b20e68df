import Foundation

/// Processes as Linux's /proc shows them: enough to know a broker again that an earlier hub left behind.
enum ProcessTable {
    /// One process. Its number alone may be given to another later; together with its start it is unique.
    struct Identity: Hashable, Sendable {
        var process: Int32
        /// In clock ticks since the machine started.
        var start: UInt64
    }

    /// What is running under a number now; nil where nothing is, or only what is left of it (a zombie).
    static func identity(_ process: Int32) -> Identity? {
        guard let text = text("/proc/\(process)/stat"),
            // The name in parentheses may hold anything, parentheses and blanks included.
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
        // proc(5): state is field 3, the first here; starttime is field 22.
        guard fields.count > 19, fields[0] != [UInt8(ascii: "Z")], fields[0] != [UInt8(ascii: "X")],
            let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        return Identity(process: process, start: start)
    }

    /// The process of ours that runs a program with exactly these arguments.
    ///
    /// - Parameters:
    ///   - program: the file name of argument 0, without its folder.
    ///   - arguments: those that follow.
    static func find(program: String, arguments: [String]) -> Identity? {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let wanted = arguments.map { [UInt8]($0.utf8) }
        for process in entries.compactMap({ Int32($0) }).sorted() {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "/proc/\(process)")
            guard attributes?[.ownerAccountID] as? Int == Int(geteuid()),
                let line = text("/proc/\(process)/cmdline"), line.last == 0
            else { continue }
            let words = line.dropLast().split(
                separator: UInt8(0), omittingEmptySubsequences: false)
            guard let first = words.first, words.dropFirst().map({ [UInt8]($0) }) == wanted,
                String(decoding: first, as: UTF8.self).split(separator: "/").last ?? "" == program
            else { continue }
            if let identity = identity(process) { return identity }
        }
        return nil
    }

    /// Sends a signal, unless the number has passed to another process.
    static func signal(_ identity: Identity, _ number: Int32) {
        guard self.identity(identity.process) == identity else { return }
        kill(identity.process, number)
    }

    private static func text(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? [UInt8](bytes.prefix(count)) : nil
    }
}
