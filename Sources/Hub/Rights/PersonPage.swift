import Foundation
import Rules

/// What is kept about a person as a page to read and to print: first in easy words what is kept and why, then all of it in tables.
struct PersonPage {
    let person: PersonID
    let isFrench: Bool
    let zone: ZoneOffsets
    let now: Instant
    /// The titles of the home's studies.
    let studyTitles: [StudyID: LocalizedText]

    /// A part in easy words.
    private struct Part {
        var title: String
        var lines: [String]
        var why: String?
    }

    /// A table of the details.
    private struct Table {
        var title: String
        var head: [String]
        var rows: [[String]]
    }

    private var parts: [Part] = []
    private var tables: [Table] = []
    private var readings = 0
    private var deviceLines: [String] = []
    private var useLines: [String] = []
    private var latest: [String: (purpose: Purpose, record: ConsentRecord, at: Instant)] = [:]
    private var pauses = 0
    private var wordRows: [[String]] = []
    private var name = ""

    init(
        person: PersonID, isFrench: Bool, zone: ZoneOffsets, now: Instant,
        studyTitles: [StudyID: LocalizedText] = [:]
    ) {
        self.person = person
        self.isFrench = isFrench
        self.zone = zone
        self.now = now
        self.studyTitles = studyTitles
    }

    /// A text of the page's book.
    private func word(_ name: String, _ values: [String: String] = [:]) -> String {
        PersonPageWords.book.text(name, isFrench: isFrench, values)
    }

    /// A text of the book in the form that a number asks for.
    private func word(_ one: String, _ many: String, _ count: Int) -> String {
        word(count == 1 ? one : many, ["count": "\(count)"])
    }

    private func text(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }
    private func time(_ moment: Instant) -> String { Timestamp.short(moment, in: zone) }

    /// A day as people say it.
    private func day(_ moment: Instant) -> String {
        HomeReportWords.day(
            CalendarDate(daysSince1970: zone.day(at: moment)), isFrench: isFrench)
    }

    private func text(_ purpose: Purpose) -> String {
        switch purpose {
        case .safety: word("purpose_safety")
        case .care: word("purpose_care")
        case .study(let study):
            word("purpose_study", ["study": studyTitles[study].map(text) ?? study.rawValue])
        }
    }

    // MARK: What is known

    mutating func person(_ known: Vault.Person?) {
        var lines: [String] = []
        if let known {
            name = [known.given, known.family].filter { !$0.isEmpty }.joined(separator: " ")
            if !name.isEmpty { lines.append(word("name", ["who": name])) }
            if let born = known.born { lines.append(word("born", ["year": "\(born)"])) }
            lines += known.contacts.map { word("contact", ["who": $0]) }
            lines += known.representatives.map { word("speaks", ["who": $0]) }
            if !known.notes.isEmpty { lines.append(word("note", ["text": known.notes])) }
        }
        lines.append(word("known_as", ["who": person.rawValue]))
        parts.insert(Part(title: word("who_you_are"), lines: lines, why: word("why_who")), at: 0)
    }

    mutating func devices(_ devices: [Device], shared: Set<DeviceID>) {
        deviceLines = devices.map { text($0.title) }
        if !shared.isEmpty { useLines.append(word("shared_one", "shared", shared.count)) }
    }

    mutating func readings(_ count: Int) { readings = count }

    mutating func uses(_ results: [DeviceUse.Result]) {
        let used = results.filter { !$0.uses.isEmpty }
        let lines = used.map { result in
            word(
                result.uses.count == 1 ? "used_once" : "used_often",
                [
                    "device": text(result.device.title), "count": "\(result.uses.count)",
                    "day": result.uses.map(\.from).max().map(day) ?? "–",
                ])
        }
        useLines.insert(contentsOf: lines, at: 0)
        tables.append(
            Table(
                title: word("devices"), head: [word("device"), word("times"), word("last")],
                rows: used.map { result in
                    [
                        text(result.device.title), "\(result.uses.count)",
                        result.uses.map(\.from).max().map(time) ?? "–",
                    ]
                }))
    }

