public import Rules

/// One step of how a message was understood, for a person to read.
public enum DecodingNote: Hashable, Sendable {
    /// A part of a device's profile has this topic.
    case matched(device: Int, topic: TopicPattern, location: SourceLocation)
    /// A guard of the message does not hold.
    case guarded(Guard)
    /// The device's own time, and what became of it: nil where it is not used.
    case time(pointer: JSONPointer, text: String, moment: Instant?, isOld: Bool)
    /// A guard of one reading does not hold.
    case readingGuarded(ReadingProfile, Guard)
    /// What the profile asks for is not in the payload.
    case absent(ReadingProfile, pointer: String)
    /// What is there is no reading, and why.
    case nothing(ReadingProfile, pointer: String?, raw: String, why: String)
    /// A reading, where it stood and as what.
    case reading(Reading, pointer: String?, raw: String)
    /// A word for whether a device is there, and what it means.
    case availability(device: Int, word: String, value: Value)
}

extension Guard: CustomStringConvertible {
    /// The condition in words.
    public var description: String {
        switch test {
        case .oneOf(let words): "\(at) is \(words.map { "\"\($0)\"" }.joined(separator: " or "))"
        case .noneOf(let words):
            "\(at) is not \(words.map { "\"\($0)\"" }.joined(separator: " nor "))"
        case .within(let range) where range.upperBound == .infinity:
            "\(at) is \(range.lowerBound) or more"
        case .within(let range) where range.lowerBound == -.infinity:
            "\(at) is \(range.upperBound) or less"
        case .within(let range):
            "\(at) is from \(range.lowerBound) to \(range.upperBound)"
        case .present(let wanted): "\(at) is \(wanted ? "there" : "not there")"
        }
    }
}
