import Foundation
import Rules

/// What people said, and what all of them come to together.
extension StudyExportRun {
    mutating func writeQuestionnaires() throws {
        for (questionnaire, rows) in questionnaires {
            var lines: [[String]] = rows.map { answers in
                let weeks = study.shiftsDates ? pseudonyms.weeks([answers.person]) : 0
                let day = answers.day.daysSince1970
                let phase = study.phases.first {
                    $0.from.daysSince1970 <= day && day <= $0.until.daysSince1970
                }
                return [
                    pseudonyms.name("P", answers.person.rawValue),
                    CalendarDate(daysSince1970: day + Int64(weeks) * 7).text,
                    phase?.name ?? "",
                ] + answers.values
            }
            lines.sort { $0.lexicographicallyPrecedes($1) }
            try table(.questionnaire(questionnaire.questionnaire)) { file in
                for line in lines { try file.row(line) }
            }
        }
    }

    mutating func writeAnnotations() throws {
        var rows: [[String]] = []
        for one in said {
            let annotation = one.annotation
            var clock = WallClock(
                one.zone, weeks: study.shiftsDates ? pseudonyms.weeks([annotation.person]) : 0)
            rows.append([
                pseudonyms.name("P", annotation.person.rawValue), one.device?.name ?? "",
                clock.text(annotation.span.lowerBound),
                clock.text(annotation.span.upperBound), annotation.voice.rawValue,
                annotation.content.form, try content(of: annotation),
                phase(at: annotation.span.lowerBound, one.zone),
            ])
        }
        guard !rows.isEmpty else { return }
        rows.sort { $0.lexicographicallyPrecedes($1) }
        try table(.annotations) { for row in rows { try $0.row(row) } }
    }

    mutating func content(of annotation: Annotation) throws -> String {
        switch annotation.content {
        case .text(let text): return text
        case .pictogram(let name): return name
        case .support(let support): return support.text
        case .recording(let bytes, let ending):
            let name = "voices/V" + pseudonyms.name("V", "\(annotation.id)").dropFirst()
            var file = try ExportFile("\(name).\(ending)", in: folder)
            try file.write(bytes)
            others.append(try file.finish())
            return "\(name).\(ending)"
        }
    }

    /// - Returns: how many rows were left out.
    mutating func writeAggregates() throws -> Int {
        var dropped = 0
        let rows = MeasuredPerson.aggregates(
            measured, threshold: study.smallCells, dropped: &dropped)
        try table(.aggregates) { for row in rows { try $0.row(row) } }
        return dropped
    }
}
