import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Rules

/// What residents and staff say of a day of somebody's, side by side, and the form to say something of any span of it. It lies in
/// the vault, sealed, with its author.
enum WordsPage {
    static let routes: [Route] = [
        Route(
            method: .get, path: "/residences/{residence}/words", access: .care,
            subject: .residence("residence"), isLogged: true
        ) { try await page($0) },
        Route(
            method: .post, path: "/residences/{residence}/words", access: .care,
            subject: .residence("residence"), longestFile: Annotation.longestRecording
        ) { try WordsForm($0).keep() },
        Route(
            method: .post, path: "/residences/{residence}/words/share", access: .care,
            subject: .residence("residence")
        ) { try share($0) },
        Route(
            method: .get, path: "/residences/{residence}/words/{person}/recordings/{number}",
            access: .care, subject: .residence("residence"), isLogged: true
        ) { try recording($0) },
    ]

    // MARK: Addresses

    /// What is said of a person, today.
    static func path(_ residence: ResidenceID, person: PersonID, day: String? = nil) -> String {
        "/residences/\(residence)/words?person=\(PageParts.query(person.rawValue))"
            + (day.map { "&day=\($0)" } ?? "")
    }

    /// The form, filled with a device and a span of it.
    static func path(
        _ residence: ResidenceID, person: PersonID? = nil, device: DeviceID,
        span: Range<Instant>? = nil, zone: ZoneOffsets = .utc
    ) -> String {
        var path = "/residences/\(residence)/words?device=\(PageParts.query(device.rawValue))"
        if let person { path += "&person=\(PageParts.query(person.rawValue))" }
        if let span {
            let from = minute(span.lowerBound, zone)
            path += "&day=\(from.prefix(10))&from=\(PageParts.query(from))"
            if !span.isEmpty {
                path += "&until=\(PageParts.query(minute(span.upperBound + .seconds(59), zone)))"
            }
            path += "#say"
        }
        return path
    }

    /// `2026-11-24T15:04`, as browsers have it.
    static func minute(_ moment: Instant, _ zone: ZoneOffsets) -> String {
        let text = Timestamp.short(moment, in: zone)
        return "\(text.prefix(10))T\(text.dropFirst(11).prefix(5))"
    }

    static func residence(_ visit: Visit) throws -> Residence {
        let found = visit.site.home.home.residences.first {
            $0.id.rawValue == visit.parameters["residence"]
        }
        guard let found else { throw WebFailure.notFound }
        return found
    }

    // MARK: The page

    private static func page(_ visit: Visit) async throws -> Response {
        let residence = try residence(visit)
        let site = visit.site
        let parts = PageParts(visit)
        let zone = site.zone(residence.id)
        let now = site.clock.now()
        let asked = visit.query("device").map { DeviceID(rawValue: $0) }
        let device = site.home.home.devices.first {
            $0.id == asked && $0.residence == residence.id
        }
        guard asked == nil || device != nil else { throw WebFailure.notFound }
        let person = visit.query("person").map { PersonID(rawValue: $0) }
        guard person.map(residence.people.contains) != false else { throw WebFailure.notFound }
        let today = CalendarDate(daysSince1970: zone.day(at: now))
        let date = visit.query("day").map { CalendarDate(text: $0) } ?? today
        guard let day = date else { throw WebFailure.badRequest("day: such as 2027-01-31") }
        var context: [String: Any] = [
            "id": residence.id.rawValue, "residence_id": residence.id.rawValue, "date": day.text,
        ]
        let chosen = person ?? device?.person ?? residence.people.first
        context["people"] = residence.people.map { other -> [String: Any] in
            var entry: [String: Any] = [
                "name": parts.name(other),
                "href": path(residence.id, person: other, day: day.text),
            ]
            if other == chosen { entry["chosen"] = true }
            return entry
        }
        if let chosen {
            let daily = WordsDay(
                visit: visit, residence: residence, person: chosen, day: day, device: device)
            context.merge(try await daily.context()) { $1 }
        }
        return parts.page(
            "words", title: "\(parts.word("words")) – \(parts.language(residence.title))", context)
    }

    // MARK: What is done

    private static func share(_ visit: Visit) throws -> Response {
        let residence = try residence(visit)
        let person = PersonID(rawValue: visit.form["person"] ?? "")
        guard let visitor = visit.visitor, residence.people.contains(person),
            let number = visit.form["number"].flatMap(Int64.init),
            let share = visit.form["share"], ["yes", "no"].contains(share)
        else { throw WebFailure.badRequest("number, person, share: yes or no") }
        try give(number, share == "yes", by: visitor, in: try vault(visit))
        let day = visit.form["day"].flatMap { CalendarDate(text: $0) }
        return .redirect(
            to: path(residence.id, person: person, day: day?.text), type: .normal)
    }

    private static func give(
        _ number: Int64, _ mayLeave: Bool, by visitor: Visitor, in vault: Vault
    ) throws {
        do {
            try vault.setMayLeave(number, mayLeave, author: visitor.member.id.rawValue)
        } catch {
            if case .field = error { throw WebFailure.notFound }
            throw error
        }
    }

    /// The vault of the home; none is made.
    static func vault(_ visit: Visit) throws -> Vault {
        guard let vault = try Vault.existing(home: visit.site.home.folder) else {
            throw WebFailure.notFound
        }
        return vault
    }

