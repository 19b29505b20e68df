import Foundation
import Rules
import Synchronization
import Testing

@testable import Hub

@Suite("The control socket")
struct ControlSocketTests {
    /// Takes what comes and answers, as the loop would.
    private final class Answerer: Sendable {
        let inbox: CommandInbox
        let taken = Mutex<[HubRequest]>([])
        private let isOver = Atomic(false)

        init(_ inbox: CommandInbox, reply: HubReply = .done) {
            self.inbox = inbox
            let thread = Thread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    var entry = pollfd(fd: inbox.wake, events: Int16(POLLIN), revents: 0)
                    poll(&entry, 1, 20)
                    for item in inbox.take() {
                        taken.withLock { $0.append(item.request) }
                        item.answer(reply)
                    }
                }
            }
            thread.start()
        }

        func stop() { isOver.store(true, ordering: .relaxed) }
    }

    private func raw(_ path: String, _ bytes: [UInt8]) throws -> String? {
        let socket = try UnixSocket.connect(path)
        defer { close(socket) }
        UnixSocket.write(socket, bytes)
        return UnixSocket.readLine(socket, milliseconds: 3000).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test("requests arrive as they were sent, and their answers come back")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("hub.sock")
        let inbox = CommandInbox()
        let server = try ControlServer(path: path, inbox: inbox)
        let answerer = Answerer(inbox)
        defer {
            answerer.stop()
            server.stop()
        }
        let requests: [HubRequest] = [
            .acknowledge("a1", by: "Nadia"),
            .resolve("a1", by: "Nadia", note: "tea was cold\n« ça va »"),
            .resolve("a1", by: "Nadia", note: nil), .status, .stop,
        ]
        for request in requests { #expect(try ControlClient(path: path).send(request) == .done) }
        #expect(answerer.taken.withLock { $0 } == requests)
    }

    @Test("a refusal is an error with the hub's words")
    func refusal() throws {
        let folder = try TemporaryFolder()
        let inbox = CommandInbox()
        let server = try ControlServer(path: folder.file("hub.sock"), inbox: inbox)
        let answerer = Answerer(inbox, reply: .refused("alert a1 is not open"))
        defer {
            answerer.stop()
            server.stop()
        }
        #expect(throws: ControlError.refused("alert a1 is not open")) {
            try ControlClient(path: folder.file("hub.sock")).send(.acknowledge("a1", by: "x"))
        }
    }

    @Test("only the hub's own user may connect, and the socket goes with the server")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("hub.sock")
        let server = try ControlServer(path: path, inbox: CommandInbox())
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: ControlError.notRunning(path: path)) {
            try ControlClient(path: path).send(.status)
        }
    }

    @Test("a socket that a killed hub left behind is no obstacle, and tells that nobody listens")
    func staleSocket() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("hub.sock")
        close(try UnixSocket.listen(path))
        #expect(throws: ControlError.notRunning(path: path)) {
            try ControlClient(path: path).send(.status)
        }
        try ControlServer(path: path, inbox: CommandInbox()).stop()
    }

    @Test("a home with too long a path is told as that")
    func longPath() {
        let path = "/tmp/" + String(repeating: "x", count: 120) + "/hub.sock"
        let error = #expect(throws: ControlError.self) {
            _ = try ControlServer(path: path, inbox: CommandInbox())
        }
        #expect(error?.description.contains("more than 107 bytes") == true)
    }

    @Test(
        "what is no request is refused with the reason and disturbs nobody",
        arguments: [
            ("{}", "not a request"), ("nonsense", "not a request"), ("\0\0\0", "not a request"),
            (#"{"request":"dance"}"#, "there is no request"),
            (#"{"request":"acknowledge","by":"x"}"#, "\\\"alert\\\" is missing"),
            (#"{"request":"acknowledge","alert":"a","by":""}"#, "\\\"by\\\" is missing"),
            (#"{"request":"acknowledge","alert":"a","by":"x\u001b[2J"}"#, "control character"),
        ])
    func garbage(line: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let inbox = CommandInbox()
        let server = try ControlServer(path: folder.file("hub.sock"), inbox: inbox)
        defer { server.stop() }
        let answer = try raw(folder.file("hub.sock"), Array(line.utf8) + [10])
        #expect(answer?.contains(#""ok":false"#) == true)
        #expect(answer?.contains(reason) == true, "\(answer ?? "no answer")")
        #expect(inbox.take().isEmpty)
    }

    @Test("an endless line is cut off, and the next client is served")
    func endlessLine() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("hub.sock")
        let inbox = CommandInbox()
        let server = try ControlServer(path: path, inbox: inbox)
        let answerer = Answerer(inbox)
        defer {
            answerer.stop()
            server.stop()
        }
        #expect(try raw(path, [UInt8](repeating: 0x61, count: 200_000)) == nil)
        #expect(try ControlClient(path: path).send(.status) == .done)
    }

    @Test("a full inbox refuses at once, a closed one says why, and both answer everyone")
    func bounded() {
        let inbox = CommandInbox(capacity: 2)
        let answers = Mutex<[HubReply]>([])
        for _ in 0..<3 {
            inbox.submit(.status) { reply in answers.withLock { $0.append(reply) } }
        }
        #expect(
            answers.withLock { $0 } == [.refused("the hub is busy: 2 requests wait; try again")])
        inbox.close(reason: "the hub stops")
        inbox.submit(.status) { reply in answers.withLock { $0.append(reply) } }
        #expect(
            answers.withLock { $0.dropFirst() }
                == [HubReply](repeating: .refused("the hub stops"), count: 3)[...])
        #expect(inbox.take().isEmpty)
    }
}
