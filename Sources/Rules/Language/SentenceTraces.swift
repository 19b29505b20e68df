/// What a trace rule notes, ready to be put into words.
struct TraceStatement: Hashable, Sendable {
    /// What is noted besides the time.
    enum Detail: Hashable, Sendable {
        case room
        case value
        case whether(Clause)
    }

    var scope: Rule.Scope
    /// The one thing whose whole time is noted; nil where beginning and end are said apart.
    var whole: Clause?
    var from: Clause
    var until: [Clause]
    /// An interruption that is no end.
    var mergeGap: TimeSpan
    var details: [Detail]
    var notes: [SentenceNote]
}

extension SentenceComposer {
    /// The statement of a trace rule.
    static func statement(_ trace: TraceRule, home: Home) -> TraceStatement {
        var composer = SentenceComposer(home: home, scope: trace.scope)
        let whole = trace.whole.map { composer.signal($0, .yes) }
        let from = composer.event(trace.from, .yes)
        let until = trace.until.map { end -> Clause in
            switch end {
            case .event(let event): composer.event(event, .yes)
            case .signal(let signal): composer.signal(signal, .yes)
            case .quiet(let event, let span): .timed(composer.event(event, .no), .lasting(span))
            }
        }
        let details = trace.attributes.compactMap { attribute -> TraceStatement.Detail? in
            switch attribute.source {
            case .lastRoom: .room
            case .value: .value
            case .signal(let signal): .whether(composer.signal(signal, .yes))
            // Always the same: it says nothing of anybody.
            case .text: nil
            }
        }
        return TraceStatement(
            scope: trace.scope, whole: whole, from: from, until: until, mergeGap: trace.mergeGap,
            details: details, notes: composer.notes)
    }
}

extension Sentence {
    /// What a trace rule notes, in both languages.
    ///
    /// - Parameter home: what devices and rooms are called; an empty one where it is not known.
    public static func of(_ trace: TraceRule, in home: Home) -> LocalizedText {
        let statement = SentenceComposer.statement(trace, home: home)
        return LocalizedText(
            english: SentenceEnglish.text(statement), french: SentenceFrench.text(statement))
    }
}

/// Traces in English.
extension SentenceEnglish {
    static func text(_ statement: TraceStatement) -> String {
        let english = SentenceEnglish(scope: statement.scope)
        let start =
            switch statement.scope {
            case .residence, .device: ""
            case .room: "in each room, "
            case .person: "for each person, "
            }
        var sentences: [String] = []
        if let whole = statement.whole {
            sentences.append(
                start
                    + english.after(
                        "the times are noted when", english.phrase(whole, .present)))
        } else {
            sentences.append(
                start
                    + english.after(
                        "the time is noted that begins when",
                        english.phrase(statement.from, .present)))
            let ends = statement.until.map { english.after("when", english.phrase($0, .present)) }
            if !ends.isEmpty { sentences.append("it ends " + ends.joined(separator: ", or ")) }
        }
        if statement.mergeGap > .zero {
            sentences.append(
                "a break of less than \(EnglishWords.duration(statement.mergeGap)) is no end")
        }
        let details = statement.details.map { detail in
            switch detail {
            case .room: "the room"
            case .value: "what the device says"
            case .whether(let clause): english.after("whether", english.phrase(clause, .present))
            }
        }
        if !details.isEmpty {
            sentences.append("also noted: " + details.joined(separator: "; "))
        }
        let notes = statement.notes.isEmpty ? "" : " " + text(statement.notes)
        return sentences.map(sentence).joined(separator: " ") + notes
    }
}

/// Traces in French.
extension SentenceFrench {
    static func text(_ statement: TraceStatement) -> String {
        let french = SentenceFrench(scope: statement.scope)
        let start =
            switch statement.scope {
            case .residence, .device: ""
            case .room: "dans chaque pièce, "
            case .person: "pour chaque personne, "
            }
        var sentences: [String] = []
        if let whole = statement.whole {
            sentences.append(
                start + french.after("on note de quand à quand", french.phrase(whole)))
        } else {
            sentences.append(
                start
                    + french.after(
                        "on note le temps qui commence quand", french.phrase(statement.from)))
            let ends = statement.until.map { french.after("quand", french.phrase($0)) }
            if !ends.isEmpty {
                sentences.append("il se termine " + ends.joined(separator: ", ou "))
            }
        }
        if statement.mergeGap > .zero {
            let gap = FrenchWords.of(FrenchWords.duration(statement.mergeGap))
            sentences.append("une pause de moins \(gap) n'est pas une fin")
        }
        let details = statement.details.map { detail in
            switch detail {
            case .room: "la pièce"
            case .value: "ce que dit l'appareil"
            case .whether(let clause): french.after("si", french.phrase(clause))
            }
        }
        if !details.isEmpty {
            sentences.append("on note aussi : " + details.joined(separator: " ; "))
        }
        let notes = statement.notes.isEmpty ? "" : " " + text(statement.notes)
        return sentences.map(sentence).joined(separator: " ") + notes
    }
}
