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

    private func say(_ english: String, _ french: String) -> String {
        isFrench ? french : english
    }

    /// What people call a device.
    private func name(_ device: Device) -> String {
        say(device.title.english, device.title.french)
    }

    private func time(_ moment: Instant) -> String { Timestamp.short(moment, in: zone) }

    mutating func person(_ known: Vault.Person?) {
        guard let known else { return }
        name = [known.given, known.family].filter { !$0.isEmpty }.joined(separator: " ")
        var lines: [String] = []
        if let born = known.born { lines.append(say("Born in \(born).", "Né(e) en \(born).")) }
        lines += known.contacts.map { say("Contact: ", "Contact : ") + $0 }
        lines += known.representatives.map { say("Speaks for you: ", "Parle pour vous : ") + $0 }
        if !known.notes.isEmpty { lines.append(say("Note: ", "Note : ") + known.notes) }
        sections.insert((say("Who you are", "Qui vous êtes"), lines), at: 0)
    }

    mutating func devices(_ devices: [Device], shared: Set<DeviceID>) {
        var lines = devices.map { name($0) }
        if !shared.isEmpty {
            lines.append(
                say(
                    "\(shared.count) devices are in rooms that you share. They also tell of others. They are not in here.",
                    "\(shared.count) appareils sont dans des pièces partagées. Ils parlent aussi des autres. Ils ne sont pas ici."
                ))
        }
        sections.append((say("Your devices", "Vos appareils"), lines))
    }

    mutating func uses(_ results: [DeviceUse.Result]) {
        sections.append(
            (
                say("What you used", "Ce que vous avez utilisé"),
                results.filter { !$0.uses.isEmpty }.map { result in
                    let last = result.uses.map(\.from).max().map(time) ?? "–"
                    return say(
                        "\(name(result.device)): \(result.uses.count == 1 ? "once" : "\(result.uses.count) times"), last on \(last).",
                        "\(name(result.device)) : \(result.uses.count) fois, la dernière le \(last)."
                    )
                }
            ))
    }

    mutating func alerts(_ alerts: [Alert], plan: Plan) {
        sections.append(
            (
                say("Alerts about you", "Alertes à votre sujet"),
                alerts.map { alert in
                    let title = plan.rule(alert.rule)?.title
                    return "\(time(alert.began))  "
                        + (title.map { say($0.english, $0.french) } ?? alert.rule.rawValue)
                }
            ))
    }

    mutating func annotations(_ annotations: [Annotation]) {
        sections.append(
            (
                say("What was said of your days", "Ce qui a été dit de vos journées"),
                annotations.map { one in
                    let what =
                        switch one.content {
                        case .text(let text): "« \(text) »"
                        case .pictogram(let name): "[\(name)]"
                        case .recording: say("a recording", "un enregistrement")
                        case .support(let support):
                            support.isAlone
                                ? say("on one's own", "sans aide")
                                : say("with help", "avec de l'aide")
                        }
                    return "\(time(one.span.lowerBound))  \(one.author): \(what)"
                }
            ))
    }

    mutating func looks(_ looks: [Vault.Access]) {
        sections.append(
            (
                say("Who looked at your data", "Qui a regardé vos données"),
                looks.map { "\(time($0.at))  \($0.by): \($0.what)" }
            ))
    }

    mutating func word(_ entry: CommandEntry) {
        switch entry.command {
        case .consent(let record):
            let answer =
                record.decision.isNo ? say("no to", "non à") : say("yes to", "oui à")
            wordLines.append(
                "\(time(entry.received))  \(record.speaker): \(answer) \(record.purpose)")
        case .pause:
            wordLines.append("\(time(entry.received))  " + say("a pause", "une pause"))
        case .resume:
            wordLines.append(
                "\(time(entry.received))  " + say("end of the pause", "fin de la pause"))
        case .represented(_, let isRepresented, _):
            wordLines.append(
                "\(time(entry.received))  "
                    + (isRepresented
                        ? say("somebody speaks for you", "quelqu'un parle pour vous")
                        : say("nobody speaks for you", "personne ne parle pour vous")))
        default: break
        }
    }

    mutating func studies(_ received: [[String: String]]) {
        sections.append(
            (
                say("Studies that received something", "Études qui ont reçu des données"),
                received.map { "\($0["at"] ?? "")  \($0["study"] ?? "") → \($0["to"] ?? "")" }
            ))
    }

    /// The page; texts are data and escaped.
    func text() -> String {
        let title = say("What Foyer keeps about you", "Ce que Foyer garde sur vous")
        let all =
            sections + [(say("What you said yes or no to", "Vos oui et vos non"), wordLines)]
        let body = all.map { section in
            "<section><h2>\(ProcessLog.escaped(section.title))</h2>"
                + (section.lines.isEmpty
                    ? "<p>\(say("Nothing.", "Rien."))</p>"
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
            <p>\(say("You can ask to have this changed or erased.", "Vous pouvez demander de le changer ou de l'effacer."))</p>
            \(body)
            </body></html>

            """
    }
}
