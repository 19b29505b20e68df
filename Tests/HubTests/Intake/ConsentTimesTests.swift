import Foundation
import Rules
import Testing

@testable import Hub

@Suite("From when on a word holds")
struct ConsentTimesTests {
    private static let files = [
        "hub.yaml": """
        version: 1
        site: {id: test}
        zone: Europe/Paris
        consent: required
        residences:
          - {id: home, people: [p1], rooms: [{id: hall, kind: hall}]}
        """,
        "devices.yaml": """
        version: 1
        devices:
          - {name: tablet, residence: home, room: hall, person: p1, profile: foyer-use, topic: foyer/home/use/tablet}
        """,
    ]

    private func word(
        _ decision: ConsentRecord.Decision, from: Instant, until: Instant? = nil
    ) -> HubRequest {
        .perform(
            .consent(
                ConsentRecord(
                    person: "p1", purpose: .care, decision: decision, speaker: "p1",
                    capacity: .person,
                    information: .init(version: "1", hash: "00", form: "easy_read"),
                    understanding: "said it back", checkedBy: "m1", from: from, until: until)))
    }

    private func use(_ hub: SteppedHub, _ name: String, at moment: Instant) throws {
        try hub.say(
            (
                "foyer/home/use/tablet",
                #"{"id":"\#(name)","time":"\#(moment.iso)","app":"\#(name)"}"#
            ))
    }

    private func stored(_ hub: SteppedHub) throws -> [String] {
        try hub.reader.events(in: .distantPast ..< .distantFuture, where: { _ in true })
            .map(\.value.plainText).filter { $0 != "true" }
    }

    @Test(
        "a yes from a later hour begins then by itself, also where the hub was down meanwhile",
        arguments: [false, true])
    func future(isDown: Bool) throws {
        let hub = try SteppedHub(files: Self.files)
        let start = hub.outside.now + .hours(1)
        #expect(try hub.ask(word(.agrees, from: start, until: start + .hours(2))) == .done)
        try use(hub, "too soon", at: hub.outside.now)
        if isDown {
            try hub.restart(after: .minutes(90))
        } else {
            try hub.restart()
            try hub.wait(.minutes(90))
        }
        try use(hub, "in time", at: hub.outside.now)
        // What happened before it begins stays out, whenever it is told.
        try use(hub, "late", at: start - .minutes(30))
        try hub.wait(.minutes(120))
        try use(hub, "over", at: hub.outside.now)
        #expect(try stored(hub) == ["in time"])
        #expect(try hub.reader.verify().filter { !$0.holds }.map(\.detail) == [])
    }

    @Test("a yes from yesterday on brings nothing of yesterday back")
    func past() throws {
        let hub = try SteppedHub(files: Self.files)
        try hub.wait(.minutes(10))
        let before = hub.outside.now
        try hub.wait(.minutes(10))
        #expect(try hub.ask(word(.agrees, from: before - .days(1))) == .done)
        try use(hub, "before", at: before)
        try hub.wait(.minutes(1))
        try use(hub, "after", at: hub.outside.now)
        try hub.restart()
        try use(hub, "before, again", at: before)
        #expect(try stored(hub) == ["after"])
        let over = try hub.ask(
            word(.agrees, from: before - .days(2), until: before - .days(1)))
        #expect(over == .refused("this yes would be over already; give an end after now"))
    }

    @Test("a no from an hour ago on keeps out what is told later of that hour")
    func pastNo() throws {
        let hub = try SteppedHub(files: Self.files)
        #expect(try hub.ask(word(.agrees, from: hub.outside.now)) == .done)
        try hub.wait(.minutes(30))
        let before = hub.outside.now
        try hub.wait(.minutes(30))
        #expect(try hub.ask(word(.withdraws, from: before - .minutes(10))) == .done)
        try hub.wait(.minutes(1))
        #expect(try hub.ask(word(.agrees, from: hub.outside.now)) == .done)
        try use(hub, "within", at: before)
        try use(hub, "earlier", at: before - .minutes(20))
        #expect(try stored(hub) == ["earlier"])
    }
}
