import Foundation
import Logging
import Rules

/// Keeps a session with the broker: connects, falls back to MQTT 3.1.1, waits longer and longer between tries, and
/// says how the hub is. Errors end a session; they never leave here.
struct BrokerConnection: BrokerLink {
    private let settings: SessionSettings
    private let statusTopic: String
    private let log: Logger
    private var session: BrokerSession?
    private var isAnswered = false
    private var backoff: Backoff
    private var nextTry = Instant.distantPast
    private var lastMisc = Instant.distantPast
    private var protocolVersion: Int32 = 5
    private var unanswered = 0
    private var isHeld = false
    private var announced = false

    /// - Parameters:
    ///   - session: how to reach the broker; its last will is put in here.
    ///   - statusTopic: where the hub says how it is.
    init(session: SessionSettings, statusTopic: String, log: Logger) {
        var session = session
        session.will = SessionSettings.Will(
            topic: statusTopic, payload: Self.statusPayload("offline", since: nil))
        settings = session
        self.statusTopic = statusTopic
        self.log = log
        backoff = Backoff(seed: RedeliveryFilter.hash(topic: session.clientID, payload: []))
    }

    /// host:port.
    var name: String { "\(settings.host):\(settings.port)" }
    var socket: Int32? { session?.socket }
    var isConnected: Bool {
        if case .connected = session?.state { return isAnswered }
        return false
    }

    func wait(wake: Int32, forBroker: Bool, milliseconds: Int32) {
        var descriptors = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        if forBroker, let session, let socket {
            let events = POLLIN | (session.wantsWrite ? POLLOUT : 0)
            descriptors.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
        poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }

    mutating func keepAlive(_ now: Instant) {
        guard !isHeld else { return }
        if session == nil {
            guard now >= nextTry else { return }
            open(now)
        } else if (now - lastMisc).milliseconds >= 1000 || lastMisc > now {
            lastMisc = now
            attempt { session throws(BrokerError) in try session.misc() }
        }
    }

    private mutating func open(_ now: Instant) {
        nextTry = now + .milliseconds(backoff.next())
        isAnswered = false
        do throws(BrokerError) {
            session = try BrokerSession(settings, protocolVersion: protocolVersion)
            attempt { session throws(BrokerError) in try session.release() }
        } catch {
            log.warning("\(error)")
        }
    }

    /// The broker's answer to CONNECT, once: whether it still had our session; nil where there is nothing new.
    mutating func takeAnswer() -> Bool? {
        guard let session, !isAnswered, case .connected(let present) = session.state else {
            return nil
        }
        isAnswered = true
        backoff.reset()
        return present
    }

    /// Reads what has come. What was read before the connection broke is worthless, for it cannot be acknowledged on
    /// a new one, but storing it is right all the same: it is known again when it is delivered again.
    mutating func read(into batch: inout [InboundMessage], limit: Int) {
        guard let session else { return }
        do throws(BrokerError) {
            try session.read(into: &batch, limit: limit)
        } catch {
            end(error)
        }
        report(session)
    }

    /// What the broker would not do is told, once: asked again it would refuse again.
    private func report(_ session: BrokerSession) {
        for refusal in session.refusedSubscriptions { log.error("\(refusal)") }
        for refusal in session.refused {
            log.error("the broker refuses a publication of the hub: \(refusal.reason)")
        }
        session.refusedSubscriptions = []
        session.refused = []
    }

    mutating func release() { attempt { session throws(BrokerError) in try session.release() } }

    /// nil where it cannot be sent now.
    mutating func publish(_ publication: Recovered.Publication) -> Int32? {
        var packet: Int32?
        attempt { session throws(BrokerError) in
            packet = try session.publish(
                topic: publication.topic, payload: publication.payload, retain: publication.retain)
        }
        return packet
    }

    mutating func takePublished() -> [Int32] {
        guard let session else { return [] }
        defer { session.published = [] }
        return session.published
    }

    /// Says how the hub is, retained.
    mutating func publishStatus(_ state: String, at now: Instant) {
        let payload = Self.statusPayload(state, since: now)
        attempt { [statusTopic] session throws(BrokerError) in
            _ = try session.publish(topic: statusTopic, payload: payload, retain: true)
        }
    }

    static func statusPayload(_ state: String, since: Instant?) -> [UInt8] {
        let time = since.map { ",\"since\":\"\(Timestamp.utc($0))\"" } ?? ""
        return [UInt8]("{\"state\":\"\(state)\"\(time)}".utf8)
    }

    // MARK: Ends

    /// Closes without acknowledging, and stays away until `reconnect`.
    mutating func abandon(reason: String) {
        session?.abandon()
        session = nil
        isHeld = true
        announced = false
    }

    mutating func reconnect() {
        isHeld = false
        nextTry = .distantPast
        backoff.reset()
    }

    /// Says that the disk is full, on a short connection under another name that subscribes to nothing, for on our own
    /// the broker would deliver.
    mutating func announceStorageFull(at now: Instant) {
        guard !announced else { return }
        var brief = settings
        brief.clientID += "-status"
        brief.subscriptions = []
        brief.will = nil
        brief.sessionExpiry = 0
        do throws(BrokerError) {
            let session = try BrokerSession(brief, protocolVersion: protocolVersion)
            try session.waitForAnswer(milliseconds: 1000)
            var batch: [InboundMessage] = []
            let deadline = Clock.system.now() + .seconds(1)
            _ = try session.publish(
                topic: statusTopic, payload: Self.statusPayload("storage_full", since: now),
                retain: true)
            try session.release()
            while session.published.isEmpty, Clock.system.now() < deadline {
                session.waitReadable(milliseconds: 100)
                try session.read(into: &batch, limit: 1)
            }
            announced = !session.published.isEmpty
            session.disconnect()
        } catch {
            log.warning("cannot say that the disk is full: \(error)")
        }
    }

    mutating func disconnect() {
        session?.disconnect()
        session = nil
        isHeld = true
    }

    private mutating func attempt(_ body: (BrokerSession) throws(BrokerError) -> Void) {
        guard let session else { return }
        do throws(BrokerError) { try body(session) } catch {
            if case .publication = error {
                log.error("\(error)")
            } else {
                end(error)
            }
        }
    }

    private mutating func end(_ error: BrokerError) {
        log.warning("\(error)")
        if !isAnswered { chooseVersion(after: error) }
        session?.abandon()
        session = nil
        isAnswered = false
    }

    /// Brokers from before MQTT 5 refuse it in words, or close without any: of the tries that find no answer one in
    /// four is for 3.1.1, and the next for 5 again, for a broker that is only starting must not get less for good.
    private mutating func chooseVersion(after error: BrokerError) {
        switch error {
        case .versionRefused(let version):
            log.notice(
                "the broker does not speak MQTT \(version == 5 ? "5; trying 3.1.1" : "3.1.1")")
            protocolVersion = version == 5 ? 4 : 5
            if version == 5 { nextTry = .distantPast }
        case .unanswered:
            unanswered += 1
            protocolVersion = unanswered % 4 == 3 ? 4 : 5
        case .unreachable, .certificates, .denied, .refused, .lost, .publication, .library:
            unanswered = 0
        }
    }
}
