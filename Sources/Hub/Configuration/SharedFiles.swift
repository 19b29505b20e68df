import Foundation

/// Where the files are that come with the product, such as the device profiles.
public enum SharedFiles {
    /// The variable that names the folder of device profiles.
    public static let devicesVariable = "FOYER_DEVICES"

    /// The folder of the shipped device profiles; nil where it is not found.
    ///
    /// In this order: the environment's `FOYER_DEVICES`; `share/foyer/devices` beside the executable's folder, where
    /// an installation puts it; `devices` in the source tree that the executable was built in; `devices` in the
    /// current folder.
    public static func devices(
        environment: [String: String]? = nil, executable: String? = nil, current: String? = nil
    ) -> String? {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let current = current ?? FileManager.default.currentDirectoryPath
        if let given = environment[devicesVariable], !given.isEmpty {
            return isFolder(given) ? given : nil
        }
        if let executable = executable ?? path() {
            var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
                .deletingLastPathComponent()
            let installed = folder.deletingLastPathComponent()
                .appendingPathComponent("share/foyer/devices").path
            if isFolder(installed) { return installed }
            // A path has few levels; the limit is for one that leads in a circle.
            for _ in 0..<64 where folder.path != "/" {
                let devices = folder.appendingPathComponent("devices").path
                let package = folder.appendingPathComponent("Package.swift").path
                if isFolder(devices), FileManager.default.fileExists(atPath: package) {
                    return devices
                }
                folder.deleteLastPathComponent()
            }
        }
        let here = "\(current)/devices"
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
