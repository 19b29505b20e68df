import Crypto
import Foundation
import Rules

/// Reads a study's protocol. Everything missing or wrong is reported at once, with its place.
struct StudyReader {
    static let keys = [
        "version", "title", "question", "agreed", "investigators", "publisher", "legal", "ethics",
        "notice", "variables", "participants", "devices", "rooms", "from", "until", "phases",
        "keep_until", "then", "shift_dates", "small_cells", "birth_year_band", "owed",
        "questionnaires", "erasure_exemption",
    ]

    let home: Home
    /// The home's folder, which the notice's file starts from.
    let folder: String
    var diagnostics: [Diagnostic] = []

    init(home: Home, folder: String) {
        self.home = home
        self.folder = folder
    }

    /// Reads the file's tree; nil, with errors, where the protocol is not complete.
    mutating func read(_ node: Node, id: StudyID) -> StudyProtocol? {
        let what = "the protocol"
        guard
            let fields = Fields(node, subject: what, known: Self.keys, diagnostics: &diagnostics)
        else { return nil }
        var hub = HubReader(folder: folder)
        hub.version(fields, what: what)
        diagnostics += hub.diagnostics
        let title = localized(fields, "title", of: what)
        let question = localized(fields, "question", of: what)
        let agreed = agreed(fields)
        let investigators = investigators(fields)
        let publisher = text(fields, "publisher", of: what)
        let legal: StudyProtocol.Qualification? = word(fields, "legal", of: what)
        let ethics = ethics(fields, legal: legal)
        let notice = notice(fields)
        let variables = variables(fields)
        let participants = people(fields)
        let devices = devices(fields)
        let rooms = rooms(fields)
        let from = date(fields, "from", of: what)
        let until = date(fields, "until", of: what)
        order(from, until, fields["until"], "until")
        let phases = phases(fields, from: from, until: until)
        let keepUntil = date(fields, "keep_until", of: what)
        order(until, keepUntil, fields["keep_until"], "keep_until")
        let disposal: StudyProtocol.Disposal? = word(fields, "then", of: what)
        let shifts = required(fields, "shift_dates", of: what)?
            .boolean("shift_dates", diagnostics: &diagnostics)
        let smallCells =
            fields["small_cells"].map {
                $0.integer("small_cells", in: 3...1000, diagnostics: &diagnostics)
            } ?? 5
        let band = fields["birth_year_band"].flatMap {
            $0.integer("birth_year_band", in: 5...50, diagnostics: &diagnostics)
        }
        let owed = owed(fields)
        let questionnaires = questionnaires(fields)
        let exemption =
            fields["erasure_exemption"] == nil
            ? nil : localized(fields, "erasure_exemption", of: what)
        guard diagnostics.allSatisfy({ $0.severity != .error }), let title, let question,
            let publisher, let legal, let ethics, let notice, let from, let until, let keepUntil,
            let disposal, let shifts, let smallCells
        else { return nil }
        return StudyProtocol(
            id: id, title: title, question: question, agreed: agreed,
            investigators: investigators, publisher: publisher, legal: legal, ethics: ethics,
            notice: notice, variables: variables, participants: participants, devices: devices,
            rooms: rooms, from: from, until: until, phases: phases, keepUntil: keepUntil,
            disposal: disposal, erasureExemption: exemption, shiftsDates: shifts,
            smallCells: smallCells, birthYearBand: band,
            owed: owed, questionnaires: questionnaires)
    }

    // MARK: Who, and what was agreed

    private mutating func agreed(_ fields: Fields) -> [StudyProtocol.Agreement] {
        guard let node = required(fields, "agreed", of: "the protocol"),
            let parties = Fields(
                node, subject: "agreed", known: StudyProtocol.Party.allCases.map(\.rawValue),
                diagnostics: &diagnostics)
        else { return [] }
        return StudyProtocol.Party.allCases.compactMap { party in
            let what = "agreed, \(party.rawValue)"
            guard let node = required(parties, party.rawValue, of: "agreed"),
                let words = Fields(
                    node, subject: what, known: ["on", "who"], diagnostics: &diagnostics)
            else { return nil }
            let on = date(words, "on", of: what)
            let who = text(words, "who", of: what)
            guard let on, let who else { return nil }
            return StudyProtocol.Agreement(party: party, on: on, who: who)
        }
    }

