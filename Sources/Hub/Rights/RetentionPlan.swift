public import Rules

/// What is to go now by hub.yaml's `retention:`, device by device. A reading goes when no purpose that it was taken in for keeps
/// it any more: safety and care by their spans, a study until its `keep_until`.
public struct RetentionPlan: Sendable {
    /// What is to go.
    public private(set) var removal: Removal

    /// What is to go now.
    ///
    /// - Throws: `JournalError`.
    public init(home: LoadedHome, reader: JournalReader, now: Instant) throws(JournalError) {
        let settings = home.configuration?.retention ?? RetentionSettings()
        removal = Removal()
        // Where one of the two is kept for ever, so is every reading that it was allowed for.
        let safety = settings.safety.map { now - $0 } ?? .distantPast
        let care = settings.care.map { now - $0 } ?? .distantPast
        if settings.care != nil { removal.episodesBefore = care }
        if settings.safety != nil { removal.alertsBefore = safety }
        let end = max(safety, care)
        guard end > .distantPast else { return }
        let first = try reader.firstReceived() ?? now
        guard first < end else { return }
        let period = first..<end
        let timeline = ConsentTimeline(
            try reader.consentEntries(), policy: home.configuration?.consent ?? .required)
        let studies = StudyFile.complete(in: home).filter { $0.mayKeep(at: now) }
        for subject in home.home.consentSubjects(zones: home.zones) {
            func over(_ purpose: Purpose, before cut: Instant) -> InstantSpans {
                let closed = timeline.closed(purpose, subject, in: period).map { $0.from..<$0.to }
                let past = first < cut ? [first..<min(cut, end)] : []
                return InstantSpans(past + closed)
            }
            var gone = over(.safety, before: safety).intersection(over(.care, before: care))
            for study in studies {
                let from = Instant(milliseconds: (study.from.daysSince1970 - 1) * 86_400_000)
                let until = Instant(milliseconds: (study.until.daysSince1970 + 2) * 86_400_000)
                gone = gone.intersection(
                    over(.study(study.id), before: .distantPast)
                        .union(InstantSpans([first..<max(first, min(from, end))]))
                        .union(InstantSpans([min(max(until, first), end)..<end])))
            }
            guard !gone.spans.isEmpty else { continue }
            removal.readings.append(
                Removal.Readings(device: subject.subject.device, spans: gone.spans))
        }
    }
}
