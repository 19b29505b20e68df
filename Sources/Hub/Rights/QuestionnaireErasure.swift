import Foundation
import Rules

/// Takes one person's rows out of a study's questionnaires.
struct QuestionnaireErasure {
    let study: StudyID
    let home: String

    /// - Returns: how many rows went.
    /// - Throws: `RightsError.file`.
    func erase(_ person: PersonID) throws(RightsError) -> Int {
        let folder = "\(home)/studies/\(study)/questionnaires"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var erased = 0
        for name in names.sorted() where name.hasSuffix(".csv") {
            erased += try erase(person, from: folder + "/" + name)
        }
        return erased
    }

    private func erase(_ person: PersonID, from path: String) throws(RightsError) -> Int {
        guard let data = FileManager.default.contents(atPath: path) else { return 0 }
        let rows = QuestionnaireTable.rows(String(decoding: data, as: UTF8.self))
        guard let column = rows.first?.fields.firstIndex(of: "person") else { return 0 }
        let kept = rows.filter {
            !$0.fields.indices.contains(column) || $0.fields[column] != person.rawValue
        }
        guard kept.count < rows.count else { return 0 }
        let text = kept.map { $0.fields.map(ExportFile.field).joined(separator: ",") + "\n" }
            .joined()
        do {
            // The old text is overwritten in its place before the file gets its new one.
            if let handle = FileHandle(forWritingAtPath: path) {
                try handle.write(contentsOf: Data(count: data.count))
                try handle.synchronize()
                try handle.close()
            }
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw .file(path, reason: error.localizedDescription)
        }
        return rows.count - kept.count
    }
}
