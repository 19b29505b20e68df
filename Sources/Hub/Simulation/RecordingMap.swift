public import Rules

/// What a channel of a recording tells of its device.
public enum RecordedField: String, Hashable, Sendable, CaseIterable {
    /// A contact is open or closed.
    case contact
    /// Movement is seen, or not.
    case motion
    /// Watts.
    case power
    /// On or off.
    case state
    /// Degrees Celsius.
    case temperature
    /// Percent of relative humidity.
    case humidity
    /// Percent of charge.
    case battery
    /// The device can be reached, or not.
    case online

    /// The words that mean yes and no, where the map gives no `values`.
    var words: (yes: [String], no: [String])? {
        switch self {
        case .contact: (["open", "1", "true", "on", "yes"], ["closed", "0", "false", "off", "no"])
        case .motion:
            (["occupied", "1", "true", "on", "yes"], ["empty", "0", "false", "off", "no"])
        case .state: (["on", "1", "true", "yes"], ["off", "0", "false", "no"])
        case .online:
            (["online", "1", "true", "on", "yes"], ["offline", "0", "false", "off", "no"])
        case .power, .temperature, .humidity, .battery: nil
        }
    }
}

/// What a simulated device says of one field.
public enum FieldValue: Hashable, Sendable {
    /// Yes or no: open, movement, on, reachable.
    case flag(Bool)
    /// A finite number in the field's unit.
    case number(Double)
}

/// What kind of thing a recorded device is; decides which profile it gets.
public enum RecordedSort: String, Hashable, Sendable, CaseIterable {
    /// A door's, window's or cupboard's contact.
    case contact
    /// A movement sensor.
    case motion
    /// A plug that measures power.
    case plug
    /// A thermometer, with or without humidity.
    case climate

    /// What such a device can tell, besides battery and whether it is reachable.
    var fields: [RecordedField] {
        switch self {
        case .contact: [.contact]
        case .motion: [.motion]
        case .plug: [.power, .state]
        case .climate: [.temperature, .humidity]
        }
    }
}

/// Which device of which home a recording's channels belong to, and what their values mean.
public struct RecordingMap: Hashable, Sendable {
    /// One room of the recorded home.
    public struct Room: Hashable, Sendable {
        /// Its identifier within the residence.
        public var id: String
        /// What kind of room it is.
        public var kind: String
        /// What people call it.
        public var title: LocalizedText
    }

    /// One channel of a device.
    public struct Channel: Hashable, Sendable {
        /// Its name in the recording.
        public var name: String
        /// What it tells.
        public var field: RecordedField
        /// What its values mean, by the text in the recording; empty: the field's usual words.
        public var values: [String: FieldValue]
    }

    /// One device of the recorded home.
    public struct Device: Hashable, Sendable {
        /// Its name within the residence; the last level of its topic.
        public var name: String
        /// What kind of thing it is.
        public var sort: RecordedSort
        /// What it is to a rule; nil: what its profile says.
        public var kind: String?
        /// In which room.
        public var room: String?
        /// Free labels that rules may select by.
        public var labels: [String]
        /// What people call it; nil: what its profile says.
        public var title: LocalizedText?
        /// What it tells, by channel.
        public var channels: [Channel]
    }

    /// The residence's identifier.
    public var residence: String
    /// What people call it.
    public var title: LocalizedText
    /// The IANA zone of its local times.
    public var zone: String
    /// The base topic of Zigbee2MQTT; Tasmota has none.
    public var base: String
    /// The rooms, in the order of the file.
    public var rooms: [Room]
    /// The devices, in the order of the file.
    public var devices: [Device]
    /// Channels that are known and left out.
    public var ignored: [String]
}

