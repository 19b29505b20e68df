import Crypto
import Foundation
import Rules

/// Everything in a home's files that changes an outcome, as one text with a hash: rules, devices, profiles, residences,
/// and the zones' offsets, so that a later version of the zone data does not change the past.
struct ConfigurationBody {
    /// JSON with sorted keys.
    let text: String
    /// FNV-1a over the text, as 16 hexadecimal digits.
    let hash: String

    private struct Body: Encodable {
        var files: [String: String]
        var zones: [String: [[Int64]]]
        var profiles: [String]
    }

    init(_ home: LoadedHome) {
        let zones = home.zones.mapValues { zone in
            zone.changes.map { [$0.from.milliseconds, Int64($0.offset)] }
        }
        // Names and telephone numbers are no matter of the journal: it keeps that they changed, not what they are.
        var files = home.sources
        for name in ["staff.yaml", "notifications.yaml"] {
            guard let text = files[name] else { continue }
            let digest = SHA256.hash(data: Array(text.utf8))
            files[name] = "sha256:" + digest.map { String(format: "%02x", $0) }.joined()
        }
        let body = Body(
            files: files, zones: zones,
            profiles: home.home.devices.map { device in
                let streams = device.capabilities.map {
                    "\($0.capability)[\($0.channel)] \($0.kind.rawValue)"
                }
                return "\(device.id) \(device.profile) \(streams.joined(separator: ", "))"
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers only: there is nothing that cannot be encoded.
        text = (try? encoder.encode(body)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(value, radix: 16)
        hash = String(repeating: "0", count: 16 - digits.count) + digits
    }
}
