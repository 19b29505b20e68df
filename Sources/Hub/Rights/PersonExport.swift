import Foundation
public import Rules

/// All that is kept about one person, for them and whoever they give it to (GDPR, articles 15 and 20): tables and JSON for
/// machines, and a page that can be read and printed. What concerns others as well, such as a shared room, is not in it.
public struct PersonExport {
    /// What came of it.
    public struct Summary: Hashable, Sendable {
        /// Readings.
        public var readings = 0
        /// Episodes of traces.
        public var episodes = 0
        /// Alerts.
        public var alerts = 0
        /// What was said of the person's trace.
        public var annotations = 0
        /// All files, by path.
        public var files: [String] = []
    }

    let home: LoadedHome
    let scope: PersonScope
    let reader: JournalReader

    /// An export of what is about a person.
    public init(home: LoadedHome, scope: PersonScope, reader: JournalReader) {
        self.home = home
        self.scope = scope
        self.reader = reader
    }

    /// Writes it to a new folder, of mode 0700. In the vault's log stands that it was done, by whom.
    ///
    /// - Parameters:
    ///   - folder: must not be there yet, or be empty. It appears when it is whole.
    ///   - isFrench: the language of the page.
    ///   - progress: called with the share that is done.
    /// - Throws: `RightsError`, `JournalError`, `VaultError`, `StudyError`.
    public func write(
        to folder: String, isFrench: Bool, by actor: String, now: Instant,
        progress: (Double) -> Void = { _ in }
    ) throws -> Summary {
        let manager = FileManager.default
        if manager.fileExists(atPath: folder),
            (try? manager.contentsOfDirectory(atPath: folder))?.isEmpty != true
        {
            throw RightsError.folderInUse(folder)
        }
        let partial = folder + ".partial"
        try? manager.removeItem(atPath: partial)
        defer { try? manager.removeItem(atPath: partial) }
        do {
            try manager.createDirectory(
                atPath: partial, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw RightsError.file(partial, reason: error.localizedDescription)
        }
        var run = Run(self, folder: partial, isFrench: isFrench, actor: actor, now: now)
        let summary = try run.write(progress)
        try? manager.removeItem(atPath: folder)
        do {
            try manager.moveItem(atPath: partial, toPath: folder)
        } catch {
            throw RightsError.file(folder, reason: error.localizedDescription)
        }
        return summary
    }
}

extension PersonExport {
    /// One writing of an export.
    private struct Run {
        let export: PersonExport
        let folder: String
        let isFrench: Bool
        let actor: String
        let now: Instant
        var summary = Summary()
        var finished: [ExportFile.Finished] = []
        var page: PersonPage

        private var home: LoadedHome { export.home }
        private var scope: PersonScope { export.scope }
        private var reader: JournalReader { export.reader }

        init(
            _ export: PersonExport, folder: String, isFrench: Bool, actor: String, now: Instant
        ) {
            self.export = export
            self.folder = folder
            self.isFrench = isFrench
            self.actor = actor
            self.now = now
            let residence = export.home.home.residences.first {
                $0.people.contains(export.scope.person)
            }
            page = PersonPage(
                person: export.scope.person, isFrench: isFrench,
                zone: residence.flatMap { export.home.zones[$0.zone] } ?? .utc, now: now,
                studyTitles: Dictionary(
                    StudyFile.complete(in: export.home).map { ($0.id, $0.title) },
                    uniquingKeysWith: { first, _ in first }))
        }

        mutating func write(_ progress: (Double) -> Void) throws -> Summary {
            try vault()
            progress(0.05)
            try readings { progress(0.05 + 0.55 * $0) }
            try uses { progress(0.6 + 0.3 * $0) }
            try alerts()
            try words()
            try studies()
            progress(0.95)
            page.end(home.configuration?.retention ?? RetentionSettings())
            var file = try ExportFile("index.html", in: folder)
            try file.write(page.text())
            finished.append(try file.finish())
            try manifest()
            progress(1)
            return summary
        }

        // MARK: Who they are

        /// What was said of the support that uses had.
        private var useWords: [UseWord] = []

        private struct Known: Encodable {
            var person: Vault.Person?
            var stays: [Vault.Stay]
            var devices: [String]
            var shared_devices_not_included: [String]
            var looks: [Look]
        }

        private struct Look: Encodable {
            var at: String
            var by: String
            var what: String
        }

