import GRDB

/// Why the journal cannot be opened, written or read.
public enum JournalError: Error, CustomStringConvertible, Sendable {
    /// There is no room: the disk, the file-size limit or the page limit is reached. Nothing of the transaction was
    /// stored; try again when there is room.
    case full(path: String)
    /// The file or its folder cannot be created or written.
    case notWritable(path: String, reason: String)
    /// SQLite found the file damaged.
    case corrupt(path: String, reason: String)
    /// A newer version of Foyer wrote the file.
    case newerSchema(path: String)
    /// There is no journal.
    case missing(path: String)
    /// A setting on which a promise rests is not in force.
    case unsafeSetting(path: String, setting: String, found: String)
    /// Anything else that SQLite says, with its extended result code.
    case database(path: String, code: Int32, message: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .full(let path):
            "\(path): no room to write; free some space on the disk. Nothing is lost: the broker keeps what is not "
                + "acknowledged"
        case .notWritable(let path, let reason):
            "\(path): cannot be written (\(reason)); check the folder's owner and permissions"
        case .corrupt(let path, let reason):
            "\(path): the file is damaged (\(reason)); stop the hub, keep a copy, and restore a backup"
        case .newerSchema(let path):
            "\(path): written by a newer version of Foyer; install that version or a later one"
        case .missing(let path):
            "\(path): there is no journal; start the hub once with 'hubctl run', or check --home"
        case .unsafeSetting(let path, let setting, let found):
            "\(path): \(setting) is \(found), so a committed event could be lost with the power; "
                + "the hub does not start"
        case .database(let path, let code, let message):
            "\(path): SQLite error \(code): \(message)"
        }
    }

    /// True where trying again later, with more room, can succeed.
    public var isFull: Bool {
        if case .full = self { return true }
        return false
    }

    /// What an error of the database means for the journal at a path.
    static func from(_ error: any Error, path: String) -> JournalError {
        if let error = error as? JournalError { return error }
        guard let error = error as? DatabaseError else {
            return .database(path: path, code: -1, message: "\(error)")
        }
        let message = error.message ?? "no message"
        switch error.resultCode {
        case .SQLITE_FULL:
            return .full(path: path)
        case .SQLITE_IOERR:
            // A write refused by the file system: ENOSPC, EDQUOT, or EFBIG at a file-size limit. SQLite tells these
            // apart from SQLITE_FULL only where the kernel wrote nothing at all.
            let writes: [ResultCode] = [
                .SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_TRUNCATE,
                .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_DIR_FSYNC,
            ]
            return writes.contains(error.extendedResultCode)
                ? .full(path: path)
                : .database(
                    path: path, code: error.extendedResultCode.rawValue, message: message)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return .notWritable(path: path, reason: message)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return .corrupt(path: path, reason: message)
        default:
            return .database(path: path, code: error.extendedResultCode.rawValue, message: message)
        }
    }
}
