import Foundation
import GRDB
import Rules

extension JournalReader {
    /// The latest stored checkpoint from before a moment; nil where there is none.
    func checkpoint(before moment: Instant) throws(JournalError) -> Recovered.Checkpoint? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT sequence, mark, configuration, engine FROM checkpoints
                    WHERE mark < ? ORDER BY sequence DESC LIMIT 1
                    """, arguments: [moment.milliseconds]
            ).map {
                Recovered.Checkpoint(
                    sequence: SequenceNumber(rawValue: $0["sequence"]),
                    mark: Instant(milliseconds: $0["mark"]), configuration: $0["configuration"],
                    engine: [UInt8]($0["engine"] as Data))
            }
        }
    }
}
