import CMosquitto
import Foundation
import Rules

/// One connection to an MQTT broker, driven by the thread that owns it.
///
/// ## Acknowledge after commit
///
/// libmosquitto answers a QoS 1 PUBLISH before it calls the message callback. With
/// `mosquitto_threaded_set(client, true)` the PUBACK is only queued; it leaves in `release`. So: `read` a batch,
/// commit it, then `release`. If the commit fails, `abandon` closes the socket with the acknowledgements unsent,
/// and the broker delivers again.
///
/// A session object is for one connection: after `abandon`, `disconnect` or an error make another one. What it was to
/// publish is in the outbox.
final class BrokerSession {
    /// What the connection is, as the owner sees it.
    enum State: Equatable {
        case connecting
        /// `sessionPresent`: the broker still had our session, and may deliver again what was not acknowledged.
        case connected(sessionPresent: Bool)
        case closed(reason: String)
    }

    private(set) var state = State.connecting
    /// The packet identifiers of our publications that the broker answered; the owner empties it.
    var published: [Int32] = []
    /// Our publications that the broker refused, with its reason; the owner empties it.
    var refused: [(packet: Int32, reason: String)] = []
    /// Subscriptions that the broker refused, with its reason, in words for the log; the owner empties it.
    var refusedSubscriptions: [String] = []
    /// Which protocol is spoken: 5 or 4 (3.1.1).
    let protocolVersion: Int32

    private let settings: SessionSettings
    private var client: OpaquePointer?
    private var inbox: [InboundMessage] = []
    private var batchBytes = 0
    private var progress = 0
    private var duplicate: Bool?
    private var watchedForDuplicates = 0
    private let opened = ContinuousClock.now
    private var subscriptionPackets: [Int32: String] = [:]
    /// What the broker answered to CONNECT where it was not yes.
    private var refusal: BrokerError?
    private var isAnswered = false

    private static let initialised: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    /// Connects. Returns once the TCP (and TLS) connection stands; the broker's answer comes through `read`.
    init(_ settings: SessionSettings, protocolVersion: Int32 = 5) throws(BrokerError) {
        self.settings = settings
        self.protocolVersion = protocolVersion
        guard Self.initialised else { throw .library("mosquitto_lib_init failed") }
        guard let client = mosquitto_new(settings.clientID, false, nil) else {
            throw .library("mosquitto_new: \(String(cString: strerror(errno)))")
        }
        self.client = client
        mosquitto_user_data_set(client, Unmanaged.passUnretained(self).toOpaque())
        do throws(BrokerError) {
            try configure(client)
            try open(client)
        } catch {
            mosquitto_destroy(client)
            self.client = nil
            throw error
        }
    }

    deinit { if let client { mosquitto_destroy(client) } }

    // MARK: Connecting

