/// Rules that no file holds: what the hub itself watches for. Their alerts live, escalate and read like all others.
public enum BuiltInRule: String, Hashable, Sendable, CaseIterable {
    /// The link to the broker is down.
    case brokerLink = "hub-broker-link"
    /// A way out to people fails.
    case channel = "hub-channel"
    /// A device is announced no more.
    case deviceGone = "device-gone"
    /// The bridge that devices hang on is away.
    case bridgeAway = "bridge-away"
    /// A shift began, and nobody has taken over.
    case handover = "handover"
    /// The chain is tried out.
    case drill = "drill"
    /// A person called for help from their own page.
    case ownCall = "own-call"

    /// Its name, beside those of rule files; a rule file may not use it.
    public var id: RuleID { RuleID(rawValue: rawValue) }

    /// The built-in rule of this name; nil where there is none.
    public init?(id: RuleID) { self.init(rawValue: id.rawValue) }

    /// How much its alerts matter; those of a bridge that nothing for safety hangs on are `medium`.
    public var priority: Priority {
        switch self {
        case .brokerLink, .channel, .bridgeAway: .high
        case .handover, .drill, .deviceGone: .medium
        case .ownCall: .critical
        }
    }

    /// A short heading.
    public var title: LocalizedText {
        switch self {
        case .brokerLink:
            LocalizedText(
                english: "No link to the broker: no device is heard",
                french: "Plus de lien avec le broker : aucun appareil n'est entendu")
        case .channel:
            LocalizedText(
                english: "A way to reach staff fails",
                french: "Un moyen de joindre l'équipe est en panne")
        case .deviceGone:
            LocalizedText(
                english: "A device is gone: its bridge knows it no more",
                french: "Un appareil a disparu : sa passerelle ne le connaît plus")
        case .bridgeAway:
            LocalizedText(
                english: "A bridge is away: no device behind it is heard",
                french: "Une passerelle est absente : aucun appareil derrière elle n'est entendu")
        case .handover:
            LocalizedText(
                english: "Nobody has taken over the shift",
                french: "Personne n'a pris la relève")
        case .drill:
            LocalizedText(
                english: "Drill: this is a test", french: "Exercice : ceci est un essai")
        case .ownCall:
            LocalizedText(
                english: "The person calls for help", french: "La personne appelle à l'aide")
        }
    }

    /// What staff should do.
    public var instruction: LocalizedText {
        switch self {
        case .brokerLink:
            LocalizedText(
                english: "Until it is back, look in yourself. Tell the installer.",
                french: "En attendant le retour, passer voir. Prévenir l'installateur.")
        case .channel:
            LocalizedText(
                english: "Keep the page open. Tell the installer.",
                french: "Garder la page ouverte. Prévenir l'installateur.")
        case .deviceGone:
            LocalizedText(
                english: "It is not heard. Look in yourself, and tell the installer.",
                french: "Il n'est plus entendu. Passer voir, et prévenir l'installateur.")
        case .bridgeAway:
            LocalizedText(
                english:
                    "Until it is back, look in yourself: calls behind it do not arrive. See whether it has power; tell the installer.",
                french:
                    "En attendant, passer voir : les appels derrière elle n'arrivent pas. Vérifier son alimentation ; prévenir l'installateur."
            )
        case .handover:
            LocalizedText(
                english: "Read what is open, and accept the handover.",
                french: "Lire ce qui est en cours, et accepter la relève.")
        case .drill:
            LocalizedText(
                english: "Nobody needs help. Say \"I am going\": then we know that it reaches you.",
                french:
                    "Personne n'a besoin d'aide. Dire « J'y vais » : on sait alors que ça arrive."
            )
        case .ownCall:
            LocalizedText(
                english: "Go to the person now. \"I am going\" shows on their page that you come.",
                french:
                    "Aller voir la personne maintenant. « J'y vais » s'affiche sur sa page : vous arrivez."
            )
        }
    }

    /// The rule as alerts are shown by it. Nothing triggers it but the hub.
    public var rule: Rule {
        Rule(
            id: id, priority: priority, title: title, instruction: instruction,
            trigger: .event(.any([])))
    }
}

extension Plan {
    /// A rule by its name: one of the rule files', or a built-in one; nil where there is none.
    public func rule(_ id: RuleID) -> Rule? {
        rules.first { $0.id == id } ?? BuiltInRule(id: id)?.rule
    }
}

extension Plan {
    /// What a rule says of the life of its alerts.
    public func alertTraits(_ rule: RuleID) -> AlertTraits {
        traits[rule] ?? AlertTraits(builtIn: rule)
    }
}
