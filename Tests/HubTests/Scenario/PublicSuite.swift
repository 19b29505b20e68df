import Foundation
import Rules

@testable import Hub

/// Cases of a public suite, transcribed as facts: what happens, when, and the matches that its tests expect.
struct PublicSuite {
    /// One case.
    struct Case {
        var id: String
        var says: String
        var suite: String
        /// The rule that says the same; nil where the language leaves it out on purpose.
        var rule: String?
        var leavesOut: String?
        /// The suite's matches, in milliseconds.
        var theirs: [Int64]
        /// Ours where they differ on purpose.
        var ours: [Int64]?
        var because: String?
        /// False where the transcriber was not sure.
        var isSure: Bool
        var feed: [(at: Int64, device: String, value: String)]
        var until: Int64
        var events: [String]
        /// Times are compared after rounding up to so many milliseconds; 0 for exact.
        var step: Int64
        /// Faults, as a rule test writes them.
        var faults: String?
        /// When the alert must end, in milliseconds; nil where the suite does not say.
        var clears: [Int64]?
        /// What the devices say instead of presses, such as `power`.
        var reading: String?
    }

    let name: String
    let cases: [Case]

    /// The folder of the data files.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Cases")

    static func load(_ file: String) throws -> PublicSuite {
        let text = try HomeFolder.text(of: folder.appendingPathComponent(file).path, named: file)
        var reader = Reader(root: try YAML.parse(text, file: file), text: text)
        return try reader.suite()
    }

    /// A test's file that could not be read.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    private struct Reader {
        let root: Node
        let text: String
        private var name = ""
        private var tape: [(at: Int64, device: String, value: String)] = []
        private var names: [String: Int64] = [:]
        private var step: Int64 = 0
        private var reading: String?

        init(root: Node, text: String) {
            self.root = root
            self.text = text
        }

        static func fields(_ node: Node) throws -> [String: Node] {
            guard case .mapping(let entries, _) = node else {
                throw Problem(description: "\(node.location): keys with values are needed")
            }
            return Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
        }

        static func text(_ node: Node?) -> String? {
            if case .scalar(let text, _, _)? = node { return text }
            return nil
        }

        mutating func suite() throws -> PublicSuite {
            let fields = try Self.fields(root)
            name = Self.text(fields["suite"]) ?? ""
            guard Self.text(fields["source"])?.hasPrefix("https://") == true else {
                throw Problem(description: "\(name): a source is needed")
            }
            reading = Self.text(fields["reading"])
            step = try Self.text(fields["step"]).map { try milliseconds($0) } ?? 0
            if let text = Self.text(fields["tape"]) {
                tape = try presses(text)
                for item in text.split(separator: ",") {
                    let parts = item.split(whereSeparator: { $0 == " " || $0 == "=" })
                    names[String(parts[2])] = try milliseconds(String(parts[0]))
                }
            }
            return PublicSuite(
                name: name, cases: try fields["cases"]?.items.map { try read($0) } ?? [])
        }

        func milliseconds(_ text: String) throws -> Int64 {
            guard let seconds = Double(text) else {
                throw Problem(description: "\(name): \"\(text)\" is not a time")
            }
            return Int64((seconds * 1000).rounded())
        }

        /// `0 s1, 0.1 s2!, 2 a=A1`: a device's press that passes the filter, one that does not, one with a value.
        func presses(_ text: String) throws -> [(at: Int64, device: String, value: String)] {
            try text.split(separator: ",").map { item in
                let parts = item.split(separator: " ")
                guard parts.count == 2 else {
                    throw Problem(description: "\(name): \"\(item)\" is not a time and a device")
                }
                let words = parts[1].split(separator: "=")
                let device = words[0].hasSuffix("!") ? words[0].dropLast() : words[0]
                let value =
                    words.count == 2
                    ? words[1].lowercased() : words[0].hasSuffix("!") ? "other" : "hit"
                return (try milliseconds(String(parts[0])), String(device), value)
            }
        }

        func times(_ node: Node?) throws -> [Int64]? {
            guard let node else { return nil }
            let words =
                Self.text(node).map { $0.split(separator: " ").map(String.init) }
                ?? node.items.compactMap { Self.text($0) }
            return try words.map { try names[$0] ?? milliseconds($0) }
        }

