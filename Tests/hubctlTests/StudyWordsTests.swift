import Foundation
import Testing

@testable import Hub

@Suite(
    "What hubctl says of studies and of an erasure, in French", .serialized,
    .enabled(if: ManagedBroker.find("mosquitto") != nil))
struct StudyWordsTests {
    private static func study(_ hash: String) -> String {
        """
        version: 1
        title: {en: Tablets, fr: Tablettes}
        question: {en: When?, fr: "Quand ?"}
        agreed:
          residents: {on: 2026-10-01, who: one resident}
          professionals: {on: 2026-10-02, who: the team}
          researchers: {on: 2026-10-03, who: the laboratory}
        investigators:
          - {name: "Carberry, Josiah"}
        publisher: An association
        legal: none
        ethics: {opinion: not_required, reason: no intervention}
        notice: {file: studies/tablets/notice.md, version: "1", sha256: \(hash)}
        variables:
          - {name: use, title: {en: Use, fr: Usage}, measure: uses_per_day}
        participants: all
        devices: all
        rooms: all
        from: 2026-01-11
        until: 2027-03-28
        phases: []
        keep_until: 2030-12-31
        then: anonymise
        shift_dates: false
        small_cells: 3
        owed:
          - {name: report, title: {en: A report, fr: Un compte rendu}, by: 2030-06-30}
        questionnaires: []
        """
    }

    private static let record = """
        {"at":"2026-11-24T08:00:00.000Z","by":"m1","consents":[],"lastWord":0,"number":1,"packageHash":"00","people":["p1"],"protocolHash":"00","to":"the laboratory"}

        """
    private static let erased = """
        {"at":"2026-11-24T09:30:00.000Z","by":"m1","exempt":[],"person":"p1"}

        """
    private static let step = """
        {"at":"2026-11-24T08:00:00.000Z","by":"m1","note":"c'est vrai","owed":"report","residence":"home","state":"answered"}

        """

    @Test("words stand in place of codes, numbers with their noun, times by the residence's clock")
    func words() throws {
        let home = try LiveHome()
        defer { try? home.stop() }
        let line = home.line
        try line.write("home/studies/tablets/notice.md", "What we want to know.")
        let hash = ConsentText.hash(ofFile: line.folder + "/home/studies/tablets/notice.md") ?? ""
        try line.write("home/studies/tablets.yaml", Self.study(hash))
        try line.write("home/studies/tablets.exports.jsonl", Self.record)
        try line.write("home/studies/tablets.owed.jsonl", Self.step)
        func said(_ words: String...) throws -> String {
            let answer = try line.run(words + ["--home", "home", "--lang", "fr"])
            return answer.output + answer.errors
        }
        let show = try said("study", "show", "tablets")
        for part in [
            "qualification : hors recherche", "pièces : toutes", "personnes : toutes",
            "appareils : tous", "avis éthique non requis : no intervention",
            "à rendre avant le 2030-06-30 : Un compte rendu",
        ] { #expect(show.contains(part), "\(part) \(show)") }
        let owed = try said("study", "owed", "tablets")
        #expect(owed.contains("report : Un compte rendu : répondu"), "\(owed)")
        #expect(owed.contains("2026-11-24 09:00:00  m1 : c'est vrai"), "\(owed)")

        try home.start()
        try home.publish("zigbee2mqtt/call_button", "{\"action\":\"emergency\"}")
        var exports = try said("study", "exports", "tablets")
        #expect(exports.contains("1  2026-11-24 09:00:00  m1 → the laboratory  1 personne\n"))
        #expect(!exports.contains("périmé"), "\(exports)")
        let plan = try said("person", "erase", "p1")
        #expect(plan.contains("alerte ouverte depuis le "), "\(plan)")
        #expect(plan.contains("hubctl alerts resolve ID"), "\(plan)")
        #expect(plan.contains("export 1 de l'étude tablets, 2026-11-24 09:00:00 : marqué périmé"))
        #expect(plan.components(separatedBy: "à prévenir").count == 2, "\(plan)")
        // Told while the hub runs: not that it has to be stopped.
        let early = try line.run(["person", "erase", "p1", "--yes", "--home", "home"])
        #expect(early.code != 0 && early.errors.contains("resolve them first"), "\(early)")

        try line.write("home/erasures.jsonl", Self.erased)
        exports = try said("study", "exports", "tablets")
        #expect(
            exports.contains(
                "périmé : les données de p1 ont été effacées le 2026-11-24 10:30:00 ; prévenir the laboratory"
            ), "\(exports)")
        let json = try said("study", "exports", "tablets", "--json")
        #expect(json.contains("\"superseded\":true") && json.contains("\"erased\":[\"p1\"]"))
    }
}
