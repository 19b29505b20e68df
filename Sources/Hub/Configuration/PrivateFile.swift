import Foundation

/// Files that only the hub's own account reads.
enum PrivateFile {
    /// Makes an empty file of mode 0600 where there is none. Made before it is opened, for SQLite gives its log the mode of the
    /// database. One that is there is neither opened nor closed: that would end the locks of this process on it (fcntl).
    static func make(at path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }
}