        private mutating func vault() throws {
            var known = Known(
                person: nil, stays: [], devices: scope.devices.sorted().map(\.rawValue),
                shared_devices_not_included: scope.shared.sorted().map(\.rawValue), looks: [])
            if let vault = try Vault.existing(home: home.folder) {
                let annotations = try vault.annotations(
                    of: scope.person, by: actor, what: "export", at: now)
                try write(annotations)
                if try vault.people().contains(scope.person) {
                    known.person = try vault.person(noted: scope.person)
                    known.stays = try vault.stays(of: scope.person)
                }
            }
            let looks = try PersonLooks(of: scope.person, home: home).looks
            known.looks = looks.map {
                Look(at: Timestamp.utc($0.at), by: $0.by, what: $0.source.text)
            }
            page.looks(looks)
            page.person(known.person)
            page.devices(
                home.home.devices.filter { scope.devices.contains($0.id) }, shared: scope.shared)
            try json("person.json", known)
        }

        private struct Said: Encodable {
            var id: Int64
            var from: String
            var until: String
            var device: String?
            var author: String
            var voice: String
            var at: String
            var text: String?
            var pictogram: String?
            var recording: String?
            var support: String?
            var may_leave_with_a_study: Bool
        }

        private mutating func write(_ annotations: [Annotation]) throws {
            summary.annotations = annotations.count
            var all: [Said] = []
            for one in annotations {
                var said = Said(
                    id: one.id, from: Timestamp.utc(one.span.lowerBound),
                    until: Timestamp.utc(one.span.upperBound), device: one.device?.rawValue,
                    author: one.author, voice: one.voice.rawValue, at: Timestamp.utc(one.at),
                    may_leave_with_a_study: one.mayLeave)
                switch one.content {
                case .text(let text): said.text = text
                case .pictogram(let name): said.pictogram = name
                case .support(let support): said.support = support.text
                case .recording(let bytes, let ending):
                    let path = "recordings/\(one.id).\(ending)"
                    var file = try ExportFile(path, in: folder)
                    try file.write(bytes)
                    finished.append(try file.finish())
                    said.recording = path
                }
                all.append(said)
            }
            try json("annotations.json", all)
            page.annotations(annotations)
            useWords = annotations.compactMap(\.useWord)
        }

        // MARK: What devices said

