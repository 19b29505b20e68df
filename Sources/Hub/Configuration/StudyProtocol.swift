public import Rules

/// What a study may do with what homes tell, as its protocol `studies/NAME.yaml` says. Nothing is exported without a
/// complete one.
public struct StudyProtocol: Hashable, Sendable {
    /// Who has to agree on a study's question.
    public enum Party: String, Hashable, Sendable, CaseIterable {
        /// The people who live there.
        case residents
        /// Those who support them.
        case professionals
        /// Those who do the study.
        case researchers
    }

    /// One party's agreement on the question.
    public struct Agreement: Hashable, Sendable {
        /// Which party.
        public var party: Party
        /// On which day.
        public var on: CalendarDate
        /// Who and how, in words without names, such as "six residents, at the house meeting".
        public var who: String
    }

    /// Somebody who does the study; named in the data set's metadata.
    public struct Investigator: Hashable, Sendable {
        /// `Family, Given`, as DataCite has it.
        public var name: String
        /// Where they work.
        public var affiliation: String?
        /// Their ORCID iD, such as `0000-0002-1825-0097`.
        public var orcid: String?
    }

    /// What the study is under the French Code de la santé publique, L1121-1.
    public enum Qualification: String, Hashable, Sendable, CaseIterable {
        /// Interventional research with more than minimal risks.
        case riph1
        /// Interventional research with minimal risks and constraints only.
        case riph2
        /// Non-interventional research.
        case riph3
        /// No research involving the human person in the sense of the law.
        case none

        /// In words.
        public var title: LocalizedText {
            switch self {
            case .riph1:
                LocalizedText(
                    english: "interventional research with more than minimal risks (RIPH 1)",
                    french: "recherche interventionnelle (RIPH 1)")
            case .riph2:
                LocalizedText(
                    english: "interventional research with minimal risks and constraints (RIPH 2)",
                    french:
                        "recherche interventionnelle à risques et contraintes minimes (RIPH 2)")
            case .riph3:
                LocalizedText(
                    english: "non-interventional research (RIPH 3)",
                    french: "recherche non interventionnelle (RIPH 3)")
            case .none:
                LocalizedText(
                    english: "no research involving the human person in the sense of the law",
                    french: "hors recherche impliquant la personne humaine")
            }
        }
    }

    /// What a committee says of it.
    public struct Ethics: Hashable, Sendable {
        /// The committee's word.
        public enum Opinion: String, Hashable, Sendable, CaseIterable {
            /// In favour.
            case favourable
            /// None is needed; `reason` says why.
            case notRequired = "not_required"
            /// Not given yet: nothing may be exported.
            case pending

            /// In words.
            public var title: LocalizedText {
                switch self {
                case .favourable: LocalizedText(english: "in favour", french: "favorable")
                case .notRequired: LocalizedText(english: "none needed", french: "non requis")
                case .pending: LocalizedText(english: "pending", french: "en attente")
                }
            }
        }

        /// The committee's word.
        public var opinion: Opinion
        /// Which committee.
        public var committee: String?
        /// Under which number.
        public var reference: String?
        /// On which day.
        public var on: CalendarDate?
        /// Why none is needed.
        public var reason: String?
    }

    /// The text that people are shown before they say yes or no.
    public struct Notice: Hashable, Sendable {
        /// Its file, from the home's folder.
        public var file: String
        /// Its version.
        public var version: String
        /// SHA-256 of the file, hexadecimal.
        public var hash: String
        /// The same in short and easy words, in each language; nil where there is none.
        public var easyRead: EasyRead?
    }

    /// A short text in easy words, in both languages.
    public struct EasyRead: Hashable, Sendable {
        /// In English.
        public var english: EasyText
        /// In French.
        public var french: EasyText
    }

    /// A text in easy words, as a file has it: one idea a line.
    public struct EasyText: Hashable, Sendable {
        /// Its lines that are not empty.
        public var lines: [String]
        /// SHA-256 of the file, hexadecimal.
        public var hash: String
    }