    private func configure(_ client: OpaquePointer) throws(BrokerError) {
        mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, protocolVersion)
        mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.receiveMaximum))
        mosquitto_threaded_set(client, true)
        if let username = settings.username {
            mosquitto_username_pw_set(client, username, settings.password)
        }
        if let tls = settings.tls {
            let code = mosquitto_tls_set(
                client, tls.authorityFile, tls.authorityFile == nil ? "/etc/ssl/certs" : nil,
                tls.certificateFile, tls.keyFile, nil)
            guard code == MOSQ_ERR_SUCCESS.rawValue else {
                throw .certificates(
                    "\(tls.authorityFile ?? "/etc/ssl/certs"): \(Self.text(code)); check ca_file, "
                        + "certificate_file and key_file")
            }
        }
        if let will = settings.will {
            mosquitto_will_set(
                client, will.topic, Int32(will.payload.count), will.payload, 1, true)
        }
        setCallbacks(client)
    }

    private func open(_ client: OpaquePointer) throws(BrokerError) {
        try Reachability.require(host: settings.host, port: settings.port)
        var properties: OpaquePointer?
        if protocolVersion == 5 {
            mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue),
                settings.sessionExpiry)
            mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue),
                settings.maximumPacketSize)
        }
        defer { mosquitto_property_free_all(&properties) }
        let code = mosquitto_connect_bind_v5(
            client, settings.host, Int32(settings.port), Int32(settings.keepAlive), nil,
            properties)
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            let reason =
                code == MOSQ_ERR_ERRNO.rawValue
                ? String(cString: strerror(errno)) : Self.text(code)
            throw .unreachable(host: settings.host, port: settings.port, reason: reason)
        }
    }

    private func subscribe(_ client: OpaquePointer) {
        // Retain handling 1: retained messages come with a new subscription only, not with each reconnection.
        let options = Int32(MQTT_SUB_OPT_NO_LOCAL.rawValue | MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue)
        for filter in settings.subscriptions {
            var packet: Int32 = 0
            let code = mosquitto_subscribe_v5(
                client, &packet, filter, 1, protocolVersion == 5 ? options : 0, nil)
            if code == MOSQ_ERR_SUCCESS.rawValue {
                subscriptionPackets[packet] = filter
            } else {
                refusedSubscriptions.append("cannot subscribe to \(filter): \(Self.text(code))")
            }
        }
    }

    // MARK: Reading and answering

    /// The socket to poll; nil when it is closed.
    var socket: Int32? {
        guard let client else { return nil }
        let socket = mosquitto_socket(client)
        return socket >= 0 ? socket : nil
    }

    /// Whether something waits to be written: poll for that too, outside of a batch.
    var wantsWrite: Bool { client.map { mosquitto_want_write($0) } ?? false }

    /// Reads what the socket has, at most until the batch holds `limit` messages or `maximumBatchBytes`.
    ///
    /// libmosquitto reads about one packet a call. How much is left is asked once, and what each message took is
    /// subtracted, which saves a system call a message. What the broker had sent before it vanished is read first:
    /// an error comes when nothing else is left, but may come together with messages.
    func read(into batch: inout [InboundMessage], limit: Int) throws(BrokerError) {
        guard client != nil else { throw .lost("the session is closed") }
        // What came together with the broker's answer to CONNECT, read by `waitForAnswer`.
        batch += inbox
        inbox.removeAll()
        swap(&inbox, &batch)
        defer { swap(&inbox, &batch) }
        batchBytes = 0
        var available = availableBytes()
        // Nothing to read and the end of the stream look the same to FIONREAD.
        if available == 0, settings.tls == nil { return try requirePeer() }
        // TLS keeps decrypted bytes to itself, where the socket's count does not show them.
        var idle = 0
        while inbox.count < limit, batchBytes < settings.maximumBatchBytes,
            available > 0 || (settings.tls != nil && idle < 2)
        {
            let before = progress
            let count = inbox.count
            try readOnce()
            if inbox.count > count {
                available -= inbox[inbox.count - 1].wireSize
                idle = 0
            } else {
                idle = progress == before ? idle + 1 : 0
                let left = availableBytes()
                // A packet of which only the beginning has come: wait for the rest in poll.
                if left == available, progress == before, settings.tls == nil { break }
                available = left
            }
            if available <= 0 { available = availableBytes() }
        }
    }

    private func readOnce() throws(BrokerError) {
        guard let client else { throw .lost("the session is closed") }
        let code = mosquitto_loop_read(client, 1)
        if let refusal { throw refusal }
        if case .closed(let reason) = state { throw lost(reason) }
        guard code == MOSQ_ERR_SUCCESS.rawValue else { throw lost(Self.text(code)) }
    }

    /// Before the broker's first answer an end means that it would not talk with us, perhaps for the version.
    private func lost(_ reason: String) -> BrokerError {
        if !isAnswered { return .unanswered(version: protocolVersion, reason: reason) }
        return .lost(reason)
    }

    /// Throws where the broker has closed the connection and everything that it sent is read.
    private func requirePeer() throws(BrokerError) {
        guard let socket else { throw lost("the connection is closed") }
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        if count == 0 { throw lost("the broker closed the connection") }
        if count < 0, errno != EAGAIN, errno != EWOULDBLOCK, errno != EINTR {
            throw lost(String(cString: strerror(errno)))
        }
    }

    /// Whether the broker has gone. Writing to it then would make libmosquitto close the socket, and with it what the
    /// broker sent before and we have not read.
    private func peerIsGone(_ socket: Int32) -> Bool {
        // POLLRDHUP of Linux, which the Glibc overlay does not have.
        var wait = pollfd(fd: socket, events: 0x2000, revents: 0)
        return poll(&wait, 1, 0) > 0
    }

    /// Waits for the broker's answer to CONNECT; for tools, which have nothing else to do.
    func waitForAnswer(milliseconds: Int64 = 5000) throws(BrokerError) {
        try release()
        let deadline = Clock.system.now() + .milliseconds(milliseconds)
        while case .connecting = state {
            guard Clock.system.now() < deadline else {
                throw .unanswered(
                    version: protocolVersion, reason: "no answer within \(milliseconds) ms")
            }
            waitReadable(milliseconds: 100)
            if availableBytes() > 0 || settings.tls != nil {
                try readOnce()
            } else {
                try requirePeer()
            }
        }
        if case .closed(let reason) = state { throw .lost(reason) }
    }

    /// Waits until something can be read.
    func waitReadable(milliseconds: Int32) {
        guard let socket else { return }
        var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, milliseconds)
    }

    private func availableBytes() -> Int {
        guard let socket else { return 0 }
        var count: Int32 = 0
        return ioctl(socket, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Lets the queued acknowledgements, and publications, out. Only after the commit.
    func release() throws(BrokerError) {
        guard let client, let socket else { throw .lost("the session is closed") }
        guard mosquitto_want_write(client), !peerIsGone(socket) else { return }
        var cork: Int32 = 1
        // One segment for many small answers; uncorking sends at once.
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &cork, socklen_t(MemoryLayout<Int32>.size))
        defer {
            cork = 0
            setsockopt(
                socket, Int32(IPPROTO_TCP), TCP_CORK, &cork, socklen_t(MemoryLayout<Int32>.size))
        }
        while mosquitto_want_write(client) {
            let code = mosquitto_loop_write(client, 1)
            guard code == MOSQ_ERR_SUCCESS.rawValue else { throw lost(Self.text(code)) }
            if mosquitto_want_write(client), errno == EAGAIN || errno == EWOULDBLOCK {
                var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
                // The broker does not read: after five seconds it is as good as gone.
                guard poll(&wait, 1, 5000) > 0 else { throw .lost("the broker does not read") }
            }
        }
    }

    /// Keep-alive, and the limit on the broker's answer to CONNECT; call about once a second.
    func misc() throws(BrokerError) {
        guard let client else { throw .lost("the session is closed") }
        if let socket, peerIsGone(socket) { return }
        if !isAnswered, ContinuousClock.now - opened > .milliseconds(settings.answerLimit) {
            throw .unanswered(
                version: protocolVersion, reason: "no answer within \(settings.answerLimit) ms")
        }
        let code = mosquitto_loop_misc(client)
        guard code == MOSQ_ERR_SUCCESS.rawValue else { throw lost(Self.text(code)) }
    }

    /// Queues a publication with QoS 1; it leaves with `release`.
    ///
    /// - Returns: the packet identifier that comes back in `published`.
    func publish(
        topic: String, payload: [UInt8], retain: Bool, qualityOfService: Int32 = 1
    ) throws(BrokerError) -> Int32 {
        guard let client else { throw .lost("the session is closed") }
        var packet: Int32 = 0
        let code = mosquitto_publish_v5(
            client, &packet, topic, Int32(payload.count), payload, qualityOfService, retain, nil)
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw .publication(topic: topic, reason: Self.text(code))
        }
        return packet
    }

    /// Takes leave: what is queued goes out, then DISCONNECT, so that the last will is not published.
    func disconnect() {
        guard let client else { return }
        try? release()
        mosquitto_disconnect_v5(client, 0, nil)
        try? release()
        close("disconnected")
    }

    /// Closes the socket with all acknowledgements unsent: the broker will deliver again.
    func abandon() { close("abandoned") }

    private func close(_ reason: String) {
        guard let client else { return }
        if let socket { shutdown(socket, Int32(SHUT_RDWR)) }
        mosquitto_destroy(client)
        self.client = nil
        state = .closed(reason: reason)
    }

    static func text(_ code: Int32) -> String { String(cString: mosquitto_strerror(code)) }

    // MARK: Callbacks

    private static func session(_ pointer: UnsafeMutableRawPointer?) -> BrokerSession? {
        pointer.map { Unmanaged<BrokerSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setCallbacks(_ client: OpaquePointer) {
        mosquitto_connect_v5_callback_set(client) { _, pointer, code, flags, _ in
            BrokerSession.session(pointer)?.answered(code: code, flags: flags)
        }
        mosquitto_message_v5_callback_set(client) { _, pointer, message, _ in
            guard let message else { return }
            BrokerSession.session(pointer)?.received(message.pointee)
        }
        mosquitto_publish_v5_callback_set(client) { _, pointer, packet, code, _ in
            BrokerSession.session(pointer)?.answered(publication: packet, code: code)
        }
        mosquitto_subscribe_v5_callback_set(client) { _, pointer, packet, count, granted, _ in
            BrokerSession.session(pointer)?.answered(
                subscription: packet, code: count > 0 ? granted?[0] ?? 0 : 0)
        }
        mosquitto_disconnect_v5_callback_set(client) { _, pointer, code, _ in
            guard let session = BrokerSession.session(pointer), session.client != nil else {
                return
            }
            session.state = .closed(reason: BrokerSession.text(code))
        }
    }

    private func answered(code: Int32, flags: Int32) {
        progress += 1
        isAnswered = true
        guard let client else { return }
        guard code == 0 else {
            refusal = refusal(code)
            state = .closed(reason: refusal?.description ?? "")
            return
        }
        let present = flags & 1 != 0
        state = .connected(sessionPresent: present)
        if present { watchForDuplicates(client) }
        subscribe(client)
    }

    private func refusal(_ code: Int32) -> BrokerError {
        // Code 1 is the version's in MQTT 3.1.1, and what a broker of before MQTT 5 answers to it.
        if code == 0x84 || code == 1 { return .versionRefused(protocolVersion) }
        let reason =
            protocolVersion == 5
            ? String(cString: mosquitto_reason_string(code))
            : String(cString: mosquitto_connack_string(code))
        let denied: [Int32] = protocolVersion == 5 ? [0x86, 0x87, 0x8c] : [4, 5]
        if denied.contains(code) { return .denied(username: settings.username, reason: reason) }
        return .refused(reason)
    }

    private func answered(publication packet: Int32, code: Int32) {
        progress += 1
        published.append(packet)
        // MQTT 5, 3.4.2.1: from 0x80 on the publication was not taken.
        if code >= 0x80 {
            refused.append((packet, String(cString: mosquitto_reason_string(code))))
        }
    }

    private func answered(subscription packet: Int32, code: Int32) {
        progress += 1
        let filter = subscriptionPackets.removeValue(forKey: packet) ?? "?"
        guard code >= 0x80 else { return }
        let reason =
            code == 0x80 ? "failure" : String(cString: mosquitto_reason_string(code))
        refusedSubscriptions.append("the broker refuses the subscription to \(filter): \(reason)")
    }

    /// libmosquitto does not hand out the DUP flag, but writes it to its log before each message. The log is listened
    /// to for the first messages after a reconnection only, where the flag matters, and costs nothing after.
    private func watchForDuplicates(_ client: OpaquePointer) {
        watchedForDuplicates = settings.receiveMaximum
        mosquitto_log_callback_set(client) { _, pointer, level, text in
            guard level == Int32(MOSQ_LOG_DEBUG), let text else { return }
            let mark = "received PUBLISH (d"
            guard let found = strstr(text, mark) else { return }
            BrokerSession.session(pointer)?.duplicate =
                found[mark.utf8.count] == CChar(bitPattern: UInt8(ascii: "1"))
        }
    }

    private func received(_ message: mosquitto_message) {
        progress += 1
        batchBytes += Int(message.payloadlen)
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        inbox.append(
            InboundMessage(
                topic: message.topic.map { String(cString: $0) } ?? "", payload: [UInt8](payload),
                qualityOfService: UInt8(truncatingIfNeeded: message.qos), retained: message.retain,
                packetID: UInt16(truncatingIfNeeded: message.mid), duplicate: duplicate))
        guard watchedForDuplicates > 0 else { return }
        duplicate = nil
        if message.qos > 0 { watchedForDuplicates -= 1 }
        if watchedForDuplicates == 0, let client { mosquitto_log_callback_set(client, nil) }
    }
}
