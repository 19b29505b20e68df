import Foundation
import Rules
import Testing

@testable import Hub

extension RealHub {
    @Suite("Killed in the middle of chains of escalation", .serialized)
    struct ChainCrashTests {
        /// 100 or more by hand: FOYER_CRASHES=100 ./test --filter ChainCrashTests.
        static let crashes = environment("FOYER_CRASHES", 25)
        static let alerts = 6

        @Test(
            "every step that was due reached somebody, repeats bear one key, and nobody is called after an answer"
        )
        func killedInChains() throws {
            let receiver = try Receiver()
            // Some calls do not get through at first.
            receiver.fail { $0 % 7 == 3 }
            let hub = try HubProcess(people: Self.alerts)
            defer { hub.end() }
            try hub.escalate(to: receiver)
            try hub.startAndSettle()
            var answered: [AlertID: Instant] = [:]
            for round in 0..<Self.crashes {
                if round % 4 == 0, round / 4 < Self.alerts {
                    try wait(30) { hub.status?.state == "online" }
                    let publisher = try BrokerPublisher(hub.account("devices"))
                    try publisher.publish(
                        Publication(
                            topic: "home/tablet\(round / 4)", payload: "{\"app\":\"music\"}"))
                    try publisher.finish()
                }
                Self.waitForCall(
                    receiver, orAtMost: TimeSpan(milliseconds: .random(in: 300...3000)))
                if round == Self.crashes * 2 / 3 { answered = try answer(hub, 2) }
                hub.kill()
                try hub.start()
            }
            try wait(60, hub.condition) { hub.status?.state == "online" }
            let reader = try #require(hub.reader)
            // The last steps that fell due go out, and what failed is tried again.
            try wait(120, "everything carried out; \(hub.condition)") {
                let settled = Set(try reader.notices().map(\.id))
                    .subtracting(try reader.unsettledNotices().map(\.notice.id))
                let owed = try Self.owed(reader, settled)
                return settled.count >= Self.alerts * 3
                    && Set(receiver.calls.filter(\.wasTaken).compactMap { $0.text("id") })
                        .isSuperset(of: owed)
            }
            hub.kill()
            try check(reader, receiver.calls, answered)
        }

        @Test("a hub stops while a receiver hangs, and the notice waits for the next start")
        func stopsWhileSending() throws {
            let receiver = try Receiver()
            receiver.hang(seconds: 8)
            let hub = try HubProcess(people: 1)
            defer { hub.end() }
            try hub.escalate(to: receiver)
            try hub.startAndSettle()
            let publisher = try BrokerPublisher(hub.account("devices"))
            try publisher.publish(
                Publication(topic: "home/tablet0", payload: "{\"app\":\"music\"}"))
            try publisher.finish()
            try wait(30, hub.condition) { !receiver.calls.isEmpty }
            let reply = try ControlClient(path: hub.folder + "/hub.sock").send(.stop)
            guard case .done = reply else {
                Issue.record("\(reply)")
                return
            }
            try wait(20, "the hub still runs; \(hub.condition)") { !hub.isRunning }
            let waiting = try #require(hub.reader).unsettledNotices()
            #expect(waiting.map(\.notice.kind).contains(.alert))
        }

        /// Comes back just after a call, before or after the hub has written down that it got through; or after a while.
        private static func waitForCall(_ receiver: Receiver, orAtMost span: TimeSpan) {
            let limit = Clock.system.now() + span
            let before = receiver.calls.count
            while receiver.calls.count == before, Clock.system.now() < limit { usleep(200) }
            usleep(.random(in: 0...3000))
        }

        /// Which of the settled notices must have reached the receiver.
        private static func owed(
            _ reader: JournalReader, _ settled: Set<NoticeID>
        ) throws -> Set<String> {
            var owed: Set<String> = []
            for notice in try reader.notices() where settled.contains(notice.id) {
                let attempts = try reader.attempts(of: notice.id)
                if attempts.contains(where: { $0.outcome == .delivered }) {
                    owed.insert(notice.id.rawValue)
                }
            }
            return owed
        }

