import Foundation
import Rules
import Synchronization
import Testing

@testable import Hub

/// Somebody else's server that takes webhooks in, and remembers them. It can be told to fail. Plain sockets and a thread
/// of its own: tests that wait for it may hold all threads that tasks have.
final class Receiver: Sendable {
    /// One call.
    struct Call: Sendable {
        var at: Instant
        var body: String
        /// Names in lower case.
        var headers: [String: String]
        var wasTaken: Bool

        /// A text of the body's topmost level.
        func text(_ key: String) -> String? {
            let json = try? JSONSerialization.jsonObject(with: Data(body.utf8))
            return (json as? [String: Any])?[key] as? String
        }
    }

    private struct State {
        var calls: [Call] = []
        var failing: @Sendable (Int) -> Bool = { _ in false }
        var hangs: UInt32 = 0
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    private let box: Box
    private let listener: Int32
    let port: UInt16

    /// Listens on a port of loopback that the kernel gives.
    init() throws {
        let box = Box()
        self.box = box
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(listener, plain, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, plain, &size) == 0
            }
        }
        try #require(isBound)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Self.answer(connection, box)
                close(connection)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)/hook" }
    var calls: [Call] { box.state.withLock { $0.calls } }

    /// Says for which calls, counted from 0, the server is to answer with an error.
    func fail(_ which: @escaping @Sendable (Int) -> Bool) {
        box.state.withLock { $0.failing = which }
    }

    /// Says that the server is to answer after so many seconds only.
    func hang(seconds: UInt32) {
        box.state.withLock { $0.hangs = seconds }
    }

    private static func answer(_ connection: Int32, _ box: Box) {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let call = whole(bytes) {
                let isTaken = box.state.withLock { state in
                    var call = call
                    call.wasTaken = !state.failing(state.calls.count)
                    state.calls.append(call)
                    return call.wasTaken
                }
                sleep(box.state.withLock { $0.hangs })
                let status = isTaken ? "200 OK" : "500 Internal Server Error"
                let answer = Array(
                    "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                return
            }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            bytes += chunk.prefix(count)
        }
    }

    /// A request of which everything has arrived.
    private static func whole(_ bytes: [UInt8]) -> Call? {
        guard let text = String(validating: bytes, as: UTF8.self),
            let end = text.range(of: "\r\n\r\n")
        else { return nil }
        var headers: [String: String] = [:]
        for line in text[..<end.lowerBound].split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let body = String(text[end.upperBound...])
        guard let length = Int(headers["content-length"] ?? "0"), body.utf8.count >= length else {
            return nil
        }
        return Call(at: Clock.system.now(), body: body, headers: headers, wasTaken: true)
    }
}
