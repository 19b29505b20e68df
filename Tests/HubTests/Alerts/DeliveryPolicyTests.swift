import Rules
import Testing

@testable import Hub

@Suite("Deliveries: when one is tried, tried again, given up")
struct DeliveryPolicyTests {
    private let start = Instant(milliseconds: 1_790_000_000_000)

    private func decision(
        failures: Int, after seconds: Int64, spread: UInt64 = 0, expires: TimeSpan = .hours(1)
    ) -> DeliveryPolicy.Decision {
        DeliveryPolicy.decision(
            failures: failures, last: failures == 0 ? nil : start, expires: start + expires,
            spread: spread, at: start + .seconds(seconds))
    }

    @Test("the first try is at once")
    func first() { #expect(decision(failures: 0, after: 0) == .send) }

    @Test(
        "each failure doubles the wait, up to five minutes",
        arguments: [(1, 2), (2, 4), (3, 8), (4, 16), (7, 128), (8, 256), (9, 300), (60, 300)])
    func backoff(failures: Int, seconds: Int64) {
        #expect(
            decision(failures: failures, after: seconds - 1)
                == .wait(until: start + .seconds(seconds)))
        #expect(decision(failures: failures, after: seconds) == .send)
    }

    @Test("two deliveries that failed together are not tried again together")
    func spread() {
        let waits = Set(
            (0..<50).map { decision(failures: 6, after: 0, spread: UInt64($0) &* 7919) })
        #expect(waits.count > 40)
        for case .wait(let until) in waits {
            #expect(until >= start + .seconds(64) && until <= start + .seconds(77))
        }
    }

    @Test("what is of no use any more is given up, tried or not")
    func expiry() {
        #expect(decision(failures: 0, after: 3600) == .giveUp)
        #expect(decision(failures: 3, after: 3600) == .giveUp)
        #expect(decision(failures: 3, after: 3599) == .send)
    }
}
