import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Rule tests")
struct ScenarioTests {
    private static let night = """
        version: 1
        windows:
          night: {from: "22:30", to: "06:30"}
        events:
          door_opened: {kind: door, label: outside, reading: contact, becomes: open}
          moved: {kind: motion, rooms: all}
        rules:
          - id: night-exit
            priority: high
            when: {after: door_opened, no: moved, within: 5m}
            guard: {during: night}
            clear: {event: moved}
            do: {en: Go.}
        """

    /// The rule above, and one test's cases.
    private func outcomes(_ cases: String) throws -> [ScenarioOutcome] {
        let text = """
            test: 1
            residence: {zone: Europe/Paris, start: "2026-11-24 22:45"}
            devices:
              front_door: {kind: door, labels: [outside], clock: own}
              back_door: {kind: door}
              hall_motion: {kind: motion}
            define:
            \(Self.night.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            cases:
            \(cases)
            """
        let loaded = ScenarioLoader.load(text, file: "test.yaml")
        try #require(loaded.diagnostics.isEmpty, "\(loaded.report)")
        return loaded.scenarios.map { $0.run() }
    }

    private func outcome(_ lines: String...) throws -> ScenarioOutcome {
        let body = lines.map { "    " + $0 }.joined(separator: "\n")
        return try #require(try outcomes("  - name: a\n\(body)").first)
    }

    @Test("what is expected and does not come fails")
    func missing() throws {
        let outcome = try outcome("feed: {front_door: {+0s: closed}}", "expect: {+5m: raised}")
        #expect(!outcome.isPassed)
        #expect(outcome.missing.count == 1)
        #expect(outcome.unexpected.isEmpty)
    }

    @Test("what comes and is not listed fails")
    func unexpected() throws {
        let outcome = try outcome("feed: {front_door: {+0s: closed, +1s: open}}", "expect: none")
        #expect(!outcome.isPassed)
        #expect(outcome.unexpected.map(\.step) == [.raised])
    }

    @Test(
        "each thing that an expectation says is compared",
        arguments: [
            ("rule: night-exit, to: raised", true), ("to: raised, late: false", true),
            ("to: raised, late: true", false), ("to: raised, of: home", true),
            ("to: raised, of: hall", false), ("to: raised, priority: high", true),
            ("to: raised, priority: low", false), ("to: raised, noticed: +5m1s", true),
            ("to: raised, noticed: +6m", false), ("to: raised, by: anna", false),
            ("to: cleared", false),
        ])
    func fits(keys: String, passes: Bool) throws {
        let outcome = try outcome(
            "feed: {front_door: {+0s: closed, +1s: open}}", "expect: [{at: +5m1s, \(keys)}]")
        #expect(outcome.isPassed == passes)
    }

    @Test("the same step is expected as often as it comes, and what says more is matched first")
    func multiset() throws {
        let twice = "expect: [{+5m1s: raised}, {+5m1s: raised}]"
        let feed = "feed: {front_door: {+0s: closed, +1s: open}}"
        #expect(try !outcome(feed, twice).isPassed)
        let both = try outcomes(
            """
              - name: a
                feed: {front_door: {+0s: closed, +1s: open}, hall_motion: {+0s: clear}}
                expect: [{+5m1s: raised}]
              - name: b
                feed: {front_door: {+0s: closed, +1s: open}}
                faults: {hub_down: {from: +1m, to: +10m}}
                expect: [{at: +5m1s, to: raised, late: true}]
            """)
        #expect(both.map(\.isPassed) == [true, true])
    }

    @Test("the hub's outage keeps what was said, tells the rest late, and notices at its end")
    func hubDown() throws {
        let outcome = try outcome(
            "feed: {front_door: {+0s: closed, +2m: open}, hall_motion: {+0s: clear}}",
            "faults: {hub_down: {from: +1m, to: +20m}}",
            "expect: [{at: +7m, to: raised, late: true, noticed: +20m}]")
        // The door tells its own time, but too long ago: it is told as late and never as now.
        #expect(outcome.isPassed, "\(ScenarioRendering(outcome).failure)")
    }

    @Test("a device without a clock speaks when it is heard")
    func noClock() throws {
        let text = """
            test: 1
            define:
              rules:
                - {id: open, priority: low, when: {kind: door, reading: contact, is: open, for: 1m}}
            devices: {door: door}
            cases:
              - name: late by five minutes
                feed: {door: {+0s: closed, +1m: open}}
                faults: {late: {device: door, by: 5m}}
                expect: {+7m: raised}
            """
        let loaded = ScenarioLoader.load(text, file: "test.yaml")
        #expect(loaded.scenarios.map { $0.run().isPassed } == [true])
    }

