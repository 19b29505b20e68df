import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Mustache
import Rules

/// What the pages are put together from: templates, the frame around each, times and names in the visitor's language.
struct PageParts: Sendable {
    /// All templates, read once.
    static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        let all = [
            LayoutTemplates.all, AlertTemplates.all, CareTemplates.all, DeviceTemplates.all,
            ResidentTemplates.all, WordTemplates.all,
        ]
        for (name, text) in all.flatMap({ $0 }).sorted(by: { $0.key < $1.key }) {
            do { try library.register(text, named: name) } catch {
                preconditionFailure("template \(name): \(error)")
            }
        }
        return library
    }()

    /// The pages of the menu, and who has them.
    static let menu: [(path: String, word: String, access: Route.Access)] = [
        ("/", "now", .care), ("/alerts", "alerts", .care), ("/handover", "handover", .care),
        ("/people", "people", .care),
        ("/devices", "devices", .devices), ("/rules", "rules", .devices),
        ("/figures", "figures", .lead),
    ]

    let visit: Visit

    init(_ visit: Visit) { self.visit = visit }

    var language: WebLanguage { visit.language }

    /// A text of the catalogue.
    func word(_ name: String) -> String { Catalogue.text(name, language) }

    /// A page.
    ///
    /// - Parameter live: the address of the part that changes; nil for a page that stays as it is.
    func page(
        _ template: String, title: String, live: String? = nil, status: HTTPResponse.Status = .ok,
        _ context: [String: Any]
    ) -> Response {
        Self.html(text(template, title: title, live: live, context), status: status)
    }

    /// A template filled in, with the frame's words.
    func text(
        _ template: String, title: String = "", live: String? = nil, _ context: [String: Any]
    ) -> String {
        var all = context
        all["t"] = Catalogue.words(language)
        all["language"] = language.rawValue
        all["other_language"] = (language == .french ? WebLanguage.english : .french).rawValue
        all["title"] = context["title"] ?? title
        if let live { all["live"] = live }
        if let visitor = visit.visitor {
            all["visitor"] = visitor.member.name
            all["form_token"] = visitor.formToken
            all["menu"] = menu(visitor)
            if visit.residents.isClosed { all["names_closed"] = true }
        }
        return Self.library.render(all, withTemplate: template) ?? ""
    }

    private func menu(_ visitor: Visitor) -> [[String: Any]] {
        Self.menu.filter { item in
            if case .roles(let roles) = item.access {
                return !visitor.member.roles.isDisjoint(with: roles)
            }
            return true
        }.map { item in
            var entry: [String: Any] = ["href": item.path, "label": word(item.word)]
            if visit.uri.path == item.path { entry["current"] = true }
            return entry
        }
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    // MARK: Times

    /// `22:41`, with the date where it is another day than now.
    func time(_ moment: Instant, _ residence: ResidenceID) -> String {
        let zone = visit.site.zone(residence)
        let text = Timestamp.short(moment, in: zone)
        let today = Timestamp.short(visit.site.clock.now(), in: zone).prefix(10)
        let clock = String(text.dropFirst(11).prefix(5))
        return text.hasPrefix(today) ? clock : "\(text.prefix(10)) \(clock)"
    }

    /// `3 min`, `2 h 5`.
    func ago(_ moment: Instant) -> String { span(visit.site.clock.now() - moment) }

    /// A length of time, as people say it.
    func span(_ length: TimeSpan) -> String {
        let seconds = max(0, length.milliseconds / 1000)
        let days = language == .french ? "j" : "d"
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400:
            return "\(seconds / 3600) h" + (seconds % 3600 >= 60 ? " \(seconds % 3600 / 60)" : "")
        default: return "\(seconds / 86_400) \(days)"
        }
    }

    // MARK: Names

    func title(of alert: Alert) -> String {
        let rule = visit.site.home.plan.rule(alert.rule)
        return rule?.title.map { language($0) } ?? alert.rule.rawValue
    }

    /// `Les Tilleuls, kitchen, Smoke detector, p1`.
    func place(_ subject: Subject) -> String {
        let home = visit.site.home.home
        let residence = home.residences.first { $0.id == subject.residence }
        let device = home.devices.first { $0.id == subject.device }
        let room = residence?.rooms.first { $0.id == subject.room ?? device?.room }
        var parts = [residence.map { language($0.title) } ?? subject.residence.rawValue]
        if let room { parts.append(language(room.title)) }
        if let id = subject.device {
            parts.append(home.title(of: id).map { language($0) } ?? id.rawValue)
        }
        if let person = subject.person { parts.append(name(person)) }
        return parts.joined(separator: ", ")
    }

    /// What a resident is called: by name where the visitor may see it and the vault has one, else by the opaque identifier.
    func name(_ person: PersonID) -> String { visit.residents.names[person] ?? person.rawValue }

    func names(_ staff: [StaffID]) -> String {
        staff.isEmpty
            ? word("nobody") : staff.map { visit.site.name($0.rawValue) }.joined(separator: ", ")
    }

    /// A sign for a priority, so that colour is not alone.
    static func mark(_ priority: Priority) -> String {
        switch priority {
        case .critical: "▲▲"
        case .high: "▲"
        case .medium: "●"
        case .low: "○"
        case .info: "·"
        }
    }

    /// What templates show of a priority.
    func priority(_ priority: Priority) -> [String: Any] {
        [
            "priority": priority.name, "mark": Self.mark(priority),
            "priorityWord": Catalogue.state(priority.name, language),
        ]
    }

    /// A text as a part of a query.
    static func query(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
