import Crypto
import Foundation
public import Rules

/// Exports a study: a Data Package of pseudonymous tables, with their schema, codebook, provenance and metadata. It holds what
/// the protocol asks for and everybody concerned agreed to, and nothing else. The same journal, protocol and key give
/// the same bytes.
public struct StudyExport {
    /// What came of it.
    public struct Summary: Hashable, Sendable {
        /// Of how many people there is something.
        public var people: Int
        /// Of how many devices.
        public var devices: Int
        /// How many readings left the home.
        public var readings: Int
        /// How many uses.
        public var uses: Int
        /// The size of the smallest class of people whom residence and birth band do not tell apart.
        public var k: Int
        /// How many values and rows were left out because they stood for too few people.
        public var suppressed: Int
        /// All files, by path.
        public var files: [String]
    }

    let home: LoadedHome
    let file: StudyFile
    let study: StudyProtocol
    let reader: JournalReader

    /// An export of a study whose protocol is complete.
    public init(
        home: LoadedHome, file: StudyFile, study: StudyProtocol, reader: JournalReader
    ) {
        self.home = home
        self.file = file
        self.study = study
        self.reader = reader
    }

    /// Writes the export to a new folder, and keeps in mind who received it.
    ///
    /// - Parameters:
    ///   - folder: must not be there yet, or be empty. It appears when it is whole.
    ///   - recipient: who receives it.
    ///   - actor: who exports.
    ///   - progress: called with the share that is done.
    /// - Throws: `StudyError`, `JournalError`, `VaultError`.
    public func write(
        to folder: String, recipient: String, by actor: String, now: Instant,
        progress: (Double) -> Void = { _ in }
    ) throws -> Summary {
        guard study.ethics.opinion != .pending else { throw StudyError.ethicsPending(study.id) }
        guard study.mayKeep(at: now) else {
            throw StudyError.retentionOver(study.id, study.keepUntil)
        }
        let manager = FileManager.default
        if manager.fileExists(atPath: folder),
            (try? manager.contentsOfDirectory(atPath: folder))?.isEmpty != true
        {
            throw StudyError.folderInUse(folder)
        }
        let earlier = try ExportRecord.all(study.id, home: home.folder)
        // A key that is lost is not made anew: the next export's pseudonyms would be other ones.
        let key = try key(isFirst: earlier.isEmpty)
        let partial = folder + ".partial"
        try? manager.removeItem(atPath: partial)
        defer { try? manager.removeItem(atPath: partial) }
        var run = try StudyExportRun(
            self, pseudonyms: Pseudonyms(key: key.key), folder: partial, actor: actor, now: now,
            purpose: "export of study \(study.id)")
        let summary = try run.write(progress: progress)
        let words = run.consents.map(\.sequence.rawValue)
        let record = ExportRecord(
            number: earlier.count + 1, at: Timestamp.utc(now), by: actor, to: recipient,
            protocolHash: file.hash, packageHash: run.packageHash,
            people: run.people.map(\.rawValue).sorted(),
            consents: run.consents.filter { run.concerns($0.command) }.map(\.sequence.rawValue),
            lastWord: words.last ?? 0,
            folder: URL(fileURLWithPath: folder).standardizedFileURL.path)
        // Written down before it can leave: an export that nobody remembers could not be called back.
        try record.append(study.id, home: home.folder)
        try? manager.removeItem(atPath: folder)
        do {
            try manager.moveItem(atPath: partial, toPath: folder)
        } catch {
            throw StudyError.unwritable(folder, reason: error.localizedDescription)
        }
        return summary
    }

    private func key(isFirst: Bool) throws(StudyError) -> VaultKey {
        do {
            return try VaultKey(path: "\(home.folder)/studies/\(study.id).key", makes: isFirst)
        } catch { throw .key(study.id, error) }
    }
}
