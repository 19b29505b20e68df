import Rules

/// What is so now: a call that somebody answers, a word to the team, a pause.
struct ResidentNow {
    /// So long after its end a call is still told of.
    static let afterwards = TimeSpan.hours(1)

    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    func lines() async throws -> [[String: Any]] {
        let person = resident.person
        let now = resident.now
        let filter = AlertFilter(
            residences: [resident.residence.id], from: now - .days(7), to: now + .days(1))
        let (alerts, sayings, entries) = try await resident.site.readers.read { reader in
            (
                try reader.alerts(filter, limit: 2000), try reader.sayings(since: now - .hours(1)),
                try reader.consentEntries()
            )
        }
        let plan = resident.site.home.plan
        // Their own calls, and those alarms about them after which somebody comes.
        let calls = alerts.filter { alert in
            alert.subject.person == person && plan.isVital(alert.rule)
                && alert.response != .asked
                && (alert.resolved.map { now - $0 < Self.afterwards } ?? true)
        }.sorted { ($0.began, $0.id) < ($1.began, $1.id) }
        var lines: [[String: Any]] = []
        let open = calls.filter { $0.response != .resolved }
        for call in open { lines += told(of: call) }
        if open.isEmpty, let last = calls.last, let end = last.resolved {
            lines.append(
                resident.line(.yes, resident.word("over"), big: resident.time(end), mood: "yes"))
        }
        let own = sayings.compactMap { entry -> (Instant, Saying.Word)? in
            guard case .says(let saying) = entry.command, saying.person == person else {
                return nil
            }
            return (entry.received, saying.word)
        }
        // Whoever has called since is not said to be fine.
        let latestCall = open.map(\.began).max() ?? .distantPast
        if let (at, _) = own.last(where: { $0.1 == .fine }), at > latestCall {
            lines.append(
                resident.line(
                    .fine, "\(resident.word("said_fine")) \(resident.word("said_fine_seen"))",
                    big: resident.time(at), mood: "yes"))
        }
        let book = ConsentTimeline(entries, policy: resident.policy).book
        if let until = book.pausedUntil(person, at: now) {
            lines.append(
                resident.line(
                    .pause,
                    "\(resident.word("paused")) \(resident.word("paused_until", ["time": resident.when(until)]))",
                    mood: "wait"))
        }
        if lines.isEmpty { lines.append(resident.line(.help, resident.word("all_quiet"))) }
        return lines
    }

    private func told(of call: Alert) -> [[String: Any]] {
        let site = resident.site
        let isOwn = call.rule == BuiltInRule.ownCall.id
        let what = PageParts(resident.visit).title(of: call)
        switch call.response {
        case .acknowledged:
            let name = site.name(call.acknowledgedBy ?? "")
            return [
                resident.line(
                    .coming, resident.word("coming", ["name": name]),
                    big: call.acknowledged.map { resident.time($0) }, mood: "coming")
            ]
        case .onSite:
            let name = site.name(call.onSiteBy ?? "")
            return [
                resident.line(
                    .here, resident.word("here", ["name": name]),
                    big: call.onSite.map { resident.time($0) }, mood: "coming")
            ]
        default:
            let text =
                isOwn
                ? "\(resident.word("called")) \(resident.word("called_told"))"
                : resident.word("alarm", ["what": what])
            return [
                resident.line(.help, text, big: resident.time(call.began), mood: "called"),
                resident.line(.clock, resident.word("called_wait"), mood: "called"),
            ]
        }
    }
}
