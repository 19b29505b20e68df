import Rules

/// What a table of an export holds, for its schema (Data Package v2, Table Schema) and the codebook.
struct StudyTable: Sendable {
    /// What a column holds, as Table Schema names it.
    enum Kind: String, Sendable {
        case string, number, integer, boolean, datetime
    }

    /// One column.
    struct Column: Sendable {
        var name: String
        var kind: Kind
        /// Whether each row has it.
        var isRequired: Bool
        var english: String
        var french: String
        /// The words it may hold; empty: any.
        var words: [String] = []
        var minimum: Double?
        var maximum: Double?

        init(
            _ name: String, _ kind: Kind, required: Bool = true, _ english: String,
            _ french: String, words: [String] = [], minimum: Double? = nil,
            maximum: Double? = nil
        ) {
            self.name = name
            self.kind = kind
            isRequired = required
            self.english = english
            self.french = french
            self.words = words
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// Its short name; the file is `NAME.csv`.
    var name: String
    var english: String
    var french: String
    var columns: [Column]
    /// What names a row, if something does.
    var key: [String] = []
    /// Whether each `person` is one of `people.csv`.
    var namesPeople = true

    var path: String { name + ".csv" }
    var header: [String] { columns.map(\.name) }
}

extension StudyTable {
    private static let person = Column(
        "person", .string,
        "pseudonym of whom it is about: P… one person, G… several who share a device",
        "pseudonyme de la ou des personnes concernées : P… une personne, G… plusieurs qui partagent un appareil"
    )
    private static let device = Column(
        "device", .string, "pseudonym of the device", "pseudonyme de l'appareil")
    private static let phase = Column(
        "phase", .string, required: false, "phase of the study's design; empty outside of them",
        "phase du protocole ; vide en dehors")
    private static func time(_ name: String, _ english: String, _ french: String) -> Column {
        Column(
            name, .datetime, english + ", by the residence's clock, without offset",
            french + ", à l'heure de la résidence, sans décalage UTC")
    }

    static let people = StudyTable(
        name: "people", english: "Who took part", french: "Qui a participé",
        columns: [
            person,
            Column(
                "people", .integer, "how many people the pseudonym stands for",
                "nombre de personnes derrière le pseudonyme", minimum: 1),
            Column(
                "residence", .string, required: false,
                "pseudonym of the residence; empty where too few of it took part",
                "pseudonyme de la résidence ; vide si trop peu de ses habitants participent"),
            Column(
                "birth", .string, required: false,
                "band of birth years; empty where too few share it, or where the protocol asks for none",
                "tranche d'années de naissance ; vide si trop peu de personnes la partagent, ou si le protocole n'en demande pas"
            ),
        ], key: ["person"], namesPeople: false)

    static let devices = StudyTable(
        name: "devices", english: "The devices", french: "Les appareils",
        columns: [
            device, person,
            Column("kind", .string, "what kind of thing it is", "type d'appareil"),
            Column(
                "room", .string, required: false, "kind of the room it is in",
                "type de la pièce où il se trouve"),
        ], key: ["device"])

    static let readings = StudyTable(
        name: "readings", english: "What devices said", french: "Ce que les appareils ont dit",
        columns: [
            person, device,
            Column("capability", .string, "what the reading is of", "grandeur ou état lu"),
            Column(
                "channel", .string, required: false, "which of several alike",
                "voie, s'il y en a plusieurs"),
            Column(
                "kind", .string, "how it is to be understood in time",
                "sens dans le temps",
                words: ["state", "pulse", "measurement", "usage", "health"]),
            time("time", "when it happened", "quand cela s'est passé"),
            Column(
                "number", .number, required: false,
                "its number, in the capability's unit; 1 and 0 for yes and no; empty: unknown or a word",
                "nombre, dans l'unité de la grandeur ; 1 et 0 pour oui et non ; vide : inconnu, ou un mot"
            ),
            Column("text", .string, required: false, "its word", "mot"),
            Column(
                "freshness", .string,
                "live; late: told afterwards; restored: a state told again, no event",
                "live ; late : dit après coup ; restored : état répété, pas un événement",
                words: ["live", "restored", "late"]),
            phase,
        ])

    static let uses = StudyTable(
        name: "uses", english: "Uses of devices", french: "Usages des appareils",
        columns: [
            person, device, time("from", "its beginning", "début"),
            Column(
                "seconds", .number, "how long it lasted, in seconds; 0 for what has no length",
                "durée en secondes ; 0 pour un usage sans durée", minimum: 0),
            Column(
                "censored", .boolean,
                "true: its end was not seen; it lasted at least so long",
                "true : la fin n'a pas été vue ; durée minimale"),
            Column("what", .string, required: false, "what was used", "ce qui a été utilisé"),
            Column(
                "support", .string,
                "whether somebody helped; automatic: an automation began it; unknown: nobody and nothing tells, or people say different things",
                "alone : sans aide ; helped : avec de l'aide ; automatic : lancé par un automatisme ; unknown : personne ni rien ne le dit, ou les avis diffèrent",
                words: UseSupport.allCases.map(\.rawValue)),
            Column(
                "support_from", .string, required: false,
                "from where that is known: what people said, what the device said, what switched it",
                "d'où on le sait : ce que des personnes ont dit (people), ce que l'appareil a dit (device), ce qui l'a commandé (control)",
                words: UseSupport.Source.allCases.map(\.rawValue)),
            Column(
                "prompts", .integer, required: false,
                "prompts while it went on or within ten minutes before; empty: not known",
                "rappels pendant l'usage ou dans les dix minutes avant ; vide : non connu",
                minimum: 0),
            phase,
        ])

