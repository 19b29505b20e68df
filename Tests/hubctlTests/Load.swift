import Foundation
import Rules
import Synchronization
import Testing

@testable import Hub

/// Publishes numbered messages with quality of service 1 until it is told to stop, and knows which ones the broker has
/// acknowledged and which had to be published again.
final class Load: Sendable {
    private struct State {
        var acknowledged = 0
        var repeated: [String: Int] = [:]
        var isStopping = false
    }

    private let state: Box

    /// What the publishing thread shares with the test.
    private final class Box: Sendable {
        let state = Mutex(State())
        /// How many messages there were, once it is over.
        let outcome = Mutex(Result<Int, any Error>?.none)
    }

    /// - Parameters:
    ///   - count: how many messages there are; nil: until `stop`.
    ///   - window: how many may be unacknowledged.
    ///   - pause: how long ten messages take at least, in ms.
    init(_ settings: SessionSettings, count: Int? = nil, window: Int = 100, pause: Int32 = 10) {
        let box = Box()
        state = box
        // Not a task: the tests that wait for it may hold all threads that tasks have.
        let thread = Thread {
            let result = Result {
                try Self.publish(settings, box, count: count ?? .max, window: window, pause: pause)
            }
            box.outcome.withLock { $0 = result }
        }
        thread.start()
    }

    var acknowledged: Int { state.state.withLock { $0.acknowledged } }
    /// How often each message was published again.
    var repeated: [String: Int] { state.state.withLock { $0.repeated } }

    /// Publishes no more; returns how many messages there were, once the broker has acknowledged all.
    func stop() throws -> Int {
        state.state.withLock { $0.isStopping = true }
        return try finish()
    }

    /// Returns how many messages there were, once the broker has acknowledged all.
    func finish() throws -> Int {
        try wait(600, "the last PUBACK") { state.outcome.withLock { $0 != nil } }
        return try #require(state.outcome.withLock { $0 }).get()
    }

    private static func publish(
        _ settings: SessionSettings, _ box: Box, count: Int, window: Int, pause: Int32
    ) throws -> Int {
        var session = try BrokerSession.patient(settings)
        var waiting: [(packet: Int32, value: String)] = []
        var next = 0
        var isOver = false
        while !isOver || !waiting.isEmpty {
            do {
                var burst = 0
                while !isOver, waiting.count < window, burst < 10 {
                    waiting.append((try send("s\(next)", session), "s\(next)"))
                    next += 1
                    burst += 1
                    isOver = next >= count || box.state.withLock { $0.isStopping }
                }
                let end = Clock.system.now() + .milliseconds(Int64(pause))
                repeat {
                    let left = Int32(clamping: (end - Clock.system.now()).milliseconds)
                    try pump(session, milliseconds: waiting.count < window ? left : 20)
                } while Clock.system.now() < end
            } catch {
                session.abandon()
                session = try BrokerSession.patient(settings)
                let again = waiting.map(\.value)
                waiting = []
                box.state.withLock { state in
                    for value in again { state.repeated[value, default: 0] += 1 }
                }
                for value in again { waiting.append((try send(value, session), value)) }
            }
            let answered = Set(session.published)
            session.published = []
            waiting.removeAll { answered.contains($0.packet) }
            box.state.withLock { $0.acknowledged += answered.count }
        }
        session.disconnect()
        return next
    }

    private static func send(_ value: String, _ session: BrokerSession) throws -> Int32 {
        try session.publish(
            topic: "home/tablet", payload: [UInt8]("{\"app\":\"\(value)\"}".utf8), retain: false)
    }

    private static func pump(_ session: BrokerSession, milliseconds: Int32) throws {
        var ignored: [InboundMessage] = []
        try session.release()
        if milliseconds > 0 { session.waitReadable(milliseconds: milliseconds) }
        try session.read(into: &ignored, limit: 1000)
        try session.misc()
    }
}

extension BrokerSession {
    /// A session, as soon as the broker gives one: it may be starting again.
    fileprivate static func patient(_ settings: SessionSettings) throws -> BrokerSession {
        let limit = Clock.system.now() + .seconds(30)
        while true {
            do {
                let session = try BrokerSession(settings)
                try session.waitForAnswer()
                return session
            } catch {
                guard Clock.system.now() < limit else { throw error }
                usleep(20_000)
            }
        }
    }
}
