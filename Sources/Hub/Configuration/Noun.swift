/// What is counted in texts, with the form that a number asks for in both languages: "1 reading", "2 readings"; "0 lecture",
/// "2 lectures".
public enum Noun: Sendable, CaseIterable {
    case account, alert, alertRule, announcement, annotation, answer, byte, day, device, episode,
        event, file
    case interruption, line, message, note, notice, person, reading, resident, residence, row, text
    case use, vaultRow, week

    private var forms: (one: String, many: String, un: String, des: String) {
        switch self {
        case .account: ("account", "accounts", "compte", "comptes")
        case .alert: ("alert", "alerts", "alerte", "alertes")
        case .alertRule: ("alert rule", "alert rules", "règle d'alerte", "règles d'alerte")
        case .announcement:
            (
                "announcement or message", "announcements and messages", "annonce ou message",
                "annonces et messages"
            )
        case .annotation: ("annotation", "annotations", "annotation", "annotations")
        case .answer: ("answer", "answers", "réponse", "réponses")
        case .byte: ("byte", "bytes", "octet", "octets")
        case .day: ("day", "days", "jour", "jours")
        case .device: ("device", "devices", "appareil", "appareils")
        case .episode: ("episode", "episodes", "épisode", "épisodes")
        case .event: ("event", "events", "événement", "événements")
        case .file: ("file", "files", "fichier", "fichiers")
        case .interruption:
            (
                "short interruption", "short interruptions", "interruption courte",
                "interruptions courtes"
            )
        case .line: ("line", "lines", "ligne", "lignes")
        case .message: ("message", "messages", "message", "messages")
        case .note: ("note", "notes", "note", "notes")
        case .notice: ("notice", "notices", "avis", "avis")
        case .person: ("person", "people", "personne", "personnes")
        case .reading: ("reading", "readings", "lecture", "lectures")
        case .resident: ("resident", "residents", "habitant", "habitants")
        case .residence: ("residence", "residences", "résidence", "résidences")
        case .row: ("row", "rows", "ligne", "lignes")
        case .text: ("text", "texts", "texte", "textes")
        case .use: ("use", "uses", "usage", "usages")
        case .vaultRow:
            ("row of the vault", "rows of the vault", "ligne du coffre", "lignes du coffre")
        case .week: ("week", "weeks", "semaine", "semaines")
        }
    }

    /// A number with its noun. French has the singular up to 1, English of 1 alone.
    public func counted(_ count: Int, isFrench: Bool) -> String {
        isFrench
            ? "\(count) \(count < 2 ? forms.un : forms.des)"
            : "\(count) \(count == 1 ? forms.one : forms.many)"
    }
}
