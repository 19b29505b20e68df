import Foundation
import Rules

@testable import Hub

// What is fuzzed: `flags topic \n payload`. Bit 0 of the flags: kept by the broker; the others choose when the hub
// takes the message in. A topic that nobody has is exchanged for one that somebody has, so that payloads get through.

/// A decoder with one device of each shipped profile, and what its messages look like.
private struct Bench {
    var decoder: DeviceDecoder
    var filter: RepeatFilter
    var topics: [String] = []

    init() {
        let library = ProfileLibrary(folders: [
            ProcessInfo.processInfo.environment["FOYER_DEVICES"] ?? "devices"
        ])
        precondition(!library.profiles.isEmpty, "no profiles; set FOYER_DEVICES")
        var placements: [DevicePlacement] = []
        for profile in library.profiles {
            guard let first = profile.messages.first else { continue }
            let bindings = Dictionary(
                first.topic.placeholders.map { ($0, "\(profile.id)") },
                uniquingKeysWith: { first, _ in first })
            guard let topic = first.topic.filled(bindings).topic else { continue }
            placements.append(
                DevicePlacement(
                    name: profile.id, residence: "home", profile: profile.id, topic: topic))
            let all = profile.messages.map(\.topic) + profile.availability.map(\.topic)
            topics += all.compactMap { $0.filled(bindings).topic }
        }
        let built = DeviceDirectory.build(profiles: library.profiles, placements: placements)
        precondition(built.diagnostics.isEmpty, "\(built.diagnostics)")
        decoder = DeviceDecoder(built.directory)
        filter = RepeatFilter(built.directory)
        writeSeeds(library.profiles)
    }

    /// The profiles' own samples, each on its profile's device.
    private func writeSeeds(_ profiles: [DeviceProfile]) {
        guard let folder = ProcessInfo.processInfo.environment["FOYER_FUZZ_SEEDS"] else { return }
        var number = 0
        for profile in profiles {
            for sample in profile.samples {
                guard let bindings = profile.messages.first?.topic.match(sample.topic) else {
                    continue
                }
                let mine = bindings.mapValues { _ in profile.id }
                let topic = profile.messages[0].topic.filled(mine).topic ?? sample.topic
                var bytes: [UInt8] = [sample.retained ? 0x31 : 0x30]
                bytes += Array(topic.utf8) + [0x0A] + sample.payload
                try? Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(number)"))
                number += 1
            }
        }
    }
}

nonisolated(unsafe) private var bench = Bench()  // why: libFuzzer calls on one thread only.

/// One try.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecode(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let flags = bytes[0]
    tryMessage(flags, Array(bytes.dropFirst()))
    return 0
}

private func tryMessage(_ flags: UInt8, _ bytes: [UInt8]) {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.count
    var topic = String(decoding: bytes[..<end], as: UTF8.self)
    let payload = Array(bytes[end...].dropFirst())
    if case .unknown = bench.decoder.decode(
        MQTTMessage(topic: topic, payload: [], received: Instant(milliseconds: 0))
    ).outcome {
        let sum = topic.utf8.reduce(0) { ($0 &* 31) &+ Int($1) }
        topic = bench.topics[abs(sum % bench.topics.count)]
    }
    let received = Instant(milliseconds: 1_767_268_800_000 + Int64(flags >> 2) * 997)
    let message = MQTTMessage(
        topic: topic, payload: payload, retained: flags & 1 != 0, received: received)
    let decoded = bench.decoder.decode(message)
    let again = bench.decoder.explain(message).message
    precondition(decoded == again, "the same message gives the same readings")
    for fault in decoded.faults { precondition(fault.description.utf8.count < 4096) }
    for item in decoded.readings { check(item, message) }
}

private func check(_ item: DecodedReading, _ message: MQTTMessage) {
    let reading = item.reading
    switch reading.value {
    case .number(let number): precondition(number.isFinite, "a number is finite")
    case .text(let text): precondition(text.utf8.count <= DeviceDecoder.maximumTextBytes)
    case .boolean, .unknown: break
    }
    precondition(reading.channel.utf8.count <= 64)
    if reading.kind == .pulse || reading.kind == .usage {
        precondition(reading.value != .unknown && reading.value != .boolean(false))
        precondition(reading.freshness != .restored, "what was kept does not happen")
    }
    let effective = effectiveTime(of: reading, received: message.received)
    precondition(effective <= message.received, "nothing happens after it was received")
    _ = bench.filter.keeps(item, received: message.received, effective: effective)
}
