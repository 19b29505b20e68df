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

    /// What its author gave, of a span that the person agreed to as a whole.
    mutating func writeAnnotations() throws {
        guard let vault = try Vault.existing(home: home.folder) else { return }
        let timeline = ConsentTimeline(consents, policy: home.configuration?.consent ?? .required)
        var rows: [[String]] = []
        for person in people.sorted() {
            guard let residence = home.home.residences.first(where: { $0.people.contains(person) })
            else { continue }
            let locality = home.home.locality(of: residence, zones: home.zones)
            let said = try vault.annotations(
                of: person, by: actor, what: "export of study \(study.id)", at: now)
            var clock = WallClock(
                locality.zone, weeks: study.shiftsDates ? pseudonyms.weeks([person]) : 0)
            for annotation in said where annotation.mayLeave {
                let days =
                    locality.zone.day(
                        at: annotation.span.lowerBound)...locality.zone.day(
                        at: annotation.span.upperBound)
                let device = selection.devices.first { $0.device.id == annotation.device }
                guard study.from.daysSince1970 <= days.lowerBound,
                    days.upperBound <= study.until.daysSince1970,
                    annotation.device == nil || device != nil,
                    timeline.closed(
                        .study(study.id),
                        ConsentSubject(
                            subject: ConsentBook.Subject(
                                device: annotation.device ?? "", room: device?.device.room,
                                people: [person]), residence: residence.id, locality: locality),
                        in: annotation.span
                            .lowerBound..<(annotation.span.upperBound
                            + .milliseconds(1))
                    ).isEmpty
                else { continue }
                rows.append([
                    pseudonyms.name("P", person.rawValue), device?.name ?? "",
                    clock.text(annotation.span.lowerBound),
                    clock.text(annotation.span.upperBound), annotation.voice.rawValue,
                    annotation.content.form, try content(of: annotation),
                    phase(at: annotation.span.lowerBound, locality.zone),
                ])
            }
        }
        guard !rows.isEmpty else { return }
        rows.sort { $0.lexicographicallyPrecedes($1) }
        try table(.annotations) { for row in rows { try $0.row(row) } }
    }

    mutating func content(of annotation: Annotation) throws -> String {
        switch annotation.content {
        case .text(let text): return text
        case .pictogram(let name): return name
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
