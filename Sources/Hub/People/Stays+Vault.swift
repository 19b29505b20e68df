import Foundation
import GRDB
import Rules

extension Stays {
    /// The stays of all people of a home's vault. They are opaque and not sealed: no key is needed, and no name is looked at.
    ///
    /// - Parameter home: the folder.
    /// - Throws: `VaultError.storage` where there is a vault that cannot be read.
    public static func known(home: String) throws(VaultError) -> Stays {
        let path = home + "/vault.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return Stays() }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let rows = try DatabaseQueue(path: path, configuration: configuration).read {
                try Row.fetchAll(
                    $0, sql: "SELECT person, residence, room, start, stop FROM stays ORDER BY id")
            }
            var stays: [PersonID: [Stay]] = [:]
            for row in rows {
                guard let from = CalendarDate(text: row["start"] as String) else { continue }
                let stop: String? = row["stop"]
                let residence: String? = row["residence"]
                let room: String? = row["room"]
                stays[PersonID(rawValue: row["person"]), default: []].append(
                    Stay(
                        residence: residence.map(ResidenceID.init(rawValue:)),
                        room: room.map(RoomID.init(rawValue:)), from: from,
                        to: stop.flatMap { CalendarDate(text: $0) }))
            }
            return Stays(stays)
        } catch {
            throw .storage(path: path, reason: "\(error)")
        }
    }
}
