/// What things and places are called in French.
extension SentenceFrench {
    /// `la porte d'entrée`, `une porte`, `sa tablette`.
    ///
    /// - Parameter usual: the kind that is meant where the rule names none.
    func thing(_ fact: Fact, usual: String? = nil) -> FrenchNoun {
        let things = fact.things
        if things == known {
            var noun = SentenceFrench(scope: scope).thing(fact)
            noun.text = (noun.isFeminine ? "elle" : "il") + (noun.isPlural ? "s" : "")
            noun.none = nil
            return noun
        }
        switch things.name {
        case .titles(let titles):
            // A sensor's title says what it sees; what it is, its kind says.
            if titles.count == 1, let kind = things.kind, SentenceEnglish.sensors.contains(kind) {
                var noun = FrenchWords.definite(FrenchWords.kind(kind))
                noun.text += ofRoom(fact)
                return noun
            }
            return Self.list(titles.map { FrenchWords.titled($0.french, else: "l'appareil") })
        case .names(let names):
            if let kind = things.kind, names.count == 1, FrenchWords.kinds[kind] != nil {
                return FrenchWords.definite(FrenchWords.kind(kind))
            }
            return Self.list(
                names.map { name in
                    FrenchWords.kinds[name] != nil
                        ? FrenchWords.definite(FrenchWords.kind(name))
                        : FrenchNoun(text: "l'appareil « \(FrenchWords.plain(name)) »")
                })
        case .own(let kinds):
            return Self.list(
                (kinds.isEmpty ? [usual ?? "device"] : kinds).map {
                    FrenchWords.possessive(FrenchWords.kind($0))
                })
        case .kinds(let kinds, let labels):
            let given = kinds.isEmpty ? [usual ?? "device"] : kinds
            var noun = Self.list(
                given.map { kind in
                    var noun = FrenchWords.kind(kind)
                    if labels.contains("outside"), kind != "front_door" {
                        noun.text += noun.isFeminine ? " extérieure" : " extérieur"
                    }
                    return FrenchWords.indefinite(noun)
                })
            let marks = labels.filter { $0 != "outside" }.map { "« \(FrenchWords.plain($0)) »" }
            if !marks.isEmpty {
                noun.text +=
                    (noun.isFeminine ? " marquée " : " marqué ")
                    + marks.joined(separator: " et ")
            }
            if case .rooms = things.place { noun.text += " " + place(fact) }
            return noun
        }
    }

    private static func list(_ nouns: [FrenchNoun]) -> FrenchNoun {
        guard let first = nouns.first else { return FrenchNoun(text: "un appareil") }
        let none = nouns.compactMap(\.none)
        return FrenchNoun(
            text: FrenchWords.list(nouns.map(\.text)), isFeminine: nouns.allSatisfy(\.isFeminine),
            isPlural: nouns.count == 1 && first.isPlural,
            none: none.count == nouns.count ? none.joined(separator: " ni ") : nil)
    }

    /// `dans la cuisine`, `à l'intérieur`, `dans sa chambre`; empty where it is said elsewhere.
    func place(_ fact: Fact) -> String {
        switch fact.things.place {
        case .none: return ""
        case .inside: return scope == .room ? "ailleurs dans le logement" : "à l'intérieur"
        case .rooms(let rooms):
            let names = rooms.map { name -> String in
                if name.kind == "outside", name.title == nil { return "dehors" }
                let noun = Self.noun(of: name)
                return (FrenchWords.onRooms.contains(name.kind) ? "sur " : "dans ") + noun.text
            }
            return FrenchWords.list(names)
        case .own(let isBedroom): return isBedroom ? "dans sa chambre" : "chez elle"
        }
    }

    private static func noun(of room: RoomName) -> FrenchNoun {
        if let title = room.title {
            return FrenchWords.titled(title.french, else: "la pièce")
        }
        if let noun = FrenchWords.rooms[room.kind] {
            return FrenchWords.definite(FrenchWords.noun(noun))
        }
        return FrenchNoun(text: "la pièce « \(FrenchWords.plain(room.kind)) »", isFeminine: true)
    }

    /// `de la cuisine`, with a blank before it; empty where it is said elsewhere.
    func ofRoom(_ fact: Fact) -> String {
        guard case .rooms(let rooms) = fact.things.place else { return room(fact) }
        return " " + FrenchWords.list(rooms.map { FrenchWords.of(Self.noun(of: $0).text) })
    }

    /// A place, where it adds something: with a blank before it.
    func room(_ fact: Fact) -> String {
        switch fact.things.place {
        case .none, .inside: ""
        case .rooms, .own: " " + place(fact)
        }
    }
}

