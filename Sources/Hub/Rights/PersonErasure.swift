import Foundation
public import Rules

/// Erases what is kept of one person: readings, episodes and alerts in the journal, the vault, answers to questionnaires, exports
/// on this machine, and the log. What stays is what people said (consent) and did (commands, who looked): without it nobody
/// could show that the person's word was obeyed.
///
/// The hub must not run meanwhile: whoever calls holds the `HomeLock`.
public struct PersonErasure {
    /// What was done, as `erasures.jsonl` keeps it. It holds no word of what was erased.
    public struct Report: Hashable, Sendable, Codable {
        /// An export on which the person stands.
        public struct Superseded: Hashable, Sendable, Codable {
            /// Of which study.
            public var study: String
            /// Its number within the study.
            public var number: Int
            /// Who received it, and has to be told.
            public var to: String
        }

        /// When, UTC.
        public var at: String
        /// Who did it.
        public var by: String
        /// Whose.
        public var person: String
        /// What went from the journal.
        public var journal: ErasureCount
        /// Words that nobody else had said.
        public var words: Int
        /// What was known in the vault: cells, stays and annotations.
        public var vault: Int
        /// Accounts of the person's own page.
        public var accounts = 0
        /// Rows of questionnaires.
        public var answers: Int
        /// Exports on this machine that were removed, by folder.
        public var exportsRemoved: [String]
        /// Who received an export with something of the person, and has to be told: study and recipient.
        public var toTell: [String]
        /// The exports that are superseded by it.
        public var superseded: [Superseded] = []
        /// Studies that keep what they have, and had said so beforehand.
        public var exempt: [String]
        /// The second search.
        public var search: ErasureSearch.Result
    }

    private let home: LoadedHome
    private let scope: PersonScope

    /// The erasure of what is about a person.
    public init(home: LoadedHome, scope: PersonScope) {
        self.home = home
        self.scope = scope
    }

    /// What it would meet.
    ///
    /// - Throws: `JournalError`, `StudyError`.
    public func plan() throws -> ErasurePlan { try ErasurePlan(home: home, scope: scope) }

    /// Erases, searches again, and writes down that it was done.
    ///
    /// - Parameter progress: called with the share that is done.
    /// - Throws: `RightsError`, `JournalError`, `VaultError`, `StudyError`. Done again after an error, it goes on where it
    ///   stopped.
    public func run(
        by actor: String, now: Instant, progress: (Double) -> Void = { _ in }
    ) throws -> Report {
        var search = ErasureSearch(home: home, scope: scope)
        var report = Report(
            at: Timestamp.utc(now), by: actor, person: scope.person.rawValue,
            journal: ErasureCount(), words: 0, vault: 0, answers: 0, exportsRemoved: [],
            toTell: [], exempt: [], search: ErasureSearch.Result())
        let plan = try plan()
        guard plan.open.isEmpty else {
            throw RightsError.openAlerts(scope.person, plan.open.map(\.id))
        }
        report.toTell = plan.toTell
        report.superseded = plan.superseded
        progress(0.05)
        try eraseJournal(&report, &search)
        progress(0.7)
        try eraseVault(&report, &search, by: actor, now: now)
        try eraseAccount(&report)
        try eraseStudies(&report, plan)
        progress(0.8)
        report.search = try search.run { progress(0.8 + 0.2 * $0) }
        do {
            try StudyRecords.append(report, to: home.folder + "/erasures.jsonl")
        } catch {
            throw RightsError.file(home.folder + "/erasures.jsonl", reason: "\(error)")
        }
        progress(1)
        return report
    }

    // MARK: The journal

    private var path: String { home.folder + "/foyer.sqlite" }

