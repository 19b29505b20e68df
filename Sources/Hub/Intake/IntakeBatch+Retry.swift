import Rules

/// The part of a batch that reads quarantined messages again, once their profile is mended.
extension IntakeBatch {
    /// The most of one round, so that live messages do not wait for the past.
    static let maximumRetried = (messages: 500, bytes: 4 << 20)

    /// Reads the quarantine's messages behind one again. What is understood now leaves the quarantine, and its
    /// readings are stored as late at the time when the message came: they belong to the past, whatever a rule or a
    /// live timer makes of the present.
    mutating func retryQuarantine(
        after first: Int64, _ writer: inout JournalWriter
    ) throws -> QuarantineRetry {
        var result = QuarantineRetry()
        result.last = first
        var bytes = 0
        while let row = try writer.quarantined(after: result.last) {
            guard result.looked < Self.maximumRetried.messages, bytes < Self.maximumRetried.bytes
            else {
                result.more = true
                break
            }
            result.looked += 1
            result.last = row.id
            bytes += row.payload.count
            guard row.isWhole, let topic = row.topic, row.payload.count <= settings.maximumPayload
            else { continue }
            let decoded = decoder.decode(
                MQTTMessage(
                    topic: topic, payload: row.payload, retained: row.retained,
                    received: row.received))
            switch decoded.outcome {
            case .readings(let readings):
                for var late in readings {
                    late.reading.occurred = effectiveTime(of: late.reading, received: row.received)
                    late.reading.freshness = .late
                    try store(late, &writer)
                }
                result.readings += readings.count
            case .ignored: break
            case .unknown:
                try writer.keep(row.id, reason: "\(topic): no device has this topic any more")
                continue
            case .quarantined(let failure):
                try writer.keep(row.id, reason: "\(failure)")
                continue
            }
            try writer.release(row.id)
            result.released += 1
        }
        return result
    }
}
