import Foundation
import Rules
import Testing

@testable import Hub

/// Random homes in which people agree, refuse, withdraw, pause and go on, while their devices speak. Every reading carries
/// a word of its own; afterwards the bytes of all files are searched for these words.
@Suite("No byte of a reading without a purpose")
struct ConsentCanaryTests {
    private static func home(_ policy: String) throws -> LoadedHome {
        let folder = try TemporaryFolder()
        let files = [
            "hub.yaml": """
            version: 1
            site: {id: canary}
            zone: Europe/Paris
            consent: \(policy)
            residences:
              - id: home
                people: [p1, p2]
                rooms: [{id: hall, kind: hall}, {id: bedroom, kind: bedroom, person: p2}]
            """,
            "devices.yaml": """
            version: 1
            devices:
              - {name: t1, residence: home, person: p1, profile: json-app, topic: home/t1}
              - {name: t2, residence: home, room: bedroom, profile: json-app, topic: home/t2}
              - {name: shared, residence: home, room: hall, profile: json-app, topic: home/shared}
              - {name: no, residence: home, person: p1, kind: pause_button, profile: zigbee2mqtt-button, topic: home/no}
            """,
        ]
        for (name, text) in files {
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        let devices = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "devices")
        let home = try HomeFolder.load(folder.path, shippedProfiles: devices.path)
        try #require(!home.hasErrors, "\(home.report)")
        return home
    }

    /// What is allowed, told the slow way and apart from the book: the words of each person and purpose, and the pauses.
    private struct Oracle {
        let isRequired: Bool
        var words: [(record: ConsentRecord, at: Instant)] = []
        var pauses: [PersonID: Instant] = [:]
        static let people: [String: [PersonID]] = [
            "t1": ["p1"], "t2": ["p2"], "shared": ["p1", "p2"],
        ]

        func mayStore(_ device: String, _ now: Instant) -> Bool {
            [Purpose.safety, .care, .study("s")].contains { purpose in
                Self.people[device]!.allSatisfy { may($0, purpose, device, now) }
            }
        }

        private func latest(
            _ person: PersonID, _ purpose: Purpose, _ device: String, representative: Bool
        ) -> ConsentRecord? {
            words.map(\.record).last {
                $0.person == person && $0.purpose == purpose
                    && ($0.capacity != .person && $0.speaker != person.rawValue) == representative
                    && ($0.decision != .agrees
                        || ($0.capacity == .person) == ($0.speaker == person.rawValue))
                    && ($0.scope.devices.isEmpty
                        || $0.scope.devices.contains(DeviceID(rawValue: "home/" + device)))
            }
        }

        private func may(
            _ person: PersonID, _ purpose: Purpose, _ device: String, _ now: Instant
        ) -> Bool {
            func answer(_ record: ConsentRecord?) -> Bool? {
                guard let record, record.decision == .agrees else {
                    return record == nil ? nil : false
                }
                if let until = record.until, now >= until { return nil }
                return true
            }
            let own = latest(person, purpose, device, representative: false)
            let others = latest(person, purpose, device, representative: true)
            let isRepresented = words.contains {
                $0.record.person == person && $0.record.capacity != .person
            }
            if answer(own) == false || answer(others) == false { return false }
            if let until = pauses[person], now < until {
                guard purpose == .safety, answer(own) == true, own!.goesOnInPause else {
                    return false
                }
            }
            let isStudy = purpose == .study("s")
            if isRequired || isStudy {
                return answer(own) == true && (!isRepresented || answer(others) == true)
            }
            return true
        }
    }

