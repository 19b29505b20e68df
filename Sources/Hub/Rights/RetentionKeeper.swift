import Foundation
import Logging
import Rules

/// Takes away what its time is over for, by itself: a minute after the start and once a day, in slices between which alerts go
/// their way. Studies whose `keep_until` is past are ended as their protocol says. What was done stands in `retention.jsonl`.
struct RetentionKeeper: Sendable {
    let home: LoadedHome
    let readers: ReaderPool
    let clock: Clock
    /// Has the owner of the journal remove a slice.
    let remove: @Sendable (Removal) async -> ErasureCount?
    let log: Logger

    /// Runs until it is cancelled.
    func run() async throws {
        try await Task.sleep(for: .seconds(60))
        while true {
            do {
                _ = try await once()
            } catch {
                if error is CancellationError { throw error }
                log.error("retention: \(error)")
            }
            try await Task.sleep(for: .seconds(24 * 3600))
        }
    }

    /// One round.
    ///
    /// - Returns: what was done; nil where there was nothing to do.
    func once() async throws -> RetentionReport? {
        let now = clock.now()
        var report = RetentionReport(at: Timestamp.utc(now))
        let home = home
        let plan = try await readers.read {
            try RetentionPlan(home: home, reader: $0, now: now)
        }
        if !plan.removal.isEmpty {
            while let removed = await remove(plan.removal), !removed.isEmpty {
                report.journal += removed
                try Task.checkCancellation()
            }
            if report.journal.readings > 0 {
                var words = Removal()
                words.texts = try await readers.read { try $0.unsaidTexts() }
                _ = await remove(words)
            }
        }
        for end in StudyEnd.due(home: home, now: now) { report.studies.append(try end.carryOut()) }
        guard !report.journal.isEmpty || !report.studies.isEmpty else { return nil }
        try StudyRecords.append(report, to: home.folder + "/retention.jsonl")
        log.notice(
            "retention",
            metadata: [
                "readings": "\(report.journal.readings)", "episodes": "\(report.journal.episodes)",
                "alerts": "\(report.journal.alerts)",
                "studies": "\(report.studies.map(\.study).joined(separator: " "))",
            ])
        return report
    }
}

/// What one round of removal came to.
public struct RetentionReport: Hashable, Sendable, Codable {
    /// When, UTC.
    public var at: String
    /// What went from the journal.
    public var journal = ErasureCount()
    /// The studies that were ended.
    public var studies: [Ended] = []

    /// A study whose time of keeping is over.
    public struct Ended: Hashable, Sendable, Codable {
        /// Which.
        public var study: String
        /// `erase` or `anonymise`.
        public var then: String
        /// Files and folders that were removed.
        public var removed: [String]
        /// Who received an export, and has to erase or anonymise it too.
        public var toTell: [String]
    }

    init(at: String) { self.at = at }

    /// All rounds of a home, oldest first.
    public static func all(home: String) -> [RetentionReport] {
        guard let data = FileManager.default.contents(atPath: home + "/retention.jsonl") else {
            return []
        }
        return data.split(separator: 0x0a).compactMap {
            try? JSONDecoder().decode(RetentionReport.self, from: $0)
        }
    }
}

/// The end of a study's time of keeping: the key goes, so that no pseudonym leads back; where the protocol says `erase`, the
/// exports on this machine and the questionnaires go as well.
struct StudyEnd {
    let study: StudyProtocol
    let folder: String

    /// The studies whose time is over and of which something is left.
    static func due(home: LoadedHome, now: Instant) -> [StudyEnd] {
        StudyFile.complete(in: home).filter { !$0.mayKeep(at: now) }.compactMap { study in
            let end = StudyEnd(study: study, folder: home.folder)
            return end.left.isEmpty ? nil : end
        }
    }

    private var left: [String] {
        var paths = ["\(folder)/studies/\(study.id).key"]
        if study.disposal == .erase {
            paths.append("\(folder)/studies/\(study.id)/questionnaires")
            paths += ((try? ExportRecord.all(study.id, home: folder)) ?? []).compactMap(\.folder)
        }
        return paths.filter { FileManager.default.fileExists(atPath: $0) }
    }

    func carryOut() throws -> RetentionReport.Ended {
        let removed = left
        for path in removed {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw RightsError.file(path, reason: error.localizedDescription)
            }
        }
        return RetentionReport.Ended(
            study: study.id.rawValue, then: study.disposal.rawValue, removed: removed,
            toTell: try ExportRecord.all(study.id, home: folder).map(\.to))
    }
}
