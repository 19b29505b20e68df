import CMosquitto
import Foundation
import Glibc
public import Rules
import Synchronization

/// What somebody asks of a running hub.
public enum HubRequest: Hashable, Sendable {
    /// Something that people did: stored, taken in by the engine, and answered after the commit.
    case perform(Command)
    /// The profiles are mended: read the quarantine again, behind one of its messages.
    case retryQuarantine(after: Int64)
    /// Something that the hub itself noticed: stored and taken in like what people do.
    case report(HubFault, isPresent: Bool, detail: String)
    /// Somebody begins to try out a device, and says who: what it tells within the next minutes is the test.
    case tryOut(DeviceID, by: String)
    /// What was tried to carry a notice.
    case record(NoticeAttempt)
    /// Its time is over: take a slice of it out of the journal.
    case remove(Removal)
    /// How are you?
    case status
    /// Drain, commit, take leave.
    case stop
    /// The same, and start again with what the home's files say now; the broker goes on meanwhile.
    case reload
}

extension HubRequest {
    /// "I am going."
    public static func acknowledge(_ alert: AlertID, by actor: String) -> HubRequest {
        .perform(.acknowledge(alert, by: actor))
    }

    /// It is over.
    public static func resolve(
        _ alert: AlertID, by actor: String, outcome: Outcome? = nil, note: String?
    ) -> HubRequest {
        .perform(.resolve(alert, by: actor, outcome: outcome, note: note))
    }

    /// The person was asked, and says that all is well, or that help is wanted.
    public static func answer(_ alert: AlertID, isFine: Bool, by actor: String) -> HubRequest {
        .perform(.answer(alert, isFine: isFine, by: actor))
    }

    /// The people of a residence left for some time, or are back.
    public static func away(
        _ residence: ResidenceID, _ isAway: Bool, by actor: String
    ) -> HubRequest {
        .perform(.away(residence, isAway, by: actor))
    }
}

/// What the hub answers, after the commit.
public enum HubReply: Hashable, Sendable {
    /// It is done and stored.
    case done
    /// It cannot be done, and why.
    case refused(String)
    /// How the hub is.
    case status(HubStatus)
    /// What a round of reading the quarantine again came to.
    case retried(QuarantineRetry)
    /// What was removed.
    case removed(ErasureCount)
}

/// How a running hub is.
public struct HubStatus: Hashable, Sendable, Codable {
    /// `online`, `connecting`, `storage_full`.
    public var state: String
    /// Process identifier.
    public var process: Int32
    /// The latest journal entry.
    public var sequence: Int64
    /// Messages taken in since the start.
    public var messages: Int
    /// Events stored since the start.
    public var events: Int
    /// Messages in quarantine, and on unknown topics, since the start.
    public var quarantined: Int
    /// Messages on topics of no device since the start.
    public var unknown: Int
    /// Open alerts.
    public var openAlerts: Int
    /// Rule instances.
    public var instances: Int
    /// The broker, as host:port.
    public var broker: String
    /// What it found when it started.
    public var start: StartReport
}

/// Where requests wait for the intake thread. Bounded; an eventfd wakes the thread's `poll`.
public final class CommandInbox: Sendable {
    /// A request with whom to answer.
    struct Item: Sendable {
        var request: HubRequest
        var answer: @Sendable (HubReply) -> Void
    }

    /// Becomes readable when something waits.
    let wake: Int32
    private let capacity: Int
    private struct Waiting {
        var items: [Item] = []
        /// Why nothing is taken any more; nil while the hub runs.
        var closed: String?
    }

    private let waiting = Mutex(Waiting())

    /// An empty inbox.
    ///
    /// - Parameter capacity: how many requests may wait; more are refused at once.
    public init(capacity: Int = 256) {
        self.capacity = capacity
        wake = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    }

    deinit { Glibc.close(wake) }

    /// Puts a request in. `answer` is called once: from the intake thread after the commit, or at once where the
    /// inbox is full or closed.
    public func submit(_ request: HubRequest, answer: @escaping @Sendable (HubReply) -> Void) {
        let refusal: String? = waiting.withLock { waiting in
            if let closed = waiting.closed { return closed }
            guard waiting.items.count < capacity else {
                return "the hub is busy: \(capacity) requests wait; try again"
            }
            waiting.items.append(Item(request: request, answer: answer))
            return nil
        }
        if let refusal { return answer(.refused(refusal)) }
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    /// Puts a request in, and waits for the answer.
    public func ask(_ request: HubRequest) async -> HubReply {
        await withCheckedContinuation { continuation in
            submit(request) { continuation.resume(returning: $0) }
        }
    }

    /// Takes all that waits.
    func take() -> [Item] {
        var count: UInt64 = 0
        _ = read(wake, &count, 8)
        return waiting.withLock { waiting in
            defer { waiting.items = [] }
            return waiting.items
        }
    }

    /// Refuses what waits and all that comes: nobody takes it any more.
    func close(reason: String) {
        let left = waiting.withLock { waiting in
            defer { waiting.items = [] }
            waiting.closed = reason
            return waiting.items
        }
        for item in left { item.answer(.refused(reason)) }
    }
}
