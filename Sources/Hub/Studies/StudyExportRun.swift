import Foundation
import Rules

/// One run of an export: device after device, so that memory holds one device's readings at a time.
struct StudyExportRun {
    let study: StudyProtocol
    let home: LoadedHome
    let pseudonyms: Pseudonyms
    let folder: String
    /// All that was said of consent, in order.
    let consents: [CommandEntry]
    let selection: StudySelection
    let last: Instant
    let reader: JournalReader
    let streams: [StreamRecord]
    let down: [Range<Instant>]
    let actor: String
    let now: Instant
    let questionnaires: [(table: QuestionnaireTable, rows: [QuestionnaireTable.Answers])]
    let protocolHash: String
    /// What was said of agreed spans and given by its author, in the order of people and spans.
    let said: [AgreedAnnotation]

    var tables: [(StudyTable, ExportFile.Finished)] = []
    var others: [ExportFile.Finished] = []
    var people: Set<PersonID> = []
    var packageHash = ""
    var measured: [MeasuredPerson] = []
    var traceVersions: Set<[String]> = []
    var readings = 0
    var useCount = 0

    init(
        _ export: StudyExport, pseudonyms: Pseudonyms, folder: String, actor: String,
        now: Instant, purpose: String
    ) throws {
        study = export.study
        home = export.home
        reader = export.reader
        protocolHash = export.file.hash
        self.pseudonyms = pseudonyms
        self.folder = folder
        self.actor = actor
        self.now = now
        guard let last = try reader.lastMoment() else { throw StudyError.nothingYet(study.id) }
        self.last = last
        consents = try reader.consentEntries()
        let timeline = ConsentTimeline(consents, policy: home.configuration?.consent ?? .required)
        selection = StudySelection(
            study, home: home, stays: try Stays.known(home: home.folder), consent: timeline,
            until: last, pseudonyms: pseudonyms)
        streams = try reader.streams()
        down = try reader.gaps(from: .distantPast, to: .distantFuture).map { $0.from..<$0.to }
        questionnaires = try export.study.questionnaires.map { questionnaire in
            let table = try QuestionnaireTable(
                questionnaire, of: export.study.id, home: export.home.folder)
            return (
                table,
                table.answers.filter {
                    Self.mayTell($0, study: export.study, home: export.home, timeline)
                }
            )
        }
        people = Set(selection.people.keys)
            .union(questionnaires.flatMap { $0.rows.map(\.person) })
        guard !people.isEmpty else { throw StudyError.nobodyAgreed(study.id) }
        said = try AgreedAnnotation.all(
            of: people.sorted(), study: study, home: home, timeline, selection, by: actor,
            purpose: purpose, now: now)
    }

    /// What it says of the support that uses had.
    var useWords: [UseWord] { said.compactMap(\.annotation.useWord) }

    /// Whether a person's answers of a day may leave: in the study's time, and agreed to without a limit to devices or rooms.
    static func mayTell(
        _ answers: QuestionnaireTable.Answers, study: StudyProtocol, home: LoadedHome,
        _ timeline: ConsentTimeline
    ) -> Bool {
        guard study.participants?.contains(answers.person) != false,
            (study.from.daysSince1970...study.until.daysSince1970)
                .contains(answers.day.daysSince1970),
            let residence = home.home.residences.first(where: {
                $0.people.contains(answers.person)
            })
        else { return false }
        let zone = home.zones[residence.zone] ?? .utc
        let from = zone.instant(
            day: answers.day.daysSince1970, milliseconds: 0, repeated: .first)
        let subject = ConsentSubject(
            subject: ConsentBook.Subject(device: "", room: nil, people: [answers.person]),
            residence: residence.id,
            locality: home.home.locality(of: residence, zones: home.zones))
        // They tell a day, not an hour: those of the day of a yes count, those before a no do not.
        let day = from..<(from + .days(1))
        return timeline.lastNo(to: study.id, of: subject.subject).map { $0 < day.lowerBound }
            ?? true
            && timeline.closed(for: study.id, subject, in: day).last?.to != day.upperBound
    }

    /// Whether a word is one that the export stands on.
    func concerns(_ command: Command) -> Bool {
        guard case .consent(let record) = command else { return false }
        return record.purpose == .study(study.id) && people.contains(record.person)
    }

    func asks(_ measure: String) -> Bool { study.variables.contains { $0.measure == measure } }