        private mutating func readings(_ progress: (Double) -> Void) throws {
            let streams = try reader.streams()
            var file = try ExportFile("readings.csv", in: folder)
            try file.row([
                "sequence", "received", "effective", "device", "capability", "channel", "kind",
                "value", "freshness",
            ])
            file.rows = 0
            let devices = scope.devices.sorted()
            for (index, device) in devices.enumerated() {
                let own = streams.filter { $0.key.device == device }
                let names = Dictionary(
                    own.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
                let told = try scope.spans(of: device).flatMap {
                    try reader.events(in: $0, of: own, among: streams)
                }
                for event in told {
                    guard let key = names[event.stream] else { continue }
                    try file.row([
                        "\(event.sequence.rawValue)", Timestamp.utc(event.received),
                        Timestamp.utc(event.effective), device.rawValue, key.capability.rawValue,
                        key.channel, event.kind.rawValue, Self.text(event.value),
                        "\(event.freshness)",
                    ])
                }
                progress(Double(index + 1) / Double(devices.count))
            }
            summary.readings = file.rows
            page.readings(file.rows)
            finished.append(try file.finish())
        }

        private static func text(_ value: Value) -> String {
            switch value {
            case .unknown: ""
            case .boolean(let flag): flag ? "true" : "false"
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }

        private mutating func uses(_ progress: (Double) -> Void) throws {
            var episodes = try ExportFile("episodes.csv", in: folder)
            try episodes.row(["id", "trace", "subject", "from", "until", "censored", "attributes"])
            episodes.rows = 0
            for episode in try reader.episodes()
            where scope.covers(episode.subject, at: episode.start) {
                try episodes.row([
                    episode.id.rawValue, episode.trace.rawValue, "\(episode.subject)",
                    Timestamp.utc(episode.start), episode.end.map(Timestamp.utc) ?? "",
                    episode.censored?.rawValue ?? "",
                    try EpisodeAttributes(episode.attributes).text(),
                ])
            }
            summary.episodes = episodes.rows
            finished.append(try episodes.finish())
            let use = DeviceUse(
                home: home, reader: reader, stays: try Stays.known(home: home.folder))
            guard let span = try use.span() else { return }
            var results = try use.measures(
                in: span, where: { scope.isAlways($0.id) }, words: useWords, progress: progress)
            for device in scope.devices.sorted() where !scope.isAlways(device) {
                for part in scope.spans(of: device) where part.overlaps(span) {
                    results += try use.measures(
                        in: part.clamped(to: span), where: { $0.id == device }, words: useWords)
                }
            }
            var file = try ExportFile("uses.csv", in: folder)
            try file.row([
                "device", "from", "until", "end_not_seen", "what", "support", "known_from",
                "prompts",
            ])
            file.rows = 0
            for result in results {
                for use in result.uses {
                    try file.row([
                        result.device.id.rawValue, Timestamp.utc(use.from),
                        Timestamp.utc(use.to), use.isCensored ? "true" : "false", use.what,
                        use.support.rawValue, use.knownFrom?.rawValue ?? "",
                        use.prompts.map { "\($0)" } ?? "",
                    ])
                }
            }
            finished.append(try file.finish())
            page.uses(results)
            var bundle = try ExportFile("measures.fhir.json", in: folder)
            try bundle.write(try FHIRBundle.text(scope.person, results, in: span))
            finished.append(try bundle.finish())
        }

        // MARK: Alerts, words, studies

        private struct AlertText: Encodable {
            var id: String
            var rule: String
            var about: String
            var priority: String
            var began: String
            var steps: [[String: String]]
        }

        private mutating func alerts() throws {
            let chosen = try reader.alerts(openOnly: false, limit: .max).filter {
                scope.covers($0.subject, at: $0.began)
            }
            summary.alerts = chosen.count
            var all: [AlertText] = []
            for alert in chosen {
                all.append(
                    AlertText(
                        id: alert.id.rawValue, rule: alert.rule.rawValue,
                        about: "\(alert.subject)", priority: alert.priority.name,
                        began: Timestamp.utc(alert.began),
                        steps: try reader.steps(of: alert.id).map { step in
                            var fields = [
                                "step": step.step.name, "at": Timestamp.utc(step.at),
                            ]
                            fields["by"] = step.actor
                            fields["note"] = step.note
                            return fields
                        }))
            }
            try json("alerts.json", all)
            page.alerts(chosen, plan: home.plan)
        }

        private mutating func words() throws {
            var said: [[String: String]] = []
            let entries = try reader.consentEntries() + reader.sayings()
            for entry in entries.sorted(by: { $0.sequence < $1.sequence }) {
                let person: PersonID? =
                    switch entry.command {
                    case .consent(let record): record.person
                    case .says(let saying): saying.person
                    case .represented(let person, _, _), .pause(let person, _, _),
                        .resume(let person, _):
                        person
                    default: nil
                    }
                guard person == scope.person else { continue }
                let (kind, texts) = StoredCommand.fields(of: entry.command)
                var fields = texts
                fields["kind"] = kind
                fields["at"] = Timestamp.utc(entry.received)
                fields["sequence"] = "\(entry.sequence.rawValue)"
                said.append(fields)
                page.word(entry)
            }
            try json("consent.json", said)
        }

        private mutating func studies() throws {
            var received: [[String: String]] = []
            for id in StudyFile.all(in: home.folder) {
                for record in try ExportRecord.all(id, home: home.folder)
                where record.people.contains(scope.person.rawValue) {
                    received.append([
                        "study": id.rawValue, "at": record.at, "to": record.to, "by": record.by,
                    ])
                }
                let folder = "\(home.folder)/studies/\(id)/questionnaires"
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                for name in names.sorted() where name.hasSuffix(".csv") {
                    try answers("\(folder)/\(name)", to: "questionnaires/\(id)-\(name)")
                }
            }
            try json("studies.json", received)
            page.studies(received)
        }

        private mutating func answers(_ path: String, to name: String) throws {
            guard let data = FileManager.default.contents(atPath: path) else { return }
            let rows = QuestionnaireTable.rows(String(decoding: data, as: UTF8.self))
            guard let head = rows.first, let column = head.fields.firstIndex(of: "person") else {
                return
            }
            let own = rows.dropFirst().filter {
                $0.fields.indices.contains(column) && $0.fields[column] == scope.person.rawValue
            }
            guard !own.isEmpty else { return }
            var file = try ExportFile(name, in: folder)
            try file.row(head.fields)
            for row in own { try file.row(row.fields) }
            file.rows = own.count
            finished.append(try file.finish())
        }

        // MARK: Files

        private mutating func json(_ path: String, _ value: some Encodable) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            var file = try ExportFile(path, in: folder)
            try file.write([UInt8](try encoder.encode(value)) + [0x0a])
            finished.append(try file.finish())
        }

        private struct Listed: Encodable {
            var path: String
            var bytes: Int
            var rows: Int
            var sha256: String
        }

        private mutating func manifest() throws {
            let files = finished.sorted { $0.path < $1.path }
            summary.files = files.map(\.path) + ["manifest.json"]
            try json(
                "manifest.json",
                files.map {
                    Listed(path: $0.path, bytes: $0.bytes, rows: $0.rows, sha256: $0.hash)
                })
        }
    }
}
