public import Rules

/// A yes that a person wishes to give, and that nobody has talked through with them yet: no yes, but a question to the team.
public struct StandingWish: Hashable, Sendable {
    /// Whose.
    public var person: PersonID
    /// To what.
    public var purpose: Purpose
    /// What the person was shown.
    public var shown: ConsentRecord.Information
    /// When they said so.
    public var at: Instant

    /// The wishes after which the person has not said anything else about the same purpose, oldest first.
    ///
    /// - Parameters:
    ///   - sayings: what people said on their own pages, in the journal's order.
    ///   - entries: all that was said of consent, in the journal's order.
    public static func standing(
        _ sayings: [CommandEntry], after entries: [CommandEntry]
    ) -> [StandingWish] {
        var latest: [String: (wish: StandingWish, sequence: SequenceNumber)] = [:]
        func key(_ person: PersonID, _ purpose: Purpose) -> String { "\(person) \(purpose)" }
        for entry in sayings {
            guard case .says(let saying) = entry.command,
                case .wishes(let purpose, let shown) = saying.word
            else { continue }
            latest[key(saying.person, purpose)] = (
                StandingWish(
                    person: saying.person, purpose: purpose, shown: shown, at: entry.received),
                entry.sequence
            )
        }
        for entry in entries {
            guard case .consent(let record) = entry.command, !record.capacity.isRepresentative,
                let wish = latest[key(record.person, record.purpose)],
                wish.sequence < entry.sequence
            else { continue }
            latest[key(record.person, record.purpose)] = nil
        }
        return latest.values.sorted { $0.sequence < $1.sequence }.map(\.wish)
    }
}
