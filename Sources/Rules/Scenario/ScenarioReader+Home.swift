/// The home of a rule test that brings its own.
extension ScenarioReader {
    static let residenceKeys = [
        "id", "zone", "latitude", "longitude", "rooms", "people", "start",
    ]

    mutating func readHome(_ fields: Fields, _ head: inout Head) {
        if let folder = head.homeFolder {
            for key in ["devices"] where fields.entry(key) != nil {
                error(
                    "mixed-home",
                    "the devices are those of \(folder.text.prefix(80)); take \"\(key)\" or \"home\" out",
                    at: .scalar("", quoted: false, fields.entry(key)?.location ?? fields.location),
                    length: key.count)
            }
            // Within a home a residence is only chosen.
            if let node = fields["residence"] { head.residence = text(node, "residence") }
            return
        }
        var residence = Residence(
            id: "home", title: LocalizedText(english: "home", french: "home"), zone: "UTC",
            rooms: [], people: [])
        if let node = fields["residence"] { readResidence(node, &residence, &head) }
        residence.zone = head.zone.text
        var devices: [Device] = []
        if let node = fields["devices"] {
            devices = readDevices(node, &residence, &head.clocks)
        } else {
            error(
                "missing-key", "a rule test needs \"devices\", or \"home\", the folder of a home",
                at: .scalar("", quoted: false, fields.location))
        }
        head.home = Home(residences: [residence], devices: devices)
    }

    private mutating func readResidence(
        _ node: Node, _ residence: inout Residence, _ head: inout Head
    ) {
        let what = "a residence"
        guard
            let fields = Fields(
                node, subject: what, known: Self.residenceKeys, diagnostics: &diagnostics)
        else { return }
        if let id = fields["id"].flatMap({ name($0, "residence, id") }) {
            residence.id = ResidenceID(rawValue: id)
        }
        if let zone = fields["zone"].flatMap({ text($0, "residence, zone") }) { head.zone = zone }
        if let start = fields["start"].flatMap({ text($0, "residence, start") }) {
            head.start = start
        }
        residence.people = texts(fields["people"], "residence, people").map {
            PersonID(rawValue: $0.text)
        }
        let latitude = fields["latitude"]?.number("residence, latitude", diagnostics: &diagnostics)
        let longitude = fields["longitude"]?.number(
            "residence, longitude", diagnostics: &diagnostics)
        if let latitude, let longitude {
            residence.position = GeographicPosition(latitude: latitude, longitude: longitude)
        }
        for entry in fields["rooms"]?.entries("rooms", diagnostics: &diagnostics) ?? [] {
            readRoom(entry, &residence)
        }
    }

    /// `bedroom_p1: bedroom`, or `bedroom_p1: {kind: bedroom, person: p1}`.
    private mutating func readRoom(_ entry: Node.Entry, _ residence: inout Residence) {
        var room = Room(
            id: RoomID(rawValue: "\(residence.id)/\(entry.key)"),
            title: LocalizedText(english: entry.key, french: entry.key), kind: entry.key)
        if case .scalar(let kind, _, _) = entry.value {
            if !entry.value.isNull { room.kind = kind }
        } else if let fields = Fields(
            entry.value, subject: "a room", known: ["kind", "person"], diagnostics: &diagnostics)
        {
            if let kind = fields["kind"].flatMap({ text($0, "kind") }) { room.kind = kind.text }
            room.person = fields["person"].flatMap { person($0, residence) }
        }
        residence.rooms.append(room)
    }

    private mutating func person(_ node: Node, _ residence: Residence) -> PersonID? {
        guard let given = text(node, "person") else { return nil }
        let id = PersonID(rawValue: given.text)
        if !residence.people.contains(id) {
            error(
                "unknown-person",
                "the residence has no person \"\(given.text.prefix(80))\""
                    + suggestion(for: given.text, among: residence.people.map(\.rawValue)),
                at: node, length: given.text.count)
        }
        return id
    }

    // MARK: Devices

    static let deviceKeys = [
        "name", "kind", "room", "person", "labels", "reads", "silent_after", "clock", "max_age",
    ]

    /// A list of devices with their names, or names with what they are.
    private mutating func readDevices(
        _ node: Node, _ residence: inout Residence, _ clocks: inout [DeviceID: Scenario.DeviceClock]
    ) -> [Device] {
        var devices: [Device] = []
        var seen: Set<String> = []
        func isNew(_ name: String, _ location: SourceLocation, _ reader: inout Self) -> Bool {
            if seen.insert(name).inserted { return true }
            reader.diagnostics.append(
                Diagnostic(
                    code: "duplicate-name", "device \"\(name)\" stands here a second time",
                    at: location, length: name.count))
            return false
        }
        if case .mapping(let entries, _) = node {
            for entry in entries.prefix(Self.maximumCount) {
                guard isGood(entry.key, at: entry.location, "a device's name") else { continue }
                if let device = device(entry.key, entry.value, &residence, &clocks) {
                    devices.append(device)
                }
            }
            return devices
        }
        for item in node.items.prefix(Self.maximumCount) {
            guard case .mapping(let entries, _) = item,
                let entry = entries.first(where: { $0.key == "name" })
            else {
                error("missing-key", "a device needs \"name\"", at: item)
                continue
            }
            guard let name = name(entry.value, "a device's name"),
                isNew(name, entry.value.location, &self)
            else { continue }
            if let device = device(name, item, &residence, &clocks) { devices.append(device) }
        }
        return devices
    }

