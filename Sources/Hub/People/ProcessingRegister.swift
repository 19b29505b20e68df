import Foundation
import Rules

/// The register of processing (GDPR, article 30) and the annex for an impact assessment (article 35), as they follow from a home's
/// files: what is written there is what the hub does. It names no resident.
public struct ProcessingRegister {
    private let home: LoadedHome
    private let studies: [StudyProtocol]
    private let incomplete: [StudyID]

    /// The register of a home.
    public init(home: LoadedHome) {
        self.home = home
        var complete: [StudyProtocol] = []
        var incomplete: [StudyID] = []
        for id in StudyFile.all(in: home.folder) {
            if let file = try? StudyFile.load(id, home: home), let study = file.study {
                complete.append(study)
            } else {
                incomplete.append(id)
            }
        }
        studies = complete
        self.incomplete = incomplete
    }

    /// The document, as Markdown.
    public func text(isFrench: Bool) -> String {
        let words = RegisterWords(isFrench: isFrench)
        var parts = [
            "# " + words.say("Register of processing", "Registre des traitements"),
            words.say(
                "Made from the home's files. Whoever is responsible completes what a file cannot know: lines that begin with ▢.",
                "Établi à partir des fichiers du lieu. Le responsable complète ce qu'un fichier ne peut savoir : les lignes qui commencent par ▢."
            ),
            words.list([
                words.say("▢ Controller and contact:", "▢ Responsable et contact :"),
                words.say("▢ Data protection officer:", "▢ Délégué à la protection des données :"),
            ]),
        ]
        parts += activity(
            words,
            title: words.say(
                "1. Alerts for people's safety", "1. Alertes pour la sécurité des personnes"),
            purpose: words.say(
                "Somebody answers a call, a fall, a fire.",
                "Quelqu'un répond à un appel, une chute, un feu."),
            data: safety(words),
            kept: words.say(
                "Alerts and readings in foyer.sqlite on this machine. ",
                "Alertes et lectures dans foyer.sqlite sur cette machine. ")
                + kept(words, home.configuration?.retention.safety))
        parts += activity(
            words,
            title: words.say(
                "2. Traces of use, for care", "2. Traces d'usage, pour l'accompagnement"),
            purpose: words.say(
                "The person and those who support them see how devices are used.",
                "La personne et celles et ceux qui l'accompagnent voient l'usage des appareils."),
            data: traces(words),
            kept: words.say(
                "Traces in foyer.sqlite on this machine. ",
                "Traces dans foyer.sqlite sur cette machine. ")
                + kept(words, home.configuration?.retention.care))
        for (index, study) in studies.enumerated() {
            parts += self.study(words, study, number: index + 3)
        }
        for id in incomplete {
            parts.append(
                words.say(
                    "Study \(id): its protocol is not complete; nothing can be exported.",
                    "Étude \(id) : protocole incomplet ; rien ne peut être exporté."))
        }
        parts += annex(words)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func kept(_ words: RegisterWords, _ span: TimeSpan?) -> String {
        guard let span else { return words.say("▢ Kept for:", "▢ Durée :") }
        let days = Noun.day.counted(
            Int(span.milliseconds / 86_400_000), isFrench: words.isFrench)
        return words.say(
            "Kept for \(days), then removed by the hub (hub.yaml, retention).",
            "Durée : \(days), puis supprimé par le système (hub.yaml, retention).")
    }

    // MARK: The activities

    private func activity(
        _ words: RegisterWords, title: String, purpose: String, data: [String], kept: String
    ) -> [String] {
        [
            "## " + title,
            words.list([
                words.say("Purpose: ", "Finalité : ") + purpose,
                words.say("Legal basis: ", "Base légale : ") + basis(words),
                words.say("People concerned: ", "Personnes concernées : ") + concerned(words),
                words.say("Data: ", "Données : ") + data.joined(separator: words.then),
                words.say("Recipients: ", "Destinataires : ") + recipients(words),
                kept,
                words.say(
                    "Outside the EU: nothing is sent by the hub but what a notification channel sends.",
                    "Hors UE : le système n'envoie rien d'autre que les notifications."),
            ]),
        ]
    }

    private func basis(_ words: RegisterWords) -> String {
        switch home.configuration?.consent ?? .required {
        case .required:
            words.say(
                "consent: without a yes nothing is recorded (hub.yaml, consent: required)",
                "consentement : sans accord, rien n'est enregistré (hub.yaml, consent: required)")
        case .optOut:
            words.say(
                "▢ to be named (contract of support, …); recorded until the person says no (hub.yaml, consent: opt_out)",
                "▢ à nommer (contrat d'accompagnement, …) ; enregistré tant que la personne ne dit pas non (hub.yaml, consent: opt_out)"
            )
        }
    }

    private func concerned(_ words: RegisterWords) -> String {
        let residents = Set(home.home.residences.flatMap(\.people)).count
        let homes = home.home.residences.count
        return words.say(
            "\(Noun.resident.counted(residents, isFrench: false)) in \(Noun.residence.counted(homes, isFrench: false)); staff who answer alerts",
            "\(Noun.resident.counted(residents, isFrench: true)) dans \(Noun.residence.counted(homes, isFrench: true)) ; professionnels qui répondent aux alertes"
        )
    }

    private func recipients(_ words: RegisterWords) -> String {
        words.say(
            "staff with an account (\(home.staff.members.count) in staff.yaml); who looks is written down",
            "professionnels ayant un compte (\(home.staff.members.count) dans staff.yaml) ; les consultations sont notées"
        )
    }

    /// Kinds of devices with how many there are.
    private func kinds(_ devices: [Device]) -> [String] {
        Dictionary(grouping: devices) { $0.kind }.sorted { $0.key < $1.key }
            .map { "\($0.key) (\($0.value.count))" }
    }

    private func safety(_ words: RegisterWords) -> [String] {
        let rules = home.rules.rules.count
        return [
            words.say("readings of devices: ", "lectures des appareils : ")
                + (home.home.devices.isEmpty
                    ? "–" : kinds(home.home.devices).joined(separator: ", ")),
            Noun.alertRule.counted(rules, isFrench: words.isFrench),
        ]
    }

    private func traces(_ words: RegisterWords) -> [String] {
        let personal = home.home.devices.filter { device in
            home.home.residences.flatMap(\.rooms).first { $0.id == device.room }?.person != nil
                || device.person != nil
        }
        return [
            words.say("uses of devices, by time", "usages des appareils, datés"),
            words.say(
                "devices of a person or of a private room: \(personal.count) of \(home.home.devices.count)",
                "appareils d'une personne ou d'une pièce à soi : \(personal.count) sur \(home.home.devices.count)"
            ),
        ]
    }

    private func study(
        _ words: RegisterWords, _ study: StudyProtocol, number: Int
    ) -> [String] {
        [
            "## \(number). " + words.say("Study: ", "Étude : ") + words.text(study.title),
            words.list([
                words.say("Purpose: ", "Finalité : ") + words.text(study.question),
                words.say("Legal basis: ", "Base légale : ")
                    + words.say(
                        "consent to study/\(study.id), besides any other",
                        "consentement à study/\(study.id), distinct des autres"),
                words.say("In law: ", "Qualification : ") + words.text(study.legal.title)
                    + words.say(", ethics opinion: ", ", avis éthique : ")
                    + words.text(study.ethics.opinion.title),
                words.say("Data: ", "Données : ")
                    + study.variables.map { "\(words.text($0.title)) (\($0.measure))" }
                    .joined(separator: words.then),
                words.say("Recipients: ", "Destinataires : ")
                    + study.investigators.map(\.name).joined(separator: words.then),
                words.say("Time: ", "Période : ") + "\(study.from.text) – \(study.until.text)",
                words.say("Kept until ", "Conservé jusqu'au ") + study.keepUntil.text + ", "
                    + (study.disposal == .erase
                        ? words.say("then erased", "puis effacé")
                        : words.say("then anonymised", "puis anonymisé")),
                words.say(
                    "Pseudonyms by a key of the study's own; dates moved: \(study.shiftsDates ? "yes" : "no"); aggregates over \(study.smallCells) people at the least",
                    "Pseudonymes par une clé propre à l'étude ; dates décalées : \(study.shiftsDates ? "oui" : "non") ; agrégats sur \(study.smallCells) personnes au moins"
                ),
            ]),
        ]
    }

    // MARK: The annex

    private func annex(_ words: RegisterWords) -> [String] {
        let exceptions = home.home.devices.filter { $0.exceptionEnds != nil }
        return [
            "# " + words.say("Annex for the impact assessment", "Annexe à l'analyse d'impact"),
            words.say(
                "Vulnerable people are observed where they live, continuously: an assessment is due (article 35, 3; WP 248).",
                "Des personnes vulnérables sont observées chez elles, en continu : une analyse est requise (article 35, 3 ; WP 248)."
            ),
            "## " + words.say("Necessity", "Nécessité"),
            words.list(
                home.home.residences.map { residence in
                    let devices = home.home.devices.filter { $0.residence == residence.id }
                    return
                        words.text(residence.title) + words.say(": ", " : ")
                        + Noun.person.counted(residence.people.count, isFrench: words.isFrench)
                        + ", " + (devices.isEmpty ? "–" : kinds(devices).joined(separator: ", "))
                } + [
                    exceptions.isEmpty
                        ? words.say(
                            "No camera and no microphone in a private room.",
                            "Ni caméra ni micro dans une pièce privée.")
                        : words.say(
                            "Exceptions for a camera or microphone in a private room: ",
                            "Exceptions pour une caméra ou un micro dans une pièce privée : ")
                            + exceptions.map(\.id.rawValue).joined(separator: ", ")
                ]),
            "## " + words.say("Risks and what stands against them", "Risques et mesures"),
            words.table(
                [words.say("risk", "risque"), words.say("measure", "mesure")],
                [
                    [
                        words.say("A person's no is overlooked", "Un refus n'est pas respecté"),
                        words.say(
                            "obeyed where readings enter: what no purpose allows is not stored; a no wins over any yes of others",
                            "appliqué à l'entrée : ce qu'aucune finalité n'autorise n'est pas enregistré ; le refus de la personne l'emporte"
                        ),
                    ],
                    [
                        words.say("A stolen copy tells names", "Une copie volée révèle des noms"),
                        words.say(
                            "the journal has opaque identifiers; names lie in a vault, sealed by AES-GCM",
                            "le journal n'a que des identifiants opaques ; les noms sont dans un coffre chiffré (AES-GCM)"
                        ),
                    ],
                    [
                        words.say("Somebody looks without need", "Consultation sans nécessité"),
                        words.say(
                            "accounts and roles; each look is written down, and told to the person",
                            "comptes et rôles ; chaque consultation est notée et dite à la personne"
                        ),
                    ],
                    [
                        words.say("An alert stays unanswered", "Une alerte reste sans réponse"),
                        words.say(
                            "acknowledged means stored; escalation until somebody answers; the hub says when it is blind",
                            "acquitté veut dire enregistré ; escalade jusqu'à une réponse ; le système dit quand il est aveugle"
                        ),
                    ],
                    [
                        words.say(
                            "Traces of a study name a person",
                            "Les traces d'une étude désignent une personne"),
                        words.say(
                            "pseudonyms, small cells, k-anonymity told; patterns of exact times still name people: docs/studies.md",
                            "pseudonymes, petits effectifs, k-anonymat indiqué ; des horaires exacts désignent quand même : docs/studies.md"
                        ),
                    ],
                ]),
            words.list([
                words.say("▢ Residual risk and decision:", "▢ Risque résiduel et décision :"),
                words.say(
                    "▢ What residents and their representatives say of it (article 35, 9):",
                    "▢ Avis des habitants et de leurs représentants (article 35, 9) :"),
            ]),
        ]
    }
}

private struct RegisterWords {
    let isFrench: Bool

    func say(_ english: String, _ french: String) -> String { isFrench ? french : english }
    /// Between the parts of a list.
    var then: String { isFrench ? " ; " : "; " }
    /// One line, so that what stands in a file cannot make a heading or a cell of its own.
    func text(_ text: LocalizedText) -> String { line(isFrench ? text.french : text.english) }
    private func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
            .replacingOccurrences(of: "|", with: "/")
    }
    func list(_ lines: [String]) -> String {
        lines.map { "- " + line($0) }.joined(separator: "\n")
    }
    func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows)
            .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
