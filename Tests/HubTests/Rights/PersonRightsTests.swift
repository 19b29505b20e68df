import Foundation
import GRDB
import Rules
import Testing

@testable import Hub

@Suite("A person's rights: all of it, or none of it any more")
struct PersonRightsTests {
    /// A home with readings of everybody, and something about p1 in every place that keeps something.
    private final class Rig {
        let journal: StudyJournal
        let canary: String
        var home: LoadedHome { journal.home.home }
        var folder: String { home.folder }

        init(_ canary: String = "canary-of-p1", agreed: [PersonID] = []) throws {
            self.canary = canary
            journal = try StudyJournal(days: 8, agreed: agreed)
            for hours: Int64 in [9, 11, 15] {
                try journal.reading(
                    "lilas/t1", "app \(canary) \(hours)", at: journal.at("2027-02-10", hours))
                try journal.reading("roses/t3", "app of p3", at: journal.at("2027-02-10", hours))
            }
            let vault = try Vault(home: folder)
            var person = Vault.Person(id: "p1")
            person.given = "Zoé \(canary)"
            person.notes = "likes trains, \(canary)"
            try vault.add(person, residence: "lilas", room: nil, from: "2027-01-01")
            try vault.annotate(
                Annotation(
                    person: "p1", span: journal.at("2027-02-10")..<journal.at("2027-02-11"),
                    author: "p1", voice: .resident, content: .text("a cake, \(canary)"),
                    at: journal.now))
            try journal.commit { writer in
                try writer.quarantine(
                    topic: Array("lilas/t1".utf8), payload: Array("{\"\(canary)".utf8),
                    retained: false, reason: "not JSON", received: self.journal.now)
                try writer.quarantine(
                    topic: Array("roses/t3".utf8), payload: Array("{\"of p3".utf8),
                    retained: false, reason: "not JSON", received: self.journal.now)
            }
            try alert("alert-of-p1", about: "p1", note: "she said \(canary)")
            try alert("alert-of-p3", about: "p3", note: "about p3 only")
        }

        private func alert(_ id: String, about person: PersonID, note: String) throws {
            var alert = Alert(
                id: AlertID(rawValue: id), rule: "help",
                subject: Subject(
                    residence: person == "p1" ? "lilas" : "roses", person: person),
                priority: .high, began: journal.now, noticed: journal.now,
                late: false, evidence: [])
            try journal.commit { writer in
                try writer.record(
                    AlertTransition(
                        step: .raised, at: self.journal.now, noticed: self.journal.now,
                        alert: alert))
                _ = try writer.append(
                    .resolve(alert.id, by: "m1", outcome: .real, note: note),
                    received: self.journal.now)
                alert.condition = .normal
                alert.response = .resolved
                alert.resolved = self.journal.now
                alert.note = note
                try writer.record(
                    AlertTransition(
                        step: .resolved, at: self.journal.now, noticed: self.journal.now,
                        actor: "m1", note: note, alert: alert))
            }
        }

        func scope(_ person: PersonID = "p1") throws -> PersonScope {
            try PersonScope(person, in: home, reader: reader)
        }

        func erase() throws -> PersonErasure.Report {
            try PersonErasure(home: home, scope: try scope()).run(by: "m1", now: journal.now)
        }