    @Test("what is lost never comes, and what a device says before and after does")
    func lost() throws {
        let feed =
            "feed: {front_door: {+0s: closed, +1s: open}, hall_motion: {+0s: clear, +2m: detected}}"
        #expect(try outcome(feed, "expect: none").isPassed)
        let lost = "faults: {lost: {device: hall_motion, from: +1m, to: +3m}}"
        #expect(try outcome(feed, lost, "expect: {+5m1s: raised}").isPassed)
        let after = "faults: {lost: {device: hall_motion, from: +3m}}"
        #expect(try outcome(feed, after, "expect: none").isPassed)
    }

    @Test("nobody can answer an alert that is not open, and the test says so")
    func nothingToAnswer() throws {
        let outcome = try outcome(
            "feed: {front_door: {+0s: closed}}", "commands: {+1m: {ack: night-exit}}",
            "expect: none")
        #expect(outcome.troubles.map(\.code) == ["scenario"])
        #expect(!outcome.isPassed)
        #expect(ScenarioRendering(outcome).failure.contains("it has no open alert"))
    }

    @Test("time goes on for an hour behind the last thing, or until it is said")
    func end() throws {
        let feed = "feed: {front_door: {+0s: closed, +1s: open}}"
        #expect(try outcome(feed, "until: +5m", "expect: none").isPassed)
        #expect(try !outcome(feed, "until: +5m1s", "expect: none").isPassed)
        #expect(try !outcome(feed, "expect: none").isPassed)
    }

    @Test("a case is run again with a restart behind each entry, unless it says not to")
    func restarts() throws {
        let scenario = try outcome("expect: none").scenario
        #expect(scenario.restartsEverywhere)
        #expect(try !outcome("restarts: false", "expect: none").scenario.restartsEverywhere)
    }

    @Test("the time line shows what happened, what was expected and what came, in order")
    func timeline() throws {
        let outcome = try outcome(
            "feed: {front_door: {+0s: closed, +1m: open}, hall_motion: {+10m: unknown}}",
            "faults: {restart: +2m}", "commands: {+7m: {ack: night-exit, by: anna}}",
            "expect: {+6m: raised, +8m: cleared}")
        #expect(
            ScenarioRendering(outcome).failure == """
                1 expected did not come; 1 came that is not listed
                    +0s   2026-11-24 22:45:00  front_door contact closed
                    +1m   2026-11-24 22:46:00  front_door contact open
                    +2m   2026-11-24 22:47:00  the hub stops
                    +2m   2026-11-24 22:47:00  the hub runs again
                  ✓ +6m   2026-11-24 22:51:00  night-exit(home) raised
                    +7m   2026-11-24 22:52:00  anna: ack night-exit
                  + +7m   2026-11-24 22:52:00  night-exit(home) acknowledged by anna  came, not expected
                  - +8m   2026-11-24 22:53:00  night-exit cleared                     expected, did not come
                    +10m  2026-11-24 22:55:00  hall_motion motion unknown

                """)
    }

    @Test("what is wrong in a test is told with its place")
    func messages() throws {
        let folder = try TemporaryFolder()
        try Self.night.write(
            toFile: folder.file("night.yaml"), atomically: true, encoding: .utf8)
        try GoldenMessages("rule-test-messages.txt").check { input in
            let file = folder.file("test.yaml")
            do {
                try input.write(toFile: file, atomically: true, encoding: .utf8)
            } catch { return "\(error)" }
            let loaded = ScenarioLoader.load(file)
            return (loaded.diagnostics.isEmpty ? "nothing is wrong" : loaded.report)
                .replacingOccurrences(of: folder.path + "/", with: "")
                .trimmingCharacters(in: .newlines)
        }
    }

    @Test("a home's folder gives its residences, devices and rules")
    func home() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("rules"), withIntermediateDirectories: true)
        let files = [
            "hub.yaml": """
            version: 1
            site: {id: site}
            zone: Europe/Paris
            residences:
              - id: lilas
                title: {en: Lilas, fr: Lilas}
                rooms: [{id: hall, kind: hall, title: {en: Hall, fr: Entrée}}]
            broker:
              managed: {port: 1883, listen: 127.0.0.1}
            """,
            "devices.yaml": """
            version: 1
            devices:
              - {name: front_door, residence: lilas, room: hall, kind: door, labels: [outside], profile: zigbee2mqtt-contact, topic: zigbee2mqtt/front_door}
            """,
            "rules/open.yaml": """
            version: 1
            rules:
              - {id: open, priority: low, per: device, when: {kind: door, reading: contact, is: open, for: 1m}}
            """,
            "test.yaml": """
            test: 1
            home: .
            start: "2026-11-24 22:45"
            cases:
              - name: open for a minute
                feed: {front_door: {+0s: closed, +1m: open}}
                expect: {+2m: open(lilas/front_door) raised}
            """,
        ]
        for (name, text) in files {
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        let loaded = ScenarioLoader.load(folder.file("test.yaml"))
        #expect(loaded.diagnostics.isEmpty, "\(loaded.report)")
        #expect(loaded.scenarios.map { $0.run().isPassed } == [true])
    }
}