    static let episodes = StudyTable(
        name: "episodes", english: "Episodes that trace rules found",
        french: "Épisodes trouvés par les règles de trace",
        columns: [
            person, device,
            Column("trace", .string, "the rule", "la règle"),
            Column("version", .string, "its version", "sa version"),
            time("from", "its beginning", "début"),
            Column("seconds", .number, "how long, in seconds", "durée en secondes", minimum: 0),
            Column(
                "censored", .string, required: false, "why its end is not known",
                "pourquoi la fin n'est pas connue"),
            phase,
        ])

    static let observability = StudyTable(
        name: "observability",
        english: "When devices were watched, and why not. Every figure is to be divided by it",
        french:
            "Quand les appareils étaient observés, et sinon pourquoi. Tout chiffre s'y rapporte",
        columns: [
            person, device, time("from", "from when", "depuis"),
            time("to", "to when, not within", "jusqu'à, exclu"),
            Column(
                "state", .string, "watched, or why not", "observé (watched), ou la raison",
                words: ["watched"] + Observability.Reason.allCases.map(\.rawValue)),
        ])

    static let measures = StudyTable(
        name: "measures", english: "Measures of use of each device",
        french: "Mesures d'usage de chaque appareil",
        columns: [
            person, device, phase,
            Column(
                "measure", .string, "which, as docs/measures.md has it",
                "laquelle, voir docs/measures.md"),
            Column("value", .number, "its value", "valeur"),
            Column(
                "low", .number, required: false, "lower end of its 95 % interval",
                "borne basse de l'intervalle à 95 %"),
            Column(
                "high", .number, required: false, "upper end of its 95 % interval",
                "borne haute de l'intervalle à 95 %"),
        ])

    static let aggregates = StudyTable(
        name: "aggregates",
        english: "Measures over people; rows over too few people are left out",
        french:
            "Mesures sur l'ensemble des personnes ; sans les lignes portant sur trop peu de personnes",
        columns: [
            Column("kind", .string, "kind of device", "type d'appareil"),
            phase,
            Column("measure", .string, "which measure", "mesure"),
            Column("people", .integer, "over how many people", "nombre de personnes", minimum: 3),
            Column("low_quartile", .number, "lower quartile", "premier quartile"),
            Column("median", .number, "median", "médiane"),
            Column("high_quartile", .number, "upper quartile", "troisième quartile"),
        ], namesPeople: false)

    static let annotations = StudyTable(
        name: "annotations",
        english:
            "What residents and staff say of a span, in their own words; only what its author gave",
        french:
            "Ce que disent habitants et professionnels d'une période, avec leurs mots ; seulement ce que l'auteur a donné",
        columns: [
            person,
            Column(
                "device", .string, required: false, "pseudonym of the device; empty: of all",
                "pseudonyme de l'appareil ; vide : tous"),
            time("from", "from when", "depuis"), time("to", "to when", "jusqu'à"),
            Column(
                "voice", .string, "who speaks", "qui parle",
                words: Annotation.Voice.allCases.map(\.rawValue)),
            Column(
                "form", .string, "how", "comment", words: ["text", "pictogram", "voice", "support"]),
            Column(
                "content", .string,
                "the words, the pictogram's name, the recording's file; of support: alone, or helped with the number of prompts for each use",
                "les mots, le nom du pictogramme, le fichier de l'enregistrement ; pour support : alone (sans aide), ou helped (avec de l'aide) et le nombre de rappels par usage"
            ),
            phase,
        ])

    static func questionnaire(_ questionnaire: StudyProtocol.Questionnaire) -> StudyTable {
        StudyTable(
            name: "questionnaires/\(questionnaire.name)", english: questionnaire.title.english,
            french: questionnaire.title.french,
            columns: [
                person, Column("date", .string, "the day", "le jour"), phase,
            ]
                + questionnaire.columns.map { column in
                    Column(
                        column.name,
                        column.type == .integer
                            ? .integer : column.type == .number ? .number : .string,
                        required: false, column.title.english, column.title.french,
                        words: column.choices, minimum: column.minimum, maximum: column.maximum)
                }
                + (questionnaire.instrument?.scores ?? []).map { score in
                    Column(
                        score.name, .number, required: false, score.title.english,
                        score.title.french, minimum: score.range.lowerBound,
                        maximum: score.range.upperBound)
                })
    }
}
