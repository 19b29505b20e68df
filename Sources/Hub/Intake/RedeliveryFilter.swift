/// Tells a redelivered message from a new one after a reconnection.
///
/// The broker delivers again, with the same packet identifier, what it has no acknowledgement for. Of these the hub
/// has committed a first part and lost the rest. A message is a redelivery where its identifier and hash are among
/// the latest committed ones, and either the broker says so (DUP), or every message since the reconnection was one: a
/// broker restored from an older snapshot repeats, from the first message on, what it does not know to have sent.
///
/// A repeated press has a new packet identifier and always counts.
struct RedeliveryFilter: Sendable {
    private var window: [Delivery: Int] = [:]
    private var remaining = 0
    private var prefixHolds = false

    /// Begins to compare: the broker still had our session.
    ///
    /// - Parameters:
    ///   - committed: the latest committed deliveries.
    ///   - receiveMaximum: how many messages can have been under way.
    mutating func begin(committed: [Delivery], receiveMaximum: Int) {
        window = [:]
        for delivery in committed { window[delivery, default: 0] += 1 }
        remaining = window.isEmpty ? 0 : max(receiveMaximum, committed.count)
        prefixHolds = true
    }

    /// Whether a message was committed before. Each committed delivery excuses one message only.
    mutating func isRedelivery(_ delivery: Delivery, duplicate: Bool?) -> Bool {
        guard remaining > 0 else { return false }
        remaining -= 1
        guard let count = window[delivery], count > 0, duplicate == true || prefixHolds else {
            prefixHolds = false
            if remaining == 0 { window = [:] }
            return false
        }
        window[delivery] = count - 1
        return true
    }

    /// FNV-1a over topic, a zero byte and payload; 64 bits, the same in every process.
    static func hash(topic: String, payload: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: UnsafeBufferPointer<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        var topic = topic
        topic.withUTF8(mix)
        hash = hash &* 0x0000_0100_0000_01b3
        payload.withUnsafeBufferPointer(mix)
        return hash
    }
}

/// How long to wait before the next try: doubling from a quarter of a second to half a minute, with a fifth of chance
/// so that many hubs do not come back in step.
struct Backoff: Sendable {
    private var tries = 0
    private var state: UInt64

    /// - Parameter seed: of the chance part.
    init(seed: UInt64) { state = seed | 1 }

    /// The next wait in ms.
    mutating func next() -> Int64 {
        let base = min(30_000, Int64(250) << min(tries, 10))
        tries += 1
        // xorshift64 (Marsaglia 2003).
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return base - base / 10 + Int64(state % UInt64(base / 5 + 1))
    }

    /// A try succeeded: the next wait is the shortest again.
    mutating func reset() { tries = 0 }
}
