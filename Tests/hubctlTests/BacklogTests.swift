import Foundation
import Rules
import Testing

@testable import Hub

extension RealHub {
    @Suite("A backlog", .serialized)
    struct BacklogTests {
        /// By hand: FOYER_BACKLOG=1000000 ./test --filter BacklogTests.
        static let size = environment("FOYER_BACKLOG", 50_000)
        /// In kB. What the hub has at rest, a batch, and SQLite's cache: it does not grow with the backlog. The debug build
        /// and its allocator take more than the release build.
        static let memoryLimit = 160_000

        @Test("a long backlog at the broker is taken in whole, in order, with bounded memory")
        func drains() throws {
            // An alert for each of a million messages is another test.
            let hub = try HubProcess(when: "{all: [{no: used, for: 20m}]}")
            defer { hub.end() }
            try hub.startAndSettle()
            // A killed hub leaves its broker behind, which keeps what comes.
            hub.kill()
            let load = Load(try hub.account("devices"), count: Self.size, window: 900, pause: 0)
            let total = try load.finish()
            try #require(load.repeated.isEmpty)
            let begin = Clock.system.now()
            try hub.start()
            var most = 0
            try wait(Int64(60 + Self.size / 1000), "the whole backlog") {
                most = max(most, hub.memory() ?? 0)
                usleep(100_000)
                return (hub.status?.events ?? 0) >= total
            }
            let seconds = Double((Clock.system.now() - begin).milliseconds) / 1000
            #expect(most > 0 && most < Self.memoryLimit, "\(most) kB")
            try hub.checkWhole(total)
            print("a backlog of \(total): \(seconds) s, at most \(most) kB resident")
        }
    }
}
