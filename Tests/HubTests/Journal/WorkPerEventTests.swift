import Foundation
import GRDB
import Rules
import Synchronization
import Testing

@testable import Hub

/// Guards what an event costs by counting work, for time says nothing on a busy machine.
@Suite("Work for an event")
struct WorkPerEventTests {
    private static let site = BenchmarkHome(residences: 3, rules: .instances(60))

    private func store(_ folder: TemporaryFolder) throws -> BenchmarkStore {
        let path = folder.file("home")
        try Self.site.write(to: path, port: 1, clientID: "work")
        var store = try BenchmarkStore(folder: path, site: Self.site)
        try store.introduce()
        return store
    }

    @Test("one statement stores an event, and a batch adds a handful")
    func statements() throws {
        let folder = try TemporaryFolder()
        var store = try store(folder)
        let before = store.stored
        let counted = Statement.Counter()
        store.journal.queue.writeWithoutTransaction { database in
            database.trace(options: .statement) { _ in counted.add() }
        }
        try store.fill(events: before + 4000, behind: 0, BenchmarkStop { false })
        let share = Double(counted.count) / Double(store.stored - before)
        print("\(counted.count) statements for \(store.stored - before) events")
        // Alerts, of which the traffic has some, take a dozen each.
        #expect(share >= 1)
        #expect(share < 1.2)
    }

    @Test("a batch copies no list of streams, however many there are")
    func copies() throws {
        let folder = try TemporaryFolder()
        var store = try store(folder)
        func place() -> UnsafePointer<StreamRecord>? {
            store.journal.state.streams.withUnsafeBufferPointer { $0.baseAddress }
        }
        // What is new may move the list as it grows; after this nothing is.
        try store.fill(events: store.stored + 3000, behind: 0, BenchmarkStop { false })
        let first = try #require(place())
        for _ in 0..<3 {
            try store.fill(events: store.stored + 1000, behind: 0, BenchmarkStop { false })
            #expect(place() == first)
        }
    }
}

private enum Statement {
    final class Counter: Sendable {
        private let number = Atomic<Int>(0)
        var count: Int { number.load(ordering: .relaxed) }
        func add() { number.add(1, ordering: .relaxed) }
    }
}
