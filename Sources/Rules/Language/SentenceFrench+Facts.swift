/// A French verb in the third person, with what it needs.
struct FrenchVerb {
    var singular: String
    var plural: String
    /// What follows it; `·` stands where an adjective agrees: `ouvert·`.
    var rest: String
    /// What follows it where it is denied, where that differs: `de crise`.
    var restDenied: String?

    init(_ singular: String, _ plural: String, _ rest: String = "", denied: String? = nil) {
        self.singular = singular
        self.plural = plural
        self.rest = rest
        restDenied = denied
    }

    static func be(_ rest: String) -> FrenchVerb { FrenchVerb("est", "sont", rest) }

    /// `la porte s'ouvre`, `elle n'appuie pas`, `plus personne ne bouge`.
    ///
    /// - Parameter isNone: whether "a door does not" means that none does.
    func text(
        _ subject: FrenchNoun, _ polarity: Clause.Polarity, isNone: Bool = false
    ) -> String {
        let verb = subject.isPlural ? plural : singular
        let words = polarity.isNegative ? (restDenied ?? rest) : rest
        let end = words.isEmpty ? "" : " " + agreed(words, subject)
        guard polarity.isNegative else { return "\(subject.text) \(verb)\(end)" }
        let denied = FrenchWords.joined("ne", verb)
        if isNone, let none = subject.none {
            return "\(polarity == .noMore ? "plus " : "")\(none) \(denied)\(end)"
        }
        if subject.text == "quelqu'un" {
            return "\(polarity == .noMore ? "plus " : "")personne \(denied)\(end)"
        }
        return "\(subject.text) \(denied) \(polarity == .noMore ? "plus" : "pas")\(end)"
    }

    private func agreed(_ words: String, _ subject: FrenchNoun) -> String {
        let ending = (subject.isFeminine ? "e" : "") + (subject.isPlural ? "s" : "")
        return words.split(separator: "·", omittingEmptySubsequences: false)
            .joined(separator: ending)
    }
}

/// Something with its article, and how words agree with it.
struct FrenchNoun: Hashable {
    var text: String
    var isFeminine = false
    var isPlural = false
    /// `aucune porte`, where it is any of a kind.
    var none: String?

    static let somebody = FrenchNoun(text: "quelqu'un")
    static let she = FrenchNoun(text: "elle", isFeminine: true)
}

/// Facts in French: what each kind of reading means to people.
extension SentenceFrench {
    func fact(
        _ fact: Fact, _ aspect: Clause.Aspect, _ polarity: Clause.Polarity
    ) -> String {
        switch fact.meaning {
        case .state(let capability, let flag):
            return state(capability, flag, fact, aspect, polarity)
        case .changes(let capability):
            let isNumber = Vocabulary.entry(capability.rawValue)?.type == .number
            return FrenchVerb("change", "changent").text(
                isNumber ? quantity(fact) : thing(fact), polarity)
        case .words(let capability, let words):
            return said(capability, words, fact, polarity)
        case .number(let capability, let comparison, let limit):
            return number(capability, comparison, limit, fact, aspect, polarity)
        case .numbers(let capability, let numbers):
            let list = FrenchWords.list(
                numbers.map { FrenchWords.number($0) + SentenceUnits.unit(capability) })
            return FrenchVerb.be("de \(list)").text(quantity(fact), polarity)
        case .batteryLow:
            return FrenchVerb.be("presque vide").text(part("la pile", of: fact), polarity)
        case .clockOff(let seconds):
            let off = FrenchWords.duration(.milliseconds(Int64(seconds * 1000)))
            return FrenchVerb("se trompe", "se trompent", "de plus \(FrenchWords.of(off))").text(
                part("l'horloge", of: fact), polarity)
        case .heard:
            return FrenchVerb(
                "donne", "donnent", "signe de vie", denied: "signe de vie"
            ).text(thing(fact), polarity, isNone: isNone(fact))
        case .silence:
            return FrenchVerb("donne", "donnent", "signe de vie")
                .text(thing(fact), polarity.isNegative ? .yes : .no)
        }
    }

    /// Whether "a door does not" means that none does: not where the rule is about one device each.
    private func isNone(_ fact: Fact) -> Bool { scope != .device && !fact.things.isDefinite }

    /// Who does it: the person, where the rule is about each person's own things.
    private func somebody(_ fact: Fact) -> FrenchNoun {
        if case .own = fact.things.name { return .she }
        return .somebody
    }

