import Foundation
import Hummingbird
import HummingbirdCore
import Rules

/// A part of a day, as people speak of it.
enum DayPart: String, CaseIterable, Sendable {
    case night, morning, afternoon, evening

    /// Its hours by the clock.
    var hours: Range<Int64> {
        switch self {
        case .night: 0..<6
        case .morning: 6..<12
        case .afternoon: 12..<18
        case .evening: 18..<24
        }
    }

    var picture: Pictogram {
        switch self {
        case .night: .night
        case .morning: .morning
        case .afternoon: .noon
        case .evening: .evening
        }
    }

    /// From when to when it is, on a day.
    func span(day: Int64, in zone: ZoneOffsets) -> Range<Instant> {
        func at(_ hour: Int64) -> Instant {
            hour == 24
                ? zone.instant(day: day + 1, milliseconds: 0, repeated: .first)
                : zone.instant(day: day, milliseconds: hour * 3_600_000, repeated: .first)
        }
        return at(hours.lowerBound)..<max(at(hours.lowerBound), at(hours.upperBound))
    }
}

/// The person's day in the order in which it happened: what their own devices noticed, and when nothing was watched.
struct ResidentDay {
    /// So many lines a part of the day has at most.
    static let most = 25
    /// Uses of one device that follow each other so closely are told as one.
    static let together = TimeSpan.minutes(15)

    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    /// One thing that is told.
    private struct Entry {
        var at: Instant
        var end: Instant
        var device: DeviceID?
        var picture: Pictogram
        var text: String
        var mood = ""
        var count = 1
    }

    func page() async throws -> Response {
        let isYesterday = resident.visit.query("day") == "yesterday"
        let zone = resident.zone
        let number = zone.day(at: resident.now) - (isYesterday ? 1 : 0)
        let start = zone.instant(day: number, milliseconds: 0, repeated: .first)
        let next = zone.instant(day: number + 1, milliseconds: 0, repeated: .first)
        let span = start..<max(start + .milliseconds(1), min(next, resident.now))
        let (entries, silent) = try await entries(in: span)
        let parts = DayPart.allCases.compactMap { part -> [String: Any]? in
            let hours = part.span(day: number, in: zone)
            let own = entries.filter { hours.contains($0.at) }
            guard !own.isEmpty else { return nil }
            var lines = own.prefix(Self.most).map { line($0) }
            if own.count > Self.most {
                lines.append(
                    resident.line(
                        .list,
                        resident.word("day_more", ["count": "\(own.count - Self.most)"])))
            }
            return [
                "title": resident.word("part_\(part.rawValue)"), "picture": part.picture.svg,
                "lines": lines, "think_picture": Pictogram.think.svg,
                "think":
                    "/me/think?day=\(isYesterday ? "yesterday" : "today")&part=\(part.rawValue)",
            ]
        }
        var lines = silent
        if entries.isEmpty { lines.insert(resident.line(.day, resident.word("day_none")), at: 0) }
        lines.append(resident.line(.lock, resident.word("day_only_yours")))
        return resident.page(
            "me-day", heading: resident.word("day"), picture: .day,
            [
                "days": [(false, "today"), (true, "yesterday")].map { day, name -> [String: Any] in
                    var choice: [String: Any] = [
                        "href": day ? "/me/day?day=yesterday" : "/me/day",
                        "label": resident.word(name),
                    ]
                    if day == isYesterday { choice["chosen"] = true }
                    return choice
                }, "parts": parts, "lines": lines,
            ])
    }

    private func line(_ entry: Entry) -> [String: Any] {
        var texts = [entry.text]
        if entry.count > 1 { texts.append(resident.word("times", ["count": "\(entry.count)"])) }
        if entry.mood.isEmpty {
            let minutes = (entry.end - entry.at).milliseconds / 60_000
            switch minutes {
            case ..<1: break
            case 1: texts.append(resident.word("for_minute"))
            case ..<60: texts.append(resident.word("for_minutes", ["count": "\(minutes)"]))
            default:
                let hours = (minutes + 30) / 60
                texts.append(
                    hours == 1
                        ? resident.word("for_hour")
                        : resident.word("for_hours", ["count": "\(hours)"]))
            }
        } else if entry.end > entry.at, entry.end < resident.now {
            texts.append(resident.word("until", ["time": resident.when(entry.end)]))
        }
        return resident.line(
            entry.picture, texts.joined(separator: " "), big: resident.time(entry.at),
            mood: entry.mood)
    }

