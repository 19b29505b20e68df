import Foundation
import Rules

/// Reads hub.yaml. Everything wrong is reported at once, with its place.
struct HubReader {
    /// The home's folder, which relative paths start from.
    let folder: String
    var diagnostics: [Diagnostic] = []

    /// Reads the file's tree; nil, with errors, where it cannot be used.
    mutating func read(_ node: Node) -> HubConfiguration? {
        let what = "hub.yaml"
        guard
            let fields = Fields(
                node, subject: what,
                known: [
                    "version", "site", "zone", "latitude", "longitude", "holidays", "residences",
                    "broker", "listen", "web", "home_assistant", "intake", "consent", "retention",
                    "easy_read_validated_by",
                ],
                diagnostics: &diagnostics)
        else { return nil }
        version(fields, what: what)
        let site = site(fields)
        let zone = fields.required("zone", subject: what, diagnostics: &diagnostics)
            .flatMap { self.zone($0) }
        var residences: [Residence] = []
        if let list = fields.required("residences", subject: what, diagnostics: &diagnostics) {
            residences = self.residences(
                list, zone: zone ?? "UTC", position: position(fields, what: what))
        }
        let holidays = fields["holidays"].flatMap { self.holidays($0) } ?? Holidays()
        let broker = fields["broker"].map { self.broker($0) } ?? BrokerSettings()
        let isOff = fields["listen"]?.scalarText == "off"
        let listen = isOff ? nil : fields["listen"].flatMap { address($0, what: "listen") }
        let web = fields["web"].map { self.web($0) } ?? WebSettings()
        let homeAssistant = homeAssistant(fields["home_assistant"])
        let intake = fields["intake"].map { self.intake($0) } ?? IntakeSettings()
        let consent = fields["consent"].map { self.consent($0) } ?? .optOut
        let easyRead = fields["easy_read_validated_by"].flatMap { self.easyRead($0) }
        let retention = fields["retention"].map { self.retention($0) } ?? RetentionSettings()
        guard diagnostics.allSatisfy({ $0.severity != .error }), let site, let zone else {
            return nil
        }
        var configuration = HubConfiguration(
            site: site.id, title: site.title, zone: zone, residences: residences,
            holidays: holidays, broker: broker, intake: intake)
        if let listen { configuration.listen = listen }
        if isOff { configuration.listen = nil }
        configuration.web = web
        configuration.homeAssistant = homeAssistant
        configuration.consent = consent
        configuration.retention = retention
        configuration.easyRead = easyRead
        return configuration
    }

    mutating func error(_ code: String, _ message: String, at node: Node, length: Int = 1) {
        diagnostics.append(
            Diagnostic(code: code, message, at: node.location, length: max(1, length)))
    }

    /// The form of the file: `version: 1`, which is also meant where none is given.
    mutating func version(_ fields: Fields, what: String) {
        guard let node = fields["version"],
            let text = node.text("version", diagnostics: &diagnostics), text != "1"
        else { return }
        error(
            "version", "\(what) of version \"\(text.prefix(20))\" cannot be read; write version: 1",
            at: node, length: min(text.count, 20))
    }

    /// What holds where nobody was asked.
    private mutating func consent(_ node: Node) -> ConsentPolicy {
        guard let text = node.text("consent", diagnostics: &diagnostics) else { return .optOut }
        if let policy = ConsentPolicy(rawValue: text) { return policy }
        error(
            "unknown-policy",
            "consent is \"\(text.prefix(40))\"; write required (nothing is recorded of whom nobody asked) or opt_out"
                + suggestion(for: text, among: ConsentPolicy.allCases.map(\.rawValue)),
            at: node, length: min(text.count, 40))
        return .required
    }

    private mutating func site(_ fields: Fields) -> (id: String, title: LocalizedText)? {
        guard let node = fields.required("site", subject: "hub.yaml", diagnostics: &diagnostics)
        else { return nil }
        if case .scalar = node {
            return name(node, what: "site").map {
                ($0, LocalizedText(english: $0, french: $0))
            }
        }
        guard
            let site = Fields(
                node, subject: "site", known: ["id", "title"], diagnostics: &diagnostics)
        else { return nil }
        guard let id = name(site, "id", of: "site") else { return nil }
        return (id, title(site, "site", otherwise: id))
    }

    // MARK: Names and texts

    /// A required identifier.
    mutating func name(_ fields: Fields, _ key: String, of what: String) -> String? {
        fields.required(key, subject: what, diagnostics: &diagnostics)
            .flatMap { name($0, what: "\(what), \(key)") }
    }

