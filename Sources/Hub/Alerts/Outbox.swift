import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import Rules
import ServiceLifecycle
import Synchronization

/// Carries notices out to people: reads what is committed, tries each contact of each recipient, tries again what did not
/// get through, and has every try written down. Killed at any moment it begins where the journal says: a notice goes out
/// at least once, with the same idempotency key.
struct Outbox: Service {
    /// How the outbox has things stored: by the intake loop, the journal's only writer.
    struct Desk: Sendable {
        /// Stores a try; returns when it is committed.
        var record: @Sendable (NoticeAttempt) async -> Void
        /// Notes that a channel fails, or works again.
        var report: @Sendable (HubFault, Bool, String) async -> Void
    }

    let home: LoadedHome
    let readers: ReaderPool
    let feed: CommitFeed
    let clock: Clock
    let desk: Desk
    let log: Logger

    /// After so many failures in a row a channel is an alert by the others.
    static let failuresToTell = 3
    /// Without news the table is looked at so often.
    static let round = Duration.seconds(2)

    /// So many notices are under way at once; a channel that hangs holds only these.
    static let abreast = 16
    /// So many of them may be ones that did not get through before, so that news is never held up by what fails.
    static let abreastAgain = 8

    func run() async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(5), read: .seconds(10))))
        let channels = channels(client)
        // It ends with the hub; what waits is carried out at the next start.
        await cancelWhenGracefulShutdown {
            let landings = Landings()
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in Self.rounds(feed) { landings.look() }
                    landings.finish()
                }
                var flight = Flight()
                var waiting: [Item] = []
                for await _ in landings.signals {
                    let news = landings.take()
                    for landing in news.landed {
                        flight.land(landing.notice)
                        for result in landing.results { await note(result, &flight) }
                    }
                    // What was read before a notice came back does not know what came of it.
                    let back = Set(news.landed.map(\.notice))
                    waiting.removeAll { back.contains($0.notice.id) }
                    if news.isToLook || waiting.isEmpty { waiting = await due() }
                    let chosen = flight.choose(waiting)
                    let begun = Set(chosen.map(\.notice.id))
                    waiting.removeAll { begun.contains($0.notice.id) }
                    for item in chosen {
                        group.addTask {
                            let results = await carry(
                                item.notice, item.attempts, item.alerts, channels)
                            landings.land(item.notice.id, results)
                        }
                    }
                }
            }
        }
        try? await client.shutdown()
    }

    /// A notice with what was tried, and the alerts that it tells of.
    typealias Item = (notice: Notice, attempts: [NoticeAttempt], alerts: [Alert])

    /// What became of one try by one channel.
    struct Result: Sendable {
        var channel: String
        var gotThrough: Bool
        var detail: String
    }

    /// What came back, and whether the table is to be looked at: many signs are one, however long it takes to see to them.
    final class Landings: Sendable {
        /// What came of one notice.
        struct Landed: Sendable {
            var notice: NoticeID
            var results: [Result]
        }

        /// All since it was last asked.
        struct News: Sendable {
            var isToLook = false
            var landed: [Landed] = []
        }

        private let news = Mutex(News())
        /// One sign for all that waits; ends with `finish`, or when the task that waits is cancelled.
        let signals: AsyncStream<Void>
        private let signal: AsyncStream<Void>.Continuation

        init() {
            (signals, signal) = AsyncStream.makeStream(
                of: Void.self, bufferingPolicy: .bufferingNewest(1))
        }

        /// The table is to be looked at.
        func look() {
            news.withLock { $0.isToLook = true }
            signal.yield()
        }

        /// A notice is not under way any more.
        func land(_ notice: NoticeID, _ results: [Result]) {
            news.withLock { $0.landed.append(Landed(notice: notice, results: results)) }
            signal.yield()
        }

        /// All that waits, once.
        func take() -> News {
            news.withLock { news in
                defer { news = News() }
                return news
            }
        }

        /// Nothing comes any more.
        func finish() { signal.finish() }
    }

    /// What is under way, and how channels do.
    struct Flight {
        private(set) var fresh: Set<NoticeID> = []
        private(set) var again: Set<NoticeID> = []
        var failures: [String: Int] = [:]

        mutating func land(_ id: NoticeID) {
            fresh.remove(id)
            again.remove(id)
        }

        /// Which of those that wait begin now, in their order, and never one that is under way.
        mutating func choose(_ waiting: [Item]) -> [Item] {
            waiting.filter { item in
                let id = item.notice.id
                guard !fresh.contains(id), !again.contains(id) else { return false }
                if item.attempts.contains(where: { $0.outcome == .failed }) {
                    guard again.count < Outbox.abreastAgain else { return false }
                    again.insert(id)
                } else {
                    guard fresh.count < Outbox.abreast - Outbox.abreastAgain else { return false }
                    fresh.insert(id)
                }
                return true
            }
        }
    }

    /// What can be tried now, oldest first.
    private func due() async -> [Item] {
        do {
            let waiting = try await readers.read { try $0.unsettledNotices(limit: 2000) }
            return waiting.filter { isDue($0.notice, $0.attempts) }
        } catch {
            log.error("outbox: \(error)")
            return []
        }
    }

    /// A signal after each commit that brought notices, and now and then.
    private static func rounds(_ feed: CommitFeed) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let changes = feed.changes()
        let relay = Task {
            for await change in changes where change.hasNotices || !change.steps.isEmpty {
                continuation.yield()
            }
        }
        let beats = Task {
            while !Task.isCancelled {
                continuation.yield()
                try await Task.sleep(for: round)
            }
        }
        continuation.onTermination = { _ in
            relay.cancel()
            beats.cancel()
        }
        return stream
    }

    func channels(_ client: HTTPClient) -> [String: any Channel] {
        var channels: [String: any Channel] = [:]
        for channel in home.notifications.channels {
            switch channel.kind {
            case .webhook(let url, let secretFile, let form):
                channels[channel.name] = WebhookChannel(
                    name: channel.name, url: url, secretFile: secretFile, form: form,
                    client: client)
            case .apprise(let file):
                channels[channel.name] = AppriseChannel(urlFile: file, folder: home.folder)
            }
        }
        return channels
    }

    /// Counts failures, and has an alert raised where a channel fails again and again.
    private func note(_ result: Result, _ flight: inout Flight) async {
        let channel = result.channel
        if result.gotThrough {
            if flight.failures[channel] ?? Self.failuresToTell >= Self.failuresToTell {
                await desk.report(.channel(channel), false, "it works again")
            }
            flight.failures[channel] = 0
        } else {
            flight.failures[channel, default: 0] += 1
            if flight.failures[channel] == Self.failuresToTell {
                await desk.report(.channel(channel), true, result.detail)
            }
        }
    }

    /// Whom a notice goes to, by which channel.
    func contacts(_ notice: Notice) -> [StaffMember.Contact] {
        switch notice.recipient {
        case .contact(let contact): [contact]
        case .staff(let id): home.staff.member(id)?.contacts ?? []
        }
    }

    private func decision(
        _ notice: Notice, _ attempts: [NoticeAttempt], _ channel: String
    ) -> DeliveryPolicy.Decision {
        let failures = attempts.filter { $0.channel == channel && $0.outcome == .failed }
        var hash: UInt64 = 0
        for byte in (notice.id.rawValue + channel).utf8 { hash = hash &* 31 &+ UInt64(byte) }
        return DeliveryPolicy.decision(
            failures: failures.count, last: failures.last?.at, expires: notice.expires,
            spread: hash, at: clock.now())
    }

    /// Whom a notice has still to reach.
    private func left(_ notice: Notice, _ attempts: [NoticeAttempt]) -> [StaffMember.Contact] {
        let done = Set(attempts.filter { $0.outcome != .failed }.map(\.channel))
        return contacts(notice).filter { !done.contains($0.channel) }
    }

    /// Whether there is something to do for a notice now.
    private func isDue(_ notice: Notice, _ attempts: [NoticeAttempt]) -> Bool {
        let left = left(notice, attempts)
        return left.isEmpty
            || left.contains {
                if case .wait = decision(notice, attempts, $0.channel) { false } else { true }
            }
    }

    /// Whether nobody need hear of a notice any more: somebody answered, or the alert was put aside.
    static func isOver(_ notice: Notice, _ alert: Alert?) -> Bool {
        guard let alert else { return false }
        switch notice.kind {
        case .reminder where alert.response == .acknowledged:
            // Asks who goes whether they are there.
            return false
        case .alert, .reminder, .unshelved, .drill:
            return alert.response != .unacknowledged || alert.display != .shown
        case .strengthened: return alert.response == .resolved
        case .answered, .resolved, .handover, .digest: return false
        }
    }

    /// Tries what is due of one notice, one channel after the other.
    func carry(
        _ notice: Notice, _ attempts: [NoticeAttempt], _ alerts: [Alert],
        _ channels: [String: any Channel]
    ) async -> [Result] {
        func record(
            _ channel: String, _ outcome: NoticeAttempt.Outcome, _ detail: String, settles: Bool
        ) async {
            await desk.record(
                NoticeAttempt(
                    notice: notice.id, channel: channel, at: clock.now(), outcome: outcome,
                    detail: detail, settles: settles))
        }
        guard !Self.isOver(notice, alerts.first) else {
            await record("", .cancelled, "", settles: true)
            return []
        }
        var left = left(notice, attempts)
        if left.isEmpty {
            // The page and MQTT have it with the commit.
            await record("", .delivered, "", settles: true)
            return []
        }
        var results: [Result] = []
        let message = NoticeMessage(notice: notice, alerts: alerts, home: home)
        for contact in left {
            let name = contact.channel
            switch decision(notice, attempts, name) {
            case .wait: continue
            case .giveUp:
                left.removeAll { $0.channel == name }
                await record(name, .expired, "", settles: left.isEmpty)
            case .send:
                guard let channel = channels[name] else {
                    left.removeAll { $0.channel == name }
                    await record(
                        name, .expired, "there is no such channel", settles: left.isEmpty)
                    continue
                }
                do {
                    try await channel.send(message, address: contact.address)
                    left.removeAll { $0.channel == name }
                    await record(name, .delivered, "", settles: left.isEmpty)
                    results.append(Result(channel: name, gotThrough: true, detail: ""))
                } catch {
                    await record(name, .failed, "\(error)", settles: false)
                    results.append(Result(channel: name, gotThrough: false, detail: "\(error)"))
                }
            }
        }
        return results
    }
}
