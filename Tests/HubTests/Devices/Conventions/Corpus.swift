import Foundation
import Rules

@testable import Hub

/// Messages that real devices sent, with a careful reading of each: beside the repository, and not a part of it.
struct Corpus {
    struct Message {
        var id: String
        var convention: String
        var message: MQTTMessage
        /// What kind it is: `pulse`, `state`, `error`, …
        var kind: String
        /// By capability.
        var fields: [String: JSONValue]
        var flags: [String]
    }

    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/data/messages/corpus.jsonl").path

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    static func load() throws -> [Message] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let json = try JSONValue(Array(line.utf8))
            var payload = Array((json["payload"]?.text ?? "").utf8)
            if json["enc"]?.text == "hex" {
                let digits = payload
                payload = stride(from: 0, to: digits.count, by: 2).compactMap {
                    UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
                }
            }
            let expected = json["expect"]
            return Message(
                id: json["id"]?.text ?? "", convention: json["convention"]?.text ?? "",
                message: MQTTMessage(
                    topic: json["topic"]?.text ?? "", payload: payload,
                    retained: json["retain"]?.flag ?? false,
                    received: Instant(milliseconds: 1_790_000_000_000)),
                kind: expected?["kind"]?.text ?? "",
                fields: Dictionary(
                    expected?["fields"]?.members.map { ($0.key, $0.value) } ?? [],
                    uniquingKeysWith: { $1 }),
                flags: expected?["flags"]?.elements.compactMap(\.text) ?? [])
        }
    }
}
