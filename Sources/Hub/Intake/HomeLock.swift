import Foundation

/// Keeps a second hub out of a home, for as long as it exists.
///
/// The lock is the kernel's (`flock`), so it is gone with the process however that ends; the file stays.
public final class HomeLock: Sendable {
    /// Why a home could not be taken.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// Another hub runs there; its process, where it said so.
        case taken(home: String, process: Int32?)
        /// The lock file cannot be opened or written.
        case unusable(path: String, reason: String)

        /// What happened, where, and what to do.
        public var description: String {
            switch self {
            case .taken(let home, let process):
                "another hub\(process.map { " (process \($0))" } ?? "") runs in \(home); stop it with "
                    + "`hubctl stop --home \(home)`, or choose another home"
            case .unusable(let path, let reason):
                "cannot lock \(path): \(reason); the hub must be able to write in its home"
            }
        }
    }

    private let descriptor: Int32

    /// Takes a home.
    ///
    /// - Parameter home: the home's folder, which exists.
    /// - Throws: `HomeLock.Failure`.
    public init(home: String) throws(Failure) {
        let path = "\(home)/foyer.lock"
        // Closed on exec: a broker that outlives the hub must not hold the hub's lock.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw .unusable(path: path, reason: String(cString: strerror(number)))
            }
            throw .taken(home: home, process: holder)
        }
        // Only for the message that another hub gives; without it the lock holds all the same.
        let text = [UInt8]("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    deinit { close(descriptor) }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(
            String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self))
    }
}
