import Foundation
import Rules
import Testing

@testable import Hub

/// A home of two residences with a study, in a folder of its own.
final class StudyHome {
    let folder: TemporaryFolder
    let home: LoadedHome

    static let hub = """
        version: 1
        site: {id: studies}
        zone: Europe/Paris
        consent: opt_out
        residences:
          - id: lilas
            people: [p1, p2]
            rooms: [{id: hall, kind: hall}, {id: bedroom, kind: bedroom, person: p2}]
          - id: roses
            people: [p3, p4, p5, p6]
            rooms: [{id: hall, kind: hall}]
        """
    static let devices = """
        version: 1
        devices:
          - {name: t1, residence: lilas, person: p1, kind: tablet, profile: json-app, topic: lilas/t1}
          - {name: t2, residence: lilas, room: bedroom, kind: tablet, profile: json-app, topic: lilas/t2}
          - {name: shared, residence: lilas, room: hall, kind: screen, profile: json-app, topic: lilas/shared}
          - {name: t3, residence: roses, person: p3, kind: tablet, profile: json-app, topic: roses/t3}
          - {name: t4, residence: roses, person: p4, kind: tablet, profile: json-app, topic: roses/t4}
          - {name: t5, residence: roses, person: p5, kind: tablet, profile: json-app, topic: roses/t5}
          - {name: t6, residence: roses, person: p6, kind: tablet, profile: json-app, topic: roses/t6}
        """
    static let notice = "What we would like to know, and what you can say."

    static func study(
        shift: Bool = true, phases: String = "[]", questionnaires: String = "[]",
        extra: String = ""
    ) -> String {
        let hash = ConsentText.hash(of: notice)
        return """
            version: 1
            title: {en: Tablets at home, fr: Des tablettes chez soi}
            question: {en: Who uses a tablet and when?, fr: "Qui utilise une tablette, et quand ?"}
            agreed:
              residents: {on: 2026-10-01, who: "five residents, at the house meeting"}
              professionals: {on: 2026-10-02, who: the team}
              researchers: {on: 2026-10-03, who: the laboratory}
            investigators:
              - {name: "Carberry, Josiah", affiliation: Brown University, orcid: 0000-0002-1825-0097}
            publisher: An association
            legal: riph3
            ethics: {opinion: favourable, committee: CPP Ouest, reference: 26.01, on: 2026-10-10}
            notice: {file: studies/tablets/notice.md, version: "1", sha256: \(hash)}
            variables:
              - {name: use, title: {en: Use, fr: Usage}, measure: uses_per_day}
            participants: all
            devices: all
            rooms: all
            from: 2027-01-11
            until: 2027-03-28
            phases: \(phases)
            keep_until: 2030-12-31
            then: anonymise
            shift_dates: \(shift)
            small_cells: 3
            owed:
              - {name: report, title: {en: A report for each home, fr: Un compte rendu pour chaque logement}, by: 2027-06-30}
            questionnaires: \(questionnaires)
            \(extra)
            """
    }

    init(study: String = StudyHome.study(), devices: String = StudyHome.devices) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        try Self.write("hub.yaml", Self.hub, in: folder)
        try Self.write("devices.yaml", devices, in: folder)
        try Self.write("studies/tablets/notice.md", Self.notice, in: folder)
        try Self.write("studies/tablets.yaml", study, in: folder)
        home = try HomeFolder.load(folder.path, shippedProfiles: Self.profiles)
        try #require(!home.hasErrors, "\(home.report)")
    }

    static let profiles = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "devices").path

    func write(_ name: String, _ text: String) throws {
        try Self.write(name, text, in: folder)
    }

    private static func write(
        _ name: String, _ text: String, in folder: TemporaryFolder
    ) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
            withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    func file() throws -> StudyFile { try StudyFile.load("tablets", home: home) }

    /// The lines and codes of what is wrong.
    func problems() throws -> [String] {
        try file().diagnostics.map { "\($0.location.line) \($0.code)" }
    }
}

extension ConsentText {
    static func hash(of text: String) -> String {
        let path = NSTemporaryDirectory() + "foyer-notice-" + UUID().uuidString
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return ConsentText.hash(ofFile: path) ?? ""
    }
}
