import Foundation
import Rules
import Testing

@testable import Hub

/// Who knows three things that a person did: how many participants of an export did just that?
@Suite("Re-identification: what an attacker finds with three dated events")
struct ReidentificationTests {
    /// The beginnings of each person's uses, in minutes of the wall clock, as an export tells them.
    private static func uses(_ text: String) throws -> [String: [Int64]] {
        var result: [String: [Int64]] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let time = fields[2]
            guard fields[0].hasPrefix("P"), let day = CalendarDate(text: time.prefix(10)),
                let hour = Int64(time.dropFirst(11).prefix(2)),
                let minute = Int64(time.dropFirst(14).prefix(2))
            else { continue }
            result[String(fields[0]), default: []]
                .append(day.daysSince1970 * 1440 + hour * 60 + minute)
        }
        return result
    }

    /// The people who have a use in each of the same spans of `grain` minutes, and if `weeks` are not known, in those of some
    /// whole number of weeks later or earlier.
    private static func matches(
        _ known: [Int64], in all: [String: [Int64]], grain: Int64, weeks: ClosedRange<Int64>
    ) -> Set<String> {
        Set(
            all.filter { _, uses in
                let spans = Set(uses.map { $0 / grain })
                return weeks.contains { week in
                    known.allSatisfy { spans.contains(($0 + week * 7 * 1440) / grain) }
                }
            }.keys)
    }

    @Test(
        "three events by the minute name one person; dates that are moved help against days, not against patterns"
    )
    func figure() throws {
        let people: [PersonID] = ["p1", "p2", "p3", "p4", "p5", "p6"]
        let journal = try StudyJournal(
            study: StudyJournal.study(shift: false), days: 42, agreed: people)
        try journal.export("exact")
        try journal.home.write("studies/tablets.yaml", StudyJournal.study(shift: true))
        try journal.export("moved")
        // What the attacker saw, in true time.
        let truth = try Self.uses(journal.text("exact/uses.csv"))
        let moved = try Self.uses(journal.text("moved/uses.csv"))
        var random = SeededGenerator(seed: 5)
        var lines = ["three known events, people who match (mean of 60; of 6 participants)"]
        var means: [String: Double] = [:]
        for (grain, word) in [(Int64(1), "minute"), (60, "hour"), (1440, "day")] {
            for (form, all, weeks) in [
                ("exact dates", truth, Int64(0)...0),
                ("moved, weeks not known", moved, -104...104),
            ] {
                var sum = 0
                for _ in 0..<60 {
                    let (person, uses) = truth.sorted { $0.key < $1.key }
                        .randomElement(using: &random)!
                    let known = Array(uses.shuffled(using: &random).prefix(3))
                    let found = Self.matches(known, in: all, grain: grain, weeks: weeks)
                    #expect(found.contains(person), "the person is always among them")
                    sum += found.count
                }
                let mean = Double(sum) / 60
                means["\(word) \(form)"] = mean
                lines.append("  by the \(word), \(form): \(mean)")
            }
        }
        print(lines.joined(separator: "\n"))
        // To the minute nothing protects: that is what docs/studies.md warns of.
        #expect(means["minute exact dates"] == 1)
        #expect(try #require(means["minute moved, weeks not known"]) < 1.2)
        #expect(try #require(means["hour exact dates"]) < 2)
        #expect(try #require(means["day moved, weeks not known"]) > 5)
    }
}
