import Foundation
public import Rules

/// What an erasure would meet, looked up beforehand: nothing is changed, and the hub may run meanwhile.
public struct ErasurePlan: Sendable {
    /// Alerts about the person that are open. While there is one, nothing is erased: somebody may be on the way.
    public var open: [Alert] = []
    /// How many alerts about them are over; they go, with their story.
    public var closed = 0
    /// Exports of studies with something of the person, each with its study: they are removed from this machine, and marked
    /// superseded.
    public var exports: [(study: StudyID, record: ExportRecord)] = []

    /// Looks it up.
    ///
    /// - Throws: `JournalError`, `StudyError`.
    public init(home: LoadedHome, scope: PersonScope) throws {
        let path = home.folder + "/foyer.sqlite"
        if FileManager.default.fileExists(atPath: path) {
            let reader = try JournalReader(path: path)
            let alerts = try reader.alerts(openOnly: false, limit: .max)
                .filter { scope.covers($0.subject, at: $0.began) }
            open = alerts.filter { $0.response != .resolved }
            closed = alerts.count - open.count
        }
        for id in StudyFile.all(in: home.folder) {
            let study = (try? StudyFile.load(id, home: home))?.study
            guard study?.erasureExemption == nil else { continue }
            for record in try ExportRecord.all(id, home: home.folder)
            where record.people.contains(scope.person.rawValue) {
                exports.append((id, record))
            }
        }
    }

    /// Who received an export and has to be told, each once for a study: "tablets: the laboratory".
    var toTell: [String] {
        var seen: Set<String> = []
        return exports.map { "\($0.study): \($0.record.to)" }.filter { seen.insert($0).inserted }
    }

    /// The exports that are superseded.
    var superseded: [PersonErasure.Report.Superseded] {
        exports.map {
            PersonErasure.Report.Superseded(
                study: $0.study.rawValue, number: $0.record.number, to: $0.record.to)
        }
    }
}