        private func answer(_ hub: HubProcess, _ count: Int) throws -> [AlertID: Instant] {
            try wait(30, hub.condition) { hub.status?.state == "online" }
            var answered: [AlertID: Instant] = [:]
            for alert in try #require(hub.reader).alerts(openOnly: true).prefix(count) {
                let reply = try ControlClient(path: hub.folder + "/hub.sock")
                    .send(.perform(.acknowledge(alert.id, by: "carer")))
                guard case .done = reply else {
                    Issue.record("\(reply)")
                    continue
                }
                answered[alert.id] = Clock.system.now()
            }
            #expect(answered.count == count)
            return answered
        }

        private func check(
            _ reader: JournalReader, _ calls: [Receiver.Call], _ answered: [AlertID: Instant]
        ) throws {
            let raised = try reader.steps().filter { $0.step == .raised }
            #expect(raised.count == Self.alerts, "each alert is raised once")
            let notices = try reader.notices()
            #expect(Set(notices.map(\.id)).count == notices.count)
            let unsettled = Set(try reader.unsettledNotices().map(\.notice.id))
            let taken = Dictionary(
                grouping: calls.filter(\.wasTaken), by: { $0.text("id") ?? "" })
            for alert in raised.map(\.alert) {
                // The chain has no hole: one step after the other, ten seconds apart or, after the hub was down, more.
                let steps = notices.filter {
                    $0.alerts == [alert] && ($0.kind == .alert || $0.kind == .reminder)
                        && $0.round < 1_000
                }.sorted { ($0.noticed, $0.step) < ($1.noticed, $1.step) }
                #expect(steps.first?.step == 0 && steps.first?.round == 0)
                for (before, after) in zip(steps, steps.dropFirst()) {
                    let isNext =
                        after.step == before.step + 1 && after.round == before.round
                        || after.step == 0 && after.round == before.round + 1
                    #expect(isNext, "\(alert): \(before.step) and then \(after.step)")
                    #expect(after.due - before.noticed >= .seconds(10))
                }
                if let end = answered[alert] {
                    for step in steps { #expect(step.noticed <= end, "a step after the answer") }
                    let late = calls.filter { call in
                        steps.contains { $0.id.rawValue == call.text("id") }
                            // A call that was under way when the answer came cannot be taken back.
                            && call.at > end + .seconds(1)
                    }
                    #expect(late.isEmpty, "nobody is called after an answer")
                } else {
                    for step in steps where !unsettled.contains(step.id) {
                        #expect(taken[step.id.rawValue] != nil, "\(alert), step \(step.step)")
                    }
                }
            }
            for call in calls { #expect(call.headers["idempotency-key"] == call.text("id")) }
            let repeats = taken.values.reduce(0) { $0 + $1.count - 1 }
            print(
                "\(Self.crashes) kills, \(notices.count) notices, \(calls.count) calls, \(repeats) of them repeats with the same key"
            )
        }
    }
}

extension HubProcess {
    /// A home with so many tablets, each of whose uses is an alert of its own.
    convenience init(people count: Int) throws {
        try self.init()
        let devices = (0..<count).map {
            "  - {name: tablet\($0), residence: home, room: hall, profile: json-app, topic: home/tablet\($0)}"
        }
        try write("devices.yaml", "version: 1\ndevices:\n" + devices.joined(separator: "\n"))
        try write(
            "rules/all.yaml",
            """
            version: 1
            events:
              used: {reading: usage.app_session, seen: true}
            rules:
              - id: every-use
                per: device
                priority: high
                when: used
                do: {en: Count., fr: Compter.}
            """)
    }

    /// Gives the home a carer, a team leader, and a chain that calls them every ten seconds through a webhook.
    func escalate(to receiver: Receiver) throws {
        try write(
            "staff.yaml",
            """
            version: 1
            staff:
              - {id: carer, name: Carer, roles: [carer], contacts: {hook: one}}
              - {id: leader, name: Leader, roles: [team_leader], contacts: {hook: two}}
            chains:
              default:
                steps:
                  - {notify: carer, wait: 10s}
                  - {notify: team_leader, wait: 10s}
            """)
        try write(
            "notifications.yaml",
            "version: 1\nchannels:\n  hook: {webhook: \"\(receiver.url)\"}\n")
    }
}
