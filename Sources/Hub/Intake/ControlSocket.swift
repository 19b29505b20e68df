import Foundation
import Glibc
import Rules
import Synchronization

/// Requests and replies on the wire: one JSON object a line, one request a connection.
enum ControlMessage {
    /// A request's name, and its texts by name: `{"request":"acknowledge","alert":"…","by":"…"}`.
    typealias Request = [String: String]

    struct Reply: Codable {
        var ok: Bool
        var error: String?
        var status: HubStatus?
        var retried: QuarantineRetry?
    }

    /// The longest line, in bytes.
    static let maximumLine = 64 * 1024

    static func encode(_ request: HubRequest) -> Request {
        switch request {
        case .perform(let command):
            let (kind, fields) = StoredCommand.fields(of: command)
            return fields.merging(["request": kind]) { $1 }
        case .retryQuarantine(let after):
            return ["request": "retry_quarantine", "after": String(after)]
        case .tryOut(let device, let actor):
            return ["request": "try_out", "device": device.rawValue, "by": actor]
        // The hub's own, never from outside: whoever sends them is refused.
        case .report: return ["request": "report"]
        case .record: return ["request": "record"]
        case .remove: return ["request": "remove"]
        case .status: return ["request": "status"]
        case .stop: return ["request": "stop"]
        case .reload: return ["request": "reload"]
        }
    }

    /// Why a line is not a request.
    struct Malformed: Error, Hashable {
        var reason: String
    }

    static func request(_ line: [UInt8]) throws(Malformed) -> HubRequest {
        let wire: Request
        do { wire = try JSONDecoder().decode(Request.self, from: Data(line)) } catch {
            throw Malformed(
                reason: "this is not a request: one JSON object of texts a line is expected")
        }
        for (key, value) in wire.sorted(by: { $0.key < $1.key }) { try check(value, key) }
        guard let kind = wire["request"] else {
            throw Malformed(reason: "this is not a request: it has no \"request\"")
        }
        switch kind {
        case "retry_quarantine":
            return .retryQuarantine(after: max(0, wire["after"].flatMap(Int64.init) ?? 0))
        case "try_out":
            guard let device = wire["device"], let actor = wire["by"] else {
                throw Malformed(reason: "\"device\" and \"by\" are needed")
            }
            return .tryOut(DeviceID(rawValue: device), by: actor)
        case "status": return .status
        case "stop": return .stop
        case "reload": return .reload
        default:
            do throws(StoredCommand.Failure) {
                let command = try StoredCommand.command(kind: kind, fields: wire)
                if command.isOfPeople { return .perform(command) }
                throw .unknownKind(kind)
            } catch {
                throw Malformed(reason: Self.reason(error))
            }
        }
    }

    private static func reason(_ failure: StoredCommand.Failure) -> String {
        switch failure {
        case .unknownKind(let kind):
            "there is no request \"\(kind.prefix(40))\"; there are acknowledge, arrive, resolve, shelve, "
                + "unshelve, service, answer, away, accept_handover, drill, consent, represented, pause, resume, "
                + "try_out, retry_quarantine, status, reload and stop"
        case .missing(let key): "\"\(key)\" is missing, or is not of its form"
        }
    }

    /// What people write is kept for years and shown to others: it has a limit, and no control characters but the
    /// end of a line.
    private static func check(_ text: String, _ key: String) throws(Malformed) {
        let most =
            ["note", "reason", "understanding", "devices", "rooms"].contains(key) ? 4000 : 200
        guard !text.isEmpty else { throw Malformed(reason: "\"\(key.prefix(40))\" is missing") }
        guard text.utf8.count <= most else {
            throw Malformed(reason: "\"\(key.prefix(40))\" has more than \(most) bytes")
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a }) else {
            throw Malformed(reason: "\"\(key.prefix(40))\" has a control character")
        }
    }

    static func line(_ reply: HubReply) -> [UInt8] {
        let wire: Reply =
            switch reply {
            case .done: Reply(ok: true)
            case .refused(let reason): Reply(ok: false, error: reason)
            case .status(let status): Reply(ok: true, status: status)
            case .retried(let retried): Reply(ok: true, retried: retried)
            case .removed: Reply(ok: true)
            }
        let bytes = (try? JSONEncoder().encode(wire)).map { [UInt8]($0) } ?? []
        return bytes + [UInt8(ascii: "\n")]
    }
}

/// Why a running hub cannot be asked.
public enum ControlError: Error, Hashable, CustomStringConvertible, Sendable {
    /// Nobody listens: the hub of this home is not running.
    case notRunning(path: String)
    /// The socket cannot be made, or cannot be used.
    case socket(path: String, reason: String)
    /// The hub said no.
    case refused(String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .notRunning(let path):
            "the hub of this home is not running (nobody answers at \(path)); start it with 'hubctl run --home …'"
        case .socket(let path, let reason): "\(path): \(reason)"
        case .refused(let reason): reason
        }
    }
}

/// The socket in the home's folder, through which `hubctl` asks a running hub. Only the hub's own user may.
final class ControlServer: Sendable {
    /// The most connections at one time; more wait.
    static let maximumClients = 16

