import Foundation
public import Rules

/// Publishes what simulated devices say to a broker, as devices do, with a window of unacknowledged messages.
///
/// Where the connection is lost it is made again, and what was not acknowledged is published again in its
/// order: with quality of service 1 the broker gets all of it, some of it perhaps twice. Memory is bounded by
/// the window. Blocks its thread while it waits; not thread-safe.
public final class BrokerPublisher: Publisher {
    /// How messages are published.
    public struct Options: Hashable, Sendable {
        /// 0 or 1.
        public var qualityOfService: UInt8
        /// How many messages may be unacknowledged; 1 to 1,000.
        public var window: Int
        /// How long a lost broker, or one that acknowledges nothing, is waited for.
        public var patience: TimeSpan

        /// How messages are published.
        public init(
            qualityOfService: UInt8 = 1, window: Int = 500, patience: TimeSpan = .seconds(60)
        ) {
            self.qualityOfService = qualityOfService
            self.window = max(1, min(window, 1000))
            self.patience = patience
        }
    }

    /// So many messages are handed to the socket at a time.
    private static let burst = 64

    private let settings: SessionSettings
    private var session: BrokerSession
    private let options: Options
    /// Sent and not acknowledged, in the order of sending.
    private var waiting: [(packet: Int32, publication: Publication)] = []
    private var unflushed = 0
    private var lastAnswer = Clock.system.now()
    private var inbound: [InboundMessage] = []

    /// Connects.
    ///
    /// - Throws: `SimulationError.broker` where the broker cannot be reached or refuses us.
    public init(
        _ settings: SessionSettings, options: Options = Options()
    ) throws(SimulationError) {
        self.settings = settings
        self.options = options
        do throws(BrokerError) {
            session = try BrokerSession(settings)
            try session.waitForAnswer()
        } catch { throw .broker(error.description) }
    }

    /// How many messages are sent and not acknowledged.
    public var outstanding: Int { waiting.count }

    /// Hands one message over; waits while the window is full.
    public func publish(_ publication: Publication) throws(SimulationError) {
        while outstanding >= options.window { try pump(milliseconds: 100) }
        try send(publication)
        if unflushed >= Self.burst { try pump(milliseconds: 0) }
    }

    /// Does the connection's work for so long.
    public func serve(for span: TimeSpan) throws(SimulationError) {
        let end = Clock.system.now() + span
        repeat {
            try pump(milliseconds: Int32(clamping: (end - Clock.system.now()).milliseconds))
        } while Clock.system.now() < end
    }

    /// Waits until all is acknowledged, and disconnects.
    public func finish() throws(SimulationError) {
        while outstanding > 0 || session.wantsWrite { try pump(milliseconds: 100) }
        session.disconnect()
    }

    private func send(_ publication: Publication) throws(SimulationError) {
        do throws(BrokerError) {
            let packet = try session.publish(
                topic: publication.topic, payload: Array(publication.payload.utf8),
                retain: publication.retained, qualityOfService: Int32(options.qualityOfService))
            if options.qualityOfService > 0 { waiting.append((packet, publication)) }
            unflushed += 1
        } catch {
            guard case .lost = error else { throw .broker(error.description) }
            try reconnect()
            try send(publication)
        }
    }

    /// Sends what is queued, waits at most so long for the socket, and takes in what it has.
    private func pump(milliseconds: Int32) throws(SimulationError) {
        do throws(BrokerError) {
            try session.release()
            unflushed = 0
            session.waitReadable(milliseconds: max(0, milliseconds))
            try session.read(into: &inbound, limit: 100)
            inbound.removeAll(keepingCapacity: true)
            try session.misc()
        } catch {
            try settle()
            try reconnect()
        }
        try settle()
        if outstanding > 0, Clock.system.now() - lastAnswer > options.patience {
            throw .unacknowledged(count: outstanding, after: options.patience)
        }
    }

    private func settle() throws(SimulationError) {
        if let refusal = session.refused.first {
            let topic =
                waiting.first { $0.packet == refusal.packet }?.publication.topic ?? "a topic"
            throw .broker(
                "the broker did not take '\(topic)': \(refusal.reason); may this user publish there?"
            )
        }
        guard !session.published.isEmpty else {
            if outstanding == 0 { lastAnswer = Clock.system.now() }
            return
        }
        let answered = Set(session.published)
        session.published = []
        lastAnswer = Clock.system.now()
        waiting.removeAll { answered.contains($0.packet) }
    }

    /// Connects again, and publishes again what was not acknowledged.
    private func reconnect() throws(SimulationError) {
        let end = Clock.system.now() + options.patience
        var pause: Int32 = 100
        session.abandon()
        while true {
            do throws(BrokerError) {
                session = try BrokerSession(settings)
                try session.waitForAnswer()
                break
            } catch {
                if Clock.system.now() > end { throw .broker(error.description) }
                poll(nil, 0, pause)
                pause = min(pause * 2, 2000)
            }
        }
        let again = waiting.map(\.publication)
        waiting.removeAll()
        for publication in again { try send(publication) }
    }
}
