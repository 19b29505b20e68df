import Hub
import Rules

/// What holds of a person's word, in the words of staff.
struct ConsentWords {
    let isFrench: Bool

    private func say(_ english: String, _ french: String) -> String { isFrench ? french : english }

    /// A name and what is said of it.
    private func pair(_ name: String, _ what: String) -> String {
        name + colon(isFrench: isFrench) + what
    }

    private func text(_ isYes: Bool) -> String { isYes ? say("yes", "oui") : say("no", "non") }

    /// Why something is not allowed.
    func text(_ refusal: ConsentBook.Refusal) -> String {
        switch refusal {
        case .refused(let person): say("\(person) said no", "\(person) a dit non")
        case .representativeRefused(let person):
            say("a representative of \(person) said no", "un représentant de \(person) a dit non")
        case .notAsked(let person):
            say("waits for \(person)'s own yes", "attend le oui de \(person)")
        case .representativeNotAsked(let person):
            say(
                "waits for the yes of \(person)'s representative",
                "attend le oui du représentant de \(person)")
        case .paused(let person): say("\(person) pauses", "\(person) est en pause")
        case .nobody: say("nobody could say yes", "personne ne peut dire oui")
        }
    }

    /// What holds of a device for a purpose: yes, or why not.
    func answer(_ purpose: Purpose, _ refusal: ConsentBook.Refusal?) -> String {
        pair(text(purpose), refusal.map { text($0) } ?? text(true))
    }

    /// In what capacity somebody speaks.
    private func text(_ capacity: ConsentCapacity) -> String {
        switch capacity {
        case .person: say("the person", "la personne")
        case .curator: say("curator", "curatelle")
        case .tutor: say("tutor", "tutelle")
        case .mandatedPerson: say("mandated person", "mandat de protection future")
        }
    }

    /// The form of what was shown.
    private func text(form: String) -> String {
        switch form {
        case "easy_read": say("easy to read", "facile à lire")
        case "audio": say("audio", "audio")
        case "pictograms": say("pictograms", "pictogrammes")
        case "plain": say("plain text", "texte simple")
        default: form
        }
    }

    /// Who spoke, and in what capacity where it is not the person.
    private func speaker(of record: ConsentRecord) -> String {
        record.speaker + (record.capacity.isRepresentative ? " (\(text(record.capacity)))" : "")
    }

    /// What somebody just said: "p1, care: no, says p1."
    func said(_ record: ConsentRecord) -> String {
        let takenBack =
            record.decision == .withdraws
            ? say(" (a yes is taken back)", " (un oui est repris)") : ""
        return pair("\(record.person), \(text(record.purpose))", text(!record.decision.isNo))
            + takenBack + say(", says ", ", dit ") + speaker(of: record)
    }

    /// Whether somebody has a representative.
    func representative(of person: PersonID, _ isRepresented: Bool) -> String {
        isRepresented
            ? say("\(person) has a representative", "\(person) a un représentant")
            : say("\(person) has no representative", "\(person) n'a pas de représentant")
    }

    /// What was not stored, of one of the journal's counters; nil for another counter.
    func withheld(_ counter: String, _ count: Int) -> String? {
        let parts = counter.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[0] == "withheld" else { return nil }
        let why =
            switch parts[2] {
            case "refused": say("somebody said no", "quelqu'un a dit non")
            case "not_asked": say("somebody has yet to say yes", "il manque le oui de quelqu'un")
            case "paused": say("somebody paused", "quelqu'un était en pause")
            default: say("it was not allowed", "ce n'était pas permis")
            }
        return pair(
            parts[1],
            Noun.message.counted(count, isFrench: isFrench)
                + say(" not stored, for ", " non enregistré\(count > 1 ? "s" : ""), car ") + why)
    }

    /// One line of all that was said.
    func line(_ word: ConsentLine, in zone: ZoneOffsets) -> String {
        var parts = [Timestamp.short(word.entry.received, in: zone)]
        switch word.entry.command {
        case .consent(let record):
            parts += [said(record)] + circumstances(of: record, said: word.entry.received, zone)
        case .represented(let person, let isRepresented, let actor):
            parts.append(
                representative(of: person, isRepresented) + say(", says ", ", dit ") + actor)
        case .pause(let person, let until, let actor):
            let end = Timestamp.short(until, in: zone)
            parts.append(
                say(
                    "\(person) pauses until \(end), says \(actor)",
                    "\(person) est en pause jusqu'à \(end), dit \(actor)"))
        case .resume(let person, let actor):
            parts.append(
                say("\(person) goes on, says \(actor)", "\(person) reprend, dit \(actor)"))
        default: break
        }
        return parts.joined(separator: "  ")
    }

