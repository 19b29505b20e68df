import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// What the person thinks of a part of their day: a face, or words of their own. One question a page. It lies in the vault,
/// sealed, with them as its author; whether a study may have it is theirs to say, and to change.
struct ResidentThoughts {
    static let routes: [Route] = [
        Route(method: .get, path: "/me/think", access: .resident) { visit in
            try ResidentThoughts(Resident(visit)).page()
        },
        Route(method: .post, path: "/me/think", access: .resident) { visit in
            try ResidentThoughts(Resident(visit)).keep()
        },
        Route(method: .post, path: "/me/share", access: .resident) { visit in
            let resident = try Resident(visit)
            guard let id = visit.form["id"].flatMap(Int64.init),
                let vault = try Vault.existing(home: visit.site.home.folder)
            else { throw WebFailure.notFound }
            do {
                try vault.setMayLeave(
                    id, visit.form["share"] == "yes", author: resident.person.rawValue)
            } catch VaultError.field {
                throw WebFailure.notFound
            }
            return .redirect(to: "/me/think", type: .normal)
        },
    ]

    /// So many of the person's own words are shown, latest first.
    static let most = 12

    /// What can be said without words, by the pictogram's name in the annotation.
    static let faces: [(name: String, word: String, picture: Pictogram)] = [
        ("happy", "think_good", .fine), ("neutral", "think_middling", .neutral),
        ("sad", "think_bad", .unhappy),
    ]

    /// What can be said of one's uses in a part of the day: of all devices that tell of the person alone.
    static let supports: [(name: String, word: String, picture: Pictogram)] = [
        ("alone", "think_alone", .star), ("helped", "think_helped", .coming),
    ]

    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    private var isYesterday: Bool { asked("day") == "yesterday" }
    private var part: DayPart? { asked("part").flatMap(DayPart.init(rawValue:)) }

    private func asked(_ name: String) -> String? {
        resident.visit.query(name) ?? resident.visit.form[name]
    }

    private func span(_ part: DayPart) -> Range<Instant> {
        let day = resident.zone.day(at: resident.now) - (isYesterday ? 1 : 0)
        let span = part.span(day: day, in: resident.zone)
        return span
            .lowerBound..<max(
                span.lowerBound + .milliseconds(1), min(span.upperBound, resident.now))
    }

    private func page() throws -> Response {
        var context: [String: Any] = [
            "keep_picture": Pictogram.heart.svg, "share_picture": Pictogram.study.svg,
        ]
        var back = "/me"
        let day = isYesterday ? "yesterday" : "today"
        if let part {
            back = "/me/think"
            let title =
                "\(resident.word("part_\(part.rawValue)")), \(resident.word(day).lowercased())."
            let face = asked("face") ?? ""
            let link = "/me/think?day=\(day)&part=\(part.rawValue)&face="
            if let chosen = (Self.faces + Self.supports).first(where: { $0.name == face }) {
                context["question"] = "\(title) \(resident.word(chosen.word))."
                context["form"] = ["day": day, "part": part.rawValue, "face": face]
            } else if face == "words" {
                context["question"] = title
                context["form"] = [
                    "day": day, "part": part.rawValue, "face": face, "writes": true,
                ]
            } else {
                context["question"] = "\(title) \(resident.word("think_how"))"
                context["options"] =
                    (Self.faces + Self.supports + [("words", "think_write", .pen)]).map { face in
                        [
                            "href": link + face.name, "label": resident.word(face.word),
                            "picture": face.picture.svg,
                        ]
                    }
            }
        } else {
            context["question"] = resident.word("think_when")
            context["options"] = options(day)
            let said = try said()
            context["said"] = said
            if !said.isEmpty { context["hasSaid"] = true }
        }
        return resident.page(
            "me-think", heading: resident.word("think"), picture: .think, back: back, context)
    }

    /// The parts of the day that have begun, and the day before.
    private func options(_ day: String) -> [[String: String]] {
        var options = DayPart.allCases.filter { span($0).lowerBound <= resident.now }.map { part in
            [
                "href": "/me/think?day=\(day)&part=\(part.rawValue)",
                "label": resident.word("part_\(part.rawValue)"), "picture": part.picture.svg,
            ]
        }
        options.append(
            isYesterday
                ? [
                    "href": "/me/think", "label": resident.word("today"),
                    "picture": Pictogram.day.svg,
                ]
                : [
                    "href": "/me/think?day=yesterday", "label": resident.word("yesterday"),
                    "picture": Pictogram.back.svg,
                ])
        return options
    }

    /// What the person said before, latest first.
    private func said() throws -> [[String: Any]] {
        guard let vault = try Vault.existing(home: resident.site.home.folder) else { return [] }
        let own = try vault.annotations(
            of: resident.person, by: resident.person.rawValue, what: "annotations",
            at: resident.now
        ).filter { $0.author == resident.person.rawValue && $0.voice == .resident }
        return own.sorted { $0.id > $1.id }.prefix(Self.most).map { annotation in
            let picture: Pictogram
            let text: String
            switch annotation.content {
            case .text(let words): (picture, text) = (.pen, words)
            case .pictogram(let name):
                let face = Self.faces.first { $0.name == name }
                picture = face?.picture ?? .think
                text = face.map { resident.word($0.word) } ?? name
            case .recording: (picture, text) = (.voice, resident.word("think_voice"))
            case .support(let support):
                let way = Self.supports[support.isAlone ? 0 : 1]
                (picture, text) = (way.picture, resident.word(way.word))
            }
            let shared = resident.word(annotation.mayLeave ? "think_shared" : "think_kept")
            var line = resident.line(
                picture, "\(text)\(text.last?.isPunctuation == true ? "" : ".") \(shared)",
                big: about(annotation.span))
            line["id"] = "\(annotation.id)"
            line["next"] = annotation.mayLeave ? "no" : "yes"
            line["next_word"] = resident.word(annotation.mayLeave ? "think_unlet" : "think_let")
            line["next_picture"] = (annotation.mayLeave ? Pictogram.lock : .study).svg
            return line
        }
    }

    /// `The morning, today`: of what part of which day something was said.
    private func about(_ span: Range<Instant>) -> String {
        let day = resident.zone.day(at: span.lowerBound)
        let part = DayPart.allCases.first {
            $0.span(day: day, in: resident.zone).contains(span.lowerBound)
        }
        return [part.map { resident.word("part_\($0.rawValue)") }, resident.day(span.lowerBound)]
            .compactMap { $0 }.enumerated().map { $0 == 0 ? $1 : $1.lowercased() }
            .joined(separator: ", ")
    }

    private func keep() throws -> Response {
        guard let part, span(part).lowerBound <= resident.now else {
            throw WebFailure.badRequest("part: night, morning, afternoon or evening, and begun")
        }
        let content: Annotation.Content
        let face = resident.visit.form["face"] ?? ""
        if Self.faces.contains(where: { $0.name == face }) {
            content = .pictogram(face)
        } else if let support = UseWord.Support(text: face) {
            content = .support(support)
        } else {
            guard let words = try NowPage.text(resident.visit.form["words"], most: 2000) else {
                throw WebFailure.badRequest("words: say something")
            }
            content = .text(words)
        }
        guard let share = resident.visit.form["share"], ["yes", "no"].contains(share) else {
            throw WebFailure.badRequest("share: yes or no")
        }
        try Vault(home: resident.site.home.folder).annotate(
            Annotation(
                person: resident.person, span: span(part), author: resident.person.rawValue,
                voice: .resident, content: content, at: resident.now, mayLeave: share == "yes"))
        return .redirect(to: "/me/think", type: .normal)
    }
}
