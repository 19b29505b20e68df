public import Rules

/// Shows what came of a rule test's case: what was expected and what came, on one time line.
public struct ScenarioRendering: Sendable {
    /// The most rows of a time line that are shown.
    public static let maximumRows = 200
    private let outcome: ScenarioOutcome
    private let sources: [String: String]

    /// - Parameter sources: the files' texts, by the names that places give.
    public init(_ outcome: ScenarioOutcome, sources: [String: String] = [:]) {
        self.outcome = outcome
        self.sources = sources
    }

    /// `tests/night.yaml:12:5: the door opens at night and nobody moves`.
    public var title: String {
        let place = outcome.scenario.location
        return "\(place): \(DiagnosticRendering.printable(outcome.scenario.name.english))"
    }

    /// Why it failed; empty where it passed. What was expected and did not come stands with a minus, what came and was
    /// not expected with a plus:
    ///
    ///         +0s  22:45:00    front_door contact open
    ///       - +5m  22:50:00    night-exit raised              expected, did not come
    ///       + +6m  22:51:00    night-exit(home) raised        came, not expected
    public var failure: String {
        guard !outcome.isPassed else { return "" }
        var text = ""
        if !outcome.troubles.isEmpty {
            text += DiagnosticRendering(sources: sources).text(outcome.troubles)
        }
        if !outcome.missing.isEmpty || !outcome.unexpected.isEmpty || !outcome.troubles.isEmpty {
            text += summary + "\n" + timeline
        }
        if let restart = outcome.restart { text += Self.text(restart, self) }
        return text
    }

    /// `2 transitions expected did not come, 1 came that is not listed`.
    public var summary: String {
        let missing = outcome.missing.count
        let unexpected = outcome.unexpected.count
        var parts: [String] = []
        if missing > 0 { parts.append("\(missing) expected did not come") }
        if unexpected > 0 { parts.append("\(unexpected) came that is not listed") }
        if let trouble = outcome.troubles.first { parts.append(trouble.message) }
        return parts.joined(separator: "; ")
    }

    /// Everything on one time line.
    public var timeline: String {
        var cells: [(mark: String, time: String, what: String, note: String)] = []
        let rows = outcome.timeline
        for row in rows.prefix(Self.maximumRows) {
            let (mark, what, note) = cell(row.content)
            let clock = Timestamp.short(row.at, in: outcome.scenario.zone)
            cells.append((mark, "\(offset(row.at))\t\(clock)", what, note))
        }
        let offsetWidth =
            cells.map { $0.time.prefix { $0 != "\t" }.count }.max() ?? 0
        let whatWidth = cells.filter { !$0.note.isEmpty }.map(\.what.count).max() ?? 0
        var text = ""
        for cell in cells {
            let parts = cell.time.split(separator: "\t")
            var line = "  \(cell.mark) " + Self.padded(String(parts[0]), offsetWidth)
            line += "  \(parts[1])  "
            line += cell.note.isEmpty ? cell.what : Self.padded(cell.what, whatWidth)
            line += cell.note.isEmpty ? "" : "  \(cell.note)"
            text += line + "\n"
        }
        if rows.count > Self.maximumRows {
            text += "  … and \(rows.count - Self.maximumRows) more\n"
        }
        return text
    }

    private func cell(_ content: ScenarioOutcome.Row.Content) -> (String, String, String) {
        switch content {
        case .reading(let reading, let received):
            var what = DiagnosticRendering.printable("\(reading.subject) \(reading.word)")
            if reading.isRetained { what += " (retained)" }
            if received != reading.at { what += " (said at \(offset(reading.at)))" }
            return (" ", what, "")
        case .answer(let answer):
            return (" ", "\(answer.by): \(answer.action.rawValue) \(answer.about)", "")
        case .hub(let what):
            return (" ", what, "")
        case .both(_, let step):
            return ("✓", Self.text(step), "")
        case .missing(let expectation):
            return ("-", text(expectation), "expected, did not come")
        case .unexpected(let step):
            return ("+", Self.text(step), "came, not expected")
        }
    }

    private static func text(_ step: AlertTransition) -> String {
        var text = "\(step.alert.rule)(\(step.alert.subject)) \(step.step.name)"
        if step.alert.late { text += " late" }
        if let actor = step.actor { text += " by \(actor)" }
        return text
    }

    private func text(_ expectation: Scenario.Expectation) -> String {
        var text = "\(expectation.rule)"
        if let instance = expectation.instance { text += "(\(instance))" }
        text += " \(expectation.step.name)"
        if let isLate = expectation.isLate { text += isLate ? " late" : " not late" }
        if let by = expectation.by { text += " by \(by)" }
        if let noticed = expectation.noticed { text += " noticed at \(offset(noticed))" }
        if let priority = expectation.priority { text += " as \(priority.name)" }
        return text
    }

    private static func text(
        _ restart: ScenarioOutcome.RestartDifference, _ rendering: ScenarioRendering
    ) -> String {
        let place =
            restart.restart.map { "behind the entry at \(rendering.offset($0))" }
            ?? "behind every entry"
        var text = "a restart \(place) changes what comes:\n"
        func line(_ mark: String, _ step: AlertTransition?) -> String {
            let what = step.map { "\(rendering.offset($0.at))  \(Self.text($0))" } ?? "nothing"
            return "  \(mark) \(what)\n"
        }
        if let note = restart.note { return text + "  \(note)\n" }
        text += line("without", restart.without)
        return text + line("with   ", restart.with)
    }

    private func offset(_ moment: Instant) -> String {
        let span = moment - outcome.scenario.start
        return span < .zero ? span.text : "+" + span.text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
