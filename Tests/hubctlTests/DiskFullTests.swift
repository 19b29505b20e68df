import Foundation
import Rules
import Testing

@testable import Hub

extension RealHub {
    @Suite("A full disk", .serialized)
    struct DiskFullTests {
        /// A limit on the size of its files stands for the full disk: it needs no rights, and can be lifted again.
        @Test(
            "the hub at its file-size limit stops acknowledging, says so, and goes on with nothing lost"
        )
        func fileSizeLimit() throws {
            let hub = try HubProcess()
            defer { hub.end() }
            try hub.startAndSettle()
            let process = try #require(hub.identifier)
            let log =
                try FileManager.default
                .attributesOfItem(atPath: hub.folder + "/foyer.sqlite-wal")[.size] as? Int
            // The log of SQLite has room for some more batches.
            try limitFiles(of: process, to: "\((log ?? 0) + 400_000)")
            try fill(hub) { try limitFiles(of: process, to: "unlimited") }
        }

        @Test(
            "the hub on a full file system stops acknowledging, says so, and goes on with nothing lost",
            .enabled(if: geteuid() == 0, "only root may mount a file system"))
        func fullFileSystem() throws {
            let folder = NSTemporaryDirectory() + "foyer-full-" + UUID().uuidString.prefix(8)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            guard mount("tmpfs", folder, "tmpfs", 0, "size=96m") == 0 else {
                print(
                    "skipped: no file system may be mounted here: \(String(cString: strerror(errno)))"
                )
                return
            }
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let hub = try HubProcess(folder: folder + "/home")
            defer { hub.end() }
            try hub.startAndSettle()
            let filler = folder + "/filler"
            // The broker's snapshots need room too, and get none: they are not what is promised here.
            try occupy(filler, leaving: 300_000, on: folder)
            try fill(hub) { unlink(filler) }
        }

        /// Publishes until the hub says that the disk is full, then some more; makes room; waits for all of it.
        private func fill(_ hub: HubProcess, makeRoom: () throws -> Void) throws {
            let load = Load(try hub.account("devices"), pause: 100)
            let watcher = try StatusWatcher(try hub.account("staff"))
            try wait(120, "storage_full; \(hub.condition)") { hub.status?.state == "storage_full" }
            try wait(60, "storage_full on the status topic ; \(hub.condition)") {
                try watcher.states().last == "storage_full"
            }
            #expect(hub.said.contains("no room to write"), "\(hub.said)")

            let stored = try hub.count()
            let before = load.acknowledged
            try wait(60, "more messages") { load.acknowledged > before + 100 }
            #expect(try hub.count() == stored, "nothing is stored while the disk is full")
            try makeRoom()
            try wait(120, "going on ; \(hub.condition)") { hub.status?.state == "online" }
            try wait(120, "online on the status topic") { try watcher.states().last == "online" }
            let total = try load.stop()
            try wait(300, "the last of \(total) messages; \(hub.condition)") {
                try hub.count() >= total
            }
            try hub.checkWhole(total)
            try hub.checkAlerts(total)
            print("full after \(stored) messages, \(total) in the end: all stored once")
        }

        /// With a program of util-linux, which every Debian has; the call itself Glibc's overlay has not.
        private func limitFiles(of process: Int32, to bytes: String) throws {
            let program = try #require(ManagedBroker.find("prlimit"))
            let status = try Subprocess.run(
                program, ["--pid", "\(process)", "--fsize=\(bytes):unlimited"])
            try #require(status == 0)
        }

        /// Fills a file system up to so many bytes.
        private func occupy(_ path: String, leaving rest: Int, on folder: String) throws {
            var state = statvfs()
            try #require(statvfs(folder, &state) == 0)
            let size = Int(state.f_bavail) * Int(state.f_frsize) - rest
            try #require(size > 0)
            try #require(FileManager.default.createFile(atPath: path, contents: Data(count: size)))
        }
    }
}

/// Listens to how the hub says it is.
final class StatusWatcher {
    private let session: BrokerSession
    private var heard: [InboundMessage] = []

    init(_ settings: SessionSettings) throws {
        var settings = settings
        settings.subscriptions = ["foyer/hub/+/status"]
        session = try BrokerSession(settings)
        try session.waitForAnswer()
    }

    /// What it said so far, oldest first.
    func states() throws -> [String] {
        try session.release()
        session.waitReadable(milliseconds: 10)
        try session.read(into: &heard, limit: 1000)
        try session.release()
        try session.misc()
        return heard.compactMap { message in
            String(decoding: message.payload, as: UTF8.self)
                .components(separatedBy: "\"state\":\"").last?
                .split(separator: "\"").first.map(String.init)
        }
    }
}
