import Foundation
public import Rules

/// Gives the place of a device to another one: its line in devices.yaml gets the new one's topic and profile, and keeps
/// everything else. What is known of the place goes on, under the same name.
public struct DeviceReplacing: Sendable {
    /// Whose place it is.
    public var device: DeviceID
    /// The new one's profile.
    public var profile: String
    /// Where the new one speaks.
    public var topic: String

    /// A device that takes another's place.
    public init(device: DeviceID, profile: String, topic: String) {
        self.device = device
        self.profile = profile
        self.topic = topic
    }

    /// Changes the line, and takes the change back where the home would have errors with it or another line be touched.
    ///
    /// - Parameter author: who replaces it and why, for its history.
    /// - Returns: the home with the new device in the old one's place.
    /// - Throws: `PlacingError`; devices.yaml is then as it was.
    @discardableResult
    public func save(
        in folder: String, by author: PlacementAuthor? = nil,
        shippedProfiles: String? = SharedFiles.devices()
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
        try write(try changed(before, old.home.devices[place]), to: path)
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
                            && home.directory.address(of: index) == topic
                        : home.home.devices[index] == old.home.devices[index]
                            && home.directory.address(of: index)
                                == old.directory.address(of: index)
                })
            else {
                throw PlacingError.wrong(
                    "devices.yaml is written in a way that cannot be changed here; give \(device) by hand profile: \(profile) and topic: \(topic)"
                )
            }
            try author?.note(device, profile: profile, topic: topic).append(in: folder)
            return home
        } catch {
            try write(before, to: path)
            throw error
        }
    }

    /// The file with the two values changed in their places.
    private func changed(_ text: String, _ device: Device) throws -> String {
        let tree = try YAML.parse(text, file: "devices.yaml")
        guard case .mapping(let top, _) = tree,
            case .list(let items, _)? = top.first(where: { $0.key == "devices" })?.value,
            let entries = items.lazy.compactMap({ self.entries($0, of: device) }).first
        else { throw PlacingError.wrong("devices.yaml has no line of \"\(device.id)\"") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Array($0.unicodeScalars) }
        let changes = [("profile", profile), ("topic", topic)].compactMap { key, value in
            entries.first { $0.key == key }.map { ($0.value, value) }
        }
        // From the end, so that the places before stay where they are.
        for (node, value) in changes.sorted(by: { $1.0.location < $0.0.location }) {
            guard case .scalar(let old, let isQuoted, let location) = node,
                lines.indices.contains(location.line - 1)
            else { continue }
            var line = lines[location.line - 1]
            let start = location.column - 1
            guard start <= line.count,
                let end = Self.end(of: old, isQuoted: isQuoted, in: line, from: start)
            else { continue }
            line.replaceSubrange(start..<end, with: Array(quoted(value).unicodeScalars))
            lines[location.line - 1] = line
        }
        return lines.map { line in
            String(String.UnicodeScalarView(line))
        }.joined(separator: "\n")
    }

    private func entries(_ node: Node, of device: Device) -> [Node.Entry]? {
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

    private func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private func write(_ text: String, to path: String) throws(PlacingError) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw .file("\(path) cannot be written; check its permissions and the room on the disk")
        }
    }
}
