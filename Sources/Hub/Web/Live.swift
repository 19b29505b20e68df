import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Rules
import Synchronization

/// Live pages: a stream of server-sent events for each, telling that something changed that the visitor may see. What
/// changed the page asks for itself, so that a lost event loses nothing.
final class Live: Sendable {
    /// How many pages may listen.
    static let most = 2000
    /// So often a page hears that the hub is there.
    static let beat = Duration.seconds(15)

    private let feed: CommitFeed
    private let count = Atomic(0)

    init(feed: CommitFeed) { self.feed = feed }

    /// How many pages listen.
    var listeners: Int { count.load(ordering: .relaxed) }

    var routes: [Route] {
        [
            Route(method: .get, path: "/live", access: .signedIn) { [self] visit in
                guard let visitor = visit.visitor else { throw WebFailure.forbidden }
                return try response(visitor, isOnTime: visit.query("time") == "true")
            }
        ]
    }

    private func response(_ visitor: Visitor, isOnTime: Bool) throws -> Response {
        guard count.add(1, ordering: .relaxed).newValue <= Self.most else {
            count.subtract(1, ordering: .relaxed)
            throw WebFailure.tooMany(30)
        }
        let changes = feed.changes()
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                .init("X-Accel-Buffering") ?? .via: "no",
            ],
            body: ResponseBody { [self] writer in
                defer { count.subtract(1, ordering: .relaxed) }
                try await writer.write(ByteBuffer(string: "retry: 2000\nevent: beat\ndata: 0\n\n"))
                for await event in Self.events(changes, visitor) {
                    try await writer.write(ByteBuffer(string: event))
                }
                try await writer.finish(nil)
            })
    }

    /// What one page hears: changes that it may see, and beats while there are none.
    private static func events(
        _ changes: AsyncStream<CommitFeed.Change>, _ visitor: Visitor
    ) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(CommitFeed.depth))
        let relay = Task {
            for await change in changes {
                if let event = event(change, visitor) { continuation.yield(event) }
            }
            continuation.finish()
        }
        let beats = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: beat)
                continuation.yield("event: beat\ndata: 0\n\n")
            }
        }
        continuation.onTermination = { _ in
            relay.cancel()
            beats.cancel()
        }
        return stream
    }

    /// A change as an event; nil where there is nothing in it for the visitor. It names alerts, no more: what they are
    /// about is asked for, and authorized, as always.
    static func event(_ change: CommitFeed.Change, _ visitor: Visitor) -> String? {
        let steps = change.steps.filter { visitor.maySee($0.residence) }
        guard !steps.isEmpty || change.hasNotices else { return nil }
        let names = steps.map {
            "{\"alert\":\"\($0.alert)\",\"step\":\"\($0.step.name)\",\"priority\":\"\($0.priority.name)\",\"calls\":\($0.calls)}"
        }
        return
            "id: \(change.number)\nevent: change\ndata: {\"steps\":[\(names.joined(separator: ","))]}\n\n"
    }
}
