import Foundation
import GRDB
public import Rules

/// What one round of reading the quarantine again came to.
public struct QuarantineRetry: Hashable, Sendable, Codable {
    /// Messages that were looked at.
    public var looked = 0
    /// Messages that are understood now, and are no longer in quarantine.
    public var released = 0
    /// Readings that they gave, stored as late.
    public var readings = 0
    /// The last message that was looked at: where the next round goes on.
    public var last: Int64 = 0
    /// Whether there are messages behind it.
    public var more = false

    /// A round that has not begun.
    public init() {}
}

/// The quarantine as the intake reads it again, and the faults of devices.
extension JournalWriter {
    /// A message in quarantine.
    struct QuarantineRow {
        var id: Int64
        var received: Instant
        /// nil where the topic is not UTF-8.
        var topic: String?
        var payload: [UInt8]
        /// Whether all of the payload was kept.
        var isWhole: Bool
        var retained: Bool
    }

    /// The first quarantined message behind another; nil where there is none.
    func quarantined(after id: Int64) throws -> QuarantineRow? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, received, topic, payload, size, retained FROM quarantine
                WHERE id > ? ORDER BY id LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [id]).map { row in
            let payload = [UInt8](row["payload"] as Data)
            return QuarantineRow(
                id: row["id"], received: Instant(milliseconds: row["received"]),
                topic: String(validating: row["topic"] as Data, as: UTF8.self), payload: payload,
                isWhole: payload.count == row["size"] as Int, retained: row["retained"])
        }
    }

    /// Takes a message that is understood now out of the quarantine.
    mutating func release(_ id: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM quarantine WHERE id = ?")
            .execute(arguments: [id])
        try count("quarantine_released", 1)
    }

    /// Notes why a message still cannot be read.
    func keep(_ id: Int64, reason: String) throws {
        try database.cachedStatement(sql: "UPDATE quarantine SET reason = ? WHERE id = ?")
            .execute(arguments: [String(reason.prefix(500)), id])
    }

    /// Counts what was odd about a device's messages, with the latest of each sort.
    mutating func countFault(
        _ failure: DecodingFailure, of device: DeviceID, count faults: Int, payload: [UInt8],
        received: Instant
    ) throws {
        try count("fault_" + failure.reason.code, faults)
        try database.cachedStatement(
            sql: """
                INSERT INTO device_faults (device, code, count, first, last, detail, sample)
                VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
                ON CONFLICT (device, code) DO UPDATE SET
                  count = count + ?3, last = ?4, detail = ?5, sample = ?6
                """
        ).execute(arguments: [
            device.rawValue, failure.reason.code, faults, received.milliseconds,
            String("\(failure)".prefix(500)), Data(payload.prefix(1024)),
        ])
    }
}

extension JournalReader {
    /// What was odd about one device's messages, in one way.
    public struct DeviceFault: Hashable, Sendable {
        /// The device.
        public var device: DeviceID
        /// In which way, such as `clock`.
        public var code: String
        /// How often.
        public var count: Int
        /// When first.
        public var first: Instant
        /// When last.
        public var last: Instant
        /// The latest in words, with its topic and its place in the payload.
        public var detail: String
        /// The latest payload's first 1,024 bytes.
        public var sample: [UInt8]
    }

    /// How often the gateways that hear a device contradicted each other, of devices where they did lately.
    func gatewayContradictions(since moment: Instant) throws(JournalError) -> [DeviceID: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql:
                    "SELECT device, count FROM device_faults WHERE code = 'contradiction' AND last >= ?",
                arguments: [moment.milliseconds])
            return Dictionary(
                rows.map { (DeviceID(rawValue: $0["device"]), $0["count"]) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// What is odd about devices' messages, the latest first.
    public func deviceFaults(limit: Int = 100) throws(JournalError) -> [DeviceFault] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT device, code, count, first, last, detail, sample FROM device_faults
                    ORDER BY last DESC, device, code LIMIT ?
                    """, arguments: [limit]
            ).map {
                DeviceFault(
                    device: DeviceID(rawValue: $0["device"]), code: $0["code"], count: $0["count"],
                    first: Instant(milliseconds: $0["first"]),
                    last: Instant(milliseconds: $0["last"]), detail: $0["detail"],
                    sample: [UInt8]($0["sample"] as Data))
            }
        }
    }
}