/// French words and how they are put together.
enum FrenchWords {
    /// Kinds of devices.
    static let kinds: [String: String] = [
        "door": "porte", "front_door": "porte d'entrée", "window": "fenêtre",
        "fridge": "réfrigérateur", "freezer": "congélateur", "cupboard": "placard",
        "call_button": "bouton d'appel", "sos": "bouton d'alarme", "button": "bouton",
        "pull_cord": "tirette d'appel", "bed": "lit", "smoke": "détecteur de fumée",
        "leak": "détecteur d'eau", "gas": "détecteur de gaz",
        "co": "détecteur de monoxyde de carbone", "fall": "détecteur de chute",
        "motion": "détecteur de mouvement", "presence": "détecteur de présence",
        "switch": "interrupteur", "light": "lampe", "plug": "prise",
        "vibration": "détecteur de vibration", "lock": "serrure", "tag_reader": "lecteur de badges",
        "stove": "cuisinière", "oven": "four", "television": "télévision",
        "climate": "thermomètre", "tablet": "tablette", "medication": "pilulier",
        "kettle": "bouilloire", "coffee_maker": "cafetière",
        "washing_machine": "machine à laver", "watch": "montre", "chair": "fauteuil",
        "mat": "tapis", "heater": "radiateur", "doorbell": "sonnette",
        "communicator": "aide à la communication", "appliance": "appareil", "device": "appareil",
        "seizure": "détecteur de crise", "tracker": "balise", "enuresis": "détecteur d'énurésie",
        "schedule": "emploi du temps en images", "voice": "assistant vocal", "shutter": "volet",
        "remote": "télécommande",
    ]

    /// Kinds of rooms.
    static let rooms: [String: String] = [
        "hall": "entrée", "kitchen": "cuisine", "bedroom": "chambre",
        "bathroom": "salle de bains", "living_room": "séjour", "toilet": "toilettes",
        "corridor": "couloir", "dining_room": "salle à manger", "office": "bureau",
        "laundry": "buanderie", "balcony": "balcon", "terrace": "terrasse", "garden": "jardin",
        "garage": "garage", "cellar": "cave", "stairs": "escalier", "landing": "palier",
        "shower": "douche", "outside": "jardin",
    ]

    static let onRooms: Set = ["balcony", "terrace", "landing"]

    /// Words whose gender the ending does not tell, by the first word of a name.
    private static let feminine: Set = [
        "porte", "fenêtre", "baie", "armoire", "tirette", "cuisinière", "plaque", "plaques",
        "télévision", "télé", "tablette", "prise", "lampe", "lumière", "serrure", "chambre",
        "cuisine", "entrée", "salle", "toilettes", "terrasse", "cave", "buanderie", "véranda",
        "cafetière", "bouilloire", "machine", "montre", "enceinte", "passerelle", "hotte",
        "douche", "baignoire", "alarme", "sonnette", "boîte", "pile", "maison", "pièce", "aide",
        "balise", "température", "vanne", "radio", "barrière", "poignée", "couverture", "chaise",
        "mezzanine", "bibliothèque", "cour", "veilleuse", "ceinture", "caméra", "horloge",
    ]
    private static let masculine: Set = [
        "portail", "réfrigérateur", "frigo", "congélateur", "placard", "tiroir", "lit", "bouton",
        "four", "téléviseur", "pilulier", "détecteur", "capteur", "radar", "séjour", "salon",
        "couloir", "wc", "bureau", "jardin", "balcon", "garage", "cellier", "palier", "escalier",
        "bracelet", "médaillon", "téléphone", "tapis", "fauteuil", "canapé", "radiateur",
        "thermomètre", "appareil", "ordinateur", "badge", "lecteur", "robinet", "volet", "studio",
        "appartement", "logement", "interrupteur", "micro-ondes", "hall", "atelier", "dressing",
        "matelas", "oreiller", "compteur", "lave-linge", "lave-vaisselle", "chauffage",
    ]
    private static let plurals: Set = ["toilettes", "wc", "plaques"]
    /// An h that no vowel is dropped before.
    private static let aspirated: Set = ["hall", "hotte", "haut", "huit"]

    /// A noun without an article, with the gender of its first word.
    static func noun(_ text: String) -> FrenchNoun {
        let head = head(of: text)
        return FrenchNoun(
            text: text, isFeminine: feminine.contains(head), isPlural: plurals.contains(head))
    }

    private static func head(of text: String) -> String {
        text.split { $0 == " " || $0 == "'" || $0 == "’" }.first?.lowercased() ?? ""
    }

    static func kind(_ kind: String) -> FrenchNoun {
        kinds[kind].map(noun) ?? FrenchNoun(text: "appareil « \(plain(kind)) »")
    }

    /// A title within a sentence; in quotes after `fallback` where its first word's gender is not known.
    static func titled(_ title: String, else fallback: String) -> FrenchNoun {
        let head = head(of: title)
        guard feminine.contains(head) || masculine.contains(head) else {
            return FrenchNoun(
                text: "\(fallback) « \(title) »", isFeminine: fallback.hasPrefix("la "))
        }
        let isAcronym = title.prefix(2) == title.prefix(2).uppercased()
        return definite(noun(isAcronym ? title : title.prefix(1).lowercased() + title.dropFirst()))
    }

