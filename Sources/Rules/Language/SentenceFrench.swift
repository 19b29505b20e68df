/// Puts statements into French.
struct SentenceFrench {
    /// A clause in words, and how it may be joined to others.
    struct Phrase {
        var text: String
        /// It begins with a time, which a comma sets apart.
        var isFronted = false
        /// It has no time of its own yet, so that one may follow it.
        var isPlain = true
    }

    /// The whole: one sentence of what is watched and what follows, then a short one for each note.
    static func text(_ statement: Statement) -> String {
        let french = SentenceFrench(scope: statement.scope)
        let condition = french.phrase(statement.condition)
        var main =
            switch statement.scope {
            case .residence, .device: french.after("si", condition)
            case .room: "dans chaque pièce, " + french.after("si", condition)
            case .person: "pour chaque personne, " + french.after("si", condition)
            }
        main += ", " + french.action(statement)
        if let unless = statement.unless {
            main += ", sauf " + french.after("si", french.phrase(unless))
        }
        let notes = statement.notes.map { french.text($0) }
        return ([main] + notes).map(Self.sentence).joined(separator: " ")
    }

    /// Each note as a short sentence.
    static func text(_ notes: [SentenceNote]) -> String {
        notes.map { sentence(SentenceFrench(scope: .residence).text($0)) }.joined(separator: " ")
    }

    let scope: Rule.Scope
    /// What was just spoken of, and is "it" from now on.
    var known: Things?

    /// A capital at the beginning and a full stop at the end.
    static func sentence(_ text: String) -> String {
        guard let first = text.first else { return "" }
        let isEnded = [".", "?", "!", "? »", "! »", ". »"].contains(where: text.hasSuffix)
        let end = isEnded ? "" : "."
        return first.uppercased() + text.dropFirst() + end
    }

    /// `si quelqu'un bouge`, `s'il y a`, `que, depuis 10 minutes`, `qu'une porte`.
    func after(_ word: String, _ phrase: Phrase) -> String {
        if phrase.isFronted { return word + ", " + phrase.text }
        return FrenchWords.joined(word, phrase.text)
    }

    // MARK: What follows

    private func action(_ statement: Statement) -> String {
        let team = Self.team(statement.chain)
        if statement.asksFirst {
            return scope == .person ? "lui demander d'abord" : "demander d'abord à la personne"
        }
        switch statement.priority {
        case .info: return "le noter"
        case .low: return "le signaler \(FrenchWords.to(team)), sans urgence"
        case .medium, .high: return "prévenir \(team)"
        case .critical: return "prévenir tout de suite \(team)"
        }
    }

    /// Who is told.
    static func team(_ chain: String?) -> String {
        switch chain {
        case nil, "team", "staff", "everyone": "l'équipe"
        case "night_team", "night-team", "night": "l'équipe de nuit"
        case "day_team", "day-team", "day": "l'équipe de jour"
        case "on_call", "on-call", "duty": "la personne d'astreinte"
        case "manager": "le responsable"
        case "nurse", "nurses": "l'infirmier"
        case "family": "la famille"
        case "technician", "maintenance": "le technicien"
        case let name?: "le groupe « \(FrenchWords.plain(name)) »"
        }
    }

