import Hub
import Rules

/// What holds of a person's word, in the words of staff.
struct ConsentWords {
    let isFrench: Bool

    private func say(_ english: String, _ french: String) -> String { isFrench ? french : english }

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
            "Permis maintenant pour \(allowed) appareils sur \(concerned.count)\u{a0}; les autres\u{a0}: \(why)."
        )
    }
}
