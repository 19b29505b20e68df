import Foundation

/// Where the files are that come with the product, such as the device profiles.
public enum SharedFiles {
    /// The variable that names the folder of device profiles.
    public static let devicesVariable = "FOYER_DEVICES"

    /// The variable that names the folder of rule templates.
    public static let rulesVariable = "FOYER_RULES"

    /// The folder of the shipped device profiles; nil where it is not found.
    ///
    /// In this order: the environment's `FOYER_DEVICES`; `share/foyer/devices` beside the executable's folder, where
    /// an installation puts it; `devices` in the source tree that the executable was built in; `devices` in the
    /// current folder.
    public static func devices(
        environment: [String: String]? = nil, executable: String? = nil, current: String? = nil
    ) -> String? {
        folder(
            "devices", variable: devicesVariable, environment: environment, executable: executable,
            current: current)
    }

    /// The folder of the shipped rule templates, found in the same way; nil where it is not.
    public static func rules() -> String? {
        folder(
            "rules", variable: rulesVariable, environment: nil, executable: nil, current: nil)
    }

    private static func folder(
        _ name: String, variable: String, environment: [String: String]?, executable: String?,
        current: String?
    ) -> String? {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let current = current ?? FileManager.default.currentDirectoryPath
        if let given = environment[variable], !given.isEmpty {
            return isFolder(given) ? given : nil
        }
        if let executable = executable ?? path() {
            var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
                .deletingLastPathComponent()
            let installed = folder.deletingLastPathComponent()
                .appendingPathComponent("share/foyer/\(name)").path
            if isFolder(installed) { return installed }
            // A path has few levels; the limit is for one that leads in a circle.
            for _ in 0..<64 where folder.path != "/" {
                let found = folder.appendingPathComponent(name).path
                let package = folder.appendingPathComponent("Package.swift").path
                if isFolder(found), FileManager.default.fileExists(atPath: package) {
                    return found
                }
                folder.deleteLastPathComponent()
            }
        }
        let here = "\(current)/\(name)"
        return isFolder(here) ? here : nil
    }

    private static func path() -> String? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? Bundle.main.executablePath
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
