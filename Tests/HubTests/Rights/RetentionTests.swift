import Foundation
import GRDB
import Logging
import Rules
import Testing

@testable import Hub

@Suite("What is kept how long")
struct RetentionTests {
    /// Removes as the hub does, slice by slice.
    private func keeper(_ journal: StudyJournal, _ home: LoadedHome, at now: Instant)
        -> RetentionKeeper
    {
        let path = journal.home.folder.file("foyer.sqlite")
        return RetentionKeeper(
            home: home, readers: ReaderPool(path: path), clock: Clock { now },
            remove: { removal in
                guard let journal = try? Journal.open(path: path) else { return nil }
                defer { try? journal.close() }
                return try? journal.commit { try $0.remove(removal) }
            }, log: Logger(label: "test"))
    }

    private func home(_ journal: StudyJournal, _ settings: RetentionSettings) -> LoadedHome {
        var home = journal.home.home
        home.configuration?.retention = settings
        return home
    }

    private func events(_ journal: StudyJournal) throws -> [Event] {
        try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
            .events(in: .distantPast..<(.distantFuture)) { _ in true }
    }

    @Test("what no purpose keeps goes, by the longer of the two; the rest is as it was")
    func spans() async throws {
        let journal = try StudyJournal(days: 70)
        let all = try events(journal)
        let settings = RetentionSettings(safety: .days(31), care: .days(40))
        let now = journal.now
        let report = try #require(
            try await keeper(journal, home(journal, settings), at: now).once())
        let left = try events(journal)
        let expected = all.filter { $0.received >= now - .days(40) }
        #expect(!expected.isEmpty && expected.count < all.count)
        #expect(left == expected)
        #expect(report.journal.readings == all.count - expected.count)
        #expect(RetentionReport.all(home: journal.home.folder.path) == [report])
        let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
        for result in try reader.verify() { #expect(result.holds, "\(result)") }
        #expect(try await keeper(journal, home(journal, settings), at: now).once() == nil)
    }

    @Test("words that only went readings said go, and those that are still said stay")
    func words() async throws {
        let journal = try StudyJournal(days: 70)
        let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
        try journal.commit { writer in
            _ = try writer.database.execute(
                sql: "INSERT INTO texts (text) VALUES ('said by nobody any more')")
        }
        #expect(try reader.unsaidTexts().ids.count == 1)
        let settings = RetentionSettings(safety: .days(31), care: .days(31))
        _ = try await keeper(journal, home(journal, settings), at: journal.now).once()
        #expect(try reader.unsaidTexts().ids == [])
        #expect(
            Set(try events(journal).map(\.value)) == [
                .text("talk"), .text("photos"), .text("music"),
            ])
    }

    @Test("without a span for one purpose nothing goes that it was allowed for")
    func unlimited() async throws {
        let journal = try StudyJournal(days: 70)
        let all = try events(journal)
        let settings = RetentionSettings(safety: .days(31))
        _ = try await keeper(journal, home(journal, settings), at: journal.now).once()
        #expect(try events(journal) == all)
    }

    @Test("a study keeps what its people agreed to, and nothing of the others")
    func study() async throws {
        let journal = try StudyJournal(days: 70, agreed: ["p3"])
        let settings = RetentionSettings(safety: .days(31), care: .days(31))
        let all = try events(journal)
        _ = try await keeper(journal, home(journal, settings), at: journal.now).once()
        let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
        let streams = try reader.streams()
        func old(_ device: DeviceID, _ events: [Event]) -> Int {
            let own = Set(streams.filter { $0.key.device == device }.map(\.id))
            return events.count {
                own.contains($0.stream) && $0.received < journal.now - .days(31)
            }
        }
        let left = try events(journal)
        #expect(old("roses/t3", left) == old("roses/t3", all))
        #expect(old("roses/t3", left) > 0)
        #expect(old("roses/t4", left) == 0)
    }

    @Test("when a study's time is over its key goes, and who received it is named")
    func end() async throws {
        let people: [PersonID] = ["p1", "p2", "p3", "p4", "p5", "p6"]
        let journal = try StudyJournal(days: 8, agreed: people)
        try journal.export("out")
        let key = journal.home.folder.file("studies/tablets.key")
        #expect(FileManager.default.fileExists(atPath: key))
        let study = try #require(try journal.home.file().study)
        let home = journal.home.home
        let before = Instant(milliseconds: study.keepUntil.daysSince1970 * 86_400_000)
        #expect(try await keeper(journal, home, at: before).once() == nil)
        let report = try #require(
            try await keeper(journal, home, at: before + .days(1)).once())
        let ended = try #require(report.studies.first)
        #expect(ended.toTell == ["the laboratory"])
        #expect(!FileManager.default.fileExists(atPath: key))
        #expect(
            FileManager.default.fileExists(atPath: journal.home.folder.file("out"))
                == (study.disposal == .anonymise))
        #expect(try await keeper(journal, home, at: before + .days(2)).once() == nil)
    }

    @Test("spans are joined and cut", arguments: 0..<40)
    func algebra(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func some() -> [Range<Instant>] {
            (0..<Int.random(in: 0...5, using: &random)).map { _ in
                let from = Int64.random(in: 0...20, using: &random)
                let length = Int64.random(in: 0...6, using: &random)
                return Instant(milliseconds: from)..<Instant(milliseconds: from + length)
            }
        }
        let (left, right) = (some(), some())
        for moment in (0..<30).map({ Instant(milliseconds: $0) }) {
            let inLeft = left.contains { $0.contains(moment) }
            let inRight = right.contains { $0.contains(moment) }
            func holds(_ spans: InstantSpans) -> Bool {
                spans.spans.contains { $0.contains(moment) }
            }
            #expect(holds(InstantSpans(left).union(InstantSpans(right))) == (inLeft || inRight))
            #expect(
                holds(InstantSpans(left).intersection(InstantSpans(right))) == (inLeft && inRight))
        }
    }
}