    private func text(_ note: SentenceNote) -> String {
        switch note {
        case .ask(let question):
            return "la question : « \(question?.french ?? "Tout va bien ?") »"
        case .unanswered(let span, let chain):
            return
                "sans réponse au bout \(FrenchWords.of(FrenchWords.duration(span))), prévenir \(Self.team(chain))"
        case .breaks(let span):
            return "un arrêt \(FrenchWords.of(FrenchWords.duration(span))) au plus ne compte pas"
        case .restartsOn(let clause):
            return after("si", phrase(clause)) + ", on recompte depuis le début"
        case .staleAfter(let span):
            return "après \(FrenchWords.duration(span)) sans nouvelles, on ne peut plus savoir"
        case .presence(let enter, let leave):
            return "on le sait ainsi : \(phrase(enter).text) ; cela se termine quand "
                + phrase(leave).text
        case .comparedWith(let days, let least):
            return
                "« D'habitude », ce sont les \(FrenchWords.count(days, "jour")) d'avant. Il faut en avoir vu "
                + "au moins \(least)"
        case .clear(let clause):
            return after("l'alerte se termine quand", phrase(clause))
        case .sameWithin(let span):
            return
                "si cela revient en moins \(FrenchWords.of(FrenchWords.duration(span))), c'est encore la même alerte"
        case .onceWhile(let clause):
            return after("une seule alerte tant que", phrase(clause))
        case .latch:
            return "l'alerte reste ouverte jusqu'à ce que quelqu'un dise ce qui s'est passé"
        case .raise(let priority, let clause):
            return after("si", phrase(clause)) + ", l'alerte devient " + Self.word(priority)
        case .unknown, .gap, .away:
            return Self.policy(note)
        case .owner(let name): return "responsable : \(name)"
        case .code(let code): return "code : \(code)"
        case .review(let year, let month, let day):
            return "à revoir avant le \(FrenchWords.date(year, month, day))"
        }
    }

    private static func policy(_ note: SentenceNote) -> String {
        switch note {
        case .unknown(.ignore): "si on ne peut pas savoir, on n'alerte pas"
        case .unknown(.alert): "si on ne peut plus savoir, on alerte aussi"
        case .unknown(.hold): "si on ne peut plus savoir, rien ne change"
        case .gap(.restart): "après une panne du système, on recompte depuis le début"
        case .gap(.alert): "une panne du système est signalée aussi"
        case .gap(.continue): "pendant une panne du système, le temps continue à compter"
        case .away(.pause): "pendant une absence notée, cette règle est en pause"
        case .away(.only): "cette règle ne compte que pendant une absence notée"
        default: "une absence n'y change rien"
        }
    }

    private static func word(_ priority: Priority) -> String {
        switch priority {
        case .info, .low: "à suivre"
        case .medium: "importante"
        case .high: "urgente"
        case .critical: "très urgente"
        }
    }

    // MARK: Clauses

    func phrase(_ clause: Clause) -> Phrase {
        switch clause {
        case .fact(let fact, let aspect, let polarity):
            return Phrase(text: self.fact(fact, aspect, polarity))
        case .and(let parts): return joined(parts, isAnd: true)
        case .or(let parts): return joined(parts, isAnd: false)
        case .sequence(let steps, let within, let isOrdered, let same):
            let phrases = steps.enumerated().map { index, step in
                following(index > 0 ? steps[index - 1] : nil, step).phrase(step)
            }
            let word = isOrdered ? ", puis que" : " et que"
            let run = phrases.dropFirst().reduce(phrases[0].text) { $0 + after(word, $1) }
            let how = isOrdered ? ", le tout en moins " : ", dans n'importe quel ordre, en moins "
            return Phrase(
                text: run + how + FrenchWords.of(FrenchWords.duration(within))
                    + FrenchWords.same(same),
                isFronted: phrases[0].isFronted, isPlain: false)
        case .timed(let inner, let timing): return timed(inner, timing)
        case .whileTrue(let first, let second):
            let start = phrase(first)
            return Phrase(
                text: after(start.text + " pendant que", phrase(second)),
                isFronted: start.isFronted, isPlain: false)
        case .since(let first, let second):
            return Phrase(
                text: phrase(first).text + " et que, depuis, " + phrase(second).text,
                isPlain: false)
        case .meanwhile(let first, let second):
            return Phrase(
                text: phrase(first).text + ", et qu'entre-temps " + phrase(second).text,
                isPlain: false)
        case .time(let windows, let isOutside):
            return Phrase(text: time(windows, isOutside), isPlain: false)
        case .atLeast(let count, let parts, let isDenied):
            let list = parts.map { phrase($0).text }.joined(separator: " ; ")
            let number = FrenchWords.count(count, "de ces choses", plural: "de ces choses")
            let verb = count == 1 ? "est vraie" : "sont vraies"
            return Phrase(
                text: "\(isDenied ? "moins de" : "au moins") \(number) \(verb) (\(list))",
                isPlain: false)
        case .rate(let fact, let limit, let over):
            return Phrase(text: rate(fact, limit, over), isPlain: false)
        case .away(let polarity):
            return Phrase(
                text: polarity == .yes
                    ? "une absence est notée"
                    : polarity == .no ? "aucune absence n'est notée" : "l'absence est terminée")
        case .denied(let inner, let aspect, let polarity):
            let head =
                aspect == .happens
                ? "ceci n'arrive pas"
                : polarity == .noMore ? "ceci n'est plus vrai" : "ceci n'est pas vrai"
            return Phrase(text: "\(head) : (\(phrase(inner).text))", isPlain: false)
        }
    }

