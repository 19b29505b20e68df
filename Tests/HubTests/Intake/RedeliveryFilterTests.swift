import Rules
import Testing

@testable import Hub

@Suite("Telling a redelivered message from a new one")
struct RedeliveryFilterTests {
    private func delivery(_ packetID: UInt16, _ text: String = "press") -> Delivery {
        Delivery(
            packetID: packetID,
            hash: RedeliveryFilter.hash(topic: "button", payload: Array(text.utf8)))
    }

    private func filter(_ committed: [Delivery], receiveMaximum: Int = 10) -> RedeliveryFilter {
        var filter = RedeliveryFilter()
        filter.begin(committed: committed, receiveMaximum: receiveMaximum)
        return filter
    }

    @Test("nothing is dropped before a reconnection")
    func idle() {
        var filter = RedeliveryFilter()
        let dropped = [
            filter.isRedelivery(delivery(1), duplicate: true)
        ]
        #expect(dropped == [false])
    }

    @Test("a committed message that the broker marks as a duplicate is dropped, once")
    func marked() {
        var filter = filter([delivery(1), delivery(2)])
        let dropped = [
            filter.isRedelivery(delivery(2), duplicate: true),
            filter.isRedelivery(delivery(2), duplicate: true),
        ]
        #expect(dropped == [true, false])
    }

    @Test("a repeated press has a new packet id and counts")
    func repeatedPress() {
        var filter = filter([delivery(1)])
        let dropped = [
            filter.isRedelivery(delivery(2), duplicate: true),
            filter.isRedelivery(delivery(2), duplicate: false),
        ]
        #expect(dropped == [false, false])
    }

    @Test("the same packet id with another content is another message")
    func reusedPacketID() {
        var filter = filter([delivery(1)])
        let dropped = [
            filter.isRedelivery(delivery(1, "release"), duplicate: true)
        ]
        #expect(dropped == [false])
    }

    @Test("without the mark, only an unbroken run from the first message on is dropped")
    func unbrokenRun() {
        var filter = filter([delivery(1), delivery(2), delivery(3)])
        let dropped = [
            filter.isRedelivery(delivery(1), duplicate: false),
            filter.isRedelivery(delivery(2), duplicate: nil),
            filter.isRedelivery(delivery(9), duplicate: false),
            filter.isRedelivery(delivery(3), duplicate: false),
            filter.isRedelivery(delivery(3), duplicate: true),
        ]
        #expect(dropped == [true, true, false, false, true])
    }

    @Test("after as many messages as can have been under way, nothing is compared")
    func windowEnds() {
        var filter = filter([delivery(1), delivery(2)], receiveMaximum: 2)
        let dropped = [
            filter.isRedelivery(delivery(8), duplicate: true),
            filter.isRedelivery(delivery(9), duplicate: true),
            filter.isRedelivery(delivery(1), duplicate: true),
        ]
        #expect(dropped == [false, false, false])
    }

    @Test("the hash is FNV-1a, the same in every process, with topic and payload kept apart")
    func hash() {
        // FNV-1a of the bytes 00, and of 61 00 62, computed apart.
        #expect(RedeliveryFilter.hash(topic: "", payload: []) == 0xaf63_bd4c_8601_b7df)
        #expect(
            RedeliveryFilter.hash(topic: "a", payload: [0x62]) == 0xe5d2_9919_0426_66b2)
        #expect(
            RedeliveryFilter.hash(topic: "ab", payload: [0x63])
                != RedeliveryFilter.hash(topic: "a", payload: [0x62, 0x63]))
    }

    @Test("waits double from a quarter of a second to half a minute, scattered by a tenth each way")
    func backoff() {
        var backoff = Backoff(seed: 7)
        let waits = (0..<12).map { _ in backoff.next() }
        for (index, wait) in waits.enumerated() {
            let base = min(30_000, Int64(250) << Int64(index))
            #expect(abs(wait - base) <= base / 10 + 1)
        }
        backoff.reset()
        let again = backoff.next()
        #expect(again <= 275)
        var other = Backoff(seed: 8)
        let others = (0..<12).map { _ in other.next() }
        #expect(others != waits)
    }
}
