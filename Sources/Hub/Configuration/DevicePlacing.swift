import Foundation
public import Rules

/// Why a device could not be placed.
public enum PlacingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// With it the home would have errors; their text.
    case wrong(String)
    /// devices.yaml cannot be read or written.
    case file(String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .wrong(let report): report
        case .file(let reason): reason
        }
    }
}

/// Puts a device into its place: a line more in devices.yaml, checked before it stays.
public struct DevicePlacing: Sendable {
    /// The profile that its messages are read by.
    public var profile: String
    /// Where it speaks.
    public var topic: String
    /// Its name within the residence.
    public var name: String
    /// Where it is.
    public var residence: ResidenceID
    /// In which room; nil where it is in none.
    public var room: RoomID?
    /// Whose it is, where it is personal.
    public var person: PersonID?
    /// What people call it, in both languages.
    public var title: String
    /// Where other gateways hear it.
    public var also: [String]

    /// A device and its place.
    public init(
        profile: String, topic: String, also: [String] = [], name: String, residence: ResidenceID,
        room: RoomID?, person: PersonID?, title: String
    ) {
        self.profile = profile
        self.topic = topic
        self.also = also
        self.name = name
        self.residence = residence
        self.room = room
        self.person = person
        self.title = title
    }

    /// A name made of a topic or title: small letters, digits and underscores.
    public static func name(from text: String) -> String {
        let plain = text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
            .lowercased()
        var name = ""
        for character in plain {
            if character.isASCII, character.isLetter || character.isNumber {
                name.append(character)
            } else if !name.hasSuffix("_"), !name.isEmpty {
                name.append("_")
            }
        }
        while name.hasSuffix("_") { name.removeLast() }
        return name.isEmpty ? "device" : String(name.prefix(40))
    }

    /// The line of devices.yaml. Texts are quoted as JSON, which YAML reads.
    var line: String {
        var fields = [
            "name: \(JSONText.string(name))", "profile: \(JSONText.string(profile))",
            "topic: \(JSONText.string(topic))",
            "residence: \(JSONText.string(residence.rawValue))",
        ]
        if !also.isEmpty {
            fields.insert("also: [\(also.map(JSONText.string).joined(separator: ", "))]", at: 3)
        }
        if let room {
            // A room is named within its residence.
            let own = room.rawValue.split(separator: "/").last.map(String.init) ?? room.rawValue
            fields.append("room: \(JSONText.string(own))")
        }
        if let person { fields.append("person: \(JSONText.string(person.rawValue))") }
        fields.append("title: {en: \(JSONText.string(title)), fr: \(JSONText.string(title))}")
        return "  - {\(fields.joined(separator: ", "))}\n"
    }

    /// Adds the line, and takes it back where the home would have errors with it.
    ///
    /// - Parameter author: who places it, for its history.
    /// - Returns: the home with the device.
    /// - Throws: `PlacingError`; devices.yaml is then as it was.
    public func save(
        in folder: String, by author: PlacementAuthor? = nil,
        shippedProfiles: String? = SharedFiles.devices()
    ) throws -> LoadedHome {
        let path = "\(folder)/devices.yaml"
        let before: String?
        if FileManager.default.fileExists(atPath: path) {
            do { before = try HomeFolder.text(of: path, named: "devices.yaml") } catch {
                throw PlacingError.file(error.description)
            }
        } else {
            before = nil
        }
        var text = before ?? "version: 1\ndevices:\n"
        if !text.hasSuffix("\n") { text += "\n" }
        text = text.replacingOccurrences(of: "devices: []\n", with: "devices:\n") + line
        try write(text, to: path)
        let home = try HomeFolder.load(folder, shippedProfiles: shippedProfiles)
        let id = DeviceID(rawValue: "\(residence)/\(name)")
        let isThere = home.home.devices.contains { $0.id == id }
        guard !home.hasErrors, isThere else {
            try restore(before, at: path)
            throw PlacingError.wrong(
                home.hasErrors
                    ? home.diagnostics.filter { $0.severity == .error }.prefix(3)
                        .map(\.description).joined(separator: "\n")
                    : "devices.yaml does not end with its list of devices; add this line by hand:\n\(line)"
            )
        }
        do throws(PlacingError) {
            try author?.note(id, profile: profile, topic: topic).append(in: folder)
        } catch {
            // Who was told that it failed would place it again.
            try restore(before, at: path)
            throw error
        }
        return home
    }

    private func restore(_ before: String?, at path: String) throws(PlacingError) {
        if let before {
            try write(before, to: path)
        } else {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private func write(_ text: String, to path: String) throws(PlacingError) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw .file("\(path) cannot be written; check its permissions and the room on the disk")
        }
    }
}
