import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Hostile input")
struct HostileInputTests {
    /// A device of every shipped profile, on its own topics.
    private struct Everything {
        var decoders: [DeviceDecoder] = []
        var topics: [String] = []

        init() {
            for profile in Repository.library.profiles {
                for sample in profile.samples {
                    guard let decoder = ProfileSamples.decoder(for: profile, topic: sample.topic)
                    else { continue }
                    decoders.append(decoder)
                    topics.append(sample.topic)
                }
            }
        }
    }

    private static let payloads: [(name: String, bytes: [UInt8])] = [
        ("1 MB of text", [0x22] + [UInt8](repeating: 0x61, count: 1_000_000) + [0x22]),
        ("1 MB of backslashes", [0x22] + [UInt8](repeating: 0x5C, count: 1_000_000) + [0x22]),
        (
            "a key of 1 MB",
            Array("{\"".utf8) + [UInt8](repeating: 0x62, count: 1_000_000) + Array("\":1}".utf8)
        ),
        ("a million brackets", [UInt8](repeating: 0x5B, count: 1_000_000)),
        ("a million braces", [UInt8](repeating: 0x7B, count: 1_000_000)),
        ("NUL", [0]), ("NUL in a text", Array("{\"action\":\"a\u{0}b\"}".utf8)),
        ("NUL, escaped", Array("{\"action\":\"\\u0000\",\"state\":\"\\u0000\"}".utf8)),
        ("not UTF-8", [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D]), ("bytes", Array(0...255)),
        ("an empty object", Array("{}".utf8)), ("an empty list", Array("[]".utf8)),
        (
            "a number of 10,000 digits",
            Array(("{\"battery\":" + String(repeating: "9", count: 10_000) + "}").utf8)
        ),
        (
            "numbers at the edge",
            Array(
                "{\"battery\":1.7976931348623157e308,\"temperature\":-1e308,\"voltage\":5e-324,\"power\":9223372036854775808,\"linkquality\":-9223372036854775809,\"last_seen\":9223372036854775807}"
                    .utf8)
        ),
        ("duplicate keys", Array("{\"contact\":true,\"contact\":\"x\",\"contact\":{}}".utf8)),
        (
            "objects for values",
            Array(
                "{\"contact\":{},\"action\":[],\"battery\":{},\"occupancy\":[1],\"state\":{\"state\":{}},\"last_seen\":{}}"
                    .utf8)
        ),
        (
            "escape codes",
            Array("{\"action\":\"\\u001b[2J\\u202e\",\"app\":\"\\u001b]0;x\\u0007\"}".utf8)
        ),
    ]

    @Test("nothing that a device sends crashes any shipped profile, nor makes an alarm of nonsense")
    func everyProfile() {
        var all = Everything()
        #expect(all.decoders.count > 100)
        for (name, bytes) in Self.payloads {
            for index in all.decoders.indices {
                for retained in [false, true] {
                    let decoded = all.decoders[index].decode(
                        MQTTMessage(
                            topic: all.topics[index], payload: bytes, retained: retained,
                            received: ProfileRig.noon))
                    let alarms = decoded.readings.map(\.reading).filter {
                        $0.capability.rawValue.hasPrefix("alarm.") && $0.value == .boolean(true)
                    }
                    #expect(
                        alarms.isEmpty,
                        "\(name) on \(all.topics[index]): \(ProfileRig.text(decoded))")
                }
            }
        }
    }

    @Test("a megabyte costs milliseconds, not minutes")
    func time() throws {
        var rig = try ProfileRig.readings("{capability: contact.open, from: /open}")
        let begin = ContinuousClock.now
        for (_, bytes) in Self.payloads { _ = rig.decode(bytes) }
        #expect(ContinuousClock.now - begin < .seconds(10))
    }

    @Test("random bytes, and random damage to real samples, never crash")
    func damage() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var all = Everything()
        let samples = Repository.library.profiles.flatMap(\.samples).map(\.payload)
        print("damage: seed \(seed)")
        for _ in 0..<20_000 {
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let index = Int.random(in: 0..<all.decoders.count, using: &random)
            _ = all.decoders[index].decode(
                MQTTMessage(topic: all.topics[index], payload: bytes, received: ProfileRig.noon))
        }
    }

    @Test("what a message says is fit for a terminal and a log line")
    func messages() throws {
        var rig = try ProfileRig.readings(
            "{capability: contact.open, from: /open, map: {a: true}}")
        let decoded = rig.decode(
            "{\"open\":\"\u{1b}[2J\u{202e}evil\"}".replacingOccurrences(
                of: "\u{1b}", with: "\\u001b"))
        let text = decoded.faults.map { "\($0)" }.joined()
        #expect(text.contains("\\u{1b}"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test("topics of any form belong to nobody and harm nothing")
    func topics() throws {
        var rig = try ProfileRig.readings("{capability: contact.open, from: /open}")
        for topic in [
            "", "/", "//", "home/", "/home/door", "home/door/", "home//door", "$SYS/broker/uptime",
            String(repeating: "a/", count: 32_000), String(repeating: "é", count: 30_000),
            "home/\u{fffd}", "home/set", "set", "get/get",
        ] {
            let text = rig.says("{\"open\":true}", topic: topic)
            #expect(
                text == "unknown" || text == "ignored: command" || topic == "home/\u{fffd}"
                    || topic == "home/set", "\(topic.prefix(40)): \(text)")
        }
    }
}

@Suite("Messages seen in public")
struct CorpusTests {
    private struct Line: Decodable {
        struct Expectation: Decodable {
            var kind: String
            var flags: [String]?
        }
        var id: String
        var topic: String
        var payload: String
        var enc: String?
        var retain: Bool?
        var expect: Expectation
    }

    private static func bytes(_ line: Line) -> [UInt8] {
        guard line.enc == "hex" else { return Array(line.payload.utf8) }
        let digits = Array(line.payload.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }

    @Test(
        "none crashes a profile, and where nothing happened no profile makes a press or an alarm of it"
    )
    func corpus() throws {
        guard let path = Repository.shared("messages/corpus.jsonl") else {
            print("skipped: ../shared/data/messages is not beside this checkout")
            return
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        var read = 0
        for text in lines {
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            for profile in Repository.library.profiles {
                guard var decoder = ProfileSamples.decoder(for: profile, topic: line.topic) else {
                    continue
                }
                let decoded = decoder.decode(
                    MQTTMessage(
                        topic: line.topic, payload: Self.bytes(line),
                        retained: line.retain ?? false,
                        received: ProfileRig.noon))
                read += decoded.readings.isEmpty ? 0 : 1
                let presses = decoded.readings.map(\.reading).filter {
                    $0.kind == .pulse && $0.freshness == .live
                }
                let nothing = [
                    "ignore", "error", "fault", "availability", "lifecycle", "command", "discovery",
                ]
                let isNothing =
                    nothing.contains(line.expect.kind)
                    || line.expect.flags?.contains("pulse_null") == true
                #expect(
                    !isNothing || presses.isEmpty,
                    "\(line.id) as \(profile.id): \(ProfileRig.text(decoded))")
            }
        }
        #expect(lines.count > 100)
        #expect(read > 20)
    }
}
