import Foundation
import Rules

/// What is kept about a person as a page in easy words, to read and to print.
struct PersonPage {
    let person: PersonID
    let isFrench: Bool
    let zone: ZoneOffsets
    let now: Instant
    private var sections: [(title: String, lines: [String])] = []
    private var wordLines: [String] = []
    private var name = ""

    init(person: PersonID, isFrench: Bool, zone: ZoneOffsets, now: Instant) {
        self.person = person
        self.isFrench = isFrench
        self.zone = zone
        self.now = now
    }

    /// A text of the page's book.
    private func word(_ name: String, _ values: [String: String] = [:]) -> String {
        PersonPageWords.book.text(name, isFrench: isFrench, values)
    }

    /// What people call a device.
    private func name(_ device: Device) -> String {
        isFrench ? device.title.french : device.title.english
    }

    private func time(_ moment: Instant) -> String { Timestamp.short(moment, in: zone) }

    mutating func person(_ known: Vault.Person?) {
        guard let known else { return }
        name = [known.given, known.family].filter { !$0.isEmpty }.joined(separator: " ")
        var lines: [String] = []
        if let born = known.born { lines.append(word("born", ["year": "\(born)"])) }
        lines += known.contacts.map { word("contact", ["who": $0]) }
        lines += known.representatives.map { word("speaks", ["who": $0]) }
        if !known.notes.isEmpty { lines.append(word("note", ["text": known.notes])) }
        sections.insert((word("who_you_are"), lines), at: 0)
    }

    mutating func devices(_ devices: [Device], shared: Set<DeviceID>) {
        var lines = devices.map { name($0) }
        if !shared.isEmpty {
            lines.append(
                word("shared", ["count": "\(shared.count)"]))
        }
        sections.append((word("devices"), lines))
    }

    mutating func uses(_ results: [DeviceUse.Result]) {
        sections.append(
            (
                word("used"),
                results.filter { !$0.uses.isEmpty }.map { result in
                    let last = result.uses.map(\.from).max().map(time) ?? "–"
                    return word(
                        result.uses.count == 1 ? "used_once" : "used_often",
                        [
                            "device": name(result.device), "count": "\(result.uses.count)",
                            "day": last,
                        ])
                }
            ))
    }

    mutating func alerts(_ alerts: [Alert], plan: Plan) {
        sections.append(
            (
                word("alerts"),
                alerts.map { alert in
                    let title = plan.rule(alert.rule)?.title
                    return "\(time(alert.began))  "
                        + (title.map { isFrench ? $0.french : $0.english } ?? alert.rule.rawValue)
                }
            ))
    }

    mutating func annotations(_ annotations: [Annotation]) {
        sections.append(
            (
                word("said"),
                annotations.map { one in
                    let what =
                        switch one.content {
                        case .text(let text): "« \(text) »"
                        case .pictogram(let name): "[\(name)]"
                        case .recording: word("recording")
                        case .support(let support):
                            word(support.isAlone ? "alone" : "helped")
                        }
                    return "\(time(one.span.lowerBound))  \(one.author): \(what)"
                }
            ))
    }

    mutating func looks(_ looks: [Vault.Access]) {
        sections.append(
            (
                word("looks"),
                looks.map { "\(time($0.at))  \($0.by): \($0.what)" }
            ))
    }

    mutating func word(_ entry: CommandEntry) {
        switch entry.command {
        case .consent(let record):
            wordLines.append(
                "\(time(entry.received))  "
                    + word(
                        record.decision.isNo ? "no_to" : "yes_to",
                        ["who": record.speaker, "what": "\(record.purpose)"]))
        case .pause:
            wordLines.append("\(time(entry.received))  " + word("pause"))
        case .resume:
            wordLines.append(
                "\(time(entry.received))  " + word("pause_over"))
        case .represented(_, let isRepresented, _):
            wordLines.append(
                "\(time(entry.received))  "
                    + word(isRepresented ? "represented" : "not_represented"))
        default: break
        }
    }

    mutating func studies(_ received: [[String: String]]) {
        sections.append(
            (
                word("studies"),
                received.map { "\($0["at"] ?? "")  \($0["study"] ?? "") → \($0["to"] ?? "")" }
            ))
    }

    /// The page; texts are data and escaped.
    func text() -> String {
        let title = word("title")
        let all =
            sections + [(word("words"), wordLines)]
        let body = all.map { section in
            "<section><h2>\(ProcessLog.escaped(section.title))</h2>"
                + (section.lines.isEmpty
                    ? "<p>\(word("nothing"))</p>"
                    : "<ul>"
                        + section.lines.map { "<li>\(ProcessLog.escaped($0))</li>" }.joined(
                            separator: "\n") + "</ul>") + "</section>"
        }.joined(separator: "\n")
        let who = name.isEmpty ? person.rawValue : "\(name) (\(person))"
        return """
            <!doctype html>
            <html lang="\(isFrench ? "fr" : "en")"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(ProcessLog.escaped(title))</title>
            <style>
            body { font: 1.15rem/1.6 sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; }
            h1 { font-size: 1.9rem; } h2 { font-size: 1.35rem; margin-top: 2rem; border-bottom: 2px solid #2a6f6a; }
            li { margin: .3rem 0; overflow-wrap: anywhere; }
            @media print { section { break-inside: avoid-page; } }
            </style></head><body>
            <h1>\(ProcessLog.escaped(title))</h1>
            <p>\(ProcessLog.escaped(who)) · \(ProcessLog.escaped(time(now)))</p>
            <p>\(ProcessLog.escaped(word("rights")))</p>
            \(body)
            </body></html>

            """
    }
}
