import Foundation
import Rules
import Testing

@testable import Hub

/// One firing: when a rule began to hold and when it ended; nil where it still holds at the end of the file.
private struct Firing: Hashable, CustomStringConvertible {
    var from: Int64
    var to: Int64?
    var description: String { "\(from)…\(to.map(String.init) ?? "")" }
}

/// What each published rule means, computed over the plain recording with interval arithmetic: no engine, no timers,
/// nothing that the product reads or computes with. After the definitions in NicVolanschi/Allen, with what a live
/// rule cannot know shifted: where the publication marks the beginning of a state that will last for so long, it
/// fires once it has.
private struct Reference {
    let recording: PlainRecording
    private let minute: Int64 = 60_000
    private let hour: Int64 = 3_600_000

    var all: [String: [Firing]] {
        [
            "presence-dependency": presenceDependency,
            "departure-alert": departureAlert,
            "door-alert": doorAlert,
            "long-inactivity": longInactivity,
            "fridge-opened": lasting(recording.spans("ContactS_Fridge"), 5 * minute),
            "breakfast": breakfast,
            "lunch": lunch,
            "dinner": dinner,
            "gotobed": entering("MotionD_B", after: "MotionD_Ba", from: 21, to: 24),
            "wakeup": entering("MotionD_K", after: "MotionD_B", from: 6, to: 10),
            "commfailure-warning": lasting(recording.spans("ContactS_E.CommFailure"), 0),
            "commfailure-alert": commfailureAlert,
            "battery-alert": batteryAlert,
        ]
    }

    /// Firings of spans that last so long, from the instant at which they have.
    private func lasting(_ spans: Spans, _ length: Int64) -> [Firing] {
        spans.atLeast(length, until: recording.end).list.map {
            firing($0.from + length, until: $0.to)
        }
    }

    private func firing(_ from: Int64, until to: Int64) -> Firing {
        Firing(from: from, to: to > recording.end ? nil : to)
    }

    /// Within each span, from the earliest of some instants in it until its end.
    private func once(_ spans: [(from: Int64, to: Int64)], _ instants: [Int64]) -> [Firing] {
        spans.compactMap { span in
            instants.first { $0 >= span.from && $0 < span.to }
                .map { firing($0, until: span.to) }
        }
    }

    private var presenceDependency: [Firing] {
        let cupboard = recording.spans("ContactS_Cupboard")
        return once(
            recording.spans("MotionD_K").inverted.list, (cupboard.rises + cupboard.falls).sorted())
    }

    private var departureAlert: [Firing] {
        let open = recording.spans("ContactS_E").atLeast(5 * minute, until: recording.end)
        return once(recording.daily(from: 20, to: 8), open.list.map { $0.from + 5 * minute })
    }

    private var unwatchedDoor: Spans {
        recording.spans("ContactS_E").and(recording.spans("MotionD_E").inverted)
            .atLeast(5 * minute, until: recording.end)
    }

    private var doorAlert: [Firing] {
        let instants = unwatchedDoor.list.map { $0.from + 5 * minute }
        return once(recording.spans("ContactS_E").list, instants)
    }

    private var longInactivity: [Firing] {
        lasting(recording.spans("MotionD_B").inverted, 24 * hour)
    }

    private var breakfast: [Firing] {
        let cupboard = recording.spans("ContactS_Cupboard")
        let coffee = recording.spans("EMeter_Coffeemaker", atLeast: 20).rises
        return recording.daily(from: 7, to: 9).compactMap { slot in
            let opened = cupboard.and(Spans([slot])).list.first?.from
            let made = coffee.first { $0 >= slot.from && $0 < slot.to }
            guard let opened, let made else { return nil }
            return firing(max(opened, made), until: slot.to)
        }
    }

    private var lunch: [Firing] {
        let opened = Spans.recent(recording.spans("ContactS_Fridge").rises, 30 * minute + 1)
        let both = opened.and(recording.spans("EMeter_Coffeemaker", atLeast: 20))
        return recording.daily(from: 11, to: 14).compactMap { slot in
            both.and(Spans([slot])).list.first.map { firing($0.from, until: slot.to) }
        }
    }

    private var dinner: [Firing] {
        let fridge = recording.spans("ContactS_Fridge").rises
        let lamp = recording.spans("EMeter_L", atLeast: 20).rises
        return recording.daily(from: 18, to: 22).compactMap { slot in
            let first = fridge.first { $0 >= slot.from && $0 < slot.to }
            let second = lamp.first { $0 >= slot.from && $0 < slot.to }
            guard let first, let second else { return nil }
            return firing(max(first, second), until: slot.to)
        }
    }

    private func entering(
        _ room: String, after other: String, from: Int64, to: Int64
    ) -> [Firing] {
        let left = recording.spans(other).falls
        let entered = recording.spans(room).rises.filter { moment in
            left.contains { $0 <= moment && moment - $0 <= 10 * minute }
        }
        return once(recording.daily(from: from, to: to), entered)
    }

