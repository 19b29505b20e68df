import Rules
import Synchronization

/// How many requests somebody may make in a time: a bucket each that fills again (token bucket). Bounded: of very many
/// addresses the oldest are forgotten.
final class RateLimits: Sendable {
    /// What is counted on its own.
    enum Kind: String, Hashable, Sendable {
        /// Attempts to sign in.
        case signIn
        /// Everything else.
        case request

        /// How many at once.
        var burst: Double { self == .signIn ? 10 : 240 }
        /// How many a second come back.
        var refill: Double { self == .signIn ? 0.1 : 20 }
    }

    private struct Key: Hashable {
        var kind: Kind
        var who: String
    }

    private struct Bucket {
        var left: Double
        var at: Instant
    }

    static let most = 10_000
    private let buckets = Mutex<[Key: Bucket]>([:])

    /// Takes one; nil where there is one, else after how many seconds there will be.
    func take(_ kind: Kind, _ who: String, at now: Instant) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.most {
                buckets = buckets.filter { (now - $0.value.at).milliseconds < 60_000 }
                if buckets.count >= Self.most { buckets = [:] }
            }
            let key = Key(kind: kind, who: who)
            var bucket = buckets[key] ?? Bucket(left: kind.burst, at: now)
            let passed = Double(max(0, (now - bucket.at).milliseconds)) / 1000
            bucket.left = min(kind.burst, bucket.left + passed * kind.refill)
            bucket.at = now
            defer { buckets[key] = bucket }
            guard bucket.left >= 1 else {
                return max(1, Int(((1 - bucket.left) / kind.refill).rounded(.up)))
            }
            bucket.left -= 1
            return nil
        }
    }
}
