import Rules
import Testing

@testable import Hub

/// A suite that reads messages by their convention alone, all at one moment.
protocol ConventionRig {}

extension ConventionRig {
    static func read(
        _ topic: String, _ payload: String, retained: Bool = false
    ) -> ConventionMessage {
        Conventions.read(
            MQTTMessage(
                topic: topic, payload: Array(payload.utf8), retained: retained,
                received: Instant(milliseconds: 1_790_000_000_000)))
    }

    /// Expects that a message says what it should.
    func expect(_ one: SaidCase) {
        let read = Self.read(one.topic, one.payload)
        #expect(read.value(one.capability) == one.value, "\(read)")
    }
}

/// What a message says of a capability: nil where it says nothing.
struct SaidCase: Sendable, CustomTestStringConvertible {
    var topic: String
    var payload: String
    var capability: String
    var value: ConventionMessage.Value?
    var testDescription: String { "\(topic) \(payload): \(capability)" }

    init(
        _ topic: String, _ payload: String, _ capability: String,
        _ value: ConventionMessage.Value?
    ) {
        self.topic = topic
        self.payload = payload
        self.capability = capability
        self.value = value
    }
}
