import Foundation
import Rules
import Testing

@testable import Hub

@Suite("A study leaves the home: what people agreed to, and nothing else")
struct StudyExportTests {
    static let everybody: [PersonID] = ["p1", "p2", "p3", "p4", "p5", "p6"]

    @Test("without a yes nothing leaves, and no folder is made")
    func nobody() throws {
        let journal = try StudyJournal(days: 3)
        #expect(throws: StudyError.nobodyAgreed("tablets")) { try journal.export("out") }
        #expect(!FileManager.default.fileExists(atPath: journal.home.folder.file("out")))
        #expect(
            !FileManager.default.fileExists(atPath: journal.home.folder.file("out.partial")))
        #expect(try ExportRecord.all("tablets", home: journal.home.folder.path).isEmpty)
    }

    @Test("an identifier of the home is nowhere in an export")
    func pseudonyms() throws {
        let journal = try StudyJournal(agreed: Self.everybody)
        let summary = try journal.export("out")
        #expect(summary.people == 6)
        #expect(summary.devices == 7)
        for (path, data) in try journal.bytes("out") {
            let text = String(decoding: data, as: UTF8.self)
            for name in ["lilas", "roses", "t1", "t6", "p1", "p6", "shared"] {
                #expect(
                    text.range(
                        of: "(?<![A-Za-z0-9])\(name)(?![A-Za-z0-9])", options: .regularExpression)
                        == nil,
                    "\(name) is in \(path)")
            }
        }
        // For the reference validators: Tests/Exports/run.
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try FileManager.default.copyItem(
                atPath: journal.home.folder.file("out"), toPath: keep + "/shifted")
        }
    }

    @Test("the same journal and protocol give the same bytes, and another key gives other names")
    func sameBytes() throws {
        let journal = try StudyJournal(days: 20, agreed: Self.everybody)
        try journal.export("one")
        try journal.export("two")
        let one = try journal.bytes("one")
        let two = try journal.bytes("two")
        #expect(Set(one.keys) == Set(two.keys))
        #expect(one.filter { two[$0.key] != $0.value }.keys.sorted() == [])
        let names = try journal.text("one/people.csv")
        try FileManager.default.removeItem(
            atPath: journal.home.folder.file("studies/tablets.key"))
        // What was given names once is not given others silently.
        let error = #expect(throws: StudyError.self) { try journal.export("three") }
        let told = error.map { "\($0)" } ?? ""
        for part in ["study tablets", "studies/tablets.key", "bring the file back"] {
            #expect(told.contains(part), "\(told)")
        }
        #expect(!told.contains("vault"), "\(told)")
        try FileManager.default.removeItem(
            atPath: journal.home.folder.file("studies/tablets.exports.jsonl"))
        try journal.export("three")
        #expect(try journal.text("three/people.csv") != names)
    }

    @Test("no byte of what nobody agreed to is in an export", arguments: 1...UInt64(12))
    func canaries(seed: UInt64) throws {
        let journal = try StudyJournal(days: 6, fills: false)
        var random = SeededGenerator(seed: seed)
        // What is said, in order; the oracle asks each person's latest word that holds at a moment.
        var words: [(person: PersonID, yes: Bool, from: Instant, until: Instant?)] = []
        for _ in 0..<Int.random(in: 3...14, using: &random) {
            let person = Self.everybody.randomElement(using: &random)!
            let yes = Int.random(in: 0..<3, using: &random) > 0
            let from = journal.at("2027-01-11", .random(in: -24...140, using: &random))
            let until =
                yes && Bool.random(using: &random)
                ? from + .hours(.random(in: 1...90, using: &random)) : nil
            words.append((person, yes, from, until))
            try journal.say(person, yes ? .agrees : .refuses, from: from, until: until)
        }
        func agrees(_ person: PersonID, _ moment: Instant) -> Bool {
            // Whose last word is a no takes back what was agreed to before.
            if words.last(where: { $0.person == person })?.yes == false { return false }
            // So does a no before a later yes.
            if words.contains(where: { $0.person == person && !$0.yes && $0.from > moment }) {
                return false
            }
            for word in words.reversed() where word.person == person && word.from <= moment {
                if word.yes, let until = word.until, moment >= until { return false }
                return word.yes
            }
            return false
        }
        let owners: [(DeviceID, [PersonID])] = [
            ("lilas/t1", ["p1"]), ("lilas/t2", ["p2"]), ("lilas/shared", ["p1", "p2"]),
            ("roses/t3", ["p3"]), ("roses/t4", ["p4"]),
        ]
        var allowed: Set<String> = []
        var all: Set<String> = []
        for number in 0..<60 {
            let (device, people) = owners.randomElement(using: &random)!
            let at =
                journal.at("2027-01-11")
                + .milliseconds(.random(in: 0..<518_400_000, using: &random))
            let canary = "canary\(number)x"
            all.insert(canary)
            if people.allSatisfy({ agrees($0, at) }) { allowed.insert(canary) }
            try journal.reading(device, canary, at: at)
        }
        do { try journal.export("out") } catch StudyError.nobodyAgreed {
            #expect(allowed.isEmpty, "seed \(seed)")
            return
        }
        var found: Set<String> = []
        for data in try journal.bytes("out").values {
            let text = String(decoding: data, as: UTF8.self)
            for canary in all where text.contains(canary) { found.insert(canary) }
        }
        #expect(found == allowed, "seed \(seed)")
    }

    @Test("dates are moved by whole weeks: the day of the week, the hour and durations stay")
    func shift() throws {
        let exact = try StudyJournal(
            study: StudyJournal.study(shift: false), days: 20, agreed: Self.everybody)
        try exact.export("exact")
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try FileManager.default.copyItem(
                atPath: exact.home.folder.file("exact"), toPath: keep + "/exact")
        }
        let moved = StudyJournal.study(shift: true)
        try exact.home.write("studies/tablets.yaml", moved)
        try exact.export("moved")
        func times(_ name: String) throws -> [[String]] {
            try exact.text("\(name)/readings.csv").split(separator: "\n").dropFirst()
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        }
        let before = try times("exact")
        let after = try times("moved")
        #expect(before.count == after.count)
        var weeks: [String: Set<Int64>] = [:]
        for (one, other) in zip(before, after) {
            #expect(one[0] == other[0])
            #expect(one[5].dropFirst(10) == other[5].dropFirst(10))
            let days =
                CalendarDate(text: other[5].prefix(10))!.daysSince1970
                - CalendarDate(text: one[5].prefix(10))!.daysSince1970
            #expect(days % 7 == 0)
            weeks[one[0], default: []].insert(days / 7)
        }
        // Each person's by one number, and not all by the same.
        #expect(weeks.values.allSatisfy { $0.count == 1 })
        #expect(Set(weeks.values).count > 3)
    }

    @Test("a no after an export makes it superseded, and says who received it")
    func superseded() throws {
        let journal = try StudyJournal(days: 10, agreed: Self.everybody)
        try journal.export("out")
        let record = try #require(
            try ExportRecord.all("tablets", home: journal.home.folder.path).first)
        #expect(record.to == "the laboratory")
        #expect(record.consents.count == 6)
        func withdrawals() throws -> [PersonID] {
            let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
            return record.withdrawals(try reader.consentEntries(), study: "tablets")
                .map(\.person)
        }
        #expect(try withdrawals().isEmpty)
        try journal.say("p4", .withdraws)
        #expect(try withdrawals() == ["p4"])
        try journal.export("again")
        let again = try #require(
            try ExportRecord.all("tablets", home: journal.home.folder.path).last)
        #expect(again.number == 2)
        #expect(!again.people.contains("p4"))
    }

    @Test("what few people share is left out, and the smallest class is told")
    func smallCells() throws {
        let marks: [PersonID: SmallCells.Marks] = [
            "a": .init(residence: "R1", birth: "1970-1979"),
            "b": .init(residence: "R1", birth: "1970-1979"),
            "c": .init(residence: "R1", birth: "1970-1979"),
            "d": .init(residence: "R1", birth: "1980-1989"),
            "e": .init(residence: "R2", birth: "1970-1979"),
        ]
        let cells = SmallCells(marks, threshold: 3)
        #expect(cells.marks["a"] == marks["a"])
        #expect(cells.marks["d"] == .init(residence: "", birth: ""))
        #expect(cells.marks["e"] == .init(residence: "", birth: ""))
        // Two remain together: what cannot be reached is said, not hidden.
        #expect(cells.k == 2)
        #expect(SmallCells(marks, threshold: 1).k == 1)
    }

    @Test("no aggregate stands for fewer people than the protocol allows")
    func aggregates() throws {
        let values = ["a", "b", "c"].map {
            MeasuredPerson(person: $0, kind: "tablet", phase: "", measure: "m", value: 1)
        }
        var dropped = 0
        #expect(MeasuredPerson.aggregates(values, threshold: 3, dropped: &dropped).count == 1)
        #expect(dropped == 0)
        // Two devices of one person are one person.
        let two = [values[0], values[1], values[0]]
        #expect(MeasuredPerson.aggregates(two, threshold: 3, dropped: &dropped).isEmpty)
        #expect(dropped == 1)
    }

    @Test(
        "the exported rows stand in their phase, and a questionnaire's text stays unless its author agreed"
    )
    func questionnaires() throws {
        let journal = try StudyJournal(
            study: StudyJournal.study(
                phases:
                    "[{name: A, title: {en: before, fr: avant}, from: 2027-01-11, until: 2027-01-20}, {name: B, title: {en: with, fr: avec}, from: 2027-01-21, until: 2027-02-20}]",
                questionnaires:
                    "[{name: mood, title: {en: Mood, fr: Humeur}, columns: [{name: mood, title: {en: mood, fr: humeur}, type: integer, minimum: 1, maximum: 5}, {name: words, title: {en: words, fr: mots}, type: text}]}, {name: sus, instrument: sus}, {name: quest-home, instrument: quest, columns: [{name: device, title: {en: of what, fr: de quoi}, type: choice, choices: [t1, t2]}]}]"
            ), days: 20, agreed: ["p1", "p2"])
        try journal.home.write(
            "studies/tablets/questionnaires/mood.csv",
            """
            person,date,mood,words,text_agreed
            p1,2027-01-12,4,"said, ""in"" my words",yes
            p2,2027-01-25,2,kept for myself,no
            p3,2027-01-12,3,of somebody who was not asked,yes

            """)
        let items = { (name: String, count: Int) in
            (1...count).map { "\(name)_\($0)" }.joined(separator: ",")
        }
        try journal.home.write(
            "studies/tablets/questionnaires/sus.csv",
            "person,date,\(items("sus", 10))\n"
                + "p1,2027-01-12,5,1,5,1,5,1,5,1,5,1\np1,2027-01-25,3,3,3,3,3,3,3,3,3,3\n"
                + "p2,2027-01-12,4,2,5,1,4,3,4,2,,1\np2,2027-01-25,4,2,5,1,4,3,4,2,3,1\n")
        try journal.home.write(
            "studies/tablets/questionnaires/quest-home.csv",
            "device,person,date,\(items("quest", 12))\n"
                + "t1,p1,2027-01-12,5,4,3,5,4,3,5,4,1,2,,3\nt2,p2,2027-01-12,5,4,3,5,4,3,5,4,,,,\n")
        try journal.export("out")
        func scores(_ name: String, _ count: Int) throws -> [String] {
            try journal.text("out/questionnaires/\(name).csv").split(separator: "\n").dropFirst()
                .map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).suffix(count)
                        .joined(separator: " ")
                }.sorted()
        }
        // Made by hand: 4−1 + 5−2 + 5−1 + 5−1 + 4−1 + 5−3 + 4−1 + 5−2 + 3−1 + 5−1 = 31; 31 × 2.5.
        #expect(try scores("sus", 1) == ["", "100.0", "50.0", "77.5"])
        #expect(try scores("quest-home", 3) == ["4.125  4.125", "4.125 2.0 \(39.0 / 11)"])
        let text = try journal.text("out/questionnaires/mood.csv")
        #expect(text.contains("\"said, \"\"in\"\" my words\""))
        #expect(!text.contains("kept for myself"))
        #expect(!text.contains("not asked"))
        #expect(text.split(separator: "\n").count == 3)
        let phases = try journal.text("out/readings.csv").split(separator: "\n").dropFirst()
            .map { String($0.suffix(1)) }
        #expect(Set(phases) == ["A", "B"])
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try FileManager.default.copyItem(
                atPath: journal.home.folder.file("out"), toPath: keep + "/phases")
        }
        try journal.home.write(
            "studies/tablets/questionnaires/mood.csv",
            "person,date,mood,words\np1,2027-01-12,9,x\n")
        #expect(
            throws: StudyError.questionnaire(
                file: "studies/tablets/questionnaires/mood.csv", line: 2,
                problem: "\"mood\" is above 5.0")
        ) { try journal.export("wrong") }
        try FileManager.default.removeItem(
            atPath: journal.home.folder.file("studies/tablets/questionnaires/mood.csv"))
        try journal.home.write(
            "studies/tablets/questionnaires/sus.csv",
            "person,date,\(items("sus", 10))\np1,2027-01-12,0,1,5,1,5,1,5,1,5,1\n")
        #expect(
            throws: StudyError.questionnaire(
                file: "studies/tablets/questionnaires/sus.csv", line: 2,
                problem: "\"sus_1\" is below 1.0")
        ) { try journal.export("wrong") }
        try journal.home.write(
            "studies/tablets/questionnaires/sus.csv", "person,date,\(items("sus", 9))\n")
        #expect(
            throws: StudyError.questionnaire(
                file: "studies/tablets/questionnaires/sus.csv", line: 1,
                problem: "there is no column \"sus_10\"; the protocol names it")
        ) { try journal.export("wrong") }
    }

    @Test("a variable that the protocol does not name is not exported")
    func minimal() throws {
        let journal = try StudyJournal(study: StudyHome.study(), days: 10, agreed: Self.everybody)
        let summary = try journal.export("out")
        #expect(summary.readings == 0)
        #expect(!summary.files.contains("readings.csv"))
        #expect(!summary.files.contains { $0.hasSuffix(".xes") || $0.hasPrefix("casas") })
        let measures = Set(
            try journal.text("out/measures.csv").split(separator: "\n").dropFirst()
                .map { $0.split(separator: ",", omittingEmptySubsequences: false)[3] })
        #expect(measures == ["coverage", "uses_per_day"])
    }

    @Test("hostile words stay words in every form")
    func hostile() throws {
        let journal = try StudyJournal(days: 2, agreed: Self.everybody)
        try journal.reading(
            "lilas/t1", "a,\"b\"\r\n<c>&\u{1}\td", at: journal.at("2027-01-11", 9))
        try journal.export("out")
        #expect(try journal.text("out/readings.csv").contains("\"a,\"\"b\"\"\r\n<c>&\u{1}\td\""))
        #expect(
            try journal.text("out/log.xes").contains(
                "a,&quot;b&quot;\u{fffd}\u{fffd}&lt;c&gt;&amp;\u{fffd}\u{fffd}d"))
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try FileManager.default.copyItem(
                atPath: journal.home.folder.file("out"), toPath: keep + "/hostile")
        }
    }

    @Test("words leave if their author gave them and the person agreed; a recording goes with them")
    func annotations() throws {
        let journal = try StudyJournal(days: 20, agreed: ["p1"])
        let vault = try Vault(home: journal.home.folder.path, environment: [:])
        func say(
            _ person: PersonID, _ content: Annotation.Content, mayLeave: Bool,
            from: String = "2027-01-12", author: String? = nil
        ) throws -> Int64 {
            try vault.annotate(
                Annotation(
                    person: person, span: journal.at(from, 9)..<journal.at(from, 10),
                    author: author ?? person.rawValue, voice: .resident, content: content,
                    at: journal.now, mayLeave: mayLeave))
        }
        _ = try say("p1", .text("given-words, \"mine\""), mayLeave: true)
        let kept = try say("p1", .text("kept-words"), mayLeave: false)
        _ = try say("p1", .text("early-words"), mayLeave: true, from: "2026-12-01")
        _ = try say("p3", .text("unasked-words"), mayLeave: true)
        _ = try say("p1", .recording(Array("OggS123".utf8), ending: "ogg"), mayLeave: true)
        try journal.export("out")
        let text = try journal.text("out/annotations.csv")
        #expect(text.contains("\"given-words, \"\"mine\"\"\""))
        #expect(text.split(separator: "\n").count == 3)
        let bytes = try journal.bytes("out")
        for words in ["kept-words", "early-words", "unasked-words"] {
            #expect(!bytes.values.contains { String(decoding: $0, as: UTF8.self).contains(words) })
        }
        let voices = bytes.filter { $0.key.hasPrefix("voices/") && $0.key.hasSuffix(".ogg") }
        #expect(voices.map(\.value) == [Data("OggS123".utf8)])
        // Only the author gives words away.
        #expect(throws: VaultError.self) {
            try vault.setMayLeave(kept, true, author: "somebody else")
        }
        try vault.setMayLeave(kept, true, author: "p1")
        try journal.export("again")
        #expect(try journal.text("again/annotations.csv").contains("kept-words"))
        // What was said lies nowhere as it is, and each look is written down.
        let raw = FileManager.default.contents(atPath: journal.home.folder.file("vault.sqlite"))
        #expect(!String(decoding: raw ?? Data(), as: UTF8.self).contains("given-words"))
        #expect(
            try vault.accesses(of: "p1").map(\.what) == [
                "export of study tablets", "export of study tablets",
            ])
        #expect(throws: VaultError.self) {
            _ = try say("p1", .recording([1], ending: "exe"), mayLeave: true)
        }
    }

    @Test(
        "what was said of the support of uses is in an export where its author gave it, and only there"
    )
    func support() throws {
        let journal = try StudyJournal(
            study: StudyJournal.study(shift: false), days: 42, agreed: ["p1", "p3"])
        let vault = try Vault(home: journal.home.folder.path, environment: [:])
        func say(
            _ person: PersonID, _ support: String, from: String, until: String, device: DeviceID?,
            mayLeave: Bool = true
        ) throws {
            let word = try #require(UseWord.Support(text: support))
            try vault.annotate(
                Annotation(
                    person: person, device: device, span: journal.at(from)..<journal.at(until),
                    author: "m1", voice: .staff, content: .support(word), at: journal.now,
                    mayLeave: mayLeave))
        }
        try say("p1", "helped 2", from: "2027-01-11", until: "2027-01-25", device: "lilas/t1")
        try say("p1", "alone", from: "2027-01-25", until: "2027-02-22", device: nil)
        // Kept by its author; of somebody else's device; of somebody who did not agree.
        try say(
            "p3", "alone", from: "2027-01-11", until: "2027-02-22", device: nil, mayLeave: false)
        try say("p1", "helped", from: "2027-01-11", until: "2027-02-22", device: "roses/t3")
        try say("p2", "helped", from: "2027-01-11", until: "2027-02-22", device: nil)
        try journal.export("out")
        var count: [String: Int] = [:]
        for row in try journal.text("out/uses.csv").split(separator: "\n").dropFirst() {
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            count[fields[6...8].joined(separator: " "), default: 0] += 1
        }
        #expect(
            count == ["helped people 2": 42, "alone people 0": 84, "unknown  ": 126])
        let measures = try journal.text("out/measures.csv").split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        func value(_ name: String) -> [Double] {
            measures.filter { $0[3] == name }.compactMap { Double($0[4]) }.sorted()
        }
        #expect(value("support_known") == [0, 1])
        #expect(value("autonomy").map { ($0 * 1000).rounded() } == [667])
        #expect(value("prompts_per_use").map { ($0 * 1000).rounded() } == [667])
        #expect(try #require(value("appropriation").first) > 0.5)
        #expect(try journal.text("out/annotations.csv").contains(",support,helped 2,"))
        #expect(try journal.text("out/codebook.fr.md").contains("sans aide"))
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try FileManager.default.copyItem(
                atPath: journal.home.folder.file("out"), toPath: keep + "/support")
        }
        // Taken back: nothing of it leaves any more.
        try journal.say("p1", .refuses)
        try journal.export("again")
        #expect(!(try journal.text("again/uses.csv")).contains("people"))
    }

    @Test(
        "a device that prompts for another is named in devices.yaml, counts where it takes part, and is checked"
    )
    func prompters() throws {
        let devices = StudyHome.devices
            .replacingOccurrences(
                of: "kind: screen, profile", with: "kind: screen, prompts_for: [t1], profile"
            )
            .replacingOccurrences(of: "room: hall, kind: screen", with: "person: p1, kind: screen")
        let home = try StudyHome(devices: devices).home
        #expect(home.home.devices.filter { !$0.promptsFor.isEmpty }.map(\.id) == ["lilas/shared"])
        #expect(home.home.devices.flatMap(\.promptsFor) == ["lilas/t1"])
        let folder = try TemporaryFolder()
        try StudyHome.hub.write(
            toFile: folder.file("hub.yaml"), atomically: true, encoding: .utf8)
        try devices.replacingOccurrences(of: "[t1]", with: "[t9]").write(
            toFile: folder.file("devices.yaml"), atomically: true, encoding: .utf8)
        let wrong = try HomeFolder.load(folder.path, shippedProfiles: StudyHome.profiles)
        #expect(wrong.hasErrors)
        #expect(wrong.report.contains("prompts_for: there is no device \"t9\""))

        let journal = try StudyJournal(
            study: StudyJournal.study(shift: false), agreed: ["p1"], fills: false,
            devices: devices)
        for (minute, device, word) in [
            (0, "lilas/t1", "music"), (30, "lilas/shared", "prompt"), (35, "lilas/t1", "music"),
        ] as [(Int64, DeviceID, String)] {
            try journal.reading(
                device, word, at: journal.at("2027-01-12", 9) + .minutes(minute),
                as: word == "prompt" ? "usage.prompt" : "app.active")
        }
        try journal.export("out")
        let uses = try journal.text("out/uses.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false)[8] }
        #expect(uses == ["0", "1"], "the prompt is of the use after it, and is none itself")
        let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
        let results = try DeviceUse(home: journal.home.home, reader: reader, stays: Stays())
            .measures(in: journal.at("2027-01-11")..<journal.at("2027-01-20")) { $0.name == "t1" }
        #expect(results.first?.uses.map(\.prompts) == [0, 1])
    }

    @Test(
        "what a device says after somebody has left is none of theirs, and a holiday is told as one"
    )
    func stays() throws {
        let journal = try StudyJournal(
            study: StudyJournal.study(shift: false), days: 28, agreed: ["p2", "p4"])
        let vault = try Vault(home: journal.home.folder.path)
        try vault.add(
            Vault.Person(id: "p2"), residence: "lilas", room: "lilas/bedroom", from: "2027-01-01")
        try vault.turn("p2", to: nil, on: "2027-01-18")
        try vault.add(Vault.Person(id: "p4"), residence: "roses", room: nil, from: "2027-01-01")
        try vault.turn("p4", to: (nil, nil), on: "2027-01-18")
        try vault.turn("p4", to: ("roses", nil), on: "2027-01-25")
        try journal.export("out")
        let days = try journal.text("out/readings.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let people = Dictionary(grouping: days, by: { $0[0] })
        #expect(people.count == 2)
        // One person's readings end with their stay; the other's tablet went on, and is told.
        #expect(people.values.map(\.count).sorted() == [21, 84])
        let states = try journal.text("out/observability.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let counts = states.reduce(into: [String: Int]()) { $0[String($1[4]), default: 0] += 1 }
        #expect(counts["moved_out"] == 1)
        #expect(counts["away"] == 1)
        let away = try #require(states.first { $0[4] == "away" })
        #expect(
            away[2...3].map(String.init) == [
                "2027-01-18T00:00:00.000", "2027-01-25T00:00:00.000",
            ])
    }

    @Test("a person's measures as a FHIR bundle: no name, each measure with its unit")
    func fhir() throws {
        let journal = try StudyJournal(days: 40)
        let reader = try JournalReader(path: journal.home.folder.file("foyer.sqlite"))
        let period = journal.at("2027-01-11")..<journal.at("2027-02-20")
        let results = try DeviceUse(home: journal.home.home, reader: reader, stays: Stays())
            .measures(in: period) { $0.person == "p1" }
        let text = try FHIRBundle.text("p1", results, in: period)
        let bundle = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let entries = try #require(bundle["entry"] as? [[String: Any]])
        let resources = entries.compactMap { $0["resource"] as? [String: Any] }
        #expect(resources.first?["resourceType"] as? String == "Patient")
        let uses = try #require(resources.first { $0["id"] as? String == "lilas-t1-uses-per-day" })
        let quantity = try #require(uses["valueQuantity"] as? [String: Any])
        #expect(quantity["code"] as? String == "/d")
        #expect(abs((quantity["value"] as? Double ?? 0) - 3) < 0.1)
        if let keep = ProcessInfo.processInfo.environment["FOYER_EXPORT_FOLDER"] {
            try text.write(toFile: keep + "/fhir.json", atomically: true, encoding: .utf8)
        }
    }
}