    private mutating func investigators(_ fields: Fields) -> [StudyProtocol.Investigator] {
        list(fields, "investigators", least: 1).compactMap { node in
            let what = "an investigator"
            guard
                let words = Fields(
                    node, subject: what, known: ["name", "affiliation", "orcid"],
                    diagnostics: &diagnostics)
            else { return nil }
            let name = text(words, "name", of: what)
            let affiliation = optional(words, "affiliation", of: what)
            let orcid = optional(words, "orcid", of: what)
            if let orcid, !Self.isORCID(orcid), let node = words["orcid"] {
                error(
                    "bad-orcid",
                    "orcid \"\(orcid.prefix(80))\" is not one; write it as 0000-0002-1825-0097",
                    at: node)
            }
            return name.map {
                StudyProtocol.Investigator(name: $0, affiliation: affiliation, orcid: orcid)
            }
        }
    }

    /// ISO 7064, MOD 11-2, as ORCID describes it.
    static func isORCID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.count == 4, groups.allSatisfy({ $0.utf8.count == 4 }) else { return false }
        let digits = Array(groups.joined().utf8)
        var total = 0
        for digit in digits.dropLast() {
            guard (48...57).contains(digit) else { return false }
            total = (total + Int(digit - 48)) * 2
        }
        let check = (12 - total % 11) % 11
        return digits.last == (check == 10 ? UInt8(ascii: "X") : UInt8(48 + check))
    }

    private mutating func ethics(
        _ fields: Fields, legal: StudyProtocol.Qualification?
    ) -> StudyProtocol.Ethics? {
        let what = "ethics"
        guard let node = required(fields, what, of: "the protocol"),
            let words = Fields(
                node, subject: what, known: ["opinion", "committee", "reference", "on", "reason"],
                diagnostics: &diagnostics),
            let opinion: StudyProtocol.Ethics.Opinion = word(words, "opinion", of: what)
        else { return nil }
        var ethics = StudyProtocol.Ethics(opinion: opinion)
        switch opinion {
        case .pending:
            error(
                "no-opinion",
                "ethics: the opinion is pending; nothing may be exported before it is favourable",
                at: words["opinion"] ?? node)
        case .notRequired:
            ethics.reason = text(words, "reason", of: what)
            if let legal, legal != .none {
                error(
                    "no-opinion",
                    "ethics: \(legal.rawValue) needs a committee's opinion (Code de la santé publique, L1121-4)",
                    at: words["opinion"] ?? node)
            }
        case .favourable:
            ethics.committee = text(words, "committee", of: what)
            ethics.reference = text(words, "reference", of: what)
            ethics.on = date(words, "on", of: what)
        }
        return ethics
    }

    private mutating func notice(_ fields: Fields) -> StudyProtocol.Notice? {
        let what = "notice"
        guard let node = required(fields, what, of: "the protocol"),
            let words = Fields(
                node, subject: what, known: ["file", "version", "sha256", "easy_read"],
                diagnostics: &diagnostics)
        else { return nil }
        let file = text(words, "file", of: what)
        let version = text(words, "version", of: what)
        let hash = text(words, "sha256", of: what)
        guard let file, let version, let hash else { return nil }
        guard let data = FileManager.default.contents(atPath: folder + "/" + file) else {
            error(
                "unreadable-file", "notice: \(file.prefix(200)) is not there or cannot be read",
                at: words["file"] ?? node)
            return nil
        }
        let found = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
        if found != hash.lowercased() {
            error(
                "notice-changed",
                "notice: the SHA-256 of \(file.prefix(200)) is \(found), not what stands here; if the text was changed, give it a new version",
                at: words["sha256"] ?? node, length: min(hash.count, 80))
        }
        return StudyProtocol.Notice(
            file: file, version: version, hash: found,
            easyRead: words["easy_read"].flatMap { easyRead($0) })
    }

    private mutating func variables(_ fields: Fields) -> [StudyProtocol.Variable] {
        list(fields, "variables", least: 1).compactMap { node in
            let what = "a variable"
            guard
                let words = Fields(
                    node, subject: what, known: ["name", "title", "measure"],
                    diagnostics: &diagnostics)
            else { return nil }
            let name = name(words, "name", of: what)
            let title = localized(words, "title", of: what)
            let measure = text(words, "measure", of: what)
            if let measure, !Self.measures.contains(measure), let node = words["measure"] {
                error(
                    "unknown-measure",
                    "a variable: there is no measure \"\(measure.prefix(80))\""
                        + suggestion(for: measure, among: Self.measures), at: node,
                    length: min(measure.count, 80))
            }
            guard let name, let title, let measure else { return nil }
            return StudyProtocol.Variable(name: name, title: title, measure: measure)
        }
    }

    /// What an export holds of each device, by the names of its columns, and what else may stand for a variable.
    static let measures = [
        "events", "uses", "episodes", "coverage", "uses_per_day", "days_with_use", "median_s",
        "stability", "variability", "diversity_bits", "weekly_change", "quiet", "support_known",
        "autonomy", "prompts_per_use", "appropriation", "questionnaire",
    ]

    // MARK: Whose, where, when

    private mutating func people(_ fields: Fields) -> [PersonID]? {
        let known = home.residences.flatMap(\.people).map(\.rawValue)
        return names(fields, "participants", among: known, code: "unknown-person")?
            .map { PersonID(rawValue: $0) }
    }

    private mutating func devices(_ fields: Fields) -> [DeviceID]? {
        let known = home.devices.map(\.id.rawValue)
        return names(fields, "devices", among: known, code: "unknown-device")?
            .map { DeviceID(rawValue: $0) }
    }

    private mutating func rooms(_ fields: Fields) -> [RoomID]? {
        let known = home.residences.flatMap(\.rooms).map(\.id.rawValue)
        return names(fields, "rooms", among: known, code: "unknown-room")?
            .map { RoomID(rawValue: $0) }
    }

    /// The names of a list, or nil for the word `all`.
    private mutating func names(
        _ fields: Fields, _ key: String, among known: [String], code: String
    ) -> [String]? {
        guard let node = required(fields, key, of: "the protocol") else { return nil }
        if node.scalarText == "all" { return nil }
        var result: [String] = []
        for item in node.items {
            guard let text = item.text(key, diagnostics: &diagnostics) else { continue }
            if known.contains(text) {
                if !result.contains(text) { result.append(text) }
            } else {
                error(
                    code,
                    "\(key): \"\(text.prefix(80))\" is not in this home"
                        + suggestion(for: text, among: known), at: item,
                    length: min(text.count, 80))
            }
        }
        return result.sorted()
    }

    private mutating func phases(
        _ fields: Fields, from: CalendarDate?, until: CalendarDate?
    ) -> [StudyProtocol.Phase] {
        var phases: [StudyProtocol.Phase] = []
        for node in list(fields, "phases", least: 0) {
            let what = "a phase"
            guard
                let words = Fields(
                    node, subject: what, known: ["name", "title", "from", "until"],
                    diagnostics: &diagnostics)
            else { continue }
            let name = phaseName(words, of: what)
            let title = localized(words, "title", of: what)
            let first = date(words, "from", of: what)
            let last = date(words, "until", of: what)
            order(first, last, words["until"], "until")
            guard let name, let title, let first, let last else { continue }
            if let before = phases.last, first.daysSince1970 <= before.until.daysSince1970 {
                error(
                    "overlap", "phase \"\(name)\" begins before phase \"\(before.name)\" ends",
                    at: words["from"] ?? node)
            }
            if let from, let until,
                first.daysSince1970 < from.daysSince1970
                    || last.daysSince1970 > until.daysSince1970
            {
                error(
                    "outside", "phase \"\(name)\" lies outside of the study's own days", at: node)
            }
            phases.append(
                StudyProtocol.Phase(name: name, title: title, from: first, until: last))
        }
        return phases
    }

    /// Phases are called A, B, A1 … in single-case designs; `all` stands for the whole study.
    private mutating func phaseName(_ fields: Fields, of what: String) -> String? {
        guard let name = text(fields, "name", of: what) else { return nil }
        let isPlain = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        if isPlain, name.utf8.count <= 32, name != "all" { return name }
        if let node = fields["name"] {
            error(
                "bad-name",
                "a phase's name is \"\(name.prefix(80))\"; write up to 32 letters and digits, such as A or B2, and not all",
                at: node, length: min(name.count, 80))
        }
        return nil
    }

    // MARK: What is owed, and questionnaires

    private mutating func owed(_ fields: Fields) -> [StudyProtocol.Owed] {
        list(fields, "owed", least: 1).compactMap { node in
            let what = "what is owed"
            guard
                let words = Fields(
                    node, subject: what, known: ["name", "title", "by"], diagnostics: &diagnostics)
            else { return nil }
            let name = name(words, "name", of: what)
            let title = localized(words, "title", of: what)
            let by = date(words, "by", of: what)
            guard let name, let title, let by else { return nil }
            return StudyProtocol.Owed(name: name, title: title, by: by)
        }
    }

    private mutating func questionnaires(_ fields: Fields) -> [StudyProtocol.Questionnaire] {
        list(fields, "questionnaires", least: 0).compactMap { node in
            let what = "a questionnaire"
            guard
                let words = Fields(
                    node, subject: what, known: ["name", "title", "columns", "instrument"],
                    diagnostics: &diagnostics)
            else { return nil }
            let name = name(words, "name", of: what)
            guard words["instrument"] != nil else {
                let title = localized(words, "title", of: what)
                let columns = list(words, "columns", least: 1).compactMap { column($0) }
                guard let name, let title else { return nil }
                return StudyProtocol.Questionnaire(name: name, title: title, columns: columns)
            }
            let instrument: QuestionnaireInstrument? = word(words, "instrument", of: what)
            let title = words["title"] == nil ? nil : localized(words, "title", of: what)
            let own = list(words, "columns", least: 0).compactMap { column($0) }
            guard let name, let instrument else { return nil }
            let taken = Set(
                instrument.columns.map(\.name) + instrument.scores.map(\.name))
            for column in own where taken.contains(column.name) {
                error(
                    "bad-name", "a column \"\(column.name)\" comes with \(instrument.rawValue)",
                    at: words["columns"] ?? node)
            }
            return StudyProtocol.Questionnaire(
                name: name, title: title ?? instrument.title,
                columns: instrument.columns + own, instrument: instrument)
        }
    }

    private mutating func column(_ node: Node) -> StudyProtocol.Questionnaire.Column? {
        let what = "a column"
        guard
            let words = Fields(
                node, subject: what,
                known: ["name", "title", "type", "minimum", "maximum", "choices"],
                diagnostics: &diagnostics)
        else { return nil }
        let name = name(words, "name", of: what)
        let title = localized(words, "title", of: what)
        let type: StudyProtocol.Questionnaire.ColumnType? = word(words, "type", of: what)
        let minimum = words["minimum"]?.number("minimum", diagnostics: &diagnostics)
        let maximum = words["maximum"]?.number("maximum", diagnostics: &diagnostics)
        var choices: [String] = []
        for item in words["choices"]?.items ?? [] {
            if let text = item.text("choices", diagnostics: &diagnostics) { choices.append(text) }
        }
        if type == .choice, choices.isEmpty {
            error("missing-key", "a column of type choice needs \"choices\"", at: node)
        }
        if let name, ["person", "date", "text_agreed"].contains(name) {
            error("bad-name", "a column \"\(name)\" is there in any case", at: node)
        }
        guard let name, let title, let type else { return nil }
        return StudyProtocol.Questionnaire.Column(
            name: name, title: title, type: type, minimum: minimum, maximum: maximum,
            choices: choices)
    }
}

