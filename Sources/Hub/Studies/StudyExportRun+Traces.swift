import Foundation
import Rules

/// What devices told: readings, uses, what was watched, measures, episodes.
extension StudyExportRun {
    mutating func writeTraces(_ progress: (Double) -> Void) throws {
        var readingsFile = asks("events") ? try begin(.readings) : nil
        var usesFile = asks("uses") ? try begin(.uses) : nil
        var log = asks("uses") ? try ProcessLog(in: folder) : nil
        var episodesFile = asks("episodes") ? try begin(.episodes) : nil
        var watched = try begin(.observability)
        var measures = try begin(.measures)
        var casas = CASASText()
        var entries: [ProcessLog.Entry] = []
        for (index, selected) in selection.devices.enumerated() {
            let device = try DeviceStudy(selected, in: self)
            var clock = WallClock(selected.zone, weeks: selected.weeks)
            if readingsFile != nil {
                try writeReadings(device, &clock, &readingsFile)
                casas.add(device: selected.name, device.events, clock)
            }
            if usesFile != nil { entries += try writeUses(device, &clock, &usesFile) }
            try writeWatched(device, &clock, &watched)
            try writeMeasures(device, &measures)
            if episodesFile != nil { try writeEpisodes(device, &clock, &episodesFile) }
            let next = index + 1
            if next == selection.devices.count
                || selection.devices[next].person != selected.person
            {
                try log?.add(person: selected.person, entries)
                entries = []
                if !casas.isEmpty {
                    others.append(try casas.write(person: selected.person, in: folder))
                }
                casas = CASASText()
            }
            progress(Double(next) / Double(selection.devices.count) * 0.98)
        }
        if let file = readingsFile { tables.append((.readings, try file.finish())) }
        if let file = usesFile { tables.append((.uses, try file.finish())) }
        if let log { others.append(try log.finish()) }
        if let file = episodesFile { tables.append((.episodes, try file.finish())) }
        tables.append((.observability, try watched.finish()))
        tables.append((.measures, try measures.finish()))
    }

    func begin(_ table: StudyTable) throws -> ExportFile {
        var file = try ExportFile(table.path, in: folder)
        try file.row(table.header)
        file.rows = 0
        return file
    }

    mutating func writeReadings(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws {
        // What does not change from one reading of a stream to the next is put together once.
        var prefixes: [StreamKey: [UInt8]] = [:]
        let zone = device.selected.zone
        for (key, event) in device.events {
            let prefix: [UInt8]
            if let known = prefixes[key] {
                prefix = known
            } else {
                prefix = Array(
                    [
                        device.selected.person, device.selected.name, key.capability.rawValue,
                        key.channel, event.kind.rawValue,
                    ].map { ExportFile.field($0) + "," }.joined().utf8)
                prefixes[key] = prefix
            }
            var row = prefix
            row += clock.bytes(event.effective)
            row.append(0x2c)
            switch event.value {
            case .unknown: row.append(0x2c)
            case .boolean(let isOn): row += [isOn ? 0x31 : 0x30, 0x2c]
            case .number(let number):
                row += Array("\(number)".utf8)
                row.append(0x2c)
            case .text(let text):
                row.append(0x2c)
                row += Array(ExportFile.field(text).utf8)
            }
            row.append(0x2c)
            row += Self.freshness[Int(event.freshness.rawValue)]
            row.append(0x2c)
            row += Array(phase(at: event.effective, zone).utf8)
            row.append(0x0a)
            try file?.write(row)
        }
        readings += device.events.count
        file?.rows += device.events.count
    }

    static let freshness = ["live", "restored", "late"].map { Array($0.utf8) }

    mutating func writeUses(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws -> [ProcessLog.Entry] {
        let selected = device.selected
        var entries: [ProcessLog.Entry] = []
        for use in device.uses {
            try file?.row([
                selected.person, selected.name, clock.text(use.from),
                Self.seconds(use.to - use.from), use.isCensored ? "true" : "false", use.what,
                use.support.rawValue, use.knownFrom?.rawValue ?? "",
                use.prompts.map { "\($0)" } ?? "",
                phase(at: use.from, selected.zone),
            ])
            let from = clock.milliseconds(use.from)
            entries.append(
                ProcessLog.Entry(
                    from: from, to: from + (use.to - use.from).milliseconds,
                    activity: use.what.isEmpty
                        ? selected.device.kind : "\(selected.device.kind): \(use.what)",
                    device: selected.name))
        }
        useCount += device.uses.count
        return entries
    }

    static func seconds(_ span: TimeSpan) -> String {
        "\(Double(span.milliseconds) / 1000)"
    }

    func writeWatched(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile
    ) throws {
        let spans =
            device.observed.watched.map { ($0.lowerBound, $0.upperBound, "watched") }
            + device.observed.blind.map { ($0.from, $0.to, $0.reason.rawValue) }
        for (from, to, state) in spans.sorted(by: { $0.0 < $1.0 }) {
            try file.row([
                device.selected.person, device.selected.name, clock.text(from), clock.text(to),
                state,
            ])
        }
    }

    mutating func writeMeasures(
        _ device: DeviceStudy, _ file: inout ExportFile
    ) throws {
        let selected = device.selected
        for (phase, span) in periods(selected) {
            let measures = device.measures(in: span, down: down)
            for one in measures.named(until: span.upperBound)
            where one.measure == "coverage" || asks(one.measure)
                // What is not known belongs to what is.
                || one.measure == "support_known"
                    && (asks("autonomy") || asks("appropriation"))
            {
                try file.row([
                    selected.person, selected.name, phase, one.measure, "\(one.value)",
                    one.low.map { "\($0)" } ?? "", one.high.map { "\($0)" } ?? "",
                ])
                if selected.people.count == 1 {
                    measured.append(
                        MeasuredPerson(
                            person: selected.person, kind: selected.device.kind, phase: phase,
                            measure: one.measure, value: one.value))
                }
            }
        }
    }

    mutating func writeEpisodes(
        _ device: DeviceStudy, _ clock: inout WallClock, _ file: inout ExportFile?
    ) throws {
        let selected = device.selected
        let episodes = try reader.episodes(
            EpisodeFilter(device: selected.device.id, span: selected.period, finalOnly: true))
        for episode in episodes.sorted(by: { ($0.start, $0.id) < ($1.start, $1.id) }) {
            guard let end = episode.end, selected.period.contains(episode.start),
                // An episode that reaches into a time that is left out would tell of it.
                !selected.closed.contains(where: { $0.from < end && episode.start < $0.to }),
                !selected.leavesOut(episode.start)
            else { continue }
            traceVersions.insert([episode.trace.rawValue, episode.version])
            try file?.row([
                selected.person, selected.name, episode.trace.rawValue, episode.version,
                clock.text(episode.start), Self.seconds(end - episode.start),
                episode.censored?.rawValue ?? "", phase(at: episode.start, selected.zone),
            ])
        }
    }
}
