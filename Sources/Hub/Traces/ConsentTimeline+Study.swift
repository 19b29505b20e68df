import Rules

extension ConsentTimeline {
    /// The spans of a period of which nothing leaves the home for a study, ascending: what somebody had not agreed to then, and all
    /// before their last no. What they had agreed to was rightly recorded; a later yes does not bring it back.
    ///
    /// - Parameter last: up to when a no counts.
    func closed(
        for study: StudyID, _ subject: ConsentSubject, in period: Range<Instant>,
        by last: Instant = .distantFuture
    ) -> [Observability.Blind] {
        let spans = closed(.study(study), subject, in: period)
        guard let no = lastNo(to: study, of: subject.subject, by: last), no > period.lowerBound
        else { return spans }
        let end = min(no, period.upperBound)
        let rest = spans.filter { $0.to > end }.map {
            Observability.Blind(from: max($0.from, end), to: $0.to, reason: $0.reason)
        }
        guard let first = rest.first, first.from == end, first.reason == .noConsent else {
            return [.init(from: period.lowerBound, to: end, reason: .noConsent)] + rest
        }
        return [.init(from: period.lowerBound, to: first.to, reason: .noConsent)]
            + rest.dropFirst()
    }

    /// When somebody last said no to a device in a study; nil where nobody did. A no for some hours of the day closes those hours
    /// from then on, and takes nothing else back.
    func lastNo(
        to study: StudyID, of subject: ConsentBook.Subject, by last: Instant = .distantFuture
    ) -> Instant? {
        entries.compactMap { entry -> Instant? in
            guard case .consent(let record) = entry.command, record.decision.isNo,
                record.scope.hours == nil, record.purpose == .study(study),
                record.from <= last, subject.people.contains(record.person),
                record.scope.devices.isEmpty || record.scope.devices.contains(subject.device),
                record.scope.rooms.isEmpty
                    || subject.room.map(record.scope.rooms.contains) == true
            else { return nil }
            // Also what came between the moment from which it holds and the one in which it was said.
            return max(record.from, entry.received)
        }.max()
    }
}