    /// `door`, or `{kind: door, room: hall, reads: [contact, battery]}`.
    private mutating func device(
        _ name: String, _ node: Node, _ residence: inout Residence,
        _ clocks: inout [DeviceID: Scenario.DeviceClock]
    ) -> Device? {
        let what = "device \"\(name)\""
        var device = Device(
            id: DeviceID(rawValue: "\(residence.id)/\(name)"), name: name,
            title: LocalizedText(english: name, french: name), residence: residence.id, room: nil,
            person: nil, kind: "", labels: [], profile: "test", capabilities: [], silentAfter: nil)
        if case .scalar(let kind, _, _) = node {
            device.kind = kind
            device.capabilities = capabilities(of: kind, nil, at: node, what)
            return device
        }
        guard
            let fields = Fields(
                node, subject: what, known: Self.deviceKeys, diagnostics: &diagnostics),
            let kind = fields.required("kind", subject: what, diagnostics: &diagnostics)
                .flatMap({ text($0, "\(what), kind") })
        else { return nil }
        device.kind = kind.text
        device.labels = texts(fields["labels"], "\(what), labels").map(\.text)
        device.person = fields["person"].flatMap { person($0, residence) }
        device.silentAfter = fields["silent_after"]?.timeSpan(
            "\(what), silent_after", diagnostics: &diagnostics)
        device.capabilities = capabilities(
            of: kind.text, fields["reads"], at: fields["kind"] ?? node, what)
        if let room = fields["room"].flatMap({ self.name($0, "\(what), room") }) {
            let id = RoomID(rawValue: "\(residence.id)/\(room)")
            device.room = id
            if !residence.rooms.contains(where: { $0.id == id }) {
                residence.rooms.append(
                    Room(
                        id: id, title: LocalizedText(english: room, french: room), kind: room))
            }
        }
        clocks[device.id] = clock(fields, what)
        return device
    }

    private mutating func clock(_ fields: Fields, _ what: String) -> Scenario.DeviceClock {
        var clock = Scenario.DeviceClock.none
        if let node = fields["clock"], let given = text(node, "\(what), clock") {
            clock.isOwn = given.text == "own"
            if !["own", "none"].contains(given.text) {
                error(
                    "bad-clock",
                    "\(what), clock: \"\(given.text.prefix(80))\" is neither own nor none",
                    at: node, length: given.text.count)
            }
        }
        if let age = fields["max_age"]?.timeSpan("\(what), max_age", diagnostics: &diagnostics) {
            clock.maximumAge = age
            clock.isOwn = true
        }
        return clock
    }

    private mutating func capabilities(
        of kind: String, _ reads: Node?, at node: Node, _ what: String
    ) -> [DeviceCapability] {
        guard let reads else {
            guard let usual = Vocabulary.defaults(ofKind: kind).first else {
                error(
                    "missing-reading",
                    "\(what): what a \"\(kind.prefix(80))\" says is not known; add \"reads\", such as reads: [power]",
                    at: node, length: min(kind.count, 80))
                return []
            }
            let reading = Vocabulary.entry(usual.capability.rawValue)
            return [DeviceCapability(capability: usual.capability, kind: reading?.kind ?? .state)]
        }
        return texts(reads, "\(what), reads").compactMap { given in
            let (name, channel) = Self.split(channel: given.text)
            guard let entry = Vocabulary.entry(name) else {
                diagnostics.append(
                    Diagnostic(
                        code: "unknown-reading",
                        "\(what): there is no reading \"\(name.prefix(80))\""
                            + suggestion(for: name, among: Vocabulary.names),
                        at: given.location, length: max(1, min(name.count, 80))))
                return nil
            }
            return DeviceCapability(
                capability: entry.capability, channel: channel, kind: entry.kind)
        }
    }

    /// `switch[2]` as `switch` and `2`.
    static func split(channel text: String) -> (name: String, channel: String) {
        guard text.hasSuffix("]"), let bracket = text.firstIndex(of: "[") else { return (text, "") }
        return (String(text[..<bracket]), String(text[text.index(after: bracket)...].dropLast()))
    }

    private mutating func name(_ node: Node, _ what: String) -> String? {
        guard let given = text(node, what) else { return nil }
        return isGood(given.text, at: given.location, what) ? given.text : nil
    }

    private mutating func isGood(_ name: String, at location: SourceLocation, _ what: String)
        -> Bool
    {
        guard let problem = Names.problem(name) else { return true }
        diagnostics.append(
            Diagnostic(
                code: "bad-name", "\(what) \(problem)", at: location,
                length: max(1, min(name.count, 80))))
        return false
    }
}
