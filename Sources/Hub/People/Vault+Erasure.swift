import GRDB
import Rules

/// A person's right to be forgotten, in the vault.
extension Vault {
    /// Erases what is known of a person: names and notes, stays, and what was said of their trace or by them. Who looked, and
    /// when, stays.
    ///
    /// - Returns: how many rows went.
    func erase(_ person: PersonID) throws(VaultError) -> Int {
        let erased = try write { database in
            var erased = 0
            for statement in Self.about {
                try database.execute(
                    sql: "DELETE FROM \(statement)", arguments: [person.rawValue])
                erased += database.changesCount
            }
            return erased
        }
        try compact()
        return erased
    }

    /// How many rows there are about a person, without the log of who looked.
    func rows(of person: PersonID) throws(VaultError) -> Int {
        try read { database in
            try Self.about.reduce(0) { sum, statement in
                sum
                    + (try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM \(statement)",
                        arguments: [person.rawValue]) ?? 0)
            }
        }
    }

    private static let about = [
        "cells WHERE person = ?", "stays WHERE person = ?", "people WHERE id = ?",
        "annotations WHERE ?1 IN (person, author)",
    ]
}