        /// The files of the home in which a text stands.
        func files(with text: String) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
                FileManager.default.contents(atPath: folder + "/" + $0)?
                    .range(of: Data(text.utf8)) != nil
            }
        }

        var reader: JournalReader {
            get throws { try JournalReader(path: folder + "/foyer.sqlite") }
        }

        func events(of device: DeviceID) throws -> [Event] {
            try reader.events(in: .distantPast..<(.distantFuture)) { $0.key.device == device }
        }
    }

    @Test("what is about the person alone is theirs; what tells of others too is not")
    func scope() throws {
        let rig = try Rig()
        #expect(try rig.scope().devices == ["lilas/t1"])
        #expect(try rig.scope().shared == ["lilas/shared"])
        #expect(try rig.scope("p2").devices == ["lilas/t2"])
        #expect(try rig.scope("p2").rooms == ["lilas/bedroom"])
        #expect(throws: RightsError.self) {
            try PersonScope("p1", in: rig.home, reader: nil, more: ["lilas/none"])
        }
    }

    @Test("erasing leaves no byte of it in any file, and all of the others'")
    func erasure() throws {
        let rig = try Rig()
        #expect(try rig.files(with: rig.canary).contains("foyer.sqlite"))
        let others = try rig.events(of: "roses/t3")
        let report = try rig.erase()
        #expect(report.journal.readings == 8 * 3 + 3)
        #expect(report.journal.alerts == 1)
        #expect(report.journal.notes == 1)
        #expect(report.journal.messages == 1)
        #expect(report.words == 3)
        #expect(report.search.isClean, "\(report.search)")
        #expect(report.search.texts >= 6)
        #expect(try rig.files(with: rig.canary) == [])
        #expect(try rig.events(of: "lilas/t1") == [])
        #expect(try rig.events(of: "roses/t3") == others)
        #expect(try rig.files(with: "about p3 only").contains("foyer.sqlite"))
        let reader = try rig.reader
        #expect(try reader.alerts(openOnly: false).map(\.id) == ["alert-of-p3"])
        #expect(try reader.quarantine().map(\.topic) == ["roses/t3"])
        for result in try reader.verify() { #expect(result.holds, "\(result)") }
        // Who looked is kept, and that it was erased.
        let looks = try Vault(home: rig.folder).accesses(of: "p1")
        #expect(looks.first?.what == "erase")
        #expect(try rig.files(with: "\"person\":\"p1\"").contains("erasures.jsonl"))
    }

    @Test("places are not given again, and a loss that is none of ours is still found")
    func places() throws {
        let rig = try Rig()
        let last = try rig.reader.lastPlace()
        _ = try rig.erase()
        try rig.journal.reading("lilas/t1", "new", at: rig.journal.at("2027-03-01"))
        #expect(try rig.reader.lastPlace().rawValue > last.rawValue)
        #expect(try rig.events(of: "lilas/t1").map(\.value) == [.text("new")])
        for result in try rig.reader.verify() { #expect(result.holds, "\(result)") }
        let victim = try #require(try rig.events(of: "roses/t3").first)
        try rig.journal.commit { writer in
            try writer.database.execute(
                sql: "DELETE FROM events WHERE sequence = \(victim.sequence.rawValue)")
        }
        let sequence = try #require(
            try rig.reader.verify().first { $0.check == "sequence" })
        #expect(!sequence.holds)
    }

    @Test("a part of a stream is taken out of its middle, whatever part", arguments: 0..<24)
    func middles(seed: UInt64) throws {
        let rig = try Rig()
        var random = SeededGenerator(seed: seed)
        let before = try rig.events(of: "roses/t4")
        let from = Int.random(in: 0..<before.count, using: &random)
        let to = Int.random(in: from...before.count, using: &random)
        let span =
            before[from].received..<(to < before.count ? before[to].received : .distantFuture)
        let path = rig.folder + "/foyer.sqlite"
        let journal = try Journal.open(path: path)
        var texts: Set<Int64> = []
        let erased = try journal.commit { writer in
            let erased = try writer.eraseReadings(
                of: "roses/t4", received: span, texts: &texts)
            try writer.rebaseClock()
            try writer.eraseCheckpoints(through: nil)
            return erased
        }
        // Goes on in the same run.
        let stream = try #require(journal.streams.first { $0.key.device == "roses/t4" }).id
        try journal.commit { writer in
            _ = try writer.append(
                stream: stream, value: .text("talk"), received: rig.journal.now,
                effective: rig.journal.now, freshness: .live)
        }
        try journal.close()
        let expected = before.filter { !span.contains($0.received) }
        let after = try rig.events(of: "roses/t4")
        #expect(erased == before.count - expected.count)
        #expect(Array(after.dropLast()) == expected)
        for result in try rig.reader.verify() { #expect(result.holds, "\(result)") }
    }

    @Test("an open alert is answered first; a second erasure finds nothing to do")
    func openAlert() throws {
        let rig = try Rig()
        try rig.journal.commit { writer in
            try writer.record(
                AlertTransition(
                    step: .raised, at: rig.journal.now, noticed: rig.journal.now,
                    alert: Alert(
                        id: "open", rule: "help",
                        subject: Subject(residence: "lilas", person: "p1"), priority: .high,
                        began: rig.journal.now, noticed: rig.journal.now,
                        late: false, evidence: [])))
        }
        let plan = try PersonErasure(home: rig.home, scope: try rig.scope()).plan()
        #expect(plan.open.map(\.id) == ["open"])
        #expect(plan.closed == 1)
        #expect(throws: RightsError.openAlerts("p1", ["open"])) { try rig.erase() }
        #expect(try rig.events(of: "lilas/t1").count == 27)
    }

    @Test("the account of the person's own page goes, and those of staff stay")
    func account() throws {
        let rig = try Rig()
        let accounts = try Accounts(path: rig.folder + "/people.sqlite")
        try accounts.add(
            "zoe", password: "a long enough password", person: "p1", at: rig.journal.now)
        try accounts.add("marie", password: "a long enough password", at: rig.journal.now)
        #expect(try rig.erase().accounts == 1)
        #expect(try accounts.accounts().map(\.id) == ["marie"])
    }

    @Test("exports here go, and who received one is named; a study that said so keeps its own")
    func exports() throws {
        let rig = try Rig(agreed: ["p1", "p2", "p3", "p4", "p5", "p6"])
        try rig.journal.reading("lilas/t1", rig.canary, at: rig.journal.at("2027-02-12", 9))
        try rig.journal.export("out")
        try rig.journal.export("again")
        let folder = rig.journal.home.folder.file("out")
        let plan = try PersonErasure(home: rig.home, scope: try rig.scope()).plan()
        #expect(plan.exports.map(\.record.number) == [1, 2])
        let report = try rig.erase()
        #expect(report.exportsRemoved.count == 2)
        #expect(report.toTell == ["tablets: the laboratory"])
        #expect(
            report.superseded.map { "\($0.study) \($0.number) \($0.to)" }
                == ["tablets 1 the laboratory", "tablets 2 the laboratory"])
        // The proof says so, and what was exported afterwards is not superseded by it.
        let erasures = try ExportRecord.Erased.all(home: rig.folder)
        var records = try ExportRecord.all("tablets", home: rig.folder)
        #expect(
            records.map { $0.erased(erasures, study: "tablets").map(\.person) } == [["p1"], ["p1"]])
        #expect(records[0].erased(erasures, study: "other").map(\.person) == ["p1"])
        records[0].at = Timestamp.utc(rig.journal.now + .milliseconds(1))
        records[1].people = ["p2"]
        #expect(records.allSatisfy { $0.erased(erasures, study: "tablets").isEmpty })
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(try rig.files(with: rig.canary) == [])
    }

    @Test("the export holds all of the person's, with checksums, and nobody else's")
    func export() throws {
        let rig = try Rig("<b>canary</b>")
        let folder = rig.journal.home.folder.file("mine")
        // A page of where the person lives is a look at them; one of another residence is none.
        let accounts = try Accounts(path: rig.folder + "/people.sqlite")
        for residence in ["lilas", "roses"] as [ResidenceID] {
            try accounts.record(
                Accounts.Access(
                    at: rig.journal.now - .hours(3), by: "noor", residence: residence,
                    what: "/residences/\(residence)/day"))
        }
        let summary = try PersonExport(
            home: rig.home, scope: try rig.scope(), reader: try rig.reader
        ).write(to: folder, isFrench: true, by: "m1", now: rig.journal.now)
        #expect(summary.readings == 27)
        #expect(summary.alerts == 1)
        #expect(summary.annotations == 1)
        let bytes = try rig.journal.bytes("mine")
        for (path, data) in bytes {
            #expect(data.range(of: Data("of p3".utf8)) == nil, "\(path)")
            #expect(data.range(of: Data("roses".utf8)) == nil, "\(path)")
        }
        let page = String(decoding: try #require(bytes["index.html"]), as: UTF8.self)
        #expect(page.contains("Ce que Foyer garde sur vous"))
        let tablet = try #require(rig.home.home.devices.first { $0.id == "lilas/t1" })
        #expect(page.contains("<li>\(tablet.title.french)</li>"))
        // First in short sentences, each kept thing with its reason; then the details, by the residence's clock.
        let parts = page.components(separatedBy: "class=\"details\"")
        #expect(parts.count == 2)
        for line in [
            "<li>Votre nom : Zoé &lt;b&gt;canary&lt;/b&gt;</li>",
            "Vos appareils ont dit 27 choses.",
            "Il y a eu 1 alerte.", "Aucune étude n'a rien reçu sur vous.",
            "Les alertes : jusqu'à ce que quelqu'un l'efface.", "Vos oui et vos non : toujours.",
            "Vous pouvez dire non à tout moment.<br>Vous n'avez pas à dire pourquoi.",
        ] { #expect(parts[0].contains(line), "\(line)") }
        #expect(parts[1].contains("<td>noor</td><td>comment vous utilisez vos affaires</td>"))
        let person = String(decoding: try #require(bytes["person.json"]), as: UTF8.self)
        #expect(person.components(separatedBy: "/day").count == 2)
        #expect(parts[0].components(separatedBy: "Pourquoi gardons-nous cela ?").count == 8)
        for line in parts[0].matches(of: /<li>([^<]*)<\/li>/) {
            for sentence in line.1.split(separator: ".") where !sentence.contains(" : ") {
                #expect(sentence.split(separator: " ").count <= 16, "\(sentence)")
            }
        }
        #expect(parts[1].contains("<td>\(Timestamp.short(rig.journal.now, in: .utc).prefix(8))"))
        #expect(!parts[0].contains("UTC") && !page.contains("T00:00:00"))
        #expect(page.contains("&lt;b&gt;canary&lt;/b&gt;"))
        #expect(!page.contains("<b>canary"))
        struct Listed: Decodable {
            var path: String
            var bytes: Int
            var sha256: String
        }
        let listed = try JSONDecoder().decode(
            [Listed].self, from: try #require(bytes["manifest.json"]))
        #expect(
            Set(listed.map(\.path) + ["manifest.json"])
                == Set(bytes.keys.filter { !$0.hasSuffix("questionnaires") }))
        for file in listed { #expect(bytes[file.path]?.count == file.bytes) }
        #expect(
            try Vault(home: rig.folder).accesses(of: "p1").contains { $0.what == "export" })
        #expect(throws: RightsError.folderInUse(folder)) {
            try PersonExport(home: rig.home, scope: try rig.scope(), reader: try rig.reader)
                .write(to: folder, isFrench: true, by: "m1", now: rig.journal.now)
        }
    }

    /// The tablet t1 was p2's for two days, nobody's for one, and is p1's since.
    private func changedHands() throws -> StudyJournal {
        let journal = try StudyJournal(days: 8, fills: false)
        func inForce(_ devices: String, _ day: String) throws {
            let body = ConfigurationBody(try StudyHome(devices: devices).home)
            try journal.commit { writer in
                try writer.configuration(
                    hash: body.hash, body: body.text, received: journal.at(day))
                _ = try writer.append(
                    .configured(hash: body.hash), received: journal.at(day))
            }
        }
        func written(_ person: String) -> String {
            StudyHome.devices.replacingOccurrences(
                of: "{name: t1, residence: lilas, person: p1,",
                with: "{name: t1, residence: lilas,\(person)")
        }
        try inForce(written(" person: p2,"), "2027-01-12")
        try journal.reading("lilas/t1", "first of p2", at: journal.at("2027-01-12", 9))
        try journal.reading("lilas/t1", "second of p2", at: journal.at("2027-01-13", 9))
        try inForce(written(""), "2027-01-14")
        try journal.reading("lilas/t1", "of both", at: journal.at("2027-01-14", 9))
        try inForce(StudyHome.devices, "2027-01-15")
        try journal.reading("lilas/t1", "said by p1", at: journal.at("2027-01-15", 9))
        return journal
    }

    @Test("a device that changed hands is each one's for the time in which it was theirs")
    func handedOn() throws {
        let journal = try changedHands()
        let home = journal.home.home
        let reader = try JournalReader(path: home.folder + "/foyer.sqlite")
        let first = try PersonScope("p2", in: home, reader: reader)
        let second = try PersonScope("p1", in: home, reader: reader)
        let tablet: DeviceID = "lilas/t1"
        #expect(first.devices == [tablet, "lilas/t2"])
        #expect(first.spans(of: tablet) == [.distantPast..<journal.at("2027-01-14")])
        #expect(first.isAlways("lilas/t2") && !first.isAlways("lilas/t1"))
        #expect(second.spans(of: tablet) == [journal.at("2027-01-15")..<(.distantFuture)])
        // Whoever says so takes the whole of it.
        let named = try PersonScope("p1", in: home, reader: reader, more: ["lilas/t1"])
        #expect(named.isAlways("lilas/t1"))
        // An alert about the device is about whoever it was of.
        let subject = Subject(residence: "lilas", device: "lilas/t1")
        #expect(first.covers(subject, at: journal.at("2027-01-13")))
        #expect(!first.covers(subject, at: journal.at("2027-01-14")))
        #expect(second.covers(subject, at: journal.at("2027-01-15")))
        #expect(!second.covers(subject, at: journal.at("2027-01-14")))

        _ = try PersonExport(home: home, scope: first, reader: reader)
            .write(
                to: journal.home.folder.file("mine"), isFrench: false, by: "m1", now: journal.now)
        let readings = try journal.text("mine/readings.csv")
        #expect(readings.contains("first of p2") && readings.contains("second of p2"))
        #expect(!readings.contains("of both") && !readings.contains("said by p1"))
    }

    @Test("erasing one takes no reading of the other's time with the device")
    func erasureOfFormer() throws {
        let journal = try changedHands()
        let home = journal.home.home
        let reader = try JournalReader(path: home.folder + "/foyer.sqlite")
        let report = try PersonErasure(
            home: home, scope: try PersonScope("p2", in: home, reader: reader)
        ).run(by: "m1", now: journal.now)
        #expect(report.journal.readings == 2)
        #expect(report.search.isClean, "\(report.search)")
        let after = try JournalReader(path: home.folder + "/foyer.sqlite")
        let left = try after.events(in: .distantPast..<(.distantFuture)) { _ in true }
        #expect(left.map(\.value) == [.text("of both"), .text("said by p1")])
        for result in try after.verify() { #expect(result.holds, "\(result)") }
        let bytes = try #require(
            FileManager.default.contents(atPath: home.folder + "/foyer.sqlite"))
        #expect(bytes.range(of: Data("first of p2".utf8)) == nil)
        #expect(bytes.range(of: Data("said by p1".utf8)) != nil)
    }
}
