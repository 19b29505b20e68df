import Foundation
import Rules
import Testing

@testable import Hub

@Suite(
    "Messages of real devices, understood by their convention",
    .enabled(if: Corpus.isThere, "the corpus beside the repository is not here"))
struct ConventionCorpusTests {
    @Test("nearly every field is read as a careful reader would; the table says by convention")
    func agreement() throws {
        var all: [String: (good: Int, all: Int)] = [:]
        var conventions = 0
        let corpus = try Corpus.load()
        #expect(corpus.count > 150)
        for entry in corpus {
            let read = Conventions.read(entry.message)
            if read.convention == entry.convention { conventions += 1 }
            for (name, expected) in entry.fields {
                all[entry.convention, default: (0, 0)].all += 1
                if agrees(read, name, expected) { all[entry.convention]?.good += 1 }
            }
        }
        for (convention, count) in all.sorted(by: { $0.key < $1.key }) {
            let name = convention.padding(toLength: 18, withPad: " ", startingAt: 0)
            print("\(name) \(count.good) of \(count.all)")
        }
        let good = all.values.reduce(0) { $0 + $1.good }
        let total = all.values.reduce(0) { $0 + $1.all }
        print("fields: \(good) of \(total); convention: \(conventions) of \(corpus.count)")
        #expect(Double(good) >= 0.95 * Double(total), "\(good) of \(total)")
        #expect(Double(conventions) >= 0.97 * Double(corpus.count))
    }

    @Test(
        "no alarm that was not said, none that was said is missed, and nothing that was kept has just happened"
    )
    func misleading() throws {
        for entry in try Corpus.load() {
            let read = Conventions.read(entry.message)
            let alarms = { (capability: String) in capability.hasPrefix("alarm.") }
            for reading in read.readings where alarms(reading.capability) {
                if reading.value == .boolean(true) {
                    #expect(
                        entry.fields[reading.capability] == .boolean(true),
                        "\(entry.id): a false \(reading.capability)")
                }
            }
            for (name, value) in entry.fields where alarms(name) && value == .boolean(true) {
                #expect(read.value(name) == .boolean(true), "\(entry.id): a missed \(name)")
            }
            if entry.message.retained {
                #expect(!read.readings.contains { $0.kind == .pulse || $0.freshness == .live })
            }
            if ["ignore", "command", "discovery", "availability", "error"].contains(entry.kind) {
                #expect(!read.readings.contains { $0.kind == .pulse }, "\(entry.id): a press")
            }
        }
    }

    @Test("what is broken goes to quarantine with its reason, and nothing else does")
    func quarantine() throws {
        for entry in try Corpus.load() {
            let read = Conventions.read(entry.message)
            #expect((read.quarantined != nil) == (entry.kind == "error"), "\(entry.id): \(read)")
            if read.quarantined != nil { #expect(read.readings.isEmpty) }
        }
    }

    /// Whether a message says a field: by its capability, or as a part of what was announced.
    private func agrees(
        _ read: ConventionMessage, _ name: String, _ expected: JSONValue
    ) -> Bool {
        switch name {
        case "time": return read.readings.contains { isSame($0.time, expected) }
        case "records": return expected.number == Double(read.readings.count)
        case "first", "last":
            guard let reading = name == "first" ? read.readings.first : read.readings.last else {
                return false
            }
            return expected.members.allSatisfy { member in
                member.key == "time"
                    ? isSame(reading.time, member.value)
                    : member.key == reading.capability && isSame(reading, member.value)
            }
        default:
            guard let reading = read.readings.first(where: { $0.capability == name }) else {
                return false
            }
            if case .text(let text) = reading.value, !expected.elements.isEmpty {
                // A list is told as words.
                return expected.elements.compactMap(\.text).allSatisfy(text.contains)
            }
            return isSame(reading, expected)
        }
    }

    private func isSame(_ time: Instant?, _ expected: JSONValue) -> Bool {
        guard let time else { return false }
        if let seconds = expected.number {
            return abs(Double(time.milliseconds) / 1000 - seconds) < 0.01
        }
        return expected.text.flatMap(Instant.init(iso:)).map {
            abs((time - $0).milliseconds) < 10
        } ?? false
    }

    private func isSame(_ reading: ConventionMessage.Reading, _ expected: JSONValue) -> Bool {
        switch (reading.value, expected) {
        case (.unknown, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.number(let one), .number(let other)):
            // The corpus has shares of one where the vocabulary has percent.
            abs(one - other) <= 1e-6 * max(1, abs(other))
                || reading.capability.hasPrefix("light.level") && abs(one - other * 100) < 0.06
        case (.text(let one), .string(let other)): one.trimmed == other.trimmed
        case (.text(let one), .number(let other)): Double(one) == other
        case (.number(let one), .string(let other)): Double(other) == one
        default: false
        }
    }
}
