import Rules

/// A profile of one device, made of what Home Assistant's discovery announces of it: its own topics as they are, and what each
/// entity says there. No device of another maker needs a profile to be written for it.
struct DiscoveredProfile {
    /// The most readings.
    private static let most = 32

    private let id: String
    private let title: String
    private var entities: [AnnouncedEntity]

    /// A profile; nil where nothing of what is announced can be read for certain.
    init?(_ device: AnnouncedDevice) {
        let named = device.name.isEmpty ? device.model : device.name
        let words = (named.isEmpty ? "device" : named).lowered.unicodeScalars.map {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) ? Character($0) : "-"
        }
        let plain = String(words).split(separator: "-").joined(separator: "-")
        // Two devices may be called the same; their identities differ.
        let mark = device.identity.lowered.unicodeScalars.filter {
            ("a"..."z").contains($0) || ("0"..."9").contains($0)
        }.suffix(8).map(Character.init)
        id = "own-\(plain.isEmpty ? "device" : String(plain.prefix(32)))-\(String(mark))"
        title = named.isEmpty ? "Device" : named.legible(80)
        entities = Array(
            device.entities.compactMap(AnnouncedEntity.init(line:)).filter {
                // A brace in a pattern is a placeholder.
                !$0.topic.contains("{") && !$0.topic.contains("}") && Self.reading($0, "") != nil
            }.prefix(Self.most))
        // One topic is either text or JSON.
        for topic in Set(entities.map(\.topic)) {
            let own = entities.filter { $0.topic == topic }
            guard own.contains(where: { $0.pointer != nil }) else { continue }
            entities.removeAll { $0.topic == topic && $0.pointer == nil }
        }
        // What a device is for comes first: there it is placed. The order in which it was announced does not matter.
        guard entities.contains(where: { !Self.isOfItself($0.capability) }) else { return nil }
        entities.sort {
            (Self.rank($0.capability), $0.topic, $0.name)
                < (Self.rank($1.capability), $1.topic, $1.name)
        }
    }

    /// The profile as YAML, without samples.
    var text: String {
        var lines = [
            "# Made of what the device announced to Home Assistant; each topic is its own.",
            "profile: 1", "id: \(id)",
            "title: {en: \(JSONText.string(title)), fr: \(JSONText.string(title))}",
            "convention: ha_discovery", "kind: \(kind)", "messages:",
        ]
        var topics: [String] = []
        for entity in entities where !topics.contains(entity.topic) { topics.append(entity.topic) }
        for topic in topics {
            lines.append("  - topic: \(JSONText.string(topic))")
            lines.append("    readings:")
            for entity in merged(entities.filter { $0.topic == topic }) {
                let isAlone =
                    entities.count {
                        $0.capability == entity.capability && $0.topic != topic
                            || $0.capability == entity.capability && $0.name != entity.name
                                && $0.pointer != entity.pointer
                    } == 0
                if let line = Self.reading(entity, isAlone ? "" : entity.name) {
                    lines.append("      - \(line)")
                }
            }
        }
        let available = Set(entities.compactMap(\.availability))
        if available.count == 1, let one = available.first {
            lines.append("availability:")
            lines.append(
                "  - {topic: \(JSONText.string(one.topic)), online: [\(JSONText.string(one.online))], offline: [\(JSONText.string(one.offline))]}"
            )
        }
        // The one that is heard most often tells first that the device is silent.
        if let expected = entities.compactMap(\.expected).min() {
            lines.append("liveness: {expect: \(expected)s, grace: 1.2}")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Several words of one button are one reading.
    private func merged(_ entities: [AnnouncedEntity]) -> [AnnouncedEntity] {
        var found: [AnnouncedEntity] = []
        for entity in entities {
            let place = found.firstIndex {
                $0.capability == "button.press" && entity.capability == "button.press"
                    && $0.pointer == entity.pointer
            }
            if let place {
                found[place].words += entity.words.filter { word in
                    !found[place].words.contains { $0.says == word.says }
                }
            } else {
                found.append(entity)
            }
        }
        return found
    }

    /// What it is to rules.
    private var kind: String {
        let kinds = [
            "alarm.smoke": "smoke", "alarm.water": "leak", "alarm.gas": "gas",
            "alarm.co": "carbon_monoxide", "contact.open": "door", "presence.motion": "motion",
            "presence.occupied": "presence", "button.press": "button", "lock.locked": "lock",
            "vibration.active": "vibration", "power.active": "plug", "switch.on": "plug",
            "env.temperature": "climate",
        ]
        return kinds.sorted { Self.rank($0.key) < Self.rank($1.key) }.first { kind in
            entities.contains { $0.capability == kind.key }
        }?.value ?? "device"
    }

    private static func rank(_ capability: String) -> String {
        let order = ["alarm.", "contact.", "presence.", "lock.", "button.", "power.", "switch."]
        let last = isOfItself(capability) ? order.count + 1 : order.count
        let place = order.firstIndex { capability.hasPrefix($0) } ?? last
        return "\(place) \(capability)"
    }

    private static func isOfItself(_ capability: String) -> Bool {
        ["device.", "link.", "bridge."].contains { capability.hasPrefix($0) }
    }

    /// Units of Home Assistant that are not the capability's own: what a number is multiplied by, and what is added.
    private static let conversions: [String: (scale: Double, offset: Double)] = [
        "env.temperature °F": (0.5555555555555556, -17.77777777777778),
        "power.active kW": (1000, 0), "energy.total Wh": (0.001, 0),
        "power.voltage mV": (0.001, 0), "power.current mA": (0.001, 0),
        "device.battery_voltage mV": (0.001, 0),
    ]
    private static let own: [String: Set<String>] = [
        "env.temperature": ["°C"], "env.humidity": ["%"], "env.illuminance": ["lx"],
        "env.pressure": ["hPa", "mbar"], "env.co2": ["ppm"], "power.active": ["W"],
        "power.voltage": ["V"], "power.current": ["A"], "energy.total": ["kWh"],
        "device.battery": ["%"], "device.battery_voltage": ["V"], "link.rssi": ["dBm", "dB"],
    ]

    private static func reading(_ entity: AnnouncedEntity, _ channel: String) -> String? {
        guard let entry = CapabilityVocabulary.entry(entity.capability) else { return nil }
        var parts = [
            "capability: \(entity.capability)", "from: \(JSONText.string(entity.pointer ?? ""))",
        ]
        switch entry.type {
        case .boolean:
            guard entity.words.count == 2, entity.words[0].says != entity.words[1].says else {
                return nil
            }
            if entry.kinds.contains(.state) { parts.append("kind: state") }
            let words = entity.words.map { "\(JSONText.string($0.says)): \($0.means)" }
            // What it says besides is no calm: nobody knows.
            parts += ["map: {\(words.joined(separator: ", "))}", "otherwise: unknown"]
            parts.append("repeats: drop_equal")
        case .number:
            if let unit = entity.unit, own[entity.capability]?.contains(unit) != true {
                guard let found = conversions["\(entity.capability) \(unit)"] else { return nil }
                parts.append("scale: \(found.scale)")
                if found.offset != 0 { parts.append("offset: \(found.offset)") }
            }
            if entity.unit == nil, !["device.battery", "link.lqi"].contains(entity.capability) {
                return nil
            }
            if entity.capability == "device.battery" { parts.append("valid: [0, 100]") }
        case .text:
            guard entity.capability == "button.press" else { return nil }
            if !entity.words.isEmpty {
                let words = entity.words.map {
                    "\(JSONText.string($0.says)): \(JSONText.string($0.means))"
                }
                parts += ["map: {\(words.joined(separator: ", "))}", "otherwise: drop"]
            }
        }
        if !channel.isEmpty { parts.append("instance: \(JSONText.string(channel))") }
        return "{\(parts.joined(separator: ", "))}"
    }
}
