/// One study, by its name.
public struct StudyID: Identifier {
    /// The text as in the study's protocol.
    public let rawValue: String
    /// A study, by its name.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What readings about a person may be used for. Each is a yes or a no of its own.
public enum Purpose: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Alerts that reach somebody.
    case safety
    /// Traces of use for the person and those who support them.
    case care
    /// One study.
    case study(StudyID)

    /// `safety`, `care`, `study/NAME`: the word in the journal, in commands and in the API.
    public var description: String {
        switch self {
        case .safety: "safety"
        case .care: "care"
        case .study(let study): "study/\(study)"
        }
    }

    /// A purpose by its word; nil for another word.
    public init?(_ text: String) {
        switch text {
        case "safety": self = .safety
        case "care": self = .care
        default:
            guard text.hasPrefix("study/"), text.utf8.count > 6 else { return nil }
            self = .study(StudyID(rawValue: String(text.dropFirst(6))))
        }
    }

    /// Orders safety, care, then studies by name.
    public static func < (left: Purpose, right: Purpose) -> Bool {
        func rank(_ purpose: Purpose) -> (Int, String) {
            switch purpose {
            case .safety: (0, "")
            case .care: (1, "")
            case .study(let study): (2, study.rawValue)
            }
        }
        return rank(left) < rank(right)
    }
}
