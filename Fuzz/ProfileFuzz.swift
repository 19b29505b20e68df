import Foundation
import Rules

@testable import Hub

// What is fuzzed: the text of a device profile. One that is accepted must pass or fail its own samples, never crash,
// and must take a message on each of its topics.

/// One try.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProfile(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: count)
    guard let node = try? YAML.parse(String(decoding: bytes, as: UTF8.self), file: "fuzz.yaml")
    else { return 0 }
    let parsed = ProfileParser.parse(node)
    for diagnostic in parsed.diagnostics {
        precondition(!diagnostic.message.isEmpty && diagnostic.location.line > 0)
    }
    guard let profile = parsed.profile else {
        precondition(parsed.diagnostics.contains { $0.severity == .error }, "refused for nothing")
        return 0
    }
    _ = ProfileSamples.run(profile)
    tryDevice(profile)
    return 0
}

private func tryDevice(_ profile: DeviceProfile) {
    guard let first = profile.messages.first else { return }
    let bindings = Dictionary(
        first.topic.placeholders.map { ($0, "x") }, uniquingKeysWith: { first, _ in first })
    guard let topic = first.topic.filled(bindings).topic else { return }
    let built = DeviceDirectory.build(
        profiles: [profile],
        placements: [
            DevicePlacement(name: "x", residence: "home", profile: profile.id, topic: topic)
        ])
    guard built.diagnostics.isEmpty else { return }
    var decoder = DeviceDecoder(built.directory)
    for payload in [
        "", "1", "ON", #"{"a":1}"#, #"{"contact":true,"action":"single","time":1767268800}"#,
    ] {
        let message = MQTTMessage(
            topic: topic, payload: [UInt8](payload.utf8),
            received: Instant(milliseconds: 1_767_268_800_000))
        precondition(decoder.decode(message) == decoder.explain(message).message)
    }
}
