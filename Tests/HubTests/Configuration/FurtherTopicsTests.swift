import Rules
import Testing

@testable import Hub

@Suite("Further topics of a device in devices.yaml")
struct FurtherTopicsTests {
    /// What is wrong with lines of devices.yaml, as `line:column code`.
    private func problems(_ lines: String...) throws -> [String] {
        let hub = try SteppedHub(
            files: [
                "devices.yaml": "version: 1\ndevices:\n" + lines.map { "  - \($0)\n" }.joined()
            ], starting: false)
        return try hub.home.diagnostics.filter { $0.severity == .error }.map {
            "\($0.location.file):\($0.location.line):\($0.location.column) \($0.code)"
        }
    }

    private func device(_ name: String, _ topic: String, also: String = "") -> String {
        "{name: \(name), room: hall, profile: gateway-contact, topic: \(topic)"
            + (also.isEmpty ? "}" : ", also: \(also)}")
    }

    @Test("a list, or one alone, each fitting the profile, is no error")
    func right() throws {
        #expect(
            try problems(
                device("a", "h/g/BTtoMQTT/1", also: "[h/f/BTtoMQTT/1, h/e/BTtoMQTT/1]"),
                device("b", "h/g/BTtoMQTT/2", also: "h/f/BTtoMQTT/2")) == [])
    }

    @Test("one that does not fit, or is another device's, is told at its place")
    func wrong() throws {
        #expect(
            try problems(device("a", "h/g/BTtoMQTT/1", also: "[h/f/BTtoMQTT/1, h/f/1]")) == [
                "devices.yaml:3:99 topic-does-not-fit"
            ])
        #expect(
            try problems(
                device("a", "h/g/BTtoMQTT/1"),
                device("b", "h/g/BTtoMQTT/2", also: "[h/g/BTtoMQTT/1]"))
                == ["devices.yaml:4:83 duplicate-topic"])
        #expect(
            try problems(
                device("a", "h/g/BTtoMQTT/1", also: "[h/f/BTtoMQTT/1]"),
                device("b", "h/f/BTtoMQTT/1")) == ["devices.yaml:4:60 duplicate-topic"])
        #expect(
            try problems(
                device("a", "h/g/BTtoMQTT/1", also: "[h/g/BTtoMQTT/1]")) == [
                    "devices.yaml:3:83 duplicate-topic"
                ])
    }
}
