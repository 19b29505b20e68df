import AsyncHTTPClient
import Foundation
import Logging
public import Rules

/// Tries out channels with a message that says that it is a test.
public struct ChannelTest: Sendable {
    /// What became of one try.
    public struct Result: Hashable, Sendable {
        /// Which channel.
        public var channel: String
        /// To what address.
        public var address: String
        /// Why it did not get through; nil where it did.
        public var problem: String?
    }

    private let home: LoadedHome

    /// Tries the channels of a home.
    public init(home: LoadedHome) { self.home = home }

    /// Sends the test.
    ///
    /// - Parameters:
    ///   - channel: only by this one; nil for all.
    ///   - staff: to this member's contacts; nil: once by each channel, without an address.
    public func run(channel: String?, staff: StaffID?) async throws -> [Result] {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let outbox = Outbox(
            home: home, readers: ReaderPool(path: ""), feed: CommitFeed(), clock: .system,
            desk: Outbox.Desk(record: { _ in }, report: { _, _, _ in }),
            log: .init(label: "test"))
        let channels = outbox.channels(client)
        let contacts =
            staff.map { home.staff.member($0)?.contacts ?? [] }
            ?? channels.keys.sorted().map { StaffMember.Contact(channel: $0, address: "") }
        let now = Clock.system.now()
        let residence = home.home.residences.first?.id ?? .hub
        let alert = Alert(
            id: "test", rule: BuiltInRule.drill.id, subject: Subject(residence: residence),
            priority: .medium, began: now, noticed: now, late: false, evidence: [])
        var results: [Result] = []
        for contact in contacts where channel == nil || contact.channel == channel {
            var result = Result(channel: contact.channel, address: contact.address)
            let notice = Notice(
                id: NoticeID(rawValue: "test\(now.milliseconds)"), kind: .drill,
                recipient: .contact(contact), residence: residence, alerts: [alert.id], due: now,
                noticed: now, expires: now + .minutes(1))
            do {
                guard let way = channels[contact.channel] else {
                    throw ChannelFailure(description: "there is no such channel")
                }
                try await way.send(
                    NoticeMessage(notice: notice, alerts: [alert], home: home),
                    address: contact.address)
            } catch {
                result.problem = "\(error)"
            }
            results.append(result)
        }
        try? await client.shutdown()
        return results
    }
}