    // MARK: The whole

    mutating func write(progress: (Double) -> Void) throws -> StudyExport.Summary {
        let cells = SmallCells(try marks(), threshold: study.smallCells)
        try writePeople(cells)
        try writeDevices()
        try writeTraces(progress)
        try writeQuestionnaires()
        try writeAnnotations()
        let dropped = try writeAggregates()
        let metadata = StudyMetadata(
            study: study, protocolHash: protocolHash,
            configuration: try reader.latestConfiguration() ?? "", last: last,
            traceVersions: traceVersions.sorted { $0.lexicographicallyPrecedes($1) },
            k: cells.k, suppressedValues: cells.suppressed, suppressedRows: dropped,
            people: people.count)
        for (path, text) in try metadata.files(tables) {
            var file = try ExportFile(path, in: folder)
            try file.write(text)
            let finished = try file.finish()
            others.append(finished)
            if path == "datapackage.json" { packageHash = finished.hash }
        }
        let all = (tables.map(\.1) + others).sorted { $0.path < $1.path }
        var sums = try ExportFile("SHA256SUMS", in: folder)
        for file in all { try sums.write("\(file.hash)  \(file.path)\n") }
        _ = try sums.finish()
        progress(1)
        return StudyExport.Summary(
            people: people.count, devices: selection.devices.count, readings: readings,
            uses: useCount, k: cells.k, suppressed: cells.suppressed + dropped,
            files: all.map(\.path) + ["SHA256SUMS"])
    }

    func residence(of person: PersonID) -> ResidenceID? {
        selection.people[person]
            ?? home.home.residences.first { $0.people.contains(person) }?.id
    }

    func marks() throws -> [PersonID: SmallCells.Marks] {
        let vault = study.birthYearBand == nil ? nil : try Vault.existing(home: home.folder)
        var result: [PersonID: SmallCells.Marks] = [:]
        for person in people {
            var birth = ""
            if let vault, let band = study.birthYearBand,
                try vault.people().contains(person),
                let born = try vault.person(
                    person, by: actor, what: "export of study \(study.id)", at: now
                ).born
            {
                let first = born / band * band
                birth = "\(first)-\(first + band - 1)"
            }
            result[person] = SmallCells.Marks(
                residence: residence(of: person).map { pseudonyms.name("R", $0.rawValue) } ?? "",
                birth: birth)
        }
        return result
    }

    mutating func table(
        _ table: StudyTable, _ body: (inout ExportFile) throws -> Void
    ) throws {
        var file = try ExportFile(table.path, in: folder)
        try file.row(table.header)
        file.rows = 0
        try body(&file)
        tables.append((table, try file.finish()))
    }

    mutating func writePeople(_ cells: SmallCells) throws {
        var rows: [String: [String]] = [:]
        for (person, marks) in cells.marks {
            let name = pseudonyms.name("P", person.rawValue)
            rows[name] = [name, "1", marks.residence, marks.birth]
        }
        for device in selection.devices where device.people.count > 1 {
            rows[device.person] = [device.person, "\(device.people.count)", "", ""]
        }
        let sorted = rows.sorted { $0.key < $1.key }.map(\.value)
        try table(.people) { for row in sorted { try $0.row(row) } }
    }

    mutating func writeDevices() throws {
        let devices = selection.devices
        try table(.devices) { file in
            for device in devices {
                try file.row([device.name, device.person, device.device.kind, device.room])
            }
        }
    }

    func phase(at moment: Instant, _ zone: ZoneOffsets) -> String {
        guard !study.phases.isEmpty else { return "" }
        let day = zone.day(at: moment)
        return study.phases.first {
            $0.from.daysSince1970 <= day && day <= $0.until.daysSince1970
        }?.name ?? ""
    }

    /// The study's time and its phases, as one device's residence has them.
    func periods(_ device: SelectedDevice) -> [(phase: String, span: Range<Instant>)] {
        var result = [("", device.period)]
        for phase in study.phases {
            let from = device.zone.instant(
                day: phase.from.daysSince1970, milliseconds: 0, repeated: .first)
            let to = device.zone.instant(
                day: phase.until.daysSince1970 + 1, milliseconds: 0, repeated: .first)
            let end = min(to, device.period.upperBound)
            if from < end { result.append((phase.name, from..<end)) }
        }
        return result
    }
}
