import Foundation
import Rules
import Testing

@testable import Hub

@Suite("What happened while it was not to be recorded, and is told later")
struct LateWordsTests {
    private static let files = [
        "devices.yaml": """
        version: 1
        devices:
          - {name: tablet, residence: home, room: hall, person: p1, profile: foyer-use, topic: foyer/home/use/tablet}
        """
    ]

    @Test("is not stored after a pause, nor after a restart; what happened before and after it is")
    func pause() throws {
        let hub = try SteppedHub(files: Self.files, people: "p1")
        func use(_ name: String, at moment: Instant) throws {
            try hub.say(
                (
                    "foyer/home/use/tablet",
                    #"{"id":"\#(name)","time":"\#(moment.iso)","app":"\#(name)"}"#
                ))
        }
        let before = hub.outside.now
        try hub.wait(.minutes(1))
        try hub.ask(.perform(.pause("p1", until: hub.outside.now + .hours(1), by: "p1")))
        try hub.wait(.minutes(1))
        let within = hub.outside.now
        try hub.wait(.minutes(1))
        try hub.ask(.perform(.resume("p1", by: "p1")))
        try hub.wait(.minutes(1))
        try use("within", at: within)
        // Nor is a sample of it kept where a part could not be read.
        try hub.say(
            (
                "foyer/home/use/tablet",
                #"{"id":"odd","time":"\#(within.iso)","app":"canary","helped":"very"}"#
            ))
        try use("before", at: before)
        try use("after", at: hub.outside.now)
        try hub.restart()
        try use("within, again", at: within)
        let stored = try hub.reader.events(
            in: .distantPast ..< .distantFuture, where: { _ in true }
        ).map(\.value.plainText)
        #expect(stored.filter { $0 != "true" } == ["before", "after"])
        for file in ["foyer.sqlite", "foyer.sqlite-wal"] {
            let data = FileManager.default.contents(atPath: hub.folder.file(file)) ?? Data()
            #expect(data.range(of: Data("canary".utf8)) == nil, "\(file)")
        }
        #expect(try hub.reader.verify().filter { !$0.holds }.map(\.detail) == [])
    }
}