extension RecordingMap {
    /// Reads a mapping file.
    ///
    /// - Throws: `SimulationError.configuration` with everything that is wrong in it.
    public static func parse(_ text: String, file: String) throws(SimulationError) -> RecordingMap {
        var diagnostics: [Diagnostic] = []
        let root: Node
        do {
            root = try YAML.parse(text, file: file)
        } catch {
            throw .configuration([error])
        }
        var reader = Reader()
        let map = reader.map(root)
        diagnostics += reader.diagnostics
        guard let map, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw .configuration(diagnostics.sorted { $0.location < $1.location })
        }
        return map
    }

    private struct Reader {
        var diagnostics: [Diagnostic] = []
        var channels: [String: SourceLocation] = [:]

        mutating func map(_ root: Node) -> RecordingMap? {
            guard
                let fields = Fields(
                    root, subject: "a mapping file",
                    known: [
                        "map", "residence", "title", "zone", "base", "rooms", "devices", "ignore",
                    ],
                    diagnostics: &diagnostics)
            else { return nil }
            version(fields)
            let residence = identifier(
                fields.required(
                    "residence", subject: "a mapping file", diagnostics: &diagnostics),
                "residence")
            let title = fields["title"]?.localizedText("title", diagnostics: &diagnostics)
            let zone = fields.required(
                "zone", subject: "a mapping file", diagnostics: &diagnostics)?
                .text("zone", diagnostics: &diagnostics)
            let base = baseTopic(fields["base"])
            var rooms: [Room] = []
            for entry in fields["rooms"]?.entries("rooms", diagnostics: &diagnostics) ?? [] {
                if let room = room(entry) { rooms.append(room) }
            }
            var devices: [Device] = []
            for entry in fields["devices"]?.entries("devices", diagnostics: &diagnostics) ?? [] {
                if let device = device(entry, rooms: rooms) { devices.append(device) }
            }
            if devices.isEmpty {
                problem(
                    "missing-key", "a mapping file needs at least one device under \"devices\"",
                    at: fields.location)
            }
            let ignored = (fields["ignore"]?.items ?? []).compactMap {
                $0.text("ignore", diagnostics: &diagnostics)
            }
            guard let residence, let zone else { return nil }
            return RecordingMap(
                residence: residence,
                title: title ?? LocalizedText(english: residence, french: residence), zone: zone,
                base: base, rooms: rooms, devices: devices, ignored: ignored)
        }

        private mutating func version(_ fields: Fields) {
            guard
                let node = fields.required(
                    "map", subject: "a mapping file", diagnostics: &diagnostics)
            else { return }
            _ = node.integer("map", in: 1...1, diagnostics: &diagnostics)
        }

        private mutating func baseTopic(_ node: Node?) -> String {
            guard let node, let text = node.text("base", diagnostics: &diagnostics) else {
                return "zigbee2mqtt"
            }
            if text.isEmpty || text.utf8.count > 200
                || text.contains(where: { "+#\0".contains($0) })
            {
                problem(
                    "bad-topic",
                    "base: \"\(text.prefix(40))\" is no topic; it must not hold + or #",
                    at: node.location)
            }
            return text
        }

        private mutating func room(_ entry: Node.Entry) -> Room? {
            guard let id = identifier(entry.key, "a room", at: entry.location),
                let fields = Fields(
                    entry.value, subject: "a room", known: ["kind", "title"],
                    diagnostics: &diagnostics)
            else { return nil }
            let kind = fields["kind"]?.text("kind", diagnostics: &diagnostics)
            let title = fields["title"]?.localizedText("title", diagnostics: &diagnostics)
            return Room(
                id: id, kind: kind ?? id, title: title ?? LocalizedText(english: id, french: id))
        }

        private mutating func device(_ entry: Node.Entry, rooms: [Room]) -> Device? {
            guard let name = identifier(entry.key, "a device", at: entry.location),
                let fields = Fields(
                    entry.value, subject: "a device",
                    known: ["is", "kind", "room", "labels", "title", "channels"],
                    diagnostics: &diagnostics),
                let node = fields.required("is", subject: "a device", diagnostics: &diagnostics),
                let word = node.text("is", diagnostics: &diagnostics)
            else { return nil }
            guard let sort = RecordedSort(rawValue: word) else {
                problem(
                    "unknown-sort",
                    "\"\(word)\" is no kind of recorded device"
                        + suggestion(for: word, among: RecordedSort.allCases.map(\.rawValue)),
                    at: node.location, length: word.count)
                return nil
            }
            var room: String?
            if let node = fields["room"], let text = node.text("room", diagnostics: &diagnostics) {
                room = text
                if !rooms.contains(where: { $0.id == text }) {
                    problem(
                        "unknown-room",
                        "room \"\(text)\" is not declared under \"rooms\""
                            + suggestion(for: text, among: rooms.map(\.id)),
                        at: node.location, length: text.count)
                }
            }
            var channels: [Channel] = []
            for entry in fields["channels"]?.entries("channels", diagnostics: &diagnostics) ?? [] {
                if let channel = channel(entry, of: sort) { channels.append(channel) }
            }
            return Device(
                name: name, sort: sort,
                kind: fields["kind"]?.text("kind", diagnostics: &diagnostics),
                room: room,
                labels: (fields["labels"]?.items ?? []).compactMap {
                    $0.text("labels", diagnostics: &diagnostics)
                },
                title: fields["title"]?.localizedText("title", diagnostics: &diagnostics),
                channels: channels)
        }

        private mutating func channel(_ entry: Node.Entry, of sort: RecordedSort) -> Channel? {
            if let first = channels.updateValue(entry.location, forKey: entry.key) {
                problem(
                    "duplicate-channel",
                    "channel \"\(entry.key)\" already belongs to the device at line \(first.line)",
                    at: entry.location, length: entry.key.count)
            }
            var fieldNode = entry.value
            var valuesNode: Node?
            if case .mapping = entry.value {
                guard
                    let fields = Fields(
                        entry.value, subject: "a channel", known: ["says", "values"],
                        diagnostics: &diagnostics),
                    let says = fields.required(
                        "says", subject: "a channel", diagnostics: &diagnostics)
                else { return nil }
                fieldNode = says
                valuesNode = fields["values"]
            }
            guard let word = fieldNode.text("says", diagnostics: &diagnostics) else { return nil }
            let allowed = sort.fields + [.battery, .online]
            guard let field = RecordedField(rawValue: word), allowed.contains(field) else {
                problem(
                    "unknown-field",
                    "a \(sort.rawValue) device does not say \"\(word)\""
                        + suggestion(for: word, among: allowed.map(\.rawValue)),
                    at: fieldNode.location, length: word.count)
                return nil
            }
            var values: [String: FieldValue] = [:]
            for entry in valuesNode?.entries("values", diagnostics: &diagnostics) ?? [] {
                guard let text = entry.value.text("values", diagnostics: &diagnostics) else {
                    continue
                }
                guard let value = field.value(of: text) else {
                    problem(
                        "bad-value", "\"\(text)\" is nothing that \"\(field.rawValue)\" can be",
                        at: entry.value.location, length: max(1, text.count))
                    continue
                }
                values[entry.key] = value
            }
            return Channel(name: entry.key, field: field, values: values)
        }

        private mutating func identifier(_ node: Node?, _ subject: String) -> String? {
            guard let node, let text = node.text(subject, diagnostics: &diagnostics) else {
                return nil
            }
            return identifier(text, subject, at: node.location)
        }

        /// Names go into topics and other files as they are, so only plain ones are taken.
        private mutating func identifier(
            _ text: String, _ subject: String, at location: SourceLocation
        ) -> String? {
            if DemoScript.isPlainName(text) { return text }
            problem(
                "bad-identifier",
                "\(subject): \"\(text.prefix(64))\" is no identifier; use a to z, 0 to 9, _ and -",
                at: location, length: max(1, min(64, text.count)))
            return nil
        }

        private mutating func problem(
            _ code: String, _ message: String, at location: SourceLocation, length: Int = 1
        ) {
            diagnostics.append(Diagnostic(code: code, message, at: location, length: length))
        }
    }
}

extension RecordedField {
    /// What a recording's text means for the field; nil where it means nothing.
    func value(of text: String) -> FieldValue? {
        if let words {
            // A flag may be written as a number with decimals: `1.0`.
            let word =
                Double(text).map { $0 == 1 ? "1" : $0 == 0 ? "0" : text } ?? text.lowercased()
            if words.yes.contains(word) { return .flag(true) }
            return words.no.contains(word) ? .flag(false) : nil
        }
        guard let number = Double(text), number.isFinite else { return nil }
        return .number(number)
    }
}

extension RecordingMap.Channel {
    /// What a recording's text means on this channel; nil where it means nothing.
    func value(of text: String) -> FieldValue? {
        values.isEmpty ? field.value(of: text) : values[text]
    }
}
