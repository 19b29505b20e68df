import Foundation
import Rules

/// The line of one device in devices.yaml, changed in its place: everything else in the file stays as it is written.
struct DeviceLine {
    private let lines: [[UnicodeScalar]]
    private let entries: [Node.Entry]

    /// A part of a line, and what stands there instead.
    private struct Edit {
        var line: Int
        var range: Range<Int>
        var text: String
    }

    /// Finds the line of a device.
    ///
    /// - Throws: a `PlacingError` where there is none, a `Diagnostic` where the text is no YAML.
    init(_ text: String, of device: Device) throws {
        let tree = try YAML.parse(text, file: "devices.yaml")
        guard case .mapping(let top, _) = tree,
            case .list(let items, _)? = top.first(where: { $0.key == "devices" })?.value,
            let entries = items.lazy.compactMap({ Self.entries($0, of: device) }).first
        else { throw PlacingError.wrong("devices.yaml has no line of \"\(device.id)\"") }
        self.entries = entries
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Array($0.unicodeScalars) }
    }

    /// The file with what is given in its places. What cannot be changed is left as it is: whoever saves it looks at what came
    /// of it.
    ///
    /// - Parameter also: further topics; nil: as they are.
    func changed(profile: String? = nil, topic: String? = nil, also: [String]? = nil) -> String {
        var edits: [Edit] = []
        for (key, value) in [("profile", profile), ("topic", topic)] {
            guard let value, var edit = edit(key) else { continue }
            edit.text = JSONText.string(value)
            edits.append(edit)
        }
        if let also {
            let list = "[\(also.map(JSONText.string).joined(separator: ", "))]"
            if var edit = edit("also") {
                edit.text = list
                edits.append(edit)
            } else if entry("also") == nil, !also.isEmpty, let topic = entry("topic"),
                var edit = edit("topic")
            {
                let separator = separator(before: topic)
                if let place = edits.firstIndex(where: { $0.range == edit.range }) {
                    edits[place].text += "\(separator)also: \(list)"
                } else {
                    edit.range = edit.range.upperBound..<edit.range.upperBound
                    edit.text = "\(separator)also: \(list)"
                    edits.append(edit)
                }
            }
        }
        var lines = lines
        // From the end, so that the places before stay where they are.
        for edit in edits.sorted(by: {
            ($1.line, $1.range.lowerBound) < ($0.line, $0.range.lowerBound)
        }) {
            lines[edit.line].replaceSubrange(edit.range, with: Array(edit.text.unicodeScalars))
        }
        return lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
    }

    private func entry(_ key: String) -> Node.Entry? { entries.first { $0.key == key } }

    /// Where the value of a key stands; nil where it is not there, or not on one line.
    private func edit(_ key: String) -> Edit? {
        guard let value = entry(key)?.value else { return nil }
        let number = value.location.line - 1
        let start = value.location.column - 1
        guard lines.indices.contains(number), start < lines[number].count else { return nil }
        let line = lines[number]
        let end: Int?
        switch value {
        case .scalar(let old, let isQuoted, _):
            end = Self.end(of: old, isQuoted: isQuoted, in: line, from: start)
        case .list where line[start] == "[": end = Self.endOfList(in: line, from: start)
        case .list, .mapping: end = nil
        }
        return end.map { Edit(line: number, range: start..<$0, text: "") }
    }

    /// What stands between two keys: a comma within braces; else each key has a line of its own.
    private func separator(before entry: Node.Entry) -> String {
        let number = entry.location.line - 1
        guard lines.indices.contains(number) else { return ", " }
        let before = lines[number].prefix(max(0, entry.location.column - 1))
        guard before.allSatisfy({ $0 == " " || $0 == "-" }) else { return ", " }
        return "\n" + String(repeating: " ", count: before.count)
    }

    private static func entries(_ node: Node, of device: Device) -> [Node.Entry]? {
        guard case .mapping(let entries, _) = node else { return nil }
        func text(_ key: String) -> String? {
            guard case .scalar(let text, _, _)? = entries.first(where: { $0.key == key })?.value
            else { return nil }
            return text
        }
        // The residence may be left out where there is only one.
        let isThere = text("residence").map { $0 == device.residence.rawValue } ?? true
        return text("name") == device.name && isThere ? entries : nil
    }

    /// Where a value on one line ends; nil where it goes on over several.
    private static func end(
        of old: String, isQuoted: Bool, in line: [UnicodeScalar], from start: Int
    ) -> Int? {
        guard isQuoted else {
            let plain = Array(old.unicodeScalars)
            guard start + plain.count <= line.count,
                Array(line[start..<(start + plain.count)]) == plain
            else { return nil }
            return start + plain.count
        }
        guard start < line.count, line[start] == "\"" || line[start] == "'" else { return nil }
        let mark = line[start]
        var at = start + 1
        while at < line.count {
            if mark == "\"", line[at] == "\\" {
                at += 2
                continue
            }
            if line[at] == mark {
                // Twice is one within single quotes.
                if mark == "'", at + 1 < line.count, line[at + 1] == mark {
                    at += 2
                    continue
                }
                return at + 1
            }
            at += 1
        }
        return nil
    }

    /// Where a list in brackets ends; nil where it goes on over several lines.
    private static func endOfList(in line: [UnicodeScalar], from start: Int) -> Int? {
        var at = start + 1
        while at < line.count {
            switch line[at] {
            case "]": return at + 1
            case "\"", "'":
                guard let next = end(of: "", isQuoted: true, in: line, from: at) else { return nil }
                at = next
            default: at += 1
            }
        }
        return nil
    }
}

