import Foundation
import Rules

/// The answers to a questionnaire, as a home's folder has them: `studies/NAME/questionnaires/FILE.csv`.
struct QuestionnaireTable {
    /// One person's answers of a day.
    struct Answers: Sendable {
        var person: PersonID
        var day: CalendarDate
        /// In the order of the protocol's columns, then the scores of a known instrument; empty: no answer, or a text that its
        /// author keeps.
        var values: [String]
    }

    let questionnaire: StudyProtocol.Questionnaire
    private(set) var answers: [Answers] = []

    /// Reads and checks a table; one that is not there yet has no rows.
    ///
    /// - Throws: `StudyError.questionnaire` with file and line.
    init(_ questionnaire: StudyProtocol.Questionnaire, of study: StudyID, home: String) throws {
        self.questionnaire = questionnaire
        let name = "studies/\(study)/questionnaires/\(questionnaire.name).csv"
        guard let data = FileManager.default.contents(atPath: home + "/" + name) else { return }
        let rows = Self.rows(String(decoding: data, as: UTF8.self))
        func fail(_ line: Int, _ problem: String) -> StudyError {
            .questionnaire(file: name, line: line, problem: problem)
        }
        guard let header = rows.first else { return }
        var places: [String: Int] = [:]
        for (index, column) in header.fields.enumerated() { places[column] = index }
        for needed in ["person", "date"] + questionnaire.columns.map(\.name)
        where places[needed] == nil {
            throw fail(1, "there is no column \"\(needed)\"; the protocol names it")
        }
        for row in rows.dropFirst() where row.fields != [""] {
            func field(_ name: String) -> String {
                places[name].flatMap { row.fields.indices.contains($0) ? row.fields[$0] : nil }
                    ?? ""
            }
            guard let day = CalendarDate(text: field("date")) else {
                throw fail(row.line, "\"date\" is no day; write it as 2027-01-31")
            }
            let mayTell = field("text_agreed").lowercased() == "yes"
            var values: [String] = []
            for column in questionnaire.columns {
                let text = field(column.name)
                if let problem = Self.problem(text, column) {
                    throw fail(row.line, "\"\(column.name)\" \(problem)")
                }
                values.append(column.type == .text && !mayTell ? "" : text)
            }
            values += scores(values)
            answers.append(
                Answers(person: PersonID(rawValue: field("person")), day: day, values: values))
        }
    }

    /// The scores of a known instrument, whose items come first.
    private func scores(_ values: [String]) -> [String] {
        guard let instrument = questionnaire.instrument else { return [] }
        let items = values.prefix(instrument.items).map { Int($0) }
        return instrument.scores.map { score in
            instrument.value(of: score, items).map { "\($0)" } ?? ""
        }
    }

    private static func problem(
        _ text: String, _ column: StudyProtocol.Questionnaire.Column
    ) -> String? {
        if text.isEmpty { return nil }
        switch column.type {
        case .text: return nil
        case .choice:
            return column.choices.contains(text)
                ? nil : "is none of: \(column.choices.joined(separator: ", "))"
        case .integer, .number:
            guard let number = Double(text), number.isFinite,
                column.type == .number || Int(text) != nil
            else { return "is no \(column.type == .integer ? "whole number" : "number")" }
            if let minimum = column.minimum, number < minimum { return "is below \(minimum)" }
            if let maximum = column.maximum, number > maximum { return "is above \(maximum)" }
            return nil
        }
    }

    /// The rows of a table (RFC 4180), each with the line on which it begins.
    static func rows(_ text: String) -> [(line: Int, fields: [String])] {
        var rows: [(line: Int, fields: [String])] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var line = 1
        var start = 1
        func close() { fields.append(String(decoding: field, as: UTF8.self)); field = [] }
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == 0x0a { line += 1 }
            if isQuoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if index < bytes.endIndex, bytes[index] == 0x22 {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case 0x22 where field.isEmpty: isQuoted = true
            case 0x2c: close()
            case 0x0d: continue
            case 0x0a:
                close()
                rows.append((start, fields))
                fields = []
                start = line
            default: field.append(byte)
            }
        }
        if !field.isEmpty || !fields.isEmpty {
            close()
            rows.append((start, fields))
        }
        return rows
    }
}
