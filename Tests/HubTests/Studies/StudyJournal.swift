import Foundation
import Rules

@testable import Hub

/// A journal of people who use their tablets for eleven weeks, and of what they said about the study.
final class StudyJournal {
    let home: StudyHome
    let now: Instant
    private let zone: ZoneOffsets

    static let variables = [
        "events", "uses", "episodes", "uses_per_day", "days_with_use", "median_s",
        "diversity_bits", "weekly_change", "autonomy", "prompts_per_use", "appropriation",
    ]

    /// Wants all that a study can have.
    static func study(shift: Bool = true, phases: String = "[]", questionnaires: String = "[]")
        -> String
    {
        let all = variables.map {
            "  - {name: \($0.replacingOccurrences(of: "_", with: "-")), title: {en: \($0), fr: \($0)}, measure: \($0)}"
        }
        return StudyHome.study(shift: shift, phases: phases, questionnaires: questionnaires)
            .replacingOccurrences(
                of: "  - {name: use, title: {en: Use, fr: Usage}, measure: uses_per_day}",
                with: all.joined(separator: "\n"))
    }

    private let days: Int

    /// - Parameter agreed: who says yes before the first reading: a yes is none for what was recorded before it.
    init(
        study: String = StudyJournal.study(), days: Int = 70, agreed: [PersonID] = [],
        fills: Bool = true, devices: String = StudyHome.devices
    ) throws {
        self.days = days
        home = try StudyHome(study: study, devices: devices)
        zone = try requireZone(home.home)
        let first = CalendarDate(year: 2027, month: 1, day: 11).daysSince1970
        now = zone.instant(day: first + Int64(days) + 1, milliseconds: 0, repeated: .first)
        for person in agreed { try say(person, .agrees) }
        if fills { try fill() }
    }

    /// Everybody uses their tablet three times a day.
    private func fill() throws {
        let first = CalendarDate(year: 2027, month: 1, day: 11).daysSince1970
        try commit { writer in
            var random = SeededGenerator(seed: 11)
            for day in 0..<days {
                for device in self.home.home.home.devices {
                    for _ in 0..<3 {
                        let at = self.zone.instant(
                            day: first + Int64(day),
                            milliseconds: .random(in: 28_800_000..<79_200_000, using: &random),
                            repeated: .first)
                        try self.append(
                            device, ["talk", "photos", "music"].randomElement(using: &random)!,
                            at: at, &writer)
                    }
                }
            }
        }
    }

    private func append(
        _ device: Device, _ text: String, at: Instant, _ writer: inout JournalWriter,
        as capability: Capability = "app.active"
    ) throws {
        let stream = try writer.stream(
            for: StreamKey(device: device.id, capability: capability),
            residence: device.residence, kind: capability == "usage.prompt" ? .pulse : .usage,
            value: .text(text))
        _ = try writer.append(
            stream: stream, value: .text(text), received: max(at, latest), effective: at,
            freshness: .live)
        latest = max(at, latest)
    }
    private var latest = Instant.distantPast

    /// One reading more.
    func reading(
        _ device: DeviceID, _ text: String, at: Instant, as capability: Capability = "app.active"
    ) throws {
        let device = home.home.home.devices.first { $0.id == device }!
        try commit { try self.append(device, text, at: at, &$0, as: capability) }
    }

    /// What somebody says.
    func say(
        _ person: PersonID, _ decision: ConsentRecord.Decision, from: Instant? = nil,
        until: Instant? = nil, scope: ConsentScope = ConsentScope()
    ) throws {
        let record = ConsentRecord(
            person: person, purpose: .study("tablets"), decision: decision, scope: scope,
            speaker: person.rawValue, capacity: .person,
            information: .init(version: "1", hash: "00", form: "easy_read"),
            understanding: "told it again", checkedBy: "m1",
            from: from ?? Instant(milliseconds: 0), until: until)
        try commit { _ = try $0.append(.consent(record), received: self.said) }
        said = said + .milliseconds(1)
    }
    private var said = Instant(milliseconds: 1)

    func commit(_ body: (inout JournalWriter) throws -> Void) throws {
        let journal = try Journal.open(path: home.folder.file("foyer.sqlite"))
        try journal.commit { writer in
            try body(&writer)
            try writer.setMark(self.now)
        }
        try journal.close()
    }

    /// Local time of the study's first residence.
    func at(_ day: String, _ hours: Int64 = 0) -> Instant {
        zone.instant(
            day: CalendarDate(text: day)!.daysSince1970, milliseconds: hours * 3_600_000,
            repeated: .first)
    }

    @discardableResult
    func export(_ name: String) throws -> StudyExport.Summary {
        let file = try home.file()
        guard let study = file.study else { throw StudyError.unwritable(file.report, reason: "") }
        return try StudyExport(
            home: home.home, file: file, study: study,
            reader: try JournalReader(path: home.folder.file("foyer.sqlite"))
        ).write(to: home.folder.file(name), recipient: "the laboratory", by: "m1", now: now)
    }

    func text(_ path: String) throws -> String {
        try String(contentsOfFile: home.folder.file(path), encoding: .utf8)
    }

    /// All bytes of an export.
    func bytes(_ name: String) throws -> [String: Data] {
        let folder = home.folder.file(name)
        var result: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            result[path] = FileManager.default.contents(atPath: folder + "/" + path)
        }
        return result
    }
}

private func requireZone(_ home: LoadedHome) throws -> ZoneOffsets {
    struct Missing: Error {}
    guard let zone = home.zones["Europe/Paris"] else { throw Missing() }
    return zone
}
