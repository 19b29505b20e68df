import Foundation
import Rules
import Testing

@testable import Hub

@Suite("What a study owes the homes")
struct RestitutionTests {
    static let everybody: [PersonID] = ["p1", "p2", "p3", "p4", "p5", "p6"]

    private func restitution(_ journal: StudyJournal) throws -> Restitution {
        Restitution(study: try #require(try journal.home.file().study), home: journal.home.home)
    }

    @Test("each home is owed its report until it was shown, and its answer is kept in its words")
    func debts() throws {
        let journal = try StudyJournal(days: 2)
        let restitution = try restitution(journal)
        var debts = try restitution.debts()
        #expect(debts.map(\.residence) == ["lilas", "roses"])
        #expect(debts.allSatisfy { $0.state == nil })
        #expect(debts[0].isLate(on: CalendarDate(year: 2027, month: 7, day: 1)))
        #expect(!debts[0].isLate(on: CalendarDate(year: 2027, month: 6, day: 30)))
        try restitution.note(
            "report", to: "lilas", .answered, by: "m1", note: "we \"knew\"\nthat", now: journal.now)
        try restitution.note("report", to: "lilas", .shown, by: "m1", note: "", now: journal.now)
        debts = try restitution.debts()
        // What was answered is not less because it is shown again.
        #expect(debts[0].state == .answered)
        #expect(debts[0].steps.map(\.note) == ["we \"knew\"\nthat", ""])
        #expect(debts[1].state == nil)
        #expect(!debts[0].isLate(on: CalendarDate(year: 2027, month: 7, day: 1)))
        #expect(throws: StudyError.notOwed("cake", "lilas", "tablets")) {
            try restitution.note("cake", to: "lilas", .shown, by: "m1", note: "", now: journal.now)
        }
    }

    private func reports(_ journal: StudyJournal) throws -> [String] {
        try HomeReport.all(
            try #require(try journal.home.file().study), home: journal.home.home,
            reader: try JournalReader(path: journal.home.folder.file("foyer.sqlite")), by: "m1",
            now: journal.now
        ).flatMap { [$0.report.html(isFrench: false), $0.report.html(isFrench: true)] }
    }

    @Test("a report tells figures over enough people, and none over too few")
    func figures() throws {
        let journal = try StudyJournal(agreed: Self.everybody)
        let pages = try reports(journal)
        #expect(pages.count == 4)
        #expect(pages[0].contains("6 people said yes."))
        #expect(pages[0].contains("uses_per_day. In the middle of all: 3.0 times a day."))
        #expect(pages[1].contains("3,0 fois par jour"))
        // Two people are too few for a protocol that asks for three.
        let few = try StudyJournal(agreed: ["p1", "p3"])
        let fewPages = try reports(few)
        #expect(fewPages[1].contains("Quelques personnes ont dit oui."))
        let page = fewPages[0]
        #expect(page.contains("A few people said yes."))
        for page in fewPages { #expect(page.firstMatch(of: /[0-9]+ pe(ople|rson)/) == nil) }
        #expect(page.contains("Too few people took part to show numbers."))
        #expect(!page.contains("times a day"))
        if let keep = ProcessInfo.processInfo.environment["FOYER_REPORT_FOLDER"] {
            try pages[0].write(toFile: keep + "/en.html", atomically: true, encoding: .utf8)
            try pages[1].write(toFile: keep + "/fr.html", atomically: true, encoding: .utf8)
        }
    }

    @Test("a title is text, never markup")
    func hostile() throws {
        let study = StudyJournal.study().replacingOccurrences(
            of: "en: Tablets at home", with: "en: <script>alert(1)</script>")
        let journal = try StudyJournal(study: study, days: 3, agreed: Self.everybody)
        let page = try reports(journal)[0]
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;"))
    }
}
