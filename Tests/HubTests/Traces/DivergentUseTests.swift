import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Uses otherwise than a device presumes: told one by one, to talk about")
struct DivergentUseTests {
    private static func at(_ hour: Int64, _ minute: Int64 = 0) -> Instant {
        Instant(milliseconds: (hour * 60 + minute) * 60_000)
    }

    private static func ways(_ uses: [Use], _ script: UseScript) -> [String] {
        let observed = Observability(
            heard: [at(0)], silentAfter: .hours(72), down: [], in: at(0)..<at(96))
        return DivergentUse.all(
            uses, script: script, observed: observed, locality: Locality(zone: .utc)
        ).map {
            "\($0.use.from.milliseconds / 3_600_000): "
                + $0.ways.map(\.rawValue).joined(separator: " ")
        }
    }

    private static func script(_ change: (inout UseScript) -> Void) -> UseScript {
        var script = UseScript()
        change(&script)
        return script
    }

    @Test("hours, length, how often a day, what, and help are each looked at by themselves")
    func each() throws {
        let uses = [
            Use(from: Self.at(3), to: Self.at(3, 10)), Use(from: Self.at(9), to: Self.at(9)),
            Use(from: Self.at(10), to: Self.at(10, 1), what: "games"),
            Use(from: Self.at(11), to: Self.at(13), isCensored: true, what: "talk"),
            Use(from: Self.at(33), to: Self.at(33, 20)),
        ]
        #expect(Self.ways(uses, UseScript()) == [])
        let hours = try #require(Window(consentText: "08:00-20:00"))
        #expect(Self.ways(uses, Self.script { $0.hours = hours }) == ["3: hours"])
        // What has no length is not short, and of what had no end that was seen only this is known: it was that long at least.
        #expect(Self.ways(uses, Self.script { $0.atLeast = .minutes(5) }) == ["10: shorter"])
        #expect(
            Self.ways(uses, Self.script { $0.atMost = .minutes(15) }) == [
                "11: longer", "33: longer",
            ])
        #expect(Self.ways(uses, Self.script { $0.aDay = 3 }) == ["11: oftener"])
        #expect(Self.ways(uses, Self.script { $0.things = ["talk"] }) == ["10: thing"])
        #expect(
            Self.ways(
                uses,
                Self.script {
                    $0.hours = hours
                    $0.atMost = .minutes(5)
                }) == ["3: hours longer", "11: longer", "33: longer"])
    }

    @Test(
        "help is otherwise only where the device presumes nobody, and an automation is no use of anybody"
    )
    func support() {
        var helped = Use(from: Self.at(9), to: Self.at(9))
        helped.support = .helped
        var automatic = Use(from: Self.at(2), to: Self.at(8))
        automatic.support = .automatic
        let uses = [automatic, helped, Use(from: Self.at(12), to: Self.at(12))]
        #expect(Self.ways(uses, Self.script { $0.isAlone = true }) == ["9: helped"])
        #expect(Self.ways(uses, Self.script { $0.aDay = 1 }) == ["12: oftener"])
        #expect(Self.ways(uses, Self.script { $0.atMost = .minutes(1) }) == [])
    }

    @Test("what was not watched is not told")
    func unwatched() {
        #expect(
            Self.ways(
                [Use(from: Self.at(80), to: Self.at(80))],
                Self.script { $0.hours = Window(consentText: "09:00-10:00") }) == [])
    }

    @Test("what a home says of a device stands before what its profile presumes")
    func nearer() {
        let profile = Self.script {
            $0.atMost = .minutes(30)
            $0.things = ["talk"]
        }
        let home = Self.script {
            $0.atMost = .hours(2)
            $0.aDay = 4
        }
        let both = profile.changed(by: home)
        #expect(both.atMost == .hours(2) && both.aDay == 4 && both.things == ["talk"])
    }

    @Test(
        "a script is read from devices.yaml with its words, and a wrong one is told with its place")
    func reading() throws {
        let script =
            "person: p1, script: {en: Talks, fr: Parle, hours: 08:00-20:00, lasts: {at_least: 5s, at_most: 30m}, a_day: 6, things: [talk], alone: true}"
        let devices = StudyHome.devices.replacingOccurrences(of: "person: p1", with: script)
        let device = try #require(
            try StudyHome(devices: devices).home.home.devices.first { $0.id == "lilas/t1" })
        #expect(device.presumes == LocalizedText(english: "Talks", french: "Parle"))
        #expect(device.script.hours?.consentText == "08:00-20:00")
        #expect(device.script.atLeast == .seconds(5) && device.script.atMost == .minutes(30))
        #expect(
            device.script.aDay == 6 && device.script.things == ["talk"] && device.script.isAlone)

        let folder = try TemporaryFolder()
        try folder.write("hub.yaml", StudyHome.hub)
        for (wrong, said) in [
            ("hours: late", "is no span of the day"),
            ("lasts: {at_least: 5m, at_most: 5s}", "at_most is shorter"),
            ("a_day: 0", "a_day"), ("often: 3", "often"),
        ] {
            try folder.write(
                "devices.yaml",
                StudyHome.devices.replacingOccurrences(
                    of: "person: p1", with: "person: p1, script: {\(wrong)}"))
            let home = try HomeFolder.load(folder.path, shippedProfiles: StudyHome.profiles)
            #expect(home.hasErrors, "\(wrong)")
            #expect(home.report.contains(said), "\(wrong): \(home.report)")
        }
    }
}
