import Foundation
import Logging
import Rules

/// Measures the export of a study, and the measures of a year, over a journal of a hundred people who agreed.
struct BenchmarkExport {
    /// What was measured.
    struct Result: Sendable {
        var readings: Int
        var exportSeconds: Double
        var measureSeconds: Double
        /// In bytes.
        var residentBefore: Int
        var residentPeak: Int
        /// For everything about one of the people, with the second search.
        var eraseSeconds: Double
        /// For the engine of the next start, which reads the whole journal once.
        var recoverSeconds: Double
    }

    private static let people = 100
    private static let start = CalendarDate(year: 2026, month: 1, day: 1)

    private let events: Int
    private let folder: String
    private let stop: BenchmarkStop
    private let progress: (String) -> Void

    init(
        events: Int, folder: String, _ stop: BenchmarkStop, _ progress: @escaping (String) -> Void
    ) {
        self.events = events
        self.folder = folder + "/export"
        self.stop = stop
        self.progress = progress
    }

    func measure() throws -> Result {
        let home = try makeHome()
        try fill(home)
        let reader = try JournalReader(path: folder + "/foyer.sqlite")
        let before = Self.resident()
        let study = Self.study()
        let file = StudyFile(
            id: study.id, study: study, diagnostics: [], source: "", hash: "bench")
        progress("exporting \(events) events")
        var peak = before
        let clock = ContinuousClock()
        var summary: StudyExport.Summary?
        let exporting = try clock.measure {
            summary = try StudyExport(home: home, file: file, study: study, reader: reader)
                .write(
                    to: folder + "/out", recipient: "bench", by: "bench",
                    now: Self.at(days: 366)
                ) { _ in peak = max(peak, Self.resident()) }
        }
        progress("measures of a year")
        let measuring = try clock.measure {
            _ = try DeviceUse(home: home, reader: reader, stays: Stays())
                .measures(in: Self.at(days: 0)..<Self.at(days: 365)) { $0.kind == "tablet" }
        }
        progress("erasing one person")
        let erasing = try clock.measure {
            let report = try PersonErasure(
                home: home, scope: PersonScope("p7", in: home, reader: nil)
            )
            .run(by: "bench", now: Self.at(days: 366))
            guard report.search.isClean, report.journal.readings > 0 else {
                throw BenchmarkError("the erasure left something, or found nothing")
            }
        }
        progress("the start after it")
        let recovering = try clock.measure {
            let journal = try Journal.open(path: folder + "/foyer.sqlite")
            _ = try EngineRecovery(
                journal: journal, plan: home.plan, configuration: ConfigurationBody(home).hash,
                log: Logger(label: "bench")
            ).build()
            try journal.close()
        }
        return Result(
            readings: summary?.readings ?? 0, exportSeconds: Self.seconds(exporting),
            measureSeconds: Self.seconds(measuring), residentBefore: before, residentPeak: peak,
            eraseSeconds: Self.seconds(erasing), recoverSeconds: Self.seconds(recovering))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func at(days: Int64) -> Instant {
        Instant(milliseconds: (start.daysSince1970 + days) * 86_400_000)
    }

    private static func resident() -> Int {
        // proc(5): the second field is the resident set, in pages.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0
        }
        let fields = text.split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize())
    }

    /// Twenty residences of five people, each with a tablet and a movement sensor of their own.
    private func makeHome() throws -> LoadedHome {
        try FileManager.default.createDirectory(
            atPath: folder + "/studies", withIntermediateDirectories: true)
        var hub = "version: 1\nsite: {id: bench}\nzone: Europe/Paris\nresidences:\n"
        var devices = "version: 1\ndevices:\n"
        for residence in 0..<20 {
            let people = (0..<5).map { "p\(residence * 5 + $0)" }
            hub +=
                "  - {id: r\(residence), people: [\(people.joined(separator: ", "))], rooms: [{id: hall, kind: hall}]}\n"
            for person in people {
                devices +=
                    "  - {name: tablet-\(person), residence: r\(residence), person: \(person), kind: tablet, profile: json-app, topic: r\(residence)/t-\(person)}\n"
                devices +=
                    "  - {name: motion-\(person), residence: r\(residence), person: \(person), kind: motion, profile: json-app, topic: r\(residence)/m-\(person)}\n"
            }
        }
        try hub.write(toFile: folder + "/hub.yaml", atomically: true, encoding: .utf8)
        try devices.write(toFile: folder + "/devices.yaml", atomically: true, encoding: .utf8)
        let home = try HomeFolder.load(folder)
        guard !home.hasErrors else { throw BenchmarkError(home.report) }
        return home
    }

    /// Events spread over a year: one in ten is a use of a tablet, the others movement.
    private func fill(_ home: LoadedHome) throws {
        progress("storing \(events) events")
        let journal = try Journal.open(path: folder + "/foyer.sqlite")
        try journal.commit { writer in
            for person in 0..<Self.people {
                let record = BenchmarkStore.consent(
                    of: PersonID(rawValue: "p\(person)"), to: .study("bench"))
                _ = try writer.append(
                    .consent(record), received: Self.at(days: 0) - .milliseconds(1))
            }
        }
        let tablets = home.home.devices.filter { $0.kind == "tablet" }
        let sensors = home.home.devices.filter { $0.kind == "motion" }
        var random = SeededRandom(seed: 1)
        var isOn = [Bool](repeating: false, count: sensors.count)
        let year = Int64(365) * 86_400_000
        var next = 0
        while next < events {
            try stop.check()
            let end = min(events, next + 20_000)
            try journal.commit { writer in
                for number in next..<end {
                    let at =
                        Self.at(days: 0)
                        + .milliseconds(Int64(Double(number) / Double(events) * Double(year)))
                    let person = Int.random(in: 0..<Self.people, using: &random)
                    if number % 10 == 0 {
                        try Self.append(
                            tablets[person], "app.active", .usage,
                            .text(["talk", "photos", "music"][number / 10 % 3]), at, &writer)
                    } else {
                        isOn[person].toggle()
                        try Self.append(
                            sensors[person], "presence.motion", .state, .boolean(isOn[person]),
                            at, &writer)
                    }
                }
            }
            next = end
        }
        try journal.commit { try $0.setMark(Self.at(days: 365)) }
        try journal.close()
    }

    private static func append(
        _ device: Device, _ capability: Capability, _ kind: ReadingKind, _ value: Value,
        _ at: Instant, _ writer: inout JournalWriter
    ) throws {
        let stream = try writer.stream(
            for: StreamKey(device: device.id, capability: capability),
            residence: device.residence, kind: kind, value: value)
        _ = try writer.append(
            stream: stream, value: value, received: at, effective: at, freshness: .live)
    }

    private static func study() -> StudyProtocol {
        let text = LocalizedText(english: "benchmark", french: "mesure")
        return StudyProtocol(
            id: "bench", title: text, question: text, agreed: [], investigators: [],
            publisher: "bench", legal: .none,
            ethics: .init(opinion: .notRequired, reason: "a benchmark"),
            notice: .init(file: "", version: "1", hash: ""),
            variables: [
                "events", "uses", "uses_per_day", "median_s", "stability", "diversity_bits",
            ]
            .map { .init(name: $0, title: text, measure: $0) },
            from: start, until: CalendarDate(year: 2026, month: 12, day: 31), phases: [],
            keepUntil: CalendarDate(year: 2030, month: 1, day: 1), disposal: .erase,
            shiftsDates: true, smallCells: 5, owed: [], questionnaires: [])
    }
}
