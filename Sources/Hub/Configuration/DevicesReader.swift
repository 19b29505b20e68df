import Rules

/// Reads devices.yaml: which device is where, whose it is, and where it speaks.
struct DevicesReader {
    let residences: [Residence]
    /// The profiles that there are; nil where they are not known, and nothing is compared with them.
    let profiles: [String]?
    var diagnostics: [Diagnostic] = []
    private var placesByID: [String: SourceLocation] = [:]
    private var placesByTopic: [String: SourceLocation] = [:]
    private let residencesByID: [String: Residence]
    /// What stands under `prompts_for`, until all devices are known.
    private var prompted: [(id: DeviceID, what: String, node: Node)] = []

    init(residences: [Residence], profiles: [String]?) {
        self.residences = residences
        self.profiles = profiles
        residencesByID = Dictionary(
            residences.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the file's tree; devices with errors are left out.
    mutating func read(_ node: Node) -> [DevicePlacement] {
        let what = "devices.yaml"
        guard
            let fields = Fields(
                node, subject: what, known: ["version", "devices"], diagnostics: &diagnostics)
        else { return [] }
        var reader = HubReader(folder: "")
        reader.version(fields, what: what)
        diagnostics += reader.diagnostics
        guard let list = fields["devices"] else { return [] }
        guard case .list(let items, _) = list else {
            error(
                "expected-list", "\"devices\" must be a list; begin each device with \"- name:\"",
                at: list)
            return []
        }
        var devices: [DevicePlacement] = []
        for item in items where diagnostics.count <= RuleParser.maximumErrors {
            if let device = device(item) { devices.append(device) }
        }
        checkPrompts(devices)
        return devices
    }

    private mutating func error(_ code: String, _ message: String, at node: Node, length: Int = 1) {
        diagnostics.append(
            Diagnostic(code: code, message, at: node.location, length: max(1, length)))
    }

    private mutating func device(_ node: Node) -> DevicePlacement? {
        let before = diagnostics.count
        guard
            let fields = Fields(
                node, subject: "a device",
                known: [
                    "name", "residence", "room", "person", "kind", "labels", "profile", "topic",
                    "also", "title", "channels", "exception", "prompts_for", "script",
                ], diagnostics: &diagnostics)
        else { return nil }
        var reader = HubReader(folder: "")
        let name = reader.name(fields, "name", of: "a device")
        let what = name.map { "device \"\($0)\"" } ?? "the device"
        let kind = fields["kind"].flatMap { reader.name($0, what: "\(what), kind") }
        let labels = (fields["labels"]?.items ?? []).compactMap {
            reader.name($0, what: "\(what), labels")
        }
        let channels = self.channels(fields, what: what)
        let title = fields["title"].map { _ in
            reader.title(fields, what, otherwise: name ?? "")
        }
        diagnostics += reader.diagnostics
        let residence = residence(fields, what: what)
        let profile = profile(fields, what: what)
        let topic = topic(fields, what: what)
        let also = also(fields, what: what, besides: topic)
        var room: RoomID?
        var person: PersonID?
        if let residence {
            room = fields["room"].flatMap { self.room($0, of: residence, what: what) }
            var reader = HubReader(folder: "")
            person = fields["person"].flatMap {
                reader.person(
                    $0, what: what, residence: residence.id.rawValue, people: residence.people)
            }
            diagnostics += reader.diagnostics
        }
        let script = fields["script"]?.useScript("\(what), script", diagnostics: &diagnostics)
        let exceptionEnds = fields["exception"].flatMap { exception($0, what: what) }
        guard diagnostics.count == before, let name, let residence, let profile, let topic else {
            return nil
        }
        var device = DevicePlacement(
            name: name, residence: residence.id, room: room, person: person, kind: kind,
            labels: labels, profile: profile, topic: topic, title: title,
            location: fields.location)
        device.exceptionEnds = exceptionEnds
        device.channels = channels
        device.presumes = script?.words
        device.script = script?.script ?? UseScript()
        device.also = also
        for item in fields["prompts_for"]?.items ?? [] {
            guard let text = item.text("\(what), prompts_for", diagnostics: &diagnostics) else {
                continue
            }
            let id = DeviceID(rawValue: "\(residence.id)/\(text)")
            prompted.append((id, what, item))
            if !device.promptsFor.contains(id) { device.promptsFor.append(id) }
        }
        return isNew(device, fields) ? device : nil
    }

    private mutating func checkPrompts(_ devices: [DevicePlacement]) {
        let known = devices.map(\.name)
        let ids = Set(devices.map(\.id))
        for (id, what, node) in prompted where !ids.contains(id) {
            let text = node.scalarText ?? ""
            error(
                "unknown-device",
                "\(what), prompts_for: there is no device \"\(text.prefix(80))\" in its residence"
                    + suggestion(for: text, among: known), at: node, length: min(text.count, 80))
        }
    }

    /// The channels as its messages name them, each once.
    private mutating func channels(_ fields: Fields, what: String) -> [String] {
        var found: [String] = []
        for item in fields["channels"]?.items ?? [] {
            guard let text = item.text("\(what), channels", diagnostics: &diagnostics) else {
                continue
            }
            if text.isEmpty || text.utf8.count > 64 || found.contains(text) || found.count == 64 {
                error(
                    "bad-channel",
                    "\(what): channels are up to 64 different names of 1 to 64 bytes, such as \"input:0\"",
                    at: item, length: min(text.count, 80))
            } else {
                found.append(text)
            }
        }
        return found
    }

    /// Why a camera or microphone may be in a private room, who decided it and when, and until when.
    private mutating func exception(_ node: Node, what: String) -> Instant? {
        guard
            let fields = Fields(
                node, subject: "\(what), exception", known: ["reason", "decided", "by", "until"],
                diagnostics: &diagnostics)
        else { return nil }
        var end: Instant?
        for key in ["reason", "decided", "by", "until"] {
            guard
                let value = fields.required(
                    key, subject: "\(what), exception", diagnostics: &diagnostics),
                let text = value.text("\(what), exception, \(key)", diagnostics: &diagnostics)
            else { continue }
            guard key == "decided" || key == "until" else {
                if text.isEmpty { error("empty", "\(what), exception: \(key) is empty", at: value) }
                continue
            }
            guard let moment = Instant(iso: text + "T00:00:00Z"), text.utf8.count == 10 else {
                error(
                    "bad-date",
                    "\(what), exception: \(key) \"\(text.prefix(20))\" is no date such as 2027-01-31",
                    at: value, length: min(text.count, 20))
                continue
            }
            if key == "until" { end = moment }
        }
        return end
    }

    private mutating func isNew(_ device: DevicePlacement, _ fields: Fields) -> Bool {
        let node = fields["name"] ?? .scalar("", quoted: false, fields.location)
        if let first = placesByID[device.id.rawValue] {
            error(
                "duplicate-id",
                "device \"\(device.id)\" stands here a second time; the first is at \(first)",
                at: node,
                length: device.name.count)
            return false
        }
        placesByID[device.id.rawValue] = node.location
        // One message may well be read by two profiles, but not twice by the same one.
        let first = (device.topic, fields["topic"] ?? node)
        let others = device.also.map { ($0.topic, Node.scalar("", quoted: false, $0.location)) }
        for (topic, node) in [first] + others {
            if let first = placesByTopic["\(device.profile) \(topic)"] {
                error(
                    "duplicate-topic",
                    "device \"\(device.name)\" has the topic and profile of the device at \(first)",
                    at: node, length: min(topic.count, 80))
                return false
            }
        }
        for (topic, _) in [first] + others {
            placesByTopic["\(device.profile) \(topic)"] = fields.location
        }
        return true
    }

    /// The residence that is named, or the only one.
    private mutating func residence(_ fields: Fields, what: String) -> Residence? {
        guard let node = fields["residence"] else {
            if residences.count == 1 { return residences[0] }
            if !residences.isEmpty {
                error(
                    "missing-key",
                    "\(what) needs \"residence\""
                        + suggestion(for: "", among: residences.map(\.id.rawValue)),
                    at: .scalar("", quoted: false, fields.location))
            }
            return nil
        }
        guard let text = node.text("\(what), residence", diagnostics: &diagnostics) else {
            return nil
        }
        if let residence = residencesByID[text] { return residence }
        // Where hub.yaml has errors its residences are not known.
        guard !residences.isEmpty else { return nil }
        error(
            "unknown-residence",
            "\(what): residence \"\(text.prefix(80))\" is not in hub.yaml"
                + suggestion(for: text, among: residences.prefix(1000).map(\.id.rawValue)),
            at: node, length: min(text.count, 80))
        return nil
    }

    private mutating func room(_ node: Node, of residence: Residence, what: String) -> RoomID? {
        guard let text = node.text("\(what), room", diagnostics: &diagnostics) else { return nil }
        let id = RoomID(rawValue: "\(residence.id)/\(text)")
        if residence.rooms.contains(where: { $0.id == id }) { return id }
        let known = residence.rooms.map { room in
            String(room.id.rawValue.dropFirst(residence.id.rawValue.count + 1))
        }
        error(
            "unknown-room",
            "\(what): residence \"\(residence.id)\" has no room \"\(text.prefix(80))\""
                + suggestion(for: text, among: known),
            at: node, length: min(text.count, 80))
        return nil
    }

    private mutating func profile(_ fields: Fields, what: String) -> String? {
        guard let node = fields.required("profile", subject: what, diagnostics: &diagnostics),
            let text = node.text("\(what), profile", diagnostics: &diagnostics)
        else { return nil }
        guard let profiles, !profiles.contains(text) else { return text }
        error(
            "unknown-profile",
            "\(what): there is no profile \"\(text.prefix(80))\""
                + suggestion(for: text, among: profiles),
            at: node, length: min(text.count, 80))
        return nil
    }

    private mutating func topic(_ fields: Fields, what: String) -> String? {
        guard let node = fields.required("topic", subject: what, diagnostics: &diagnostics),
            let text = node.text("\(what), topic", diagnostics: &diagnostics)
        else { return nil }
        return address(text, at: node, what: what)
    }

    /// Where it is heard besides, each topic once.
    private mutating func also(
        _ fields: Fields, what: String, besides topic: String?
    ) -> [DevicePlacement.FurtherTopic] {
        var found: [DevicePlacement.FurtherTopic] = []
        for item in fields["also"]?.items ?? [] {
            guard let text = item.text("\(what), also", diagnostics: &diagnostics),
                let address = address(text, at: item, what: "\(what), also")
            else { continue }
            if address == topic || found.contains(where: { $0.topic == address }) {
                error(
                    "duplicate-topic",
                    "\(what), also: topic \"\(address.prefix(80))\" stands here a second time",
                    at: item, length: min(address.count, 80))
            } else if found.count == DevicePlacement.mostFurther {
                error(
                    "too-many-topics",
                    "\(what), also: a device has up to \(DevicePlacement.mostFurther) further topics",
                    at: item, length: min(address.count, 80))
                break
            } else {
                found.append(DevicePlacement.FurtherTopic(address, at: item.location))
            }
        }
        return found
    }

    /// A topic that may be a device's own; nil, with an error, where it is none.
    private mutating func address(_ text: String, at node: Node, what: String) -> String? {
        let problem: String? =
            if text.isEmpty {
                "is empty"
            } else if text.contains("#") || text.contains("+") {
                "is a filter; write the device's own topic without # and +"
            } else if text.utf8.count > 1024 || text.utf8.contains(0) {
                "is longer than 1024 bytes or has a zero"
            } else {
                nil
            }
        guard let problem else { return text }
        error("bad-topic", "\(what): topic \"\(text.prefix(80))\" \(problem)", at: node)
        return nil
    }
}
