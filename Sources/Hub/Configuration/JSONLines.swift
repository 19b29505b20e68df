import Foundation

/// Files of the home that are only added to, a JSON object on each line, for the hub's own account (mode 0600).
enum JSONLines {
    /// Why nothing could be added.
    struct Failure: Error {
        var reason: String
    }

    /// Adds a line; on the disk before it returns.
    static func append(_ record: some Encodable, to path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        PrivateFile.make(at: path)
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw Failure(reason: "it cannot be opened")
        }
        do {
            try handle.seekToEnd()
            try handle.write(contentsOf: encoder.encode(record) + [0x0a])
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Failure(reason: error.localizedDescription)
        }
    }
}