    private func eraseJournal(_ report: inout Report, _ search: inout ErasureSearch) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let journal = try Journal.open(path: path)
        try journal.overwritesErased(true)
        let devices = scope.devices.sorted()
        let spans = Dictionary(uniqueKeysWithValues: devices.map { ($0, scope.spans(of: $0)) })
        let whose = ErasureChoice.about(
            scope.person, devices: spans,
            rooms: Dictionary(
                uniqueKeysWithValues: scope.rooms.map { ($0, scope.spans(of: $0)) }))
        func wasTheirs(_ device: DeviceID, _ moment: Instant) -> Bool {
            spans[device]?.contains { $0.contains(moment) } == true
        }
        let directory = home.directory
        let done = try journal.commit { writer in
            var count = ErasureCount()
            var words: [String] = []
            var samples: [[UInt8]] = []
            var texts: Set<Int64> = []
            for device in devices {
                for span in spans[device] ?? [] {
                    count.readings += try writer.eraseReadings(
                        of: device, received: span, texts: &texts)
                }
                count.messages += try writer.eraseFaults(of: device, samples: &samples)
                try writer.silenceChanges(of: device)
            }
            let forgotten = try writer.forgetTexts(texts)
            try writer.rebaseClock()
            count.episodes = try writer.eraseEpisodes(whose)
            count += try writer.eraseAlerts(whose, words: &words)
            count.notes += try writer.silence { command, received in
                command["device"].map { wasTheirs(DeviceID(rawValue: $0), received) } ?? false
            }
            count.messages += try writer.eraseQuarantine(
                where: { topic, received in
                    directory.index.targets(topic).contains {
                        wasTheirs(directory.devices[$0.device].id, received)
                    }
                }, samples: &samples)
            // The engine's kept states remember the person's readings. What others' conditions know is found again from
            // the entries that are left.
            try writer.eraseCheckpoints(through: nil)
            return (count, words, forgotten, samples)
        }
        try journal.clean(compacting: true)
        try journal.close()
        report.journal = done.0
        report.words = done.2.count
        search.look(for: done.1 + done.2)
        search.look(for: done.3)
    }

    // MARK: The vault

    private func eraseVault(
        _ report: inout Report, _ search: inout ErasureSearch, by actor: String, now: Instant
    ) throws {
        guard let vault = try Vault.existing(home: home.folder) else { return }
        let known = try vault.people().contains(scope.person)
        if known {
            let person = try vault.person(scope.person, by: actor, what: "erase", at: now)
            search.look(
                for: [person.given, person.family, person.notes] + person.contacts
                    + person.representatives)
        }
        for annotation in try vault.annotations(
            of: scope.person, by: actor, what: "erase", at: now)
        {
            switch annotation.content {
            case .text(let text): search.look(for: [text])
            case .recording(let bytes, _): search.look(for: [Array(bytes.prefix(64))])
            case .pictogram, .support: break
            }
        }
        report.vault = try vault.erase(scope.person)
    }

    /// The account of the person's own page.
    private func eraseAccount(_ report: inout Report) throws {
        let path = home.folder + "/people.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let accounts = try Accounts(path: path)
        for account in try accounts.accounts() where account.person == scope.person {
            try accounts.remove(account.id)
            report.accounts += 1
        }
        if report.accounts > 0 { try accounts.compact() }
    }

    // MARK: Studies

    private func eraseStudies(_ report: inout Report, _ plan: ErasurePlan) throws {
        let manager = FileManager.default
        for (_, record) in plan.exports {
            guard let folder = record.folder, manager.fileExists(atPath: folder) else { continue }
            do {
                try manager.removeItem(atPath: folder)
            } catch {
                throw RightsError.file(folder, reason: error.localizedDescription)
            }
            report.exportsRemoved.append(folder)
        }
        for id in StudyFile.all(in: home.folder) {
            let study = (try? StudyFile.load(id, home: home))?.study
            if study?.erasureExemption != nil {
                report.exempt.append(id.rawValue)
                continue
            }
            report.answers += try QuestionnaireErasure(study: id, home: home.folder)
                .erase(scope.person)
        }
    }
}