extension DeviceLine {
    /// Changes the line of one device, and takes the change back where the home would have errors with it or anything else came
    /// of it than was meant.
    ///
    /// - Parameters:
    ///   - meant: the profile and the topics that the device is to have.
    ///   - byHand: what somebody has to write where the file cannot be changed here.
    ///   - note: who did it and why; without it nothing is changed.
    /// - Returns: the home with the change.
    /// - Throws: `PlacingError`; devices.yaml is then as it was.
    static func save(
        _ device: DeviceID, in folder: String, shippedProfiles: String?,
        meant: (_ old: LoadedHome, _ place: Int) throws -> (profile: String, topics: [String]),
        byHand: (_ profile: String, _ topics: [String]) -> String, note: PlacementNote? = nil
    ) throws -> LoadedHome {
        let path = "\(folder)/devices.yaml"
        let before: String
        do { before = try HomeFolder.text(of: path, named: "devices.yaml") } catch {
            throw PlacingError.file(error.description)
        }
        let old = try HomeFolder.load(folder, shippedProfiles: shippedProfiles)
        guard let place = old.home.devices.firstIndex(where: { $0.id == device }) else {
            throw PlacingError.wrong("there is no device \"\(device)\" in devices.yaml")
        }
        let (profile, topics) = try meant(old, place)
        let line = try DeviceLine(before, of: old.home.devices[place])
        let had = old.directory.addresses(of: place)
        let also = Array(topics.dropFirst())
        try write(
            line.changed(
                profile: profile == old.home.devices[place].profile ? nil : profile,
                topic: topics.first == had.first ? nil : topics.first,
                also: also == Array(had.dropFirst()) ? nil : also), to: path)
        do {
            let home = try HomeFolder.load(folder, shippedProfiles: shippedProfiles)
            guard !home.hasErrors else {
                throw PlacingError.wrong(
                    home.diagnostics.filter { $0.severity == .error }.prefix(3)
                        .map(\.description).joined(separator: "\n"))
            }
            // Whatever the file looks like: this device has changed so, and no other in anything.
            guard home.home.devices.count == old.home.devices.count,
                home.home.devices.indices.allSatisfy({ index in
                    index == place
                        ? home.home.devices[index].id == device
                            && home.home.devices[index].profile == profile
                            && home.directory.addresses(of: index) == topics
                        : home.home.devices[index] == old.home.devices[index]
                            && home.directory.addresses(of: index)
                                == old.directory.addresses(of: index)
                })
            else {
                throw PlacingError.wrong(
                    "devices.yaml is written in a way that cannot be changed here; give \(device) by hand \(byHand(profile, topics))"
                )
            }
            try note?.append(in: folder)
            return home
        } catch {
            try write(before, to: path)
            throw error
        }
    }

    private static func write(_ text: String, to path: String) throws(PlacingError) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw .file("\(path) cannot be written; check its permissions and the room on the disk")
        }
    }
}
