/// What devices hang on that do not reach the broker themselves, such as Zigbee2MQTT, as one residence sees it. One that
/// serves several residences is one in each: their staff differ.
public struct Bridge: Hashable, Sendable {
    /// The topic on which it says whether it is there.
    public var topic: String
    /// In which residence.
    public var residence: ResidenceID
    /// What hangs on it there, in the order of devices.yaml.
    public var devices: [DeviceID]
    /// What people call those of them that life may depend on.
    public var safety: [LocalizedText]

    /// So many of what it matters for are named.
    private static let named = 4

    /// What alerts about it are about. No device has such a name: theirs hold no colon.
    static func id(_ topic: String, in residence: ResidenceID) -> DeviceID {
        DeviceID(rawValue: "\(residence)/bridge:\(topic)")
    }

    /// `Bridge zigbee2mqtt/bridge/state: 12 devices behind it, for safety: Cord, Smoke detector`.
    public var title: LocalizedText {
        LocalizedText(
            english:
                "Bridge \(topic): \(devices.count) \(devices.count == 1 ? "device" : "devices") behind it"
                + names(", for safety: ", \.english),
            french:
                "Passerelle \(topic) : \(devices.count) \(devices.count == 1 ? "appareil" : "appareils") derrière elle"
                + names(", pour la sécurité : ", \.french))
    }

    private func names(_ word: String, _ language: (LocalizedText) -> String) -> String {
        guard !safety.isEmpty else { return "" }
        let rest = safety.count - Self.named
        return word + safety.prefix(Self.named).map(language).joined(separator: ", ")
            + (rest > 0 ? " +\(rest)" : "")
    }
}

extension Device {
    /// The bridge that it hangs on; nil where it hangs on none.
    public var bridgeID: DeviceID? { bridge.map { Bridge.id($0, in: residence) } }
}

extension Home {
    /// A bridge of the home; nil where no device hangs on one of this name.
    public func bridge(_ id: DeviceID) -> Bridge? {
        guard id.rawValue.contains("/bridge:") else { return nil }
        var found: Bridge?
        for device in devices where device.bridgeID == id {
            var bridge =
                found
                ?? Bridge(
                    topic: device.bridge ?? "", residence: device.residence, devices: [],
                    safety: [])
            bridge.devices.append(device.id)
            if device.isForSafety { bridge.safety.append(device.title) }
            found = bridge
        }
        return found
    }

    /// What people call a device or a bridge; nil where there is none of this name.
    public func title(of id: DeviceID) -> LocalizedText? {
        // By place: of ten thousand devices none is copied on the way.
        devices.indices.first { devices[$0].id == id }.map { devices[$0].title }
            ?? bridge(id)?.title
    }
}
