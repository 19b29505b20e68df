/// https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html#zigbee2mqtt-bridge-devices
///
/// Of a large network the message has megabytes, of which little is needed: read by its tokens.
enum Zigbee2MQTTAnnouncement {
    static func read(_ message: MQTTMessage, _ levels: [String]) -> Announcement? {
        guard let json = try? JSONTokens(message.payload) else { return nil }
        let base = levels.dropLast(2).joined(separator: "/")
        let source = base + "/bridge/devices"
        if levels.last == "devices" {
            guard let entries = json.elements(JSONTokens.root) else { return nil }
            let devices = entries.filter { !json.isText(json.member($0, "type"), "Coordinator") }
                .compactMap { device($0, json, base) }
            return Announcement(source: source, change: .all(devices))
        }
        guard let data = json.member(JSONTokens.root, "data"),
            let address = json.text(json.member(data, "ieee_address"))
        else { return nil }
        let type = json.text(json.member(JSONTokens.root, "type"))
        switch type {
        case "device_leave":
            return Announcement(
                source: source, change: .gone(identity: DeviceIdentity.plain(address)))
        case "device_joined", "device_announce", "device_interview":
            guard var device = device(data, json, base) else { return nil }
            if type == "device_joined" { device.state = "interviewing" }
            if let status = json.text(json.member(data, "status")), status != "successful" {
                device.state = status == "started" ? "interviewing" : "interview failed"
            }
            return Announcement(source: source, change: .present(device, isPart: true))
        default: return nil
        }
    }

    private static func device(_ entry: Int, _ json: JSONTokens, _ base: String) -> AnnouncedDevice?
    {
        guard let address = json.text(json.member(entry, "ieee_address")) else { return nil }
        var device = AnnouncedDevice(address, convention: "zigbee2mqtt")
        device.name = json.text(json.member(entry, "friendly_name")) ?? address
        let definition = json.member(entry, "definition")
        device.maker =
            json.text(json.member(definition, "vendor"))
            ?? json.text(json.member(entry, "manufacturer")) ?? ""
        device.model =
            json.text(json.member(definition, "model"))
            ?? json.text(json.member(entry, "model_id")) ?? ""
        device.topics = ["\(base)/\(device.name)"]
        for expose in json.elements(json.member(definition, "exposes")) ?? [] {
            capabilities(expose, json, &device.capabilities)
        }
        if json.flag(json.member(entry, "disabled")) == true { device.state = "disabled" }
        if json.flag(json.member(entry, "interviewing")) == true { device.state = "interviewing" }
        if json.flag(json.member(entry, "interview_completed")) == false, device.state.isEmpty {
            device.state = "interview failed"
        }
        return device
    }

    private static func capabilities(_ expose: Int, _ json: JSONTokens, _ names: inout [String]) {
        let features = json.member(expose, "features")
        for feature in json.elements(features) ?? [] { capabilities(feature, json, &names) }
        // Access bit 1: published in the state. https://www.zigbee2mqtt.io/guide/usage/exposes.html
        guard features == nil,
            json.whole(json.member(expose, "access")).map({ $0 & 1 == 1 }) ?? true,
            let property = json.text(json.member(expose, "property"))
                ?? json.text(json.member(expose, "name"))
        else { return }
        switch property {
        case "action":
            let words = (json.elements(json.member(expose, "values")) ?? []).compactMap(json.text)
            let calls: Set = ["emergency", "panic", "sos"]
            names.append(
                words.contains { calls.contains($0.lowered) } ? "alarm.sos" : "button.press")
        case "contact": names.append("contact.open")
        case "state" where json.isText(json.member(expose, "type"), "binary"):
            names.append("switch.on")
        case "fall_down_status": names.append("alarm.fall")
        case "brightness": names.append("light.level")
        case "voltage":
            names.append(
                json.isText(json.member(expose, "unit"), "mV")
                    ? "device.battery_voltage" : "power.voltage")
        default:
            if let name = FieldVocabulary.capability(property) { names.append(name) }
        }
    }
}