    mutating func alerts(_ alerts: [Alert], plan: Plan) {
        func title(_ alert: Alert) -> String {
            plan.rule(alert.rule)?.title.map(text) ?? alert.rule.rawValue
        }
        var lines: [String] = []
        if let last = alerts.max(by: { $0.began < $1.began }) {
            lines = [
                word("alert_one", "alert_many", alerts.count),
                word("alert_last", ["what": title(last)]), word("on_day", ["day": day(last.began)]),
            ]
        }
        parts.append(Part(title: word("alerts"), lines: lines, why: word("why_alerts")))
        tables.append(
            Table(
                title: word("alerts"), head: [word("when"), word("what"), word("over")],
                rows: alerts.map { [time($0.began), title($0), $0.resolved.map(time) ?? "–"] }))
    }

    mutating func annotations(_ annotations: [Annotation]) {
        parts.append(
            Part(
                title: word("said"),
                lines: annotations.isEmpty
                    ? []
                    : [
                        word("said_one", "said_many", annotations.count), word("said_below"),
                    ], why: word("why_said")))
        tables.append(
            Table(
                title: word("said"), head: [word("when"), word("who"), word("what")],
                rows: annotations.map { one in
                    let what =
                        switch one.content {
                        case .text(let text): "« \(text) »"
                        case .pictogram(let name): "[\(name)]"
                        case .recording: word("recording")
                        case .support(let support):
                            word(support.isAlone ? "alone" : "helped")
                        }
                    return [time(one.span.lowerBound), one.author, what]
                }))
    }

    mutating func looks(_ all: [PersonLook]) {
        var lines: [String] = []
        if let last = all.max(by: { $0.at < $1.at }) {
            lines = [
                word("look_one", "look_many", all.count),
                word("look_last", ["day": day(last.at), "who": last.by]),
            ]
        }
        parts.append(Part(title: word("looks"), lines: lines, why: word("why_looks")))
        tables.append(
            Table(
                title: word("looks"), head: [word("when"), word("who"), word("what")],
                rows: all.map {
                    [time($0.at), $0.by, word(PersonPageWords.name(of: $0.kind))]
                }))
    }

    mutating func word(_ entry: CommandEntry) {
        func row(_ who: String, _ what: String, until: Instant? = nil) {
            wordRows.append([time(entry.received), who, what, until.map(time) ?? "–"])
        }
        switch entry.command {
        case .consent(let record):
            let own = record.capacity.isRepresentative ? "other" : "own"
            latest["\(record.purpose) \(own)"] = (record.purpose, record, entry.received)
            row(
                record.speaker,
                word(record.decision.isNo ? "no" : "yes", ["what": text(record.purpose)]),
                until: record.until)
        case .pause(_, let until, let actor):
            pauses += 1
            row(actor, word("pause"), until: until)
        case .resume(_, let actor): row(actor, word("pause_over"))
        case .represented(_, let isRepresented, let actor):
            row(actor, word(isRepresented ? "represented" : "not_represented"))
        case .says(let saying):
            switch saying.word {
            case .help: row(person.rawValue, word("help"))
            case .fine: row(person.rawValue, word("fine"))
            case .wishes(let purpose, _):
                row(person.rawValue, word("wish", ["what": text(purpose)]))
            }
        default: break
        }
    }

    /// What was said last of each purpose, by the person and for them.
    private var latestWords: [String] {
        var lines = latest.values.sorted {
            ($0.purpose, $0.at) < ($1.purpose, $1.at)
        }.map { one in
            let values = ["what": text(one.purpose), "day": day(one.at)]
            if one.record.capacity.isRepresentative {
                return word(one.record.decision.isNo ? "other_no" : "other_yes", values)
            }
            return word(one.record.decision.isNo ? "you_no" : "you_yes", values)
        }
        if pauses > 0 { lines.append(word("pauses_one", "pauses_many", pauses)) }
        return lines
    }

    mutating func studies(_ received: [[String: String]]) {
        func title(_ one: [String: String]) -> String {
            let id = one["study"] ?? ""
            return studyTitles[StudyID(rawValue: id)].map(text) ?? id
        }
        var lines: [String] = []
        for one in received {
            let at = Instant(iso: one["at"] ?? "").map(day) ?? "–"
            lines.append(word("study_got", ["study": title(one), "day": at]))
            lines.append(word("study_to", ["who": one["to"] ?? ""]))
        }
        if received.isEmpty { lines = [word("study_none")] }
        parts.append(Part(title: word("studies"), lines: lines, why: word("why_studies")))
        tables.append(
            Table(
                title: word("studies"), head: [word("when"), word("study"), word("received_by")],
                rows: received.map {
                    [Instant(iso: $0["at"] ?? "").map(time) ?? "–", title($0), $0["to"] ?? ""]
                }))
    }