    @Test("random words and pauses", arguments: ["required", "opt_out"])
    func canaries(policy: String) throws {
        let home = try Self.home(policy)
        var stored = 0
        var withheld = 0
        for seed in 1...UInt64(environmentNumber("FOYER_CANARIES", 12)) {
            var random = SeededRandom(seed: seed)
            func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
            let folder = try TemporaryFolder()
            let path = folder.file("journal.sqlite")
            let journal = try Journal.open(path: path)
            var oracle = Oracle(isRequired: policy == "required")
            var engine = Engine(plan: home.plan)
            var repeats = RepeatFilter(home.directory)
            var redelivery = RedeliveryFilter()
            var decoder = DeviceDecoder(home.directory)
            var now = Instant(milliseconds: 1_800_000_000_000)
            var expected: [String: Bool] = [:]
            let body = ConfigurationBody(home)
            let settings = IntakeLoopSettings(
                session: SessionSettings(host: "", port: 1, clientID: "x", subscriptions: []),
                plan: home.plan, home: home.home, directory: home.directory,
                configuration: body.hash, configurationBody: body.text)
            for step in 0..<80 {
                now = now + .milliseconds(Int64(pick(600_000)))
                try journal.commit { writer in
                    var batch = IntakeBatch(
                        engine: engine, repeats: repeats, redelivery: redelivery, decoder: decoder,
                        settings: settings, now: now)
                    for part in 0..<(1 + pick(3)) {
                        let person: PersonID = pick(2) == 0 ? "p1" : "p2"
                        switch pick(10) {
                        case 0:
                            let until = now + .milliseconds(Int64(1 + pick(3_000_000)))
                            // Of two pauses the longer end holds.
                            oracle.pauses[person] = max(until, oracle.pauses[person] ?? until)
                            try batch.take(.pause(person, until: until, by: "x"), &writer)
                        case 1:
                            oracle.pauses[person] = nil
                            try batch.take(.resume(person, by: "x"), &writer)
                        case 2, 3, 4:
                            let isOwn = pick(5) < 3
                            let record = ConsentRecord(
                                person: person, purpose: [.safety, .care, .study("s")][pick(3)],
                                decision: [.agrees, .agrees, .refuses, .withdraws][pick(4)],
                                scope: ConsentScope(
                                    devices: pick(4) == 0
                                        ? [["home/t1", "home/t2", "home/shared"][pick(3)]] : []),
                                // Now and then somebody in the person's place, or the person in theirs.
                                speaker: pick(8) == 0
                                    ? ["p1", "p2", "x"][pick(3)] : isOwn ? person.rawValue : "x",
                                capacity: isOwn ? .person : [.tutor, .curator][pick(2)],
                                information: .init(version: "1", hash: "0", form: "audio"),
                                understanding: "said it back", checkedBy: "y", from: now,
                                until: pick(4) == 0
                                    ? now + .milliseconds(Int64(1 + pick(4_000_000))) : nil,
                                goesOnInPause: pick(2) == 0)
                            oracle.words.append((record, now))
                            try batch.take(.consent(record), &writer)
                        case 5:
                            let isPaused = oracle.pauses["p1"].map { now < $0 } ?? false
                            oracle.pauses["p1"] = isPaused ? nil : now + IntakeBatch.buttonPause
                            try batch.take(Self.message("no", "{\"action\":\"single\"}"), &writer)
                        default:
                            let device = ["t1", "t2", "shared"][pick(3)]
                            let word = "canary-\(seed)-\(step)-\(part)-\(device)"
                            // One that cannot be read is kept as it came, and is a reading all the same.
                            let payload =
                                pick(4) == 0 ? "{\"app\":\"\(word)\"" : "{\"app\":\"\(word)\"}"
                            expected[word] = oracle.mayStore(device, now)
                            try batch.take(Self.message(device, payload), &writer)
                        }
                    }
                    try batch.finish(&writer)
                    if step % 16 == 15 {
                        try writer.checkpoint(
                            batch.engine.checkpoint(), mark: now, configuration: body.hash)
                    }
                    (engine, repeats) = (batch.engine, batch.repeats)
                    (redelivery, decoder) = (batch.redelivery, batch.decoder)
                }
            }
            var bytes = Data()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                bytes += FileManager.default.contents(atPath: folder.file(name)) ?? Data()
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for (word, isAllowed) in expected {
                #expect(
                    text.contains("\(word)") == isAllowed,
                    "seed \(seed): \(word) \(isAllowed ? "is missing" : "lies in a file")")
                if isAllowed { stored += 1 } else { withheld += 1 }
            }
            try journal.close()
        }
        #expect(stored > 50 && withheld > 50, "\(stored) stored, \(withheld) withheld")
    }

    private static func message(_ device: String, _ payload: String) -> InboundMessage {
        InboundMessage(
            topic: "home/" + device, payload: Array(payload.utf8), qualityOfService: 0,
            retained: false, packetID: 0, duplicate: false)
    }

    private func environmentNumber(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }
}