    /// `la pile du détecteur`.
    private func part(_ part: String, of fact: Fact) -> FrenchNoun {
        FrenchNoun(text: "\(part) \(FrenchWords.ofEach(thing(fact).text))", isFeminine: true)
    }

    // MARK: Yes and no

    private func state(
        _ capability: Capability, _ flag: Bool, _ fact: Fact, _ aspect: Clause.Aspect,
        _ polarity: Clause.Polarity
    ) -> String {
        let isEvent = aspect == .happens
        switch capability {
        case "contact.open":
            guard isEvent else {
                return FrenchVerb.be(flag ? "ouvert·" : "fermé·").text(
                    thing(fact), polarity, isNone: isNone(fact))
            }
            let verb =
                flag ? FrenchVerb("s'ouvre", "s'ouvrent") : FrenchVerb("se ferme", "se ferment")
            return verb.text(thing(fact), polarity, isNone: isNone(fact))
        case "switch.on":
            guard isEvent else {
                return FrenchVerb.be(flag ? "allumé·" : "éteint·").text(
                    thing(fact), polarity, isNone: isNone(fact))
            }
            let verb =
                flag
                ? FrenchVerb("s'allume", "s'allument") : FrenchVerb("s'éteint", "s'éteignent")
            return verb.text(thing(fact), polarity, isNone: isNone(fact))
        case "lock.locked":
            guard isEvent else {
                return FrenchVerb.be(flag ? "verrouillé·" : "déverrouillé·").text(
                    thing(fact), polarity, isNone: isNone(fact))
            }
            let verb =
                flag
                ? FrenchVerb("se verrouille", "se verrouillent")
                : FrenchVerb("se déverrouille", "se déverrouillent")
            return verb.text(thing(fact), polarity, isNone: isNone(fact))
        case "bed.occupied" where !flag && !isEvent && somebody(fact) == .she:
            return FrenchVerb.be("hors du lit").text(.she, polarity)
        case "bed.occupied" where isEvent:
            let verb =
                flag ? FrenchVerb("se couche", "se couchent") : FrenchVerb("se lève", "se lèvent")
            return verb.text(somebody(fact), polarity)
        default:
            // "Does not" said of a no is a yes.
            let said: Clause.Polarity =
                flag ? polarity : polarity == .yes ? (isEvent ? .noMore : .no) : .yes
            return positive(capability, fact, isEvent, said)
        }
    }

    private func positive(
        _ capability: Capability, _ fact: Fact, _ isEvent: Bool, _ polarity: Clause.Polarity
    ) -> String {
        let who = somebody(fact)
        func thereIs(_ noun: String, _ bare: String) -> String {
            switch polarity {
            case .yes: "il y a \(noun)\(room(fact))"
            case .no: "il n'y a pas \(bare)\(room(fact))"
            case .noMore: "il n'y a plus \(bare)\(room(fact))"
            }
        }
        switch capability {
        case "presence.motion":
            return FrenchVerb("bouge", "bougent", place(fact)).text(who, polarity)
        case "presence.occupied":
            let there = place(fact)
            return isEvent && polarity == .yes
                ? FrenchVerb("arrive", "arrivent", there).text(who, polarity)
                : FrenchVerb.be(there.isEmpty ? "là" : there).text(who, polarity)
        case "bed.occupied": return FrenchVerb.be("au lit").text(who, polarity)
        case "alarm.smoke": return thereIs("de la fumée", "de fumée")
        case "alarm.water": return thereIs("de l'eau par terre", "d'eau par terre")
        case "alarm.gas": return thereIs("du gaz", "de gaz")
        case "alarm.heat":
            return FrenchVerb.be("trop chaud·").text(thing(fact, usual: "stove"), polarity)
        case "alarm.co": return thereIs("du monoxyde de carbone", "de monoxyde de carbone")
        case "alarm.enuresis":
            let bed = FrenchNoun(text: who == .she ? "son lit" : "le lit")
            return FrenchVerb.be("mouillé·").text(bed, polarity)
        case "alarm.tamper":
            return FrenchVerb.be("démonté· ou ouvert·").text(thing(fact), polarity)
        case "alarm.sos":
            let button = thing(fact, usual: "call_button").text
            return FrenchVerb("appuie", "appuient", "sur \(button)").text(who, polarity)
        case "alarm.fall":
            if case .own = fact.things.place {
                return FrenchVerb("tombe", "tombent").text(who, polarity)
            }
            return FrenchVerb("tombe", "tombent", room(fact).trimmed).text(who, polarity)
        case "alarm.seizure":
            return FrenchVerb("fait", "font", "une crise", denied: "de crise").text(who, polarity)
        case "device.online": return FrenchVerb("répond", "répondent").text(thing(fact), polarity)
        case "bridge.online":
            return FrenchVerb("marche", "marchent").text(part("la radio", of: fact), polarity)
        case "device.battery_low":
            return FrenchVerb.be("presque vide").text(part("la pile", of: fact), polarity)
        case "vibration.active":
            return FrenchVerb("bouge", "bougent").text(thing(fact), polarity)
        default:
            return FrenchVerb("dit", "disent", "« \(FrenchWords.plain(capability.rawValue)) »")
                .text(thing(fact), polarity)
        }
    }

