import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// The resident who is signed in, and what their page is put together from.
struct Resident: Sendable {
    let visit: Visit
    let visitor: Visitor
    let person: PersonID
    let residence: Residence
    /// When the page is shown.
    let now: Instant

    /// - Throws: `WebFailure.forbidden` for anybody else, and where the person lives here no more.
    init(_ visit: Visit) throws {
        guard let visitor = visit.visitor, let person = visitor.person,
            let residence = visit.site.home.home.residences.first(where: {
                $0.people.contains(person)
            })
        else { throw WebFailure.forbidden }
        self.visit = visit
        self.visitor = visitor
        self.person = person
        self.residence = residence
        now = visit.site.clock.now()
    }

    var site: WebSite { visit.site }
    var language: WebLanguage { visit.language }
    var zone: ZoneOffsets { site.zone(residence.id) }
    var policy: ConsentPolicy { site.home.configuration?.consent ?? .required }

    /// The person's own room.
    var room: RoomID? { residence.rooms.first { $0.person == person }?.id }

    /// An easy-read text, with what stands in its braces put in.
    func word(_ name: String, _ values: [String: String] = [:]) -> String {
        values.reduce(EasyRead.text(name, language)) {
            $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value)
        }
    }

    /// `14:05`.
    func time(_ moment: Instant) -> String {
        String(Timestamp.short(moment, in: zone).dropFirst(11).prefix(5))
    }

    /// `today`, `yesterday`, `24 November`.
    func day(_ moment: Instant) -> String {
        let number = zone.day(at: moment)
        switch zone.day(at: now) - number {
        case 0: return word("today")
        case 1: return word("yesterday")
        default: return EasyRead.date(CalendarDate(daysSince1970: number), language)
        }
    }

    /// `14:05`, with the day where it is another than today.
    func when(_ moment: Instant) -> String {
        zone.day(at: moment) == zone.day(at: now) ? time(moment) : "\(day(moment)), \(time(moment))"
    }

    /// What readings of devices are about, of devices that concern the person.
    var subjects: [ConsentSubject] {
        site.home.home.consentSubjects(zones: site.home.zones).filter {
            $0.subject.people.contains(person)
        }
    }

    /// Everything that was said of consent so far, by everybody.
    func book() async throws -> ConsentBook {
        let policy = policy
        return try await site.readers.read {
            ConsentTimeline(try $0.consentEntries(), policy: policy).book
        }
    }

    // MARK: Lines

    /// One idea: a picture, perhaps a time in large digits, a short sentence.
    func line(
        _ picture: Pictogram, _ text: String, big: String? = nil, mood: String = ""
    ) -> [String: Any] {
        var line: [String: Any] = [
            "picture": picture.svg, "text": text, "speaker": Pictogram.speaker.svg, "mood": mood,
        ]
        if let big { line["big"] = big }
        return line
    }

    /// A page: its parts come from the context, what stands around each from here.
    func page(
        _ template: String, heading: String, picture: Pictogram, isFirst: Bool = false,
        back: String = "/me", status: HTTPResponse.Status = .ok, _ context: [String: Any]
    ) -> Response {
        var context = context
        context["heading"] = heading
        context["heading_picture"] = picture.svg
        if !isFirst {
            context["back"] = back
            context["backWord"] = word(back == "/me" ? "my_page" : "think")
            context["backPicture"] = (back == "/me" ? Pictogram.home : .back).svg
        }
        let parts = PageParts(visit)
        context["e"] = EasyRead.words(language)
        context["speaker"] = Pictogram.speaker.svg
        context["draft_picture"] = Pictogram.draft.svg
        if let validated = site.home.configuration?.easyRead {
            context["validated"] =
                "\(validated.names), \(EasyRead.date(validated.on, language)) \(validated.on.year)"
        }
        var response = parts.page(template, title: heading, status: status, context)
        // What was chosen stays so, over the forms and on the next day.
        if visit.query("lang") != nil {
            response.headers[values: .setCookie].append(
                "language=\(language.rawValue); Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
        }
        return response
    }
}

