import Foundation
public import Rules
import Synchronization

/// Tells those who watch that something was committed. Never waits for them: who is slow misses changes, and is told
/// that by the sequence; the journal is the truth.
public final class CommitFeed: Sendable {
    /// What one commit changed.
    public struct Change: Hashable, Sendable {
        /// One step of an alert.
        public struct AlertStep: Hashable, Sendable {
            /// Which alert.
            public var alert: AlertID
            /// What happened.
            public var step: AlertTransition.Step
            /// How much it matters.
            public var priority: Priority
            /// Where.
            public var residence: ResidenceID
            /// Whether it calls for somebody.
            public var calls: Bool
        }

        /// Counts changes since the hub started.
        public var number: Int
        /// The steps of alerts, in order.
        public var steps: [AlertStep]
        /// Whether there are new notices, or something became of a device.
        public var hasNotices: Bool
        /// Whether anything else was stored that a page shows.
        public var hasEvents: Bool
    }

    private struct State {
        var number = 0
        var next = 0
        var isOver = false
        var watchers: [Int: AsyncStream<Change>.Continuation] = [:]
    }

    private let state = Mutex(State())
    /// How many changes wait for a slow watcher; older ones go first.
    public static let depth = 64

    /// A feed that nobody watches.
    public init() {}

    /// Everything from now on. Ends when the hub stops, or the caller's task is cancelled.
    public func changes() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change.self, bufferingPolicy: .bufferingNewest(Self.depth))
        let id: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.next += 1
            state.watchers[state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.watchers[id] = nil }
        }
        return stream
    }

    /// How many watch.
    public var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// Tells what a commit changed.
    func publish(steps: Steps, hasNotices: Bool, hasEvents: Bool) {
        let told = steps.map {
            Change.AlertStep(
                alert: $0.alert.id, step: $0.step, priority: $0.alert.priority,
                residence: $0.alert.subject.residence,
                calls: $0.alert.display == .shown && $0.alert.response == .unacknowledged)
        }
        let (change, watchers) = state.withLock { state in
            state.number += 1
            return (
                Change(
                    number: state.number, steps: told, hasNotices: hasNotices,
                    hasEvents: hasEvents), Array(state.watchers.values)
            )
        }
        for watcher in watchers { watcher.yield(change) }
    }

    /// Nothing more comes.
    func finish() {
        let watchers = state.withLock { state in
            state.isOver = true
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
