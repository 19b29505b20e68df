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
        #expect(status == 0 && no.contains("no to safety"), "\(no)")
        #expect(try said("no", "p1", "--purpose", "care").1 == 0)
        #expect(try said("no", "p9", "--purpose", "care").1 != 0)
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":42}"#)
        let events = try line.hubctl("events", "--home", "home").output
        #expect(events.contains("= 41") && !events.contains("= 42"), "\(events)")
        #expect(try said().0.contains("withheld/home/refused: 2"))

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
        try line.hubctl("pause", "p1", "--for", "30m", "--home", "home")
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":43}"#)
        try line.hubctl("resume", "p1", "--home", "home")
        try home.publish("zigbee2mqtt/hall_motion", #"{"occupancy":false,"battery":44}"#)
        let after = try line.hubctl("events", "--home", "home").output
        #expect(after.contains("= 44") && !after.contains("= 43"), "\(after)")
        let list = try said("list").0
        #expect(list.contains("care  refuses") && list.contains("care  agrees"), "\(list)")
        #expect(list.contains("goes on"))
        #expect(try line.hubctl("verify", "--home", "home").code == 0)
    }
}
