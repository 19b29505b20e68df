public import Rules

/// What people allowed when, told from what they said: for each purpose and device the spans in which it was not to be used.
public struct ConsentTimeline: Sendable {
    /// All that was said, in the journal's order.
    let entries: [CommandEntry]
    private let policy: ConsentPolicy

    /// - Parameters:
    ///   - entries: all that was said, in the journal's order.
    ///   - policy: what holds where nobody was asked.
    public init(_ entries: [CommandEntry], policy: ConsentPolicy) {
        self.entries = entries
        self.policy = policy
    }

    /// What holds after the last word.
    public var book: ConsentBook {
        var book = ConsentBook()
        for entry in entries { book.take(entry.command, at: entry.received) }
        return book
    }

    /// The spans of a period in which readings of a device were not to be used, ascending, and why.
    public func closed(
        _ purpose: Purpose, _ subject: ConsentSubject, in period: Range<Instant>
    ) -> [Observability.Blind] {
        var book = ConsentBook()
        var result: [Observability.Blind] = []
        var next = 0
        while next < entries.count, entries[next].received <= period.lowerBound {
            book.take(entries[next].command, at: entries[next].received)
            next += 1
        }
        var at = period.lowerBound
        while at < period.upperBound {
            let word = next < entries.count ? entries[next].received : .distantFuture
            var judgement = book.refusal(
                purpose, about: subject.subject, at: at, in: subject.locality, under: policy)
            if let end = subject.endsAt {
                if at >= end {
                    judgement.refusal = .nobody
                    judgement.holdsUntil = .distantFuture
                } else {
                    judgement.holdsUntil = min(judgement.holdsUntil, end)
                }
            }
            let until = min(
                max(judgement.holdsUntil, at + .milliseconds(1)), max(word, at), period.upperBound)
            if let refusal = judgement.refusal, at < until {
                let reason: Observability.Reason
                if case .paused = refusal { reason = .paused } else { reason = .noConsent }
                if let last = result.last, last.to == at, last.reason == reason {
                    result[result.count - 1].to = until
                } else {
                    result.append(.init(from: at, to: until, reason: reason))
                }
            }
            at = until
            while next < entries.count, entries[next].received <= at {
                book.take(entries[next].command, at: entries[next].received)
                next += 1
            }
        }
        return result
    }
}
