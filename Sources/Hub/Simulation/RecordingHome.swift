import Foundation
import Rules

extension RecordingMap {
    /// Writes the home that a recording belongs to, so that the hub can be run on it at once: hub.yaml,
    /// devices.yaml, and a rule to begin with.
    ///
    /// - Parameters:
    ///   - folder: where; made where it is not there.
    ///   - convention: how its devices speak.
    /// - Returns: the files written.
    /// - Throws: `SimulationError.file` where a file is there already, or cannot be written.
    public func writeHome(
        to folder: String, convention: Convention
    ) throws(SimulationError) -> [String] {
        let files =
            [
                ("hub.yaml", hubText), ("devices.yaml", devicesText(convention)),
                ("rules/first.yaml", rulesText),
            ] + profileTexts(convention)
        let root = URL(fileURLWithPath: folder)
        for (name, _) in files {
            let path = root.appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) {
                throw .file(path: path, reason: "is already there; give another folder")
            }
        }
        var written: [String] = []
        for (name, text) in files {
            let file = root.appendingPathComponent(name)
            do {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file, options: .atomic)
            } catch {
                throw .file(
                    path: file.path,
                    reason: "cannot be written: \((error as NSError).localizedDescription)")
            }
            written.append(file.path)
        }
        return written
    }

    private var hubText: String {
        var text = """
            # A recorded home, written by hubctl simulate --write-home.
            site: \(residence)
            zone: \(zone)
            residences:
              - id: \(residence)
                title: \(Self.localized(title))
                people: [p1]
                rooms:

            """
        for room in rooms {
            text +=
                "      - {id: \(room.id), kind: \(Self.quoted(room.kind)), title: \(Self.localized(room.title))}\n"
        }
        return text
    }

    private func devicesText(_ convention: Convention) -> String {
        var text = "# Which device is where.\ndevices:\n"
        for device in devices {
            text += "  - name: \(device.name)\n"
            text += "    profile: \(device.sort.profile(convention))\n"
            text += "    topic: \(Self.quoted(topic(of: device, convention)))\n"
            text += "    residence: \(residence)\n"
            if let room = device.room { text += "    room: \(room)\n" }
            if let kind = device.kind { text += "    kind: \(Self.quoted(kind))\n" }
            if !device.labels.isEmpty {
                let labels = device.labels.map(Self.quoted).joined(separator: ", ")
                text += "    labels: [\(labels)]\n"
            }
            if let title = device.title { text += "    title: \(Self.localized(title))\n" }
        }
        return text
    }

    /// The shipped profiles, changed for a home that tells of the past: what a live bridge repeats from its memory is
    /// what is so, but what a recording tells happened then. So nothing of it acts on the present, and each event keeps
    /// its recorded time.
    private func profileTexts(_ convention: Convention) -> [(String, String)] {
        guard let shipped = SharedFiles.devices() else { return [] }
        return Set(devices.map { $0.sort.profile(convention) }).sorted().compactMap { name in
            guard
                let text = try? String(contentsOfFile: "\(shipped)/\(name).yaml", encoding: .utf8)
            else { return nil }
            let changed = text.replacingOccurrences(of: "means: last_contact, ", with: "")
                .replacingOccurrences(of: "stale: state_only", with: "stale: late")
            guard changed != text else { return nil }
            // The samples say what the shipped profile makes of old messages.
            let end = changed.range(of: "\ntests:")?.lowerBound ?? changed.endIndex
            return (
                "profiles/\(name).yaml",
                "# The shipped profile, for a recorded home: what is old is told late, at its time.\n"
                    + changed[..<end] + "\n"
            )
        }
    }

    private func topic(of device: Device, _ convention: Convention) -> String {
        switch convention {
        case .zigbee2mqtt: "\(base)/\(device.name)"
        // A device's address is its profile's first topic.
        case .tasmota:
            switch device.sort {
            case .contact, .motion: "stat/\(device.name)/RESULT"
            case .plug: "stat/\(device.name)/POWER"
            case .climate: "tele/\(device.name)/SENSOR"
            }
        }
    }

    private var rulesText: String {
        """
        # One rule to begin with; hubctl rules check tells what is wrong with yours.
        version: 1
        signals:
          front_door_open: {kind: door, label: outside, reading: contact, is: open}
        rules:
          - id: front-door-open
            title: {en: Front door open, fr: Porte d'entrée ouverte}
            priority: medium
            per: residence
            when: {all: [front_door_open], for: 10m}
            do: {en: Shut the door., fr: Fermer la porte.}

        """
    }

    private static func localized(_ text: LocalizedText) -> String {
        "{en: \(quoted(text.english)), fr: \(quoted(text.french))}"
    }

    /// A YAML scalar in double quotes, which take JSON's escapes (YAML 1.2, 7.3.1).
    private static func quoted(_ text: String) -> String { JSONText.string(text) }
}

extension RecordedSort {
    /// The profile that fits such a device.
    func profile(_ convention: Convention) -> String {
        switch (convention, self) {
        case (.zigbee2mqtt, .contact): "zigbee2mqtt-contact"
        case (.zigbee2mqtt, .motion): "zigbee2mqtt-motion"
        case (.zigbee2mqtt, .plug): "zigbee2mqtt-plug"
        case (.zigbee2mqtt, .climate): "zigbee2mqtt-climate"
        case (.tasmota, .contact): "tasmota-contact"
        case (.tasmota, .motion): "tasmota-motion"
        case (.tasmota, .plug): "tasmota-plug"
        case (.tasmota, .climate): "tasmota-climate"
        }
    }
}