    private let path: String
    private let listener: Int32
    private let inbox: CommandInbox
    private let clients = DispatchSemaphore(value: 0)
    private let serving = Atomic(0)
    private let isStopped = Atomic(false)

    /// Listens at a path; a socket left there by a hub that died is taken away. The caller holds the home's lock.
    init(path: String, inbox: CommandInbox) throws(ControlError) {
        self.path = path
        self.inbox = inbox
        unlink(path)
        listener = try UnixSocket.listen(path)
        for _ in 0..<Self.maximumClients { clients.signal() }
        let thread = Thread { [self] in acceptClients() }
        thread.name = "control"
        thread.start()
    }

    /// Stops listening; gives those who are being answered a second to hear it.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
        for _ in 0..<100 where serving.load(ordering: .relaxed) > 0 { usleep(10_000) }
    }

    private func acceptClients() {
        while !isStopped.load(ordering: .relaxed) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            clients.wait()
            serving.add(1, ordering: .relaxed)
            let thread = Thread { [self] in
                serve(client)
                close(client)
                clients.signal()
                serving.subtract(1, ordering: .relaxed)
            }
            thread.start()
        }
    }

    private func serve(_ client: Int32) {
        guard let line = UnixSocket.readLine(client, milliseconds: 5000) else { return }
        let request: HubRequest
        do throws(ControlMessage.Malformed) {
            request = try ControlMessage.request(line)
        } catch {
            UnixSocket.write(client, ControlMessage.line(.refused(error.reason)))
            return
        }
        let answer = DispatchSemaphore(value: 0)
        let box = ReplyBox()
        inbox.submit(request) { given in
            box.reply.withLock { $0 = given }
            answer.signal()
        }
        _ = answer.wait(timeout: .now() + 15)
        let reply = box.reply.withLock { $0 }
        UnixSocket.write(
            client,
            ControlMessage.line(reply ?? .refused("the hub did not answer within 15 s")))
    }

    private final class ReplyBox: Sendable {
        let reply = Mutex<HubReply?>(nil)
    }
}

/// Asks a running hub.
public struct ControlClient: Sendable {
    private let path: String

    /// - Parameter path: of the home's `hub.sock`.
    public init(path: String) { self.path = path }

    /// Sends a request and waits for the answer, which comes after the hub's commit.
    ///
    /// - Throws: `ControlError`; also where the hub refuses.
    @discardableResult
    public func send(_ request: HubRequest) throws(ControlError) -> HubReply {
        let socket = try UnixSocket.connect(path)
        defer { close(socket) }
        let bytes = (try? JSONEncoder().encode(ControlMessage.encode(request))).map { [UInt8]($0) }
        UnixSocket.write(socket, (bytes ?? []) + [UInt8(ascii: "\n")])
        guard let line = UnixSocket.readLine(socket, milliseconds: 20_000),
            let reply = try? JSONDecoder().decode(ControlMessage.Reply.self, from: Data(line))
        else { throw .socket(path: path, reason: "the hub gave no answer; look at its log") }
        guard reply.ok else { throw .refused(reply.error ?? "refused") }
        return reply.status.map { .status($0) } ?? reply.retried.map { .retried($0) } ?? .done
    }
}

/// Unix stream sockets, as far as the control socket needs them.
enum UnixSocket {
    static func listen(_ path: String) throws(ControlError) -> Int32 {
        let (socket, result) = try with(path) { bind($0, $1, $2) }
        guard result == 0 else { throw failure(path, socket) }
        chmod(path, 0o600)
        guard Glibc.listen(socket, 16) == 0 else { throw failure(path, socket) }
        return socket
    }

    static func connect(_ path: String) throws(ControlError) -> Int32 {
        let (socket, result) = try with(path) { Glibc.connect($0, $1, $2) }
        guard result == 0 else {
            let code = errno
            close(socket)
            if code == ENOENT || code == ECONNREFUSED { throw .notRunning(path: path) }
            throw .socket(path: path, reason: String(cString: strerror(code)))
        }
        return socket
    }

    private static func failure(_ path: String, _ socket: Int32) -> ControlError {
        let reason = String(cString: strerror(errno))
        close(socket)
        return .socket(path: path, reason: reason)
    }

    private static func with(
        _ path: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ControlError) -> (socket: Int32, result: Int32) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw .socket(
                path: path,
                reason: "the path has more than \(capacity - 1) bytes, which a socket's may not; "
                    + "use a shorter path for the home")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let socket = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else {
            throw .socket(path: path, reason: String(cString: strerror(errno)))
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return (socket, result)
    }

    /// The bytes up to the first newline; nil where none comes in time, or only too late in the stream.
    static func readLine(_ socket: Int32, milliseconds: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while line.count <= ControlMessage.maximumLine {
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&wait, 1, Int32(left)) > 0 else { return nil }
            let count = read(socket, &buffer, buffer.count)
            guard count > 0 else { return nil }
            if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) {
                return line + buffer[..<end]
            }
            line += buffer[..<count]
        }
        return nil
    }

    static func write(_ socket: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(
                    socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
