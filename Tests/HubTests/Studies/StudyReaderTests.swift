import Foundation
import Rules
import Testing

@testable import Hub

@Suite("A study's protocol")
struct StudyReaderTests {
    @Test("a complete one is read as it stands")
    func complete() throws {
        let file = try StudyHome().file()
        #expect(file.diagnostics.isEmpty, "\(file.report)")
        let study = try #require(file.study)
        #expect(study.agreed.map(\.party) == [.residents, .professionals, .researchers])
        #expect(study.participants == nil && study.smallCells == 3 && study.shiftsDates)
        #expect(study.until.text == "2027-03-28" && study.owed[0].by.text == "2027-06-30")
    }

    @Test("a new one says with its line what is missing, and is never written over")
    func template() throws {
        let home = try StudyHome()
        let name = try StudyFile.make("fresh", in: home.folder.path)
        let file = try StudyFile.load("fresh", home: home.home)
        #expect(file.study == nil)
        let found = Set(file.diagnostics.map(\.location.line))
        let lines = file.source.split(separator: "\n", omittingEmptySubsequences: false)
        for key in [
            "title", "question", "residents", "legal", "ethics", "notice", "from", "keep_until",
            "publisher",
        ] {
            let line = try #require(lines.firstIndex { $0.contains(key + ":") }) + 1
            #expect(found.contains(line), "\(key), line \(line), is not named: \(file.report)")
        }
        #expect(throws: Diagnostic.self) { try StudyFile.make("fresh", in: home.folder.path) }
        #expect(name == "studies/fresh.yaml")
        #expect(StudyFile.all(in: home.folder.path) == ["fresh", "tablets"])
    }

    @Test(
        "what does not go together is refused",
        arguments: [
            ("small_cells: 3", "small_cells: 2", "bad-number"),
            ("legal: riph3", "legal: riph4", "unknown-word"),
            ("participants: all", "participants: [p1, p9]", "unknown-person"),
            ("devices: all", "devices: [lilas/t9]", "unknown-device"),
            ("until: 2027-03-28", "until: 2026-03-28", "bad-order"),
            ("0000-0002-1825-0097", "0000-0002-1825-0098", "bad-orcid"),
            ("opinion: favourable", "opinion: pending", "no-opinion"),
            ("opinion: favourable", "opinion: not_required, reason: x", "no-opinion"),
            ("file: studies/tablets/notice.md", "file: none.md", "unreadable-file"),
            ("version: \"1\", sha256: ", "version: \"1\", sha256: 00", "notice-changed"),
            ("measure: uses_per_day", "measure: uses_per_dy", "unknown-measure"),
            ("shift_dates: true", "shift_date: true", "unknown-key"),
            (
                "questionnaires: []", "questionnaires: [{name: sus, instrument: suss}]",
                "unknown-word"
            ),
            (
                "questionnaires: []",
                "questionnaires: [{name: sus, instrument: sus, columns: [{name: sus_score, title: {en: a, fr: b}, type: number}]}]",
                "bad-name"
            ),
            (
                "phases: []",
                "phases: [{name: A, title: A, from: 2027-01-11, until: 2027-02-01}, {name: B, title: B, from: 2027-02-01, until: 2027-02-03}]",
                "overlap"
            ),
        ])
    func wrong(old: String, new: String, code: String) throws {
        let text = StudyHome.study()
        try #require(text.contains(old))
        let changed = text.replacingOccurrences(of: old, with: new)
        let line = 1 + text.prefix(upTo: text.range(of: old)!.lowerBound).count { $0 == "\n" }
        let home = try StudyHome(study: changed)
        let problems = try home.problems()
        #expect(try home.file().study == nil)
        #expect(problems.contains("\(line) \(code)"), "\(problems)")
    }
}