    /// Something that the study looks at, and the measure that stands for it.
    public struct Variable: Hashable, Sendable {
        /// Its short name.
        public var name: String
        /// What it is, in words.
        public var title: LocalizedText
        /// Which measure of docs/measures.md, or `questionnaire`.
        public var measure: String
    }

    /// One phase of a single-case design, such as A and B.
    public struct Phase: Hashable, Sendable {
        /// Its short name.
        public var name: String
        /// What it is, in words.
        public var title: LocalizedText
        /// Its first day.
        public var from: CalendarDate
        /// Its last day.
        public var until: CalendarDate
    }

    /// What is done with the data in the end.
    public enum Disposal: String, Hashable, Sendable, CaseIterable {
        /// All copies are erased.
        case erase
        /// The key is erased, so that no pseudonym leads back.
        case anonymise
    }

    /// Something that the study owes those who made it possible.
    public struct Owed: Hashable, Sendable {
        /// Its short name.
        public var name: String
        /// What it is, in words.
        public var title: LocalizedText
        /// The last day on which it may come.
        public var by: CalendarDate
    }

    /// A questionnaire beside the traces: a table `studies/NAME/questionnaires/FILE.csv`.
    public struct Questionnaire: Hashable, Sendable {
        /// What a column holds.
        public enum ColumnType: String, Hashable, Sendable, CaseIterable {
            /// A whole number.
            case integer
            /// A number.
            case number
            /// One of some words.
            case choice
            /// Free text; left out unless its author agreed.
            case text
        }

        /// One column.
        public struct Column: Hashable, Sendable {
            /// Its name in the file's first line.
            public var name: String
            /// What it is, in words; never the text of a published instrument.
            public var title: LocalizedText
            /// What it holds.
            public var type: ColumnType
            /// The least number.
            public var minimum: Double?
            /// The greatest number.
            public var maximum: Double?
            /// The words of a choice.
            public var choices: [String]
        }

        /// The file's name without `.csv`.
        public var name: String
        /// What it is, in words.
        public var title: LocalizedText
        /// Its columns besides `person`, `date` and `text_agreed`; those of a known instrument come first.
        public var columns: [Column]
        /// The published questionnaire that it is; nil: one of the study's own.
        public var instrument: QuestionnaireInstrument?
    }

    /// Its name.
    public var id: StudyID
    /// What people call it.
    public var title: LocalizedText
    /// What it asks.
    public var question: LocalizedText
    /// Who agreed on the question.
    public var agreed: [Agreement]
    /// Who does it.
    public var investigators: [Investigator]
    /// Who publishes its data, for DataCite.
    public var publisher: String
    /// What it is in law.
    public var legal: Qualification
    /// What a committee says of it.
    public var ethics: Ethics
    /// What people are shown.
    public var notice: Notice
    /// What it looks at.
    public var variables: [Variable]
    /// Who may take part, if they agree; nil: everybody.
    public var participants: [PersonID]?
    /// Of which devices; nil: all.
    public var devices: [DeviceID]?
    /// In which rooms; nil: all, and those of no room.
    public var rooms: [RoomID]?
    /// Its first day.
    public var from: CalendarDate
    /// Its last day.
    public var until: CalendarDate
    /// Its phases, in order; none where it has no such design.
    public var phases: [Phase]
    /// Until when data are kept.
    public var keepUntil: CalendarDate
    /// What happens then.
    public var disposal: Disposal
    /// Why what the study has stays where a person has their data erased (GDPR, article 17, 3 d), as its notice says
    /// beforehand; nil: it goes.
    public var erasureExemption: LocalizedText?
    /// Whether each person's dates are moved by whole weeks.
    public var shiftsDates: Bool
    /// Aggregates over fewer people than this are left out.
    public var smallCells: Int
    /// Birth years are given in bands of so many years; nil: not at all.
    public var birthYearBand: Int?
    /// What is owed back.
    public var owed: [Owed]
    /// Its questionnaires.
    public var questionnaires: [Questionnaire]

    /// Whether its time of keeping goes on: through the day `keepUntil`, UTC.
    func mayKeep(at moment: Instant) -> Bool {
        moment.milliseconds / 86_400_000 <= keepUntil.daysSince1970
    }
}
