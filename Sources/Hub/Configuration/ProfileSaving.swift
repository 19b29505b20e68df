import Foundation
import Rules

/// A profile that somebody wrote for a device that none fitted: checked, then kept in the home's `profiles` folder.
public struct ProfileSaving: Sendable {
    /// The longest that is taken in, in bytes.
    static let longest = 64 * 1024

    /// The profile as YAML.
    public var text: String

    /// A profile.
    public init(_ text: String) { self.text = text }

    /// Checks it with its samples, and keeps it; takes it back where the home would have errors with it.
    ///
    /// - Returns: its identifier.
    /// - Throws: `PlacingError`; the home is then as it was.
    public func save(
        in folder: String, shippedProfiles: String? = SharedFiles.devices()
    ) throws -> String {
        guard text.utf8.count <= Self.longest else {
            throw PlacingError.wrong("a profile has \(Self.longest) bytes at most")
        }
        // What browsers send has the line ends of HTTP.
        let text = text.replacing("\r\n", with: "\n")
        let profile = try parsed(text)
        var library = ProfileLibrary()
        if let shippedProfiles { library.add(folder: shippedProfiles) }
        library.add(folder: folder + "/profiles")
        guard library[profile.id] == nil else {
            throw PlacingError.wrong(
                "there is a profile \"\(profile.id)\" already; give this one another id")
        }
        let path = "\(folder)/profiles/\(profile.id).yaml"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw PlacingError.file("\(path) is there already; give this profile another id")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/profiles", withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw PlacingError.file(
                "\(path) cannot be written; check its permissions and the room on the disk")
        }
        let home = try? HomeFolder.load(folder, shippedProfiles: shippedProfiles)
        guard let home, !home.hasErrors else {
            try? FileManager.default.removeItem(atPath: path)
            let report = home?.diagnostics.filter { $0.severity == .error }.prefix(3)
                .map(\.description).joined(separator: "\n")
            throw PlacingError.wrong(report ?? "the home cannot be read")
        }
        return profile.id
    }

    /// Takes a home's own profile away again.
    public static func remove(_ id: String, in folder: String) throws {
        try FileManager.default.removeItem(atPath: "\(folder)/profiles/\(id).yaml")
    }

    private func parsed(_ text: String) throws -> DeviceProfile {
        let tree: Node
        do { tree = try YAML.parse(text, file: "profile") } catch {
            throw PlacingError.wrong(error.description)
        }
        let (profile, diagnostics) = ProfileParser.parse(tree)
        guard let profile else {
            throw PlacingError.wrong(
                diagnostics.filter { $0.severity == .error }.prefix(5).map(\.description)
                    .joined(separator: "\n"))
        }
        guard !profile.capabilities.isEmpty else {
            throw PlacingError.wrong(
                "nothing in it is a reading yet: give at least one line a capability")
        }
        let failures = ProfileSamples.run(profile)
        guard failures.isEmpty else {
            throw PlacingError.wrong(failures.prefix(3).map(\.description).joined(separator: "\n"))
        }
        return profile
    }
}
