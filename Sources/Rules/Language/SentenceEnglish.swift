/// Puts statements into English.
struct SentenceEnglish {
    /// A clause in words, and how it may be joined to others.
    struct Phrase {
        var text: String
        /// It begins with a time, which a comma sets apart.
        var isFronted = false
        /// It has no time of its own yet, so that one may follow it.
        var isPlain = true
    }

    enum Tense { case present, perfect }

    /// The whole: one sentence of what is watched and what follows, then a short one for each note.
    static func text(_ statement: Statement) -> String {
        let english = SentenceEnglish(scope: statement.scope)
        let start =
            switch statement.scope {
            case .residence, .device: "if"
            case .room: "in each room, if"
            case .person: "for each person, if"
            }
        var main = english.after(start, english.phrase(statement.condition, .present))
        main += ", " + english.action(statement)
        if let unless = statement.unless {
            main += ", " + english.after("unless", english.phrase(unless, .present))
        }
        let notes = statement.notes.map(english.text)
        return ([main] + notes).map(Self.sentence).joined(separator: " ")
    }

    /// Each note as a short sentence.
    static func text(_ notes: [SentenceNote]) -> String {
        notes.map { sentence(SentenceEnglish(scope: .residence).text($0)) }.joined(separator: " ")
    }

    let scope: Rule.Scope
    /// What was just spoken of, and is "it" from now on.
    var known: Things?

    /// A capital at the beginning and a full stop at the end.
    static func sentence(_ text: String) -> String {
        guard let first = text.first else { return "" }
        let isEnded = [".", "?", "!", "?”", "!”", ".”"].contains(where: text.hasSuffix)
        let end = isEnded ? "" : "."
        return first.uppercased() + text.dropFirst() + end
    }

    func after(_ word: String, _ phrase: Phrase) -> String {
        word + (phrase.isFronted ? ", " : " ") + phrase.text
    }

    // MARK: What follows

    private func action(_ statement: Statement) -> String {
        let team = Self.team(statement.chain)
        if statement.asksFirst {
            return scope == .person ? "ask them first" : "ask the person first"
        }
        switch statement.priority {
        case .info: return "write it down"
        case .low: return "mention it to \(team), without hurry"
        case .medium, .high: return "tell \(team)"
        case .critical: return "tell \(team) at once"
        }
    }

    /// Who is told.
    static func team(_ chain: String?) -> String {
        switch chain {
        case nil, "team", "staff", "everyone": "the team"
        case "night_team", "night-team", "night": "the night team"
        case "day_team", "day-team", "day": "the day team"
        case "on_call", "on-call", "duty": "whoever is on call"
        case "manager": "the manager"
        case "nurse", "nurses": "the nurse"
        case "family": "the family"
        case "technician", "maintenance": "the technician"
        case let name?: "the “\(EnglishWords.plain(name))” group"
        }
    }

    private func text(_ note: SentenceNote) -> String {
        switch note {
        case .ask(let question):
            return "the question is: “\(question?.english ?? "Is all well?")”"
        case .unanswered(let span, let chain):
            return
                "without an answer after \(EnglishWords.duration(span)), tell \(Self.team(chain))"
        case .breaks(let span):
            return "a break of up to \(EnglishWords.duration(span)) does not count"
        case .restartsOn(let clause):
            return after("if", phrase(clause, .present)) + ", the time starts again"
        case .staleAfter(let span):
            return "after \(EnglishWords.duration(span)) without news, nobody can know"
        case .presence(let enter, let leave):
            return "how this is known: " + phrase(enter, .present).text + "; it ends when "
                + phrase(leave, .present).text
        case .comparedWith(let days, let least):
            return
                "“Usual” means the \(days) days before. At least \(least) of them must have been seen"
        case .clear(let clause):
            return after("the alert ends when", phrase(clause, .present))
        case .sameWithin(let span):
            return
                "if it comes back within \(EnglishWords.duration(span)), it is still the same alert"
        case .onceWhile(let clause):
            return after("one alert at most while", phrase(clause, .present))
        case .latch:
            return "the alert stays open until somebody says what happened"
        case .raise(let priority, let clause):
            return after("if", phrase(clause, .present)) + ", the alert becomes "
                + Self.word(priority)
        case .unknown, .gap, .away:
            return Self.policy(note)
        case .owner(let name): return "in charge: \(name)"
        case .code(let code): return "code: \(code)"
        case .review(let year, let month, let day):
            return "to be looked at again by \(EnglishWords.date(year, month, day))"
        }
    }

    private static func policy(_ note: SentenceNote) -> String {
        switch note {
        case .unknown(.ignore): "if the house cannot know, it does not alert"
        case .unknown(.alert): "if the house can no longer know, it alerts as well"
        case .unknown(.hold): "if the house can no longer know, nothing changes"
        case .gap(.restart): "after the system was down, the time starts again"
        case .gap(.alert): "if the system was down, the team is told as well"
        case .gap(.continue): "if the system was down, the time goes on"
        case .away(.pause): "this rule rests while an absence is noted"
        case .away(.only): "this rule counts only while an absence is noted"
        default: "an absence changes nothing"
        }
    }

    private static func word(_ priority: Priority) -> String {
        switch priority {
        case .info, .low: "worth a look"
        case .medium: "important"
        case .high: "urgent"
        case .critical: "very urgent"
        }
    }