    /// How long it is kept, and what the person can do.
    mutating func end(_ retention: RetentionSettings) {
        func span(_ span: TimeSpan?) -> String {
            span.map { Noun.day.counted(Int($0.milliseconds / 86_400_000), isFrench: isFrench) }
                ?? word("span_open")
        }
        parts.insert(
            Part(
                title: word("devices"),
                lines: deviceLines
                    + (readings > 0 ? [word("told_once", "told", readings)] : []) + useLines,
                why: word("why_devices")), at: min(1, parts.count))
        parts.append(Part(title: word("words"), lines: latestWords, why: word("why_words")))
        tables.append(
            Table(
                title: word("words"),
                head: [word("when"), word("who"), word("what"), word("until")], rows: wordRows))
        parts.append(
            Part(
                title: word("how_long"),
                lines: [
                    word("kept_safety", ["span": span(retention.safety)]),
                    word("kept_care", ["span": span(retention.care)]), word("kept_words"),
                    word("kept_looks"),
                ]))
        parts.append(
            Part(
                title: word("can_do"),
                lines: [
                    word("can_change"), word("can_erase"), word("can_no"), word("can_ask"),
                ]))
    }

    // MARK: The page

    /// One sentence a line.
    private static func lines(_ text: String) -> String {
        text.split(separator: "\n").map { escaped(String($0)) }.joined(separator: "<br>")
    }

    private static func escaped(_ text: String) -> String { ProcessLog.escaped(text) }

    private func html(_ part: Part) -> String {
        let lines =
            part.lines.isEmpty
            ? "<p>\(word("nothing"))</p>"
            : "<ul>"
                + part.lines.map { "<li>\(Self.lines($0))</li>" }.joined(separator: "\n")
                + "</ul>"
        let why =
            part.why.map {
                "<p class=\"why\"><strong>\(Self.escaped(word("why")))</strong><br>\(Self.lines($0))</p>"
            } ?? ""
        return "<section><h2>\(Self.escaped(part.title))</h2>\(lines)\(why)</section>"
    }

    private func html(_ table: Table) -> String {
        let head = table.head.map { "<th scope=\"col\">\(Self.escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            "<tr>" + row.map { "<td>\(Self.escaped($0))</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
        let body =
            table.rows.isEmpty
            ? "<p>\(word("nothing"))</p>"
            : "<table><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table>"
        return "<h3>\(Self.escaped(table.title))</h3>\(body)"
    }

    /// The page; texts are data and escaped.
    func text() -> String {
        let title = word("title")
        let intro = (["page_yours"] + (name.isEmpty ? [] : ["page_names"]) + ["page_help"]).map {
            "<p>\(Self.escaped(word($0)))</p>"
        }.joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="\(isFrench ? "fr" : "en")"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(Self.escaped(title))</title>
            <style>
            body { font: 1.3rem/1.6 Verdana, "DejaVu Sans", sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
            h1 { font-size: 2rem; line-height: 1.25; } h2 { font-size: 1.6rem; margin-top: 2.5rem; border-bottom: 3px solid #2a6f6a; }
            h3 { font-size: 1.1rem; margin-top: 2rem; }
            li { margin: .5rem 0; overflow-wrap: anywhere; }
            .why { background: #eef5f4; border-left: 6px solid #2a6f6a; padding: .6rem 1rem; }
            .details { font-size: 1rem; border-top: 6px solid #1b1b1b; margin-top: 3rem; }
            table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #767676; padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere; }
            @media print { section, tr { break-inside: avoid-page; } .details { break-before: page; } }
            </style></head><body>
            <h1>\(Self.escaped(title))</h1>
            \(intro)
            <p>\(Self.escaped(word("made", ["day": day(now)])))</p>
            \(parts.map(html).joined(separator: "\n"))
            <section class="details"><h2>\(Self.escaped(word("details")))</h2>
            <p>\(Self.escaped(word("details_note")))</p>
            \(tables.map(html).joined(separator: "\n"))
            <p>\(Self.escaped(word("files_note")))</p>
            </section>
            </body></html>

            """
    }
}