    /// What a word is limited to, and how it came about.
    private func circumstances(
        of record: ConsentRecord, said: Instant, _ zone: ZoneOffsets
    ) -> [String] {
        var parts: [String] = []
        let devices = record.scope.devices.sorted().map(\.rawValue)
        if !devices.isEmpty {
            parts.append(
                pair(say("only of", "seulement de"), devices.joined(separator: ", ")))
        }
        let rooms = record.scope.rooms.sorted().map(\.rawValue)
        if !rooms.isEmpty {
            parts.append(pair(say("only in", "seulement dans"), rooms.joined(separator: ", ")))
        }
        if let hours = record.scope.hours?.consentText {
            parts.append(pair(say("only at", "seulement à"), hours))
        }
        if record.holdsApart(from: said) {
            parts.append(
                say("from ", "à partir du ") + Timestamp.short(record.from, in: zone))
        }
        if let until = record.until {
            parts.append(say("until ", "jusqu'au ") + Timestamp.short(until, in: zone))
        }
        if record.goesOnInPause {
            parts.append(say("also in a pause", "aussi pendant une pause"))
        }
        if !record.understanding.isEmpty {
            let (version, form) = (record.information.version, text(form: record.information.form))
            parts.append(say("text \(version) (\(form))", "texte \(version) (\(form))"))
            parts.append(pair(say("understood", "compris"), record.understanding))
            parts.append(
                say("checked by \(record.checkedBy)", "vérifié par \(record.checkedBy)"))
        }
        return parts
    }

    /// Until when a pause lasts now, which may be longer than what was asked for.
    func pause(
        of person: PersonID, until: Instant, isLonger: Bool, in zone: ZoneOffsets
    ) -> String {
        let end = Timestamp.short(until, in: zone)
        let paused = say(
            "\(person): paused until \(end)", "\(person)\u{a0}: en pause jusqu'à \(end)")
        guard isLonger else { return paused }
        return paused
            + say(
                "; a pause that lasts longer was on, and the longer one holds ('hubctl resume \(person)' ends it)",
                "\u{a0}; une pause plus longue était en cours, et c'est la plus longue qui compte («\u{a0}hubctl resume \(person)\u{a0}» y met fin)"
            )
    }

    /// That a pause is over.
    func resumed(_ person: PersonID) -> String {
        say("\(person): goes on", "\(person)\u{a0}: reprend")
    }

    /// A purpose.
    func text(_ purpose: Purpose) -> String {
        switch purpose {
        case .safety: say("safety", "sécurité")
        case .care: say("care", "accompagnement")
        case .study(let study): say("study/\(study)", "étude \(study)")
        }
    }

    /// What holds where nobody was asked.
    func text(_ policy: ConsentPolicy) -> String {
        switch policy {
        case .required:
            say(
                "where nobody was asked: nothing is taken in",
                "sans réponse\u{a0}: rien n'est enregistré")
        case .optOut:
            say(
                "where nobody was asked: alerts and care until somebody says no",
                "sans réponse\u{a0}: alertes et accompagnement jusqu'à un non")
        }
    }

    /// From when on it holds, where that is not now; nil where it is.
    func begin(of record: ConsentRecord, at moment: Instant, zone: ZoneOffsets) -> String? {
        guard record.holdsApart(from: moment) else { return nil }
        let from = Timestamp.short(record.from, in: zone)
        if record.from > moment {
            return say(
                "It holds from \(from) on. Until then:",
                "Valable à partir du \(from). D'ici là\u{a0}:")
        }
        return record.decision.isNo
            ? say(
                "It holds from \(from) on: what is told later of that time is not taken in either.",
                "Valable depuis le \(from)\u{a0}: ce qui est transmis plus tard de ce temps n'est pas enregistré non plus."
            )
            : say(
                "It holds from now on. What came before is not brought back.",
                "Valable à partir de maintenant. Ce qui a été avant n'est pas repris.")
    }

    /// What holds now for what somebody spoke of: "Allowed." or "Not allowed: p2 said no."
    func outcome(
        of record: ConsentRecord, book: ConsentBook, home: LoadedHome, at moment: Instant
    ) -> String {
        let policy = home.configuration?.consent ?? .required
        let concerned = home.home.consentSubjects(zones: home.zones).filter {
            $0.subject.people.contains(record.person)
                && (record.scope.devices.isEmpty
                    || record.scope.devices.contains($0.subject.device))
                && (record.scope.rooms.isEmpty
                    || $0.subject.room.map(record.scope.rooms.contains) == true)
        }
        guard !concerned.isEmpty else {
            return say("No device tells of them yet.", "Aucun appareil ne les concerne encore.")
        }
        var reasons: [String] = []
        var allowed = 0
        for one in concerned {
            let refusal = book.refusal(
                record.purpose, about: one.subject, at: moment, in: one.locality, under: policy
            ).refusal
            guard let refusal else {
                allowed += 1
                continue
            }
            let reason = text(refusal)
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        let why = reasons.joined(separator: "; ")
        if allowed == concerned.count { return say("Allowed now.", "Permis maintenant.") }
        if allowed == 0 { return say("Not allowed: \(why).", "Pas permis\u{a0}: \(why).") }
        return say(
            "Allowed now for \(allowed) of \(concerned.count) devices; the others: \(why).",
            "Permis maintenant pour \(Noun.device.counted(allowed, isFrench: true)) sur \(concerned.count)\u{a0}; les autres\u{a0}: \(why)."
        )
    }
}

extension ConsentRecord {
    /// Whether it holds from another moment than the one in which it was said, give or take what a command needs to arrive.
    func holdsApart(from said: Instant) -> Bool {
        from > said || from + .minutes(1) < said
    }
}