    // MARK: Words

    private func said(
        _ capability: Capability, _ words: [String], _ fact: Fact, _ polarity: Clause.Polarity
    ) -> String {
        let who = somebody(fact)
        let quoted = FrenchWords.list(words.map { "« \($0) »" })
        let hasNone = words.isEmpty
        func says(_ singular: String, _ plural: String, _ rest: String, denied: String? = nil)
            -> String
        {
            FrenchVerb(singular, plural, rest.trimmed, denied: denied?.trimmed).text(who, polarity)
        }
        func uses(_ noun: String, _ usual: String) -> String {
            let on = thing(fact, usual: usual).text
            return says("utilise", "utilisent", hasNone ? on : "\(noun) \(quoted) sur \(on)")
        }
        switch capability {
        case "button.press":
            let how = FrenchWords.list(words.map(FrenchWords.press).filter { !$0.isEmpty })
            return says(
                "appuie", "appuient", "sur \(thing(fact, usual: "call_button").text) \(how)")
        case "button.id": return says("appuie", "appuient", "sur le bouton \(quoted)")
        case "access.tag":
            let reader = FrenchWords.to(thing(fact, usual: "tag_reader").text)
            return says(
                "présente", "présentent",
                "\(hasNone ? "un badge" : "le badge \(quoted)") \(reader)",
                denied: hasNone ? "de badge \(reader)" : nil)
        case "remote.code":
            return says(
                "utilise", "utilisent", "une télécommande \(quoted)",
                denied: "de télécommande \(quoted)")
        case "control.source":
            let on = thing(fact, usual: "light")
            return words == ["automation"]
                ? FrenchVerb.be("commandé· par un automatisme").text(on, polarity)
                : says("commande", "commandent", on.text)
        case "location.transition":
            if words == ["enter"] { return says("arrive", "arrivent", "") }
            if words == ["leave"] { return says("part", "partent", "") }
            return says("arrive ou part", "arrivent ou partent", "")
        case "location.zone":
            let zone = hasNone ? "dans un lieu connu" : "dans le lieu \(quoted)"
            return FrenchVerb.be(words == ["home"] ? "à la maison" : zone).text(who, polarity)
        case "med.dose": return dose(words, fact, polarity)
        case "usage.app_session": return uses("l'application", "tablet")
        case "usage.symbol":
            let on = "sur \(thing(fact, usual: "tablet").text)"
            return says(
                "montre", "montrent", "\(hasNone ? "une image" : "l'image \(quoted)") \(on)",
                denied: hasNone ? "d'image \(on)" : nil)
        case "usage.schedule_step":
            return says(
                "fait", "font", "une étape de la journée \(quoted)",
                denied: "d'étape de la journée \(quoted)")
        case "usage.voice":
            return says("parle", "parlent", "avec \(thing(fact, usual: "tablet").text)")
        case "usage.appliance_session": return uses("le programme", "appliance")
        case "usage.support":
            let on = thing(fact, usual: "tablet").text
            let how =
                words == ["alone"] ? " sans aide" : words == ["helped"] ? " avec de l'aide" : ""
            return says("utilise", "utilisent", on + how)
        case "usage.prompt":
            return FrenchVerb(
                "rappelle", "rappellent", hasNone ? "quelque chose" : quoted,
                denied: hasNone ? "rien" : nil
            ).text(thing(fact, usual: "tablet"), polarity)
        default:
            return FrenchVerb(
                "dit", "disent", hasNone ? "quelque chose" : quoted,
                denied: hasNone ? "un mot" : nil
            ).text(thing(fact), polarity)
        }
    }