    /// Speaks on: what a clause was about is « il » or « elle » in the next.
    private func following(_ before: Clause?, _ clause: Clause) -> SentenceFrench {
        var french = self
        french.known = nil
        guard let before, let things = before.actor, things == clause.actor else { return french }
        if case .timed(_, let timing) = clause, timing.isSameDevice {
            french.known = things
        } else if things.isDefinite {
            french.known = things
        }
        return french
    }

    private func joined(_ parts: [Clause], isAnd: Bool) -> Phrase {
        let phrases = parts.enumerated().map { index, part in
            following(index > 0 ? parts[index - 1] : nil, part).phrase(part)
        }
        let isMixed = parts.contains { part in
            switch part {
            case .and: !isAnd
            case .or: isAnd
            default: false
            }
        }
        var text = phrases[0].text
        for phrase in phrases.dropFirst() {
            text += after((isMixed ? "," : "") + (isAnd ? " et que" : " ou que"), phrase)
        }
        return Phrase(text: text, isFronted: phrases[0].isFronted, isPlain: false)
    }

    private func timed(_ inner: Clause, _ timing: Clause.Timing) -> Phrase {
        let phrase = phrase(inner)
        let words = FrenchWords.timing(
            known != nil && timing.isSameDevice ? timing.withoutSame : timing)
        guard !words.isEmpty else { return phrase }
        if case .through = timing, case .fact(let fact, .holds, .yes) = inner,
            let stays = staying(fact)
        {
            return Phrase(text: stays + " " + words, isPlain: false)
        }
        if phrase.isPlain, !(timing.isInAll && inner.isDenied) {
            let comma = words.hasPrefix("en ce moment") ? "," : ""
            return Phrase(text: phrase.text + comma + " " + words, isPlain: false)
        }
        if case .soon = timing { return Phrase(text: phrase.text + " " + words, isPlain: false) }
        return Phrase(text: words + ", " + phrase.text, isFronted: true, isPlain: false)
    }

    private func time(_ windows: [Window], _ isOutside: Bool) -> String {
        let words = FrenchWords.windows(windows)
        let isOfDays = windows.allSatisfy(\.isWholeDay)
        if isOfDays { return (isOutside ? "ce n'est pas " : "c'est ") + words }
        return (isOutside ? "il n'est pas " : "il est ") + words
    }

    private func rate(_ fact: Fact, _ limit: RateLimit, _ over: TimeSpan) -> String {
        let unit = fact.meaning.capability.map(SentenceUnits.unit) ?? ""
        let amount = FrenchWords.number(abs(limit.amount)) + unit
        let rises = limit.amount >= 0
        let more = limit.isAbove == rises
        return
            "\(quantity(fact).text) \(rises ? "monte" : "baisse") de \(more ? "plus" : "moins") de \(amount) "
            + "en \(FrenchWords.duration(limit.per)), mesuré sur \(FrenchWords.duration(over))"
    }
}
