import Foundation
public import Rules

/// One export as the home keeps it in mind: who received what, and on whose word. `studies/NAME.exports.jsonl`, a line for
/// each, only added to.
public struct ExportRecord: Hashable, Sendable, Codable {
    /// Its number within the study, from 1.
    public var number: Int
    /// When, UTC.
    public var at: String
    /// Who exported.
    public var by: String
    /// Who received it.
    public var to: String
    /// SHA-256 of the protocol.
    public var protocolHash: String
    /// SHA-256 of `datapackage.json`, which holds those of all tables.
    public var packageHash: String
    /// The people of whom it holds something.
    public var people: [String]
    /// The places in the journal of the words that it stands on.
    public var consents: [Int64]
    /// The place of the last word that was known.
    public var lastWord: Int64
    /// Where it was written on this machine; nil in records of earlier versions.
    public var folder: String?

    /// Somebody's no after an export.
    public struct Withdrawal: Hashable, Sendable {
        /// Whose.
        public var person: PersonID
        /// When it was said.
        public var at: Instant
    }

    /// Who said no to the study since: where there is somebody, the export is superseded, and who received it has to be told.
    public func withdrawals(_ entries: [CommandEntry], study: StudyID) -> [Withdrawal] {
        entries.compactMap { entry in
            guard entry.sequence.rawValue > lastWord, case .consent(let record) = entry.command,
                record.purpose == .study(study), record.decision.isNo,
                people.contains(record.person.rawValue)
            else { return nil }
            return Withdrawal(person: record.person, at: entry.received)
        }
    }

    /// Somebody whose data were erased: a line of `erasures.jsonl`.
    public struct Erased: Hashable, Sendable, Decodable {
        /// Whose.
        public var person: String
        /// When, UTC.
        public var at: String
        /// Studies that keep what they have.
        public var exempt: [String]

        /// All of a home, oldest first.
        ///
        /// - Throws: `StudyError.record` where a line is none.
        public static func all(home: String) throws(StudyError) -> [Erased] {
            guard let data = FileManager.default.contents(atPath: home + "/erasures.jsonl") else {
                return []
            }
            var all: [Erased] = []
            for (index, line) in data.split(separator: 0x0a).enumerated() {
                guard let one = try? JSONDecoder().decode(Erased.self, from: line) else {
                    throw .record(file: "erasures.jsonl", line: index + 1)
                }
                all.append(one)
            }
            return all
        }
    }

    /// Of whom data were erased since: that supersedes it like a no.
    public func erased(_ all: [Erased], study: StudyID) -> [Erased] {
        // Both are UTC, written alike: the order of the texts is that of time.
        all.filter {
            people.contains($0.person) && at <= $0.at && !$0.exempt.contains(study.rawValue)
        }
    }

    static func path(_ study: StudyID, home: String) -> String {
        "\(home)/studies/\(study).exports.jsonl"
    }

    /// The exports of a study, oldest first.
    ///
    /// - Throws: `StudyError.record` where a line is none.
    public static func all(_ study: StudyID, home: String) throws(StudyError) -> [ExportRecord] {
        guard let data = FileManager.default.contents(atPath: path(study, home: home)) else {
            return []
        }
        var records: [ExportRecord] = []
        for (index, line) in data.split(separator: 0x0a).enumerated() {
            guard let record = try? JSONDecoder().decode(ExportRecord.self, from: line) else {
                throw .record(file: "studies/\(study).exports.jsonl", line: index + 1)
            }
            records.append(record)
        }
        return records
    }

    /// Adds it to the home's list, on the disk before it returns.
    func append(_ study: StudyID, home: String) throws {
        try StudyRecords.append(self, to: Self.path(study, home: home))
    }
}
