import Foundation
import Rules

/// One day of somebody's: what is said of it, the uses that were seen, and the form filled in for it.
struct WordsDay {
    /// So many uses are listed; more make no clearer page.
    static let most = 500

    let visit: Visit
    let residence: Residence
    let person: PersonID
    let day: CalendarDate
    /// The device that is looked at; nil: all that tell of the person.
    let device: Device?

    private var parts: PageParts { PageParts(visit) }
    private var zone: ZoneOffsets { visit.site.zone(residence.id) }
    private var span: Range<Instant> {
        let from = zone.instant(day: day.daysSince1970, milliseconds: 0, repeated: .first)
        let to = zone.instant(day: day.daysSince1970 + 1, milliseconds: 0, repeated: .first)
        return from..<max(from + .milliseconds(1), to)
    }

    /// Devices that tell of the person, alone or with others; those without anybody are the residence's.
    private var devices: [Device] {
        let subjects = visit.site.home.home.consentSubjects(zones: visit.site.home.zones)
        let own = Set(
            subjects.filter { $0.subject.people.contains(person) }.map(\.subject.device))
        return visit.site.home.home.devices.filter {
            $0.residence == residence.id && (own.contains($0.id) || $0.id == device?.id)
        }
    }

    /// What the form begins with: now, or the middle of an earlier day.
    private var start: String {
        let now = WordsPage.minute(visit.site.clock.now(), zone)
        return now.hasPrefix(day.text) ? now : "\(day.text)T12:00"
    }

    func context() async throws -> [String: Any] {
        func link(_ days: Int64) -> String {
            WordsPage.path(
                residence.id, person: person,
                day: CalendarDate(daysSince1970: day.daysSince1970 + days).text)
        }
        var context: [String: Any] = [
            "chosen": true, "name": parts.name(person), "person": person.rawValue,
            "previous": link(-1), "next": link(1),
            "say_start": visit.query("from") ?? start,
            "say_end": visit.query("until") ?? "",
            "devices": devices.map { other -> [String: Any] in
                var entry: [String: Any] = [
                    "id": other.id.rawValue, "title": parts.language(other.title),
                ]
                if other.id == device?.id { entry["chosen_device"] = true }
                return entry
            },
            "pictures": [["value": "", "word": parts.word("say_nothing"), "none": true]]
                + ResidentThoughts.faces.map { face -> [String: Any] in
                    [
                        "value": face.name, "word": parts.word("picture_\(face.name)"),
                        "picture": face.picture.svg,
                    ]
                },
        ]
        var words: [UseWord] = []
        do {
            let said = try said()
            words = said.compactMap(\.useWord)
            let lines = said.map(line)
            context["said"] = lines
            if !lines.isEmpty { context["hasSaid"] = true }
        } catch {
            context["closed"] = true
        }
        let uses = try await uses(words)
        context["uses"] = uses
        if !uses.isEmpty { context["hasUses"] = true }
        return context
    }

    private func said() throws -> [Annotation] {
        guard let visitor = visit.visitor,
            let vault = try Vault.existing(home: visit.site.home.folder)
        else { return [] }
        return try vault.annotations(
            of: person, in: span, by: visitor.member.id.rawValue,
            at: visit.site.visitorClock.now())
    }

    /// A span by the clock; one within a minute is told once.
    private func when(_ span: Range<Instant>) -> String {
        let times = [span.lowerBound, span.upperBound].map { parts.time($0, residence.id) }
        return times[0] == times[1] ? times[0] : times.joined(separator: "–")
    }

    private func line(_ annotation: Annotation) -> [String: Any] {
        let isOwn =
            annotation.voice == .staff && annotation.author == visit.visitor?.member.id.rawValue
        var line: [String: Any] = [
            "when": when(annotation.span),
            "device": annotation.device.map { id in
                visit.site.home.home.devices.first { $0.id == id }.map { parts.language($0.title) }
                    ?? id.rawValue
            } ?? "",
            "author": annotation.voice == .resident
                ? parts.name(PersonID(rawValue: annotation.author))
                : visit.site.name(annotation.author),
            "voice": parts.word("said_\(annotation.voice.rawValue)"),
            "number": "\(annotation.id)",
            "shared": parts.word(annotation.mayLeave ? "said_shared" : "said_kept"),
            "turn": annotation.mayLeave ? "no" : "yes",
            "turn_word": parts.word(annotation.mayLeave ? "said_keep" : "said_share"),
        ]
        if isOwn { line["own"] = true }
        switch annotation.content {
        case .text(let text): line["text"] = text
        case .pictogram(let name):
            let face = ResidentThoughts.faces.first { $0.name == name }
            line["picture"] = (face?.picture ?? .think).svg
            line["picture_word"] = face == nil ? name : parts.word("picture_\(name)")
        case .support(let support):
            line["text"] =
                parts.word(support.isAlone ? "say_alone" : "say_helped")
                + (support.isAlone
                    ? ""
                    : support.prompts.map { ", \($0) \(parts.word("said_prompts"))" } ?? "")
        case .recording:
            line["recording"] =
                "/residences/\(residence.id)/words/\(person)/recordings/\(annotation.id)"
        }
        return line
    }

    private func uses(_ words: [UseWord]) async throws -> [[String: Any]] {
        let home = visit.site.home
        let now = visit.site.clock.now()
        let period =
            span
            .lowerBound..<max(
                span.lowerBound + .milliseconds(1), min(span.upperBound, now))
        // What people did while they were away is told, and asked about, as all else is.
        let stays = Stays()
        let chosen = Set(device.map { [$0.id] } ?? devices.map(\.id))
        let results = try await visit.site.readers.read { reader in
            try DeviceUse(home: home, reader: reader, stays: stays)
                .measures(in: period, where: { chosen.contains($0.id) }, words: words)
        }
        let all = results.flatMap { result in result.uses.map { (result.device, $0) } }
            .sorted { ($0.1.from, $0.0.id) < ($1.1.from, $1.0.id) }
        return all.prefix(Self.most).map { device, use in
            [
                "when": when(use.from..<max(use.from, use.to)),
                // A press has no word of its own: its device says what it was.
                "device": parts.language(device.title)
                    + (CapabilityVocabulary.entry(use.what) == nil ? ": \(use.what)" : ""),
                "support": use.support == .unknown
                    ? "–" : parts.word("use_\(use.support.rawValue)"),
                "say": WordsPage.path(
                    residence.id, person: person, device: device.id, span: use.from..<use.to,
                    zone: zone),
            ]
        }
    }
}
