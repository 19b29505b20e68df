import Foundation
import Synchronization

/// Work that blocks, on a thread of its own: Swift's own few threads must not wait.
enum OwnThread {
    /// Runs a body on a new thread, and waits for it without blocking.
    static func run<Value: Sendable, Failure: Error>(
        named name: String, _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.name = name
            thread.stackSize = 4 << 20
            thread.start()
        }
        return try result.get()
    }
}

/// A request to stop, from any thread to any other.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Whether somebody asked.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Asks.
    func set() { flag.store(true, ordering: .relaxed) }
}
