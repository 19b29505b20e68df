import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import Rules
import ServiceLifecycle

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

    func run() async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(5), read: .seconds(10))))
        let channels = channels(client)
        // It ends with the hub; what waits is carried out at the next start.
        await cancelWhenGracefulShutdown {
            var state = State()
            for await _ in Self.rounds(feed) {
                await work(channels, &state)
            }
        }
        try? await client.shutdown()
    }

    private struct State {
        var failures: [String: Int] = [:]
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

    private func work(_ channels: [String: any Channel], _ state: inout State) async {
        do {
            let waiting = try await readers.read { try $0.unsettledNotices() }
            // One notice after the other, its channels side by side: a slow channel holds up no other.
            let results = await withTaskGroup(of: [(String, Bool, String)].self) { group in
                for item in waiting {
                    group.addTask {
                        await carry(item.notice, item.attempts, item.alerts, channels)
                    }
                }
                var all: [(String, Bool, String)] = []
                for await result in group { all += result }
                return all
            }
            for (channel, got, detail) in results { await note(channel, got, detail, &state) }
        } catch {
            log.error("outbox: \(error)")
        }
    }

    /// Counts failures, and has an alert raised where a channel fails again and again.
    private func note(
        _ channel: String, _ got: Bool, _ detail: String, _ state: inout State
    ) async {
        if got {
            if state.failures[channel] ?? Self.failuresToTell >= Self.failuresToTell {
                await desk.report(.channel(channel), false, "it works again")
            }
            state.failures[channel] = 0
        } else {
            state.failures[channel, default: 0] += 1
            if state.failures[channel] == Self.failuresToTell {
                await desk.report(.channel(channel), true, detail)
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

    /// Tries what is due of one notice.
    ///
    /// - Returns: for each channel that was tried, whether it got through, and why not.
    private func carry(
        _ notice: Notice, _ attempts: [NoticeAttempt], _ alerts: [Alert],
        _ channels: [String: any Channel]
    ) async -> [(String, Bool, String)] {
        func record(
            _ channel: String, _ outcome: NoticeAttempt.Outcome, _ detail: String, settles: Bool
        ) async {
            await desk.record(
                NoticeAttempt(
                    notice: notice.id, channel: channel, at: clock.now(), outcome: outcome,
                    detail: detail, settles: settles))
        }
        // Nobody is called after somebody answered.
        let calls: Set<Notice.Kind> = [.alert, .reminder, .unshelved, .drill]
        if calls.contains(notice.kind),
            let alert = alerts.first, alert.response != .unacknowledged,
            !(notice.kind == .reminder && alert.response == .acknowledged)
        {
            await record("", .cancelled, "", settles: true)
            return []
        }
        let done = Set(attempts.filter { $0.outcome != .failed }.map(\.channel))
        var left = contacts(notice).filter { !done.contains($0.channel) }
        if left.isEmpty {
            // The page and MQTT have it with the commit.
            await record("", .delivered, "", settles: true)
            return []
        }
        var results: [(String, Bool, String)] = []
        let message = NoticeMessage(notice: notice, alerts: alerts, home: home)
        for contact in left {
            let failures = attempts.filter {
                $0.channel == contact.channel && $0.outcome == .failed
            }
            var hash: UInt64 = 0
            for byte in (notice.id.rawValue + contact.channel).utf8 {
                hash = hash &* 31 &+ UInt64(byte)
            }
            let decision = DeliveryPolicy.decision(
                failures: failures.count, last: failures.last?.at, expires: notice.expires,
                spread: hash, at: clock.now())
            switch decision {
            case .wait: continue
            case .giveUp:
                left.removeAll { $0.channel == contact.channel }
                await record(contact.channel, .expired, "", settles: left.isEmpty)
            case .send:
                guard let channel = channels[contact.channel] else {
                    left.removeAll { $0.channel == contact.channel }
                    await record(
                        contact.channel, .expired, "there is no such channel",
                        settles: left.isEmpty)
                    continue
                }
                do {
                    try await channel.send(message, address: contact.address)
                    left.removeAll { $0.channel == contact.channel }
                    await record(contact.channel, .delivered, "", settles: left.isEmpty)
                    results.append((contact.channel, true, ""))
                } catch {
                    await record(contact.channel, .failed, "\(error)", settles: false)
                    results.append((contact.channel, false, "\(error)"))
                }
            }
        }
        return results
    }
}
