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
    private let actor: String
    private let now: Instant
    private let questionnaires: [(table: QuestionnaireTable, rows: [QuestionnaireTable.Answers])]
    let protocolHash: String

    private var tables: [(StudyTable, ExportFile.Finished)] = []
    private var others: [ExportFile.Finished] = []
    private(set) var people: Set<PersonID> = []
    private(set) var packageHash = ""
    private var measured: [MeasuredPerson] = []
    private var traceVersions: Set<[String]> = []
    private var readings = 0
    private var useCount = 0

    init(
        _ export: StudyExport, pseudonyms: Pseudonyms, folder: String, actor: String,
        now: Instant
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
            study, home: home, consent: timeline, until: last, pseudonyms: pseudonyms)
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
    }

    /// Whether a person's answers of a day may leave: in the study's time, and agreed to without a limit to devices or rooms.
    private static func mayTell(
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
        return !StudySelection.isWithdrawn(
            subject.subject, from: study.id, timeline.book.history, by: .distantFuture)
            && timeline.closed(.study(study.id), subject, in: from..<(from + .days(1))).isEmpty
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

    private func residence(of person: PersonID) -> ResidenceID? {
        selection.people[person]
            ?? home.home.residences.first { $0.people.contains(person) }?.id
    }

    private func marks() throws -> [PersonID: SmallCells.Marks] {
        var vault: Vault?
        if study.birthYearBand != nil,
            FileManager.default.fileExists(atPath: home.folder + "/vault.sqlite")
        {
            vault = try Vault(home: home.folder)
        }
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

    private mutating func table(
        _ table: StudyTable, _ body: (inout ExportFile) throws -> Void
    ) throws {
        var file = try ExportFile(table.path, in: folder)
        try file.row(table.header)
        file.rows = 0
        try body(&file)
        tables.append((table, try file.finish()))
    }

    private mutating func writePeople(_ cells: SmallCells) throws {
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

    private mutating func writeDevices() throws {
        let devices = selection.devices
        try table(.devices) { file in
            for device in devices {
                try file.row([device.name, device.person, device.device.kind, device.room])
            }
        }
    }

    private func phase(at moment: Instant, _ zone: ZoneOffsets) -> String {
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

    // MARK: What devices told

    private mutating func writeTraces(_ progress: (Double) -> Void) throws {
        var readingsFile = asks("events") ? try begin(.readings) : nil
        var usesFile = asks("uses") ? try begin(.uses) : nil
        var log = asks("uses") ? try ProcessLog(in: folder) : nil
        var episodesFile = asks("episodes") ? try begin(.episodes) : nil
        var watched = try begin(.observability)
        var measures = try begin(.measures)
        var casas = CASASText()
        var entries: [ProcessLog.Entry] = []
        for (index, selected) in selection.devices.enumerated() {
            let device = try DeviceStudy(selected, reader: reader, streams: streams, down: down)
            var clock = WallClock(selected.zone, weeks: selected.weeks)
            if readingsFile != nil {
                try writeReadings(device, &clock, &readingsFile)
                casas.add(device: selected.name, device.events, clock)
            }
            if usesFile != nil { entries += try writeUses(device, &clock, &usesFile) }
            try writeWatched(device, &clock, &watched)
            try writeMeasures(device, &measures)
            if episodesFile != nil { try writeEpisodes(device, &clock, &episodesFile) }
            let next = index + 1
            if next == selection.devices.count
                || selection.devices[next].person != selected.person
            {
                try log?.add(person: selected.person, entries)
                entries = []
                if !casas.isEmpty {
                    others.append(try casas.write(person: selected.person, in: folder))
                }
                casas = CASASText()
            }
            progress(Double(next) / Double(selection.devices.count) * 0.98)
        }
        if let file = readingsFile { tables.append((.readings, try file.finish())) }
        if let file = usesFile { tables.append((.uses, try file.finish())) }
        if let log { others.append(try log.finish()) }
        if let file = episodesFile { tables.append((.episodes, try file.finish())) }
        tables.append((.observability, try watched.finish()))
        tables.append((.measures, try measures.finish()))
    }

    private func begin(_ table: StudyTable) throws -> ExportFile {
        var file = try ExportFile(table.path, in: folder)
        try file.row(table.header)
        file.rows = 0
        return file
    }

    private mutating func writeReadings(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws {
        // What does not change from one reading of a stream to the next is put together once.
        var prefixes: [StreamKey: [UInt8]] = [:]
        let zone = device.selected.zone
        for (key, event) in device.events {
            let prefix: [UInt8]
            if let known = prefixes[key] {
                prefix = known
            } else {
                prefix = Array(
                    [
                        device.selected.person, device.selected.name, key.capability.rawValue,
                        key.channel, event.kind.rawValue,
                    ].map { ExportFile.field($0) + "," }.joined().utf8)
                prefixes[key] = prefix
            }
            var row = prefix
            row += clock.bytes(event.effective)
            row.append(0x2c)
            switch event.value {
            case .unknown: row.append(0x2c)
            case .boolean(let isOn): row += [isOn ? 0x31 : 0x30, 0x2c]
            case .number(let number):
                row += Array("\(number)".utf8)
                row.append(0x2c)
            case .text(let text):
                row.append(0x2c)
                row += Array(ExportFile.field(text).utf8)
            }
            row.append(0x2c)
            row += Self.freshness[Int(event.freshness.rawValue)]
            row.append(0x2c)
            row += Array(phase(at: event.effective, zone).utf8)
            row.append(0x0a)
            try file?.write(row)
        }
        readings += device.events.count
        file?.rows += device.events.count
    }

    private static let freshness = ["live", "restored", "late"].map { Array($0.utf8) }

    private mutating func writeUses(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws -> [ProcessLog.Entry] {
        let selected = device.selected
        var entries: [ProcessLog.Entry] = []
        for use in device.uses {
            try file?.row([
                selected.person, selected.name, clock.text(use.from),
                Self.seconds(use.to - use.from), use.isCensored ? "true" : "false", use.what,
                phase(at: use.from, selected.zone),
            ])
            let from = clock.milliseconds(use.from)
            entries.append(
                ProcessLog.Entry(
                    from: from, to: from + (use.to - use.from).milliseconds,
                    activity: use.what.isEmpty
                        ? selected.device.kind : "\(selected.device.kind): \(use.what)",
                    device: selected.name))
        }
        useCount += device.uses.count
        return entries
    }

    private static func seconds(_ span: TimeSpan) -> String {
        "\(Double(span.milliseconds) / 1000)"
    }

    private func writeWatched(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile
    ) throws {
        let spans =
            device.observed.watched.map { ($0.lowerBound, $0.upperBound, "watched") }
            + device.observed.blind.map { ($0.from, $0.to, $0.reason.rawValue) }
        for (from, to, state) in spans.sorted(by: { $0.0 < $1.0 }) {
            try file.row([
                device.selected.person, device.selected.name, clock.text(from), clock.text(to),
                state,
            ])
        }
    }

    private mutating func writeMeasures(
        _ device: DeviceStudy, _ file: inout ExportFile
    ) throws {
        let selected = device.selected
        for (phase, span) in periods(selected) {
            let measures = device.measures(in: span, down: down)
            for one in measures.named(until: span.upperBound)
            where one.measure == "coverage" || asks(one.measure) {
                try file.row([
                    selected.person, selected.name, phase, one.measure, "\(one.value)",
                    one.low.map { "\($0)" } ?? "", one.high.map { "\($0)" } ?? "",
                ])
                if selected.people.count == 1 {
                    measured.append(
                        MeasuredPerson(
                            person: selected.person, kind: selected.device.kind, phase: phase,
                            measure: one.measure, value: one.value))
                }
            }
        }
    }

    private mutating func writeEpisodes(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws {
        let selected = device.selected
        let episodes = try reader.episodes(
            EpisodeFilter(device: selected.device.id, span: selected.period, finalOnly: true))
        for episode in episodes.sorted(by: { ($0.start, $0.id) < ($1.start, $1.id) }) {
            guard let end = episode.end, selected.period.contains(episode.start),
                // An episode that reaches into a time that is left out would tell of it.
                !selected.closed.contains(where: { $0.from < end && episode.start < $0.to }),
                !selected.leavesOut(episode.start)
            else { continue }
            traceVersions.insert([episode.trace.rawValue, episode.version])
            try file?.row([
                selected.person, selected.name, episode.trace.rawValue, episode.version,
                clock.text(episode.start), Self.seconds(end - episode.start),
                episode.censored?.rawValue ?? "", phase(at: episode.start, selected.zone),
            ])
        }
    }

    // MARK: What people said, and all of them together

    private mutating func writeQuestionnaires() throws {
        for (questionnaire, rows) in questionnaires {
            var lines: [[String]] = rows.map { answers in
                let weeks = study.shiftsDates ? pseudonyms.weeks([answers.person]) : 0
                let day = answers.day.daysSince1970
                let phase = study.phases.first {
                    $0.from.daysSince1970 <= day && day <= $0.until.daysSince1970
                }
                return [
                    pseudonyms.name("P", answers.person.rawValue),
                    CalendarDate(daysSince1970: day + Int64(weeks) * 7).text,
                    phase?.name ?? "",
                ] + answers.values
            }
            lines.sort { $0.lexicographicallyPrecedes($1) }
            try table(.questionnaire(questionnaire.questionnaire)) { file in
                for line in lines { try file.row(line) }
            }
        }
    }

    /// What its author gave, of a span that the person agreed to as a whole.
    private mutating func writeAnnotations() throws {
        guard FileManager.default.fileExists(atPath: home.folder + "/vault.sqlite") else { return }
        let vault = try Vault(home: home.folder)
        let timeline = ConsentTimeline(consents, policy: home.configuration?.consent ?? .required)
        var rows: [[String]] = []
        for person in people.sorted() {
            guard let residence = home.home.residences.first(where: { $0.people.contains(person) })
            else { continue }
            let locality = home.home.locality(of: residence, zones: home.zones)
            let said = try vault.annotations(
                of: person, by: actor, what: "export of study \(study.id)", at: now)
            var clock = WallClock(
                locality.zone, weeks: study.shiftsDates ? pseudonyms.weeks([person]) : 0)
            for annotation in said where annotation.mayLeave {
                let days =
                    locality.zone.day(
                        at: annotation.span.lowerBound)...locality.zone.day(
                        at: annotation.span.upperBound)
                let device = selection.devices.first { $0.device.id == annotation.device }
                guard study.from.daysSince1970 <= days.lowerBound,
                    days.upperBound <= study.until.daysSince1970,
                    annotation.device == nil || device != nil,
                    timeline.closed(
                        .study(study.id),
                        ConsentSubject(
                            subject: ConsentBook.Subject(
                                device: annotation.device ?? "", room: device?.device.room,
                                people: [person]), residence: residence.id, locality: locality),
                        in: annotation.span
                            .lowerBound..<(annotation.span.upperBound
                            + .milliseconds(1))
                    ).isEmpty
                else { continue }
                rows.append([
                    pseudonyms.name("P", person.rawValue), device?.name ?? "",
                    clock.text(annotation.span.lowerBound),
                    clock.text(annotation.span.upperBound), annotation.voice.rawValue,
                    annotation.content.form, try content(of: annotation),
                    phase(at: annotation.span.lowerBound, locality.zone),
                ])
            }
        }
        guard !rows.isEmpty else { return }
        rows.sort { $0.lexicographicallyPrecedes($1) }
        try table(.annotations) { for row in rows { try $0.row(row) } }
    }

    private mutating func content(of annotation: Annotation) throws -> String {
        switch annotation.content {
        case .text(let text): return text
        case .pictogram(let name): return name
        case .recording(let bytes, let ending):
            let name = "voices/V" + pseudonyms.name("V", "\(annotation.id)").dropFirst()
            var file = try ExportFile("\(name).\(ending)", in: folder)
            try file.write(bytes)
            others.append(try file.finish())
            return "\(name).\(ending)"
        }
    }

    /// - Returns: how many rows were left out.
    private mutating func writeAggregates() throws -> Int {
        var dropped = 0
        let rows = MeasuredPerson.aggregates(
            measured, threshold: study.smallCells, dropped: &dropped)
        try table(.aggregates) { for row in rows { try $0.row(row) } }
        return dropped
    }
}

/// One person's value of a measure.
struct MeasuredPerson {
    var person: String
    var kind: String
    var phase: String
    var measure: String
    var value: Double

    /// Quartiles over people, each with the median of their devices of a kind.
    ///
    /// - Parameter dropped: how many rows stood for fewer people than the threshold.
    static func aggregates(
        _ all: [MeasuredPerson], threshold: Int, dropped: inout Int
    ) -> [[String]] {
        let cells = Dictionary(grouping: all) { [$0.kind, $0.phase, $0.measure] }
        var rows: [[String]] = []
        for (cell, values) in cells.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let own = Dictionary(grouping: values) { $0.person }.values
                .compactMap { Quantile.median($0.map(\.value)) }.sorted()
            guard own.count >= threshold else {
                dropped += 1
                continue
            }
            let quartiles = [0.25, 0.5, 0.75].compactMap {
                Quantile.linear($0, ofSorted: own).map { "\($0)" }
            }
            rows.append(cell + ["\(own.count)"] + quartiles)
        }
        return rows
    }
}
