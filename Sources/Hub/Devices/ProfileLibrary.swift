import Foundation
public import Rules

/// Profiles read from folders: the shipped ones, and a home's own. The only file of this folder that reads the
/// disk.
public struct ProfileLibrary: Sendable {
    /// The profiles without errors, in the order of their files.
    public private(set) var profiles: [DeviceProfile] = []
    /// Everything that is wrong.
    public private(set) var diagnostics: [Diagnostic] = []

    /// No profile at all.
    public init() {}

    /// A library of the files of some folders, by alphabetical order in each. A folder that is not there has
    /// none.
    public init(folders: [String]) {
        for folder in folders { add(folder: folder) }
    }

    /// A profile by its identifier.
    public subscript(id: String) -> DeviceProfile? { profiles.first { $0.id == id } }

    /// Reads the `.yaml` and `.yml` files of a folder, not those of folders within it. A profile here with the same
    /// identifier as one of an earlier folder takes its place: so a home mends a shipped profile.
    public mutating func add(folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return
        }
        var before = Set(profiles.map(\.id))
        for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            add(file: "\(folder)/\(name)", mayReplace: before)
            // What this folder has given once it may not give again.
            for profile in profiles where profile.location.file == "\(folder)/\(name)" {
                before.remove(profile.id)
            }
        }
    }

    /// Reads one file.
    public mutating func add(file: String) {
        add(file: file, mayReplace: Set(profiles.map(\.id)))
    }

    private mutating func add(file: String, mayReplace: Set<String>) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let data = FileManager.default.contents(atPath: file) else {
            diagnostics.append(
                Diagnostic(
                    code: "unreadable-file",
                    "the file cannot be read; check that it exists and its permissions",
                    at: start))
            return
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            diagnostics.append(
                Diagnostic(
                    code: "not-utf8", "the file is not UTF-8 text; save it as UTF-8", at: start))
            return
        }
        add(text: text, file: file, mayReplace: mayReplace)
    }

    /// Reads one profile from its text.
    ///
    /// - Parameter file: its name in messages.
    public mutating func add(text: String, file: String) {
        add(text: text, file: file, mayReplace: Set(profiles.map(\.id)))
    }

    private mutating func add(text: String, file: String, mayReplace: Set<String>) {
        let parsed: (profile: DeviceProfile?, diagnostics: [Diagnostic])
        do {
            parsed = ProfileParser.parse(try YAML.parse(text, file: file))
        } catch {
            diagnostics.append(error)
            return
        }
        diagnostics += parsed.diagnostics
        guard let profile = parsed.profile else { return }
        guard let place = profiles.firstIndex(where: { $0.id == profile.id }) else {
            profiles.append(profile)
            return
        }
        if mayReplace.contains(profile.id) {
            profiles[place] = profile
        } else {
            diagnostics.append(
                Diagnostic(
                    code: "duplicate-profile",
                    "there are two profiles \"\(profile.id)\"; the other is in \(profiles[place].location.file)",
                    at: profile.location))
        }
    }
}