    /// What is told of a span, by time; and the devices that told nothing.
    private func entries(
        in span: Range<Instant>
    ) async throws -> (entries: [Entry], silent: [[String: Any]]) {
        let home = resident.site.home
        let person = resident.person
        // What is shared tells of others too, and is theirs as much.
        let own = Set(
            resident.subjects.filter { $0.subject.people == [person] }.map(\.subject.device))
        let residence = resident.residence.id
        // A day is shown as it was, also where it is not known who lived there.
        let stays = (try? Stays.known(home: home.folder)) ?? Stays()
        let (results, episodes, sayings) = try await resident.site.readers.read { reader in
            var filter = EpisodeFilter(residence: residence)
            filter.span = span
            return (
                try DeviceUse(home: home, reader: reader, stays: stays).measures(in: span) {
                    own.contains($0.id)
                },
                try reader.episodes(filter, limit: 5000),
                try reader.sayings(since: span.lowerBound)
            )
        }
        var entries: [Entry] = []
        var silent: [[String: Any]] = []
        for result in results {
            guard let main = ResidentRecorded.main(result.device) else { continue }
            entries += uses(result, main)
            if let line = silence(result) { silent.append(line) }
        }
        for episode in episodes
        where episode.subject.person == person
            || episode.subject.device.map(own.contains) == true
        {
            guard let title = home.rules.traces.first(where: { $0.id == episode.trace })?.title
            else { continue }
            entries.append(
                Entry(
                    at: max(episode.start, span.lowerBound), end: episode.end ?? span.upperBound,
                    picture: .star, text: resident.language(title) + "."))
        }
        for entry in sayings where entry.received < span.upperBound {
            guard case .says(let saying) = entry.command, saying.person == person else { continue }
            switch saying.word {
            case .fine:
                entries.append(
                    Entry(
                        at: entry.received, end: entry.received, picture: .fine,
                        text: resident.word("said_fine")))
            case .help:
                entries.append(
                    Entry(
                        at: entry.received, end: entry.received, picture: .help,
                        text: resident.word("you_called")))
            case .wishes: break
            }
        }
        entries += unwatched(results)
        return (
            entries.sorted { ($0.at, $0.end, $0.text) < ($1.at, $1.end, $1.text) }, silent
        )
    }

    private func uses(_ result: DeviceUse.Result, _ main: Capability) -> [Entry] {
        let isCall = ["call_button", "sos", "pull_cord"].contains(result.device.kind)
        let kind = isCall ? "call" : EasyRead.kind(of: main)
        let picture = isCall ? Pictogram.help : Pictogram(capability: main)
        var entries: [Entry] = []
        for use in result.uses {
            var text = "\(resident.language(result.device.title)). \(resident.word("was_\(kind)"))"
            if kind == "usage", !use.what.isEmpty {
                text = "\(resident.language(result.device.title)): \(use.what)."
            }
            let last = entries.last
            if let last, last.text == text, use.from - last.end < Self.together {
                entries[entries.count - 1].end = max(last.end, use.to)
                entries[entries.count - 1].count += 1
            } else {
                entries.append(
                    Entry(
                        at: use.from, end: use.to, device: result.device.id, picture: picture,
                        text: text))
            }
        }
        // Several short uses are told by their number, not as one long one.
        return entries.map { entry in
            var entry = entry
            if entry.count > 1 { entry.end = entry.at }
            return entry
        }
    }

    /// When the person's devices were not watched, for a reason that is not the device's: each reason's times once.
    private func unwatched(_ results: [DeviceUse.Result]) -> [Entry] {
        let reasons: [(Observability.Reason, Pictogram, String)] = [
            (.paused, .pause, "not_paused"), (.noConsent, .no, "not_agreed"),
            (.hubDown, .draft, "not_hub"), (.away, .draft, "not_away"),
        ]
        var entries: [Entry] = []
        for (reason, picture, word) in reasons {
            let spans = results.flatMap(\.observed.blind).filter { $0.reason == reason }
                .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
            var merged: [Range<Instant>] = []
            for span in spans where span.from < span.to {
                if let last = merged.last, span.from <= last.upperBound + .seconds(1) {
                    merged[merged.count - 1] =
                        last.lowerBound..<max(last.upperBound, span.to)
                } else {
                    merged.append(span.from..<span.to)
                }
            }
            for span in merged {
                entries.append(
                    Entry(
                        at: span.lowerBound, end: span.upperBound, picture: picture,
                        text: resident.word(word), mood: "no"))
            }
        }
        return entries
    }

    /// A device that should have been heard of and was not.
    private func silence(_ result: DeviceUse.Result) -> [String: Any]? {
        guard result.device.silentAfter != nil, let last = result.observed.blind.last,
            last.to >= result.observed.period.upperBound
        else { return nil }
        let name = resident.language(result.device.title)
        switch last.reason {
        case .silent:
            return resident.line(
                .draft,
                resident.word(
                    "not_heard_since", ["device": name, "time": resident.time(last.from)]),
                mood: "wait")
        case .battery:
            return resident.line(
                .draft, resident.word("battery_empty", ["device": name]), mood: "wait")
        case .unheard:
            return resident.line(.draft, resident.word("not_heard", ["device": name]), mood: "wait")
        default: return nil
        }
    }
}
