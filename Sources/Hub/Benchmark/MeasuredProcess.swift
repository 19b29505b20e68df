// On Linux the first module that includes time.h counts as its owner, and that is this one.
import CDispatch
import Foundation

/// A process that the benchmark started, looked at from outside.
final class MeasuredProcess {
    /// What a process has used.
    struct Usage {
        /// CPU time, of itself and the kernel for it, in microseconds.
        var microseconds: Double
        /// Memory that is resident, in bytes; 0 where it is not known.
        var resident: Int
    }

    let process: pid_t
    private let name: String
    private var ended: (status: Int32, usage: Usage)?

    init(_ program: String, _ arguments: [String]) throws {
        name = program.split(separator: "/").last.map(String.init) ?? program
        do throws(Subprocess.Failure) {
            process = try Subprocess.spawn(program, arguments)
        } catch { throw BenchmarkError("\(program): \(error)") }
    }

    deinit { stop(SIGKILL) }

    /// Whether it has ended; its usage is then its whole life's.
    func hasEnded() -> Bool {
        if ended != nil { return true }
        var status: Int32 = 0
        var used = rusage()
        guard wait4(process, &status, WNOHANG, &used) == process else { return false }
        func microseconds(_ time: timeval) -> Double {
            Double(time.tv_sec) * 1e6 + Double(time.tv_usec)
        }
        ended = (
            status,
            Usage(
                microseconds: microseconds(used.ru_utime) + microseconds(used.ru_stime),
                resident: used.ru_maxrss * 1024)
        )
        return true
    }

    /// Waits for its end by itself.
    func waitForEnd(_ stop: BenchmarkStop, seconds: Double) throws -> Usage {
        try stop.wait(seconds: seconds, for: "the end of \(name)", every: 1) { hasEnded() }
        guard let ended, ended.status == 0 else {
            throw BenchmarkError("\(name) failed (\(ended?.status ?? -1))")
        }
        return ended.usage
    }

    /// Ends it, and waits until it is gone.
    func stop(_ signal: Int32 = SIGTERM) {
        guard !hasEnded() else { return }
        kill(process, signal)
        for _ in 0..<5000 where !hasEnded() { usleep(1000) }
        guard !hasEnded() else { return }
        kill(process, SIGKILL)
        while !hasEnded() { usleep(1000) }
    }

    /// What it has used so far.
    func usage() throws -> Usage {
        if let ended { return ended.usage }
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.range(of: ") ", options: .backwards)
        else { throw BenchmarkError("\(name) has ended") }
        // proc(5): utime and stime are the fields 14 and 15, in ticks; the third one follows the name.
        let fields = text[name.upperBound...].split(separator: " ")
        let ticks = Double(fields[11]) ?? 0, kernel = Double(fields[12]) ?? 0
        let pages = Int(fields[21]) ?? 0
        return Usage(
            microseconds: (ticks + kernel) * 1e6 / Double(sysconf(Int32(_SC_CLK_TCK))),
            resident: pages * Int(getpagesize()))
    }
}

/// Why a benchmark gives no figure.
public struct BenchmarkError: Error, CustomStringConvertible {
    /// What happened, where, and what to do.
    public var description: String

    init(_ description: String) { self.description = description }
}

/// What every wait of the benchmark looks at, so that ctrl-C ends it, and with it what it started.
public struct BenchmarkStop: Sendable {
    private let isAsked: @Sendable () -> Bool

    /// - Parameter isAsked: whether somebody asked to end.
    public init(_ isAsked: @escaping @Sendable () -> Bool) { self.isAsked = isAsked }

    func check() throws {
        if isAsked() { throw BenchmarkError("stopped") }
    }

    /// Waits for a condition, with a limit.
    func wait(
        seconds: Double, for what: String, every milliseconds: UInt32 = 5,
        _ condition: () throws -> Bool
    ) throws {
        let limit = ContinuousClock.now + .seconds(seconds)
        while try !condition() {
            try check()
            guard ContinuousClock.now < limit else {
                throw BenchmarkError("\(what) did not come within \(Int(seconds)) s")
            }
            usleep(milliseconds * 1000)
        }
    }
}
