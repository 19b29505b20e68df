import Rules
import Testing

@testable import Hub

@Suite("The link to the broker, watched")
struct LinkWatchTests {
    private let start = Instant(milliseconds: 1_700_000_000_000)

    @Test(
        "a broker that restarts is no alert; one that stays away is one, once; its return is told once"
    )
    func away() {
        var watch = LinkWatch()
        func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }
        #expect(watch.fault(isConnected: false, isKnown: false, at: at(0)) == nil)
        #expect(watch.fault(isConnected: false, isKnown: false, at: at(29)) == nil)
        let down = watch.fault(isConnected: false, isKnown: false, at: at(30))
        guard case .fault(.brokerLink, true, _) = down else {
            Issue.record("\(down as Any)")
            return
        }
        #expect(watch.fault(isConnected: false, isKnown: true, at: at(90)) == nil)
        let back = watch.fault(isConnected: true, isKnown: true, at: at(91))
        guard case .fault(.brokerLink, false, _) = back else {
            Issue.record("\(back as Any)")
            return
        }
        #expect(watch.fault(isConnected: true, isKnown: false, at: at(92)) == nil)
        #expect(watch.fault(isConnected: false, isKnown: false, at: at(100)) == nil)
    }

    @Test("a clock that steps back makes nothing of it")
    func clockStep() {
        var watch = LinkWatch()
        #expect(watch.fault(isConnected: false, isKnown: false, at: start) == nil)
        #expect(watch.fault(isConnected: false, isKnown: false, at: start - .hours(1)) == nil)
        #expect(
            watch.fault(isConnected: false, isKnown: false, at: start - .hours(1) + .seconds(29))
                == nil)
    }
}