    // MARK: Clauses

    func phrase(_ clause: Clause, _ tense: Tense) -> Phrase {
        switch clause {
        case .fact(let fact, let aspect, let polarity):
            return Phrase(text: self.fact(fact, aspect, polarity, tense))
        case .and(let parts):
            return joined(parts, "and", tense)
        case .or(let parts):
            return joined(parts, "or", tense)
        case .sequence(let steps, let within, let isOrdered, let same):
            let texts = steps.enumerated().map { index, step in
                following(index > 0 ? steps[index - 1] : nil, step).phrase(step, .present).text
            }
            let run =
                isOrdered ? texts.joined(separator: ", then ") : texts.joined(separator: " and ")
            let how = isOrdered ? ", all within " : ", in any order, within "
            return Phrase(
                text: run + how + EnglishWords.duration(within) + EnglishWords.same(same),
                isPlain: false)
        case .timed(let inner, let timing):
            return timed(inner, timing, tense)
        case .whileTrue(let first, let second):
            return Phrase(
                text: after(phrase(first, tense).text + " while", phrase(second, .present)),
                isFronted: phrase(first, tense).isFronted, isPlain: false)
        case .since(let first, let second):
            return Phrase(
                text: phrase(first, tense).text + " and since then "
                    + phrase(second, .perfect).text, isPlain: false)
        case .meanwhile(let first, let second):
            return Phrase(
                text: phrase(first, tense).text + ", and meanwhile "
                    + phrase(second, .present).text,
                isPlain: false)
        case .time(let windows, let isOutside):
            let verb = isOutside ? "it is not " : "it is "
            return Phrase(text: verb + EnglishWords.windows(windows), isPlain: false)
        case .atLeast(let count, let parts, let isDenied):
            let list = parts.map { phrase($0, .present).text }.joined(separator: "; ")
            return Phrase(
                text: "\(isDenied ? "fewer than" : "at least") \(count) of these are so (\(list))",
                isPlain: false)
        case .rate(let fact, let limit, let over):
            return Phrase(text: rate(fact, limit, over), isPlain: false)
        case .away(let polarity):
            return Phrase(
                text: EnglishVerb.be.text(
                    subject: polarity == .no ? "no absence" : "an absence", rest: "noted",
                    polarity == .no ? .yes : polarity, tense))
        case .denied(let inner, let aspect, let polarity):
            let head =
                aspect == .happens
                ? "this does not happen: "
                : polarity == .noMore ? "this is no longer so: " : "this is not so: "
            return Phrase(text: head + "(" + phrase(inner, .present).text + ")", isPlain: false)
        }
    }

    /// Speaks on: what a clause was about is "it" in the next.
    private func following(_ before: Clause?, _ clause: Clause) -> SentenceEnglish {
        var english = self
        english.known = nil
        guard let before, let things = before.actor, things == clause.actor else { return english }
        if case .timed(_, let timing) = clause, timing.isSameDevice {
            english.known = things
        } else if things.isDefinite {
            english.known = things
        }
        return english
    }

    private func joined(_ parts: [Clause], _ word: String, _ tense: Tense) -> Phrase {
        let phrases = parts.enumerated().map { index, part in
            following(index > 0 ? parts[index - 1] : nil, part).phrase(part, tense)
        }
        let isMixed = parts.contains { part in
            if case .and = part { return true }
            if case .or = part { return true }
            return false
        }
        var text = phrases[0].text
        for phrase in phrases.dropFirst() {
            text += after((isMixed ? "," : "") + " " + word, phrase)
        }
        if word == "or", parts.count > 1, isMixed { text = "either " + text }
        return Phrase(
            text: text, isFronted: !isMixed && phrases[0].isFronted, isPlain: false)
    }

    private func timed(_ inner: Clause, _ timing: Clause.Timing, _ tense: Tense) -> Phrase {
        var innerTense = tense
        switch timing {
        case .lasting, .lastingByWindow: innerTense = .perfect
        default: break
        }
        let phrase = phrase(inner, innerTense)
        let words = EnglishWords.timing(
            known != nil && timing.isSameDevice ? timing.withoutSame : timing)
        guard !words.isEmpty else { return phrase }
        if phrase.isPlain, !(timing.isInAll && inner.isDenied) {
            let comma = words.hasPrefix("now or") ? "," : ""
            return Phrase(text: phrase.text + comma + " " + words, isPlain: false)
        }
        if case .soon = timing { return Phrase(text: phrase.text + " " + words, isPlain: false) }
        return Phrase(
            text: words + ", " + phrase.text, isFronted: true, isPlain: false)
    }

    private func rate(_ fact: Fact, _ limit: RateLimit, _ over: TimeSpan) -> String {
        let noun = quantity(fact)
        let unit = fact.meaning.capability.map(EnglishWords.unit) ?? ""
        let amount = EnglishWords.number(abs(limit.amount)) + unit
        let rises = limit.amount >= 0
        let more = limit.isAbove == rises
        return
            "\(noun) \(rises ? "rises" : "falls") by \(more ? "more" : "less") than \(amount) in "
            + "\(EnglishWords.duration(limit.per)), taken over \(EnglishWords.duration(over))"
    }
}
