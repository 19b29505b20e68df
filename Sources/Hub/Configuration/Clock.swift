import Foundation
public import Rules

/// Where the hub's time comes from. Nothing else in the product asks the system for the time.
public struct Clock: Sendable {
    private let read: @Sendable () -> Instant

    /// A clock that reads time in its own way; tests drive one by hand.
    public init(_ read: @escaping @Sendable () -> Instant) { self.read = read }

    /// The moment that it shows.
    public func now() -> Instant { read() }

    /// The system's clock. It may step back; the intake loop never lets `received` do so.
    public static let system = Clock {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// A clock that starts at a given moment and runs faster than the system's: for demonstrations.
    ///
    /// - Parameters:
    ///   - start: what it shows at the first moment.
    ///   - origin: the system time at which it shows `start`.
    ///   - speed: how many of its seconds pass in one of ours; above 0.
    public static func scaled(from start: Instant, at origin: Instant, speed: Double) -> Clock {
        Clock {
            let elapsed = Double((Clock.system.now() - origin).milliseconds)
            return start + TimeSpan(milliseconds: Int64(elapsed * speed))
        }
    }
}
