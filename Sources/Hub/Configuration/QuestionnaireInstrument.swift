public import Rules

/// A published questionnaire whose columns and scores are known. Its items' words are not in here: they belong to their authors, and who
/// uses one has them.
public enum QuestionnaireInstrument: String, Hashable, Sendable, CaseIterable {
    /// The System Usability Scale: ten items from 1 to 5 (Brooke, "SUS: a 'quick and dirty' usability scale", Usability
    /// Evaluation in Industry, 1996).
    case sus
    /// The Quebec User Evaluation of Satisfaction with assistive Technology 2.0: twelve items from 1 to 5, eight of the device and
    /// four of services (Demers, Weiss-Lambrou and Ska, Technology and Disability 14 (2002)).
    case quest

    /// A score that is made of the answers.
    public struct Score: Hashable, Sendable {
        /// Its column.
        public var name: String
        /// What it is.
        public var title: LocalizedText
        /// The least and the greatest.
        public var range: ClosedRange<Double>
        /// Which items it is made of, from 1.
        public var items: ClosedRange<Int>
    }

    /// How many items it has.
    public var items: Int { self == .sus ? 10 : 12 }

    /// What it is called.
    public var title: LocalizedText {
        switch self {
        case .sus:
            LocalizedText(
                english: "System Usability Scale", french: "Échelle d'utilisabilité SUS")
        case .quest:
            LocalizedText(
                english: "QUEST 2.0: satisfaction with an assistive device",
                french: "QUEST 2.0 (ESAT) : satisfaction envers une aide technique")
        }
    }

    /// The columns of its answers: `sus_1` … `sus_10`, `quest_1` … `quest_12`.
    public var columns: [StudyProtocol.Questionnaire.Column] {
        (1...items).map { item in
            StudyProtocol.Questionnaire.Column(
                name: "\(rawValue)_\(item)",
                title: LocalizedText(
                    english: "\(title.english), item \(item): \(scale.english)",
                    french: "\(title.french), item \(item) : \(scale.french)"),
                type: .integer, minimum: 1, maximum: 5, choices: [])
        }
    }

    private var scale: LocalizedText {
        switch self {
        case .sus:
            LocalizedText(
                english: "1 strongly disagree … 5 strongly agree",
                french: "1 pas du tout d'accord … 5 tout à fait d'accord")
        case .quest:
            LocalizedText(
                english: "1 not satisfied at all … 5 very satisfied",
                french: "1 pas satisfait du tout … 5 très satisfait")
        }
    }

    /// The scores that an export adds.
    public var scores: [Score] {
        switch self {
        case .sus:
            [
                Score(
                    name: "sus_score",
                    title: LocalizedText(
                        english:
                            "SUS score, 0 to 100; empty where an item was not answered. Not a percentage",
                        french:
                            "score SUS, de 0 à 100 ; vide si un item est sans réponse. Ce n'est pas un pourcentage"
                    ), range: 0...100, items: 1...10)
            ]
        case .quest:
            [
                ("quest_device", "device subscale", "sous-échelle aide technique", 1...8),
                ("quest_services", "services subscale", "sous-échelle services", 9...12),
                ("quest_total", "all items", "ensemble", 1...12),
            ].map { name, english, french, items in
                Score(
                    name: name,
                    title: LocalizedText(
                        english: "QUEST 2.0, \(english): mean of the items that were answered",
                        french: "QUEST 2.0, \(french) : moyenne des items répondus"),
                    range: 1...5, items: items)
            }
        }
    }

    /// A score; nil where it cannot be told.
    ///
    /// - Parameter answers: to all items in their order, each from 1 to 5; nil: not answered.
    public func value(of score: Score, _ answers: [Int?]) -> Double? {
        guard answers.count == items else { return nil }
        let own = answers[(score.items.lowerBound - 1)...(score.items.upperBound - 1)]
        let given = own.compactMap(\.self)
        switch self {
        case .sus:
            // Odd items say good of it and count by what lies above 1, even ones by what lies below 5; the sum times 2.5.
            guard given.count == items else { return nil }
            let sum = given.enumerated().reduce(0) {
                $0 + ($1.offset % 2 == 0 ? $1.element - 1 : 5 - $1.element)
            }
            return Double(sum) * 2.5
        case .quest:
            return given.isEmpty ? nil : Double(given.reduce(0, +)) / Double(given.count)
        }
    }
}
