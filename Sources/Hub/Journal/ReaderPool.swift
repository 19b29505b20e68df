import Foundation
import Synchronization

/// Some connections for reading, lent one at a time. Reading happens on threads of its own: a long question holds up
/// neither the intake nor the other tasks.
public final class ReaderPool: Sendable {
    private let path: String
    private let free = Mutex<[JournalReader]>([])
    private let queue: DispatchQueue

    /// A pool for the journal at a path. Connections are opened when they are needed.
    public init(path: String) {
        self.path = path
        queue = DispatchQueue(label: "journal readers", attributes: .concurrent)
    }

    /// Lends a reader to a body.
    ///
    /// - Throws: what the body throws, and `JournalError` where the journal cannot be opened.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (JournalReader) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    with: Swift.Result {
                        let reader =
                            try free.withLock { $0.popLast() } ?? JournalReader(path: path)
                        defer { free.withLock { if $0.count < 8 { $0.append(reader) } } }
                        return try body(reader)
                    })
            }
        }
    }
}