    static func definite(_ noun: FrenchNoun) -> FrenchNoun {
        var result = noun
        result.text =
            noun.isPlural
            ? "les " + noun.text
            : isElided(noun.text)
                ? "l'" + noun.text : (noun.isFeminine ? "la " : "le ") + noun.text
        return result
    }

    static func indefinite(_ noun: FrenchNoun) -> FrenchNoun {
        var result = noun
        result.text = (noun.isPlural ? "des " : noun.isFeminine ? "une " : "un ") + noun.text
        result.none = (noun.isFeminine ? "aucune " : "aucun ") + noun.text
        return result
    }

    static func possessive(_ noun: FrenchNoun) -> FrenchNoun {
        var result = noun
        let isHer = noun.isFeminine && !isElided(noun.text)
        result.text = (noun.isPlural ? "ses " : isHer ? "sa " : "son ") + noun.text
        return result
    }

    /// Whether a word before it loses its vowel.
    static func isElided(_ text: String) -> Bool {
        guard let first = text.first?.lowercased() else { return false }
        if first == "h" { return !aspirated.contains(head(of: text)) }
        return "aeiouyàâéèêëîïôöùûüœæ".contains(first) && !text.hasPrefix("onze")
            && !text.hasPrefix("yaourt")
    }

    /// A word before others, with its vowel dropped where it must be: `qu'une`, `s'il`, `n'est`.
    static func joined(_ word: String, _ text: String) -> String {
        let last = word.split(separator: " ").last ?? ""
        switch last {
        case "si" where text.hasPrefix("il ") || text.hasPrefix("ils "):
            return word.dropLast() + "'" + text
        case "que" where isElided(text), "ne" where isElided(text), "de" where isElided(text):
            return word.dropLast() + "'" + text
        default:
            return word + " " + text
        }
    }

    /// `de` before each of a list of things: `d'une porte ou d'une fenêtre`.
    static func ofEach(_ text: String) -> String {
        let parts = pieces(text)
        guard parts.count > 1 else { return of(text) }
        return parts.dropLast().map(of).joined(separator: ", ") + " ou " + of(parts.last ?? "")
    }

    /// The things of a list, by the articles that they begin with; the whole where it is none.
    private static func pieces(_ text: String) -> [String] {
        let articles = ["un ", "une ", "le ", "la ", "l'", "les ", "son ", "sa "]
        var parts: [String] = []
        var rest = text[...]
        while let (part, after) = cut(rest, before: articles) {
            parts.append(String(part))
            rest = after
        }
        return parts + [String(rest)]
    }

    private static func cut(
        _ text: Substring, before articles: [String]
    ) -> (Substring, Substring)? {
        var best: (Substring, Substring)?
        for link in [", ", " ou "] {
            var start = text.startIndex
            while start < text.endIndex {
                let rest = text[start...]
                if rest.hasPrefix(link) {
                    let after = rest.dropFirst(link.count)
                    let isThing = articles.contains(where: after.hasPrefix)
                    if isThing, best.map({ start < $0.0.endIndex }) ?? true {
                        best = (text[..<start], after)
                    }
                }
                start = text.index(after: start)
            }
        }
        return best
    }

    /// `de`, with the article after it: `du séjour`, `des toilettes`, `de l'entrée`, `d'une porte`.
    static func of(_ text: String) -> String {
        if text.hasPrefix("le ") { return "du " + text.dropFirst(3) }
        if text.hasPrefix("les ") { return "des " + text.dropFirst(4) }
        if text.hasPrefix("des ") { return "de " + text.dropFirst(4) }
        return joined("de", text)
    }

    /// `à`, with the article after it: `au technicien`, `à l'équipe`.
    static func to(_ text: String) -> String {
        if text.hasPrefix("le ") { return "au " + text.dropFirst(3) }
        if text.hasPrefix("les ") { return "aux " + text.dropFirst(4) }
        return "à " + text
    }

    /// A name with blanks instead of its signs.
    static func plain(_ name: String) -> String {
        String(name.map { "_-.".contains($0) ? " " : $0 }).trimmed
    }

    static func list(_ words: [String]) -> String {
        var different: [String] = []
        for word in words where !different.contains(word) { different.append(word) }
        guard let last = different.last, different.count > 1 else { return different.first ?? "" }
        return different.dropLast().joined(separator: ", ") + " ou " + last
    }

    static func press(_ word: String) -> String {
        switch word {
        case "single", "press", "pressed": "une fois"
        case "double": "deux fois de suite"
        case "triple": "trois fois de suite"
        case "hold", "long": "longtemps"
        case "release", "released": "puis relâche"
        default: "(« \(plain(word)) »)"
        }
    }
}
