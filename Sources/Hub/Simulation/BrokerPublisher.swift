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
        public var qualityOfService: QualityOfService
        /// How many messages may be unacknowledged; 1 to 1,000.
        public var window: Int
        /// How long a lost broker, or one that acknowledges nothing, is waited for.
        public var patience: TimeSpan

        /// How messages are published.
        public init(
            qualityOfService: QualityOfService = .atLeastOnce, window: Int = 500,
            patience: TimeSpan = .seconds(60)
        ) {
            self.qualityOfService = qualityOfService
            self.window = max(1, min(window, BrokerSession.publicationLimit))
            self.patience = patience
        }
    }

    /// So many messages are handed to the socket at a time.
    private static let burst = 64

    private let session: BrokerSession
    private let options: Options
    /// Sent and not acknowledged, in the order of sending. The broker answers in that order (MQTT 5, 4.6), so
    /// answers are found at the beginning.
    private var waiting: [(packet: UInt16, publication: Publication)] = []
    private var waitingStart = 0
    private var unflushed = 0
    private var silence: Deadline
    private var inbound: [InboundMessage] = []

    /// Connects.
    ///
    /// - Throws: `SimulationError.broker` where the broker cannot be reached or refuses us.
    public init(
        _ configuration: SessionConfiguration, options: Options = Options()
    ) throws(SimulationError) {
        session = BrokerSession(configuration)
        self.options = options
        silence = Deadline(after: options.patience)
        do { try session.connectAndWait() } catch { throw .broker(error.description) }
    }

    /// How many messages are sent and not acknowledged.
    public var outstanding: Int { waiting.count - waitingStart }

    /// Hands one message over; waits while the window is full.
    public func publish(_ publication: Publication) throws(SimulationError) {
        if outstanding >= options.window {
            try pump(for: .zero)
            while outstanding >= options.window { try pump(for: .milliseconds(100)) }
        }
        try send(publication)
        if unflushed >= Self.burst {
            try pump(for: .zero)
            // Without acknowledgements only the socket itself says how much it takes.
            while session.wantsWrite { try pump(for: .milliseconds(100)) }
        }
    }

    /// Does the connection's work for so long.
    public func serve(for span: TimeSpan) throws(SimulationError) {
        let end = Deadline(after: span)
        repeat {
            try pump(for: .milliseconds(Int64(end.pollMilliseconds)))
        } while !end.isOver
    }

    /// Waits until all is acknowledged, and disconnects.
    public func finish() throws(SimulationError) {
        while outstanding > 0 || session.wantsWrite { try pump(for: .milliseconds(100)) }
        session.disconnect()
    }

    private func send(_ publication: Publication) throws(SimulationError) {
        do {
            let packet = try session.publish(
                topic: publication.topic, payload: Array(publication.payload.utf8),
                qualityOfService: options.qualityOfService, retained: publication.retained)
            if options.qualityOfService != .atMostOnce {
                if outstanding == 0 { silence = Deadline(after: options.patience) }
                waiting.append((packet, publication))
            }
            unflushed += 1
        } catch .notConnected {
            try reconnect()
            try send(publication)
        } catch {
            throw .broker(error.description)
        }
    }

    /// Sends what is queued, waits at most so long for the socket, and takes in what it has.
    private func pump(for span: TimeSpan) throws(SimulationError) {
        do {
            try session.release()
            unflushed = 0
            if let socket = session.socket {
                let events = session.wantsWrite ? POLLIN | POLLOUT : POLLIN
                var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
                _ = poll(&entry, 1, Deadline(after: span).pollMilliseconds)
            }
            try session.read(into: &inbound, limit: 100)
            inbound.removeAll(keepingCapacity: true)
            try session.misc()
        } catch {
            try settle()
            try reconnect()
        }
        try settle()
        if outstanding > 0, silence.isOver {
            throw .unacknowledged(count: outstanding, after: options.patience)
        }
    }

    private func settle() throws(SimulationError) {
        let receipts = session.takeReceipts()
        if receipts.isEmpty { return }
        silence = Deadline(after: options.patience)
        for receipt in receipts {
            guard
                let index = waiting[waitingStart...].firstIndex(where: {
                    $0.packet == receipt.packetID
                })
            else { continue }
            let publication = waiting[index].publication
            if index == waitingStart { waitingStart += 1 } else { waiting.remove(at: index) }
            if let refusal = receipt.refusal {
                throw .broker(
                    "the broker did not take '\(publication.topic)': \(refusal);"
                        + " may this user publish there?")
            }
        }
        if waitingStart > 2048 || waitingStart == waiting.count {
            waiting.removeFirst(waitingStart)
            waitingStart = 0
        }
    }

    /// Connects again, and publishes again what was not acknowledged.
    private func reconnect() throws(SimulationError) {
        let end = Deadline(after: options.patience)
        var pause: Int32 = 100
        while true {
            do {
                try session.connectAndWait()
                break
            } catch {
                if end.isOver { throw .broker(error.description) }
                poll(nil, 0, pause)
                pause = min(pause * 2, 2000)
            }
        }
        let again = waiting[waitingStart...].map(\.publication)
        waiting.removeAll()
        waitingStart = 0
        for publication in again { try send(publication) }
    }
}
