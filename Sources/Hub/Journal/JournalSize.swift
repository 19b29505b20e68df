import GRDB

/// How much room events take.
extension JournalReader {
    /// The bytes of what grows with the events: the pages of their table, of the tables of times and places, and of
    /// all their indexes.
    public func eventBytes() throws(JournalError) -> Int {
        try read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN
                      (SELECT name FROM sqlite_schema WHERE tbl_name IN ('events', 'clock', 'anchors'))
                    """) ?? 0
        }
    }
}
