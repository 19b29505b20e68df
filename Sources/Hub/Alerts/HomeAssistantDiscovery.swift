import Foundation
import Rules

/// Announces each residence to Home Assistant as a device with its alerts: what waits for somebody, how many are open,
/// the highest priority, the foremost alert.
///
/// Device-based discovery: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
struct HomeAssistantDiscovery: Sendable {
    let settings: HomeAssistantSettings
    let site: String
    /// Where the hub says that it is online.
    let statusTopic: String

    private struct Device: Encodable {
        var identifiers: [String]
        var name: String
        var manufacturer = "Foyer"
        var model: String
    }

    private struct Origin: Encodable { var name = "Foyer" }

    private struct Availability: Encodable {
        var topic: String
        var value_template =
            "{{ 'online' if value_json is mapping and value_json.state == 'online' else 'offline' }}"
    }

    private struct Component: Encodable {
        var platform: String
        var unique_id: String
        var name: String
        var value_template: String
        var device_class: String?
        var state_class: String?
        var options: [String]?
        var icon: String?
        var json_attributes_topic: String?
    }

    private struct Message: Encodable {
        var device: Device
        var origin = Origin()
        var availability: [Availability]
        var state_topic: String
        var components: [String: Component]
    }

    private func said(_ english: String, _ french: String) -> String {
        settings.isFrench ? french : english
    }

    /// The retained message that announces a residence.
    func message(_ residence: Residence) -> (topic: String, payload: [UInt8]) {
        let node = "foyer_\(site)_\(residence.id)".map { character in
            // Home Assistant takes these characters in a topic's node.
            character.isASCII && (character.isLetter || character.isNumber || character == "_")
                ? String(character) : "_"
        }.joined()
        let state = ResidenceMessage.topic(residence.id)
        func component(
            _ key: String, _ platform: String, _ name: String, _ template: String
        ) -> Component {
            Component(
                platform: platform, unique_id: "\(node)_\(key)", name: name,
                value_template: template)
        }
        var calling = component(
            "calling", "binary_sensor",
            said("Alert waits for somebody", "Alerte en attente d'une réponse"),
            "{{ 'ON' if value_json.calling > 0 else 'OFF' }}")
        calling.device_class = "problem"
        var open = component(
            "open", "sensor", said("Open alerts", "Alertes ouvertes"), "{{ value_json.open }}")
        open.state_class = "measurement"
        open.icon = "mdi:bell"
        var priority = component(
            "priority", "sensor", said("Highest priority", "Priorité la plus haute"),
            "{{ value_json.priority }}")
        priority.device_class = "enum"
        priority.options = ["none"] + Priority.allCases.map(\.name)
        let language = settings.isFrench ? "fr" : "en"
        var alert = component(
            "alert", "sensor", said("Foremost alert", "Alerte principale"),
            "{{ value_json.alert.\(language)[:250] if value_json.alert is defined else '-' }}")
        alert.icon = "mdi:alert"
        alert.json_attributes_topic = state
        let title = settings.isFrench ? residence.title.french : residence.title.english
        let message = Message(
            device: Device(
                identifiers: [node], name: title, model: said("Residence", "Logement")),
            availability: [Availability(topic: statusTopic)], state_topic: state,
            components: [
                "calling": calling, "open": open, "priority": priority, "alert": alert,
            ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts only: this cannot fail.
        let payload = (try? encoder.encode(message)).map(Array.init) ?? []
        return ("\(settings.prefix)/device/\(node)/config", payload)
    }
}
