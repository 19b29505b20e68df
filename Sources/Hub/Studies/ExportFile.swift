import Crypto
import Foundation

/// A file of an export, written in pieces of bounded size, with its length and SHA-256.
struct ExportFile {
    /// What is known of a file once it is whole.
    struct Finished: Hashable, Sendable {
        /// Its path within the export.
        var path: String
        /// Its length in bytes.
        var bytes: Int
        /// SHA-256, hexadecimal.
        var hash: String
        /// How many rows or records it has.
        var rows: Int
    }

    private static let piece = 1 << 18
    private let path: String
    private let handle: FileHandle
    private var hash = SHA256()
    private var written = 0
    private var buffer: [UInt8] = []
    /// How many rows or records were written.
    var rows = 0

    /// Creates a file.
    ///
    /// - Throws: `StudyError.unwritable`.
    init(_ path: String, in folder: String) throws {
        let whole = folder + "/" + path
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: whole).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            guard
                FileManager.default.createFile(
                    atPath: whole, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: whole)
            else { throw StudyError.unwritable(whole, reason: "it cannot be created") }
            self.path = path
            self.handle = handle
        } catch let error as StudyError {
            throw error
        } catch {
            throw StudyError.unwritable(whole, reason: error.localizedDescription)
        }
    }

    mutating func write(_ text: String) throws { try write(text.utf8) }

    mutating func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.piece { try flush() }
    }

    /// One line of a table; each field is quoted where it has to be (RFC 4180).
    mutating func row(_ fields: [String]) throws {
        try write(fields.map(Self.field).joined(separator: ",") + "\n")
        rows += 1
    }

    static func field(_ text: String) -> String {
        // By bytes: a line's end is a single character that is neither of its two.
        guard text.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else {
            return text
        }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private mutating func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw StudyError.unwritable(path, reason: error.localizedDescription)
        }
        hash.update(data: buffer)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left, and closes the file.
    consuming func finish() throws -> Finished {
        try flush()
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw StudyError.unwritable(path, reason: error.localizedDescription)
        }
        return Finished(
            path: path, bytes: written,
            hash: hash.finalize().map { String(format: "%02x", $0) }.joined(), rows: rows)
    }
}