    private func dose(
        _ words: [String], _ fact: Fact, _ polarity: Clause.Polarity
    ) -> String {
        let who = somebody(fact)
        let box = thing(fact, usual: "medication")
        let medicine = who == .she ? "son médicament" : "le médicament"
        guard !words.isEmpty else {
            return FrenchVerb("utilise", "utilisent", box.text).text(who, polarity)
        }
        return words.map { word in
            switch word {
            case "dispensed":
                FrenchVerb("donne", "donnent", "une dose", denied: "de dose").text(box, polarity)
            case "taken": FrenchVerb("prend", "prennent", medicine).text(who, polarity)
            case "missed":
                FrenchVerb("manque", "manquent", "une dose", denied: "de dose").text(who, polarity)
            default: FrenchVerb("dit", "disent", "« \(word) »").text(box, polarity)
            }
        }.joined(separator: polarity.isNegative ? " et " : " ou ")
    }

    // MARK: Numbers

    private func number(
        _ capability: Capability, _ comparison: Fact.Comparison, _ limit: Double, _ fact: Fact,
        _ aspect: Clause.Aspect, _ polarity: Clause.Polarity
    ) -> String {
        let amount = FrenchWords.number(limit) + SentenceUnits.unit(capability)
        let isUp = comparison == .above || comparison == .atLeast
        let isEvent = aspect == .happens
        let bound =
            switch comparison {
            case .above: "plus de \(amount)"
            case .below: "moins de \(amount)"
            case .atLeast: "\(amount) ou plus"
            case .atMost: "\(amount) ou moins"
            }
        if capability == "power.active" {
            let verb =
                switch (isEvent, isUp) {
                case (true, true): FrenchVerb("s'allume", "s'allument", "(\(bound))")
                case (true, false): FrenchVerb("s'éteint", "s'éteignent", "(\(bound))")
                case (false, true): FrenchVerb.be("allumé· (\(bound))")
                case (false, false): FrenchVerb.be("éteint· (\(bound))")
                }
            return verb.text(thing(fact), polarity, isNone: isNone(fact))
        }
        if ["link.lqi", "link.rssi", "link.snr"].contains(capability) {
            return FrenchVerb.be(isUp ? "bonne" : "faible").text(
                part("la liaison radio", of: fact), polarity)
        }
        let verb =
            switch comparison {
            case .above where isEvent: FrenchVerb("passe", "passent", "au-dessus de \(amount)")
            case .below where isEvent: FrenchVerb("passe", "passent", "en dessous de \(amount)")
            case .above: FrenchVerb("dépasse", "dépassent", amount)
            case .below: FrenchVerb.be("en dessous de \(amount)")
            case .atLeast: FrenchVerb("atteint", "atteignent", bound)
            case .atMost where isEvent: FrenchVerb("descend", "descendent", "à \(bound)")
            case .atMost: FrenchVerb.be("de \(bound)")
            }
        return verb.text(quantity(fact), polarity)
    }

    /// What is measured, and where: `la température de la cuisine`.
    func quantity(_ fact: Fact) -> FrenchNoun {
        guard let capability = fact.meaning.capability else { return thing(fact) }
        var noun = FrenchWords.quantity(capability)
        let isOfRoom =
            capability.rawValue.hasPrefix("env.") || capability == "presence.count"
            || capability == "light.level"
        if isOfRoom, !["fridge", "freezer", "oven"].contains(fact.things.kind ?? "") {
            noun.text += capability == "presence.count" ? room(fact) : ofRoom(fact)
        } else {
            noun.text += " " + FrenchWords.ofEach(thing(fact).text)
        }
        return noun
    }

    /// `la porte d'entrée reste ouverte`; nil where "stays" says nothing.
    func staying(_ fact: Fact) -> String? {
        guard case .state(let capability, let flag) = fact.meaning else { return nil }
        let word: String
        switch capability {
        case "contact.open": word = flag ? "ouvert·" : "fermé·"
        case "switch.on": word = flag ? "allumé·" : "éteint·"
        case "bed.occupied" where !flag && somebody(fact) == .she:
            return FrenchVerb("reste", "restent", "hors du lit").text(.she, .yes)
        case "bed.occupied" where flag:
            return FrenchVerb("reste", "restent", "au lit").text(somebody(fact), .yes)
        case "presence.occupied" where flag:
            let there = place(fact)
            return FrenchVerb("reste", "restent", there.isEmpty ? "là" : there).text(
                somebody(fact), .yes)
        default: return nil
        }
        return FrenchVerb("reste", "restent", word).text(thing(fact), .yes)
    }
}
