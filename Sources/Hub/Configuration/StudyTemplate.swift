import Rules

/// A protocol to be filled in: every key with what it is for. What must be said is left empty, so that `hubctl study check`
/// names it with its line.
enum StudyTemplate {
    static func text(_ id: StudyID) -> String {
        """
        # The protocol of the study "\(id)". Fill in what is empty; "hubctl study check \(id)" says what is missing.
        # Nothing is exported before it is complete. Write no names of residents here.
        version: 1
        title: {en: , fr: }

        # What do you ask? Residents, professionals and researchers agree on it, each on a day, in their own way.
        question: {en: , fr: }
        agreed:
          residents: {on: , who: }          # such as 2026-11-03, "six residents, at the house meeting"
          professionals: {on: , who: }
          researchers: {on: , who: }

        # Who does the study and who publishes its data, for the metadata. "Family, Given".
        investigators:
          - {name: , affiliation: , orcid: }
        publisher:

        # riph1, riph2, riph3 (Code de la santé publique, L1121-1), or none.
        legal:
        # favourable (with committee, reference, on), not_required (with reason), pending.
        ethics: {opinion: pending, committee: , reference: , on: , reason: }

        # The text that people are shown before they say yes or no. sha256: "sha256sum FILE".
        # Besides it, in easy words, one idea a line, for residents' own pages: easy_read: {en: FILE, fr: FILE}.
        notice: {file: studies/\(id)/notice.md, version: "1", sha256: }

        # What you look at, and by which measure: \(StudyReader.measures.prefix(7).joined(separator: ", ")),
        # \(StudyReader.measures.dropFirst(7).joined(separator: ", ")).
        variables:
          - {name: use, title: {en: , fr: }, measure: uses_per_day}

        # Lists of identifiers as in hub.yaml and devices.yaml, or all. Only who agreed to study/\(id) is exported.
        participants: all
        devices: all
        rooms: all

        # First and last day. Phases of a single-case design, if it has some.
        from:
        until:
        phases: []
        #  - {name: A, title: {en: Before, fr: Avant}, from: 2026-11-01, until: 2026-11-30}
        #  - {name: B, title: {en: With the tablet, fr: Avec la tablette}, from: 2026-12-01, until: 2027-01-31}

        # How long data are kept, and what happens then: erase, or anonymise (the key of pseudonyms is erased).
        keep_until:
        then: erase
        # Where the study has to keep what it has although a person has their data erased (GDPR, article 17, 3 d): why. The
        # notice has to say so beforehand. Leave it out, and what is on this machine goes, and who received it is to be told.
        # erasure_exemption: {en: , fr: }

        # Each person's dates moved by whole weeks: days of the week and hours stay. Phases are then told without dates.
        shift_dates: true
        # Aggregates over fewer people are left out. 3 at the least.
        small_cells: 5
        # Birth years of the vault, in bands of so many years. Leave it out to give none.
        # birth_year_band: 10

        # What the study owes those who made it possible, and the last day for it.
        owed:
          - {name: report, title: {en: , fr: }, by: }

        # Questionnaires beside traces: studies/\(id)/questionnaires/NAME.csv with the columns person, date, and these. Of "sus"
        # and "quest" (QUEST 2.0) columns, ranges and scores are known: sus_1 … sus_10, quest_1 … quest_12. Free text is left out unless the row says "yes" in a column text_agreed.
        questionnaires: []
        #  - {name: sus, instrument: sus}
        #  - name: mood
        #    title: {en: How the week was, fr: Comment était la semaine}
        #    columns:
        #      - {name: mood, title: {en: Mood, fr: Humeur}, type: integer, minimum: 1, maximum: 5}

        """
    }
}