/// A resident's own page: for a tablet or a television, in easy words and pictures. About themselves, and nobody else.
enum ResidentPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/me", access: .resident) { try await first($0) },
        // The part that changes, for the script.
        Route(method: .get, path: "/me/now", access: .resident) { visit in
            let resident = try Resident(visit)
            return try staying(
                PageParts.html(
                    PageParts(visit).text(
                        "me-now",
                        [
                            "lines": try await ResidentNow(resident).lines(),
                            "e": EasyRead.words(visit.language),
                        ])), resident)
        },
        Route(method: .get, path: "/me/recorded", access: .resident) { visit in
            try await ResidentRecorded(Resident(visit)).page()
        },
        Route(method: .get, path: "/me/day", access: .resident) { visit in
            try await ResidentDay(Resident(visit)).page()
        },
        Route(method: .get, path: "/me/looks", access: .resident) { visit in
            try ResidentLooks(Resident(visit)).page()
        },
        Route(method: .get, path: "/me/pause", access: .resident) { try await pause($0) },
        Route(method: .get, path: "/me/answers", access: .resident) { visit in
            try await ResidentAnswers(Resident(visit)).page()
        },
        Route(method: .get, path: "/me/leave", access: .resident) { visit in
            let resident = try Resident(visit)
            return resident.page(
                "me-leave", heading: resident.word("leave_ask"), picture: .leave,
                [
                    "lines": [
                        resident.line(.help, resident.word("leave_then"), mood: "wait"),
                        resident.line(.lock, resident.word("leave_back")),
                    ], "stay_picture": Pictogram.home.svg, "leave_picture": Pictogram.leave.svg,
                ])
        },
    ]

    /// So long a resident stays signed in after their page was last opened: nobody signs in on a tablet on the wall each day.
    static let session = TimeSpan.days(30)

    private static func first(_ visit: Visit) async throws -> Response {
        let resident = try Resident(visit)
        let tiles: [(String, String, Pictogram)] = [
            ("/me/day", "day", .day), ("/me/recorded", "recorded", .recorded),
            ("/me/looks", "looks", .looks), ("/me/pause", "pause", .pause),
            ("/me/answers", "answers", .question), ("/me/think", "think", .think),
        ]
        let response = resident.page(
            "me", heading: resident.word("my_page"), picture: .home, isFirst: true,
            [
                "lines": try await ResidentNow(resident).lines(),
                "tiles": tiles.map {
                    ["href": $0.0, "label": resident.word($0.1), "picture": $0.2.svg]
                },
                "help_picture": Pictogram.help.svg, "fine_picture": Pictogram.fine.svg,
                "leave_picture": Pictogram.leave.svg,
            ])
        return try staying(response, resident)
    }

    /// The same, and whoever sees it stays signed in.
    private static func staying(_ response: Response, _ resident: Resident) throws -> Response {
        let token = resident.visitor.sessionToken
        try resident.site.accounts.prolong(
            token, lasting: session, at: resident.site.visitorClock.now())
        var response = response
        response.headers[values: .setCookie].append(
            SignInPage.cookie(resident.visit, token, seconds: session.milliseconds / 1000))
        return response
    }

    // MARK: Pause

    /// An end of a pause that the page offers.
    enum PauseEnd: String, CaseIterable {
        case hour, tonight, tomorrow

        /// When it is; nil where that is over or about to be.
        func moment(after now: Instant, in zone: ZoneOffsets) -> Instant? {
            let day = zone.day(at: now)
            switch self {
            case .hour: return now + .hours(1)
            case .tonight:
                let at = zone.instant(day: day, milliseconds: 20 * 3_600_000, repeated: .first)
                return at - now >= .minutes(30) ? at : nil
            case .tomorrow:
                return zone.instant(day: day + 1, milliseconds: 8 * 3_600_000, repeated: .first)
            }
        }
    }

    private static func pause(_ visit: Visit) async throws -> Response {
        let resident = try Resident(visit)
        let book = try await resident.book()
        let goesOn = resident.subjects.contains { subject in
            !subject.subject.isCall
                && book.pausing(resident.person, at: resident.now).refusal(
                    .safety, about: subject.subject, at: resident.now, in: subject.locality,
                    under: resident.policy
                ).refusal == nil
        }
        var lines: [[String: Any]] = []
        let until = book.pausedUntil(resident.person, at: resident.now)
        if let until {
            lines.append(
                resident.line(
                    .pause,
                    "\(resident.word("paused")) \(resident.word("paused_until", ["time": resident.when(until)]))",
                    mood: "wait"))
        } else {
            lines.append(resident.line(.resume, resident.word("pause_none")))
        }
        lines.append(resident.line(.no, resident.word("pause_what")))
        lines.append(resident.line(.help, resident.word("pause_help")))
        lines.append(
            resident.line(.alarm, resident.word(goesOn ? "pause_alarms" : "pause_no_alarms")))
        if until == nil { lines.append(resident.line(.fine, resident.word("pause_free"))) }
        var context: [String: Any] = [
            "lines": lines, "resume_picture": Pictogram.resume.svg,
            "spans": PauseEnd.allCases.compactMap { end -> [String: Any]? in
                guard let at = end.moment(after: resident.now, in: resident.zone) else {
                    return nil
                }
                let picture: Pictogram =
                    switch end {
                    case .hour: .clock
                    case .tonight: .evening
                    case .tomorrow: .morning
                    }
                return [
                    "value": end.rawValue, "label": resident.word("pause_\(end.rawValue)"),
                    "picture": picture.svg, "big": resident.time(at),
                ]
            },
        ]
        if until != nil { context["isPaused"] = true }
        return resident.page(
            "me-pause", heading: resident.word("pause"), picture: .pause, context)
    }
}

extension ConsentBook {
    /// The same, if the person paused at a moment.
    func pausing(_ person: PersonID, at moment: Instant) -> ConsentBook {
        var book = self
        if book.pausedUntil(person, at: moment) == nil {
            book.pause(person, from: moment, until: .distantFuture)
        }
        return book
    }
}
