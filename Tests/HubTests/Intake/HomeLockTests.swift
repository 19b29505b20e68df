import Foundation
import Testing

@testable import Hub

@Suite("One hub a home")
struct HomeLockTests {
    @Test("a second hub is refused with the first one's process, and let in once that is gone")
    func exclusive() throws {
        let folder = try TemporaryFolder()
        var first: HomeLock? = try HomeLock(home: folder.path)
        #expect(throws: HomeLock.Failure.taken(home: folder.path, process: getpid())) {
            _ = try HomeLock(home: folder.path)
        }
        withExtendedLifetime(first) {}
        first = nil
        #expect(wait { (try? HomeLock(home: folder.path)) != nil })
    }

    @Test("a child of the hub does not inherit its lock")
    func notInherited() throws {
        let folder = try TemporaryFolder()
        var lock: HomeLock? = try HomeLock(home: folder.path)
        let child = try ChildProcess("/bin/sleep", ["30"])
        withExtendedLifetime(lock) {}
        lock = nil
        // A child that another test is starting holds a copy of every file, until it runs its program.
        #expect(wait { (try? HomeLock(home: folder.path)) != nil })
        #expect(!child.hasEnded)
    }

    @Test("a home that is not there is told as that")
    func missing() {
        let error = #expect(throws: HomeLock.Failure.self) { _ = try HomeLock(home: "/nowhere") }
        #expect(error?.description.contains("/nowhere/foyer.lock: No such file") == true)
    }

    @Test("a process is known again by its number and start, and by its arguments")
    func processes() throws {
        let child = try ChildProcess("/bin/sleep", ["29.97531"])
        let identity = try #require(ProcessTable.identity(child.process))
        #expect(
            wait { ProcessTable.find(program: "sleep", arguments: ["29.97531"]) == identity })
        #expect(ProcessTable.find(program: "sleep", arguments: ["29.9753"]) == nil)
        child.end(SIGTERM)
        #expect(ProcessTable.identity(child.process) != identity)
        #expect(ProcessTable.find(program: "sleep", arguments: ["29.97531"]) == nil)
    }
}
