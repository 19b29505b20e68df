import Foundation
import Testing

@testable import Hub

@Suite("hubctl consent, against a hub that runs", .serialized)
struct ConsentCommandTests {
    @Test("a no is obeyed at once and counted, a yes needs its circumstances, a pause ends")
    func words() throws {
        let home = try LiveHome()
        defer { try? home.stop() }
        try home.start()
        let line = home.line
        func said(_ words: String...) throws -> (String, Int32) {
            let answer = try line.run(["consent"] + words + ["--home", "home"])
            return (answer.output + answer.errors, answer.code)
        }
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":true,"battery":41}"#)
        let (no, status) = try said("no", "p1", "--purpose", "safety")
        #expect(status == 0 && no.contains("p1, safety: no, says p1"), "\(no)")
        #expect(try said("no", "p1", "--purpose", "care").1 == 0)
        #expect(try said("no", "p9", "--purpose", "care").1 != 0)
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":42}"#)
        let events = try line.hubctl("events", "--home", "home").output
        #expect(events.contains("= 41") && !events.contains("= 42"), "\(events)")
        #expect(try said().0.contains("home: 2 messages not stored, for somebody said no"))
        let french = try said("--lang", "fr").0
        #expect(french.contains("home : 2 messages non enregistrés, car"), "\(french)")
        #expect(!french.contains("withheld") && !french.contains("opt_out"), "\(french)")

        #expect(try said("yes", "p1", "--purpose", "care", "--text", "none.txt").1 != 0)
        try line.write("notice.txt", "What is recorded.")
        let yes = [
            "yes", "p1", "--purpose", "care", "--text", "notice.txt", "--text-version", "1",
            "--understanding", "said it back", "--checked-by", "marie", "--home", "home",
        ]
        for (words, told) in [
            (["--by", "anne"], "give --capacity"), (["--by", "Anne Petit"], "without blanks"),
            (["--by", "p1", "--capacity", "tutor"], "cannot be their own tutor"),
        ] {
            let answer = try line.run(["consent"] + yes + words)
            #expect(answer.code != 0 && answer.errors.contains(told), "\(answer)")
        }
        #expect(try said("no", "p1", "--purpose", "study/nope").0.contains("there is no study"))
        #expect(try said("state", "--person", "p9").1 != 0)
        #expect(try said("list", "--person", "p9").1 != 0)
        let tutor = try line.run(["consent"] + yes + ["--by", "anne", "--capacity", "tutor"])
        #expect(tutor.output.contains("says anne (tutor)"), "\(tutor)")
        #expect(tutor.output.contains("Not allowed: p1 said no."), "\(tutor)")
        let answer = try line.run(["consent"] + yes)
        #expect(answer.code == 0, "\(answer.errors)")
        #expect(answer.output.contains("Allowed now"), "\(answer)")
        let late = try line.run(["consent"] + yes + ["--from", "2001-01-01"])
        #expect(late.output.contains("What came before is not brought back."), "\(late)")
        let soon = try line.run(
            ["consent"] + yes + ["--from", "2030-05-01", "--until", "2030-06-01", "--lang", "fr"])
        #expect(soon.output.contains("Valable à partir du 2030-05-01 00:00:00"), "\(soon)")
        #expect(soon.output.contains("Permis maintenant."), "\(soon)")
        let over = try line.run(
            ["consent"] + yes + ["--from", "2001-01-01", "--until", "2001-02-01"])
        #expect(over.code != 0 && over.errors.contains("would be over already"), "\(over)")
        let long = try line.hubctl("pause", "p1", "--for", "2h", "--home", "home").output
        #expect(long.contains("paused until") && !long.contains("the longer one holds"), "\(long)")
        let short = try line.hubctl("pause", "p1", "--for", "30m", "--home", "home").output
        #expect(short.contains("the longer one holds"), "\(short)")
        #expect(short.prefix(33) == long.prefix(33), "\(short) \(long)")
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":43}"#)
        try line.hubctl("resume", "p1", "--home", "home")
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":44}"#)
        let after = try line.hubctl("events", "--home", "home").output
        #expect(after.contains("= 44") && !after.contains("= 43"), "\(after)")
        let list = try said("list").0
        #expect(
            list.contains("p1, care: no, says p1")
                && list.contains("p1, care: yes, says anne (tutor)"),
            "\(list)")
        #expect(list.contains("goes on") && list.contains("from 2030-05-01 00:00:00"), "\(list)")
        let liste = try said("list", "--lang", "fr").0
        for part in [
            "p1, accompagnement : non, dit p1", "compris : said it back", "p1 reprend",
            "jusqu'au 2030-06-01 00:00:00", "anne (tutelle)",
        ] { #expect(liste.contains(part), "\(part) \(liste)") }
        for word in ["refuses", "agrees", "easy_read", "says", "until", "from"] {
            #expect(!liste.contains(word), "\(word) \(liste)")
        }
        let json = try said("list", "--json").0.split(separator: "\n").map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(json.count == list.split(separator: "\n").count)
        #expect(json.contains { $0["decision"] as? String == "agrees" && $0["text_sha256"] != nil })
        #expect(json.contains { $0["kind"] as? String == "resume" && $0["by"] != nil })
        #expect(try line.hubctl("verify", "--home", "home").code == 0)
    }
}