    private var commfailureAlert: [Firing] {
        ["ContactS_Cupboard", "ContactS_E", "ContactS_Fridge"].flatMap {
            lasting(recording.spans("\($0).CommFailure"), 24 * hour)
        }
    }

    private var batteryAlert: [Firing] {
        let channels = Set(recording.lines.map(\.channel)).filter {
            $0.hasSuffix(".BatteryLevel") && !$0.hasPrefix("EMeter")
        }
        return channels.flatMap { channel -> [Firing] in
            let good = recording.spans(channel, atLeast: 20)
            return good.falls.map { fall in
                firing(fall, until: good.rises.first { $0 > fall } ?? Spans.forever)
            }
        }
    }
}

@Suite("The published rules over the recorded home")
struct PublishedRulesTests {
    /// The published rules over the recording, run once for all tests.
    private static let published = Result { try firings(rules: RecordedHome.rulesPath) }

    private static func firings(
        rules path: String
    ) throws -> (firings: [String: [Firing]], transitions: [BacktestTransition]) {
        let text = try HomeFolder.text(of: RecordedHome.mapPath, named: "map")
        let map = try RecordingMap.parse(text, file: "map")
        let rules = RuleFiles.load([path], home: map.home)
        #expect(!rules.hasErrors, "\(rules.report)")
        var backtest = try RecordingBacktest(path: RecordedHome.path, map: map, rules: rules.rules)
        #expect(backtest.plan.notes.isEmpty)
        var result: [String: [Firing]] = [:]
        var open: [String: Int] = [:]
        var transitions: [BacktestTransition] = []
        try backtest.run { transition in
            transitions.append(transition)
            let rule = transition.rule.rawValue
            let key = "\(rule) \(transition.instance)"
            switch transition.to {
            case .pending, .clearing: break
            case .active:
                #expect(open[key] == nil, "\(key) became active twice")
                open[key] = result[rule, default: []].count
                result[rule, default: []].append(Firing(from: transition.at.milliseconds, to: nil))
            case .normal:
                guard let index = open.removeValue(forKey: key) else { return }
                result[rule]?[index].to = transition.at.milliseconds
            }
        }
        return (result, transitions)
    }

    @Test(
        "each fires and ends at the same instants as interval arithmetic over the file says",
        .enabled(if: RecordedHome.isThere, RecordedHome.comment))
    func agree() throws {
        let found = try Self.published.get().firings
        let expected = Reference(recording: try PlainRecording(path: RecordedHome.path)).all
        #expect(Set(found.keys) == Set(expected.keys))
        for (rule, firings) in expected.sorted(by: { $0.key < $1.key }) {
            let wanted = Set(firings)
            let got = Set(found[rule] ?? [])
            #expect(wanted.count == firings.count)
            #expect(got.count == found[rule]?.count)
            let missing = wanted.subtracting(got).sorted { $0.from < $1.from }
            let wrong = got.subtracting(wanted).sorted { $0.from < $1.from }
            #expect(missing.isEmpty, "\(rule) did not fire at \(missing)")
            #expect(wrong.isEmpty, "\(rule) fired at \(wrong)")
        }
    }

    @Test(
        "a rule that waits is pending from the instant at which its state began",
        .enabled(if: RecordedHome.isThere, RecordedHome.comment))
    func pending() throws {
        let transitions = try Self.published.get().transitions
        let waits: [String: Int64] = [
            "door-alert": 300_000, "fridge-opened": 300_000, "long-inactivity": 86_400_000,
            "commfailure-alert": 86_400_000,
        ]
        var begun: Set<String> = []
        for transition in transitions {
            let key = "\(transition.rule) \(transition.instance) \(transition.episode)"
            if transition.to == .pending {
                #expect(transition.at == transition.episode)
                begun.insert(key)
            } else if transition.to == .active, let wait = waits[transition.rule.rawValue] {
                #expect((transition.at - transition.episode).milliseconds == wait)
                #expect(begun.contains(key))
            }
        }
        #expect(!begun.isEmpty)
    }

    @Test(
        "a door open with nobody there for 5 minutes held 2,137 times, 1,885 of them after its contact died, and is 38 alerts by episode",
        .enabled(if: RecordedHome.isThere, RecordedHome.comment))
    func doorFacts() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("plain.yaml")
        try """
        version: 1
        signals:
          open: {device: front_door, reading: contact, is: open, unknown_after: never}
          movement: {device: entrance_motion, reading: motion, unknown_after: never}
        rules:
          - id: plain
            priority: info
            when: {all: [open, {not: movement}], for: 5m}
          - id: by-opening
            priority: info
            when: {all: [open, {not: movement}], for: 5m}
            clear: {not: open}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let (firings, _) = try Self.firings(rules: path)
        let plain = try #require(firings["plain"])
        let byOpening = try #require(firings["by-opening"])
        #expect(plain.count == 2137)
        #expect(byOpening.count == 38)
        let last = try #require(byOpening.last)
        #expect(last.to == nil)
        #expect(plain.count { $0.from >= last.from } == 1885)
    }
}
