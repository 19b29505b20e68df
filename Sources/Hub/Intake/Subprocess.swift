import Foundation

/// Starts programs that have nothing of the hub's: no open files but a log, no ignored signals, a process group of
/// their own, so that ctrl-C reaches the hub alone.
enum Subprocess {
    /// The system said no.
    struct Failure: Error, Hashable, CustomStringConvertible {
        var number: Int32
        var description: String { String(cString: strerror(number)) }
    }

    /// - Parameters:
    ///   - program: its path.
    ///   - arguments: those after argument 0, which is the program's file name.
    ///   - output: the file that takes what it says, at its end.
    /// - Returns: the process; the caller waits for its end.
    static func spawn(
        _ program: String, _ arguments: [String], output: String = "/dev/null"
    ) throws(Failure) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        let name = program.split(separator: "/").last.map(String.init) ?? program
        closeOnExec()
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, &attributes, &words, environ)
        guard code == 0 else { throw Failure(number: code) }
        return process
    }

    /// Marks every open file beyond the first three as not for children: libmosquitto opens its sockets without that,
    /// and a broker that outlives the hub would keep them open.
    private static func closeOnExec() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let file = Int32(name), file > 2 else { continue }
            let flags = fcntl(file, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { _ = fcntl(file, F_SETFD, flags | FD_CLOEXEC) }
        }
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit status; nil where a signal ended it.
    static func run(_ program: String, _ arguments: [String]) throws(Failure) -> Int32? {
        let process = try spawn(program, arguments)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(number: errno) }
        }
        // wait(2): the low seven bits are the signal, the next byte the status.
        return status & 0x7f == 0 ? (status >> 8) & 0xff : nil
    }
}
