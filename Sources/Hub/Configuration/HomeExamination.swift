import Foundation
import Glibc
import Rules

/// Looks at what a home stands on: the machine's clock, the disk, and who may read its files.
struct HomeExamination {
    let folder: String
    let now: Instant

    /// Below this a hub that takes in a few events a second runs full within weeks.
    private static let littleRoom: UInt64 = 1 << 30
    /// Below this SQLite may find no room for its log.
    private static let noRoom: UInt64 = 100 << 20

    /// - Parameter last: up to where time was taken in the journal; nil where there is none.
    func run(last: Instant?) -> [Finding] { [clock(last), room()] + modes() }

    func clock(_ last: Instant?) -> Finding {
        if let last, now < last {
            return Finding(
                .error, "clock",
                "the machine's clock (\(now.iso)) is behind the journal (\(last.iso)): the hub's time stands still until it has caught up; set the clock"
            )
        }
        if now < Instant(iso: "2025-01-01T00:00:00Z") ?? .distantPast {
            return Finding(.error, "clock", "the machine's clock says \(now.iso); set it")
        }
        // What systemd-timesyncd, chrony and ntpd leave there while they keep the clock.
        let keepers = [
            "/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid",
        ]
        guard keepers.contains(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return Finding(
                .warning, "clock",
                "\(now.iso), and nothing seems to keep it right: install and start chrony or systemd-timesyncd"
            )
        }
        return Finding(.ok, "clock", "\(now.iso), kept right")
    }

    func room() -> Finding {
        var disk = statvfs()
        guard statvfs(folder, &disk) == 0 else {
            return Finding(
                .error, "disk", "\(folder): \(String(cString: strerror(errno)))")
        }
        let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
        let text = "\(free >> 20) MiB free at \(folder)"
        if free < Self.noRoom {
            return Finding(
                .error, "disk", "\(text): the hub stops to acknowledge when it is full; make room")
        }
        if free < Self.littleRoom { return Finding(.warning, "disk", "\(text): make room") }
        return Finding(.ok, "disk", text)
    }

    /// Files that others than their owner may read although they tell secrets or of people.
    func modes() -> [Finding] {
        var names = ["foyer.sqlite", "foyer.sqlite-wal", "people.sqlite", "hub.sock"]
        let broker =
            (try? FileManager.default.contentsOfDirectory(atPath: folder + "/broker")) ?? []
        names += broker.filter { $0.hasSuffix(".password") || $0.hasSuffix(".key") }
            .map { "broker/" + $0 }.sorted()
        names += ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".password") || $0.hasSuffix(".key") }.sorted()
        var found: [Finding] = []
        var looked = 0
        for name in names {
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: "\(folder)/\(name)")
            guard let mode = attributes?[.posixPermissions] as? Int else { continue }
            looked += 1
            guard mode & 0o077 != 0 else { continue }
            found.append(
                Finding(
                    .warning, "files",
                    "\(name) may be read by others (mode \(String(mode & 0o777, radix: 8))): chmod 600 \(folder)/\(name)"
                ))
        }
        if found.isEmpty {
            return [Finding(.ok, "files", "\(looked) files are for their owner only")]
        }
        return found
    }
}