    mutating func name(_ node: Node, what: String) -> String? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        guard let problem = Names.problem(text) else { return text }
        error("bad-name", "\(what): \(problem)", at: node, length: min(text.count, 80))
        return nil
    }

    mutating func title(
        _ fields: Fields, _ what: String, otherwise: String
    ) -> LocalizedText {
        let plain = LocalizedText(english: otherwise, french: otherwise)
        guard let node = fields["title"] else { return plain }
        guard let title = node.localizedText("\(what), title", diagnostics: &diagnostics) else {
            return plain
        }
        guard max(title.english.utf8.count, title.french.utf8.count) <= 200 else {
            error("text-too-long", "\(what), title has more than 200 bytes", at: node)
            return plain
        }
        return title
    }

    /// A time zone that this machine knows.
    mutating func zone(_ node: Node) -> String? {
        guard let text = node.text("zone", diagnostics: &diagnostics) else { return nil }
        if ZoneLoader.isKnown(text) { return text }
        // The country's part alone is a frequent slip: `Paris` for `Europe/Paris`.
        let names = ZoneLoader.names
        let ending = names.first { $0.hasSuffix("/" + text) }
        error(
            "unknown-zone",
            "zone \"\(text.prefix(80))\" is not known; write an IANA name such as Europe/Paris"
                + (ending.map { "; did you mean \"\($0)\"?" } ?? near(text, names)),
            at: node, length: min(text.count, 80))
        return nil
    }

    private func near(_ text: String, _ names: [String]) -> String {
        let suggested = suggestion(for: text, among: names)
        return suggested.contains("did you mean") ? suggested : ""
    }

    // MARK: Residences

    private mutating func residences(
        _ list: Node, zone: String, position: GeographicPosition?
    ) -> [Residence] {
        guard case .list(let items, _) = list, !items.isEmpty else {
            error(
                "expected-list",
                "\"residences\" must be a list with at least one; begin each with \"- id:\"",
                at: list)
            return []
        }
        var places: [String: SourceLocation] = [:]
        return items.compactMap {
            residence($0, zone: zone, position: position, places: &places)
        }
    }

    private mutating func residence(
        _ node: Node, zone: String, position: GeographicPosition?,
        places: inout [String: SourceLocation]
    ) -> Residence? {
        guard
            let fields = Fields(
                node, subject: "a residence",
                known: ["id", "title", "zone", "latitude", "longitude", "rooms", "people"],
                diagnostics: &diagnostics),
            let id = name(fields, "id", of: "a residence")
        else { return nil }
        let what = "residence \"\(id)\""
        guard isNew(id, what, fields, &places) else { return nil }
        let own = fields["zone"].map { self.zone($0) ?? zone }
        var people: [PersonID] = []
        for item in fields["people"]?.items ?? [] {
            guard let person = name(item, what: "\(what), people") else { continue }
            if people.contains(PersonID(rawValue: person)) {
                error("duplicate-id", "\(what): person \"\(person)\" stands here twice", at: item)
            } else {
                people.append(PersonID(rawValue: person))
            }
        }
        var rooms: [Room] = []
        var roomPlaces: [String: SourceLocation] = [:]
        for item in fields["rooms"]?.items ?? [] {
            if let room = room(item, residence: id, people: people, places: &roomPlaces) {
                rooms.append(room)
            }
        }
        return Residence(
            id: ResidenceID(rawValue: id), title: title(fields, what, otherwise: id),
            zone: own ?? zone,
            position: placed(fields, what, zone: own ?? zone, otherwise: position),
            rooms: rooms, people: people)
    }

    private mutating func room(
        _ node: Node, residence: String, people: [PersonID],
        places: inout [String: SourceLocation]
    ) -> Room? {
        guard
            let fields = Fields(
                node, subject: "a room", known: ["id", "title", "kind", "person"],
                diagnostics: &diagnostics),
            let id = name(fields, "id", of: "a room")
        else { return nil }
        let what = "room \"\(residence)/\(id)\""
        guard isNew(id, what, fields, &places) else { return nil }
        let kind = fields["kind"].flatMap { name($0, what: "\(what), kind") } ?? "room"
        let person = fields["person"].flatMap {
            self.person($0, what: what, residence: residence, people: people)
        }
        return Room(
            id: RoomID(rawValue: "\(residence)/\(id)"), title: title(fields, what, otherwise: id),
            kind: kind, person: person)
    }

    /// A person of a residence.
    mutating func person(
        _ node: Node, what: String, residence: String, people: [PersonID]
    ) -> PersonID? {
        guard let text = node.text("\(what), person", diagnostics: &diagnostics) else { return nil }
        let person = PersonID(rawValue: text)
        if people.contains(person) { return person }
        error(
            "unknown-person",
            "\(what): person \"\(text.prefix(80))\" does not live in residence \"\(residence)\""
                + suggestion(for: text, among: people.map(\.rawValue)),
            at: node, length: min(text.count, 80))
        return nil
    }

    mutating func isNew(
        _ id: String, _ what: String, _ fields: Fields, _ places: inout [String: SourceLocation]
    ) -> Bool {
        let node = fields["id"] ?? .scalar("", quoted: false, fields.location)
        if let first = places[id] {
            error(
                "duplicate-id", "\(what) stands here a second time; the first is at \(first)",
                at: node, length: id.count)
            return false
        }
        places[id] = node.location
        return true
    }
}