        func read(_ node: Node) throws -> Case {
            let fields = try Self.fields(node)
            guard let id = Self.text(fields["id"]), let says = Self.text(fields["says"]),
                let theirs = try times(fields["matches"])
            else { throw Problem(description: "\(node.location): id, says and matches are needed") }
            let own = try Self.text(fields["feed"]).map { try presses($0) }
            let feed = own ?? tape
            let last = feed.map(\.at).max() ?? 0
            let once = Self.text(fields["once"]) == "true" ? ", episode: {quiet: 1d}" : ""
            let events = (fields["events"].map { try? Self.fields($0) } ?? nil) ?? [:]
            return Case(
                id: id, says: says, suite: name,
                rule: fields["when"].map { "when: \(flow($0))\(once)" },
                leavesOut: Self.text(fields["leaves_out"]), theirs: theirs,
                ours: try times(fields["ours"]), because: Self.text(fields["because"]),
                isSure: Self.text(fields["sure"]) != "false", feed: feed,
                until: try Self.text(fields["until"]).map { try milliseconds($0) } ?? last + step,
                events: events.sorted { $0.key < $1.key }.map { "\($0.key): \(flow($0.value))" },
                step: try Self.text(fields["step"]).map { try milliseconds($0) }
                    ?? (own == nil ? step : 0),
                faults: fields["faults"].map { flow($0) }, clears: try times(fields["clears"]),
                reading: reading)
        }

        /// A node as YAML again.
        func flow(_ node: Node) -> String {
            switch node {
            case .scalar(let text, let quoted, _): quoted ? "\"\(text)\"" : text
            case .list(let items, _): "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
            case .mapping(let entries, _):
                "{" + entries.map { "\($0.key): \(flow($0.value))" }.joined(separator: ", ") + "}"
            }
        }
    }
}

extension PublicSuite.Case {
    /// The words that the rule and its own events use.
    private var words: Set<String> {
        let text = ([rule ?? ""] + events).joined(separator: " ")
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return Set(words.map { String($0.hasSuffix("_came") ? $0.dropLast(5) : $0) })
    }

    /// The device of a word: `b` of `b` and `b1`, `s1` of `s1`; nil where the word names none.
    private static func device(_ word: String) -> String? {
        if word.count == 2, word.first == "s", "1234".contains(word.suffix(1)) { return word }
        guard let letter = word.first, letter.isLowercase, letter.isASCII else { return nil }
        let number = word.dropFirst()
        return number.isEmpty || "123".contains(number) ? String(letter) : nil
    }

    /// What the suites call an event: any press of `b`, press 1 of it (`b1`), what passes the filter of `s1`.
    private static func event(_ word: String, of device: String) -> String {
        if word == device {
            let presses = device.count == 1 ? (1...9).map { "\(device)\($0)" } : []
            let values = (["hit"] + presses).joined(separator: ", ")
            return "{device: \(device), reading: action, is: [\(values)]}"
        }
        return "{device: \(device), reading: action, is: [\(word)]}"
    }

    /// The case as a rule test: what a user would write, run by the same tool. `begin` is pressed when it begins.
    var test: String {
        let own = Set(events.compactMap { $0.split(separator: ":").first.map(String.init) })
        let used =
            reading != nil
            ? [] : words.filter { Self.device($0) != nil && !own.contains($0) }.sorted()
        let devices = Set(used.compactMap { Self.device($0) } + feed.map(\.device)).sorted()
        var text = "test: 1\ndevices:\n"
        for name in devices + ["begin"] {
            let reading = name == "begin" ? "action" : reading ?? "action"
            text += "  \(name): {kind: button, reads: [\(reading)]}\n"
        }
        text += "define:\n  events:\n    begin: {device: begin, reading: action}\n"
        for word in used {
            guard let device = Self.device(word) else { continue }
            text += "    \(word): \(Self.event(word, of: device))\n"
        }
        for event in events { text += "    \(event)\n" }
        text += "  signals:\n    begun: {dwell: {enter: begin, leave: begin}}\n"
        for word in used { text += "    \(word)_came: {dwell: {enter: \(word), leave: begin}}\n" }
        text += "  rules:\n    - {id: case, priority: info, \(rule ?? "")}\n"
        text += "cases:\n  - name: \(id)\n    until: +\(until)ms\n    feed:\n"
        text += "      - +0s: {begin: hit}\n"
        for item in feed { text += "      - +\(item.at)ms: {\(item.device): \(item.value)}\n" }
        if let faults { text += "    faults: \(faults)\n" }
        return text + "    expect: none\n"
    }
}