// MARK: Single values

extension StudyReader {
    mutating func error(_ code: String, _ message: String, at node: Node, length: Int = 1) {
        diagnostics.append(
            Diagnostic(code: code, message, at: node.location, length: max(1, length)))
    }

    /// A key that must be given, and not be left empty.
    mutating func required(_ fields: Fields, _ key: String, of what: String) -> Node? {
        fields.required(key, subject: what, diagnostics: &diagnostics)
    }

    mutating func text(_ fields: Fields, _ key: String, of what: String) -> String? {
        guard let node = required(fields, key, of: what) else { return nil }
        return bounded(node, "\(what), \(key)")
    }

    mutating func optional(_ fields: Fields, _ key: String, of what: String) -> String? {
        fields[key].flatMap { bounded($0, "\(what), \(key)") }
    }

    private mutating func bounded(_ node: Node, _ what: String) -> String? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        guard (1...2000).contains(text.utf8.count) else {
            error("text-too-long", "\(what) is empty or has more than 2000 bytes", at: node)
            return nil
        }
        return text
    }

    mutating func localized(
        _ fields: Fields, _ key: String, of what: String
    ) -> LocalizedText? {
        guard let node = required(fields, key, of: what) else { return nil }
        guard let text = node.localizedText("\(what), \(key)", diagnostics: &diagnostics) else {
            return nil
        }
        guard (1...2000).contains(min(text.english.utf8.count, text.french.utf8.count)) else {
            error("text-too-long", "\(what), \(key) is empty or too long", at: node)
            return nil
        }
        return text
    }

    mutating func name(_ fields: Fields, _ key: String, of what: String) -> String? {
        var hub = HubReader(folder: folder)
        let name = hub.name(fields, key, of: what)
        diagnostics += hub.diagnostics
        return name
    }

    mutating func date(_ fields: Fields, _ key: String, of what: String) -> CalendarDate? {
        guard let text = text(fields, key, of: what) else { return nil }
        if let date = CalendarDate(text: text) { return date }
        if let node = fields[key] {
            error(
                "bad-date",
                "\(what), \(key): \"\(text.prefix(80))\" is not a date; write one such as 2026-11-24",
                at: node, length: min(text.count, 80))
        }
        return nil
    }

    /// The second date must not lie before the first.
    mutating func order(
        _ first: CalendarDate?, _ second: CalendarDate?, _ node: Node?, _ key: String
    ) {
        guard let first, let second, let node, second.daysSince1970 < first.daysSince1970 else {
            return
        }
        error("bad-order", "\(key): \(second.text) lies before \(first.text)", at: node)
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ fields: Fields, _ key: String, of what: String
    ) -> Word? where Word.RawValue == String {
        guard let text = text(fields, key, of: what) else { return nil }
        if let word = Word(rawValue: text) { return word }
        if let node = fields[key] {
            error(
                "unknown-word",
                "\(what), \(key): \"\(text.prefix(80))\" is none of its words"
                    + suggestion(for: text, among: Word.allCases.map(\.rawValue)), at: node,
                length: min(text.count, 80))
        }
        return nil
    }

    /// The items of a list; an error where there are too few.
    mutating func list(_ fields: Fields, _ key: String, least: Int) -> [Node] {
        if least == 0, fields[key] == nil { return [] }
        guard let node = required(fields, key, of: "the protocol") else { return [] }
        guard case .list(let items, _) = node, items.count >= least, items.count <= 1000 else {
            error(
                "expected-list",
                "\"\(key)\" must be a list with at least \(least); begin each with \"- name:\"",
                at: node)
            return []
        }
        return items
    }
}