    private static func recording(_ visit: Visit) throws -> Response {
        let residence = try residence(visit)
        let person = PersonID(rawValue: visit.parameters["person"] ?? "")
        guard let visitor = visit.visitor, residence.people.contains(person),
            let number = visit.parameters["number"].flatMap(Int64.init)
        else { throw WebFailure.notFound }
        let annotation = try vault(visit).annotation(
            number, of: person, by: visitor.member.id.rawValue, at: visit.site.visitorClock.now())
        guard case .recording(let bytes, let ending)? = annotation?.content else {
            throw WebFailure.notFound
        }
        return Response(
            status: .ok, headers: [.contentType: VoiceFile.type(of: ending)],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// What somebody of staff says, as the form has it: words, a picture, alone or helped, a recording, each of them by itself.
struct WordsForm {
    let visit: Visit

    init(_ visit: Visit) { self.visit = visit }

    /// Checks all of it before anything is stored.
    func keep() throws -> Response {
        let residence = try WordsPage.residence(visit)
        let site = visit.site
        let person = PersonID(rawValue: visit.form["person"] ?? "")
        guard let visitor = visit.visitor, residence.people.contains(person) else {
            throw WebFailure.badRequest("person")
        }
        let device = try device(of: residence)
        let span = try span(site.zone(residence.id), now: site.clock.now())
        let mayLeave = visit.form["share"] == "yes"
        let now = site.visitorClock.now()
        let annotations = try contents().map { content in
            Annotation(
                person: person, device: device, span: span, author: visitor.member.id.rawValue,
                voice: .staff, content: content, at: now, mayLeave: mayLeave)
        }
        guard !annotations.isEmpty else {
            throw WebFailure.badRequest("say something: words, a picture, help or a recording")
        }
        try store(annotations)
        let day = WordsPage.minute(span.lowerBound, site.zone(residence.id)).prefix(10)
        return .redirect(
            to: WordsPage.path(residence.id, person: person, day: String(day)), type: .normal)
    }

    private func device(of residence: Residence) throws -> DeviceID? {
        guard let name = visit.form["device"], !name.isEmpty else { return nil }
        let device = visit.site.home.home.devices.first {
            $0.id.rawValue == name && $0.residence == residence.id
        }
        guard let device else { throw WebFailure.badRequest("device") }
        return device.id
    }

    private func store(_ annotations: [Annotation]) throws {
        do {
            let vault = try Vault(home: visit.site.home.folder)
            try vault.annotate(annotations)
        } catch {
            if case .field(let problem) = error { throw WebFailure.badRequest(problem) }
            throw error
        }
    }

    private func span(_ zone: ZoneOffsets, now: Instant) throws -> Range<Instant> {
        guard let from = Self.moment(visit.form["from"] ?? "", zone) else {
            throw WebFailure.badRequest("from: such as 2027-01-31T15:04")
        }
        let text = visit.form["until"] ?? ""
        guard let until = text.isEmpty ? from : Self.moment(text, zone) else {
            throw WebFailure.badRequest("until: such as 2027-01-31T15:30")
        }
        guard from <= until else { throw WebFailure.badRequest("until lies before from") }
        guard from <= now, until - from <= .days(366) else {
            throw WebFailure.badRequest("from lies ahead, or the span is longer than a year")
        }
        return from..<until
    }

    /// `2027-01-31T15:04`, with seconds or without, by the residence's clock.
    static func moment(_ text: String, _ zone: ZoneOffsets) -> Instant? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDate(text: parts[0]) else { return nil }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false).map {
            $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } ? Int64($0) : nil
        }
        guard (2...3).contains(clock.count), let hour = clock[0], hour < 24,
            let minute = clock[1], minute < 60
        else { return nil }
        var second: Int64 = 0
        if clock.count == 3 {
            guard let given = clock[2], given < 60 else { return nil }
            second = given
        }
        return zone.instant(
            day: day.daysSince1970, milliseconds: ((hour * 60 + minute) * 60 + second) * 1000,
            repeated: .first)
    }

    private func contents() throws -> [Annotation.Content] {
        var contents: [Annotation.Content] = []
        if let words = try NowPage.text(visit.form["words"], most: 4000) {
            contents.append(.text(words))
        }
        if let picture = visit.form["picture"], !picture.isEmpty {
            guard ResidentThoughts.faces.contains(where: { $0.name == picture }) else {
                throw WebFailure.badRequest("picture")
            }
            contents.append(.pictogram(picture))
        }
        let prompts = visit.form["prompts"].flatMap { $0.isEmpty ? nil : $0 }
        if let way = visit.form["support"], !way.isEmpty {
            guard ["alone", "helped"].contains(way), prompts == nil || Int(prompts ?? "") != nil,
                let support = UseWord.Support(
                    isAlone: way == "alone", prompts: prompts.flatMap(Int.init))
            else {
                throw WebFailure.badRequest(
                    "prompts: 0 to \(UseWord.Support.mostPrompts), and only with help")
            }
            contents.append(.support(support))
        } else if prompts != nil {
            throw WebFailure.badRequest("prompts: only with help")
        }
        if let file = visit.files["recording"] {
            let bytes = [UInt8](file)
            guard let ending = VoiceFile.ending(of: bytes) else {
                throw WebFailure.badRequest(
                    "recording: no sound of a form that is known (\(Annotation.endings.joined(separator: ", ")))"
                )
            }
            contents.append(.recording(bytes, ending: ending))
        }
        return contents
    }
}
