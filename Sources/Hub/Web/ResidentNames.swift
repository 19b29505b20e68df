import Foundation
import Rules
import Synchronization

/// What residents are called on pages for those who look after them, from the vault. Kept for as long as neither vault nor key
/// changes; that somebody saw a name is written down once a day.
final class ResidentNames: Sendable {
    /// The names that somebody may see.
    struct Seen: Hashable, Sendable {
        /// By opaque identifier; who has no name there is missing.
        var names: [PersonID: String] = [:]
        /// Whether there is a vault that cannot be opened.
        var isClosed = false
    }

    private struct Kept {
        var stamp: [Date?]
        var people: [PersonID]
        var day: Int64
        var seen: Seen
    }

    private let kept = Mutex<[StaffID: Kept]>([:])

    /// The names of people, for somebody who may see them.
    func seen(of people: [PersonID], by staff: StaffID, home: String, at now: Instant) -> Seen {
        let path = home + "/vault.sqlite"
        guard !people.isEmpty, FileManager.default.fileExists(atPath: path) else { return Seen() }
        let day = now.milliseconds / 86_400_000
        let known = kept.withLock { $0[staff] }
        if let known, known.day == day, known.people == people,
            known.stamp == Self.stamp(path, home)
        {
            return known.seen
        }
        do {
            guard let vault = try Vault.existing(home: home) else { return Seen() }
            let names = try vault.names(of: people, by: staff.rawValue, at: now)
            let seen = Seen(names: Self.apart(names))
            // After the look was written down, which changes the file.
            let stamp = Self.stamp(path, home)
            keep(Kept(stamp: stamp, people: people, day: day, seen: seen), of: staff)
            return seen
        } catch {
            keep(nil, of: staff)
            return Seen(isClosed: true)
        }
    }

    private func keep(_ entry: Kept?, of staff: StaffID) {
        kept.withLock { $0[staff] = entry }
    }

    private static func stamp(_ path: String, _ home: String) -> [Date?] {
        [path, VaultKey.path(home: home)].map {
            (try? FileManager.default.attributesOfItem(atPath: $0))?[.modificationDate] as? Date
        }
    }

    /// Two who are called the same are told apart by their identifiers.
    static func apart(_ names: [PersonID: String]) -> [PersonID: String] {
        var count: [String: Int] = [:]
        for name in names.values { count[name, default: 0] += 1 }
        return names.reduce(into: [:]) { result, entry in
            result[entry.key] =
                count[entry.value] == 1 ? entry.value : "\(entry.value) (\(entry.key))"
        }
    }
}
