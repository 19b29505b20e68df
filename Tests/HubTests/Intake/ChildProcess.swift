import Foundation
import Testing

@testable import Hub

/// A program that a test started, ended by its number at the latest with this object.
final class ChildProcess {
    let process: pid_t
    private var isOver = false

    /// The runner's own open files, the lock of the build among them, are not for a child.
    init(_ program: String, _ arguments: [String]) throws {
        process = try Subprocess.spawn(program, arguments)
    }

    /// Sends a signal and waits for the end, at most five seconds; then insists.
    func end(_ signal: Int32) {
        guard !isOver else { return }
        kill(process, signal)
        if !wait(seconds: 5, until: { hasEnded }) {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
            isOver = true
        }
    }

    /// Whether it is over; collects it where it is.
    var hasEnded: Bool {
        if isOver { return true }
        isOver = waitpid(process, nil, WNOHANG) == process
        return isOver
    }

    deinit { end(SIGKILL) }
}

/// Asks again and again, 2 ms apart, until the answer is yes or the limit is over.
@discardableResult
func wait(seconds: Double = 10, until isDone: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try isDone() { return true }
        usleep(2000)
    }
    return try isDone()
}

/// A TCP socket on loopback.
enum Loopback {
    /// A port that nobody listens on.
    static func freePort() throws -> UInt16 {
        let (socket, port) = try bound(listening: false)
        close(socket)
        return port
    }

    /// A socket bound to a free port, listening where asked; the caller closes it.
    static func bound(listening: Bool) throws -> (socket: Int32, port: UInt16) {
        let socket = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) | getsockname(socket, pointer, &size)
            }
        }
        try #require(code == 0)
        if listening { try #require(listen(socket, 8) == 0) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }
}
