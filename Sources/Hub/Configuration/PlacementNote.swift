import Foundation
public import Rules

/// Who gave a device its place, or another device's, and why: what devices.yaml does not hold. One JSON object a line in
/// `placements.jsonl` of the home; the hub puts it into the history of the device when it takes the change in.
public struct PlacementNote: Codable, Hashable, Sendable {
    /// Which device.
    var device: String
    /// Its profile from then on.
    var profile: String
    /// Its topic from then on.
    var topic: String
    /// Who did it.
    var by: String
    /// Why; empty where that was not said.
    var why: String
    /// When, in ms since 1970.
    var at: Int64

    var moment: Instant { Instant(milliseconds: at) }

    private static let file = "placements.jsonl"
    /// So much of the file's end is read.
    private static let mostRead: UInt64 = 1 << 20

    /// What was noted, oldest first; lines that cannot be read are left out.
    static func all(in folder: String) -> [PlacementNote] {
        guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(file)") else { return [] }
        defer { try? handle.close() }
        let size = (try? handle.seekToEnd()) ?? 0
        try? handle.seek(toOffset: size - min(size, mostRead))
        let data = (try? handle.readToEnd()) ?? Data()
        let decoder = JSONDecoder()
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(PlacementNote.self, from: Data($0))
        }
    }

    /// Adds it to the file.
    func append(in folder: String) throws(PlacingError) {
        let path = "\(folder)/\(Self.file)"
        do throws(JSONLines.Failure) {
            try JSONLines.append(self, to: path)
        } catch {
            throw .file("\(path) cannot be written; check its permissions and the room on the disk")
        }
    }
}

/// Who changes where a device is, when and why.
public struct PlacementAuthor: Hashable, Sendable {
    var by: String
    var why: String
    var at: Instant

    /// Somebody; texts are cut at 80 and 300 bytes.
    public init(by name: String, why: String = "", at moment: Instant) {
        by = name.legible(80)
        self.why = why.trimmingCharacters(in: .whitespacesAndNewlines).legible(300)
        at = moment
    }

    func note(_ device: DeviceID, profile: String, topic: String) -> PlacementNote {
        PlacementNote(
            device: device.rawValue, profile: profile, topic: topic, by: by, why: why,
            at: at.milliseconds)
    }
}
