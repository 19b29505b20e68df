import Foundation
import Logging
import Rules
import Synchronization

/// The intake loop on a thread of its own. Everything that the loop owns is born there and never leaves.
final class IntakeThread: Sendable {
    private struct Waiting {
        var result: Result<Void, any Error>?
        var continuations: [CheckedContinuation<Void, any Error>] = []
    }

    private let started = Mutex(Waiting())
    private let finished = Mutex(Waiting())

    /// Starts the thread. `ready` waits for its recovery, `end` for its end.
    init(
        settings: IntakeLoopSettings, journalPath: String, inbox: CommandInbox, clock: Clock,
        log: Logger
    ) {
        let thread = Thread { [self] in
            do {
                let journal = try Journal.open(path: journalPath)
                let connection = BrokerConnection(
                    session: settings.session, statusTopic: settings.statusTopic, log: log)
                let loop = try IntakeLoop(
                    settings: settings, journal: journal, connection: connection, inbox: inbox,
                    clock: clock, log: log)
                settle(started, .success(()))
                try loop.run()
                inbox.close(reason: "the hub stops")
                settle(finished, .success(()))
            } catch {
                // Nobody takes what is asked from now on: who waits for an answer would hold the hub's end up for ever.
                inbox.close(reason: "the hub stops")
                settle(started, .failure(error))
                settle(finished, .failure(error))
            }
        }
        thread.name = "intake"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Returns when the loop has recovered from the journal and begins to take in.
    func ready() async throws { try await wait(started) }

    /// Returns when the loop has stopped as asked.
    ///
    /// - Throws: what ended it otherwise.
    func end() async throws { try await wait(finished) }

    private func settle(_ waiting: borrowing Mutex<Waiting>, _ result: Result<Void, any Error>) {
        let continuations = waiting.withLock { waiting in
            if waiting.result == nil { waiting.result = result }
            defer { waiting.continuations = [] }
            return waiting.continuations
        }
        for continuation in continuations { continuation.resume(with: result) }
    }

    private func wait(_ waiting: borrowing Mutex<Waiting>) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let result = waiting.withLock { waiting -> Result<Void, any Error>? in
                if waiting.result == nil { waiting.continuations.append(continuation) }
                return waiting.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
